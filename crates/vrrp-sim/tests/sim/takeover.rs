//! Who takes over, when, and that nobody else moves.

use core::time::Duration;

use vrrp_fsm::{Config, Family, Interval, Priority, State, Version, Vrid};
use vrrp_sim::{Change, Lan, Member, Node, NodeId, Percent, Violation, Weather};
use vrrp_wire::Password;

use crate::rig::*;

/// Each kind of timers the protocol has.
const KINDS: [(Version, u16); 4] =
    [(Version::V2, 100), (Version::V3, 100), (Version::V3, 10), (Version::V3, 1)];

/// Three settled routers, the last one master.
fn three(seed: u64, version: Version, interval: u16) -> (Lan, Vec<NodeId>) {
    let (mut lan, nodes) = lan(seed, routers(version, centis(interval), &[100, 150, 200]));
    settle(&mut lan);
    assert_eq!(lan.masters(vr()), [nodes[2]]);
    (lan, nodes)
}

/// How often each became master while this was done.
fn takeovers(lan: &mut Lan, change: Change) -> Vec<u64> {
    let before = entered_master(lan);
    apply(lan, change);
    settle(lan);
    since(lan, &before)
}

#[test]
fn a_clean_stop_moves_only_the_best_backup_after_its_skew() {
    for (version, interval) in KINDS {
        for_seeds(25, |seed| {
            let (mut lan, nodes) = three(seed, version, interval);
            let (skew, before) = (lan.machine(nodes[1], vr()).unwrap().skew(), lan.mastership(vr()));
            assert_eq!(takeovers(&mut lan, Change::Stop(nodes[2])), [0, 1, 0]);
            let vacant = lan.mastership(vr()).vacant - before.vacant;
            // Clocks differ by 0.1%.
            assert!(vacant >= skew * 999 / 1_000, "{vacant:?}, skew {skew:?}");
            assert!(vacant <= skew * 1_001 / 1_000 + Duration::from_millis(1), "{vacant:?}, skew {skew:?}");
            assert_eq!(lan.mastership(vr()).shared, before.shared);
        });
    }
}

#[test]
fn after_a_crash_only_the_best_backup_takes_over_in_time() {
    for (version, interval) in KINDS {
        for_seeds(25, |seed| {
            let (mut lan, nodes) = three(seed, version, interval);
            let (down, before) = (lan.machine(nodes[1], vr()).unwrap().master_down(), lan.mastership(vr()));
            assert_eq!(takeovers(&mut lan, Change::Crash(nodes[2])), [0, 1, 0]);
            let vacant = lan.mastership(vr()).vacant - before.vacant;
            // The silence began with the last advert, at most an interval ago.
            let earliest = down - centis(interval).duration();
            assert!(vacant >= earliest * 999 / 1_000, "{vacant:?} of {down:?}");
            assert!(vacant <= down * 1_001 / 1_000 + Duration::from_millis(1), "{vacant:?} of {down:?}");
        });
    }
}

#[test]
fn the_best_takes_it_back_without_a_gap() {
    for_seeds(50, |seed| {
        let (mut lan, nodes) = three(seed, Version::V3, 100);
        assert_eq!(takeovers(&mut lan, Change::Crash(nodes[2])), [0, 1, 0]);
        let before = lan.mastership(vr());
        let start = Change::Start { node: nodes[2], hold: Duration::ZERO };
        assert_eq!(takeovers(&mut lan, start), [0, 0, 1]);
        let after = lan.mastership(vr());
        assert_eq!(after.vacant, before.vacant, "its advert comes before the other lets go");
        assert!(after.shared - before.shared < Duration::from_millis(1));
    });
}

#[test]
fn without_preemption_the_best_that_returns_stays_backup() {
    for_seeds(50, |seed| {
        let configs = routers(Version::V3, Interval::DEFAULT, &[100, 200]);
        let (mut lan, nodes) = lan(seed, configs.map(|config| Config { preempt: false, ..config }));
        settle(&mut lan);
        apply(&mut lan, Change::Crash(nodes[1]));
        settle(&mut lan);
        let start = Change::Start { node: nodes[1], hold: Duration::ZERO };
        assert_eq!(takeovers(&mut lan, start), [0, 0]);
        assert_eq!(lan.masters(vr()), [nodes[0]]);
    });
}

