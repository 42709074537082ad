//! What `global_defs` says of IPVS: timeouts, the sync daemon, and what becomes of its table.

use std::net::IpAddr;
use std::time::Duration;

/// Timeouts of connections (`lvs_timeouts`), whole seconds; `None` leaves what the kernel has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct IpvsTimeouts {
    /// `tcp`: an established connection.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds::option"))]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub tcp: Option<Duration>,
    /// `tcpfin`: a connection after its FIN.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds::option"))]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub tcp_fin: Option<Duration>,
    /// `udp`: after the last datagram.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds::option"))]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub udp: Option<Duration>,
}

/// `lvs_sync_daemon`: keeps the connections of two directors the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct IpvsSync {
    /// The interface it talks on; at most 15 octets.
    pub interface: Box<str>,
    /// `inst`: the instance whose state says whether it sends or receives.
    pub instance: Option<Box<str>>,
    /// `id`, 0 to 255; `None` is the VRID of the instance.
    pub id: Option<u8>,
    /// `maxlen`: octets of a message, 1 to 65507; `None` is what the kernel takes.
    pub max_len: Option<u16>,
    /// `port`; `None` is 8848.
    pub port: Option<u16>,
    /// `ttl`; `None` is 1.
    pub ttl: Option<u8>,
    /// `group`; `None` is 224.0.0.81.
    pub group: Option<IpAddr>,
}

impl IpvsSync {
    /// One on an interface, everything else left to the kernel.
    pub fn new(interface: &str) -> Self {
        Self {
            interface: interface.into(),
            instance: None,
            id: None,
            max_len: None,
            port: None,
            ttl: None,
            group: None,
        }
    }
}

/// `lvs_flush_on_stop`: what is taken out of the table of IPVS at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FlushOnStop {
    /// Each server that was put there.
    #[default]
    Off,
    /// Everything, at once.
    All,
    /// `VS`: the virtual servers of this configuration, their real servers with them.
    VirtualServers,
}

/// IPVS as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Ipvs {
    /// `lvs_timeouts`
    pub timeouts: IpvsTimeouts,
    /// `lvs_sync_daemon`
    pub sync: Option<IpvsSync>,
    /// `lvs_flush`: empty the table at the start. Off.
    pub flush: bool,
    /// `lvs_flush_on_stop`
    pub flush_on_stop: FlushOnStop,
    /// `rs_init_notifies`: scripts and mail for the first state of a real server too. Off.
    pub init_notifies: bool,
    /// `checker_log_all_failures`: every failed check is logged, not only the last. Off.
    pub log_all_failures: bool,
}
