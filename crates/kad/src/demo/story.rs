//! All that was seen so far, and what can be asked of it.

use std::time::Duration;

use super::cast::Side;
use super::event::{Event, What};

/// Everything seen, in the order in which it happened.
#[derive(Debug, Default)]
pub(super) struct Story {
    events: Vec<Event>,
}

/// What the client missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Outage {
    /// Pings without an answer, between two that were answered.
    pub(super) lost: u32,
    /// The longest time between two answers.
    pub(super) silence: Duration,
}

impl Story {
    pub(super) fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// The first event at or after `begin` of which `pick` holds.
    pub(super) fn first(&self, begin: Duration, pick: impl Fn(&What) -> bool) -> Option<Duration> {
        self.within(begin, Duration::MAX).find(|event| pick(&event.what)).map(|event| event.at)
    }

    /// The last event before `end` of which `pick` holds.
    pub(super) fn last(&self, end: Duration, pick: impl Fn(&What) -> bool) -> Option<Duration> {
        self.within(Duration::ZERO, end).rev().find(|event| pick(&event.what)).map(|event| event.at)
    }

    /// How many events from `begin` to before `end` `pick` holds of.
    pub(super) fn count(&self, begin: Duration, end: Duration, pick: impl Fn(&What) -> bool) -> usize {
        self.within(begin, end).filter(|event| pick(&event.what)).count()
    }

    /// Whether the host has the shared address, and since when it has or has not.
    pub(super) fn holds(&self, side: Side) -> (bool, Duration) {
        let mut state = (false, Duration::ZERO);
        for event in &self.events {
            if let What::Address(of, held) = event.what
                && of == side
                && held != state.0
            {
                state = (held, event.at);
            }
        }
        state
    }

    /// What the client missed, counted at the answers from `begin` to before `end`.
    pub(super) fn outage(&self, begin: Duration, end: Duration) -> Outage {
        let mut outage = Outage::default();
        let mut before: Option<(Duration, u16)> = None;
        for event in self.within(Duration::ZERO, end) {
            let What::Answer(_, number) = event.what else { continue };
            if let Some((at, last)) = before
                && event.at >= begin
            {
                outage.lost += lost(last, number);
                outage.silence = outage.silence.max(event.at.saturating_sub(at));
            }
            before = Some((event.at, number));
        }
        outage
    }

    /// Pings from the first that was answered to the last, answered or not.
    pub(super) fn pings(&self) -> u32 {
        let answers = self.count(Duration::ZERO, Duration::MAX, |what| matches!(what, What::Answer(..)));
        u32::try_from(answers).unwrap_or(u32::MAX) + self.outage(Duration::ZERO, Duration::MAX).lost
    }

    fn within(&self, begin: Duration, end: Duration) -> impl DoubleEndedIterator<Item = &Event> {
        self.events.iter().filter(move |event| begin <= event.at && event.at < end)
    }
}

/// Pings between two numbers that follow each other among the answers; ping counts with 16 bits. An answer that
/// comes twice or late closes no gap.
pub(super) fn lost(before: u16, number: u16) -> u32 {
    match number.wrapping_sub(before) {
        ahead @ 1..0x8000 => u32::from(ahead) - 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(events: &[(u64, What)]) -> Story {
        let mut story = Story::default();
        for &(at, what) in events {
            story.push(Event { at: Duration::from_millis(at), what });
        }
        story
    }

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn lost_pings_are_the_numbers_between() {
        for (before, number, expected) in [(1, 2, 0), (1, 5, 3), (5, 5, 0), (5, 4, 0), (65_535, 1, 1)] {
            assert_eq!(lost(before, number), expected, "{before} {number}");
        }
    }

    #[test]
    fn an_outage_counts_where_it_ends() {
        let answer = |number| What::Answer(Side::Alpha, number);
        let story = story(&[(0, answer(3)), (50, answer(4)), (600, answer(15)), (650, answer(16))]);
        let whole = Outage { lost: 10, silence: MS(550) };
        assert_eq!(story.outage(MS(100), MS(700)), whole);
        assert_eq!(story.outage(MS(0), MS(600)), Outage { lost: 0, silence: MS(50) });
        assert_eq!(story.pings(), 14);
    }

    #[test]
    fn an_address_is_held_from_when_it_came() {
        let has = |held| What::Address(Side::Beta, held);
        let story = story(&[(10, has(true)), (20, has(true)), (30, has(false)), (40, has(true))]);
        assert_eq!(story.holds(Side::Beta), (true, MS(40)));
        assert_eq!(story.holds(Side::Alpha), (false, MS(0)));
    }

    #[test]
    fn ends_are_open() {
        let story = story(&[(10, What::Claim(Side::Alpha)), (20, What::Claim(Side::Alpha))]);
        let any = |_: &What| true;
        assert_eq!((story.first(MS(11), any), story.last(MS(20), any)), (Some(MS(20)), Some(MS(10))));
        assert_eq!(story.count(MS(10), MS(20), any), 1);
    }
}
