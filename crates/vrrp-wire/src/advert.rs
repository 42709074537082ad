//! An advert that may be sent, and how it is written.
//!
//! Reading one is in `parse.rs`.

use vrrp_types::{Interval, Priority, Version, Vrid};
use zerocopy::IntoBytes;

use crate::header::{AUTH_DATA_LEN, Header};
use crate::{Addresses, AuthType, ChecksumRule, Ipv4Header, Password, Path};

/// VRRPv2 authentication as the message itself shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// None: eight zero octets over IPv4.
    None,
    /// A password in clear. Only over IPv4.
    Pass(Password),
    /// By an authentication header before the message, see [`emit_ah`](Advert::emit_ah): the type says so, and the
    /// eight octets are zero. Only over IPv4.
    Ah,
}

impl Auth {
    /// The type as it stands on the wire.
    pub const fn auth_type(self) -> AuthType {
        match self {
            Self::None => AuthType::NONE,
            Self::Pass(_) => AuthType::SIMPLE,
            Self::Ah => AuthType::AH,
        }
    }

    pub(crate) const fn data(self) -> [u8; AUTH_DATA_LEN] {
        match self {
            Self::None | Self::Ah => [0; AUTH_DATA_LEN],
            Self::Pass(password) => password.octets(),
        }
    }
}

/// One advertisement. Whatever this type holds can be written, and is read back the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advert<'a> {
    pub(crate) version: Version,
    pub(crate) vrid: Vrid,
    pub(crate) priority: Priority,
    pub(crate) interval: Interval,
    pub(crate) auth: Auth,
    pub(crate) addresses: Addresses<'a>,
}

impl<'a> Advert<'a> {
    /// An advert without authentication. Its addresses decide whether it goes over IPv4 or IPv6.
    ///
    /// # Errors
    /// [`AdvertError`] when this version cannot say the interval, or there are more than 255 addresses.
    pub const fn new(
        version: Version,
        vrid: Vrid,
        priority: Priority,
        interval: Interval,
        addresses: Addresses<'a>,
    ) -> Result<Self, AdvertError> {
        match version {
            Version::V2 if interval.whole_secs().is_none() => return Err(AdvertError::Fraction(interval)),
            Version::V3 if interval.centis() > Interval::MAX_V3.centis() => {
                return Err(AdvertError::TooLong(interval));
            }
            Version::V2 | Version::V3 => {}
        }
        if addresses.len() > u8::MAX as usize {
            return Err(AdvertError::TooManyAddresses(addresses.len()));
        }
        Ok(Self { version, vrid, priority, interval, auth: Auth::None, addresses })
    }

    /// The same with authentication.
    ///
    /// # Errors
    /// [`AdvertError::Auth`] for any but none in VRRPv3 or over IPv6, where there is no place for it.
    pub const fn with_auth(self, auth: Auth) -> Result<Self, AdvertError> {
        match (auth, self.version, self.addresses) {
            (Auth::None, ..) | (Auth::Pass(_) | Auth::Ah, Version::V2, Addresses::V4(_)) => {
                Ok(Self { auth, ..self })
            }
            (Auth::Pass(_) | Auth::Ah, ..) => Err(AdvertError::Auth),
        }
    }

    /// The same with another priority: [`Priority::STOP`] is the farewell.
    #[must_use]
    pub const fn with_priority(self, priority: Priority) -> Self {
        Self { priority, ..self }
    }

    /// The version it is written in.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// The virtual router it is about.
    pub const fn vrid(&self) -> Vrid {
        self.vrid
    }

    /// The sender's priority.
    pub const fn priority(&self) -> Priority {
        self.priority
    }

    /// The time from one advert of the sender to the next.
    pub const fn interval(&self) -> Interval {
        self.interval
    }

    /// The VRRPv2 authentication; [`Auth::None`] in VRRPv3.
    pub const fn auth(&self) -> Auth {
        self.auth
    }

    /// The addresses of the virtual router, as its sender sees them.
    pub const fn addresses(&self) -> Addresses<'a> {
        self.addresses
    }

    /// Octets of the VRRP message.
    pub const fn wire_len(&self) -> usize {
        self.header().message_len(self.addresses.family())
    }

    /// Octets of the message and its IPv4 header: what [`emit_ipv4`](Self::emit_ipv4) writes.
    pub const fn ipv4_len(&self) -> usize {
        Ipv4Header::LEN + self.wire_len()
    }

    /// Writes the VRRP message into `buf`, every octet of it. The path is needed for the pseudo-header.
    ///
    /// # Panics
    /// When `buf` is not exactly [`wire_len`](Self::wire_len) octets long.
    pub fn emit(&self, buf: &mut [u8], path: &Path, rule: ChecksumRule) {
        assert_eq!(buf.len(), self.wire_len(), "an advert needs a buffer of exactly wire_len() octets");
        let list = self.addresses.as_bytes();
        let (header, rest) = buf.split_at_mut(Header::LEN);
        let (addresses, auth) = rest.split_at_mut(list.len());
        header.copy_from_slice(self.header().as_bytes());
        addresses.copy_from_slice(list);
        if !auth.is_empty() {
            auth.copy_from_slice(&self.auth.data());
        }
        if let Some(seed) = rule.seed(self.version, path, buf.len()) {
            let checksum = seed.with(buf).finish();
            buf[Header::CHECKSUM_OFFSET..Header::LEN].copy_from_slice(&checksum.to_be_bytes());
        }
    }

    /// Writes the whole IPv4 packet, header and message, for a raw socket with `IP_HDRINCL`.
    ///
    /// # Panics
    /// When `buf` is not exactly [`ipv4_len`](Self::ipv4_len) octets long.
    pub fn emit_ipv4(&self, buf: &mut [u8], ip: &Ipv4Header, rule: ChecksumRule) {
        assert_eq!(buf.len(), self.ipv4_len(), "an IPv4 advert needs a buffer of exactly ipv4_len() octets");
        let (header, message) = buf.split_at_mut(Ipv4Header::LEN);
        ip.emit(header, message.len());
        self.emit(message, &ip.path(), rule);
    }

    pub(crate) const fn header(&self) -> Header {
        let timing = match (self.version, self.interval.whole_secs()) {
            (Version::V2, Some(secs)) => (self.auth.auth_type().0 as u16) << 8 | secs as u16,
            // `new` lets no fraction of a second into VRRPv2.
            (Version::V2, None) | (Version::V3, _) => self.interval.centis(),
        };
        Header::new(self.version, self.vrid, self.priority, self.addresses.len() as u8, timing)
    }
}

/// Why an advert cannot be said on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdvertError {
    /// VRRPv2 counts whole seconds.
    #[error("VRRPv2 says whole seconds, not {0} s: round the interval or use version 3")]
    Fraction(Interval),
    /// VRRPv3 has twelve bits of centiseconds.
    #[error("VRRPv3 says at most 40.95 s, not {0} s: shorten the interval or use version 2")]
    TooLong(Interval),
    /// The count is one octet.
    #[error("{0} addresses, an advert carries at most 255: exclude some from it")]
    TooManyAddresses(usize),
    /// Only VRRPv2 over IPv4 has an authentication type.
    #[error("authentication needs VRRPv2 over IPv4")]
    Auth,
}
