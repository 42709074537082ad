//! Socket addresses and control data as the kernel lays them out, written and read as plain octets.
//!
//! Layouts: `sockaddr_in` and `sockaddr_in6` (ip(7), ipv6(7)), `sockaddr_ll` (packet(7)), `cmsghdr` (cmsg(3)),
//! `in_pktinfo` (ip(7)), `in6_pktinfo` (RFC 3542 section 6.1). Nothing here calls the system.

use std::ffi::c_int;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::IfIndex;

/// Room for the longest socket address used here, `sockaddr_in6`.
pub(crate) const NAME_LEN: usize = 28;
/// Room for the control data of one message: IPv6 packet information and hop limit, and some to spare.
pub(crate) const CONTROL_LEN: usize = 96;

/// Octets of `cmsghdr`: a `size_t` and two `int`s, a multiple of the alignment.
const CMSG_HEADER: usize = size_of::<usize>() + 2 * size_of::<c_int>();

/// A few octets of a fixed room, appended to and never overrun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Octets<const N: usize> {
    room: [u8; N],
    len: usize,
}

impl<const N: usize> Octets<N> {
    pub(crate) const EMPTY: Self = Self { room: [0; N], len: 0 };

    /// # Panics
    /// When the room is overrun: every caller writes a structure of known length.
    fn put(&mut self, octets: &[u8]) {
        self.room[self.len..self.len + octets.len()].copy_from_slice(octets);
        self.len += octets.len();
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.room[..self.len]
    }
}

/// Socket address of an IP destination; `interface` is the scope of an IPv6 link-local one.
pub(crate) fn ip_name(destination: IpAddr, interface: Option<IfIndex>) -> Octets<NAME_LEN> {
    let mut name = Octets::EMPTY;
    match destination {
        IpAddr::V4(address) => {
            name.put(&(libc::AF_INET as u16).to_ne_bytes());
            name.put(&[0; 2]); // port: raw sockets have none
            name.put(&address.octets());
            name.put(&[0; 8]);
        }
        IpAddr::V6(address) => {
            let multicast_scope = address.octets()[1] & 0x0f;
            let scoped = address.is_unicast_link_local() || address.is_multicast() && multicast_scope <= 2;
            let scope = interface.filter(|_| scoped).map_or(0, IfIndex::get);
            name.put(&(libc::AF_INET6 as u16).to_ne_bytes());
            name.put(&[0; 2]);
            name.put(&[0; 4]); // flow label: the kernel chooses
            name.put(&address.octets());
            name.put(&scope.to_ne_bytes());
        }
    }
    name
}

/// Socket address of a link-layer frame.
pub(crate) fn link_name(interface: IfIndex, ethertype: u16) -> Octets<NAME_LEN> {
    let mut name = Octets::EMPTY;
    name.put(&(libc::AF_PACKET as u16).to_ne_bytes());
    name.put(&ethertype.to_be_bytes());
    name.put(&interface.signed().to_ne_bytes());
    name.put(&[0; 12]); // the rest is for sockets that build the header
    name
}

/// The address in a socket address, `None` for a family that is not IP.
pub(crate) fn read_ip_name(name: &[u8]) -> Option<IpAddr> {
    let family = u16::from_ne_bytes(*name.first_chunk()?);
    match c_int::from(family) {
        libc::AF_INET => Some(Ipv4Addr::from(*name.get(4..)?.first_chunk::<4>()?).into()),
        libc::AF_INET6 => Some(Ipv6Addr::from(*name.get(8..)?.first_chunk::<16>()?).into()),
        _ => None,
    }
}

/// Control data for one message to send: where it leaves and from which address.
///
/// IPv4: `IP_PKTINFO`, whose `ipi_spec_dst` is the source the route is chosen for (the header holds the one on
/// the wire). IPv6: `IPV6_PKTINFO` and `IPV6_HOPLIMIT`.
pub(crate) fn egress(source: IpAddr, interface: Option<IfIndex>, hop_limit: u8) -> Octets<CONTROL_LEN> {
    let mut control = Octets::EMPTY;
    let index = interface.map_or(0, IfIndex::signed);
    match source {
        IpAddr::V4(source) => {
            put_cmsg_header(&mut control, libc::IPPROTO_IP, libc::IP_PKTINFO, 12);
            control.put(&index.to_ne_bytes());
            control.put(&source.octets());
            control.put(&[0; 4]);
            control.put(&[0; 4]);
        }
        IpAddr::V6(source) => {
            put_cmsg_header(&mut control, libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, 20);
            control.put(&source.octets());
            control.put(&index.to_ne_bytes());
            control.put(&[0; 4]);
            put_cmsg_header(&mut control, libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT, 4);
            control.put(&c_int::from(hop_limit).to_ne_bytes());
            control.put(&[0; 4]);
        }
    }
    control
}

/// Data of both families is padded to 8 octets by the callers, which suits 32-bit systems too.
fn put_cmsg_header(control: &mut Octets<CONTROL_LEN>, level: c_int, kind: c_int, data: usize) {
    control.put(&(CMSG_HEADER + data).to_ne_bytes());
    control.put(&level.to_ne_bytes());
    control.put(&kind.to_ne_bytes());
}

/// What the control data of a received message says; what it does not say stays `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ingress {
    pub(crate) interface: Option<IfIndex>,
    pub(crate) destination: Option<IpAddr>,
    pub(crate) hop_limit: Option<u8>,
}

/// Reads control data; stops at the first header that does not fit.
pub(crate) fn read_control(mut control: &[u8]) -> Ingress {
    let mut ingress = Ingress::default();
    while let Some((header, rest)) = split_cmsg(control) {
        header.apply(&mut ingress);
        control = rest;
    }
    ingress
}

struct Cmsg<'a> {
    level: c_int,
    kind: c_int,
    data: &'a [u8],
}

fn split_cmsg(control: &[u8]) -> Option<(Cmsg<'_>, &[u8])> {
    let (len, rest) = control.split_first_chunk::<{ size_of::<usize>() }>()?;
    let (level, rest) = rest.split_first_chunk::<4>()?;
    let (kind, _) = rest.split_first_chunk::<4>()?;
    let len = usize::from_ne_bytes(*len);
    let cmsg = Cmsg {
        level: c_int::from_ne_bytes(*level),
        kind: c_int::from_ne_bytes(*kind),
        data: control.get(CMSG_HEADER..len)?,
    };
    let next = len.checked_next_multiple_of(align_of::<usize>())?.min(control.len());
    Some((cmsg, &control[next..]))
}

impl Cmsg<'_> {
    fn apply(&self, ingress: &mut Ingress) {
        let int_at = |at: usize| Some(c_int::from_ne_bytes(*self.data.get(at..)?.first_chunk()?));
        match (self.level, self.kind) {
            (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                ingress.interface = int_at(0).and_then(IfIndex::from_signed);
                let address = self.data.get(8..).and_then(|rest| rest.first_chunk::<4>());
                ingress.destination = address.map(|octets| Ipv4Addr::from(*octets).into());
            }
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                ingress.interface = int_at(16).and_then(IfIndex::from_signed);
                ingress.destination =
                    self.data.first_chunk::<16>().map(|octets| Ipv6Addr::from(*octets).into());
            }
            (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT) => {
                ingress.hop_limit = int_at(0).and_then(|hops| u8::try_from(hops).ok());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
