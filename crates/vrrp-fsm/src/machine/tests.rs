//! The transition table, the timers, and laws that hold after every step of any history.

mod edges;
mod histories;
mod owners;
mod table;
mod timers;

use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;
use std::vec::Vec;

use crate::*;

const SECOND: Duration = Duration::from_secs(1);
/// Our own address; neighbours are above and below it.
const OURS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 50));
const ABOVE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 99));
const BELOW: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
const NOW: Input = Input::Start { hold: Duration::ZERO };

fn ms(millis: u64) -> Instant {
    Instant::from_nanos(millis * 1_000_000)
}

fn config(priority: u8) -> Config {
    Config::new(Version::V3, Priority::new(priority), Interval::DEFAULT)
}

fn machine(config: Config) -> Machine {
    let mut machine = Machine::new(config).unwrap();
    let _ = machine.step(ms(0), Input::Source(Some(OURS)));
    machine
}

/// A machine of priority 100 at time 0 in a state, reached by inputs only.
fn in_state(state: State, config: Config) -> Machine {
    let mut machine = machine(config);
    match state {
        State::Init => {}
        State::Backup => drop(machine.step(ms(0), NOW)),
        State::Fault => {
            let _ = machine.step(ms(0), NOW);
            let _ = machine.step(ms(0), Input::Fault(Faults::INTERFACE_DOWN));
        }
        State::Master => {
            let _ = machine.step(ms(0), NOW);
            let due = machine.deadline().unwrap();
            let _ = machine.step(due, Input::Tick);
        }
    }
    assert_eq!(machine.state(), state);
    machine
}

fn advert(priority: u8, source: IpAddr) -> Input {
    Input::Advert(heard(priority, source))
}

fn heard(priority: u8, source: IpAddr) -> Heard {
    Heard { source, priority: Priority::new(priority), interval: Interval::DEFAULT }
}

/// What the driver would do, without what it would only log.
fn deeds(actions: &Actions) -> Vec<Action> {
    actions.iter().copied().filter(|action| !matches!(action, Action::Report(_))).collect()
}

fn events(actions: &Actions) -> Vec<Event> {
    let reports = actions.iter().filter_map(|action| match action {
        Action::Report(event) => Some(*event),
        _ => None,
    });
    reports.collect()
}
