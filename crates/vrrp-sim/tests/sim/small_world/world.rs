//! One moment of a small world, and the moves that lead on from it.

use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;
use std::rc::Rc;

use vrrp_fsm::{Action, Actions, Config, Family, Faults, Heard, Input, Instant, Machine, Priority, State};
use vrrp_sim::NodeId;

/// All that the future depends on. Times are counted from now.
pub(super) type Key = Vec<i64>;

/// What one node's socket holds from one other; more is lost.
const SOCKET: usize = 2;

const START: Input = Input::Start { hold: Duration::ZERO };
const DOWN: Faults = Faults::INTERFACE_DOWN;

#[derive(Clone)]
struct Router {
    machine: Machine,
    fresh: Machine,
    running: bool,
    stalled: bool,
    /// What it has received but not read, by sender.
    inbox: Vec<VecDeque<Priority>>,
}

#[derive(Clone)]
pub(super) struct World {
    now: Instant,
    routers: Vec<Router>,
    faults: u8,
    addresses: Vec<NodeId>,
    trail: Option<Rc<Step>>,
}

/// How a world came about: its last move, and those before it.
struct Step {
    what: String,
    before: Option<Rc<Step>>,
}

impl World {
    pub(super) fn new(configs: &[Config], faults: u8) -> Self {
        // The addresses of a LAN's nodes: the later, the higher.
        let mut lan = vrrp_sim::Lan::new(0);
        let addresses = configs.iter().map(|_| lan.join(vrrp_sim::Node::new(Vec::new())).unwrap()).collect();
        let routers = configs.iter().map(|config| {
            let fresh = Machine::new(config.clone()).unwrap();
            let inbox = vec![VecDeque::new(); configs.len()];
            Router { machine: fresh.clone(), fresh, running: false, stalled: false, inbox }
        });
        let routers = routers.collect();
        let mut world = Self { now: Instant::default(), routers, faults, addresses, trail: None };
        (0..configs.len()).for_each(|node| world.start(node));
        world
    }

    pub(super) fn now(&self) -> Duration {
        self.now.saturating_since(Instant::default())
    }

    pub(super) const fn faults_left(&self) -> u8 {
        self.faults
    }

    pub(super) fn states(&self) -> impl Iterator<Item = State> {
        self.routers.iter().map(|router| router.machine.state())
    }

    pub(super) fn masters(&self) -> Vec<usize> {
        let master = |node: &usize| self.routers[*node].machine.state() == State::Master;
        (0..self.routers.len()).filter(master).collect()
    }

    /// Who should be master: the highest priority. Equal ones are content with each other.
    pub(super) fn best(&self) -> usize {
        let priority = |node: &usize| self.routers[*node].machine.priority();
        let masters = self.masters();
        let best = (0..self.routers.len()).max_by_key(priority).unwrap();
        match masters[..] {
            [only] if priority(&only) == priority(&best) => only,
            _ => best,
        }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.routers.iter().all(|router| !router.stalled && router.inbox.iter().all(VecDeque::is_empty))
    }

    /// Whether the master speaks before any backup has waited too long.
    pub(super) fn is_advert_next(&self) -> bool {
        let next = |state| {
            let routers = self.routers.iter().filter(move |router| router.machine.state() == state);
            routers.filter_map(|router| router.machine.timer()).min()
        };
        next(State::Backup)
            .is_none_or(|takeover| next(State::Master).is_some_and(|advert| advert.max(self.now) < takeover))
    }

    /// Twice missing a master for as long as the most patient does, and an interval to tell the others.
    pub(super) fn time_to_agree(&self) -> Duration {
        let down = self.routers.iter().map(|router| router.machine.master_down()).max().unwrap();
        down * 2 + self.interval()
    }

    pub(super) fn interval(&self) -> Duration {
        self.routers.iter().map(|router| router.machine.config().advert_int.duration()).max().unwrap()
    }

