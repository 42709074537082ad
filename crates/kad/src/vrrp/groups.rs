//! Sync groups as the process runs them: who belongs to which, and carrying out what a group decides.
//!
//! The decisions are [`vrrp_fsm::SyncGroup`]'s. Every change of a group's state passes through
//! [`Driver::group_entered`].

use std::collections::HashMap;

use kaconf::model;
use tracing::info;
use vrrp_fsm::{Change, Faults, Input, Instant, Member, Membership, Order, State, SyncGroup};

use super::driver::Driver;
use super::instance::InstanceId;
use super::notify::Told;

/// One sync group of the configuration.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) model: model::SyncGroup,
    pub(super) machine: SyncGroup,
    /// In the order of the configuration.
    pub(super) members: Vec<InstanceId>,
    /// The state that [`Driver::group_entered`] was last told.
    told: State,
}

impl Group {
    pub(super) fn new(model: model::SyncGroup) -> Self {
        Self { model, machine: SyncGroup::new(), members: Vec::new(), told: State::Init }
    }

    pub(super) fn name(&self) -> &str {
        &self.model.name
    }
}

impl Driver {
    /// Takes over the groups of a configuration; one that has the name of an old one goes on in its state.
    pub(super) fn take_groups(&mut self, models: Vec<model::SyncGroup>) {
        let states: HashMap<_, _> =
            self.groups.drain(..).map(|group| (group.model.name, (group.machine, group.told))).collect();
        let taken = models.into_iter().map(|model| match states.get(&model.name) {
            Some(&(machine, told)) => Group { machine, told, ..Group::new(model) },
            None => Group::new(model),
        });
        self.groups = taken.collect();
    }

    /// Tells the instances that were just put in place whom they go with.
    pub(super) fn align_groups(&mut self, now: Instant) {
        let ids: HashMap<Box<str>, InstanceId> =
            self.ids().map(|id| (self.instances[id.index()].model.name.clone(), id)).collect();
        for instance in &mut self.instances {
            instance.group = None;
        }
        for (number, group) in self.groups.iter_mut().enumerate() {
            group.members = group.model.members.iter().filter_map(|name| ids.get(name).copied()).collect();
            for id in &group.members {
                self.instances[id.index()].group = Some(number);
            }
        }
        for id in self.ids() {
            let membership = self.membership(id);
            self.feed_alone(id, now, Input::Membership(membership));
        }
    }

    fn membership(&self, id: InstanceId) -> Membership {
        let Some(group) = self.instances[id.index()].group else { return Membership::Alone };
        let owner = |id: &InstanceId| self.instances[id.index()].model.priority.is_owner();
        if self.groups[group].members.iter().all(owner) {
            Membership::OwnerAmongOwners
        } else {
            Membership::Member
        }
    }

    /// After the members, or what they are told from outside, may have changed all at once.
    pub(super) fn settle_groups(&mut self, now: Instant) {
        for id in self.ids() {
            let instance = &self.instances[id.index()];
            if instance.group.is_none() && instance.machine.faults().intersects(Faults::FROM_GROUP) {
                self.feed_alone(id, now, Input::Cleared(Faults::FROM_GROUP));
            }
        }
        for number in 0..self.groups.len() {
            if let Some(first) = self.groups[number].members.first().copied() {
                self.sync(number, first, now, Change::None);
            }
        }
    }

    /// Tells a member something, and the others what follows from it.
    pub(super) fn feed_member(&mut self, number: usize, id: InstanceId, now: Instant, input: Input) {
        let before = self.instances[id.index()].machine.as_member();
        let echo = self.feed_alone(id, now, input);
        if let Some(input) = echo {
            for other in self.groups[number].members.clone() {
                if other != id {
                    self.feed_alone(other, now, input);
                }
            }
        }
        let after = self.instances[id.index()].machine.as_member();
        if before != after {
            self.sync(number, id, now, Change::of(before.state, after.state, input));
        }
    }

    /// Lets a group decide until it has nothing more to say.
    fn sync(&mut self, number: usize, mover: InstanceId, now: Instant, mut change: Change) {
        let before = self.groups[number].machine.state();
        loop {
            let Group { machine, members, .. } = &mut self.groups[number];
            let instances = &self.instances;
            let seen = members.iter().map(|id| instances[id.index()].machine.as_member());
            let Some(order) = machine.after(change, seen) else { break };
            change = Change::None;
            self.carry_out_order(number, mover, now, order, before);
        }
        // Who has not begun is in no state yet, and its group in none that is to be told.
        let absent = |id: &InstanceId| self.instances[id.index()].machine.state() == State::Init;
        let Group { machine, members, told, .. } = &self.groups[number];
        let (before, after) = (*told, machine.state());
        if before != after && !members.iter().any(absent) {
            self.groups[number].told = after;
            self.group_entered(number, before, after);
        }
    }

    fn carry_out_order(
        &mut self,
        number: usize,
        mover: InstanceId,
        now: Instant,
        order: Order,
        before: State,
    ) {
        self.obey(mover, now, order);
        let name = self.groups[number].name();
        match (order, before, order.state()) {
            (Order::Await, ..) => {}
            (Order::Fault, State::Init, _) => {
                let member = self.instances[mover.index()].name();
                info!("VRRP_Group({name}): Syncing {member} to FAULT state");
            }
            (_, _, State::Master) => info!("VRRP_Group({name}) Syncing instances to MASTER state"),
            (_, _, State::Fault) => info!("VRRP_Group({name}) Syncing instances to FAULT state"),
            (_, _, State::Backup | State::Init) => {
                info!("VRRP_Group({name}) Syncing instances to BACKUP state");
            }
        }
        for other in self.groups[number].members.clone() {
            if other != mover {
                self.obey(other, now, order);
            }
        }
    }

    fn obey(&mut self, id: InstanceId, now: Instant, order: Order) {
        let member: Member = self.instances[id.index()].machine.as_member();
        if let Some(input) = order.input(member) {
            self.feed_alone(id, now, input);
        }
    }

    /// The state of a group changed, and all its members are where it is: here whoever wants to know learns it.
    pub(super) fn group_entered(&mut self, number: usize, before: State, after: State) {
        let group = &self.groups[number];
        tracing::trace!("sync group {} went from {before:?} to {after:?}", group.name());
        match (before, Told::entered(after)) {
            (_, None) => {}
            (State::Init, Some(told)) if told == Told::Backup => self.notices.group_began(&group.model, told),
            (_, Some(told)) => self.notices.group(&group.model, told),
        }
    }
}
