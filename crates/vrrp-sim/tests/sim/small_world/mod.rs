//! Every history of a small world, not a sample of them.
//!
//! Each moment offers moves: a packet arrives, a timer that is due runs out, time goes on to the next timer,
//! or a fault happens, of which there are only so many. Worlds that differ only in how late it is are one, so
//! the search ends although no history does. In every world that can be reached the laws hold, and from every
//! one of them the routers agree in time once the faults have ended.

mod world;

use core::time::Duration;
use std::collections::{HashMap, HashSet, VecDeque};

use vrrp_fsm::{Announcements, Config, Interval, Priority, State, Version};
use world::{Key, World};

use crate::rig::{centis, config};

/// Without announcements, whose timers would only multiply the worlds.
fn quiet(version: Version, priority: u8) -> Config {
    let announcements = Announcements {
        repeat: 1,
        delay: Duration::ZERO,
        lower_prio_repeat: 0,
        lower_prio_delay: Duration::ZERO,
        ..Announcements::default()
    };
    let interval = match version {
        Version::V2 => Interval::DEFAULT,
        Version::V3 => centis(10),
    };
    Config { announcements, ..config(version, priority, interval) }
}

/// How many worlds there are. Panics at the first that breaks a law.
fn explore(configs: &[Config], faults: u8) -> usize {
    let preempt = configs.iter().all(|config| config.preempt);
    let start = World::new(configs, faults);
    let limit = start.time_to_agree();
    let mut seen: HashSet<Key> = HashSet::from([start.key()]);
    let mut agreeing = HashMap::new();
    // Nearest first, so that what breaks a law is the shortest history that does.
    let mut open = VecDeque::from([start]);
    while let Some(world) = open.pop_front() {
        let masters = world.masters();
        if world.faults_left() == faults && world.is_silent() {
            assert!(masters.len() <= 1, "two masters and nothing to explain them: {world:?}");
        }
        let takes = agrees(&world, preempt, limit, &mut agreeing);
        assert!(takes <= limit, "agrees only after {takes:?}: {world:?}");
        for next in world.moves() {
            if seen.insert(next.key()) {
                open.push_back(next);
            }
        }
    }
    seen.len()
}

/// How long it takes until the world has one master, the right one, and nothing under way, if no more faults
/// happen. Every world passed on the way is remembered.
fn agrees(world: &World, preempt: bool, limit: Duration, known: &mut HashMap<Key, Duration>) -> Duration {
    let mut world = world.clone();
    world.end_all_faults();
    let start = world.now();
    let mut path = Vec::new();
    let end = loop {
        let key = world.key();
        if let Some(rest) = known.get(&key) {
            break world.now() + *rest;
        }
        if is_settled(&world, preempt) {
            stays_settled(world.clone());
            known.insert(key, Duration::ZERO);
            break world.now();
        }
        assert!(world.now() - start <= limit, "does not agree: {world:?}");
        path.push((key, world.now()));
        world.go_on();
    };
    for (key, at) in path {
        known.insert(key, end - at);
    }
    end - start
}

fn is_settled(world: &World, preempt: bool) -> bool {
    let masters = world.masters();
    let right = masters.len() == 1 && (!preempt || masters[0] == world.best());
    let others = world.states().filter(|state| *state == State::Backup).count();
    right && world.is_silent() && others + 1 == world.states().count() && world.is_advert_next()
}

/// For five intervals, longer than any patience, the master advertises and nothing else happens.
fn stays_settled(mut world: World) {
    let (masters, end) = (world.masters(), world.now() + world.interval() * 5);
    while world.now() < end {
        world.go_on();
        assert_eq!(world.masters(), masters, "unsettled: {world:?}");
    }
}

fn explore_both_versions(priorities: &[u8], faults: u8, at_least: usize, change: impl Fn(Config) -> Config) {
    for version in [Version::V2, Version::V3] {
        let configs: Vec<Config> =
            priorities.iter().map(|priority| change(quiet(version, *priority))).collect();
        let worlds = explore(&configs, faults);
        eprintln!("{version:?} {priorities:?} with {faults} faults: {worlds} worlds");
        assert!(worlds >= at_least, "the search hardly searched: {worlds}");
    }
}

#[test]
fn two_routers() {
    explore_both_versions(&[100, 200], 4, 10_000, |config| config);
}

#[test]
fn two_equal_routers() {
    explore_both_versions(&[100, 100], 3, 3_000, |config| config);
}

#[test]
fn two_routers_without_preemption() {
    explore_both_versions(&[100, 200], 3, 3_000, |config| Config { preempt: false, ..config });
}

#[test]
fn two_routers_that_do_not_answer_lower_adverts() {
    explore_both_versions(&[100, 200], 3, 3_000, |config| Config { lower_prio_no_advert: true, ..config });
}

#[test]
fn two_routers_of_which_the_better_is_patient() {
    explore_both_versions(&[100, 200], 3, 3_000, |config| {
        let adverts = if config.priority == Priority::new(200) { 4 } else { 3 };
        Config { down_timer_adverts: adverts.try_into().unwrap(), ..config }
    });
}

#[test]
fn three_routers() {
    explore_both_versions(&[100, 150, 200], 2, 10_000, |config| config);
}
