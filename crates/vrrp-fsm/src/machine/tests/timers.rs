//! When things happen: master down, skew, the advert schedule, preempt delay, bursts of announcements.

use super::*;
use Action::{Announce, Entered, Send};
use State::{Backup, Master};

const ADVERT: Action = Send(Priority::DEFAULT);

fn micros(micros: u64) -> Instant {
    Instant::from_nanos(micros * 1_000)
}

#[test]
fn master_down_time_of_both_versions() {
    for (version, centis, priority, expected) in [
        (Version::V2, 100, 150, 3_414_062),
        (Version::V2, 100, 100, 3_609_375),
        (Version::V2, 300, 100, 9_609_375),
        (Version::V3, 100, 100, 3_609_375),
        (Version::V3, 10, 100, 360_937),
        (Version::V3, 1, 100, 36_093),
        (Version::V3, 300, 100, 10_828_125),
    ] {
        let interval = Interval::from_centis(centis).unwrap();
        let machine = in_state(Backup, Config::new(version, Priority::new(priority), interval));
        assert_eq!(machine.deadline(), Some(micros(expected)), "{version} {interval} {priority}");
    }
}

#[test]
fn a_tick_before_the_deadline_changes_nothing() {
    let mut machine = in_state(Backup, config(100));
    assert!(machine.step(micros(3_609_374), Input::Tick).is_empty());
    assert_eq!(machine.state(), Backup);
    let _ = machine.step(micros(3_609_375), Input::Tick);
    assert_eq!(machine.state(), Master);
}

#[test]
fn an_advert_restarts_the_silence() {
    let mut machine = in_state(Backup, config(100));
    let _ = machine.step(ms(3_000), advert(200, ABOVE));
    assert!(machine.step(micros(3_609_375), Input::Tick).is_empty(), "a tick made stale by the advert");
    assert_eq!(machine.deadline(), Some(micros(6_609_375)));
}

#[test]
fn priority_zero_leaves_only_the_skew() {
    let mut machine = in_state(Backup, config(100));
    let got = machine.step(ms(1_000), advert(0, ABOVE));
    assert!(events(&got).contains(&Event::PriorityZero));
    assert_eq!(machine.deadline(), Some(micros(1_609_375)));
}

#[test]
fn a_lower_advert_does_not_restart_the_silence() {
    let mut machine = in_state(Backup, config(100));
    let before = machine.deadline();
    let _ = machine.step(ms(3_000), advert(99, ABOVE));
    assert_eq!(machine.deadline(), before);
}

#[test]
fn version_3_learns_the_interval_and_forgets_it_as_master() {
    let slow = Heard { interval: Interval::from_secs(2).unwrap(), ..heard(200, ABOVE) };
    let mut machine = in_state(Backup, config(100));
    let _ = machine.step(ms(0), Input::Advert(slow));
    assert_eq!(machine.deadline(), Some(micros(7_218_750)));
    let due = machine.deadline().unwrap();
    let _ = machine.step(due, Input::Tick);
    assert_eq!(machine.master_interval(), Interval::DEFAULT);
    assert_eq!(machine.timer(), Some(due.saturating_add(SECOND)));
}

#[test]
fn version_2_never_learns_the_interval() {
    let slow = Heard { interval: Interval::from_secs(2).unwrap(), ..heard(200, ABOVE) };
    let v2 = Config { version: Version::V2, ..config(100) };
    let mut machine = in_state(Backup, v2);
    let _ = machine.step(ms(0), Input::Advert(slow));
    assert_eq!(machine.master_interval(), Interval::DEFAULT);
}

#[test]
fn adverts_keep_an_absolute_schedule() {
    let mut machine = in_state(Master, config(100));
    let first = machine.deadline().unwrap();
    let mut due = first;
    for late_ms in [0, 3, 900, 1, 0] {
        let late = due.saturating_add(Duration::from_millis(late_ms));
        assert!(machine.step(late, Input::Tick).contains(&ADVERT));
        due = due.saturating_add(SECOND);
        assert_eq!(machine.timer(), Some(due), "{late_ms} ms late");
    }
    // A stall of several intervals: one advert, and on with the schedule, not a salvo.
    let _ = machine.step(due.saturating_add(SECOND * 7 / 2), Input::Tick);
    assert_eq!(machine.timer(), Some(due.saturating_add(SECOND * 4)));
}

#[test]
fn slack_lets_an_advert_leave_early_without_drift() {
    let slack = Duration::from_millis(1);
    let mut machine = in_state(Master, Config { advert_slack: slack, ..config(100) });
    let due = machine.timer().unwrap().as_nanos();
    assert!(machine.step(Instant::from_nanos(due - 1_000_001), Input::Tick).is_empty());
    assert!(machine.step(Instant::from_nanos(due - 1_000_000), Input::Tick).contains(&ADVERT));
    assert_eq!(machine.timer(), Some(Instant::from_nanos(due + 1_000_000_000)));
}

#[test]
fn slack_never_makes_a_takeover_early() {
    let mut machine = in_state(Backup, Config { advert_slack: SECOND, ..config(100) });
    assert!(machine.step(micros(3_609_374), Input::Tick).is_empty());
}

