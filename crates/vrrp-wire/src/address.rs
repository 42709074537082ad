//! The list of addresses an advert carries, borrowed from the packet or from the caller.

use core::net::IpAddr;

use vrrp_types::Family;

/// Advertised addresses in the order they stand on the wire, all of one family.
///
/// Equality is that of the lists, order included; whether two lists hold the same addresses is
/// [`same_as`](Self::same_as).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Addresses<'a> {
    /// IPv4 addresses, network order.
    V4(&'a [[u8; 4]]),
    /// IPv6 addresses, network order.
    V6(&'a [[u8; 16]]),
}

impl<'a> Addresses<'a> {
    /// How many there are.
    pub const fn len(self) -> usize {
        match self {
            Self::V4(list) => list.len(),
            Self::V6(list) => list.len(),
        }
    }

    /// Whether there are none: keepalived sends such adverts with `no_virtual_ipaddress`.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The family of every address of the list.
    pub const fn family(self) -> Family {
        match self {
            Self::V4(_) => Family::V4,
            Self::V6(_) => Family::V6,
        }
    }

    /// The octets as they stand on the wire.
    pub const fn as_bytes(self) -> &'a [u8] {
        match self {
            Self::V4(list) => list.as_flattened(),
            Self::V6(list) => list.as_flattened(),
        }
    }

    /// The addresses in their order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = IpAddr> + DoubleEndedIterator + 'a {
        (0..self.len()).map(move |index| match self {
            Self::V4(list) => IpAddr::from(list[index]),
            Self::V6(list) => IpAddr::from(list[index]),
        })
    }

    /// Whether `address` is one of them.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self, address) {
            (Self::V4(list), IpAddr::V4(address)) => list.contains(&address.octets()),
            (Self::V6(list), IpAddr::V6(address)) => list.contains(&address.octets()),
            _ => false,
        }
    }

    /// The first of `own` that is not in this list: what a router that checks the addresses of its peer
    /// reports. Does not allocate; lists in the same order are compared in one pass.
    pub fn lacks(self, own: Addresses<'_>) -> Option<IpAddr> {
        if self == own {
            return None;
        }
        own.iter().find(|address| !self.contains(*address))
    }

    /// Whether both lists hold the same addresses, in whatever order.
    pub fn same_as(self, own: Addresses<'_>) -> bool {
        self.len() == own.len() && self.lacks(own).is_none() && own.lacks(self).is_none()
    }
}

impl<'a> From<&'a [[u8; 4]]> for Addresses<'a> {
    fn from(list: &'a [[u8; 4]]) -> Self {
        Self::V4(list)
    }
}

impl<'a> From<&'a [[u8; 16]]> for Addresses<'a> {
    fn from(list: &'a [[u8; 16]]) -> Self {
        Self::V6(list)
    }
}