    pub(super) fn key(&self) -> Key {
        let mut key = vec![i64::from(self.faults)];
        for router in &self.routers {
            let machine = &router.machine;
            let interval = machine.config().advert_int.duration().as_nanos() as i64;
            let timer = machine.timer().map(|at| at.as_nanos() as i64 - self.now.as_nanos() as i64);
            let timer = match (timer, machine.state()) {
                (None, _) => i64::MAX,
                // A late advert leaves now, and its lateness counts only in what is left until the next.
                (Some(late), State::Master) if late <= 0 => late % interval,
                (Some(left), _) => left.max(0),
            };
            let flags = i64::from(router.running)
                + 2 * i64::from(router.stalled)
                + 4 * i64::from(machine.faults().bits());
            key.extend([machine.state() as i64, flags, timer, i64::from(machine.master_interval().centis())]);
            for sender in &router.inbox {
                key.push(sender.len() as i64);
                key.extend(sender.iter().map(|priority| i64::from(priority.get())));
            }
        }
        key
    }

    fn feed(&mut self, node: usize, input: Input) {
        let router = &mut self.routers[node];
        let before = router.machine.state();
        let actions = router.machine.step(self.now, input);
        let after = router.machine.state();
        assert_lawful(before, after, &actions, self);
        for action in actions {
            if let Action::Send(priority) = action {
                self.send(node, priority);
            }
        }
        let machine = &self.routers[node].machine;
        let takes_part = matches!(machine.state(), State::Backup | State::Master);
        assert!(!takes_part || machine.deadline().is_some(), "asleep: {self:?}");
    }

    fn send(&mut self, from: usize, priority: Priority) {
        for (to, router) in self.routers.iter_mut().enumerate() {
            if to != from && router.running && router.inbox[from].len() < SOCKET {
                router.inbox[from].push_back(priority);
            }
        }
    }

    fn read(&mut self, node: usize, from: usize) {
        let Some(priority) = self.routers[node].inbox[from].pop_front() else { return };
        let source = self.addresses[from].address(Family::V4);
        let interval = self.routers[from].machine.config().advert_int;
        self.feed(node, Input::Advert(Heard { source, priority, interval }));
    }

    fn start(&mut self, node: usize) {
        let router = &mut self.routers[node];
        router.machine = router.fresh.clone();
        router.running = true;
        let source = self.addresses[node].address(Family::V4);
        self.feed(node, Input::Source(Some(source)));
        self.feed(node, START);
    }

    fn crash(&mut self, node: usize) {
        let router = &mut self.routers[node];
        router.machine = router.fresh.clone();
        (router.running, router.stalled) = (false, false);
        router.inbox.iter_mut().for_each(VecDeque::clear);
    }

    fn stop(&mut self, node: usize) {
        self.feed(node, Input::Stop);
        self.crash(node);
    }

    fn is_due(&self, node: usize) -> bool {
        let router = &self.routers[node];
        router.running && !router.stalled && router.machine.deadline().is_some_and(|due| due <= self.now)
    }

    /// Packets that an awake node has yet to read.
    fn unread(&self) -> impl Iterator<Item = (usize, usize)> {
        let awake = self.routers.iter().enumerate().filter(|(_, router)| !router.stalled);
        awake.flat_map(|(node, router)| {
            let full = move |(from, queue): (usize, &VecDeque<Priority>)| {
                (!queue.is_empty()).then_some((node, from))
            };
            router.inbox.iter().enumerate().filter_map(full)
        })
    }

    fn next_deadline(&self) -> Option<Instant> {
        let awake = self.routers.iter().filter(|router| router.running && !router.stalled);
        awake.filter_map(|router| router.machine.deadline()).min()
    }

    /// Every world that is one move away.
    pub(super) fn moves(&self) -> Vec<Self> {
        let mut found = Vec::new();
        for (node, from) in self.unread() {
            found.push(self.after(format!("{node} reads {from}"), |world| world.read(node, from)));
        }
        for node in 0..self.routers.len() {
            self.free_moves(node, &mut found);
            if self.faults > 0 {
                self.faults_of(node, &mut found);
            }
        }
        let idle = self.unread().next().is_none() && (0..self.routers.len()).all(|node| !self.is_due(node));
        if let (true, Some(next)) = (idle, self.next_deadline()) {
            found.push(self.after("time".into(), |world| world.now = next));
        }
        found
    }

