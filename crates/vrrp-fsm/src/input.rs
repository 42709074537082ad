//! What a machine can be told.

use core::net::IpAddr;
use core::time::Duration;

use bitflags::bitflags;

use crate::{Interval, Priority};

/// One thing that happened. Every input is legal in every state at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Take part, once `hold` has passed (`vrrp_startup_delay`); until then nothing is heard.
    Start {
        /// 0 begins at once.
        hold: Duration,
    },
    /// Take part no longer.
    Stop,
    /// Time passed. Due by [`Machine::deadline`](crate::Machine::deadline); earlier does no harm.
    Tick,
    /// An advert that passed every check of reception.
    Advert(Heard),
    /// Something without which the router must not serve is missing.
    Fault(Faults),
    /// It is back.
    Cleared(Faults),
    /// Trackers moved the effective priority. Ignored by an owner, whose priority is 255 whatever they say.
    Priority(Priority),
    /// The address our adverts come from, which breaks ties.
    Source(Option<IpAddr>),
    /// Somebody took one of the virtual addresses away.
    AddressLost,
    /// A reload gave a master more addresses: they are announced as those of a new master are.
    AddressesAdded,
    /// A reload is about to happen: a master speaks once more, in case it takes long.
    BeforeReload,
    /// Whether it goes with others, and with whom.
    Membership(Membership),
    /// Its sync group moves, and it goes along.
    Follow(Lead),
    /// Another member of its sync group heard a router that should not be master: neighbours may have been misled
    /// about these addresses too.
    RivalHeard,
}

/// Whether a router moves by itself, or only together with others ([`SyncGroup`](crate::SyncGroup)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Membership {
    /// By itself.
    #[default]
    Alone,
    /// It becomes master only when all of its group want that.
    Member,
    /// The same, but every member owns its addresses: each begins as master.
    OwnerAmongOwners,
}

/// Where a sync group goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lead {
    /// All want to be masters: become one now.
    Master,
    /// One gave up: yield, without a farewell.
    Backup,
}

/// What an advert said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Its sender.
    pub source: IpAddr,
    /// Its sender's priority.
    pub priority: Priority,
    /// Its sender's interval.
    pub interval: Interval,
}

impl Faults {
    /// Nothing is known to be wrong yet: the router waits, and there is nothing to tell anybody.
    pub const WAITING: Self = Self::AWAITED.union(Self::GROUP_AWAITS);
    /// What others in the sync group brought upon it.
    pub const FROM_GROUP: Self = Self::GROUP.union(Self::GROUP_AWAITS);
}

bitflags! {
    /// Why a router is in Fault: as long as any holds.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Faults: u16 {
        /// The interface is down.
        const INTERFACE_DOWN = 1;
        /// The interface does not exist.
        const NO_INTERFACE = 1 << 1;
        /// The interface has no address to send from, or the configured one vanished.
        const NO_SOURCE = 1 << 2;
        /// A tracked object without weight failed.
        const TRACKED = 1 << 3;
        /// Unicast without a single peer.
        const NO_PEERS = 1 << 4;
        /// The same VRID is used twice in one place.
        const DUPLICATE_VRID = 1 << 5;
        /// The configuration does not fit the interface.
        const CONFIG = 1 << 6;
        /// The parent of a virtual MAC interface is down.
        const BASE_DOWN = 1 << 7;
        /// A tracked object without weight has not said yet whether it is well.
        const AWAITED = 1 << 8;
        /// Another member of the sync group cannot serve.
        const GROUP = 1 << 9;
        /// Another member of the sync group waits for what it tracks.
        const GROUP_AWAITS = 1 << 10;
    }
}
