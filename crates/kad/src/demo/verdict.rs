//! Whether an act ended as the protocol has it, judged from what was seen alone.

use std::time::Duration;

use super::act::{Act, Since};
use super::cast::Side;
use super::event::{State, What};
use super::story::{Outage, Story};

/// A takeover may be this much later than the protocol gives, on a machine that has other things to do.
pub(super) const LATE: Duration = Duration::from_millis(250);
/// And this much earlier: times are taken where events are seen, not where they happen.
pub(super) const EARLY: Duration = Duration::from_millis(50);
/// An old master that hears the new one is silent after this time.
const TURN: Duration = Duration::from_millis(100);

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) act: Act,
    /// From the moment that [`Act::since`] names to the first advert of the new master.
    pub(super) took: Option<Duration>,
    pub(super) outage: Outage,
    /// What was not as it must be.
    pub(super) troubles: Vec<String>,
}

/// An act that has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settled {
    /// The first advert of the new master.
    pub(super) first: Duration,
    /// When address and client had followed.
    pub(super) at: Duration,
    /// The next advert of the new master after all that.
    pub(super) calm: Duration,
}

/// The end of an act that began at `begin`, once it is there: the new master advertises, has the address, the
/// other one (where it can) has not, the client is answered by the new master, and an advert later it still is so.
pub(super) fn settled(story: &Story, act: Act, begin: Duration) -> Option<Settled> {
    let master = act.master();
    let first = story.first(begin, |what| speaks(what, master))?;
    let mut at = first;
    for (side, must) in [(master, true), (master.other(), false)] {
        let (holds, since) = story.holds(side);
        if side == master || act.other_lets_go() {
            at = at.max(since);
            if holds != must {
                return None;
            }
        }
    }
    at = at.max(story.first(begin, |what| matches!(what, What::Answer(side, _) if *side == master))?);
    if act.ends_alpha() {
        at = at.max(story.first(begin, |what| *what == What::Ended(Side::Alpha))?);
    }
    let calm = story.first(at + Duration::from_nanos(1), |what| speaks(what, master))?;
    Some(Settled { first, at, calm })
}

/// Judges an act that ended so.
pub(super) fn judge(story: &Story, act: Act, begin: Duration, end: Settled) -> Verdict {
    let (master, old) = (act.master(), act.master().other());
    let took = counted_from(story, act, begin, end.first).map(|from| end.first.saturating_sub(from));
    let mut troubles = Vec::new();
    match took {
        None => troubles.push(format!("the moment to count from was not seen: {}", act.since().text(master))),
        Some(took) if took > act.given() + LATE => troubles.push("later than the protocol gives".to_owned()),
        Some(took) if took + EARLY < act.given() => {
            troubles.push("earlier than the protocol gives".to_owned())
        }
        Some(_) => {}
    }
    if story.count(end.at + TURN, end.calm, |what| speaks(what, old)) > 0 {
        troubles.push(format!("{} goes on as a master beside {}", old.name(), master.name()));
    }
    let after = end.calm + Duration::from_nanos(1);
    let turns = story.count(begin, after, |what| *what == What::State(master, State::Master));
    if turns != 1 {
        troubles.push(format!("{} entered MASTER {turns} times", master.name()));
    }
    Verdict { act, took, outage: story.outage(begin, after), troubles }
}

/// The verdict on an act that did not come to its end.
pub(super) fn failed(story: &Story, act: Act, begin: Duration, why: String) -> Verdict {
    Verdict { act, took: None, outage: story.outage(begin, Duration::MAX), troubles: vec![why] }
}

fn counted_from(story: &Story, act: Act, begin: Duration, first: Duration) -> Option<Duration> {
    let (master, old) = (act.master(), act.master().other());
    match act.since() {
        Since::Backup => story.last(first, |what| *what == What::State(master, State::Backup)),
        Since::LastAdvert => return story.last(first, |what| speaks(what, old)),
        Since::Farewell => story.last(first, |what| *what == What::Advert(old, 0)),
    }
    .filter(|from| *from >= begin)
}

/// Whether it is an advert of this host as a master.
fn speaks(what: &What, side: Side) -> bool {
    *what == What::Advert(side, side.priority().get())
}

impl Verdict {
    pub(super) fn is_good(&self) -> bool {
        self.troubles.is_empty()
    }

