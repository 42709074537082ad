//! Why a LAN cannot be built, and what no history may show.

use core::time::Duration;

use vrrp_fsm::{Action, ConfigError, State, Vrid};
use vrrp_wire::{AdvertError, DecodeError};

use crate::NodeId;

/// Why a node cannot join the LAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The machine refuses its configuration.
    #[error("VRID {vrid}: {error}")]
    Config {
        /// Whose.
        vrid: Vrid,
        /// Why.
        error: ConfigError,
    },
    /// What the machine would say cannot be written.
    #[error("VRID {vrid}: {error}")]
    Advert {
        /// Whose.
        vrid: Vrid,
        /// Why.
        error: AdvertError,
    },
    /// A VRID names one virtual router on a link.
    #[error("VRID {0} stands twice on one node: give each virtual router its own")]
    Twice(Vrid),
    /// The simulated LAN has one virtual router for a VRID, not one for each family.
    #[error("VRID {0} has an address of the other family on another node")]
    FamilyDiffers(Vrid),
    /// The last octet of a node's address is its number.
    #[error("a LAN has at most {MAX_NODES} nodes")]
    TooManyNodes,
}

/// Nodes on one LAN.
pub(crate) const MAX_NODES: usize = 250;

/// A law that a history broke. The machine, the codec or the simulator is wrong, or, for the laws of calm, the
/// members of a virtual router are configured so that they cannot agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// A machine asked for something that does not follow from what it asked for before.
    #[error("{node} VRID {vrid}: {action:?} out of place in {state:?}")]
    OutOfPlace {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
        /// What it asked for.
        action: Action,
        /// The state its driver knows of.
        state: State,
    },
    /// A node holds addresses though it is not master, or lacks them though it is.
    #[error("{node} VRID {vrid}: addresses held: {held}, state {state:?}")]
    AddressesDoNotFollowState {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
        /// Whether it holds them.
        held: bool,
        /// Its machine's state.
        state: State,
    },
    /// A machine is in another state than it told.
    #[error("{node} VRID {vrid}: told {told:?}, is {state:?}")]
    StateNotTold {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
        /// What it told last.
        told: State,
        /// Its machine's state.
        state: State,
    },
    /// Members of one sync group are in different states.
    #[error("{node} VRID {vrid}: is {state:?}, but its sync group is {others:?}")]
    TornApart {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
        /// Its machine's state.
        state: State,
        /// That of the first of the group.
        others: State,
    },
    /// A sync group decides again and again.
    #[error("{node}: the sync group does not come to rest")]
    Restless {
        /// Where.
        node: NodeId,
    },
    /// A machine that takes part waits for nothing.
    #[error("{node} VRID {vrid}: asleep for ever in {state:?}")]
    Asleep {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
        /// Its machine's state.
        state: State,
    },
    /// A machine wants another tick at the very moment it was given one.
    #[error("{node} VRID {vrid}: a tick at its deadline does not move the deadline")]
    Spins {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
    },
    /// A machine asked for an advert that cannot be written.
    #[error("{node} VRID {vrid}: {error}")]
    CannotBeSaid {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
        /// Why.
        error: AdvertError,
    },
    /// Adverts call forth more adverts without end.
    #[error("{in_flight} packets in flight at once")]
    Storm {
        /// How many.
        in_flight: usize,
    },
    /// A router refused an unharmed advert of another that is configured alike.
    #[error("{node} VRID {vrid} refuses an advert of its own kind: {error}")]
    OwnKindRefused {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
        /// Why.
        error: DecodeError,
    },
    /// A state changed though nothing had happened for long enough.
    #[error("{node} VRID {vrid}: enters {state:?} after {calm:?} of calm")]
    Unexplained {
        /// Where.
        node: NodeId,
        /// Which virtual router.
        vrid: Vrid,
        /// What it became.
        state: State,
        /// How long nothing had happened.
        calm: Duration,
    },
    /// Not exactly one master though nothing had happened for long enough and there is somebody to serve.
    #[error("VRID {vrid}: {masters} masters after {calm:?} of calm")]
    NotOneMaster {
        /// Which virtual router.
        vrid: Vrid,
        /// How many there are.
        masters: usize,
        /// How long nothing had happened.
        calm: Duration,
    },
    /// A better router that may pre-empt has not done so, though nothing had happened for long enough.
    #[error("VRID {vrid}: {master} is master after {calm:?} of calm, but {better} should be")]
    WrongMaster {
        /// Which virtual router.
        vrid: Vrid,
        /// Who is master.
        master: NodeId,
        /// Who should be.
        better: NodeId,
        /// How long nothing had happened.
        calm: Duration,
    },
}
