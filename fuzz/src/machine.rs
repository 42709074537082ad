//! Target for `vrrp-fsm`: the laws that hold after every step of any history.
//!
//! Octets become inputs and the time between them. What the histories of the crate's own tests draw at random,
//! a fuzzer drives towards the rare branches.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use vrrp_fsm::{
    Action, Actions, Announcements, Config, Faults, Heard, Input, Instant, Interval, Machine, Priority,
    State, Version,
};

use crate::drawn::Drawn;

/// Steps of one history at most.
const STEPS_MAX: usize = 400;
/// Beyond some 290 years the end of time is never, and a timer there is off.
const END: u64 = u64::MAX / 2;

/// Our own address; neighbours are above and below it.
const OURS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 50));
const ABOVE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 99));
const BELOW: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// A configuration, then inputs, ticks and new configurations.
pub fn fsm_history(octets: &[u8]) {
    let mut drawn = Drawn::from(octets);
    let first = config(&mut drawn);
    let mut history = History {
        machine: Machine::new(first).expect("a configuration that can be said"),
        now: 0,
        holds_addresses: false,
        told: State::Init,
    };
    history.feed(Input::Source(Some(OURS)));
    for _ in 0..STEPS_MAX {
        if drawn.is_empty() {
            return;
        }
        match drawn.octet() % 16 {
            0..=2 => history.tick_when_due(),
            3 => history.wait(u64::from(drawn.number()) * 1_000),
            4 => history.wait(u64::from(drawn.number()) * 1_000_000),
            5 => history.wait(u64::from(drawn.number()) << 44),
            6 => history.reconfigure(config(&mut drawn), priority(&mut drawn)),
            _ => history.feed(input(&mut drawn)),
        }
    }
}

fn priority(drawn: &mut Drawn<'_>) -> Priority {
    Priority::new(drawn.octet())
}

fn config(drawn: &mut Drawn<'_>) -> Config {
    let version = drawn.pick([Version::V2, Version::V3]);
    let interval = match version {
        Version::V2 => Interval::from_secs(drawn.octet().max(1)),
        Version::V3 => Interval::from_centis(drawn.pick([1, 10, 100, 150, 4_095])),
    };
    let seconds = |drawn: &mut Drawn<'_>| Duration::from_secs(drawn.pick([0, 0, 1, 7, 1_000, u64::MAX]));
    Config {
        preempt: drawn.flag(),
        preempt_delay: seconds(drawn),
        down_timer_adverts: drawn.octet().clamp(1, 100).try_into().expect("not 0"),
        lower_prio_no_advert: drawn.flag(),
        higher_prio_send_advert: drawn.flag(),
        timer_expired_backup: drawn.flag().then_some(Priority::MAX_BACKUP),
        announcements: Announcements {
            repeat: drawn.octet().into(),
            delay: seconds(drawn),
            refresh: seconds(drawn),
            refresh_repeat: drawn.octet().into(),
            lower_prio_repeat: drawn.octet().into(),
            lower_prio_delay: seconds(drawn),
        },
        advert_slack: Duration::from_millis(drawn.pick([0, 0, 1, 2])),
        ..Config::new(version, Priority::new(drawn.octet().max(1)), interval.unwrap_or(Interval::DEFAULT))
    }
}

fn input(drawn: &mut Drawn<'_>) -> Input {
    let faults = |drawn: &mut Drawn<'_>| Faults::from_bits_truncate(drawn.octet().into());
    match drawn.octet() % 16 {
        0 => Input::Start { hold: drawn.pick([Duration::ZERO, Duration::from_secs(1), Duration::MAX]) },
        1 => Input::Stop,
        2 => Input::Fault(faults(drawn)),
        3 | 4 => Input::Cleared(faults(drawn)),
        5 => Input::Priority(priority(drawn)),
        6 => Input::Source(drawn.pick([None, Some(OURS), Some(ABOVE)])),
        7 => Input::AddressLost,
        8 => Input::BeforeReload,
        _ => Input::Advert(Heard {
            source: drawn.pick([OURS, ABOVE, BELOW, IpAddr::V6(std::net::Ipv6Addr::LOCALHOST)]),
            priority: priority(drawn),
            interval: Interval::from_centis(drawn.pick([1, 100, 4_095])).unwrap_or(Interval::DEFAULT),
        }),
    }
}

/// A machine, the time, and what its driver believes after carrying the actions out.
struct History {
    machine: Machine,
    now: u64,
    holds_addresses: bool,
    told: State,
}

impl History {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.now)
    }

    fn feed(&mut self, input: Input) {
        let before = self.machine.state();
        let mut twin = self.machine.clone();
        let actions = self.machine.step(self.now(), input);
        assert_eq!(twin.step(self.now(), input), actions, "the same input, the same answer");
        self.carry_out(before, &actions);
    }

    fn wait(&mut self, nanos: u64) {
        self.now = self.now.saturating_add(nanos).min(END);
        self.tick();
    }

    /// What a driver does that is always on time.
    fn tick_when_due(&mut self) {
        let Some(due) = self.machine.deadline().filter(|due| due.as_nanos() <= END) else { return };
        self.now = self.now.max(due.as_nanos());
        self.tick();
        let next = self.machine.deadline();
        assert!(next.is_none_or(|next| next.as_nanos() > self.now), "would spin");
    }

    fn tick(&mut self) {
        let slack = self.machine.config().advert_slack;
        let early = self.machine.deadline().is_none_or(|due| due > self.now().saturating_add(slack));
        let (before, was) = (self.machine.state(), early.then(|| format!("{:?}", self.machine)));
        let actions = self.machine.step(self.now(), Input::Tick);
        if let Some(was) = was {
            assert!(actions.is_empty(), "early, and yet {actions:?}");
            assert_eq!(format!("{:?}", self.machine), was, "an early tick does no harm");
        }
        self.carry_out(before, &actions);
    }

    fn reconfigure(&mut self, config: Config, effective: Priority) {
        let before = self.machine.state();
        let now = self.now();
        let actions =
            self.machine.reconfigure(now, config, effective).expect("a configuration that can be said");
        assert_eq!(self.machine.state(), before, "a reload alone is no reason to change");
        self.carry_out(before, &actions);
    }

    fn carry_out(&mut self, before: State, actions: &Actions) {
        for action in actions {
            match *action {
                Action::AddAddresses => {
                    assert!(!self.holds_addresses, "added twice");
                    self.holds_addresses = true;
                }
                Action::RemoveAddresses => {
                    assert!(self.holds_addresses, "removed twice");
                    self.holds_addresses = false;
                }
                Action::Entered(state) => {
                    assert_ne!(self.told, state, "entered twice");
                    self.told = state;
                }
                Action::Announce { rounds } => {
                    assert!(self.holds_addresses, "announced what it does not hold");
                    assert!(rounds > 0);
                }
                Action::Send(_) | Action::Report(_) => {}
            }
        }
        self.uphold(before, actions);
    }

    fn uphold(&self, before: State, actions: &Actions) {
        let state = self.machine.state();
        assert_eq!(self.told, state, "every change is told");
        assert_eq!(self.holds_addresses, state == State::Master, "addresses follow the state");
        let asleep = self.machine.deadline().is_none();
        assert!(!asleep || matches!(state, State::Init | State::Fault), "asleep for ever in {state:?}");
        assert_eq!(state == State::Fault, state != State::Init && !self.machine.faults().is_empty());
        assert!(!self.machine.priority().is_stop());
        let farewell = actions.contains(&Action::Send(Priority::STOP));
        assert!(!farewell || (before == State::Master && state != State::Master), "farewell without leaving");
    }
}