    /// Milliseconds after the moment the protocol gives; less than nothing if before.
    pub(super) fn late_ms(&self) -> Option<f64> {
        Some((self.took?.as_secs_f64() - self.act.given().as_secs_f64()) * 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::event::Event;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn story(events: impl IntoIterator<Item = (u64, What)>) -> Story {
        let mut story = Story::default();
        let mut events: Vec<_> = events.into_iter().collect();
        events.sort_by_key(|(at, _)| *at);
        for (at, what) in events {
            story.push(Event { at: MS(at), what });
        }
        story
    }

    /// Alpha is master, is killed at 5000 after an advert at 4900, and beta takes over at 8548.
    fn crash() -> Vec<(u64, What)> {
        use Side::{Alpha, Beta};
        vec![
            (1000, What::Address(Alpha, true)),
            (3900, What::Advert(Alpha, 100)),
            (4900, What::Advert(Alpha, 100)),
            (4950, What::Answer(Alpha, 9)),
            (5001, What::Ended(Alpha)),
            (8548, What::Advert(Beta, 90)),
            (8548, What::State(Beta, State::Master)),
            (8549, What::Address(Beta, true)),
            (8600, What::Answer(Beta, 12)),
            (9548, What::Advert(Beta, 90)),
        ]
    }

    fn verdict(events: Vec<(u64, What)>) -> Option<Verdict> {
        let story = story(events);
        let end = settled(&story, Act::Crash, MS(5000))?;
        Some(judge(&story, Act::Crash, MS(5000), end))
    }

    #[test]
    fn a_takeover_in_time_is_good() {
        let verdict = verdict(crash()).unwrap();
        assert_eq!(verdict.took, Some(MS(3648)));
        assert_eq!(verdict.outage, Outage { lost: 2, silence: MS(3650) });
        assert_eq!(verdict.troubles, Vec::<String>::new());
        assert!(verdict.late_ms().unwrap().abs() < 1.0);
    }

    #[test]
    fn nothing_is_settled_while_a_piece_is_missing() {
        let events = crash();
        for missing in 4..events.len() {
            let mut events = events.clone();
            let (_, left_out) = events.remove(missing);
            // What the daemon says of itself does not settle anything.
            let settles = matches!(left_out, What::State(..));
            assert_eq!(verdict(events).is_some(), settles, "{left_out:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let with = |at, what| [crash(), vec![(at, what)]].concat();
        let without =
            |drop: fn(&What) -> bool| crash().into_iter().filter(|(_, what)| !drop(what)).collect::<Vec<_>>();
        let cases = [
            (with(5300, What::Advert(Side::Alpha, 100)), "earlier"),
            (
                without(|what| *what == What::Advert(Side::Alpha, 100)),
                "not seen: after the last advert of alpha",
            ),
            (with(9000, What::Advert(Side::Alpha, 100)), "alpha goes on as a master beside beta"),
            (with(9001, What::State(Side::Beta, State::Master)), "beta entered MASTER 2 times"),
            (without(|what| matches!(what, What::State(..))), "beta entered MASTER 0 times"),
        ];
        for (events, trouble) in cases {
            let verdict = verdict(events).unwrap();
            assert!(verdict.troubles.iter().any(|said| said.contains(trouble)), "{trouble}: {verdict:?}");
            assert!(!verdict.is_good());
        }
    }

    #[test]
    fn a_late_takeover_is_not_good() {
        let later = |by: u64| {
            let shift = move |(at, what)| (if at > 5100 { at + by } else { at }, what);
            verdict(crash().into_iter().map(shift).collect()).unwrap().is_good()
        };
        assert!(later(0) && later(240));
        assert!(!later(260));
    }

    #[test]
    fn a_stop_counts_from_the_farewell_and_a_return_from_backup() {
        use Side::{Alpha, Beta};
        let stop = story([(10, What::Advert(Alpha, 0)), (658, What::Advert(Beta, 90))]);
        assert_eq!(counted_from(&stop, Act::Stop, MS(5), MS(658)), Some(MS(10)));
        assert_eq!(counted_from(&stop, Act::Stop, MS(20), MS(658)), None);
        let back = story([(30, What::State(Alpha, State::Backup)), (3639, What::Advert(Alpha, 100))]);
        assert_eq!(counted_from(&back, Act::AfterStop, MS(5), MS(3639)), Some(MS(30)));
    }
}
