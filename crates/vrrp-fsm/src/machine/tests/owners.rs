//! Two routers that both claim priority 255.

use super::*;
use State::{Backup, Master};

/// Ticks a master until `end`.
fn run(machine: &mut Machine, end: Instant) -> Vec<Event> {
    let mut seen = Vec::new();
    while let Some(due) = machine.deadline().filter(|due| *due <= end) {
        seen.extend(events(&machine.step(due, Input::Tick)));
    }
    seen
}

#[test]
fn the_lower_address_yields() {
    let mut machine = in_state(Master, config(255));
    let got = machine.step(ms(500), advert(255, ABOVE));
    assert!(events(&got).contains(&Event::OwnerConflict(heard(255, ABOVE))));
    assert_eq!(machine.state(), Backup);
}

#[test]
fn the_higher_address_stays_when_the_rival_yields() {
    let mut machine = in_state(Master, config(255));
    let _ = machine.step(ms(500), advert(255, BELOW));
    let seen = run(&mut machine, ms(10_000));
    assert_eq!(seen, [Event::OwnerConflictOver]);
    assert_eq!((machine.state(), machine.priority()), (Master, Priority::OWNER));
}

#[test]
fn the_higher_address_steps_down_when_the_rival_does_not() {
    let mut machine = in_state(Master, config(255));
    for at in [500, 1_500] {
        let _ = machine.step(ms(at), advert(255, BELOW));
        assert_eq!(machine.state(), Master, "two more adverts are ours");
        let _ = run(&mut machine, ms(at + 999));
    }
    let got = machine.step(ms(2_500), advert(255, BELOW));
    assert!(events(&got).contains(&Event::OwnerConceded(heard(255, BELOW))));
    assert_eq!((machine.state(), machine.priority()), (Backup, Priority::MAX_BACKUP));

    let got = machine.step(ms(4_000), advert(255, BELOW));
    assert!(!events(&got).contains(&Event::OwnerRestored), "it is still there");
    let got = machine.step(ms(5_000), advert(80, BELOW));
    assert!(events(&got).contains(&Event::OwnerRestored));
    assert_eq!(machine.priority(), Priority::OWNER);
}

#[test]
fn a_rival_that_keeps_our_turn_from_coming_is_conceded_to_all_the_same() {
    let mut machine = in_state(Master, config(255));
    for at in 1..10 {
        let _ = machine.step(ms(at * 900), advert(255, BELOW));
    }
    assert_eq!((machine.state(), machine.priority()), (Backup, Priority::MAX_BACKUP));
}

#[test]
fn an_owner_that_stepped_down_is_one_again_when_it_takes_over() {
    let mut machine = in_state(Master, config(255));
    let _ = machine.step(ms(500), advert(255, BELOW));
    let _ = run(&mut machine, ms(2_600));
    let _ = machine.step(ms(2_700), advert(255, BELOW));
    assert_eq!(machine.priority(), Priority::MAX_BACKUP);
    let got = machine.step(ms(60_000), Input::Tick);
    assert!(got.contains(&Action::Send(Priority::OWNER)), "{got:?}");
}
