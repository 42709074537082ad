//! Routers that are equal, or that all claim to own the addresses.

use core::time::Duration;

use vrrp_fsm::{Config, Family, Interval, Priority, Version};
use vrrp_sim::Change;

use crate::rig::*;

#[test]
fn of_two_equal_masters_the_higher_address_stays() {
    for family in [Family::V4, Family::V6] {
        for_seeds(60, |seed| {
            let (mut lan, nodes) =
                lan_over(seed, family, routers(Version::V3, Interval::DEFAULT, &[100, 100, 100]));
            for (from, to) in [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)] {
                apply(&mut lan, Change::Cut { from: nodes[from], to: nodes[to] });
            }
            run(&mut lan, SECOND * 20);
            assert_eq!(lan.masters(vr()), nodes, "each on an island of its own");
            let before = entered_master(&lan);
            apply(&mut lan, Change::Heal);
            settle(&mut lan);
            assert_eq!(lan.masters(vr()), [nodes[2]]);
            assert_eq!(entered_master(&lan), before);
        });
    }
}

#[test]
fn an_equal_backup_is_content_with_the_master_there_is() {
    for_seeds(40, |seed| {
        let (mut lan, nodes) = lan(seed, routers(Version::V3, Interval::DEFAULT, &[100, 100]));
        settle(&mut lan);
        apply(&mut lan, Change::Stop(nodes[1]));
        settle(&mut lan);
        apply(&mut lan, Change::Start { node: nodes[1], hold: Duration::ZERO });
        settle(&mut lan);
        assert_eq!(lan.masters(vr()), [nodes[0]], "a higher address alone pre-empts nobody");
    });
}

#[test]
fn of_two_owners_that_hear_each_other_the_higher_address_is_master() {
    for_seeds(60, |seed| {
        let (mut lan, nodes) = lan(seed, routers(Version::V3, Interval::DEFAULT, &[255, 255, 100]));
        settle(&mut lan);
        run(&mut lan, SECOND * 60);
        assert_eq!(lan.masters(vr()), [nodes[1]]);
        assert_eq!(lan.machine(nodes[1], vr()).unwrap().priority(), Priority::OWNER);
    });
}

#[test]
fn an_owner_that_the_other_cannot_hear_steps_down_and_takes_over_when_it_is_gone() {
    for_seeds(60, |seed| {
        // The deaf one speaks a little less often, so that the other has adverts of its own between answers.
        let deaf = config(Version::V3, 255, centis(110));
        let (mut lan, nodes) = lan(seed, [deaf, config(Version::V3, 255, Interval::DEFAULT)]);
        apply(&mut lan, Change::Cut { from: nodes[1], to: nodes[0] });
        run(&mut lan, SECOND * 20);
        assert_eq!(lan.masters(vr()), [nodes[0]], "better one master than two");
        assert_eq!(lan.machine(nodes[1], vr()).unwrap().priority(), Priority::MAX_BACKUP);
        apply(&mut lan, Change::Crash(nodes[0]));
        run(&mut lan, SECOND * 5);
        assert_eq!(lan.masters(vr()), [nodes[1]]);
        assert_eq!(lan.machine(nodes[1], vr()).unwrap().priority(), Priority::OWNER);
    });
}

#[test]
fn an_owner_takes_its_addresses_at_once() {
    for_seeds(40, |seed| {
        let owner = Config { preempt: true, ..config(Version::V2, 255, Interval::DEFAULT) };
        let (mut lan, nodes) = lan(seed, [config(Version::V2, 100, Interval::DEFAULT), owner]);
        settle(&mut lan);
        apply(&mut lan, Change::Crash(nodes[1]));
        settle(&mut lan);
        apply(&mut lan, Change::Start { node: nodes[1], hold: Duration::ZERO });
        run(&mut lan, Duration::from_millis(1));
        assert_eq!(lan.masters(vr()), [nodes[1]]);
    });
}
