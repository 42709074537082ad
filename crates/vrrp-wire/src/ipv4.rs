//! The IPv4 header around an advert: a view of received packets, and the header that is sent.
//!
//! Raw IPv4 sockets deliver and, with `IP_HDRINCL`, take whole packets (raw(7)). IPv6 sockets do neither, so
//! there is no such file for IPv6.

use core::fmt;
use core::net::Ipv4Addr;

use vrrp_types::Vrid;
use zerocopy::byteorder::network_endian::U16;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::{Arrival, AuthHeader, DecodeError, HOP_LIMIT, Header, Path, Sum, TRAFFIC_CLASS};

/// What an Ethernet frame carries at least; shorter packets are padded (IEEE 802.3: 64 octets with header and
/// FCS). A VLAN tag takes four of them.
const ETHERNET_MIN_PAYLOAD: usize = 46;

/// IP protocol or next header number: any octet is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol(pub u8);

impl Protocol {
    /// VRRP (RFC 9568 section 5.1.1.4).
    pub const VRRP: Self = Self(112);
    /// Authentication header (RFC 4302), before VRRPv2 with AH.
    pub const AH: Self = Self(51);
    /// ICMPv6 (RFC 4443), whose checksum has the same pseudo-header.
    pub const ICMPV6: Self = Self(58);
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The fixed part of the header (RFC 791 section 3.1).
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy, Debug)]
#[repr(C)]
struct Fixed {
    version_ihl: u8,
    tos: u8,
    total_len: U16,
    identification: U16,
    flags_offset: U16,
    ttl: u8,
    protocol: u8,
    checksum: U16,
    source: [u8; 4],
    destination: [u8; 4],
}

const _: () = assert!(size_of::<Fixed>() == Ipv4Header::LEN);

/// A received IPv4 packet, as a view.
///
/// [`parse`](Self::parse) refuses only what cannot be read at all, so that a packet with a lying length can
/// still be charged to its virtual router: [`vrid`](Self::vrid) to find that, then [`message`](Self::message)
/// for the checks of the IP layer.
#[derive(Clone, Copy, Debug)]
pub struct Ipv4Packet<'a> {
    fixed: &'a Fixed,
    octets: &'a [u8],
}

