//! Why a received packet is refused, and which counter says so.

use core::fmt;
use core::net::Ipv4Addr;

use vrrp_types::{Interval, Version};

use crate::AuthType;

/// The rule that a received packet breaks, the first in the order of the receive checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Too short to hold the headers it must have.
    #[error("truncated: need {need} octets, have {have}")]
    Truncated {
        /// Octets needed to go on
        need: usize,
        /// Octets there are
        have: usize,
    },
    /// The IP header is not of version 4.
    #[error("IP version {0}, expected 4")]
    IpVersion(u8),
    /// The IP header says it is shorter than its fixed part.
    #[error("IP header of {0} octets, at least 20 are needed")]
    IpHeaderLength(usize),
    /// A piece of a packet: adverts are never fragmented.
    #[error("IP fragment")]
    Fragment,
    /// The packet is not VRRP.
    #[error("IP protocol {0}, expected 112")]
    Protocol(u8),
    /// The total length in the IP header is not what was received, allowing for Ethernet padding.
    #[error("IP total length {total}, received {received} octets")]
    TotalLength {
        /// As the header says
        total: usize,
        /// As received
        received: usize,
    },
    /// An authentication header (IP protocol 51) stands before the message, where none is expected.
    #[error("unexpected authentication header")]
    AuthenticationHeader,
    /// There is no authentication header (IP protocol 51), where one is expected.
    #[error("authentication header expected")]
    NoAuthenticationHeader,
    /// The authentication header says another length than that with 96 bits of ICV (RFC 4302 section 2.2).
    #[error("authentication header of length {0}, expected 4")]
    AhLength(u8),
    /// The integrity check value of the authentication header is wrong: another key, or another packet.
    #[error("wrong integrity check value")]
    Icv,
    /// The SPI of the authentication header is not the source address.
    #[error("SPI {received}, expected the source address {address}")]
    Spi {
        /// As received
        received: Ipv4Addr,
        /// Where the packet came from
        address: Ipv4Addr,
    },
    /// The number of the authentication header was heard before.
    #[error("sequence number {received}, expected more than {last}")]
    Sequence {
        /// As received
        received: u32,
        /// The last one taken or sent
        last: u32,
    },
    /// There is no trailer, where one is demanded.
    #[error("authentication trailer expected")]
    TrailerMissing,
    /// The trailer is of an unknown scheme, or its reserved octets are not zero.
    #[error("malformed authentication trailer")]
    TrailerMalformed,
    /// The trailer is signed with a key that is not ours.
    #[error("unknown authentication key {0}")]
    TrailerKey(u8),
    /// The HMAC of the trailer is wrong.
    #[error("wrong HMAC in the authentication trailer")]
    TrailerMac,
    /// The trailer was signed too long ago, or in the future.
    #[error("authentication trailer is {skew} s old, at most {window} s either way are taken")]
    TrailerStale {
        /// The receiver's clock less the sender's, seconds
        skew: i32,
        /// Most that is taken, seconds
        window: u16,
    },
    /// A trailer that was heard before, or an older one.
    #[error("replayed authentication trailer")]
    TrailerReplay,
    /// The virtual router identifier is 0.
    #[error("virtual router identifier must not be zero")]
    VridZero,
    /// The message is not exactly as long as its version and address count make it.
    #[error("message of {have} octets, its version and count need {need}")]
    MessageLength {
        /// Octets the header calls for
        need: usize,
        /// Octets there are
        have: usize,
    },
    /// TTL or hop limit outside the accepted range (RFC 9568 section 7.1).
    #[error("hop limit {received}, expected {}", Range(*min, *max))]
    HopLimit {
        /// As received
        received: u8,
        /// Least accepted
        min: u8,
        /// Greatest accepted
        max: u8,
    },
    /// Not the version this virtual router speaks.
    #[error("VRRP version {received}, expected {expected}")]
    Version {
        /// As received
        received: u8,
        /// The receiver's
        expected: Version,
    },
    /// An authentication type that RFC 2338 does not know.
    #[error("invalid authentication type {0}")]
    InvalidAuthType(AuthType),
    /// Another authentication type than the configured one.
    #[error("authentication type {received}, expected {expected}")]
    AuthTypeMismatch {
        /// As received
        received: AuthType,
        /// The receiver's
        expected: AuthType,
    },
    /// The password is wrong.
    #[error("wrong password")]
    AuthFailure,
    /// VRRPv2: not the configured advertisement interval (RFC 3768 section 7.1).
    #[error("advertisement interval {received_secs} s, expected {expected} s")]
    AdvertInterval {
        /// As received, seconds
        received_secs: u8,
        /// The receiver's
        expected: Interval,
    },
    /// Not an advertisement.
    #[error("message type {0}, expected 1")]
    MessageType(u8),
    /// The checksum does not hold.
    #[error("bad checksum {received:#06x}")]
    Checksum {
        /// As received
        received: u16,
    },
    /// Sent to one host where multicast is expected.
    #[error("unicast packet, expected multicast")]
    Unicast,
    /// Sent to a group where unicast is expected.
    #[error("multicast packet, expected unicast")]
    Multicast,
    /// The advertisement interval is 0, with which no timer can run.
    #[error("advertisement interval must not be zero")]
    IntervalZero,
}

