//! Time passes: the next thing that happens, and what the machines make of it.

use core::time::Duration;

use vrrp_fsm::{Action, Actions, Input, Instant, State, Vrid};

use super::Lan;
use crate::node::{Host, NodeId, Router, Waiting};
use crate::{Violation, Wakes, What};

/// More orders than these do not follow from one input.
const ORDERS: usize = 4;

impl Lan {
    /// Lets time pass until `end`, all that happens at `end` included.
    ///
    /// # Errors
    /// The first [`Violation`]; the LAN stays as it was then, for a look at its timeline.
    pub fn run_until(&mut self, end: Instant) -> Result<(), Violation> {
        while let Some(at) = self.next_moment().filter(|at| *at <= end) {
            self.pass_to(at);
            self.happen()?;
            self.check()?;
        }
        self.pass_to(end);
        self.check()
    }

    /// Lets so much time pass.
    ///
    /// # Errors
    /// As [`Self::run_until`].
    pub fn run_for(&mut self, span: Duration) -> Result<(), Violation> {
        self.run_until(self.now.saturating_add(span))
    }

    fn next_moment(&self) -> Option<Instant> {
        let change = self.changes.first_key_value().map(|((at, _), _)| *at);
        let packet = self.air.first_key_value().map(|((at, _), _)| *at);
        let node = self.hosts.iter().filter_map(Host::next).min();
        [change, packet, node].into_iter().flatten().min().map(|at| at.max(self.now))
    }

    fn pass_to(&mut self, at: Instant) {
        let span = at.saturating_since(self.now);
        for group in self.groups.values_mut() {
            group.watch.pass(span);
        }
        self.now = at.max(self.now);
        if !self.is_fine() {
            self.trouble_until(self.now);
        }
    }

