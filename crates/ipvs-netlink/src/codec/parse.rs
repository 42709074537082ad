//! Answers from octets. What is missing is an error where nothing can be said without it; what is unknown is kept.

use std::io::Cursor;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use neli::FromBytesWithInput;
use neli::consts::genl::CtrlAttr;
use neli::genl::{Genlmsghdr, Nlattr};
use neli::types::{Buffer, GenlBuffer};

use super::raw::{self, attr, dest, svc};
use crate::{
    DaemonRole, Destination, DestinationEntry, Family, Forwarding, FwMark, Info, IpvsError, Persistence,
    Protocol, Rates, Scheduler, Service, ServiceEntry, ServiceFlags, ServiceId, Stats, SyncDaemon, Timeouts,
    Tunnel, TunnelFlags, TunnelKind, Unknown, Weight,
};

type Attributes = GenlBuffer<u16, Buffer>;

/// The attributes of a generic netlink message.
fn attributes(body: &[u8]) -> Result<Attributes, IpvsError> {
    let header = Genlmsghdr::<u8, u16>::from_bytes_with_input(&mut Cursor::new(body), body.len());
    header.map(|header| header.attrs().clone()).map_err(|_| IpvsError::Malformed("attributes"))
}

fn find(all: &Attributes, kind: u16) -> Option<&Nlattr<u16, Buffer>> {
    all.iter().find(|attribute| *attribute.nla_type().nla_type() == kind)
}

fn inner(all: &Attributes, kind: u16) -> Result<Attributes, IpvsError> {
    let outer = find(all, kind).ok_or(IpvsError::Malformed("an attribute that must be there"))?;
    nested(octets(outer))
}

fn nested(value: &[u8]) -> Result<Attributes, IpvsError> {
    GenlBuffer::from_bytes_with_input(&mut Cursor::new(value), value.len())
        .map_err(|_| IpvsError::Malformed("nested attributes"))
}

fn octets(attribute: &Nlattr<u16, Buffer>) -> &[u8] {
    attribute.nla_payload().as_ref()
}

fn value(all: &Attributes, kind: u16) -> Option<&[u8]> {
    find(all, kind).map(octets)
}

fn u8_of(octets: &[u8]) -> Option<u8> {
    octets.first().copied()
}

fn u16_of(octets: &[u8]) -> Option<u16> {
    octets.first_chunk().map(|octets| u16::from_ne_bytes(*octets))
}

fn port_of(octets: &[u8]) -> Option<u16> {
    octets.first_chunk().map(|octets| u16::from_be_bytes(*octets))
}

fn u32_of(octets: &[u8]) -> Option<u32> {
    octets.first_chunk().map(|octets| u32::from_ne_bytes(*octets))
}

/// A counter: of 64 bits, or of 32 where the kernel counts so.
fn counter_of(octets: &[u8]) -> Option<u64> {
    let wide = octets.first_chunk().map(|octets| u64::from_ne_bytes(*octets));
    wide.or_else(|| u32_of(octets).map(u64::from))
}

fn text_of(octets: &[u8]) -> String {
    let end = octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len());
    String::from_utf8_lossy(&octets[..end]).into_owned()
}

fn family_of(octets: &[u8]) -> Option<Family> {
    match i32::from(u16_of(octets)?) {
        libc::AF_INET => Some(Family::V4),
        libc::AF_INET6 => Some(Family::V6),
        _ => None,
    }
}

fn address_of(octets: &[u8], family: Family) -> Option<IpAddr> {
    Some(match family {
        Family::V4 => Ipv4Addr::from(*octets.first_chunk::<4>()?).into(),
        Family::V6 => Ipv6Addr::from(*octets.first_chunk::<16>()?).into(),
    })
}

fn secs(octets: &[u8]) -> Duration {
    Duration::from_secs(u32_of(octets).unwrap_or(0).into())
}

/// Those that are not in `known`.
fn unknown(all: &Attributes, known: std::ops::RangeInclusive<u16>) -> Vec<Unknown> {
    let kinds = all.iter().map(|attribute| (*attribute.nla_type().nla_type(), octets(attribute)));
    let others = kinds.filter(|(kind, _)| !known.contains(kind));
    others.map(|(kind, value)| Unknown { kind, value: value.into() }).collect()
}

