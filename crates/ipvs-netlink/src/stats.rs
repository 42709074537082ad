//! Counters, rates, timeouts, and what IPVS says of itself.

use std::time::Duration;

/// What a service or a destination has done (`IPVS_*_ATTR_STATS64`; kernels before 4.1 count packets in 32 bits).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections given out.
    pub connections: u64,
    /// Packets in.
    pub packets_in: u64,
    /// Packets out; only seen with masquerading.
    pub packets_out: u64,
    /// Octets in.
    pub octets_in: u64,
    /// Octets out.
    pub octets_out: u64,
    /// What it does at present.
    pub rates: Rates,
}

/// Present rates, a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Connections.
    pub connections: u64,
    /// Packets in.
    pub packets_in: u64,
    /// Packets out.
    pub packets_out: u64,
    /// Octets in.
    pub octets_in: u64,
    /// Octets out.
    pub octets_out: u64,
}

/// How long connections without traffic are remembered. Zero leaves a time as it is when set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Established TCP connections, whole seconds.
    pub tcp: Duration,
    /// TCP connections after a FIN.
    pub tcp_fin: Duration,
    /// UDP.
    pub udp: Duration,
}

/// What IPVS says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// Major, minor, patch.
    pub version: (u8, u8, u8),
    /// Slots of the table of connections.
    pub connection_table: u32,
}
