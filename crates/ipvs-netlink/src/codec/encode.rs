//! Requests to octets, by neli.

use std::io::Cursor;
use std::net::{IpAddr, SocketAddr};

use neli::consts::genl::{CtrlAttr, CtrlCmd};
use neli::consts::nl::NlmF;
use neli::genl::{AttrTypeBuilder, Genlmsghdr, GenlmsghdrBuilder, Nlattr, NlattrBuilder};
use neli::nl::{NlPayload, NlmsghdrBuilder};
use neli::types::{Buffer, GenlBuffer};
use neli::{Size, ToBytes};

use super::raw::{self, attr, cmd, dest, svc};
use crate::{
    DaemonRole, Destination, Family, Forwarding, IpvsError, Op, Service, ServiceId, SyncDaemon, Timeouts,
    TunnelKind, Unknown,
};

/// Room for a name in the kernel, its zero octet included: `IP_VS_PENAME_MAXLEN`, `IP_VS_IFNAME_MAXLEN`.
const NAME_ROOM: usize = 16;

/// What is in a message, before it has a header.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    family: u16,
    flags: NlmF,
    body: Genlmsghdr<u8, u16>,
}

type Attribute = Nlattr<u16, Buffer>;

/// Nothing that is put into a message here is refused by neli; should it be, it is no message.
fn unencodable<E>(_: E) -> IpvsError {
    IpvsError::Malformed("a request that cannot be said in netlink")
}

fn attribute<P: Size + ToBytes>(kind: u16, payload: P) -> Result<Attribute, IpvsError> {
    let kind = AttrTypeBuilder::default().nla_type(kind).build().map_err(unencodable)?;
    NlattrBuilder::default().nla_type(kind).nla_payload(payload).build().map_err(unencodable)
}

fn octets(kind: u16, octets: &[u8]) -> Result<Attribute, IpvsError> {
    attribute(kind, Buffer::from(octets.to_vec()))
}

/// A name with its zero octet.
fn name(kind: u16, name: &str, what: &'static str) -> Result<Attribute, IpvsError> {
    if name.is_empty() || name.len() >= NAME_ROOM || name.contains('\0') {
        return Err(IpvsError::BadName(what));
    }
    octets(kind, &[name.as_bytes(), &[0]].concat())
}

/// `union nf_inet_addr`: 16 octets, of which an IPv4 address takes the first four.
fn address(kind: u16, address: IpAddr) -> Result<Attribute, IpvsError> {
    let mut room = [0; 16];
    match address {
        IpAddr::V4(address) => room[..4].copy_from_slice(&address.octets()),
        IpAddr::V6(address) => room = address.octets(),
    }
    octets(kind, &room)
}

fn nested(kind: u16, inner: &[Attribute]) -> Result<Attribute, IpvsError> {
    let outer = octets(kind, &[])?;
    inner.iter().try_fold(outer, |outer, inner| outer.nest(inner)).map_err(unencodable)
}

fn family_number(family: Family) -> u16 {
    (match family {
        Family::V4 => libc::AF_INET,
        Family::V6 => libc::AF_INET6,
    }) as u16
}

/// What tells a service from others, in the order in which ipvsadm says it.
fn id(id: ServiceId) -> Result<Vec<Attribute>, IpvsError> {
    let family = attribute(svc::AF, family_number(id.family()))?;
    Ok(match id {
        ServiceId::FwMark { mark, .. } => vec![family, attribute(svc::FWMARK, mark.get())?],
        ServiceId::Address { protocol, address: at } => vec![
            family,
            attribute(svc::PROTOCOL, protocol.number())?,
            address(svc::ADDR, at.ip())?,
            octets(svc::PORT, &at.port().to_be_bytes())?,
        ],
    })
}

/// `IPVS_SVC_ATTR_NETMASK`: a mask in network order for IPv4, a number of bits for IPv6.
fn netmask(family: Family, prefix: u8) -> Result<Attribute, IpvsError> {
    match family {
        Family::V4 => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
            octets(svc::NETMASK, &mask.to_be_bytes())
        }
        Family::V6 => attribute(svc::NETMASK, u32::from(prefix.min(128))),
    }
}