/// The number of a family, from the answer of the controller.
pub(crate) fn family_number(body: &[u8]) -> Result<u16, IpvsError> {
    let all = attributes(body)?;
    value(&all, CtrlAttr::FamilyId.into()).and_then(u16_of).ok_or(IpvsError::Malformed("no family number"))
}

/// One service of a list.
pub(crate) fn service(body: &[u8]) -> Result<ServiceEntry, IpvsError> {
    let all = inner(&attributes(body)?, attr::SERVICE)?;
    let family = value(&all, svc::AF).and_then(family_of).ok_or(IpvsError::Malformed("no family"))?;
    let mark = value(&all, svc::FWMARK).and_then(u32_of).and_then(FwMark::new);
    let id = match mark {
        Some(mark) => ServiceId::FwMark { family, mark },
        None => {
            let address = value(&all, svc::ADDR).and_then(|octets| address_of(octets, family));
            let address = address.ok_or(IpvsError::Malformed("no address"))?;
            let port = value(&all, svc::PORT).and_then(port_of).unwrap_or(0);
            let protocol = value(&all, svc::PROTOCOL).and_then(u16_of).unwrap_or(0);
            let protocol = Protocol::from_number(protocol);
            ServiceId::Address { protocol, address: SocketAddr::new(address, port) }
        }
    };
    let scheduler = value(&all, svc::SCHED_NAME).and_then(|octets| Scheduler::new(&text_of(octets)));
    // Since 4.3 a service may have none.
    let scheduler = scheduler.or_else(|| Scheduler::new("none")).ok_or(IpvsError::Malformed("scheduler"))?;
    let flags = value(&all, svc::FLAGS).and_then(u32_of).unwrap_or(0);
    let prefix = value(&all, svc::NETMASK).map_or(0, |octets| prefix_of(octets, family));
    let persistence = (flags & raw::PERSISTENT != 0)
        .then(|| Persistence { timeout: value(&all, svc::TIMEOUT).map(secs).unwrap_or_default(), prefix });
    let engine = value(&all, svc::PE_NAME).map(text_of).filter(|name| !name.is_empty());
    let service = Service {
        id,
        scheduler,
        flags: ServiceFlags::from_bits_retain(flags & !(raw::PERSISTENT | raw::HASHED)),
        persistence,
        engine: engine.map(Into::into),
        unknown: unknown(&all, svc::AF..=svc::STATS64),
    };
    Ok(ServiceEntry { service, stats: stats(&all, svc::STATS64, svc::STATS)?, destinations: Vec::new() })
}

fn prefix_of(octets: &[u8], family: Family) -> u8 {
    match family {
        Family::V4 => {
            octets.first_chunk().map_or(0, |octets| u32::from_be_bytes(*octets).leading_ones()) as u8
        }
        Family::V6 => u32_of(octets).map_or(0, |bits| bits.min(128) as u8),
    }
}

/// One destination of a service's list. A kernel before 3.18 does not say its family: it is the service's.
pub(crate) fn destination(body: &[u8], of: Family) -> Result<DestinationEntry, IpvsError> {
    let all = inner(&attributes(body)?, attr::DEST)?;
    let family = value(&all, dest::ADDR_FAMILY).and_then(family_of).unwrap_or(of);
    let address = value(&all, dest::ADDR).and_then(|octets| address_of(octets, family));
    let address = address.ok_or(IpvsError::Malformed("no address"))?;
    let port = value(&all, dest::PORT).and_then(port_of).unwrap_or(0);
    let number = |kind| value(&all, kind).and_then(u32_of).unwrap_or(0);
    let forwarding = match number(dest::FWD_METHOD) & raw::FORWARDING_MASK {
        0 => Forwarding::Masquerade,
        1 => Forwarding::Local,
        2 => Forwarding::Tunnel(tunnel(&all)),
        3 => Forwarding::DirectRoute,
        4 => Forwarding::Bypass,
        other => Forwarding::Other(other),
    };
    let destination = Destination {
        address: SocketAddr::new(address, port),
        forwarding,
        weight: Weight::new(number(dest::WEIGHT)),
        upper_threshold: number(dest::U_THRESH),
        lower_threshold: number(dest::L_THRESH),
        unknown: unknown(&all, dest::ADDR..=dest::TUN_FLAGS),
    };
    Ok(DestinationEntry {
        destination,
        active: number(dest::ACTIVE_CONNS),
        inactive: number(dest::INACT_CONNS),
        persistent: number(dest::PERSIST_CONNS),
        stats: stats(&all, dest::STATS64, dest::STATS)?,
    })
}

