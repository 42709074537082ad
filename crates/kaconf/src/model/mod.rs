//! The typed model: what a configuration means, with every default resolved.
//!
//! Only values a daemon can run: a number out of range was replaced by what keepalived would use (and a
//! diagnostic says so), a default that hangs on `global_defs` is already applied. There is no syntax here and
//! no span; `lower` fills these from the tree.

mod address;
mod global;
mod notify;
mod route;
mod route_metrics;
mod rule;
mod script;
#[cfg(feature = "serde")]
mod seconds;
mod vrrp;

pub use address::{Broadcast, InterfaceName, VirtualAddress};
pub use global::{DynamicInterfaces, Global, Process, RxBuffers, Scheduling};
pub use notify::{Fifo, Fifos, Scripts};
pub use route::{NextHop, Realms, Route, RouteCreation, RouteTable, RouteType};
pub use route_metrics::{CongestionControl, Encap, Metric, RouteMetrics, Tunnel};
pub use rule::{NumberRange, Rule, RuleAction, RuleMark, TrackGroup};
pub use script::Script;
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
    /// `track_group` blocks.
    pub track_groups: Vec<TrackGroup>,
    /// `static_ipaddress`: held as long as the daemon runs; every one has its device.
    pub static_addresses: Vec<VirtualAddress>,
    /// `static_routes`
    pub static_routes: Vec<Route>,
    /// `static_rules`
    pub static_rules: Vec<Rule>,
    /// Whether the file has a block that calls for the checker process (`virtual_server`, ...).
    pub has_virtual_servers: bool,
    /// Findings that may hide a block or an address that was meant, in their words. A reload in which something
    /// that runs would go, and which has such a finding that the running configuration had not, is no reload that
    /// anybody meant.
    pub doubts: Vec<Box<str>>,
}
