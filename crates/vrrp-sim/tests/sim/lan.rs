//! The simulator itself: its histories repeat, its weather does what it says, its nodes are checked.

use core::time::Duration;

use vrrp_fsm::{ConfigError, Family, Interval, Priority, Version};
use vrrp_sim::{Change, Chaos, Entry, Lan, Member, Node, Percent, SetupError, Violation, Wakes, Weather};

use crate::rig::*;

fn history(seed: u64) -> Vec<Entry> {
    let (mut lan, _) = lan(seed, routers(Version::V3, Interval::DEFAULT, &[100, 150, 200]));
    lan.record(100_000);
    let end = lan.now().saturating_add(SECOND * 120);
    Chaos::new(seed, SECOND).rage(&mut lan, end).unwrap();
    lan.take_timeline()
}

#[test]
fn the_same_seed_gives_the_same_history() {
    let (first, other) = (history(1), history(2));
    assert!(first.len() > 200, "{}", first.len());
    assert_eq!(first, history(1));
    assert_ne!(first, other);
}

#[test]
fn the_timeline_keeps_only_the_latest() {
    let (mut lan, _) = lan(0, routers(Version::V3, centis(1), &[100, 200]));
    lan.record(10);
    run(&mut lan, SECOND * 10);
    assert_eq!(lan.timeline().count(), 10);
    lan.record(0);
    run(&mut lan, SECOND);
    assert_eq!(lan.timeline().count(), 0);
}

/// How many of its adverts a master sent and a backup heard in five seconds of this weather.
fn sent_and_heard(weather: Weather) -> (u64, u64) {
    let (mut lan, nodes) = lan(7, routers(Version::V3, centis(1), &[100, 200]));
    settle(&mut lan);
    let count = |lan: &Lan| (lan.counters(nodes[1], vr()).sent, lan.counters(nodes[0], vr()).heard);
    apply(&mut lan, Change::Weather(weather));
    let before = count(&lan);
    run(&mut lan, SECOND * 5);
    let after = count(&lan);
    (after.0 - before.0, after.1 - before.1)
}

#[test]
fn weather_does_what_it_says() {
    let fifth = Percent::new(20).unwrap();
    for (weather, percent) in [
        (Weather::FINE, 99..=101),
        (Weather { loss: fifth, ..Weather::FINE }, 70..=90),
        (Weather { loss: Percent::ALWAYS, ..Weather::FINE }, 0..=0),
        (Weather { duplicate: fifth, ..Weather::FINE }, 110..=130),
        (Weather { duplicate: Percent::ALWAYS, ..Weather::FINE }, 199..=201),
        (Weather { corrupt: fifth, ..Weather::FINE }, 70..=90),
        (Weather { reorder: Percent::ALWAYS, ..Weather::FINE }, 99..=101),
    ] {
        let (sent, heard) = sent_and_heard(weather);
        assert!(sent >= 490, "{sent}");
        assert!(percent.contains(&(heard * 100 / sent)), "{heard} of {sent} in {weather:?}");
    }
}

#[test]
fn what_waits_for_a_node_that_stands_still_has_its_bound() {
    let (mut lan, nodes) = lan(3, routers(Version::V3, centis(1), &[100, 200]));
    settle(&mut lan);
    let before = lan.counters(nodes[0], vr()).heard;
    apply(&mut lan, stall(nodes[0], SECOND * 60, Wakes::SocketFirst));
    run(&mut lan, SECOND * 60 + Duration::from_micros(1));
    let read = lan.counters(nodes[0], vr()).heard - before;
    assert!((256..260).contains(&read), "of 6000: {read}");
}

#[test]
fn nobody_runs_and_no_law_is_broken() {
    let (mut lan, nodes) = lan(0, routers(Version::V2, Interval::DEFAULT, &[100, 200]));
    settle(&mut lan);
    for node in nodes {
        apply(&mut lan, Change::Stop(node));
        assert!(!lan.is_running(node));
    }
    settle(&mut lan);
    assert_eq!(lan.masters(vr()), []);
    assert!(lan.mastership(vr()).longest_vacant >= lan.settles_in(vr()));
}

#[test]
fn calm_is_held_to_its_laws() {
    // Versions that do not understand each other never agree.
    let configs = [config(Version::V2, 100, Interval::DEFAULT), config(Version::V3, 200, Interval::DEFAULT)];
    let (mut lan, _) = lan(0, configs);
    let verdict = lan.run_for(SECOND * 60);
    assert!(matches!(verdict, Err(Violation::NotOneMaster { masters: 2, .. })), "{verdict:?}");
}

#[test]
fn a_node_that_cannot_run_does_not_join() {
    let join = |members: Vec<Member>| {
        let mut lan = Lan::new(0);
        lan.join(Node::new(vec![member(config(Version::V3, 100, Interval::DEFAULT))])).unwrap();
        lan.join(Node::new(members)).err()
    };
    let fine = || member(config(Version::V3, 200, Interval::DEFAULT));
    assert_eq!(join(vec![fine()]), None);
    assert_eq!(join(vec![fine(), fine()]), Some(SetupError::Twice(vr())));
    let other_family = Member { address: address(Family::V6, vr()), ..fine() };
    assert_eq!(join(vec![other_family]), Some(SetupError::FamilyDiffers(vr())));
    let mute = member(vrrp_fsm::Config { priority: Priority::STOP, ..fine().config });
    let error = ConfigError::PriorityZero;
    assert_eq!(join(vec![mute]), Some(SetupError::Config { vrid: vr(), error }));
}
