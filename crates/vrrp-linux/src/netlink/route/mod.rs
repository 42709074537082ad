//! A route, as asked for and as reported (`struct rtmsg`, linux/rtnetlink.h).

mod encap;
mod encode;
mod parse;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use ipnetwork::IpNetwork;
use vrrp_types::Family;

pub use encap::{Encap, Tunnel};
pub use parse::RouteKey;

use crate::IfIndex;

/// What is known of a path (`RTAX_*`), by its number for the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
#[non_exhaustive]
pub enum RouteMetric {
    /// Octets of the largest packet.
    Mtu = 2,
    /// Octets of the largest window that is announced.
    Window = 3,
    /// Round-trip time in eighths of a millisecond.
    Rtt = 4,
    /// Its variance in quarters of a millisecond.
    RttVariance = 5,
    /// Slow-start threshold, segments.
    SlowStart = 6,
    /// Congestion window, segments.
    CongestionWindow = 7,
    /// Octets of the segment size that is announced.
    SegmentSize = 8,
    /// How far packets are put out of order, segments.
    Reordering = 9,
    /// Hop limit of packets that leave.
    HopLimit = 10,
    /// First congestion window, segments.
    InitialWindow = 11,
    /// `RTAX_FEATURE_*`; 1 is ECN.
    Features = 12,
    /// Least retransmission time, milliseconds.
    LeastTimeout = 13,
    /// First window that is announced, segments.
    InitialReceiveWindow = 14,
    /// Acknowledge at once: 0 or 1.
    QuickAck = 15,
    /// TCP Fast Open without a cookie: 0 or 1.
    FastOpenNoCookie = 17,
}

/// One way of a route with several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextHop {
    /// The router; one of the other family is reached all the same (RFC 5549).
    pub gateway: Option<IpAddr>,
    /// The interface; the kernel finds it by the gateway if there is none.
    pub interface: Option<IfIndex>,
    /// Its share of the traffic less one.
    pub hops: u8,
    /// The gateway is on the link, whatever the addresses say.
    pub on_link: bool,
    /// Classes of traffic: of the source in the upper 16 bits, of the destination in the lower.
    pub realms: u32,
    /// How packets are wrapped.
    pub encap: Option<Encap>,
}

/// A route as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Of its destination.
    pub family: Family,
    /// Where to. The kernel refuses host bits.
    pub destination: IpNetwork,
    /// IPv6: for packets from there only.
    pub source: Option<IpNetwork>,
    /// The source address that is preferred.
    pub preferred_source: Option<IpAddr>,
    /// 0 is any.
    pub tos: u8,
    /// Which table.
    pub table: u32,
    /// Who made it (`RTPROT_*`): [`Route::PROTOCOL`].
    pub protocol: u8,
    /// `RT_SCOPE_*`; IPv4 only.
    pub scope: Option<u8>,
    /// `RTN_*`: 1 is unicast.
    pub kind: u8,
    /// The router.
    pub gateway: Option<IpAddr>,
    /// The interface.
    pub interface: Option<IfIndex>,
    /// The gateway is on the link, whatever the addresses say.
    pub on_link: bool,
    /// Its rank among routes to the same place; lower wins.
    pub metric: Option<u32>,
    /// How packets are wrapped.
    pub encap: Option<Encap>,
    /// IPv6: seconds until it goes by itself.
    pub expires: Option<u32>,
    /// IPv4: as for [`NextHop::realms`].
    pub realms: u32,
    /// IPv6: the preference of RFC 4191; 3 low, 0 medium, 1 high.
    pub preference: Option<u8>,
    /// Whether the TTL of an MPLS packet goes on into the IP packet.
    pub ttl_propagate: Option<bool>,
    /// What is known of the path.
    pub metrics: Vec<(RouteMetric, u32)>,
    /// The congestion control of TCP connections over it.
    pub congestion_control: Option<String>,
    /// Metrics that nobody may change: bit n for the kernel's number n.
    pub locked: u32,
    /// Several ways to go.
    pub next_hops: Vec<NextHop>,
}

/// What happens if such a route is there already when one is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteCreation {
    /// It is put in front.
    #[default]
    Prepend,
    /// It is put behind.
    Append,
    /// It is refused.
    Exclusive,
    /// It takes the place of the first such route.
    Replace,
}

impl Route {
    /// `RTPROT_KEEPALIVED`: marks what keepalived, and this daemon in its place, has made.
    pub const PROTOCOL: u8 = 18;
    /// `RT_TABLE_MAIN`
    pub const MAIN: u32 = 254;

    /// A unicast route of the main table with nothing said beyond where it leads.
    pub const fn new(family: Family, destination: IpNetwork) -> Self {
        Self {
            family,
            destination,
            source: None,
            preferred_source: None,
            tos: 0,
            table: Self::MAIN,
            protocol: Self::PROTOCOL,
            scope: None,
            kind: 1,
            gateway: None,
            interface: None,
            on_link: false,
            metric: None,
            encap: None,
            expires: None,
            realms: 0,
            preference: None,
            ttl_propagate: None,
            metrics: Vec::new(),
            congestion_control: None,
            locked: 0,
            next_hops: Vec::new(),
        }
    }
}
