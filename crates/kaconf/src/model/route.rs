//! One line of `virtual_routes` or `static_routes`. Names are resolved: the kernel's numbers are here.

use std::net::IpAddr;

use ipnetwork::IpNetwork;
use vrrp_types::Family;

use super::{Encap, InterfaceName, RouteMetrics};

/// What a route does with a packet (`RTN_*` of linux/rtnetlink.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RouteType(pub u8);

impl RouteType {
    /// `unicast`: hands it to a gateway or a device.
    pub const UNICAST: Self = Self(1);
    /// `blackhole`: drops it without a word.
    pub const BLACKHOLE: Self = Self(6);
    /// `unreachable`: drops it and says that there is no host.
    pub const UNREACHABLE: Self = Self(7);
    /// `prohibit`: drops it and says that it is forbidden.
    pub const PROHIBIT: Self = Self(8);

    /// The names keepalived has for types; `brd` is a second one of `broadcast`.
    const NAMES: [(&'static str, u8); 12] = [
        ("unicast", 1),
        ("local", 2),
        ("broadcast", 3),
        ("brd", 3),
        ("anycast", 4),
        ("multicast", 5),
        ("blackhole", 6),
        ("unreachable", 7),
        ("prohibit", 8),
        ("throw", 9),
        ("nat", 10),
        ("xresolve", 11),
    ];

    /// The type of a name.
    pub fn named(name: &[u8]) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| known.as_bytes() == name).map(|(_, number)| Self(*number))
    }

    /// The name of a type, if it has one.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMES.iter().find(|(_, number)| *number == self.0).map(|(name, _)| *name)
    }
}

/// Which routing table a route goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RouteTable {
    /// `table`, by number; 254 is the main one.
    Id(u32),
    /// `vrf`: the table of that VRF device.
    Vrf(InterfaceName),
}

impl RouteTable {
    /// `main`
    pub const MAIN: Self = Self::Id(254);
}

/// What happens if such a route is there already when one is added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RouteCreation {
    /// `prepend`: it is put in front.
    #[default]
    Prepend,
    /// `append`: it is put behind.
    Append,
    /// `add`: it is refused.
    Exclusive,
}

/// `realms`, IPv4: classes of traffic for `tc`. Zero is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Realms {
    /// Before the slash: of the source.
    pub source: u8,
    /// Of the destination.
    pub destination: u8,
}

/// One `nexthop` of a route with several, or one side of the old `via A or B`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct NextHop {
    /// `via`
    pub gateway: Option<IpAddr>,
    /// `dev`
    pub device: Option<InterfaceName>,
    /// `weight`, 1 to 256: its share of the traffic; 1.
    pub weight: u16,
    /// `onlink`: the gateway is on the link, whatever the device's addresses say.
    pub on_link: bool,
    /// `encap`
    pub encap: Option<Encap>,
    /// `realms`
    pub realms: Realms,
}

impl Default for NextHop {
    fn default() -> Self {
        Self {
            gateway: None,
            device: None,
            weight: 1,
            on_link: false,
            encap: None,
            realms: Realms::default(),
        }
    }
}

/// One line of `virtual_routes` or `static_routes`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Route {
    /// `inet`, `inet6`, or the family of its addresses; IPv4 if nothing tells.
    #[cfg_attr(feature = "schema", schemars(with = "super::schema::Family"))]
    pub family: Family,
    /// Where to; `default` is a prefix of length 0. Host bits are kept.
    pub destination: IpNetwork,
    /// What is done with a packet; [`RouteType::UNICAST`].
    pub kind: RouteType,
    /// `add`, `prepend`, `append`
    pub creation: RouteCreation,
    /// `from`, IPv6: for packets from there only.
    pub from: Option<IpNetwork>,
    /// `src`: the source address that is preferred.
    pub preferred_source: Option<IpAddr>,
    /// `via`
    pub gateway: Option<IpAddr>,
    /// `dev`, `oif`
    pub device: Option<InterfaceName>,
    /// `onlink`: the gateway is on the link, whatever the device's addresses say.
    pub on_link: bool,
    /// `tos`, `dsfield`; 0 is any.
    pub tos: u8,
    /// `table`, `vrf`; main.
    pub table: RouteTable,
    /// `protocol`: who made it; 18, which is keepalived, and always so for one that is tracked.
    pub protocol: u8,
    /// `scope`, as the kernel numbers it; global (0) if not typed.
    pub scope: Option<u8>,
    /// `metric`, `priority`, `preference`
    pub metric: Option<u32>,
    /// `encap`: how its packets are wrapped.
    pub encap: Option<Encap>,
    /// `expires` in seconds, IPv6.
    pub expires: Option<u32>,
    /// `realms`
    pub realms: Realms,
    /// `pref`, IPv6: the preference of RFC 4191, 3 low, 0 medium, 1 high.
    pub router_preference: Option<u8>,
    /// `ttl-propagate`: whether the TTL of an MPLS packet goes on into the IP packet.
    pub ttl_propagate: Option<bool>,
    /// `mtu`, `rtt`, `window` ...: what is known of the path.
    pub metrics: RouteMetrics,
    /// `nexthop`: several ways to go, each with its share.
    pub next_hops: Vec<NextHop>,
    /// Whether its loss is noticed: not with `no_track`.
    pub track: bool,
    /// `track_group`, static routes only: whose instances follow it.
    pub track_group: Option<Box<str>>,
}

impl Route {
    /// keepalived's number among the makers of routes (`RTPROT_KEEPALIVED`).
    pub const PROTOCOL: u8 = 18;

    /// A route with nothing typed behind it.
    pub fn new(destination: IpNetwork) -> Self {
        Self {
            family: Family::of(destination.ip()),
            destination,
            kind: RouteType::UNICAST,
            creation: RouteCreation::Prepend,
            from: None,
            preferred_source: None,
            gateway: None,
            device: None,
            on_link: false,
            tos: 0,
            table: RouteTable::MAIN,
            protocol: Self::PROTOCOL,
            scope: None,
            metric: None,
            encap: None,
            expires: None,
            realms: Realms::default(),
            router_preference: None,
            ttl_propagate: None,
            metrics: RouteMetrics::default(),
            next_hops: Vec::new(),
            track: true,
            track_group: None,
        }
    }
}
