//! `global_defs` and the keywords at root level.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::time::Duration;

use super::{Fifos, InterfaceName, Scripts};

/// What `dynamic_interfaces` allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum DynamicInterfaces {
    /// Every interface must exist when the daemon starts.
    #[default]
    Off,
    /// An interface may appear later; its instance is in FAULT until it does.
    Allowed,
    /// As [`Self::Allowed`], and it may change its type (`allow_if_changes`).
    AllowedIfChanges,
}

/// How the kernel schedules one of the processes (`vrrp_priority`, `vrrp_rt_priority`, ...).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scheduling {
    /// `*_priority`: nice value, -20 to 19.
    pub nice: Option<i8>,
    /// `*_no_swap`: lock the pages in memory.
    pub no_swap: bool,
    /// `*_rt_priority`: SCHED_RR, 1 to 99.
    pub realtime: Option<u8>,
    /// `*_rlimit_rttime` in microseconds.
    pub realtime_limit: Option<u64>,
    /// `*_cpu_affinity`
    pub cpus: Vec<u16>,
}

/// A process of the daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Process {
    /// `*process_name`; at most 15 octets.
    pub name: Option<Box<str>>,
    /// How it is scheduled.
    pub scheduling: Scheduling,
}

/// `vrrp_rx_bufs_policy`: what sizes a receive buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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
#[non_exhaustive]
pub struct Global {
    /// `router_id`; `None` is the host name.
    pub router_id: Option<Box<str>>,
    /// `net_namespace`
    pub net_namespace: Option<Box<str>>,
    /// `instance`
    pub instance: Option<Box<str>>,
    /// `use_pid_dir`
    pub use_pid_dir: bool,
    /// `child_wait_time`: how long stopping children may take; 5 s.
    pub child_wait_time: Duration,
    /// `process_names`
    pub process_names: bool,
    /// The parent (`process_name`).
    pub parent: Process,
    /// The VRRP process.
    pub vrrp: Process,
    /// `default_interface`; keepalived's own default is eth0.
    pub default_interface: InterfaceName,
    /// `dynamic_interfaces`
    pub dynamic_interfaces: DynamicInterfaces,
    /// `vrrp_mcast_group4`; 224.0.0.18.
    pub multicast_group_v4: Ipv4Addr,
    /// `vrrp_mcast_group6`; ff02::12.
    pub multicast_group_v6: Ipv6Addr,
    /// `vrrp_garp_interval`: least spacing of gratuitous ARPs on an interface; 0.
    pub garp_interval: Duration,
    /// `vrrp_gna_interval`: the same for neighbour advertisements; 0.
    pub gna_interval: Duration,
    /// `vrrp_startup_delay`; 0.
    pub startup_delay: Duration,
    /// `vrrp_delay_after_boot`; 0.
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
    /// `notification_email`
    pub notification_email: Vec<Box<str>>,
    /// `notification_email_from`
    pub notification_email_from: Option<Box<str>>,
    /// `smtp_server`: host, or address, and port; 25.
    pub smtp_server: Option<(Box<str>, u16)>,
    /// `smtp_helo_name`
    pub smtp_helo_name: Option<Box<str>>,
    /// `smtp_connect_timeout`; 30 s.
    pub smtp_connect_timeout: Duration,
    /// Scripts of the daemon, and how scripts are run.
    pub scripts: Scripts,
    /// FIFOs that events are written to.
    pub fifos: Fifos,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            router_id: None,
            net_namespace: None,
            instance: None,
            use_pid_dir: false,
            child_wait_time: Duration::from_secs(5),
            process_names: false,
            parent: Process::default(),
            vrrp: Process::default(),
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
            umask: 0o177,
            data_use_instance: false,
            state_dump_file: None,
            stats_dump_file: None,
            json_dump_file: None,
            json_version: 1,
            notification_email: Vec::new(),
            notification_email_from: None,
            smtp_server: None,
            smtp_helo_name: None,
            smtp_connect_timeout: Duration::from_secs(30),
            scripts: Scripts::default(),
            fifos: Fifos::default(),
        }
    }
}
