//! Who takes part: the two hosts, the client, the address they share.

use std::net::Ipv4Addr;

use netlab::Mac;
use vrrp_types::Priority;

/// The address the two hosts keep alive.
pub(super) const SHARED: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 100);
/// The virtual router of both files.
pub(super) const VRID: u8 = 51;
/// The client's address.
pub(super) const CLIENT: &str = "10.77.0.9";

/// One of the two hosts that run kad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The one with the higher priority.
    Alpha,
    /// The one that stands in.
    Beta,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Alpha, Self::Beta];

    /// The host's name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
        }
    }

    /// The host's own address.
    pub(super) const fn address(self) -> Ipv4Addr {
        match self {
            Self::Alpha => Ipv4Addr::new(10, 77, 0, 1),
            Self::Beta => Ipv4Addr::new(10, 77, 0, 2),
        }
    }

    /// Where the host is on Ethernet: a lab numbers its hosts in the order of joining.
    pub(super) const fn mac(self) -> Mac {
        match self {
            Self::Alpha => Mac([2, 0, 0, 0, 0, 1]),
            Self::Beta => Mac([2, 0, 0, 0, 0, 2]),
        }
    }

    /// The priority in its file.
    pub(super) const fn priority(self) -> Priority {
        match self {
            Self::Alpha => Priority::new(100),
            Self::Beta => Priority::new(90),
        }
    }

    /// Its `keepalived.conf`.
    pub(super) const fn conf(self) -> &'static str {
        match self {
            Self::Alpha => include_str!("alpha.conf"),
            Self::Beta => include_str!("beta.conf"),
        }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Alpha => Self::Beta,
            Self::Beta => Self::Alpha,
        }
    }

    /// Place in an array of one thing a host.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Alpha => 0,
            Self::Beta => 1,
        }
    }

    /// The host that has this address of its own.
    pub(super) fn at(address: Ipv4Addr) -> Option<Self> {
        Self::BOTH.into_iter().find(|side| side.address() == address)
    }

    /// The host at this place on Ethernet.
    pub(super) fn of(mac: Mac) -> Option<Self> {
        Self::BOTH.into_iter().find(|side| side.mac() == mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_say_what_the_demo_says() {
        for side in Side::BOTH {
            let says = |line: String| assert!(side.conf().lines().any(|l| l.trim() == line), "{line}");
            says(format!("router_id {}", side.name()));
            says(format!("priority {}", side.priority().get()));
            says(format!("virtual_router_id {VRID}"));
            says(format!("{SHARED}/24"));
            says("advert_int 1".to_owned());
        }
    }

    #[test]
    fn a_host_is_found_by_its_addresses() {
        for side in Side::BOTH {
            assert_eq!((Side::at(side.address()), Side::of(side.mac())), (Some(side), Some(side)));
        }
        assert_eq!((Side::at(SHARED), Side::of(Mac([2, 0, 0, 0, 0, 3]))), (None, None));
    }
}
