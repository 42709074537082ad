//! Priority of a router in an election.

use core::fmt;

/// Priority as it stands in an advert (RFC 9568 section 5.2.4).
///
/// 255 is the owner of the addresses, 1 to 254 are the others, and 0 ([`Priority::STOP`]) says that the
/// sender no longer takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Priority(u8);

impl Priority {
    /// "I stop": heard from a master, it lets a backup take over after its skew time.
    pub const STOP: Self = Self(0);
    /// What a router has when nothing is configured.
    pub const DEFAULT: Self = Self(100);
    /// The highest priority of a router that does not own the addresses.
    pub const MAX_BACKUP: Self = Self(254);
    /// The owner of the addresses.
    pub const OWNER: Self = Self(255);

    /// Any octet is a priority.
    pub const fn new(priority: u8) -> Self {
        Self(priority)
    }

    /// The octet as it stands in the advert.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whether this is the owner of the addresses.
    pub const fn is_owner(self) -> bool {
        self.0 == Self::OWNER.0
    }

    /// Whether this is the farewell of a router that stops.
    pub const fn is_stop(self) -> bool {
        self.0 == Self::STOP.0
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
