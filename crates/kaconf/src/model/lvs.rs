//! `virtual_server`, `virtual_server_group`, `SSL`: what the kernel is to balance, and to whom.
//!
//! How real servers are watched is in `checker`. What a virtual server only says for its real servers and their
//! checkers (`delay_loop`, `retry`, `weight`, `lb_kind`, ...) is resolved into these and not here.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use vrrp_types::Family;

use super::{Checker, Forwarding, Scheduler, SchedulerFlags, Script};

/// What a virtual server is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum VirtualServerId {
    /// `virtual_server ADDRESS [PORT]`; port 0 is every port.
    Address(SocketAddr),
    /// `virtual_server fwmark MARK`: packets that a firewall marked.
    Fwmark(u32),
    /// `virtual_server group NAME`: each member of a [`VirtualServerGroup`].
    Group(Box<str>),
}

impl fmt::Display for VirtualServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Fwmark(mark) => write!(f, "fwmark {mark}"),
            Self::Group(name) => write!(f, "group {name}"),
        }
    }
}

/// `protocol`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
    /// SCTP
    Sctp,
}

/// What makes clients come back to the same real server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Persistence {
    /// `persistence_timeout`: how long a client is remembered, whole seconds; 360 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub timeout: Duration,
    /// `persistence_granularity`: how clients are grouped; `None` is each address for itself.
    pub granularity: Option<Granularity>,
}

impl Default for Persistence {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(360), granularity: None }
    }
}

/// `persistence_granularity`: clients that count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Granularity {
    /// A netmask; it need not be solid.
    Mask(Ipv4Addr),
    /// Length of an IPv6 prefix, 1 to 128.
    Prefix(u8),
}

/// `sorry_server`: who answers while the quorum is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SorryServer {
    /// Address and port; port 0 is the one the client used.
    pub address: SocketAddr,
    /// `sorry_server_lvs_method`; the virtual server's `lb_kind`.
    pub forwarding: Forwarding,
    /// `sorry_server_inhibit`: weight 0 instead of removal, as `inhibit_on_failure` of a real server.
    pub inhibit: bool,
}

impl SorryServer {
    /// One that is reached by NAT.
    pub const fn new(address: SocketAddr) -> Self {
        Self { address, forwarding: Forwarding::Nat, inhibit: false }
    }
}

/// A `virtual_server` block with at least one real server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct VirtualServer {
    /// What it is known by.
    pub id: VirtualServerId,
    /// `ip_family`, or what the addresses tell; `None` for a group that has members of both families.
    #[cfg_attr(feature = "schema", schemars(with = "Option<super::schema::Family>"))]
    pub family: Option<Family>,
    /// `protocol`; UDP when an address needs one and none was given, `None` for firewall marks.
    pub protocol: Option<Protocol>,
    /// `lb_algo`; wlc.
    pub scheduler: Scheduler,
    /// `flag-1`, `sh-fallback`, ...
    pub scheduler_flags: SchedulerFlags,
    /// `ops`: each packet for itself, UDP and firewall marks only.
    pub one_packet: bool,
    /// `persistence_timeout` and `persistence_granularity`; `None` is no persistence.
    pub persistence: Option<Persistence>,
    /// `persistence_engine`, at most 15 octets.
    pub persistence_engine: Option<Box<str>>,
    /// `ha_suspend`: checkers run only while the address is on this host. Never with firewall marks.
    pub ha_suspend: bool,
    /// `omega`: down scripts run at the stop too.
    pub omega: bool,
    /// `smtp_alert`: mail about the quorum; the global default, else off.
    pub smtp_alert: bool,
    /// `virtualhost`: for real servers and pages that do not say one.
    pub virtualhost: Option<Box<str>>,
    /// `snmp_name`
    pub snmp_name: Option<Box<str>>,
    /// `quorum`: least total weight of living real servers; 1, and never more than all of them have.
    pub quorum: u32,
    /// `hysteresis`: how far beyond the quorum the weight must go for a change; 0, and below the quorum. With a
    /// quorum of 0 keepalived takes 1 from it and gets [`u32::MAX`], so that the quorum is never reached.
    pub hysteresis: u32,
    /// `quorum_up`
    pub quorum_up: Option<Box<Script>>,
    /// `quorum_down`
    pub quorum_down: Option<Box<Script>>,
    /// `sorry_server`
    pub sorry_server: Option<SorryServer>,
    /// `real_server` blocks, no two typed alike, never empty.
    pub real_servers: Vec<RealServer>,
}

