//! The daemons that tell other directors of connections.

use std::net::IpAddr;

/// What a sync daemon does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DaemonRole {
    /// `IP_VS_STATE_MASTER`: it tells.
    Master,
    /// `IP_VS_STATE_BACKUP`: it listens.
    Backup,
}

/// A sync daemon; a kernel runs at most one of each role.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyncDaemon {
    /// What it does.
    pub role: DaemonRole,
    /// The interface it speaks through, at most 15 octets.
    pub interface: Box<str>,
    /// Which directors belong together, 0 to 255.
    pub sync_id: u8,
    /// Most octets of a datagram; `None` is as many as the interface takes.
    pub max_len: Option<u16>,
    /// The multicast group; `None` is 224.0.0.81.
    pub group: Option<IpAddr>,
    /// The port; `None` is 8848.
    pub port: Option<u16>,
    /// The TTL of its datagrams; `None` is 1.
    pub ttl: Option<u8>,
}

impl SyncDaemon {
    /// One with the kernel's defaults.
    pub fn new(role: DaemonRole, interface: &str, sync_id: u8) -> Self {
        Self { role, interface: interface.into(), sync_id, max_len: None, group: None, port: None, ttl: None }
    }
}
