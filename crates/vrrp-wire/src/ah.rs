//! The IP authentication header before a VRRPv2 message: what keepalived's `auth_type AH` sends.
//!
//! Laid out as RFC 4302 section 2 says, with 96 bits of HMAC-MD5 (RFC 2403) keyed by the eight octets of the
//! password. There is no security association: the SPI is the source address, and one number counts what a
//! virtual router sends and hears ([`AhSequence`]).

mod sequence;

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use zerocopy::byteorder::network_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

pub use sequence::AhSequence;

use crate::{Advert, ChecksumRule, DecodeError, Ipv4Header, Ipv4Packet, Protocol};

/// Octets of the integrity check value: MD5's sixteen, cut off (RFC 2403 section 2).
const ICV_LEN: usize = 12;
/// Where the integrity check value stands in the header.
const ICV_OFFSET: usize = 12;
/// Length of the header as it says it itself: 32-bit words less two (RFC 4302 section 2.2).
const PAYLOAD_LEN: u8 = (AuthHeader::LEN / 4 - 2) as u8;

/// The authentication header as it stands on the wire (RFC 4302 section 2).
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct AuthHeader {
    next_header: u8,
    payload_len: u8,
    reserved: U16,
    spi: [u8; 4],
    sequence: U32,
    icv: [u8; ICV_LEN],
}

const _: () = assert!(size_of::<AuthHeader>() == AuthHeader::LEN);

impl AuthHeader {
    /// Octets of the header.
    pub const LEN: usize = 24;

    /// What follows the header: 112.
    pub const fn next_header(&self) -> Protocol {
        Protocol(self.next_header)
    }

    /// The security parameter index: keepalived's is the source address.
    pub const fn spi(&self) -> [u8; 4] {
        self.spi
    }

    /// The number of the packet, against replay.
    pub const fn sequence(&self) -> u32 {
        self.sequence.get()
    }
}

/// The key of a virtual router's authentication headers, ready for use. Never shown by `Debug`.
#[derive(Clone)]
pub struct AhKey(Hmac<Md5>);

impl AhKey {
    /// Of the eight octets of `auth_pass`, those that were not typed being zero.
    pub fn new(password: [u8; 8]) -> Self {
        let mut block = [0; 64];
        block[..8].copy_from_slice(&password);
        // Zeros behind a key do not change it (RFC 2104 section 2).
        Self(Hmac::new(&block.into()))
    }

    /// The HMAC of a packet: what changes on its way counts as zero (RFC 4302 section 3.3.3.1.1.1).
    ///
    /// The TTL counts for a group, whose packets are not forwarded, and not for a host.
    fn mac(&self, ip: &[u8], header: &AuthHeader, message: &[u8]) -> Hmac<Md5> {
        const ZERO: [u8; ICV_LEN] = [0; ICV_LEN];
        let multicast = ip[16] & 0xf0 == 0xe0;
        let ttl = if multicast { ip[8] } else { 0 };
        let mut mac = self.0.clone();
        // Of the fixed part: TOS, flags and fragment offset, checksum.
        let [version, _, len @ .., protocol] = [ip[0], ip[1], ip[2], ip[3], ip[4], ip[5], ip[9]];
        mac.update(&[version, 0, len[0], len[1], len[2], len[3], 0, 0, ttl, protocol, 0, 0]);
        mac.update(&ip[12..]);
        mac.update(&header.as_bytes()[..ICV_OFFSET]);
        mac.update(&ZERO);
        mac.update(message);
        mac
    }
}

impl fmt::Debug for AhKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AhKey(********)")
    }
}

/// A received packet with an authentication header, not yet believed.
#[derive(Clone, Copy, Debug)]
pub struct Authenticated<'a> {
    ip: &'a [u8],
    header: &'a AuthHeader,
    message: &'a [u8],
}

