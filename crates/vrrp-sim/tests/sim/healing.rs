//! A fault phase, then a phase without faults that has to end with one master, the right one, and calm.

use core::time::Duration;

use vrrp_fsm::{Config, Family, Interval, Version};
use vrrp_sim::{Change, Chaos, Lan, Rng};

use crate::rig::*;

/// From 2 to 5 routers of distinct priorities.
fn priorities(rng: &mut Rng) -> Vec<u8> {
    let count = 2 + rng.below(4) as usize;
    let mut drawn: Vec<u8> = Vec::new();
    while drawn.len() < count {
        let priority = 1 + rng.below(254) as u8;
        if !drawn.contains(&priority) {
            drawn.push(priority);
        }
    }
    drawn
}

/// Trouble for 60 intervals, then peace. Gives the LAN after it has settled and how often each node became
/// master since then.
fn trouble_and_peace(seed: u64, family: Family, configs: Vec<Config>) -> (Lan, Vec<u64>) {
    let unit = configs.iter().map(|config| config.advert_int.duration()).max().unwrap();
    let (mut lan, _) = lan_over(seed, family, configs);
    let mut chaos = Chaos::new(seed.rotate_left(32), unit);
    let end = lan.now().saturating_add(unit * 60);
    let result = chaos.rage(&mut lan, end);
    lawful(&lan, result);
    // A node that stood still now does at once all that it missed: that is still trouble.
    apply(&mut lan, Change::Heal);
    let before = entered_master(&lan);
    settle(&mut lan);
    // Some more, so that the laws of calm are seen to hold.
    run(&mut lan, unit * 10);
    let since = since(&lan, &before);
    (lan, since)
}

/// Who has the highest priority.
fn best(configs: &[Config]) -> usize {
    (0..configs.len()).max_by_key(|index| configs[*index].priority).unwrap()
}

fn heals_to_the_best(version: Version, family: Family, interval: Interval, seeds: u64) {
    for_seeds(seeds, |seed| {
        let drawn = priorities(&mut Rng::new(seed));
        let configs: Vec<Config> = routers(version, interval, &drawn).collect();
        let best = best(&configs);
        let (lan, since) = trouble_and_peace(seed, family, configs);
        let masters: Vec<usize> = lan.masters(vr()).iter().map(|node| node.index()).collect();
        assert_eq!(masters, [best], "of {drawn:?}");
        // Each may miss the master it last listened to, once; then the best speaks and nobody else does.
        assert!(since.iter().all(|times| *times <= 1), "{drawn:?} became master {since:?} times");
    });
}

#[test]
fn version_2_heals_to_the_best() {
    heals_to_the_best(Version::V2, Family::V4, Interval::DEFAULT, 150);
}

#[test]
fn version_2_with_a_slow_interval_heals_to_the_best() {
    heals_to_the_best(Version::V2, Family::V4, centis(500), 60);
}

#[test]
fn version_3_heals_to_the_best() {
    heals_to_the_best(Version::V3, Family::V4, Interval::DEFAULT, 150);
}

#[test]
fn version_3_over_ipv6_heals_to_the_best() {
    heals_to_the_best(Version::V3, Family::V6, centis(100), 60);
}

#[test]
fn a_tenth_of_a_second_heals_to_the_best() {
    heals_to_the_best(Version::V3, Family::V4, centis(10), 60);
}

#[test]
fn ten_milliseconds_heal_to_the_best() {
    heals_to_the_best(Version::V3, Family::V6, centis(1), 150);
}

#[test]
fn the_longest_interval_heals_to_the_best() {
    heals_to_the_best(Version::V3, Family::V4, Interval::MAX_V3, 30);
}

#[test]
fn routers_of_different_intervals_heal_to_the_best() {
    for_seeds(100, |seed| {
        let mut rng = Rng::new(seed);
        let drawn = priorities(&mut rng);
        let mut any = || centis(*rng.pick(&[10, 30, 100]).unwrap());
        let configs: Vec<Config> =
            drawn.iter().map(|priority| config(Version::V3, *priority, any())).collect();
        let best = best(&configs);
        let (lan, _) = trouble_and_peace(seed, Family::V4, configs);
        let masters: Vec<usize> = lan.masters(vr()).iter().map(|node| node.index()).collect();
        assert_eq!(masters, [best], "of {drawn:?}");
    });
}

/// Every option that concerns the election, drawn anew for each node. That the LAN settles with a rightful
/// master is the simulator's law of calm.
#[test]
fn any_mixture_of_options_settles() {
    for_seeds(300, |seed| {
        let mut rng = Rng::new(seed);
        let drawn = priorities(&mut rng);
        let version = *rng.pick(&[Version::V2, Version::V3]).unwrap();
        let mut option = || rng.below(3) == 0;
        let mut configs: Vec<Config> = Vec::new();
        for (index, priority) in drawn.iter().enumerate() {
            // Now and then two share a priority, or claim to own the addresses.
            let priority = if option() && index > 0 { drawn[0] } else { *priority };
            let owner = option() && option();
            configs.push(Config {
                preempt: owner || !option(),
                preempt_delay: if option() && !owner { Duration::from_secs(7) } else { Duration::ZERO },
                lower_prio_no_advert: option(),
                higher_prio_send_advert: option(),
                down_timer_adverts: if option() { 5 } else { 3 }.try_into().unwrap(),
                ..config(version, if owner { 255 } else { priority }, Interval::DEFAULT)
            });
        }
        let (lan, _) = trouble_and_peace(seed, Family::V4, configs);
        assert_eq!(lan.masters(vr()).len(), 1);
    });
}

#[test]
fn without_preemption_there_is_one_master_and_it_stays() {
    for_seeds(150, |seed| {
        let drawn = priorities(&mut Rng::new(seed));
        let configs =
            routers(Version::V3, Interval::DEFAULT, &drawn).map(|config| Config { preempt: false, ..config });
        let (mut lan, _) = trouble_and_peace(seed, Family::V4, configs.collect());
        let (masters, before) = (lan.masters(vr()), entered_master(&lan));
        assert_eq!(masters.len(), 1);
        run(&mut lan, SECOND * 100);
        assert_eq!((lan.masters(vr()), entered_master(&lan)), (masters, before));
    });
}
