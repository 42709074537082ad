//! The typed model: what a configuration means, with every default resolved.
//!
//! Only values a daemon can run: a number out of range was replaced by what keepalived would use (and a
//! diagnostic says so), a default that hangs on `global_defs` is already applied. There is no syntax here and
//! no span; `lower` fills these from the tree.

mod address;
mod defaults;
mod events;
mod firewall;
mod global;
mod ipvs;
mod mail;
mod monitoring;
mod process;
mod reload;
mod script;
#[cfg(feature = "serde")]
mod seconds;
mod vrrp;

pub use address::{Broadcast, InterfaceName, VirtualAddress};
pub use defaults::{GarpExtra, VrrpDefaults};
pub use events::{Fifo, Fifos, Scripts};
pub use firewall::{Firewall, Ipsets, Iptables};
pub use global::{DynamicInterfaces, Global, RxBuffers};
pub use ipvs::{FlushOnStop, Ipvs, IpvsSync, IpvsTimeouts};
pub use mail::Mail;
pub use monitoring::{Dbus, Snmp};
pub use process::{AutoPriority, Process, Scheduling};
pub use reload::{Reload, ReloadFile};
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
    /// Whether the file has a block that calls for the checker process (`virtual_server`, ...).
    pub has_virtual_servers: bool,
    /// Findings that may hide a block or an address that was meant, in their words. A reload in which something
    /// that runs would go, and which has such a finding that the running configuration had not, is no reload that
    /// anybody meant.
    pub doubts: Vec<Box<str>>,
}