fn service(service: &Service) -> Result<Attribute, IpvsError> {
    let mut all = id(service.id)?;
    all.push(name(svc::SCHED_NAME, service.scheduler.name(), "scheduler")?);
    if let Some(engine) = &service.engine {
        all.push(name(svc::PE_NAME, engine, "persistence engine")?);
    }
    let family = service.id.family();
    let (flag, timeout, prefix) = match service.persistence {
        Some(persistence) => {
            let secs = u32::try_from(persistence.timeout.as_secs()).unwrap_or(u32::MAX);
            (raw::PERSISTENT, secs.max(1), persistence.prefix)
        }
        None => (0, 0, u8::MAX),
    };
    let flags = service.flags.bits() & !(raw::PERSISTENT | raw::HASHED) | flag;
    all.push(octets(svc::FLAGS, &[flags.to_ne_bytes(), u32::MAX.to_ne_bytes()].concat())?);
    all.push(attribute(svc::TIMEOUT, timeout)?);
    all.push(netmask(family, prefix)?);
    all.extend(unknown(&service.unknown)?);
    nested(attr::SERVICE, &all)
}

fn unknown(all: &[Unknown]) -> Result<Vec<Attribute>, IpvsError> {
    all.iter().map(|unknown| octets(unknown.kind, &unknown.value)).collect()
}

/// What tells a destination from others of its service.
fn place(at: SocketAddr) -> Result<Vec<Attribute>, IpvsError> {
    Ok(vec![
        attribute(dest::ADDR_FAMILY, family_number(Family::of(at.ip())))?,
        address(dest::ADDR, at.ip())?,
        octets(dest::PORT, &at.port().to_be_bytes())?,
    ])
}

fn destination(destination: &Destination) -> Result<Attribute, IpvsError> {
    let mut all = place(destination.address)?;
    let method = match destination.forwarding {
        Forwarding::Masquerade => 0,
        Forwarding::Local => 1,
        Forwarding::Tunnel(_) => 2,
        Forwarding::DirectRoute => 3,
        Forwarding::Bypass => 4,
        Forwarding::Other(number) => number & raw::FORWARDING_MASK,
    };
    all.push(attribute(dest::FWD_METHOD, method)?);
    all.push(attribute(dest::WEIGHT, destination.weight.get())?);
    if let Forwarding::Tunnel(tunnel) = destination.forwarding {
        let kind: u8 = match tunnel.kind {
            TunnelKind::Ipip => 0,
            TunnelKind::Gue => 1,
            TunnelKind::Gre => 2,
            TunnelKind::Other(number) => number,
        };
        all.push(attribute(dest::TUN_TYPE, kind)?);
        all.push(octets(dest::TUN_PORT, &tunnel.port.to_be_bytes())?);
        all.push(attribute(dest::TUN_FLAGS, tunnel.flags.bits())?);
    }
    all.push(attribute(dest::U_THRESH, destination.upper_threshold)?);
    all.push(attribute(dest::L_THRESH, destination.lower_threshold)?);
    all.extend(unknown(&destination.unknown)?);
    nested(attr::DEST, &all)
}

fn role(role: DaemonRole) -> u32 {
    match role {
        DaemonRole::Master => raw::STATE_MASTER,
        DaemonRole::Backup => raw::STATE_BACKUP,
    }
}

fn daemon(daemon: &SyncDaemon) -> Result<Attribute, IpvsError> {
    use raw::daemon as d;
    let mut all = vec![
        attribute(d::STATE, role(daemon.role))?,
        name(d::MCAST_IFN, &daemon.interface, "interface")?,
        attribute(d::SYNC_ID, u32::from(daemon.sync_id))?,
    ];
    if let Some(max_len) = daemon.max_len {
        all.push(attribute(d::SYNC_MAXLEN, max_len)?);
    }
    match daemon.group {
        Some(IpAddr::V4(group)) => all.push(octets(d::MCAST_GROUP, &group.octets())?),
        Some(IpAddr::V6(group)) => all.push(octets(d::MCAST_GROUP6, &group.octets())?),
        None => {}
    }
    if let Some(port) = daemon.port {
        all.push(attribute(d::MCAST_PORT, port)?);
    }
    if let Some(ttl) = daemon.ttl {
        all.push(attribute(d::MCAST_TTL, ttl)?);
    }
    nested(attr::DAEMON, &all)
}

fn timeouts(timeouts: Timeouts) -> Result<Vec<Attribute>, IpvsError> {
    let secs = |time: std::time::Duration| u32::try_from(time.as_secs()).unwrap_or(u32::MAX);
    Ok(vec![
        attribute(attr::TIMEOUT_TCP, secs(timeouts.tcp))?,
        attribute(attr::TIMEOUT_TCP_FIN, secs(timeouts.tcp_fin))?,
        attribute(attr::TIMEOUT_UDP, secs(timeouts.udp))?,
    ])
}