impl VirtualServer {
    /// One with nothing said about it.
    pub const fn new(id: VirtualServerId) -> Self {
        Self {
            id,
            family: None,
            protocol: None,
            scheduler: Scheduler::Wlc,
            scheduler_flags: SchedulerFlags::NONE,
            one_packet: false,
            persistence: None,
            persistence_engine: None,
            ha_suspend: false,
            omega: false,
            smtp_alert: false,
            virtualhost: None,
            snmp_name: None,
            quorum: 1,
            hysteresis: 0,
            quorum_up: None,
            quorum_down: None,
            sorry_server: None,
            real_servers: Vec::new(),
        }
    }

    /// Hands every script to `keep`, and drops those it returns false for.
    ///
    /// A `quorum_up` or `notify_down` that is dropped is not run; a `MISC_CHECK` goes with its script, so that its
    /// real server is one without that checker.
    pub fn retain_scripts(&mut self, mut keep: impl FnMut(&mut Script) -> bool) {
        let mut judge = |script: &mut Option<Box<Script>>| {
            if script.as_deref_mut().is_some_and(|script| !keep(script)) {
                *script = None;
            }
        };
        judge(&mut self.quorum_up);
        judge(&mut self.quorum_down);
        for server in &mut self.real_servers {
            judge(&mut server.notify_up);
            judge(&mut server.notify_down);
        }
        for server in &mut self.real_servers {
            server.checkers.retain_mut(|checker| match checker {
                Checker::Misc(check) => keep(&mut check.script),
                _ => true,
            });
        }
    }
}

/// A `real_server` block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RealServer {
    /// Address and port. Without NAT the port is that of the virtual server, 0 with a firewall mark; in a group it
    /// is what was typed, and each member has its own.
    pub address: SocketAddr,
    /// `lvs_method`; the virtual server's `lb_kind`, else NAT.
    pub forwarding: Forwarding,
    /// `weight`, 0 to 2147483647; the virtual server's, else 1.
    pub weight: u32,
    /// `uthreshold`: connections at which no more are given to it; 0 is no limit.
    pub upper_threshold: u32,
    /// `lthreshold`: connections below which it is given some again.
    pub lower_threshold: u32,
    /// `inhibit_on_failure`: weight 0 instead of removal; the virtual server's, else off.
    pub inhibit_on_failure: bool,
    /// `alpha`: down until a checker says otherwise; the virtual server's, else off.
    pub alpha: bool,
    /// `smtp_alert`: mail about its state; the global default, else on.
    pub smtp_alert: bool,
    /// `virtualhost`; the virtual server's.
    pub virtualhost: Option<Box<str>>,
    /// `snmp_name`
    pub snmp_name: Option<Box<str>>,
    /// `notify_up`
    pub notify_up: Option<Box<Script>>,
    /// `notify_down`
    pub notify_down: Option<Box<Script>>,
    /// What watches it, in the order of the file.
    pub checkers: Vec<Checker>,
}

impl RealServer {
    /// One with nothing said about it.
    pub const fn new(address: SocketAddr) -> Self {
        Self {
            address,
            forwarding: Forwarding::Nat,
            weight: 1,
            upper_threshold: 0,
            lower_threshold: 0,
            inhibit_on_failure: false,
            alpha: false,
            smtp_alert: true,
            virtualhost: None,
            snmp_name: None,
            notify_up: None,
            notify_down: None,
            checkers: Vec::new(),
        }
    }
}

/// A `virtual_server_group` block; its members are virtual services that share real servers and their checkers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct VirtualServerGroup {
    /// Its name; of several groups with one name the first is meant.
    pub name: Box<str>,
    /// The members that are addresses.
    pub addresses: Vec<AddressRange>,
    /// The members that are firewall marks.
    pub fwmarks: Vec<GroupFwmark>,
}

impl VirtualServerGroup {
    /// A group without members.
    pub const fn new(name: Box<str>) -> Self {
        Self { name, addresses: Vec::new(), fwmarks: Vec::new() }
    }
}

/// `ADDRESS [PORT]`, `ADDRESS-LAST [PORT]`, `ADDRESS/LENGTH [PORT]` of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddressRange {
    /// The first address.
    pub first: IpAddr,
    /// The last address, of the same family and not before the first.
    pub last: IpAddr,
    /// The port; 0 is every port.
    pub port: u16,
}

/// `fwmark MARK [inet|inet6]` of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupFwmark {
    /// The mark.
    pub mark: u32,
    /// The family of the packets; `None` is that of the virtual server.
    #[cfg_attr(feature = "schema", schemars(with = "Option<super::schema::Family>"))]
    pub family: Option<Family>,
}

/// `SSL`: what `SSL_GET` shows a server that asks for a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Ssl {
    /// `password` of the key.
    pub password: Option<Box<str>>,
    /// `ca`, a file.
    pub ca: Option<Box<str>>,
    /// `certificate`, a file.
    pub certificate: Option<Box<str>>,
    /// `key`, a file.
    pub key: Option<Box<str>>,
}
