//! Which dialect of VRRP a scenario speaks, and what its timers promise.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use vrrp_types::{Family, Interval, Priority, Version, Vrid};

use super::report::Side;
use crate::peer::{Proof, Spec};
use crate::{Host, LabError};

/// Which dialect of VRRP a scenario speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// The version.
    pub version: Version,
    /// Time between adverts. Whole seconds in VRRPv2.
    pub interval: Interval,
    /// Family of the shared addresses and of the adverts.
    pub family: Family,
    /// Whether adverts go to the other router's address, not to the group's.
    pub unicast: bool,
    /// How the routers prove to each other who they are.
    pub proof: Option<Proof>,
    /// Whether the shared addresses have the virtual router's Ethernet address. FRR's have always.
    pub vmac: bool,
}

impl Protocol {
    /// VRRPv2 at 1 s over IPv4, multicast, no authentication.
    pub const fn v2() -> Self {
        let (version, interval) = (Version::V2, Interval::DEFAULT);
        Self { version, interval, family: Family::V4, unicast: false, proof: None, vmac: false }
    }

    /// VRRPv3 over IPv4, multicast.
    pub const fn v3(interval: Interval) -> Self {
        Self { version: Version::V3, interval, family: Family::V4, unicast: false, proof: None, vmac: false }
    }

    /// The same over IPv6.
    #[must_use]
    pub fn over_ipv6(self) -> Self {
        Self { family: Family::V6, ..self }
    }

    /// The same by unicast.
    #[must_use]
    pub fn by_unicast(self) -> Self {
        Self { unicast: true, ..self }
    }

    /// The same with a password.
    #[must_use]
    pub fn with_password(self, password: &str) -> Self {
        Self { proof: Some(Proof::Password(password.to_owned())), ..self }
    }

    /// The same with authentication headers.
    #[must_use]
    pub fn with_header(self, password: &str) -> Self {
        Self { proof: Some(Proof::Header(password.to_owned())), ..self }
    }

    /// The same with signed adverts; the key has 32 to 64 octets.
    #[must_use]
    pub fn with_trailer(self, key: &str) -> Self {
        Self { proof: Some(Proof::Trailer(key.to_owned())), ..self }
    }

    /// The same with the virtual router's Ethernet address.
    #[must_use]
    pub fn with_vmac(self) -> Self {
        Self { vmac: true, ..self }
    }

    /// The virtual router of every scenario.
    pub(super) fn vrid() -> Vrid {
        Vrid::new(51).unwrap_or_else(|| unreachable!("51 is a VRID"))
    }

    /// The shared addresses; the last is the one that the client uses.
    pub(super) fn addresses(&self) -> Vec<(IpAddr, u8)> {
        match self.family {
            Family::V4 => vec![(IpAddr::from([10, 77, 0, 100]), 24)],
            // An advert over IPv6 names a link-local address first (RFC 9568 section 5.2.9).
            Family::V6 => vec![
                (IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, 0x100]), 64),
                (IpAddr::from([0xfd77, 0, 0, 0, 0, 0, 0, 0x100]), 64),
            ],
        }
    }

    /// The shared address that the client uses.
    pub(super) fn target(&self) -> IpAddr {
        match self.family {
            Family::V4 => IpAddr::from([10, 77, 0, 100]),
            Family::V6 => IpAddr::from([0xfd77, 0, 0, 0, 0, 0, 0, 0x100]),
        }
    }

    pub(super) fn spec(&self, side: Side, own: &Host, other: &Host) -> Result<Spec, LabError> {
        let like = self.target();
        let unicast = match self.unicast {
            true => Some((own.address_like(like)?, other.address_like(like)?)),
            false => None,
        };
        Ok(Spec {
            vrid: Self::vrid(),
            priority: side.priority(),
            version: self.version,
            interval: self.interval,
            addresses: self.addresses(),
            unicast,
            proof: self.proof.clone(),
            vmac: self.vmac,
        })
    }

    /// How long a router of this priority waits after the stop (priority 0) of a master.
    pub fn skew(&self, priority: Priority) -> Duration {
        self.interval.skew(self.version, priority)
    }

    /// How long a router of this priority waits after a master's last advert: three intervals and the skew
    /// (RFC 9568 section 6.1).
    pub fn master_down(&self, priority: Priority) -> Duration {
        3 * self.interval.duration() + self.skew(priority)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VRRPv{} over {} at {} s", self.version, self.family, self.interval)?;
        if self.unicast {
            f.write_str(" by unicast")?;
        }
        match &self.proof {
            None => {}
            Some(Proof::Password(_)) => f.write_str(" with a password")?,
            Some(Proof::Header(_)) => f.write_str(" with authentication headers")?,
            Some(Proof::Trailer(_)) => f.write_str(" with signed adverts")?,
        }
        if self.vmac {
            f.write_str(" with VMACs")?;
        }
        Ok(())
    }
}