    /// One thing of this moment: what befalls the LAN before packets, and packets before timers.
    fn happen(&mut self) -> Result<(), Violation> {
        if let Some(change) = self.changes.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let change = change.remove();
            return self.apply(change);
        }
        if self.air.first_key_value().is_some_and(|((at, _), _)| *at <= self.now) {
            return self.deliver_all();
        }
        for index in 0..self.hosts.len() {
            let host = &self.hosts[index];
            if host.next().is_some_and(|at| at <= self.now) {
                let node = host.id;
                return if host.stall.is_some() { self.wake(node) } else { self.tick_when_due(node) };
            }
        }
        Ok(())
    }

    /// All packets of this moment. A node empties its socket before it looks at its timers.
    fn deliver_all(&mut self) -> Result<(), Violation> {
        let mut receivers = Vec::new();
        while let Some(flight) = self.air.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let flight = flight.remove();
            receivers.push(flight.to);
            self.arrive(flight)?;
        }
        for node in receivers {
            self.tick(node)?;
        }
        Ok(())
    }

    /// A stall ends.
    pub(super) fn wake(&mut self, node: NodeId) -> Result<(), Violation> {
        let Some(stall) = self.hosts[node.index()].stall.take() else {
            return Ok(());
        };
        self.timeline.note(self.now, What::Woke(node));
        self.trouble_until(self.now);
        if stall.wakes == Wakes::TimersFirst {
            self.tick(node)?;
        }
        while let Some(waiting) = self.hosts[node.index()].waiting.pop_front() {
            match waiting {
                Waiting::Packet(flight) => self.receive(flight)?,
                Waiting::Input(vrid, input) => self.hand_over(node, vrid, input)?,
                Waiting::Stop => self.shut_down(node)?,
            }
        }
        self.tick(node)
    }

    fn tick_when_due(&mut self, node: NodeId) -> Result<(), Violation> {
        self.tick(node)?;
        let host = &self.hosts[node.index()];
        let shown = host.clock.shows(self.now);
        let stuck = |router: &&Router| router.machine.deadline().is_some_and(|due| due <= shown);
        match host.routers.iter().find(stuck) {
            Some(router) => Err(Violation::Spins { node, vrid: router.member.vrid }),
            None => Ok(()),
        }
    }

    /// Tells every machine of a node that time passed, as a driver may whenever it has woken: a machine to
    /// which nothing is due makes nothing of it.
    fn tick(&mut self, node: NodeId) -> Result<(), Violation> {
        if self.hosts[node.index()].stall.is_some() {
            return Ok(());
        }
        self.feed_all(node, Input::Tick)
    }

    /// For one virtual router of a node, or for all.
    pub(super) fn hand_over(
        &mut self,
        node: NodeId,
        vrid: Option<Vrid>,
        input: Input,
    ) -> Result<(), Violation> {
        match vrid {
            Some(vrid) => self.feed(node, vrid, input),
            None => self.feed_all(node, input),
        }
    }

    pub(super) fn feed_all(&mut self, node: NodeId, input: Input) -> Result<(), Violation> {
        for slot in 0..self.hosts[node.index()].routers.len() {
            let vrid = self.hosts[node.index()].routers[slot].member.vrid;
            self.feed(node, vrid, input)?;
        }
        Ok(())
    }

    /// One input of one machine, and what its sync group makes of it.
    pub(super) fn feed(&mut self, node: NodeId, vrid: Vrid, input: Input) -> Result<(), Violation> {
        let Some((from, actions)) = self.step(node, vrid, input)? else { return Ok(()) };
        let host = &self.hosts[node.index()];
        let Some(router) = host.find(vrid).filter(|_| host.group.is_some()) else { return Ok(()) };
        let change = vrrp_fsm::Change::of(from, router.machine.state(), input);
        let others: Vec<Vrid> =
            host.routers.iter().map(|router| router.member.vrid).filter(|other| *other != vrid).collect();
        if let Some(input) = vrrp_fsm::echo(&actions) {
            for other in &others {
                self.step(node, *other, input)?;
            }
        }
        self.follow(node, vrid, &others, change)?;
        self.check_group(node)
    }

    /// Carries out what a sync group decides; who made it decide goes first.
    fn follow(
        &mut self,
        node: NodeId,
        mover: Vrid,
        others: &[Vrid],
        mut change: vrrp_fsm::Change,
    ) -> Result<(), Violation> {
        for _ in 0..ORDERS {
            let host = &mut self.hosts[node.index()];
            let members = host.routers.iter().map(|router| router.machine.as_member());
            let Some(order) = host.group.as_mut().and_then(|group| group.after(change, members)) else {
                return Ok(());
            };
            change = vrrp_fsm::Change::None;
            for vrid in std::iter::once(&mover).chain(others) {
                let member = self.hosts[node.index()].find(*vrid).map(|router| router.machine.as_member());
                if let Some(input) = member.and_then(|member| order.input(member)) {
                    self.step(node, *vrid, input)?;
                }
            }
        }
        Err(Violation::Restless { node })
    }

    /// One step of one machine, and all that it asks for. Gives the state it was in, and what it did.
    fn step(
        &mut self,
        node: NodeId,
        vrid: Vrid,
        input: Input,
    ) -> Result<Option<(State, Actions)>, Violation> {
        let Some(host) = self.hosts.get_mut(node.index()).filter(|host| host.running) else {
            return Ok(None);
        };
        let local = host.clock.shows(self.now);
        let Some(router) = host.routers.iter_mut().find(|router| router.member.vrid == vrid) else {
            return Ok(None);
        };
        let before = router.machine.state();
        let actions = router.machine.step(local, input);
        self.carry_out(node, vrid, before, &actions)?;
        Ok(Some((before, actions)))
    }

    fn carry_out(
        &mut self,
        node: NodeId,
        vrid: Vrid,
        before: State,
        actions: &Actions,
    ) -> Result<(), Violation> {
        for action in actions {
            self.timeline.note(self.now, What::Did { node, vrid, action: *action });
            self.check_order(node, vrid, before, *action)?;
            let Some(router) = self.router_mut(node, vrid) else {
                continue;
            };
            match *action {
                Action::Send(priority) => self.send(node, vrid, priority)?,
                Action::Entered(state) => {
                    router.told = state;
                    router.counters.entered_master += u64::from(state == State::Master);
                    router.counters.entered_backup += u64::from(state == State::Backup);
                }
                Action::AddAddresses => {
                    router.holds = true;
                    self.count_holders(vrid);
                }
                Action::RemoveAddresses => {
                    router.holds = false;
                    self.count_holders(vrid);
                }
                Action::Announce { rounds } => router.counters.announced += u64::from(rounds),
                Action::Report(_) => {}
            }
        }
        self.check_router(node, vrid)
    }

    pub(super) fn router_mut(&mut self, node: NodeId, vrid: Vrid) -> Option<&mut Router> {
        let host = self.hosts.get_mut(node.index())?;
        host.routers.iter_mut().find(|router| router.member.vrid == vrid)
    }

    pub(super) fn count_holders(&mut self, vrid: Vrid) {
        let holders = self.masters(vrid).len();
        if let Some(group) = self.groups.get_mut(&vrid) {
            group.watch.set(holders);
        }
    }
}