fn tunnel(all: &Attributes) -> Tunnel {
    let kind = match value(all, dest::TUN_TYPE).and_then(u8_of).unwrap_or(0) {
        0 => TunnelKind::Ipip,
        1 => TunnelKind::Gue,
        2 => TunnelKind::Gre,
        other => TunnelKind::Other(other),
    };
    let flags = value(all, dest::TUN_FLAGS).and_then(u16_of).unwrap_or(0);
    Tunnel {
        kind,
        port: value(all, dest::TUN_PORT).and_then(port_of).unwrap_or(0),
        flags: TunnelFlags::from_bits_retain(flags),
    }
}

fn stats(all: &Attributes, wide: u16, narrow: u16) -> Result<Stats, IpvsError> {
    use raw::stats as s;
    let Some(found) = value(all, wide).or_else(|| value(all, narrow)) else { return Ok(Stats::default()) };
    let all = nested(found)?;
    let counter = |kind| value(&all, kind).and_then(counter_of).unwrap_or(0);
    Ok(Stats {
        connections: counter(s::CONNS),
        packets_in: counter(s::INPKTS),
        packets_out: counter(s::OUTPKTS),
        octets_in: counter(s::INBYTES),
        octets_out: counter(s::OUTBYTES),
        rates: Rates {
            connections: counter(s::CPS),
            packets_in: counter(s::INPPS),
            packets_out: counter(s::OUTPPS),
            octets_in: counter(s::INBPS),
            octets_out: counter(s::OUTBPS),
        },
    })
}

/// One sync daemon of a list.
pub(crate) fn daemon(body: &[u8]) -> Result<SyncDaemon, IpvsError> {
    use raw::daemon as d;
    let all = inner(&attributes(body)?, attr::DAEMON)?;
    let role = match value(&all, d::STATE).and_then(u32_of) {
        Some(raw::STATE_MASTER) => DaemonRole::Master,
        Some(raw::STATE_BACKUP) => DaemonRole::Backup,
        _ => return Err(IpvsError::Malformed("a sync daemon that is neither master nor backup")),
    };
    let interface = value(&all, d::MCAST_IFN).map(text_of).unwrap_or_default();
    let sync_id = value(&all, d::SYNC_ID).and_then(u32_of).unwrap_or(0);
    let v4 = value(&all, d::MCAST_GROUP).and_then(|octets| address_of(octets, Family::V4));
    let v6 = value(&all, d::MCAST_GROUP6).and_then(|octets| address_of(octets, Family::V6));
    Ok(SyncDaemon {
        role,
        interface: interface.into(),
        sync_id: sync_id as u8,
        max_len: value(&all, d::SYNC_MAXLEN).and_then(u16_of),
        group: v4.or(v6),
        port: value(&all, d::MCAST_PORT).and_then(u16_of),
        ttl: value(&all, d::MCAST_TTL).and_then(u8_of),
    })
}

/// The timeouts.
pub(crate) fn timeouts(body: &[u8]) -> Result<Timeouts, IpvsError> {
    let all = attributes(body)?;
    let time = |kind| value(&all, kind).map(secs).unwrap_or_default();
    Ok(Timeouts {
        tcp: time(attr::TIMEOUT_TCP),
        tcp_fin: time(attr::TIMEOUT_TCP_FIN),
        udp: time(attr::TIMEOUT_UDP),
    })
}

/// What IPVS says of itself.
pub(crate) fn info(body: &[u8]) -> Result<Info, IpvsError> {
    let all = attributes(body)?;
    let version = value(&all, raw::info::VERSION).and_then(u32_of);
    let version = version.ok_or(IpvsError::Malformed("no version"))?;
    let [_, major, minor, patch] = version.to_be_bytes();
    let connection_table = value(&all, raw::info::CONN_TAB_SIZE).and_then(u32_of).unwrap_or(0);
    Ok(Info { version: (major, minor, patch), connection_table })
}
