//! The typed model: what a configuration means, with every default resolved.
//!
//! Only values a daemon can run: a number out of range was replaced by what keepalived would use (and a
//! diagnostic says so), a default that hangs on `global_defs` is already applied. There is no syntax here and
//! no span; `lower` fills these from the tree.

use std::collections::HashSet;

mod address;
mod balance;
mod bfd;
mod checker;
mod defaults;
mod events;
mod firewall;
mod global;
mod group;
mod hmac;
mod ipvs;
mod lvs;
mod mail;
mod monitoring;
mod notify;
mod process;
mod reload;
mod route;
mod route_metrics;
mod rule;
#[cfg(feature = "schema")]
mod schema;
mod script;
#[cfg(feature = "serde")]
mod seconds;
mod tracking;
mod url;
mod vmac;
mod vrrp;

pub use address::{Broadcast, InterfaceName, VirtualAddress};
pub use balance::{Forwarding, IpvsTunnel, Scheduler, SchedulerFlags, TunnelChecksum};
pub use bfd::Bfd;
pub use checker::{
    BfdCheck, Binding, Checker, Connection, DnsCheck, DnsRecord, FileCheck, FileWeight, HttpCheck,
    HttpVersion, MiscCheck, PingCheck, ReplyOctet, Schedule, SmtpCheck, TcpCheck, UdpCheck, UdpReply,
};
pub use defaults::VrrpDefaults;
pub use events::{Fifo, Fifos, Scripts};
pub use firewall::{Firewall, Ipsets, Iptables};
pub use global::{DynamicInterfaces, Global, RxBuffers};
pub use group::{GarpGroup, InterfaceDelay, LinkbeatInterface, LinkbeatMethod, SyncGroup, TrackGroup};
pub use hmac::{AntiReplay, AuthHmac, HmacKey, HmacMode};
pub use ipvs::{FlushOnStop, Ipvs, IpvsSync, IpvsTimeouts};
pub use lvs::{
    AddressRange, Granularity, GroupFwmark, Persistence, Protocol, RealServer, SorryServer, Ssl,
    VirtualServer, VirtualServerGroup, VirtualServerId,
};
pub use mail::Mail;
pub use monitoring::{Dbus, Snmp};
pub use notify::Notify;
pub use process::{AutoPriority, Process, Scheduling};
pub use reload::{Reload, ReloadFile};
pub use route::{NextHop, Realms, Route, RouteCreation, RouteTable, RouteType};
pub use route_metrics::{CongestionControl, Encap, Metric, RouteMetrics, Tunnel};
pub use rule::{NumberRange, Rule, RuleAction, RuleMark};
#[cfg(feature = "schema")]
pub use schema::json_schema;
pub use script::Script;
pub use tracking::{
    InitFile, ParamMatch, TrackFile, TrackProcess, TrackScript, Tracked, TrackedInterface, Tracking, Weight,
};
pub use url::{Regex, StatusCodes, Url};
pub use vmac::{GarpExtra, IpvlanMode, Vmac, VmacKind};
pub use vrrp::{
    Accept, Authentication, ChecksumV3, Garp, InitialState, Instance, Mode, OldUnicastChecksum, UnicastPeer,
};

/// A whole configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Config {
    /// `global_defs` and the keywords at root level.
    pub global: Global,
    /// `vrrp_instance` blocks, in the order of the file.
    pub instances: Vec<Instance>,
    /// `static_ipaddress`: held as long as the daemon runs; every one has its device.
    pub static_addresses: Vec<VirtualAddress>,
    /// `static_routes`
    pub static_routes: Vec<Route>,
    /// `static_rules`
    pub static_rules: Vec<Rule>,
    /// `vrrp_sync_group` blocks that have members.
    pub sync_groups: Vec<SyncGroup>,
    /// `vrrp_script` blocks.
    pub track_scripts: Vec<TrackScript>,
    /// `vrrp_track_process` blocks.
    pub track_processes: Vec<TrackProcess>,
    /// `track_file` blocks.
    pub track_files: Vec<TrackFile>,
    /// `track_group` blocks that have members.
    pub track_groups: Vec<TrackGroup>,
    /// `bfd_instance` blocks.
    pub bfds: Vec<Bfd>,
    /// `garp_group` blocks.
    pub garp_groups: Vec<GarpGroup>,
    /// `interface_up_down_delays`
    pub interface_delays: Vec<InterfaceDelay>,
    /// `linkbeat_interfaces`
    pub linkbeat_interfaces: Vec<LinkbeatInterface>,
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

impl Config {
    /// Removes the tracked scripts that have nothing to run (any more), and the references to them.
    pub fn drop_scriptless(&mut self) {
        let gone: HashSet<Box<str>> = self
            .track_scripts
            .iter()
            .filter(|script| script.script.is_none())
            .map(|script| script.name.clone())
            .collect();
        if gone.is_empty() {
            return;
        }
        self.track_scripts.retain(|script| script.script.is_some());
        let of_instances = self.instances.iter_mut().map(|instance| &mut instance.tracking);
        let of_groups = self.sync_groups.iter_mut().map(|group| &mut group.tracking);
        for tracking in of_instances.chain(of_groups) {
            tracking.scripts.retain(|tracked| !gone.contains(&tracked.name));
        }
    }
}
