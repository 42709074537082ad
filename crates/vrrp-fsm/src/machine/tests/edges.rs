//! Edges that a table of states and inputs does not show: equals, learned intervals, reloads of a master.

use core::net::Ipv6Addr;

use super::*;
use Action::{Announce, Entered, Send};
use State::{Backup, Master};

fn every(centis: u16) -> Interval {
    Interval::from_centis(centis).unwrap()
}

fn slow(priority: u8) -> Input {
    Input::Advert(Heard { interval: every(300), ..heard(priority, ABOVE) })
}

fn link_local(last: u16) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, last))
}

#[test]
fn equal_masters_compare_ipv6_addresses_as_numbers() {
    for (theirs, end) in [(link_local(0x100), Backup), (link_local(9), Master)] {
        let mut machine = in_state(Master, config(100));
        let _ = machine.step(ms(4_000), Input::Source(Some(link_local(0x50))));
        let _ = machine.step(ms(4_000), advert(100, theirs));
        assert_eq!(machine.state(), end, "{theirs}");
    }
}

#[test]
fn a_backup_accepts_an_equal_master_whatever_its_address() {
    for source in [ABOVE, BELOW] {
        let mut machine = in_state(Backup, config(100));
        let _ = machine.step(ms(3_000), advert(100, source));
        assert_eq!(machine.timer(), Some(ms(3_000).saturating_add(machine.master_down())), "{source}");
    }
}

#[test]
fn a_backup_waits_for_as_many_adverts_as_it_is_told() {
    for (adverts, waits_ms) in [(1, 1_609), (3, 3_609), (10, 10_609)] {
        let patient = Config { down_timer_adverts: adverts.try_into().unwrap(), ..config(100) };
        let machine = in_state(Backup, patient);
        let skew = Duration::from_micros(375);
        assert_eq!(machine.deadline(), Some(ms(waits_ms).saturating_add(skew)), "{adverts} adverts");
    }
}

#[test]
fn a_master_that_yields_waits_as_its_better_speaks() {
    let mut machine = in_state(Master, config(100));
    let _ = machine.step(ms(4_000), slow(200));
    assert_eq!((machine.state(), machine.master_interval()), (Backup, every(300)));
    // Three of its intervals, and 156 / 256 of one.
    assert_eq!(machine.timer(), Some(Instant::from_nanos((4_000_000 + 10_828_125) * 1_000)));
}

#[test]
fn a_learned_interval_ends_with_a_fault() {
    let mut machine = in_state(Backup, config(100));
    let _ = machine.step(ms(0), slow(200));
    let _ = machine.step(ms(10), Input::Fault(Faults::INTERFACE_DOWN));
    let _ = machine.step(ms(20), Input::Cleared(Faults::INTERFACE_DOWN));
    assert_eq!(machine.master_interval(), Interval::DEFAULT);
}

#[test]
fn a_learned_interval_survives_a_reload() {
    let mut machine = in_state(Backup, config(100));
    let _ = machine.step(ms(0), slow(200));
    let faster = Config { advert_int: every(50), ..config(100) };
    let _ = machine.reconfigure(ms(10), faster, Priority::DEFAULT).unwrap();
    assert_eq!(machine.master_interval(), every(300));
}

#[test]
fn a_stall_is_too_long_after_three_intervals_and_the_skew() {
    let config = Config { preempt: false, timer_expired_backup: Some(Priority::DEFAULT), ..config(100) };
    for (silent_ms, end) in [(3_609, Master), (3_610, Backup)] {
        let mut machine = in_state(Master, config.clone());
        let last = ms(0).saturating_add(Duration::from_micros(3_609_375));
        let _ = machine.step(last.saturating_add(Duration::from_millis(silent_ms)), Input::Tick);
        assert_eq!(machine.state(), end, "{silent_ms} ms");
    }
    // Where it may pre-empt, it goes on whatever the others did.
    let mut machine = in_state(Master, Config { preempt: true, ..config });
    let _ = machine.step(ms(60_000), Input::Tick);
    assert_eq!(machine.state(), Master);
}

