//! What a virtual service is known by.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

/// Address family of a service or a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// `AF_INET`
    V4,
    /// `AF_INET6`
    V6,
}

impl Family {
    /// That of an address.
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }
}

/// Transport protocol of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
    /// SCTP
    Sctp,
    /// One that this library has no name for.
    Other(u16),
}

impl Protocol {
    /// Its number in the IP header.
    pub const fn number(self) -> u16 {
        match self {
            Self::Tcp => libc::IPPROTO_TCP as u16,
            Self::Udp => libc::IPPROTO_UDP as u16,
            Self::Sctp => libc::IPPROTO_SCTP as u16,
            Self::Other(number) => number,
        }
    }

    /// The protocol of a number.
    pub const fn from_number(number: u16) -> Self {
        match number as i32 {
            libc::IPPROTO_TCP => Self::Tcp,
            libc::IPPROTO_UDP => Self::Udp,
            libc::IPPROTO_SCTP => Self::Sctp,
            _ => Self::Other(number),
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp => f.write_str("TCP"),
            Self::Udp => f.write_str("UDP"),
            Self::Sctp => f.write_str("SCTP"),
            Self::Other(number) => write!(f, "{number}"),
        }
    }
}

/// A mark that the firewall puts on packets; 0 is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FwMark(NonZeroU32);

impl FwMark {
    /// `None` for 0.
    pub const fn new(mark: u32) -> Option<Self> {
        match NonZeroU32::new(mark) {
            Some(mark) => Some(Self(mark)),
            None => None,
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

/// What a virtual service is known by: no two services of a kernel have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceId {
    /// Packets to an address; port 0 is every port and needs persistence.
    Address {
        /// The protocol.
        protocol: Protocol,
        /// The address and port.
        address: SocketAddr,
    },
    /// Packets with a mark.
    FwMark {
        /// Of which family.
        family: Family,
        /// The mark.
        mark: FwMark,
    },
}

impl ServiceId {
    /// A service by its address.
    pub const fn address(protocol: Protocol, address: SocketAddr) -> Self {
        Self::Address { protocol, address }
    }

    /// A service by a firewall mark.
    pub const fn fwmark(family: Family, mark: FwMark) -> Self {
        Self::FwMark { family, mark }
    }

    /// Its family.
    pub const fn family(self) -> Family {
        match self {
            Self::Address { address, .. } => Family::of(address.ip()),
            Self::FwMark { family, .. } => family,
        }
    }
}

/// As `ipvsadm -Ln` writes it.
impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { protocol, address } => write!(f, "{protocol}  {address}"),
            Self::FwMark { family: Family::V4, mark } => write!(f, "FWM  {}", mark.get()),
            Self::FwMark { family: Family::V6, mark } => write!(f, "FWM  {} IPv6", mark.get()),
        }
    }
}