fn request(family: u16, command: u8, flags: NlmF, all: Vec<Attribute>) -> Result<Request, IpvsError> {
    let attrs: GenlBuffer<u16, Buffer> = all.into_iter().collect();
    let body = GenlmsghdrBuilder::default().cmd(command).version(raw::FAMILY_VERSION).attrs(attrs);
    Ok(Request { family, flags: NlmF::REQUEST | flags, body: body.build().map_err(unencodable)? })
}

/// A change.
pub(crate) fn op(family: u16, op: &Op) -> Result<Request, IpvsError> {
    let (command, all) = match op {
        Op::NewService(new) => (cmd::NEW_SERVICE, vec![service(new)?]),
        Op::SetService(new) => (cmd::SET_SERVICE, vec![service(new)?]),
        Op::DelService(old) => (cmd::DEL_SERVICE, vec![nested(attr::SERVICE, &id(*old)?)?]),
        Op::NewDestination(of, new) => (cmd::NEW_DEST, in_service(*of, new)?),
        Op::SetDestination(of, new) => (cmd::SET_DEST, in_service(*of, new)?),
        Op::DelDestination(of, old) => (cmd::DEL_DEST, in_service(*of, old)?),
        Op::NewDaemon(new) => (cmd::NEW_DAEMON, vec![daemon(new)?]),
        Op::DelDaemon(role, interface, sync_id) => {
            (cmd::DEL_DAEMON, vec![daemon(&SyncDaemon::new(*role, interface, *sync_id))?])
        }
        Op::SetTimeouts(new) => (cmd::SET_CONFIG, timeouts(*new)?),
        Op::Zero(None) => (cmd::ZERO, Vec::new()),
        Op::Zero(Some(of)) => (cmd::ZERO, vec![nested(attr::SERVICE, &id(*of)?)?]),
        Op::Flush => (cmd::FLUSH, Vec::new()),
    };
    request(family, command, NlmF::empty(), all)
}

fn in_service(of: ServiceId, new: &Destination) -> Result<Vec<Attribute>, IpvsError> {
    Ok(vec![nested(attr::SERVICE, &id(of)?)?, destination(new)?])
}

/// All services.
pub(crate) fn list_services(family: u16) -> Result<Request, IpvsError> {
    request(family, cmd::GET_SERVICE, NlmF::DUMP, Vec::new())
}

/// All destinations of a service.
pub(crate) fn list_destinations(family: u16, of: ServiceId) -> Result<Request, IpvsError> {
    request(family, cmd::GET_DEST, NlmF::DUMP, vec![nested(attr::SERVICE, &id(of)?)?])
}

/// A question without more to it; `list` for one with several answers.
pub(crate) fn plain(family: u16, command: u8, list: bool) -> Result<Request, IpvsError> {
    request(family, command, if list { NlmF::DUMP } else { NlmF::ACK }, Vec::new())
}

/// The question for the number of the family.
pub(crate) fn family_request() -> Result<Request, IpvsError> {
    let name = octets(CtrlAttr::FamilyName.into(), &[raw::FAMILY_NAME.as_bytes(), &[0]].concat())?;
    request(libc::GENL_ID_CTRL as u16, CtrlCmd::Getfamily.into(), NlmF::ACK, vec![name])
}

impl Request {
    /// Appends the message; `acknowledge`: its success is answered too.
    pub(crate) fn write(
        &self,
        sequence: u32,
        acknowledge: bool,
        into: &mut Vec<u8>,
    ) -> Result<(), IpvsError> {
        let flags = if acknowledge { self.flags | NlmF::ACK } else { self.flags };
        let message = NlmsghdrBuilder::default().nl_type(self.family).nl_flags(flags).nl_seq(sequence);
        let message =
            message.nl_payload(NlPayload::Payload(self.body.clone())).build().map_err(unencodable)?;
        let mut cursor = Cursor::new(std::mem::take(into));
        let end = cursor.get_ref().len() as u64;
        cursor.set_position(end);
        let written = message.to_bytes(&mut cursor).map_err(unencodable);
        *into = cursor.into_inner();
        if written.is_err() {
            into.truncate(end as usize);
        }
        written
    }
}