#[test]
fn the_preempt_delay_is_kept() {
    for_seeds(50, |seed| {
        let delay = SECOND * 30;
        let best = Config { preempt_delay: delay, ..config(Version::V3, 200, Interval::DEFAULT) };
        let (mut lan, nodes) = lan(seed, [config(Version::V3, 100, Interval::DEFAULT), best]);
        settle(&mut lan);
        apply(&mut lan, Change::Crash(nodes[1]));
        settle(&mut lan);
        apply(&mut lan, Change::Start { node: nodes[1], hold: Duration::ZERO });
        run(&mut lan, delay);
        assert_eq!(lan.masters(vr()), [nodes[0]], "not before the delay is over");
        // The first lower advert starts the delay, and a last one within it starts a last master-down time.
        let down = lan.machine(nodes[1], vr()).unwrap().master_down();
        run(&mut lan, down + SECOND * 2);
        assert_eq!(lan.masters(vr()), [nodes[1]]);
    });
}

#[test]
fn nobody_is_heard_while_held_back() {
    for_seeds(20, |seed| {
        let (mut lan, nodes) = three(seed, Version::V3, 100);
        apply(&mut lan, Change::Crash(nodes[2]));
        apply(&mut lan, Change::Start { node: nodes[2], hold: SECOND * 60 });
        run(&mut lan, SECOND * 59);
        assert_eq!((state(&lan, nodes[2]), lan.masters(vr())), (State::Init, vec![nodes[1]]));
        settle(&mut lan);
        assert_eq!(lan.masters(vr()), [nodes[2]]);
    });
}

#[test]
fn a_link_that_goes_down_and_comes_back() {
    for_seeds(50, |seed| {
        let (mut lan, nodes) = three(seed, Version::V2, 100);
        assert_eq!(takeovers(&mut lan, Change::LinkDown(nodes[2])), [0, 1, 0]);
        assert_eq!(state(&lan, nodes[2]), State::Fault);
        assert_eq!(takeovers(&mut lan, Change::LinkUp(nodes[2])), [0, 0, 1]);
    });
}

#[test]
fn an_address_that_is_taken_away_comes_back_to_the_best() {
    for_seeds(50, |seed| {
        let (mut lan, nodes) = three(seed, Version::V3, 100);
        // It says farewell and competes again, with the shortest skew of all.
        assert_eq!(takeovers(&mut lan, Change::AddressLost { node: nodes[2], vrid: vr() }), [0, 0, 1]);
    });
}

#[test]
fn a_priority_that_trackers_move_moves_the_mastership() {
    for_seeds(50, |seed| {
        let (mut lan, nodes) = three(seed, Version::V3, 100);
        let to =
            |priority| Change::Priority { node: nodes[2], vrid: vr(), priority: Priority::new(priority) };
        assert_eq!(takeovers(&mut lan, to(120)), [0, 1, 0]);
        assert_eq!(takeovers(&mut lan, to(200)), [0, 0, 1]);
    });
}

#[test]
fn a_partition_has_two_masters_and_its_end_has_one_within_an_interval() {
    for_seeds(50, |seed| {
        let (mut lan, nodes) = three(seed, Version::V3, 100);
        for other in [nodes[0], nodes[1]] {
            apply(&mut lan, Change::Cut { from: nodes[2], to: other });
            apply(&mut lan, Change::Cut { from: other, to: nodes[2] });
        }
        run(&mut lan, SECOND * 60);
        assert_eq!(lan.masters(vr()), [nodes[1], nodes[2]]);
        let before = lan.mastership(vr()).shared;
        assert_eq!(takeovers(&mut lan, Change::Heal), [0, 0, 0]);
        let shared = lan.mastership(vr()).shared - before;
        assert!(shared <= SECOND * 1_001 / 1_000, "{shared:?}");
        assert_eq!(lan.masters(vr()), [nodes[2]]);
    });
}

#[test]
fn a_backup_that_hears_nothing_cannot_move_the_master() {
    for_seeds(50, |seed| {
        // The deaf one speaks five times as often as the master, so that only answers can keep up with it.
        let deaf = config(Version::V3, 100, centis(20));
        let others = routers(Version::V3, Interval::DEFAULT, &[150, 200]);
        let (mut lan, nodes) = lan(seed, [deaf].into_iter().chain(others));
        settle(&mut lan);
        apply(&mut lan, Change::Cut { from: nodes[2], to: nodes[0] });
        let (before, times) = (lan.counters(nodes[2], vr()), entered_master(&lan));
        run(&mut lan, SECOND * 60);
        // The deaf one becomes master; the true one answers each of its adverts and stays; the third one
        // hears both and stays too.
        assert_eq!(lan.masters(vr()), [nodes[0], nodes[2]]);
        assert_eq!(since(&lan, &times), [1, 0, 0]);
        let after = lan.counters(nodes[2], vr());
        let heard = after.heard - before.heard;
        assert!(heard > 250, "{heard}");
        assert!(after.sent - before.sent >= heard, "an answer to each of {heard}");
        assert!(after.announced - before.announced >= 5 * heard, "and a burst");
        assert_eq!(takeovers(&mut lan, Change::Heal), [0, 0, 0]);
        assert_eq!(lan.masters(vr()), [nodes[2]]);
    });
}

