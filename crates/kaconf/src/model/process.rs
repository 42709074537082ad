//! The processes of the daemon: what they are called, and how the kernel runs them.

use std::time::Duration;

/// How the kernel schedules one of the processes (`vrrp_priority`, `vrrp_rt_priority`, ...).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scheduling {
    /// `*_priority`: nice value, -20 to 19.
    pub nice: Option<i8>,
    /// `*_no_swap`: lock the pages in memory.
    pub no_swap: bool,
    /// `*_rt_priority`: SCHED_RR, 1 to 99.
    pub realtime: Option<u8>,
    /// `*_rlimit_rttime` in microseconds; keepalived's default is 10000.
    pub realtime_limit: Option<u64>,
    /// `*_cpu_affinity`; empty is every CPU.
    pub cpus: Vec<u16>,
}

impl Scheduling {
    /// Microseconds of processor time a real-time process may take without a pause, unless `*_rlimit_rttime` says so.
    pub const REALTIME_LIMIT: u64 = 10_000;
}

/// A process of the daemon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Process {
    /// `*process_name`; at most 15 octets.
    pub name: Option<Box<str>>,
    /// How it is scheduled.
    pub scheduling: Scheduling,
}

/// When a process that is late raises its own priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AutoPriority {
    /// `max_auto_priority`: real-time priority it may come to; 0 is never, -1 is never and no advice to set it.
    pub max: i8,
    /// `min_auto_priority_delay`: how late it has to be; 1 s.
    #[cfg_attr(feature = "serde", serde(with = "super::seconds"))]
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    pub delay: Duration,
}

impl Default for AutoPriority {
    fn default() -> Self {
        Self { max: 0, delay: Duration::from_secs(1) }
    }
}
