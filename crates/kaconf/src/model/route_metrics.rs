//! What a route says of its path, and how its packets are wrapped.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A metric that path discovery may change, unless `lock` stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metric {
    /// Its value.
    pub value: u32,
    /// `lock`
    pub locked: bool,
}

/// `congctl`: the congestion control of TCP connections over a route.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CongestionControl {
    /// As the kernel calls it: `cubic`, `reno`, `bbr` ...
    pub name: Box<str>,
    /// `lock`: a connection may not choose another.
    pub locked: bool,
}

/// Metrics of a route; what is `None` is the kernel's to find out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RouteMetrics {
    /// `mtu`, octets.
    pub mtu: Option<Metric>,
    /// `advmss`, octets: the segment size that is announced.
    pub advmss: Option<Metric>,
    /// `hoplimit`
    pub hop_limit: Option<u8>,
    /// `rtt` in eighths of a millisecond, 200 ms to 120 s.
    pub rtt: Option<Metric>,
    /// `rttvar` in quarters of a millisecond, 200 ms to 120 s.
    pub rtt_variance: Option<Metric>,
    /// `rto_min` in milliseconds, 200 to 120000.
    pub rto_min: Option<Metric>,
    /// `reordering`, segments.
    pub reordering: Option<Metric>,
    /// `cwnd`, segments.
    pub cwnd: Option<Metric>,
    /// `ssthresh`, segments.
    pub ssthresh: Option<Metric>,
    /// `window`, octets: the largest that is announced.
    pub window: Option<u32>,
    /// `initcwnd`, segments.
    pub initial_cwnd: Option<u32>,
    /// `initrwnd`, segments.
    pub initial_rwnd: Option<u32>,
    /// `features ecn`
    pub ecn: bool,
    /// `quickack`
    pub quick_ack: Option<bool>,
    /// `fastopen_no_cookie`
    pub fast_open_no_cookie: Option<bool>,
    /// `congctl`
    pub congestion_control: Option<CongestionControl>,
}

/// `encap`: how the packets of a route or next hop are wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Encap {
    /// `ip`: in IPv4, through a tunnel device that takes the ends from the route.
    Ip(Tunnel<Ipv4Addr>),
    /// `ip6`: the same in IPv6.
    Ip6(Tunnel<Ipv6Addr>),
    /// `mpls`: labels from the outermost inwards, at most two; none if the line had none that can be read.
    Mpls(Vec<u32>),
    /// `ila`: the locator, 64 bits; 0 if the line had none that can be read.
    Ila(u64),
}

/// The ends of a tunnel, and what its outer header says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Tunnel<A> {
    /// `id`: key of the tunnel.
    pub id: Option<u64>,
    /// `dst`
    pub destination: Option<A>,
    /// `src`
    pub source: Option<A>,
    /// `tos`, for IPv6 `tc`.
    pub tos: Option<u8>,
    /// `ttl`, for IPv6 `hoplimit`.
    pub ttl: Option<u8>,
    /// `flags`, as the kernel numbers them.
    pub flags: Option<u16>,
}

impl<A> Default for Tunnel<A> {
    fn default() -> Self {
        Self { id: None, destination: None, source: None, tos: None, ttl: None, flags: None }
    }
}