#[test]
fn a_master_takes_a_new_interval_from_the_advert_that_tells_it() {
    let mut machine = in_state(Master, config(100));
    let slower = Config { advert_int: every(200), ..config(100) };
    let got = machine.reconfigure(ms(4_000), slower, Priority::DEFAULT).unwrap();
    assert_eq!((deeds(&got), machine.timer()), (std::vec![Send(Priority::DEFAULT)], Some(ms(6_000))));
}

#[test]
fn a_master_begins_a_new_plan_of_announcements_at_once() {
    let mut machine = in_state(Master, config(100));
    let plan = Announcements { repeat: 2, ..Announcements::default() };
    let changed = Config { announcements: plan, ..config(100) };
    let got = machine.reconfigure(ms(4_000), changed, Priority::DEFAULT).unwrap();
    assert_eq!(deeds(&got), [Announce { rounds: 2 }]);
}

#[test]
fn a_backup_that_a_reload_makes_the_owner_takes_over_at_once() {
    let mut machine = in_state(Backup, config(100));
    let _ = machine.reconfigure(ms(10), config(255), Priority::OWNER).unwrap();
    let got = machine.step(ms(10), Input::Tick);
    assert!(got.contains(&Entered(Master)), "{got:?}");
}

#[test]
fn trackers_make_neither_an_owner_nor_a_farewell_of_a_reload() {
    for (asked, effective) in [(0, 1), (77, 77), (255, 254)] {
        let mut machine = in_state(Backup, config(100));
        let _ = machine.reconfigure(ms(10), config(100), Priority::new(asked)).unwrap();
        assert_eq!(machine.priority(), Priority::new(effective), "{asked}");
    }
}

#[test]
fn trackers_move_no_owner() {
    let mut machine = in_state(Master, config(255));
    assert!(machine.step(ms(4_000), Input::Priority(Priority::new(10))).is_empty());
    assert_eq!(machine.priority(), Priority::OWNER);
}

#[test]
fn a_rival_of_an_earlier_mastership_is_forgotten() {
    let mut machine = in_state(Master, config(255));
    let _ = machine.step(ms(500), advert(255, BELOW));
    while let Some(due) = machine.deadline().filter(|due| *due < ms(2_600)) {
        let _ = machine.step(due, Input::Tick);
    }
    let _ = machine.step(ms(2_600), Input::Fault(Faults::TRACKED));
    let _ = machine.step(ms(2_700), Input::Cleared(Faults::TRACKED));
    let _ = machine.step(ms(2_800), advert(255, BELOW));
    assert_eq!((machine.state(), machine.priority()), (Master, Priority::OWNER), "warned anew first");
}

/// The sender of one of these was silent until this router stood in for it, and may never have heard of that.
#[test]
fn who_stood_in_for_a_master_that_was_silent_says_so_when_it_yields() {
    let quiet = Config { lower_prio_no_advert: true, ..config(100) };
    let lenient = Config { preempt: false, ..config(100) };
    for (what, config, before, back, says) in [
        ("the master is back", config(100), Some(advert(200, ABOVE)), advert(200, ABOVE), true),
        ("with another priority", config(100), Some(advert(200, ABOVE)), advert(150, ABOVE), true),
        ("as equal", config(100), Some(advert(100, ABOVE)), advert(100, ABOVE), true),
        ("another one", config(100), Some(advert(200, BELOW)), advert(200, ABOVE), false),
        ("nobody was there before", config(100), None, advert(200, ABOVE), false),
        ("it had left", config(100), Some(advert(0, ABOVE)), advert(200, ABOVE), false),
        ("it was taken over from", config(100), Some(advert(50, ABOVE)), advert(200, ABOVE), false),
        ("it was let be", lenient, Some(advert(50, ABOVE)), advert(200, ABOVE), false),
        ("lower ones are not answered either", quiet, Some(advert(200, ABOVE)), advert(200, ABOVE), false),
    ] {
        let mut machine = in_state(Backup, config);
        if let Some(before) = before {
            let _ = machine.step(ms(1_000), before);
        }
        let _ = machine.step(ms(9_000), Input::Tick);
        assert_eq!(machine.state(), Master, "{what}");
        let word = if says { &[Action::Send(Priority::DEFAULT)][..] } else { &[] };
        let expected = [word, &[Action::Entered(Backup), Action::RemoveAddresses]].concat();
        assert_eq!(deeds(&machine.step(ms(9_500), back)), expected, "{what}");
    }
}
