//! Whether a child still answers.
//!
//! Pings are counted, not seconds: while the parent itself does not run (a stopped machine, a debugger) nothing
//! is asked, so nothing can stay unanswered. Any message is an answer. A child that someone stopped (SIGSTOP) is
//! silent like any other; one that a debugger holds is spared by the caller.

use std::time::{Duration, Instant};

/// Most time between two pings.
const PERIOD: Duration = Duration::from_secs(1);

/// Fewest pings that must stay unanswered.
const FEWEST: u32 = 4;

/// What a heartbeat calls for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// Ask, with this number.
    Ping(u32),
    /// The child has not answered for the whole limit.
    Silent,
}

/// Pings sent and not answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heartbeat {
    period: Duration,
    limit: u32,
    next: Instant,
    unanswered: u32,
    number: u32,
}

impl Heartbeat {
    /// Begins at `now`; a child may be silent for `limit`.
    pub(super) fn new(limit: Duration, now: Instant) -> Self {
        let period = (limit / FEWEST).clamp(Duration::from_millis(1), PERIOD);
        let pings = u32::try_from(limit.as_millis() / period.as_millis()).unwrap_or(u32::MAX);
        Self { period, limit: pings.max(FEWEST), next: now + period, unanswered: 0, number: 0 }
    }

    /// When [`Self::beat`] is due.
    pub(super) fn deadline(&self) -> Instant {
        self.next
    }

    /// The child said something.
    pub(super) fn heard(&mut self) {
        self.unanswered = 0;
    }

    /// What to do now, if it is time. Beats that were missed are not made up for.
    pub(super) fn beat(&mut self, now: Instant) -> Option<Beat> {
        if now < self.next {
            return None;
        }
        self.next = now + self.period;
        if self.unanswered >= self.limit {
            return Some(Beat::Silent);
        }
        self.unanswered += 1;
        self.number = self.number.wrapping_add(1);
        Some(Beat::Ping(self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    /// Runs a heartbeat with `limit` and gives the time after which the child counts as silent.
    fn silent_after(limit: Duration) -> Duration {
        let start = clock::now();
        let mut heartbeat = Heartbeat::new(limit, start);
        loop {
            let now = heartbeat.deadline();
            if heartbeat.beat(now) == Some(Beat::Silent) {
                return now - start;
            }
        }
    }

    #[test]
    fn silence_is_found_within_one_period_of_the_limit() {
        for (limit, found) in [(15_000, 16_000), (30_000, 31_000), (1000, 1250), (4000, 5000), (400, 500)] {
            let found = Duration::from_millis(found);
            assert_eq!(silent_after(Duration::from_millis(limit)), found, "{limit} ms");
        }
        assert!(silent_after(Duration::ZERO) < Duration::from_millis(10));
    }

    #[test]
    fn any_answer_starts_the_count_anew() {
        let start = clock::now();
        let mut heartbeat = Heartbeat::new(Duration::from_secs(15), start);
        for _ in 0..1000 {
            let now = heartbeat.deadline();
            assert!(matches!(heartbeat.beat(now), Some(Beat::Ping(_))));
            heartbeat.heard();
        }
    }

    #[test]
    fn a_parent_that_stood_still_blames_nobody() {
        let start = clock::now();
        let mut heartbeat = Heartbeat::new(Duration::from_secs(15), start);
        let woken = start + Duration::from_secs(3600);
        assert_eq!(heartbeat.beat(woken), Some(Beat::Ping(1)));
        assert_eq!(heartbeat.beat(woken), None);
        assert_eq!(heartbeat.deadline(), woken + Duration::from_secs(1));
    }
}
