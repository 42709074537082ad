//! Requests about a route.

use std::net::IpAddr;

use neli::consts::nl::NlmF;
use neli::consts::rtnl::Rtm;
use vrrp_types::Family;

use super::{Encap, NextHop, Route, RouteCreation};
use crate::netlink::NetlinkError;
use crate::netlink::attributes::{Attributes, Head, request};

/// `RTNH_F_ONLINK`
const ON_LINK: u32 = 4;
/// `RT_SCOPE_NOWHERE`: of any scope, when one is removed.
const ANY_SCOPE: u8 = 255;
/// `RTAX_LOCK`, `RTAX_CC_ALGO`
const LOCK: u16 = 1;
const CONGESTION_CONTROL: u16 = 16;
/// Octets of `struct rtnexthop`
const NEXT_HOP: usize = 8;

impl Route {
    /// Appends the request that adds this route.
    pub(in crate::netlink) fn encode_add(
        &self,
        creation: RouteCreation,
        sequence: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), NetlinkError> {
        let flags = NlmF::CREATE
            | match creation {
                RouteCreation::Prepend => NlmF::empty(),
                RouteCreation::Append => NlmF::APPEND,
                RouteCreation::Exclusive => NlmF::EXCL,
                RouteCreation::Replace => NlmF::REPLACE,
            };
        let head = Head { scope: self.scope.unwrap_or(0), kind: self.kind, ..self.head() };
        request(Rtm::Newroute, flags, sequence, head, self.attributes()?, out)
    }

    /// Appends the request that removes this route.
    pub(in crate::netlink) fn encode_remove(
        &self,
        sequence: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), NetlinkError> {
        let head = Head { scope: self.scope.unwrap_or(ANY_SCOPE), kind: self.kind, ..self.head() };
        request(Rtm::Delroute, NlmF::empty(), sequence, head, self.attributes()?, out)
    }

    fn head(&self) -> Head {
        Head {
            family: self.family,
            destination_length: self.destination.prefix(),
            source_length: self.source.map_or(0, |source| source.prefix()),
            tos: self.tos,
            table: u8::try_from(self.table).ok(),
            protocol: self.protocol,
            scope: 0,
            kind: 0,
            flags: if self.on_link { ON_LINK } else { 0 },
        }
    }

    fn attributes(&self) -> Result<Attributes, NetlinkError> {
        let mut out = Attributes::new();
        if u8::try_from(self.table).is_err() {
            out.put_u32(libc::RTA_TABLE, self.table)?;
        }
        out.put_ip(libc::RTA_DST, self.of_family(self.destination.ip())?)?;
        if let Some(source) = self.source {
            out.put_ip(libc::RTA_SRC, self.of_family(source.ip())?)?;
        }
        if let Some(source) = self.preferred_source {
            out.put_ip(libc::RTA_PREFSRC, self.of_family(source)?)?;
        }
        self.put_way(&mut out)?;
        if let Some(metric) = self.metric {
            out.put_u32(libc::RTA_PRIORITY, metric)?;
        }
        if self.realms != 0 {
            out.put_u32(libc::RTA_FLOW, self.realms)?;
        }
        if let Some(seconds) = self.expires {
            out.put_u32(libc::RTA_EXPIRES, seconds)?;
        }
        if let Some(preference) = self.preference {
            out.put(libc::RTA_PREF, &[preference])?;
        }
        if let Some(on) = self.ttl_propagate {
            out.put(libc::RTA_TTL_PROPAGATE, &[u8::from(on)])?;
        }
        out.nest(libc::RTA_METRICS, &self.path()?)?;
        if !self.next_hops.is_empty() {
            out.put(libc::RTA_MULTIPATH, &self.ways()?)?;
        }
        Ok(out)
    }

    /// A route has one family; only its gateway may be of another.
    fn of_family(&self, address: IpAddr) -> Result<IpAddr, NetlinkError> {
        if Family::of(address) == self.family { Ok(address) } else { Err(NetlinkError::Unencodable) }
    }

    fn put_way(&self, out: &mut Attributes) -> Result<(), NetlinkError> {
        if let Some(gateway) = self.gateway {
            put_gateway(out, self.family, gateway)?;
        }
        if let Some(encap) = &self.encap {
            put_encap(out, encap)?;
        }
        match self.interface {
            Some(interface) => out.put_u32(libc::RTA_OIF, interface.get()),
            None => Ok(()),
        }
    }

    fn path(&self) -> Result<Attributes, NetlinkError> {
        let mut path = Attributes::new();
        for (metric, value) in &self.metrics {
            path.put_u32(*metric as u16, *value)?;
        }
        if let Some(name) = &self.congestion_control {
            path.put(CONGESTION_CONTROL, name.as_bytes())?;
        }
        if self.locked != 0 {
            path.put_u32(LOCK, self.locked)?;
        }
        Ok(path)
    }

    /// The body of `RTA_MULTIPATH`.
    fn ways(&self) -> Result<Vec<u8>, NetlinkError> {
        let mut out = Vec::new();
        for way in &self.next_hops {
            let attributes = way.attributes(self.family)?.octets()?;
            let len = u16::try_from(NEXT_HOP + attributes.len()).map_err(|_| NetlinkError::Unencodable)?;
            out.extend(len.to_ne_bytes());
            out.extend([if way.on_link { ON_LINK as u8 } else { 0 }, way.hops]);
            out.extend(way.interface.map_or(0, crate::IfIndex::get).to_ne_bytes());
            out.extend(attributes);
            out.resize(out.len().next_multiple_of(4), 0);
        }
        // The length of an attribute has 16 bits.
        if out.len() > usize::from(u16::MAX) - NEXT_HOP { Err(NetlinkError::Unencodable) } else { Ok(out) }
    }
}

impl NextHop {
    fn attributes(&self, family: Family) -> Result<Attributes, NetlinkError> {
        let mut out = Attributes::new();
        if let Some(gateway) = self.gateway {
            put_gateway(&mut out, family, gateway)?;
        }
        if self.realms != 0 {
            out.put_u32(libc::RTA_FLOW, self.realms)?;
        }
        if let Some(encap) = &self.encap {
            put_encap(&mut out, encap)?;
        }
        Ok(out)
    }
}

/// `RTA_GATEWAY`, or `RTA_VIA` with its family before it.
fn put_gateway(out: &mut Attributes, family: Family, gateway: IpAddr) -> Result<(), NetlinkError> {
    if Family::of(gateway) == family {
        return out.put_ip(libc::RTA_GATEWAY, gateway);
    }
    let (family, octets) = match gateway {
        IpAddr::V4(gateway) => (libc::AF_INET, gateway.octets().to_vec()),
        IpAddr::V6(gateway) => (libc::AF_INET6, gateway.octets().to_vec()),
    };
    out.put(libc::RTA_VIA, &[&(family as u16).to_ne_bytes()[..], &octets].concat())
}

fn put_encap(out: &mut Attributes, encap: &Encap) -> Result<(), NetlinkError> {
    out.put(libc::RTA_ENCAP, &encap.attributes()?.octets()?)?;
    out.put(libc::RTA_ENCAP_TYPE, &encap.kind().to_ne_bytes())
}
