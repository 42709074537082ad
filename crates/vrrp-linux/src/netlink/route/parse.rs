//! Routes as the kernel reports them: what tells one from another, and nothing beyond.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::IpNetwork;
use vrrp_types::Family;

use super::Route;
use crate::IfIndex;
use crate::netlink::message::{attributes, u32_at};

/// Octets of `struct rtmsg`.
const RTMSG: usize = 12;
/// What the kernel gives an IPv6 route that has no metric (`IP6_RT_PRIO_USER`).
const IPV6_METRIC: u32 = 1024;

/// What the kernel tells routes apart by, but for the ways they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteKey {
    /// Which table.
    pub table: u32,
    /// Where to.
    pub destination: IpNetwork,
    /// IPv6: for packets from there only.
    pub source: Option<IpNetwork>,
    /// 0 is any.
    pub tos: u8,
    /// Its rank.
    pub metric: u32,
    /// Who made it.
    pub protocol: u8,
    /// Over which interface, if it has one way.
    pub interface: Option<IfIndex>,
}

impl Route {
    /// What the kernel will report this route as. A route without an interface is reported with the one that the
    /// kernel found.
    pub fn key(&self) -> RouteKey {
        let default = if self.family == Family::V6 { IPV6_METRIC } else { 0 };
        RouteKey {
            table: self.table,
            destination: network(self.destination.ip(), self.destination.prefix()),
            source: self.source.filter(|source| source.prefix() > 0),
            tos: self.tos,
            // 0 is none for the kernel too.
            metric: self.metric.filter(|metric| *metric != 0).unwrap_or(default),
            protocol: self.protocol,
            interface: self.interface,
        }
    }
}

fn network(ip: IpAddr, prefix: u8) -> IpNetwork {
    IpNetwork::new(ip, prefix).unwrap_or_else(|_| IpNetwork::from(ip))
}

impl RouteKey {
    /// Whether both may be one route: an interface that is not known fits any.
    pub fn fits(&self, other: &Self) -> bool {
        let anywhere = self.interface.is_none() || other.interface.is_none();
        Self { interface: None, ..*self } == Self { interface: None, ..*other }
            && (anywhere || self.interface == other.interface)
    }

    /// A route that, when it is removed, takes the first one of this key with it, whatever else is said of that.
    pub fn any(&self) -> Route {
        let mut route = Route::new(Family::of(self.destination.ip()), self.destination);
        route.kind = 0;
        route.source = self.source;
        route.tos = self.tos;
        route.table = self.table;
        route.protocol = self.protocol;
        route.interface = self.interface;
        route.metric = Some(self.metric);
        route
    }

    /// From the body of `RTM_NEWROUTE` or `RTM_DELROUTE`; `None` for other makers than `protocol`, for copies that the
    /// kernel made, other families and junk.
    pub(in crate::netlink) fn parse(body: &[u8], protocol: u8) -> Option<Self> {
        let [family, prefix, source_prefix, tos, table, maker, ..] = *body.first_chunk::<RTMSG>()?;
        // RTM_F_CLONED
        if maker != protocol || u32_at(body, 8)? & 0x200 != 0 {
            return None;
        }
        let any: IpAddr = match i32::from(family) {
            libc::AF_INET => Ipv4Addr::UNSPECIFIED.into(),
            libc::AF_INET6 => Ipv6Addr::UNSPECIFIED.into(),
            _ => return None,
        };
        let mut key = Self {
            table: table.into(),
            destination: IpNetwork::new(any, prefix).ok()?,
            source: None,
            tos,
            metric: 0,
            protocol: maker,
            interface: None,
        };
        for (kind, value) in attributes(body, RTMSG) {
            match kind {
                libc::RTA_TABLE => key.table = u32_at(value, 0)?,
                libc::RTA_DST => key.destination = IpNetwork::new(ip(any, value)?, prefix).ok()?,
                libc::RTA_SRC if source_prefix > 0 => {
                    key.source = Some(IpNetwork::new(ip(any, value)?, source_prefix).ok()?);
                }
                libc::RTA_PRIORITY => key.metric = u32_at(value, 0)?,
                libc::RTA_OIF => key.interface = IfIndex::new(u32_at(value, 0)?),
                _ => {}
            }
        }
        Some(key)
    }
}

fn ip(like: IpAddr, value: &[u8]) -> Option<IpAddr> {
    match like {
        IpAddr::V4(_) => Some(Ipv4Addr::from(<[u8; 4]>::try_from(value).ok()?).into()),
        IpAddr::V6(_) => Some(Ipv6Addr::from(<[u8; 16]>::try_from(value).ok()?).into()),
    }
}