impl<'a> Ipv4Packet<'a> {
    /// The packet as one with an authentication header.
    ///
    /// # Errors
    /// In this order: [`DecodeError::TotalLength`], [`DecodeError::Fragment`],
    /// [`DecodeError::NoAuthenticationHeader`] or [`DecodeError::Protocol`] for another protocol,
    /// [`DecodeError::Truncated`].
    pub fn authenticated(&self) -> Result<Authenticated<'a>, DecodeError> {
        let payload = self.payload()?;
        match self.protocol() {
            Protocol::AH => {}
            Protocol::VRRP => return Err(DecodeError::NoAuthenticationHeader),
            Protocol(other) => return Err(DecodeError::Protocol(other)),
        }
        let short = DecodeError::Truncated { need: AuthHeader::LEN, have: payload.len() };
        let (header, message) = AuthHeader::ref_from_prefix(payload).map_err(|_| short)?;
        Ok(Authenticated { ip: self.header_octets(), header, message })
    }
}

impl<'a> Authenticated<'a> {
    /// The authentication header.
    pub const fn header(&self) -> &'a AuthHeader {
        self.header
    }

    /// The VRRP message behind it.
    pub const fn message(&self) -> &'a [u8] {
        self.message
    }

    /// Whether the owner of the key sent this, as keepalived checks it; gives the packet's number, for
    /// [`AhSequence::hear`]. The integrity check value is compared in constant time.
    ///
    /// # Errors
    /// In this order: [`DecodeError::Protocol`] when what follows is not VRRP, [`DecodeError::AhLength`],
    /// [`DecodeError::Icv`], [`DecodeError::Spi`].
    pub fn verify(&self, key: &AhKey) -> Result<u32, DecodeError> {
        let header = self.header;
        if header.next_header != Protocol::VRRP.0 {
            return Err(DecodeError::Protocol(header.next_header));
        }
        if header.payload_len != PAYLOAD_LEN {
            return Err(DecodeError::AhLength(header.payload_len));
        }
        let mac = key.mac(self.ip, header, self.message);
        mac.verify_truncated_left(&header.icv).map_err(|_| DecodeError::Icv)?;
        let source = [self.ip[12], self.ip[13], self.ip[14], self.ip[15]];
        if header.spi != source {
            return Err(DecodeError::Spi { received: header.spi.into(), address: source.into() });
        }
        Ok(header.sequence())
    }
}

impl Advert<'_> {
    /// Octets of the whole packet that [`emit_ah`](Self::emit_ah) writes.
    pub const fn ah_len(&self) -> usize {
        Ipv4Header::LEN + AuthHeader::LEN + self.wire_len()
    }

    /// Writes the whole IPv4 packet with an authentication header, for a raw socket with `IP_HDRINCL`. Its
    /// protocol is 51, whatever `ip` says; the advert should be one with [`Auth::Ah`](crate::Auth::Ah).
    ///
    /// # Panics
    /// When `buf` is not exactly [`ah_len`](Self::ah_len) octets long.
    pub fn emit_ah(&self, buf: &mut [u8], ip: &Ipv4Header, rule: ChecksumRule, key: &AhKey, sequence: u32) {
        assert_eq!(buf.len(), self.ah_len(), "an advert with AH needs a buffer of exactly ah_len() octets");
        let (fixed, payload) = buf.split_at_mut(Ipv4Header::LEN);
        let ip = Ipv4Header { protocol: Protocol::AH, ..*ip };
        ip.emit(fixed, payload.len());
        let (room, message) = payload.split_at_mut(AuthHeader::LEN);
        self.emit(message, &ip.path(), rule);
        let mut header = AuthHeader {
            next_header: Protocol::VRRP.0,
            payload_len: PAYLOAD_LEN,
            reserved: U16::ZERO,
            spi: ip.source.octets(),
            sequence: U32::new(sequence),
            icv: [0; ICV_LEN],
        };
        let icv = key.mac(fixed, &header, message).finalize().into_bytes();
        header.icv.copy_from_slice(&icv[..ICV_LEN]);
        room.copy_from_slice(header.as_bytes());
    }
}
