//! Routers to put on hosts: C keepalived, FRR's vrrpd, and any program with keepalived's command line.
//!
//! [`Daemon`] runs a configuration text. [`Router`] is one virtual router of any [`PeerKind`], configured from a
//! [`Spec`], that can be asked who is master without knowing which program it is.

mod conf;
mod daemon;
mod frr;
mod router;

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use vrrp_types::{Interval, Priority, Version, Vrid};

pub use daemon::Daemon;
pub use router::Router;

/// Which program a router is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerKind {
    /// The system's `keepalived`.
    Keepalived,
    /// FRR's `zebra` and `vrrpd`. Needs root, because they change to a user of their own.
    Frr,
    /// A program with keepalived's command line, configuration and log lines.
    Kad(PathBuf),
}

impl fmt::Display for PeerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keepalived => "keepalived",
            Self::Frr => "frr",
            Self::Kad(_) => "kad",
        })
    }
}

/// What one router of a virtual router is told, in no program's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The virtual router.
    pub vrid: Vrid,
    /// This router's priority.
    pub priority: Priority,
    /// The protocol.
    pub version: Version,
    /// Time between adverts.
    pub interval: Interval,
    /// The shared addresses with their prefix lengths, all of one family. Over IPv6 the first is link-local.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Our and the other's address, for adverts by unicast.
    pub unicast: Option<(IpAddr, IpAddr)>,
    /// How they prove to each other who they are.
    pub proof: Option<Proof>,
    /// The shared addresses are on a macvlan with the virtual router's Ethernet address (`use_vmac`). FRR's are
    /// always.
    pub vmac: bool,
}

/// How two routers prove to each other who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proof {
    /// This password, by VRRPv2's simple authentication.
    Password(String),
    /// This password, by an authentication header; VRRPv2 over IPv4.
    Header(String),
    /// This key of 32 to 64 octets, by keepalived's `auth_hmac`.
    Trailer(String),
}

impl Spec {
    /// The configuration in keepalived's language. Both routers begin as backups.
    pub fn keepalived_conf(&self) -> String {
        conf::keepalived(self)
    }
}