impl<'a> Ipv4Packet<'a> {
    /// A packet as received, from the first octet of its IP header. The header checksum is left to the kernel,
    /// which has verified it; tools have [`header_checksum_holds`](Self::header_checksum_holds).
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], [`DecodeError::IpVersion`] or [`DecodeError::IpHeaderLength`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let have = octets.len();
        let (fixed, _) = Fixed::ref_from_prefix(octets)
            .map_err(|_| DecodeError::Truncated { need: Ipv4Header::LEN, have })?;
        let packet = Self { fixed, octets };
        if fixed.version_ihl >> 4 != 4 {
            return Err(DecodeError::IpVersion(fixed.version_ihl >> 4));
        }
        match packet.header_len() {
            need if need < Ipv4Header::LEN => Err(DecodeError::IpHeaderLength(need)),
            need if need > have => Err(DecodeError::Truncated { need, have }),
            _ => Ok(packet),
        }
    }

    /// The virtual router the packet is about, behind an authentication header too.
    ///
    /// # Errors
    /// [`DecodeError::Protocol`] when it is not VRRP, [`DecodeError::Truncated`] when the VRRP header is not
    /// all there, [`DecodeError::VridZero`].
    pub fn vrid(&self) -> Result<Vrid, DecodeError> {
        let skip = match self.protocol() {
            Protocol::VRRP => 0,
            Protocol::AH => AuthHeader::LEN,
            Protocol(other) => return Err(DecodeError::Protocol(other)),
        };
        let offset = self.header_len() + skip;
        let message = self.octets.get(offset..).unwrap_or_default();
        let short = DecodeError::Truncated { need: offset + Header::LEN, have: self.octets.len() };
        Header::peek(message).map_err(|_| short)?.vrid().ok_or(DecodeError::VridZero)
    }

    /// The VRRP message: what the total length leaves after the IP header, without Ethernet padding.
    ///
    /// # Errors
    /// In this order: [`DecodeError::TotalLength`], [`DecodeError::Fragment`],
    /// [`DecodeError::AuthenticationHeader`], [`DecodeError::Protocol`].
    pub fn message(&self) -> Result<&'a [u8], DecodeError> {
        let payload = self.payload()?;
        match self.protocol() {
            Protocol::VRRP => Ok(payload),
            Protocol::AH => Err(DecodeError::AuthenticationHeader),
            Protocol(other) => Err(DecodeError::Protocol(other)),
        }
    }

    /// What follows the IP header, if the packet is whole.
    pub(crate) fn payload(&self) -> Result<&'a [u8], DecodeError> {
        let (total, received) = (self.total_len(), self.octets.len());
        let padded = total < received && received <= ETHERNET_MIN_PAYLOAD;
        if total < self.header_len() || (total != received && !padded) {
            return Err(DecodeError::TotalLength { total, received });
        }
        if self.is_fragment() {
            return Err(DecodeError::Fragment);
        }
        Ok(&self.octets[self.header_len()..total])
    }

    /// The IP header as received, options included.
    pub(crate) fn header_octets(&self) -> &'a [u8] {
        &self.octets[..self.header_len()]
    }

    /// What [`Advert::parse`](crate::Advert::parse) wants to know of the IP layer.
    pub fn arrival(&self) -> Arrival {
        let path = Path::V4 { source: self.source(), destination: self.destination() };
        Arrival { path, hop_limit: self.ttl() }
    }

    /// Octets of the header, options included.
    pub const fn header_len(&self) -> usize {
        (self.fixed.version_ihl & 0x0f) as usize * 4
    }

    /// Octets of header and payload, as the header says.
    pub const fn total_len(&self) -> usize {
        self.fixed.total_len.get() as usize
    }

    /// Type of service.
    pub const fn tos(&self) -> u8 {
        self.fixed.tos
    }

    /// Identification.
    pub const fn identification(&self) -> u16 {
        self.fixed.identification.get()
    }

    /// Whether it is a piece of a packet: more are to come, or some came before.
    pub const fn is_fragment(&self) -> bool {
        // All but the reserved bit and "don't fragment".
        self.fixed.flags_offset.get() & 0x3fff != 0
    }

    /// Time to live as received.
    pub const fn ttl(&self) -> u8 {
        self.fixed.ttl
    }

    /// Protocol of the payload.
    pub const fn protocol(&self) -> Protocol {
        Protocol(self.fixed.protocol)
    }

    /// Source address.
    pub fn source(&self) -> Ipv4Addr {
        self.fixed.source.into()
    }

    /// Destination address.
    pub fn destination(&self) -> Ipv4Addr {
        self.fixed.destination.into()
    }

    /// Whether the checksum of the IP header is right.
    pub fn header_checksum_holds(&self) -> bool {
        Sum::new().with(&self.octets[..self.header_len()]).finish() == 0
    }
}

/// The IPv4 header of a sent advert: five words, TOS 0xc0, no fragmentation bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ipv4Header {
    /// Source address.
    pub source: Ipv4Addr,
    /// Destination address.
    pub destination: Ipv4Addr,
    /// Time to live; 255 but for unicast with another `unicast_ttl`.
    pub ttl: u8,
    /// Identification. keepalived counts from 1 for each virtual router and leaves out 0, for which the kernel
    /// would choose one.
    pub identification: u16,
    /// Protocol of the payload.
    pub protocol: Protocol,
}

impl Ipv4Header {
    /// Octets of the header.
    pub const LEN: usize = 20;

    /// A header with TTL 255, protocol 112 and identification 1.
    pub const fn new(source: Ipv4Addr, destination: Ipv4Addr) -> Self {
        Self { source, destination, ttl: HOP_LIMIT, identification: 1, protocol: Protocol::VRRP }
    }

    /// From where to where.
    pub const fn path(&self) -> Path {
        Path::V4 { source: self.source, destination: self.destination }
    }

    /// Writes the header of a packet with `payload_len` octets after it, its checksum included.
    ///
    /// # Panics
    /// When `buf` is not exactly [`LEN`](Self::LEN) octets long, or the packet would be longer than 65,535.
    pub fn emit(&self, buf: &mut [u8], payload_len: usize) {
        assert!(payload_len <= usize::from(u16::MAX) - Self::LEN, "an IPv4 packet has at most 65535 octets");
        let mut fixed = Fixed {
            version_ihl: 0x45,
            tos: TRAFFIC_CLASS,
            total_len: U16::new((Self::LEN + payload_len) as u16),
            identification: U16::new(self.identification),
            flags_offset: U16::ZERO,
            ttl: self.ttl,
            protocol: self.protocol.0,
            checksum: U16::ZERO,
            source: self.source.octets(),
            destination: self.destination.octets(),
        };
        fixed.checksum = U16::new(Sum::new().with(fixed.as_bytes()).finish());
        buf.copy_from_slice(fixed.as_bytes());
    }
}