#[test]
fn preempt_delay_runs_from_the_first_lower_advert() {
    let mut machine = in_state(Backup, Config { preempt_delay: SECOND * 5, ..config(100) });
    let mut heard_at = |at: u64, priority: u8| {
        let got = machine.step(ms(at), advert(priority, ABOVE));
        (events(&got), machine.timer().unwrap())
    };
    let down = Duration::from_micros(3_609_375);
    let (first, timer) = heard_at(0, 50);
    assert!(first.contains(&Event::PreemptDelayStarted));
    assert_eq!(timer, ms(0).saturating_add(down));
    assert_eq!(heard_at(3_000, 50), (std::vec![], ms(3_000).saturating_add(down)), "accepted while it runs");
    assert_eq!(heard_at(4_000, 150).0, [Event::PreemptDelayStopped]);
    assert_eq!(heard_at(4_500, 50).0, [Event::PreemptDelayStarted], "and starts anew");
    let (_, last) = heard_at(9_499, 50);
    let lower = Heard { source: ABOVE, ..heard(50, ABOVE) };
    assert_eq!(
        heard_at(9_500, 50),
        (std::vec![Event::LowerPriorityDiscarded(lower)], last),
        "now it is over"
    );
}

#[test]
fn a_lost_address_comes_back_after_the_skew() {
    let mut machine = in_state(Master, config(100));
    let _ = machine.step(ms(10_000), Input::AddressLost);
    assert_eq!(machine.deadline(), Some(micros(10_609_375)));
    let _ = machine.step(micros(10_609_375), Input::Tick);
    assert_eq!(machine.state(), Master);
}

#[test]
fn bursts_of_announcements() {
    let plan = Announcements {
        repeat: 3,
        delay: SECOND * 5,
        refresh: SECOND * 10,
        refresh_repeat: 2,
        lower_prio_repeat: 4,
        lower_prio_delay: SECOND * 2,
    };
    let mut machine = in_state(Master, Config { announcements: plan, ..config(100) });
    let start = Duration::from_micros(3_609_375);
    let mut said = std::vec![];
    let mut note = |at: Instant, got: Actions| {
        let rounds = got.iter().filter_map(|action| match action {
            Announce { rounds } => {
                Some((at.saturating_since(Instant::from_nanos(0).saturating_add(start)).as_secs(), *rounds))
            }
            _ => None,
        });
        said.extend(rounds);
    };
    while let Some(due) = machine.deadline().filter(|due| *due < ms(40_000)) {
        let got = machine.step(due, Input::Tick);
        note(due, got);
        if due == ms(27_000).saturating_add(start) {
            let got = machine.step(due, advert(50, ABOVE));
            note(due, got);
        }
    }
    assert_eq!(said, [(5, 3), (15, 2), (25, 2), (27, 4), (29, 4), (35, 2)]);
}

#[test]
fn no_announcement_after_mastership() {
    let mut machine = in_state(Master, config(100));
    let _ = machine.step(ms(4_000), advert(200, ABOVE));
    let got = machine.step(ms(60_000), Input::Tick);
    assert!(got.contains(&Entered(Master)), "the timers of the earlier mastership are gone: {got:?}");
    assert_eq!(got.iter().filter(|action| matches!(action, Announce { .. })).count(), 1);
}

#[test]
fn a_better_priority_shortens_the_wait_already_begun() {
    let mut machine = in_state(Backup, config(100));
    let _ = machine.step(ms(1_000), Input::Priority(Priority::new(200)));
    assert_eq!(machine.deadline(), Some(micros(3_218_750)));
}

#[test]
fn a_new_configuration_costs_a_backup_no_silence_it_listened_to() {
    let mut machine = in_state(Backup, config(100));
    let got = machine.reconfigure(ms(1_000), config(200), Priority::new(200)).unwrap();
    assert_eq!(deeds(&got), []);
    assert_eq!((machine.state(), machine.deadline()), (Backup, Some(micros(3_218_750))));
}

#[test]
fn a_backup_goes_by_its_masters_interval_whatever_its_own_becomes() {
    let tenth = Config { advert_int: Interval::from_centis(10).unwrap(), ..config(100) };
    let mut machine = in_state(Backup, config(100));
    let _ = machine.step(ms(1_000), advert(200, ABOVE));
    let due = machine.deadline();
    let _ = machine.reconfigure(ms(1_500), tenth.clone(), Priority::DEFAULT).unwrap();
    assert_eq!(machine.deadline(), due, "the master still speaks once a second");

    let mut alone = in_state(Backup, config(100));
    let _ = alone.reconfigure(ms(100), tenth, Priority::DEFAULT).unwrap();
    assert_eq!(alone.deadline(), Some(micros(360_937)), "nobody has spoken yet");
}

#[test]
fn an_unchanged_configuration_touches_nothing() {
    for state in [State::Init, Backup, Master, State::Fault] {
        let mut machine = in_state(state, config(100));
        let before = machine.clone();
        let got = machine.reconfigure(ms(3_000), config(100), Priority::DEFAULT).unwrap();
        assert!(got.is_empty(), "{state:?}: {got:?}");
        assert_eq!((machine.state(), machine.deadline()), (before.state(), before.deadline()));
    }
}

#[test]
fn a_master_tells_its_new_priority_at_once_and_keeps_its_schedule() {
    let mut machine = in_state(Master, config(100));
    let due = machine.timer();
    let got = machine.reconfigure(ms(4_000), config(120), Priority::new(120)).unwrap();
    assert_eq!((deeds(&got), machine.timer()), (std::vec![Send(Priority::new(120))], due));
}
