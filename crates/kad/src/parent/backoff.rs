//! How long a child that died waits for its restart.

use std::time::Duration;

/// A child that ran this long died of something new.
const LONG_RUN: Duration = Duration::from_secs(60);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);

/// At once, then 1, 2, 4, ... seconds up to a minute; a run of a minute starts anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Backoff {
    next: Duration,
}

impl Backoff {
    /// The wait before the restart of a child that had run for `ran`.
    pub(super) fn after(&mut self, ran: Duration) -> Duration {
        if ran >= LONG_RUN {
            self.next = Duration::ZERO;
            return Duration::ZERO;
        }
        let wait = self.next;
        self.next = if wait.is_zero() { Duration::from_secs(1) } else { (wait * 2).min(LONGEST) };
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..10).map(|_| backoff.after(Duration::from_secs(59)).as_secs()).collect();
        assert_eq!(waits, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn a_long_run_starts_anew() {
        let mut backoff = Backoff::default();
        for (ran, wait) in [(0, 0), (0, 1), (1, 2), (60, 0), (0, 0), (0, 1), (3600, 0), (59, 0), (59, 1)] {
            assert_eq!(backoff.after(Duration::from_secs(ran)), Duration::from_secs(wait), "after {ran} s");
        }
    }
}
