//! What a machine asks of its driver.

use core::net::IpAddr;
use core::time::Duration;

use arrayvec::ArrayVec;

use crate::{Heard, Interval, Priority, State};

/// One thing to do. Says what, never with which octets: the driver encodes from present state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send an advert of this priority; [`Priority::STOP`] is the farewell.
    Send(Priority),
    /// The state is now this one.
    Entered(State),
    /// Put the virtual addresses on their interfaces.
    AddAddresses,
    /// Take them away.
    RemoveAddresses,
    /// Announce every address, in so many rounds over all of them.
    Announce {
        /// At least 1.
        rounds: u32,
    },
    /// Nothing to do: something worth a line in the log, or a counter.
    Report(Event),
}

/// Something worth telling, with what the decision was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// No advert came for the master-down time.
    AdvertTimeout,
    /// A backup hears another master than before; the new one is [`Machine::master`](crate::Machine::master).
    MasterChanged {
        /// The one before, if any.
        from: Option<IpAddr>,
    },
    /// A backup heard that its master stops, or a master that another one does.
    PriorityZero,
    /// A backup heard a master of lower priority, and will pre-empt it.
    LowerPriorityDiscarded(Heard),
    /// A master heard a router that should not be one.
    LowerPriorityHeard(Heard),
    /// A master heard a better one.
    HigherPriorityHeard(Heard),
    /// A master heard an equal one with a higher address.
    SamePriorityHigherAddress(Heard),
    /// A master heard its own priority from its own address.
    OwnAddressHeard(Heard),
    /// The master's interval is not what it was.
    IntervalLearned {
        /// What it was.
        from: Interval,
        /// What it is.
        to: Interval,
    },
    /// A new master advertises at its own interval again, not at the one it had learned.
    IntervalReset {
        /// The learned one.
        from: Interval,
        /// Its own.
        to: Interval,
    },
    /// A lower master is tolerated from now on for the preempt delay.
    PreemptDelayStarted,
    /// A better master spoke: the preempt delay is over.
    PreemptDelayStopped,
    /// Another router claims to own the addresses too.
    OwnerConflict(Heard),
    /// It goes on claiming so: this router steps down to 254.
    OwnerConceded(Heard),
    /// It fell silent.
    OwnerConflictOver,
    /// Nobody else claims it any more: back to 255.
    OwnerRestored,
    /// The effective priority changed.
    PriorityChanged {
        /// What it was.
        from: Priority,
        /// What it is.
        to: Priority,
    },
    /// A master that was to advertise every interval stood still for this long and gives up.
    StalledTooLong(Duration),
}

/// The answer to one input, in the order in which it is to be carried out.
///
/// Its bound is part of the contract: no input calls for more.
pub type Actions = ArrayVec<Action, 8>;