    fn free_moves(&self, node: usize, found: &mut Vec<Self>) {
        let router = &self.routers[node];
        if self.is_due(node) {
            found.push(self.after(format!("{node} ticks"), |world| world.feed(node, Input::Tick)));
        }
        if router.stalled {
            found.push(self.after(format!("{node} wakes"), |world| world.routers[node].stalled = false));
        }
        if !router.running {
            found.push(self.after(format!("{node} starts"), |world| world.start(node)));
        }
        if router.machine.state() == State::Fault {
            found.push(self.after(format!("{node} clears"), |world| world.feed(node, Input::Cleared(DOWN))));
        }
    }

    fn faults_of(&self, node: usize, found: &mut Vec<Self>) {
        let router = &self.routers[node];
        let mut fault = |what: String, act: &dyn Fn(&mut Self)| {
            let mut world = self.after(what, act);
            world.faults -= 1;
            found.push(world);
        };
        for (from, queue) in router.inbox.iter().enumerate().filter(|(_, queue)| !queue.is_empty()) {
            let first = queue[0];
            fault(format!("{node} loses {from}"), &|world| {
                world.routers[node].inbox[from].pop_front();
            });
            fault(format!("{node} reads {from} twice"), &|world| {
                world.read(node, from);
                world.routers[node].inbox[from].push_front(first);
            });
        }
        if router.running && !router.stalled {
            fault(format!("{node} stalls"), &|world| world.routers[node].stalled = true);
            fault(format!("{node} crashes"), &|world| world.crash(node));
            fault(format!("{node} stops"), &|world| world.stop(node));
            fault(format!("{node} loses its address"), &|world| world.feed(node, Input::AddressLost));
            fault(format!("{node} fails"), &|world| world.feed(node, Input::Fault(DOWN)));
        }
    }

    fn after(&self, what: String, act: impl FnOnce(&mut Self)) -> Self {
        let mut world = self.clone();
        world.note(what);
        act(&mut world);
        world
    }

    fn note(&mut self, what: String) {
        self.trail = Some(Rc::new(Step { what, before: self.trail.take() }));
    }

    /// All nodes run, awake and able.
    pub(super) fn end_all_faults(&mut self) {
        self.faults = 0;
        self.note("all faults end".into());
        for node in 0..self.routers.len() {
            self.routers[node].stalled = false;
            if !self.routers[node].running {
                self.start(node);
            }
            if self.routers[node].machine.state() == State::Fault {
                self.feed(node, Input::Cleared(DOWN));
            }
        }
    }

    /// The next thing that happens without faults: packets, then timers, then time.
    pub(super) fn go_on(&mut self) {
        let unread = self.unread().next();
        if let Some((node, from)) = unread {
            self.read(node, from);
        } else if let Some(node) = (0..self.routers.len()).find(|node| self.is_due(*node)) {
            self.feed(node, Input::Tick);
            assert!(!self.is_due(node), "spins: {self:?}");
        } else {
            self.now = self.next_deadline().unwrap();
        }
    }
}

/// Addresses are added exactly on becoming master and removed exactly on leaving, farewells said only then.
fn assert_lawful(before: State, after: State, actions: &Actions, world: &World) {
    let has = |wanted: Action| actions.iter().filter(|action| **action == wanted).count();
    let (was, is) = (before == State::Master, after == State::Master);
    assert_eq!(has(Action::AddAddresses), usize::from(!was && is), "{world:?}");
    assert_eq!(has(Action::RemoveAddresses), usize::from(was && !is), "{world:?}");
    assert_eq!(has(Action::Entered(after)), usize::from(before != after), "{world:?}");
    assert!(has(Action::Send(Priority::STOP)) <= usize::from(was && !is), "{world:?}");
}

impl fmt::Debug for World {
    /// How it came about, and what it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut moves: Vec<&str> = Vec::new();
        let mut step = self.trail.as_ref();
        while let Some(Step { what, before }) = step.map(Rc::as_ref) {
            moves.insert(0, what);
            step = before.as_ref();
        }
        writeln!(f, "at {:?} after: {}", self.now(), moves.join(", "))?;
        for (node, router) in self.routers.iter().enumerate() {
            let left = router.machine.timer().map(|at| at.saturating_since(self.now));
            let state = router.machine.state();
            writeln!(
                f,
                "{node}: {state:?}, {left:?} left, stalled {}, unread {:?}",
                router.stalled, router.inbox
            )?;
        }
        Ok(())
    }
}
