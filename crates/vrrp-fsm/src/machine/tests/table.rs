//! Every state against every input: the state after it and what is to be done.

use super::*;
use Action::{AddAddresses, Announce, Entered, RemoveAddresses, Send};
use State::{Backup, Fault, Init, Master};

const STOP: Action = Send(Priority::STOP);
const ADVERT: Action = Send(Priority::DEFAULT);
const DOWN: Input = Input::Fault(Faults::INTERFACE_DOWN);
const UP: Input = Input::Cleared(Faults::INTERFACE_DOWN);
const OTHER: Input = Input::Cleared(Faults::TRACKED);
const HELD: Input = Input::Start { hold: SECOND };

/// The master-down time of priority 100 has passed, and every other timer too.
const LATE: u64 = 60_000;

#[test]
fn transition_table() {
    let became_master = &[ADVERT, Entered(Master), AddAddresses, Announce { rounds: 5 }][..];
    let (lower, equal, higher, stop) =
        (advert(50, ABOVE), advert(100, ABOVE), advert(200, BELOW), advert(0, ABOVE));
    let priority = Input::Priority(Priority::new(120));
    let moved = Input::Source(Some(ABOVE));
    let asserted = &[ADVERT, Announce { rounds: 5 }][..];

    for (start, input, end, expected) in [
        (Init, NOW, Backup, &[Entered(Backup)][..]),
        (Init, HELD, Init, &[]),
        (Init, Input::Stop, Init, &[]),
        (Init, Input::Tick, Init, &[]),
        (Init, higher, Init, &[]),
        (Init, stop, Init, &[]),
        (Init, DOWN, Init, &[]),
        (Init, UP, Init, &[]),
        (Init, priority, Init, &[]),
        (Init, moved, Init, &[]),
        (Init, Input::AddressLost, Init, &[]),
        (Init, Input::BeforeReload, Init, &[]),
        (Init, Input::AddressesAdded, Init, &[]),
        (Backup, NOW, Backup, &[]),
        (Backup, Input::Stop, Init, &[Entered(Init)]),
        (Backup, Input::Tick, Master, became_master),
        (Backup, lower, Backup, &[]),
        (Backup, equal, Backup, &[]),
        (Backup, higher, Backup, &[]),
        (Backup, stop, Backup, &[]),
        (Backup, DOWN, Fault, &[Entered(Fault)]),
        (Backup, UP, Backup, &[]),
        (Backup, priority, Backup, &[]),
        (Backup, moved, Backup, &[]),
        (Backup, Input::AddressLost, Backup, &[]),
        (Backup, Input::BeforeReload, Backup, &[]),
        (Backup, Input::AddressesAdded, Backup, &[]),
        (Master, NOW, Master, &[]),
        (Master, Input::Stop, Init, &[Entered(Init), STOP, RemoveAddresses]),
        (Master, Input::Tick, Master, asserted),
        (Master, lower, Master, asserted),
        (Master, advert(100, BELOW), Master, asserted),
        (Master, advert(100, OURS), Master, &[]),
        (Master, equal, Backup, &[Entered(Backup), RemoveAddresses]),
        (Master, higher, Backup, &[Entered(Backup), RemoveAddresses]),
        (Master, stop, Master, &[ADVERT]),
        (Master, DOWN, Fault, &[Entered(Fault), STOP, RemoveAddresses]),
        (Master, UP, Master, &[]),
        (Master, priority, Master, &[]),
        (Master, moved, Master, &[]),
        (Master, Input::AddressLost, Backup, &[Entered(Backup), STOP, RemoveAddresses]),
        (Master, Input::BeforeReload, Master, &[ADVERT]),
        (Master, Input::AddressesAdded, Master, &[Announce { rounds: 5 }]),
        (Fault, NOW, Fault, &[]),
        (Fault, Input::Stop, Init, &[Entered(Init)]),
        (Fault, Input::Tick, Fault, &[]),
        (Fault, higher, Fault, &[]),
        (Fault, stop, Fault, &[]),
        (Fault, Input::Fault(Faults::TRACKED), Fault, &[]),
        (Fault, OTHER, Fault, &[]),
        (Fault, UP, Backup, &[Entered(Backup)]),
        (Fault, priority, Fault, &[]),
        (Fault, moved, Fault, &[]),
        (Fault, Input::AddressLost, Fault, &[]),
        (Fault, Input::BeforeReload, Fault, &[]),
        (Fault, Input::AddressesAdded, Fault, &[]),
    ] {
        let mut machine = in_state(start, config(100));
        let got = machine.step(ms(LATE), input);
        assert_eq!((machine.state(), &deeds(&got)[..]), (end, expected), "{start:?} {input:?}");
    }
}

