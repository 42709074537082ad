//! `global_defs` and the keywords at root level.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

use super::{
    AutoPriority, Dbus, Fifos, Firewall, InterfaceName, Ipvs, Mail, Process, Reload, Scripts, Snmp,
    VrrpDefaults,
};

/// What `dynamic_interfaces` allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DynamicInterfaces {
    /// Every interface must exist when the daemon starts.
    #[default]
    Off,
    /// An interface may appear later; its instance is in FAULT until it does.
    Allowed,
    /// As [`Self::Allowed`], and it may change its type (`allow_if_changes`).
    AllowedIfChanges,
}

/// `vrrp_rx_bufs_policy`: what sizes a receive buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RxBuffers {
    /// The system's default.
    #[default]
    System,
    /// One MTU an advert.
    Mtu,
    /// The expected size of an advert.
    Advert,
    /// As many octets.
    Octets(u32),
}

/// `global_defs` and the keywords at root level, with keepalived's defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Global {
    /// `router_id`; `None` is the host name.
    pub router_id: Option<Box<str>>,
    /// `net_namespace`
    pub net_namespace: Option<Box<str>>,
    /// `net_namespace_ipvs`: where IPVS is; empty is the namespace of init, `None` that of the daemon.
    pub net_namespace_ipvs: Option<Box<str>>,
    /// `linkbeat_use_polling`: the state of links is asked for, not listened to. Off.
    pub linkbeat_polling: bool,
    /// `instance`
    pub instance: Option<Box<str>>,
    /// `use_pid_dir`
    pub use_pid_dir: bool,
    /// `child_wait_time`: how long stopping children may take; 5 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub child_wait_time: Duration,
    /// `process_names`
    pub process_names: bool,
    /// The parent (`process_name`).
    pub parent: Process,
    /// The VRRP process.
    pub vrrp: Process,
    /// The checkers' process.
    pub checker: Process,
    /// The BFD process.
    pub bfd: Process,
    /// `max_auto_priority`, `min_auto_priority_delay`
    pub auto_priority: AutoPriority,
    /// `default_interface`; keepalived's own default is eth0.
    pub default_interface: InterfaceName,
    /// `dynamic_interfaces`
    pub dynamic_interfaces: DynamicInterfaces,
    /// `vrrp_mcast_group4`; 224.0.0.18.
    pub multicast_group_v4: Ipv4Addr,
    /// `vrrp_mcast_group6`; ff02::12.
    pub multicast_group_v6: Ipv6Addr,
    /// `vrrp_garp_interval`: least spacing of gratuitous ARPs on an interface; 0.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub garp_interval: Duration,
    /// `vrrp_gna_interval`: the same for neighbour advertisements; 0.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub gna_interval: Duration,
    /// `vrrp_startup_delay`; 0.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub startup_delay: Duration,
    /// `vrrp_delay_after_boot`; 0.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub delay_after_boot: Duration,
    /// `log_unknown_vrids`
    pub log_unknown_vrids: bool,
    /// `disable_local_igmp`
    pub disable_local_igmp: bool,
    /// `vrrp_rx_bufs_policy`
    pub rx_buffers: RxBuffers,
    /// `vrrp_rx_bufs_multiplier`; 3.
    pub rx_buffers_multiplier: u32,
    /// `vrrp_netlink_cmd_rcv_bufs` and `_force`, octets.
    pub netlink_command_buffer: Option<(u32, bool)>,
    /// `vrrp_netlink_monitor_rcv_bufs` and `_force`, octets.
    pub netlink_monitor_buffer: Option<(u32, bool)>,
    /// `process_monitor_rcv_bufs` and `_force`, octets.
    pub process_monitor_buffer: Option<(u32, bool)>,
    /// `lvs_netlink_cmd_rcv_bufs` and `_force`, octets.
    pub lvs_netlink_command_buffer: Option<(u32, bool)>,
    /// `lvs_netlink_monitor_rcv_bufs` and `_force`, octets.
    pub lvs_netlink_monitor_buffer: Option<(u32, bool)>,
    /// `vmac_prefix`: how names of VMACs begin; `None` is `vrrp`.
    pub vmac_prefix: Option<Box<str>>,
    /// `vmac_addr_prefix`: the same for VMACs of single addresses; `None` is as `vmac_prefix`.
    pub vmac_addr_prefix: Option<Box<str>>,
    /// What instances get where they say nothing themselves.
    pub vrrp_defaults: VrrpDefaults,
    /// `random_seed`: of `${_RANDOM}`.
    pub random_seed: Option<u32>,
    /// `iproute_usr_dir`: names of tables and the like; `None` is the system's.
    pub iproute_usr_dir: Option<PathBuf>,
    /// `iproute_etc_dir`; `None` is /etc/iproute2.
    pub iproute_etc_dir: Option<PathBuf>,
    /// `umask`; 0177.
    pub umask: u32,
    /// `data_use_instance`
    pub data_use_instance: bool,
    /// `state_dump_file`
    pub state_dump_file: Option<PathBuf>,
    /// `stats_dump_file`
    pub stats_dump_file: Option<PathBuf>,
    /// `json_dump_file`
    pub json_dump_file: Option<PathBuf>,
    /// `json_version`; 1.
    pub json_version: u8,
    /// Mail.
    pub mail: Mail,
    /// Scripts of the daemon, and how scripts are run.
    pub scripts: Scripts,
    /// FIFOs that events are written to.
    pub fifos: Fifos,
    /// The firewall.
    pub firewall: Firewall,
    /// IPVS.
    pub ipvs: Ipvs,
    /// SNMP.
    pub snmp: Snmp,
    /// D-Bus.
    pub dbus: Dbus,
    /// Reading the configuration again.
    pub reload: Reload,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            router_id: None,
            net_namespace: None,
            net_namespace_ipvs: None,
            linkbeat_polling: false,
            instance: None,
            use_pid_dir: false,
            child_wait_time: Duration::from_secs(5),
            process_names: false,
            parent: Process::default(),
            vrrp: Process::default(),
            checker: Process::default(),
            bfd: Process::default(),
            auto_priority: AutoPriority::default(),
            default_interface: InterfaceName::new("eth0").expect("eth0 is a name"),
            dynamic_interfaces: DynamicInterfaces::Off,
            multicast_group_v4: Ipv4Addr::new(224, 0, 0, 18),
            multicast_group_v6: Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12),
            garp_interval: Duration::ZERO,
            gna_interval: Duration::ZERO,
            startup_delay: Duration::ZERO,
            delay_after_boot: Duration::ZERO,
            log_unknown_vrids: false,
            disable_local_igmp: false,
            rx_buffers: RxBuffers::System,
            rx_buffers_multiplier: 3,
            netlink_command_buffer: None,
            netlink_monitor_buffer: None,
            process_monitor_buffer: None,
            lvs_netlink_command_buffer: None,
            lvs_netlink_monitor_buffer: None,
            vmac_prefix: None,
            vmac_addr_prefix: None,
            vrrp_defaults: VrrpDefaults::default(),
            random_seed: None,
            iproute_usr_dir: None,
            iproute_etc_dir: None,
            umask: 0o177,
            data_use_instance: false,
            state_dump_file: None,
            stats_dump_file: None,
            json_dump_file: None,
            json_version: 1,
            mail: Mail::default(),
            scripts: Scripts::default(),
            fifos: Fifos::default(),
            firewall: Firewall::default(),
            ipvs: Ipvs::default(),
            snmp: Snmp::default(),
            dbus: Dbus::default(),
            reload: Reload::default(),
        }
    }
}
