//! The eight octets every VRRP message starts with, as a view of the buffer.
//!
//! The view holds any octets; what may be said is decided by [`Advert`](crate::Advert).

use core::fmt;

use vrrp_types::{Family, Priority, Version, Vrid};
use zerocopy::byteorder::network_endian::U16;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::DecodeError;

/// Octets of VRRPv2 authentication data after the IPv4 addresses (RFC 3768 section 5.3.10).
pub(crate) const AUTH_DATA_LEN: usize = 8;

/// The message type of an advertisement, the only one there is (RFC 9568 section 5.2.2).
pub(crate) const ADVERTISEMENT: u8 = 1;

/// The fixed header of VRRPv2 (RFC 3768 section 5.1) and VRRPv3 (RFC 9568 section 5.1).
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Header {
    version_type: u8,
    vrid: u8,
    priority: u8,
    count: u8,
    /// VRRPv2: authentication type, then seconds. VRRPv3: four reserved bits, then centiseconds.
    timing: U16,
    checksum: U16,
}

const _: () = assert!(size_of::<Header>() == Header::LEN);

impl Header {
    /// Octets of the header.
    pub const LEN: usize = 8;
    /// Where the checksum stands, which is what `IPV6_CHECKSUM` wants to know (ipv6(7)).
    pub const CHECKSUM_OFFSET: usize = 6;

    /// Borrows the header at the start of a VRRP message; what follows is not looked at.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] when there are fewer than eight octets.
    pub fn peek(message: &[u8]) -> Result<&Self, DecodeError> {
        match Self::ref_from_prefix(message) {
            Ok((header, _)) => Ok(header),
            Err(_) => Err(DecodeError::Truncated { need: Self::LEN, have: message.len() }),
        }
    }

    pub(crate) const fn new(
        version: Version,
        vrid: Vrid,
        priority: Priority,
        count: u8,
        timing: u16,
    ) -> Self {
        Self {
            version_type: version.number() << 4 | ADVERTISEMENT,
            vrid: vrid.get(),
            priority: priority.get(),
            count,
            timing: U16::new(timing),
            checksum: U16::ZERO,
        }
    }

    /// The upper half of the first octet.
    pub const fn version_number(&self) -> u8 {
        self.version_type >> 4
    }

    /// The version, when it is one this crate knows.
    pub const fn version(&self) -> Option<Version> {
        match self.version_number() {
            2 => Some(Version::V2),
            3 => Some(Version::V3),
            _ => None,
        }
    }

    /// The message type, the lower half of the first octet: 1 is an advertisement.
    pub const fn message_type(&self) -> u8 {
        self.version_type & 0x0f
    }

    /// Which virtual router the message is about: what a receiver demultiplexes by. `None` for 0.
    pub const fn vrid(&self) -> Option<Vrid> {
        Vrid::new(self.vrid)
    }

    /// The sender's priority.
    pub const fn priority(&self) -> Priority {
        Priority::new(self.priority)
    }

    /// How many addresses the message says it carries.
    pub const fn count(&self) -> u8 {
        self.count
    }

    /// VRRPv2: the authentication type. In VRRPv3 these bits mean something else.
    pub const fn auth_type(&self) -> AuthType {
        AuthType((self.timing.get() >> 8) as u8)
    }

    /// VRRPv2: the advertisement interval in seconds.
    pub const fn interval_secs(&self) -> u8 {
        self.timing.get() as u8
    }

    /// VRRPv3: the advertisement interval in centiseconds; the reserved bits are ignored, as they must be
    /// (RFC 9568 section 5.2.6).
    pub const fn interval_centis(&self) -> u16 {
        self.timing.get() & 0x0fff
    }

    /// The checksum as it stands in the message.
    pub const fn checksum(&self) -> u16 {
        self.checksum.get()
    }

    /// The length that a message with this version and count must have, in octets.
    ///
    /// VRRPv2 over IPv4 always ends in eight octets of authentication data; over IPv6 it has none, as
    /// keepalived sends it.
    pub const fn message_len(&self, family: Family) -> usize {
        let list = Self::LEN + self.count as usize * family.address_len();
        match (family, self.version_number()) {
            (Family::V4, 2) => list + AUTH_DATA_LEN,
            _ => list,
        }
    }
}

/// VRRPv2 authentication type as it stands on the wire (RFC 3768 section 5.3.6): any octet is one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuthType(pub u8);

impl AuthType {
    /// No authentication.
    pub const NONE: Self = Self(0);
    /// A password in clear (RFC 2338 section 5.3.6).
    pub const SIMPLE: Self = Self(1);
    /// An IP authentication header before the message (RFC 2338 section 5.3.6).
    pub const AH: Self = Self(2);

    /// Whether RFC 2338 gives the type a meaning.
    pub const fn is_known(self) -> bool {
        self.0 <= Self::AH.0
    }
}

impl fmt::Debug for AuthType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthType({self})")
    }
}

impl fmt::Display for AuthType {
    /// As keepalived's `auth_type` names it: `none`, `PASS`, `AH`, or the number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NONE => f.write_str("none"),
            Self::SIMPLE => f.write_str("PASS"),
            Self::AH => f.write_str("AH"),
            Self(other) => other.fmt(f),
        }
    }
}