impl DecodeError {
    /// The counter of the virtual router that the refusal goes to.
    pub const fn counter(&self) -> Counter {
        match self {
            Self::Truncated { .. }
            | Self::IpVersion(_)
            | Self::IpHeaderLength(_)
            | Self::Fragment
            | Self::TotalLength { .. }
            | Self::MessageLength { .. } => Counter::PacketLength,
            Self::Protocol(_) | Self::MessageType(_) => Counter::InvalidType,
            Self::VridZero => Counter::Vrid,
            Self::HopLimit { .. } => Counter::Ttl,
            Self::Version { .. } => Counter::Version,
            Self::InvalidAuthType(_) => Counter::InvalidAuthType,
            Self::AuthenticationHeader | Self::NoAuthenticationHeader | Self::AuthTypeMismatch { .. } => {
                Counter::AuthTypeMismatch
            }
            Self::AuthFailure | Self::AhLength(_) | Self::Icv | Self::Spi { .. } | Self::Sequence { .. } => {
                Counter::AuthFailure
            }
            Self::TrailerMissing => Counter::TrailerMissing,
            Self::TrailerMalformed => Counter::TrailerMalformed,
            Self::TrailerKey(_) => Counter::TrailerKey,
            Self::TrailerMac => Counter::TrailerMac,
            Self::TrailerStale { .. } => Counter::TrailerStale,
            Self::TrailerReplay => Counter::TrailerReplay,
            Self::AdvertInterval { .. } | Self::IntervalZero => Counter::AdvertInterval,
            Self::Checksum { .. } => Counter::Checksum,
            Self::Unicast | Self::Multicast => Counter::AddressList,
        }
    }
}

/// `255`, or `60 to 64`.
struct Range(u8, u8);

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(min, max) if min == max => min.fmt(f),
            Self(min, max) => write!(f, "{min} to {max}"),
        }
    }
}

/// The error counters of a virtual router, named as keepalived's statistics are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Counter {
    /// Lengths that do not fit
    PacketLength,
    /// VRRPv2 interval that differs, or an interval of zero
    AdvertInterval,
    /// TTL or hop limit
    Ttl,
    /// Not an advertisement
    InvalidType,
    /// Addresses that differ (which refuses nothing), and unicast for multicast or the reverse
    AddressList,
    /// Authentication type without a meaning
    InvalidAuthType,
    /// Authentication type that is not ours
    AuthTypeMismatch,
    /// Wrong password, or an authentication header that does not hold
    AuthFailure,
    /// No trailer, where `auth_hmac` demands one
    TrailerMissing,
    /// Trailer that cannot be read
    TrailerMalformed,
    /// Trailer of a key that is not ours
    TrailerKey,
    /// Trailer with a wrong HMAC
    TrailerMac,
    /// Trailer that is too old or too new
    TrailerStale,
    /// Trailer that was heard before
    TrailerReplay,
    /// Checksum
    Checksum,
    /// VRRP version that is not ours
    Version,
    /// VRID that names no virtual router
    Vrid,
}

impl Counter {
    /// Every counter in declaration order: `ALL[counter.index()] == counter`.
    pub const ALL: [Self; 17] = [
        Self::PacketLength,
        Self::AdvertInterval,
        Self::Ttl,
        Self::InvalidType,
        Self::AddressList,
        Self::InvalidAuthType,
        Self::AuthTypeMismatch,
        Self::AuthFailure,
        Self::TrailerMissing,
        Self::TrailerMalformed,
        Self::TrailerKey,
        Self::TrailerMac,
        Self::TrailerStale,
        Self::TrailerReplay,
        Self::Checksum,
        Self::Version,
        Self::Vrid,
    ];

    /// Its place in [`ALL`](Self::ALL): an array of this length holds a virtual router's counts.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The key in keepalived's JSON statistics; the last three, which it only counts for SNMP, by the name of
    /// the field.
    pub const fn key(self) -> &'static str {
        match self {
            Self::PacketLength => "packet_len_err",
            Self::AdvertInterval => "advert_interval_err",
            Self::Ttl => "ip_ttl_err",
            Self::InvalidType => "invalid_type_rcvd",
            Self::AddressList => "addr_list_err",
            Self::InvalidAuthType => "invalid_authtype",
            Self::AuthTypeMismatch => "authtype_mismatch",
            Self::AuthFailure => "auth_failure",
            Self::TrailerMissing => "auth_ext_missing",
            Self::TrailerMalformed => "auth_ext_malformed",
            Self::TrailerKey => "auth_ext_unknown_key",
            Self::TrailerMac => "auth_ext_invalid_hmac",
            Self::TrailerStale => "auth_ext_stale",
            Self::TrailerReplay => "auth_ext_replay",
            Self::Checksum => "chk_err",
            Self::Version => "vers_err",
            Self::Vrid => "vrid_err",
        }
    }
}
