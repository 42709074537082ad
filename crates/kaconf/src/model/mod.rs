//! The typed model: what a configuration means, with every default resolved.
//!
//! Only values a daemon can run: a number out of range was replaced by what keepalived would use (and a
//! diagnostic says so), a default that hangs on `global_defs` is already applied. There is no syntax here and
//! no span; `lower` fills these from the tree.

mod address;
mod balance;
mod checker;
mod global;
mod lvs;
mod script;
#[cfg(feature = "serde")]
mod seconds;
mod url;
mod vrrp;

pub use address::{Broadcast, InterfaceName, VirtualAddress};
pub use balance::{Forwarding, Scheduler, SchedulerFlags, Tunnel, TunnelChecksum};
pub use checker::{
    BfdCheck, Binding, Checker, Connection, DnsCheck, DnsRecord, FileCheck, FileWeight, HttpCheck,
    HttpVersion, MiscCheck, PingCheck, ReplyOctet, Schedule, SmtpCheck, TcpCheck, UdpCheck, UdpReply,
};
pub use global::{DynamicInterfaces, Global, Process, RxBuffers, Scheduling};
pub use lvs::{
    AddressRange, Granularity, GroupFwmark, Persistence, Protocol, RealServer, SorryServer, Ssl,
    VirtualServer, VirtualServerGroup, VirtualServerId,
};
pub use script::Script;
pub use url::{Regex, StatusCodes, Url};
pub use vrrp::{
    Accept, Authentication, ChecksumV3, Garp, InitialState, Instance, Mode, OldUnicastChecksum, UnicastPeer,
};

/// A whole configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Config {
    /// `global_defs` and the keywords at root level.
    pub global: Global,
    /// `vrrp_instance` blocks, in the order of the file.
    pub instances: Vec<Instance>,
    /// `virtual_server_group` blocks, in the order of the file.
    pub virtual_server_groups: Vec<VirtualServerGroup>,
    /// `virtual_server` blocks, in the order of the file; those that cannot be served are left out.
    pub virtual_servers: Vec<VirtualServer>,
    /// `SSL`
    pub ssl: Option<Ssl>,
    /// Whether the file has a block that calls for the checker process (`virtual_server`, ...), be it one that is left
    /// out.
    pub has_virtual_servers: bool,
    /// Findings that may hide a block or an address that was meant, in their words. A reload in which something
    /// that runs would go, and which has such a finding that the running configuration had not, is no reload that
    /// anybody meant.
    pub doubts: Vec<Box<str>>,
}
