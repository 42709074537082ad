//! What a virtual router demands of an advert, and what the IP layer knows about one that came.
//!
//! A receiver reads the VRID first, finds the virtual router, and only then knows which rules hold.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use vrrp_types::{Family, Interval, Version};

use crate::{Auth, ChecksumRule, DecodeError, HOP_LIMIT};

/// From where to where an advert goes: what pseudo-headers are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Over IPv4.
    V4 {
        /// Source of the packet
        source: Ipv4Addr,
        /// Destination of the packet
        destination: Ipv4Addr,
    },
    /// Over IPv6.
    V6 {
        /// Source of the packet
        source: Ipv6Addr,
        /// Destination of the packet
        destination: Ipv6Addr,
    },
}

impl Path {
    /// Where the packet comes from.
    pub const fn source(self) -> IpAddr {
        match self {
            Self::V4 { source, .. } => IpAddr::V4(source),
            Self::V6 { source, .. } => IpAddr::V6(source),
        }
    }

    /// Where the packet goes to.
    pub const fn destination(self) -> IpAddr {
        match self {
            Self::V4 { destination, .. } => IpAddr::V4(destination),
            Self::V6 { destination, .. } => IpAddr::V6(destination),
        }
    }

    /// The family, and with it the length of each advertised address.
    pub const fn family(self) -> Family {
        match self {
            Self::V4 { .. } => Family::V4,
            Self::V6 { .. } => Family::V6,
        }
    }
}

/// What the IP layer says about a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Source and destination.
    pub path: Path,
    /// TTL or hop limit as received.
    pub hop_limit: u8,
}

/// What a receiving virtual router demands. Start from [`multicast`](Self::multicast),
/// [`unicast`](Self::unicast) or [`lenient`](Self::lenient) and set the fields that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The only version it hears.
    pub version: Version,
    /// The TTL or hop limit it demands.
    pub hop_limit: HopLimitRule,
    /// VRRPv2: the authentication it demands.
    pub auth: AuthRule,
    /// VRRPv2: the interval it demands.
    pub interval: IntervalRule,
    /// The checksum it demands.
    pub checksum: ChecksumRule,
    /// Whether adverts come by multicast or by unicast.
    pub destination: DestinationRule,
}

impl Policy {
    /// A virtual router on a multicast link: hop limit 255, multicast only, no authentication, VRRPv2 adverts
    /// at exactly `interval`, standard checksum.
    pub const fn multicast(version: Version, interval: Interval) -> Self {
        Self {
            version,
            hop_limit: HopLimitRule::LINK,
            auth: AuthRule::Exactly(Auth::None),
            interval: IntervalRule::Exactly(interval),
            checksum: ChecksumRule::Standard,
            destination: DestinationRule::Multicast,
        }
    }

    /// A virtual router with unicast peers: as [`multicast`](Self::multicast), but any hop limit and unicast
    /// only.
    pub const fn unicast(version: Version, interval: Interval) -> Self {
        Self {
            hop_limit: HopLimitRule::Any,
            destination: DestinationRule::Unicast,
            ..Self::multicast(version, interval)
        }
    }

    /// Whatever can be read: for tools that show adverts, not for routers.
    pub const fn lenient(version: Version) -> Self {
        Self {
            version,
            hop_limit: HopLimitRule::Any,
            auth: AuthRule::Any,
            interval: IntervalRule::Any,
            checksum: ChecksumRule::Skip,
            destination: DestinationRule::Any,
        }
    }
}

/// The TTL or hop limit that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HopLimitRule {
    /// Any: unicast, where the advert may have been forwarded.
    Any,
    /// From `min` to `max`, both included (`min_ttl` and `max_ttl` of a unicast peer).
    Range {
        /// Least accepted
        min: u8,
        /// Greatest accepted
        max: u8,
    },
}

impl HopLimitRule {
    /// Exactly 255: not forwarded by any router (RFC 9568 section 7.1).
    pub const LINK: Self = Self::Range { min: HOP_LIMIT, max: HOP_LIMIT };

    /// Applies the rule by itself, for a peer that is known only after parsing.
    ///
    /// # Errors
    /// [`DecodeError::HopLimit`] when `received` is outside.
    pub const fn check(self, received: u8) -> Result<(), DecodeError> {
        match self {
            Self::Range { min, max } if received < min || received > max => {
                Err(DecodeError::HopLimit { received, min, max })
            }
            Self::Any | Self::Range { .. } => Ok(()),
        }
    }
}

/// The VRRPv2 authentication that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthRule {
    /// None, this password, or an authentication header.
    Exactly(Auth),
    /// Any that the message can show.
    Any,
}

/// The VRRPv2 advertisement interval that is accepted. VRRPv3 learns the interval of its master instead
/// (RFC 9568 section 6.1), so a receiver that cares compares [`Advert::interval`](crate::Advert::interval).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalRule {
    /// Exactly this one (RFC 3768 section 7.1).
    Exactly(Interval),
    /// Any.
    Any,
}

/// The kind of destination address that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationRule {
    /// A group.
    Multicast,
    /// A host.
    Unicast,
    /// Either.
    Any,
}