#[test]
fn the_owner_begins_as_master() {
    let mut machine = machine(config(255));
    let got = machine.step(ms(0), NOW);
    let owner = Send(Priority::OWNER);
    assert_eq!(deeds(&got), [owner, Entered(Master), AddAddresses, Announce { rounds: 5 }]);
}

#[test]
fn the_owner_comes_back_from_fault_as_master() {
    let mut machine = in_state(Master, config(255));
    let _ = machine.step(ms(10), DOWN);
    assert_eq!(machine.state(), Fault);
    let _ = machine.step(ms(20), UP);
    assert_eq!(machine.state(), Master);
}

#[test]
fn fault_lasts_as_long_as_any_cause() {
    let mut machine = in_state(Fault, config(100));
    let _ = machine.step(ms(1), Input::Fault(Faults::NO_SOURCE));
    let _ = machine.step(ms(2), UP);
    assert_eq!((machine.state(), machine.faults()), (Fault, Faults::NO_SOURCE));
    let _ = machine.step(ms(3), Input::Cleared(Faults::NO_SOURCE));
    assert_eq!((machine.state(), machine.faults()), (Backup, Faults::empty()));
}

#[test]
fn faults_before_the_start_count() {
    let mut machine = machine(config(100));
    let _ = machine.step(ms(0), DOWN);
    assert_eq!(deeds(&machine.step(ms(1), NOW)), [Entered(Fault)]);
}

#[test]
fn nothing_is_heard_while_held_back() {
    let mut machine = machine(config(100));
    let _ = machine.step(ms(0), HELD);
    assert_eq!(machine.deadline(), Some(ms(1_000)));
    let _ = machine.step(ms(500), advert(200, ABOVE));
    assert_eq!((machine.state(), machine.master()), (Init, None));
    assert_eq!(deeds(&machine.step(ms(999), Input::Tick)), []);
    assert_eq!(deeds(&machine.step(ms(1_000), Input::Tick)), [Entered(Backup)]);
}

#[test]
fn lower_prio_no_advert_announces_but_does_not_answer() {
    let mut machine = in_state(Master, Config { lower_prio_no_advert: true, ..config(100) });
    let due = machine.timer();
    let got = machine.step(ms(LATE), advert(50, ABOVE));
    assert_eq!((deeds(&got), machine.timer()), (std::vec![Announce { rounds: 5 }], due));
}

#[test]
fn higher_prio_send_advert_says_one_more() {
    let mut machine = in_state(Master, Config { higher_prio_send_advert: true, ..config(100) });
    let got = machine.step(ms(LATE), advert(200, BELOW));
    assert_eq!(deeds(&got), [ADVERT, Entered(Backup), RemoveAddresses]);
}

#[test]
fn a_master_without_a_known_address_does_not_yield_to_an_equal() {
    let mut machine = in_state(Master, config(100));
    let _ = machine.step(ms(LATE), Input::Source(None));
    let got = machine.step(ms(LATE), advert(100, ABOVE));
    assert_eq!((machine.state(), deeds(&got)), (Master, std::vec![]));
}

#[test]
fn nopreempt_accepts_a_lower_master() {
    let mut machine = in_state(Backup, Config { preempt: false, ..config(100) });
    let _ = machine.step(ms(3_000), advert(50, ABOVE));
    assert_eq!(machine.timer(), Some(ms(3_000).saturating_add(machine.master_down())));
}

#[test]
fn a_stalled_master_without_preemption_gives_up() {
    let stalls = Config { preempt: false, timer_expired_backup: Some(Priority::new(254)), ..config(100) };
    let mut machine = in_state(Master, stalls);
    let got = machine.step(ms(LATE), Input::Tick);
    assert_eq!((machine.state(), deeds(&got)), (Backup, std::vec![Entered(Backup), RemoveAddresses]));
}

#[test]
fn a_stalled_master_without_preemption_gives_up_before_it_answers_what_waited() {
    let stalls = Config { preempt: false, timer_expired_backup: Some(Priority::new(254)), ..config(100) };
    let mut machine = in_state(Master, stalls);
    let got = machine.step(ms(LATE), advert(50, BELOW));
    assert_eq!((machine.state(), deeds(&got)), (Backup, std::vec![Entered(Backup), RemoveAddresses]));
}

#[test]
fn a_config_that_no_advert_could_say_is_refused() {
    let half = Interval::from_centis(50).unwrap();
    let long = Interval::from_secs(41).unwrap();
    let hundred = Priority::DEFAULT;
    for (config, expected) in [
        (Config::new(Version::V3, Priority::STOP, half), ConfigError::PriorityZero),
        (Config::new(Version::V2, hundred, half), ConfigError::FractionInV2 { interval: half }),
        (Config::new(Version::V3, hundred, long), ConfigError::IntervalOverV3 { interval: long }),
    ] {
        assert_eq!(Machine::new(config).err(), Some(expected));
    }
}
