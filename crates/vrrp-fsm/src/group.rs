//! Sync groups: virtual routers of one host that are master, backup or in Fault together (keepalived's
//! `vrrp_sync_group`).
//!
//! The group decides, it feeds no machine: after every input that a member took the driver asks [`SyncGroup::after`],
//! gives each member what the [`Order`] says, and asks again with [`Change::None`].

#[cfg(test)]
mod tests;

use crate::{Action, Actions, Event, Faults, Input, Lead, State};

/// One member as its group sees it; see [`Machine::as_member`](crate::Machine::as_member).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its state.
    pub state: State,
    /// It would be master, if it were alone.
    pub wants_master: bool,
    /// It has accepted a master since it became a backup.
    pub follows: bool,
    /// Its faults, those that the group gave it among them.
    pub faults: Faults,
}

/// What made a driver ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// An order was carried out, or the members are others than before.
    None,
    /// A member took an input, and is what it now is.
    Moved {
        /// What it was.
        from: State,
        /// What it is.
        to: State,
        /// The input was [`Input::AddressLost`].
        address_lost: bool,
    },
}

impl Change {
    /// A member went from one state to another by an input.
    pub fn of(from: State, to: State, input: Input) -> Self {
        Self::Moved { from, to, address_lost: input == Input::AddressLost }
    }
}

/// What all members are told. Who made the group move is to be told first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All want to be master, and become it.
    Master,
    /// One gave up: masters yield.
    Backup,
    /// One lost an address to somebody: masters say farewell, and come back soon.
    AddressLost,
    /// One cannot serve: nobody does.
    Fault,
    /// One does not know yet whether it can serve: nobody does.
    Await,
    /// All can serve again.
    Recover,
}

impl Order {
    /// What a member is to be told, if it concerns it.
    pub fn input(self, member: Member) -> Option<Input> {
        let flags = member.faults & Faults::FROM_GROUP;
        match self {
            Self::Master => (member.state == State::Backup).then_some(Input::Follow(Lead::Master)),
            Self::Backup => (member.state == State::Master).then_some(Input::Follow(Lead::Backup)),
            Self::AddressLost => (member.state == State::Master).then_some(Input::AddressLost),
            Self::Fault => (!flags.contains(Faults::GROUP)).then_some(Input::Fault(Faults::GROUP)),
            Self::Await => {
                (!flags.contains(Faults::GROUP_AWAITS)).then_some(Input::Fault(Faults::GROUP_AWAITS))
            }
            Self::Recover => (!flags.is_empty()).then_some(Input::Cleared(Faults::FROM_GROUP)),
        }
    }

    /// The state that the members are brought to.
    pub const fn state(self) -> State {
        match self {
            Self::Master => State::Master,
            Self::Backup | Self::AddressLost | Self::Recover => State::Backup,
            Self::Fault => State::Fault,
            Self::Await => State::Init,
        }
    }
}

/// One sync group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncGroup {
    state: State,
}

impl Default for SyncGroup {
    fn default() -> Self {
        Self::new()
    }
}

impl SyncGroup {
    /// A group whose members have not begun.
    pub const fn new() -> Self {
        Self { state: State::Init }
    }

    /// The state that its members share, or are about to.
    pub const fn state(&self) -> State {
        self.state
    }

    /// What follows from a change, seen from all members. Total and idempotent: once an order is carried out and the
    /// group was asked again there is no further one until a member moves.
    pub fn after(&mut self, change: Change, members: impl Iterator<Item = Member> + Clone) -> Option<Order> {
        let seen = Seen::of(members);
        let order = seen.faults().or_else(|| seen.election(change));
        self.state = match order {
            // Until all have told what they are now.
            Some(Order::Recover) => State::Init,
            Some(order) => order.state(),
            None => seen.shared().unwrap_or(self.state),
        };
        order
    }
}

/// What there is among the members.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// Faults that are not from the group.
    own: Faults,
    /// Faults from the group that any member has.
    some: Faults,
    /// Faults from the group that every member has.
    every: Faults,
    absent: bool,
    masters: bool,
    backups: bool,
    /// A backup that does not want to be master.
    reluctant: bool,
    /// A backup that listens to a master.
    followers: bool,
}

impl Seen {
    fn of(members: impl Iterator<Item = Member>) -> Self {
        let mut seen = Self {
            own: Faults::empty(),
            some: Faults::empty(),
            every: Faults::FROM_GROUP,
            absent: false,
            masters: false,
            backups: false,
            reluctant: false,
            followers: false,
        };
        for member in members {
            seen.own |= member.faults - Faults::FROM_GROUP;
            seen.some |= member.faults & Faults::FROM_GROUP;
            seen.every &= member.faults;
            seen.absent |= member.state == State::Init;
            seen.masters |= member.state == State::Master;
            seen.backups |= member.state == State::Backup;
            seen.reluctant |= member.state == State::Backup && !member.wants_master;
            seen.followers |= member.state == State::Backup && member.follows;
        }
        seen
    }

    /// Something is known to be wrong.
    fn has_failed(&self) -> bool {
        !Faults::AWAITED.contains(self.own)
    }

    /// Who cannot serve keeps the others from it; and nobody serves again before all can.
    fn faults(&self) -> Option<Order> {
        if self.has_failed() {
            // Also who failed itself: when it recovers it still has to wait for the others.
            (!self.every.contains(Faults::GROUP)).then_some(Order::Fault)
        } else if !self.own.is_empty() {
            self.every.is_empty().then_some(Order::Await)
        } else {
            (!self.some.is_empty()).then_some(Order::Recover)
        }
    }

    fn election(&self, change: Change) -> Option<Order> {
        if self.absent || !self.own.is_empty() {
            return None;
        }
        if self.masters && self.backups {
            match change {
                Change::Moved { from: State::Master, to: State::Backup, address_lost: true } => {
                    return Some(Order::AddressLost);
                }
                Change::Moved { from: State::Master, to: State::Backup, .. } => return Some(Order::Backup),
                Change::Moved { .. } | Change::None if self.followers => return Some(Order::Backup),
                Change::Moved { .. } | Change::None => {}
            }
        }
        // One that still listens keeps the others waiting: better all backup than torn apart.
        (self.backups && !self.reluctant).then_some(Order::Master)
    }

    /// The state that all are in, if they are in one.
    fn shared(&self) -> Option<State> {
        match (self.masters, self.backups) {
            _ if self.has_failed() => Some(State::Fault),
            _ if self.absent || !self.own.is_empty() => None,
            (true, false) => Some(State::Master),
            (false, true) => Some(State::Backup),
            (true, true) | (false, false) => None,
        }
    }
}

/// What the other members are told because of what one of them did, beyond its change of state.
pub fn echo(actions: &Actions) -> Option<Input> {
    let rival = |action: &Action| matches!(action, Action::Report(Event::LowerPriorityHeard(_)));
    actions.iter().any(rival).then_some(Input::RivalHeard)
}