/// "Two masters, two backups": each node runs its own virtual router and backs that of the next node.
fn crossed(seed: u64) -> (Lan, Vec<NodeId>, [Vrid; 3]) {
    let vrids = [191, 192, 193].map(vrid);
    let mut lan = Lan::new(seed);
    lan.record(400);
    let part = |slot: usize, priority| {
        let passwords = ["1111", "2222", "3333"];
        let config = config(Version::V2, priority, Interval::DEFAULT);
        let member = Member::new(vrids[slot], config, address(Family::V4, vrids[slot]));
        Member { password: Some(Password::new(passwords[slot].as_bytes())), ..member }
    };
    for own in 0..3 {
        let node = lan.join(Node::new(vec![part(own, 201), part((own + 1) % 3, 101)])).unwrap();
        apply(&mut lan, Change::Start { node, hold: Duration::ZERO });
    }
    run(&mut lan, SECOND * 20);
    let nodes = lan.nodes().collect();
    (lan, nodes, vrids)
}

#[test]
fn three_crossed_nodes_each_hold_their_own_and_only_what_dies_moves() {
    for_seeds(30, |seed| {
        let (mut lan, nodes, vrids) = crossed(seed);
        let masters = |lan: &Lan| vrids.map(|vrid| lan.masters(vrid));
        let at_home = [vec![nodes[0]], vec![nodes[1]], vec![nodes[2]]];
        assert_eq!(masters(&lan), at_home);
        let dead = seed as usize % 3;
        apply(&mut lan, Change::Crash(nodes[dead]));
        run(&mut lan, SECOND * 20);
        let mut expected = at_home.clone();
        expected[dead] = vec![nodes[(dead + 2) % 3]];
        assert_eq!(masters(&lan), expected);
        apply(&mut lan, Change::Start { node: nodes[dead], hold: Duration::ZERO });
        run(&mut lan, SECOND * 20);
        assert_eq!(masters(&lan), at_home);
        for (slot, vrid) in vrids.into_iter().enumerate() {
            let times = nodes.iter().map(|node| lan.counters(*node, vrid).entered_master).sum::<u64>();
            let moved = if slot == dead { 3 } else { 1 };
            assert_eq!(times, moved, "VRID {vrid}: there, and there and back again");
        }
    });
}

#[test]
fn a_wrong_password_is_refused_and_makes_two_masters() {
    let mut lan = Lan::new(0);
    for password in ["1111", "2222"] {
        let own = member(config(Version::V2, 100, Interval::DEFAULT));
        let own = Member { password: Some(Password::new(password.as_bytes())), ..own };
        let node = lan.join(Node::new(vec![own])).unwrap();
        apply(&mut lan, Change::Start { node, hold: Duration::ZERO });
    }
    let verdict = lan.run_for(SECOND * 60);
    assert!(matches!(verdict, Err(Violation::NotOneMaster { masters: 2, .. })), "{verdict:?}");
    let seen = lan.counters(lan.nodes().next().unwrap(), vr());
    assert!(seen.refused > 5 && seen.heard == 0, "{seen:?}");
}

#[test]
fn a_mangled_advert_is_never_believed() {
    for_seeds(10, |seed| {
        let (mut lan, nodes) = three(seed, Version::V3, 1);
        let heard = nodes.iter().map(|node| lan.counters(*node, vr()).heard).collect::<Vec<_>>();
        apply(&mut lan, Change::Weather(Weather { corrupt: Percent::ALWAYS, ..Weather::FINE }));
        run(&mut lan, SECOND * 5);
        // What left before the weather turned may have arrived since.
        for (node, before) in nodes.into_iter().zip(heard) {
            assert!(lan.counters(node, vr()).heard <= before + 1);
        }
        assert_eq!(lan.masters(vr()).len(), 3);
    });
}
