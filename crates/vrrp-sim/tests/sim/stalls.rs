//! Nodes that stand still for longer than the others wait.

use core::num::NonZeroU8;
use core::time::Duration;

use vrrp_fsm::{Config, Interval, Version};
use vrrp_sim::Wakes;

use crate::rig::*;

const BOTH: [Wakes; 2] = [Wakes::SocketFirst, Wakes::TimersFirst];

#[test]
fn a_master_that_stood_still_is_one_of_two_for_an_interval_at_most() {
    for wakes in BOTH {
        for silent in [false, true] {
            for_seeds(40, |seed| {
                let configs = routers(Version::V3, Interval::DEFAULT, &[100, 150, 200]);
                let (mut lan, nodes) =
                    lan(seed, configs.map(|config| Config { lower_prio_no_advert: silent, ..config }));
                settle(&mut lan);
                let times = entered_master(&lan);
                apply(&mut lan, stall(nodes[2], SECOND * 20, wakes));
                run(&mut lan, SECOND * 20 - Duration::from_nanos(1));
                assert_eq!(lan.masters(vr()), [nodes[1], nodes[2]]);
                let before = lan.mastership(vr()).shared;
                settle(&mut lan);
                let shared = lan.mastership(vr()).shared - before;
                assert!(shared <= SECOND * 1_001 / 1_000, "{shared:?}");
                assert_eq!((lan.masters(vr()), since(&lan, &times)), (vec![nodes[2]], vec![0, 1, 0]));
            });
        }
    }
}

#[test]
fn of_two_masters_the_better_one_stays_preemption_or_not() {
    for_seeds(40, |seed| {
        let configs = routers(Version::V3, Interval::DEFAULT, &[100, 150]);
        let (mut lan, nodes) = lan(seed, configs.map(|config| Config { preempt: false, ..config }));
        settle(&mut lan);
        let master = lan.masters(vr())[0];
        apply(&mut lan, stall(master, SECOND * 20, Wakes::SocketFirst));
        run(&mut lan, SECOND * 19);
        assert_eq!(lan.masters(vr()).len(), 2);
        settle(&mut lan);
        assert_eq!(lan.masters(vr()), [nodes[1]]);
    });
}

#[test]
fn a_backup_that_reads_its_socket_first_never_takes_over_after_a_stall() {
    for_seeds(60, |seed| {
        let (mut lan, nodes) = lan(seed, routers(Version::V3, centis(1), &[100, 200]));
        settle(&mut lan);
        let times = entered_master(&lan);
        for lasting_ms in [31, 40, 100, 1_000] {
            apply(&mut lan, stall(nodes[0], Duration::from_millis(lasting_ms), Wakes::SocketFirst));
            run(&mut lan, SECOND * 2);
        }
        assert_eq!(since(&lan, &times), [0, 0]);
    });
}

#[test]
fn a_backup_that_looks_at_its_timers_first_takes_over_for_no_time_at_all() {
    for_seeds(40, |seed| {
        let (mut lan, nodes) = lan(seed, routers(Version::V3, Interval::DEFAULT, &[100, 200]));
        settle(&mut lan);
        let (before, times) = (lan.mastership(vr()).shared, entered_master(&lan));
        apply(&mut lan, stall(nodes[0], SECOND * 10, Wakes::TimersFirst));
        run(&mut lan, SECOND * 11);
        assert_eq!(since(&lan, &times), [1, 0], "false, but seen through at the first advert it reads");
        assert_eq!(lan.mastership(vr()).shared, before);
        settle(&mut lan);
        assert_eq!(lan.masters(vr()), [nodes[1]]);
    });
}

#[test]
fn a_short_stall_moves_nothing() {
    for wakes in BOTH {
        for_seeds(40, |seed| {
            let (mut lan, nodes) = lan(seed, routers(Version::V2, Interval::DEFAULT, &[100, 200]));
            settle(&mut lan);
            let times = entered_master(&lan);
            for node in nodes {
                apply(&mut lan, stall(node, SECOND * 2, wakes));
                settle(&mut lan);
            }
            assert_eq!(since(&lan, &times), [0, 0]);
        });
    }
}

#[test]
fn patient_backups_wait_for_as_many_adverts_as_they_are_told() {
    for_seeds(40, |seed| {
        let patient = NonZeroU8::new(10).unwrap();
        let configs = routers(Version::V3, Interval::DEFAULT, &[100, 200]);
        let (mut lan, nodes) =
            lan(seed, configs.map(|config| Config { down_timer_adverts: patient, ..config }));
        settle(&mut lan);
        let times = entered_master(&lan);
        apply(&mut lan, stall(nodes[1], SECOND * 9, Wakes::SocketFirst));
        settle(&mut lan);
        assert_eq!(since(&lan, &times), [0, 0]);
    });
}
