//! Members that move as one: stories, and laws of any history.

mod laws;
mod stories;

use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;
use std::vec::Vec;

use super::{Change, Order, SyncGroup, echo};
use crate::*;

const OURS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 50));
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 99));
const START: Input = Input::Start { hold: Duration::ZERO };

/// A driver of one group, as short as it can be.
struct Host {
    machines: Vec<Machine>,
    group: SyncGroup,
    now: Instant,
    /// What every member did, in order.
    deeds: Vec<(usize, Action)>,
    orders: Vec<Order>,
}

impl Host {
    /// Members of these priorities that have not begun.
    fn new(priorities: &[u8]) -> Self {
        let owners = priorities.iter().all(|priority| *priority == 255);
        let membership = if owners { Membership::OwnerAmongOwners } else { Membership::Member };
        let machine = |priority: &u8| {
            let config = Config::new(Version::V3, Priority::new(*priority), Interval::DEFAULT);
            let mut machine = Machine::new(config).unwrap();
            let _ = machine.step(Instant::default(), Input::Source(Some(OURS)));
            let _ = machine.step(Instant::default(), Input::Membership(membership));
            machine
        };
        Self {
            machines: priorities.iter().map(machine).collect(),
            group: SyncGroup::new(),
            now: Instant::default(),
            deeds: Vec::new(),
            orders: Vec::new(),
        }
    }

    /// Members that have begun.
    fn begun(priorities: &[u8]) -> Self {
        let mut host = Self::new(priorities);
        host.begin();
        host
    }

    fn begin(&mut self) {
        for member in 0..self.machines.len() {
            self.feed(member, START);
        }
    }

    fn step(&mut self, member: usize, input: Input) -> Actions {
        let actions = self.machines[member].step(self.now, input);
        let deeds = actions.iter().filter(|action| !matches!(action, Action::Report(_)));
        self.deeds.extend(deeds.map(|action| (member, *action)));
        actions
    }

    fn feed(&mut self, member: usize, input: Input) {
        let from = self.machines[member].state();
        let actions = self.step(member, input);
        if let Some(input) = echo(&actions) {
            for other in (0..self.machines.len()).filter(|other| *other != member) {
                let _ = self.step(other, input);
            }
        }
        self.settle(member, Change::of(from, self.machines[member].state(), input));
    }

    /// Lets the group decide, and carries it out, who made it so first.
    fn settle(&mut self, member: usize, mut change: Change) {
        let mut rounds = 0;
        while let Some(order) = self.group.after(change, self.machines.iter().map(Machine::as_member)) {
            rounds += 1;
            assert!(rounds < 3, "the group does not come to rest: {order:?}");
            self.orders.push(order);
            change = Change::None;
            let others = (0..self.machines.len()).filter(|other| *other != member);
            for told in core::iter::once(member).chain(others) {
                if let Some(input) = order.input(self.machines[told].as_member()) {
                    let _ = self.step(told, input);
                }
            }
        }
    }

    /// Lets time pass until a member's deadline, and ticks it.
    fn sleep(&mut self, member: usize) {
        self.now = self.now.max(self.machines[member].deadline().expect("it waits for something"));
        self.feed(member, Input::Tick);
    }

    fn hear(&mut self, member: usize, priority: u8) {
        let heard = Heard { source: OTHER, priority: Priority::new(priority), interval: Interval::DEFAULT };
        self.feed(member, Input::Advert(heard));
    }

    fn states(&self) -> Vec<State> {
        self.machines.iter().map(Machine::state).collect()
    }

    fn forget(&mut self) {
        self.deeds.clear();
        self.orders.clear();
    }

    /// All are master, and what led there is forgotten.
    fn masters(priorities: &[u8]) -> Self {
        let mut host = Self::begun(priorities);
        for member in 0..priorities.len() {
            if host.machines[member].state() != State::Master {
                host.sleep(member);
            }
        }
        assert_eq!(host.group.state(), State::Master);
        host.forget();
        host
    }

    fn farewells(&self) -> Vec<usize> {
        let farewell = |deed: &&(usize, Action)| deed.1 == Action::Send(Priority::STOP);
        self.deeds.iter().filter(farewell).map(|(member, _)| *member).collect()
    }
}
