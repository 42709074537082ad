//! Whether as many processes run as should, and the delays until that counts. Pure.

use std::time::{Duration, Instant};

use kaconf::model::TrackProcess;

/// Why a number changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// One that counts forked, or was found on another look: `fork_delay`.
    Forked,
    /// One that counts ended: `terminate_delay`.
    Ended,
    /// One became another program, or took or gave up a name: at once.
    Became,
}

/// Of one tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quorum {
    least: u32,
    most: u32,
    fork_delay: Duration,
    terminate_delay: Duration,
    count: u32,
    up: bool,
    /// `fork_delay` and `terminate_delay` that run: then the number counts as it is.
    pub(super) fork_due: Option<Instant>,
    pub(super) terminate_due: Option<Instant>,
}

impl Quorum {
    /// So many run, and no delay applies.
    pub(super) fn new(model: &TrackProcess, count: u32) -> Self {
        let mut new = Self {
            least: model.quorum,
            most: model.quorum_max.unwrap_or(u32::MAX),
            fork_delay: model.fork_delay,
            terminate_delay: model.terminate_delay,
            count,
            up: false,
            fork_due: None,
            terminate_due: None,
        };
        new.up = new.is_right();
        new
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn is_up(&self) -> bool {
        self.up
    }

    fn is_right(&self) -> bool {
        (self.least..=self.most).contains(&self.count)
    }

    /// When there is something to decide.
    pub(super) fn due(&self) -> Option<Instant> {
        self.fork_due.into_iter().chain(self.terminate_due).min()
    }

    /// So many run now; true if that turned it.
    pub(super) fn set(&mut self, count: u32, cause: Cause, now: Instant) -> bool {
        let before = self.is_right();
        self.count = count;
        if self.is_right() == before {
            return false;
        }
        // Whoever was about to be believed is contradicted; what was told stands then.
        let contradicted = match cause {
            Cause::Forked => self.terminate_due.take().is_some(),
            Cause::Ended => self.fork_due.take().is_some(),
            Cause::Became => {
                (self.fork_due, self.terminate_due) = (None, None);
                false
            }
        };
        match cause {
            Cause::Forked if !contradicted && !self.fork_delay.is_zero() => {
                self.fork_due = Some(now + self.fork_delay);
                false
            }
            Cause::Ended if !contradicted && !self.terminate_delay.is_zero() => {
                self.terminate_due = Some(now + self.terminate_delay);
                false
            }
            _ => self.settle(),
        }
    }

    /// Time has gone by; true if that turned it.
    pub(super) fn tick(&mut self, now: Instant) -> bool {
        let over = |due: &Option<Instant>| due.is_some_and(|due| due <= now);
        let (forked, ended) = (over(&self.fork_due), over(&self.terminate_due));
        if forked {
            self.fork_due = None;
        }
        if ended {
            self.terminate_due = None;
        }
        (forked || ended) && self.settle()
    }

    fn settle(&mut self) -> bool {
        let right = self.is_right();
        std::mem::replace(&mut self.up, right) != right
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn model(least: u32, most: Option<u32>, fork: u64, terminate: u64) -> TrackProcess {
        let mut model = TrackProcess::new("t");
        (model.quorum, model.quorum_max) = (least, most);
        model.fork_delay = Duration::from_secs(fork);
        model.terminate_delay = Duration::from_secs(terminate);
        model
    }

    /// Numbers and causes (`f`orked, `e`nded, `b`ecame) at seconds, and `u`p or `d`own after each; `?N` lets time go.
    fn play(model: &TrackProcess, begin: u32, steps: &[(u64, &str)]) -> String {
        let epoch = crate::clock::now();
        let mut quorum = Quorum::new(model, begin);
        let told = |quorum: &Quorum| if quorum.is_up() { 'u' } else { 'd' };
        let mut all = String::from(told(&quorum));
        for (second, step) in steps {
            let now = epoch + Duration::from_secs(*second);
            quorum.tick(now);
            let (cause, count) = step.split_at(1);
            let cause = match cause {
                "f" => Some(Cause::Forked),
                "e" => Some(Cause::Ended),
                "b" => Some(Cause::Became),
                _ => None,
            };
            if let Some(cause) = cause {
                quorum.set(count.parse().unwrap(), cause, now);
            }
            all.push(told(&quorum));
        }
        all
    }

    #[test]
    fn enough_and_not_too_many() {
        let steps = [(0, "f1"), (0, "f2"), (0, "f3"), (0, "f4"), (0, "e3"), (0, "e2"), (0, "e1")];
        assert_eq!(play(&model(2, Some(3), 0, 0), 0, &steps), "dduuduud");
        // quorum 0, quorum_max 0: none may run.
        assert_eq!(play(&model(0, Some(0), 0, 0), 0, &[(0, "b1"), (0, "e0")]), "udu");
    }

    #[test]
    fn a_loss_that_is_made_good_in_time_is_none() {
        let late = model(1, None, 0, 3);
        assert_eq!(play(&late, 1, &[(0, "e0"), (2, "?"), (2, "f1"), (9, "?")]), "uuuuu");
        assert_eq!(play(&late, 1, &[(0, "e0"), (2, "b1"), (9, "?")]), "uuuu");
        assert_eq!(play(&late, 1, &[(0, "e0"), (2, "?"), (3, "?"), (4, "b1")]), "uuudu");
    }

    #[test]
    fn a_gain_by_a_fork_counts_later_and_by_another_program_at_once() {
        let late = model(2, None, 3, 0);
        assert_eq!(play(&late, 1, &[(0, "f2"), (2, "?"), (3, "?")]), "dddu");
        assert_eq!(play(&late, 1, &[(0, "f2"), (2, "e1"), (9, "?")]), "dddd");
        assert_eq!(play(&late, 1, &[(0, "b2")]), "du");
    }

    proptest! {
        /// Once nothing is pending, what is told is what is.
        #[test]
        fn in_the_end_it_tells_what_is(
            least in 0u32..4, span in 0u32..3, fork in 0u64..3, terminate in 0u64..3,
            steps in proptest::collection::vec((0u64..2, 0u8..3, 0u32..6), 0..40),
        ) {
            let mut now = crate::clock::now();
            let mut quorum = Quorum::new(&model(least, Some(least + span), fork, terminate), 0);
            for (wait, cause, count) in steps {
                now += Duration::from_secs(wait);
                quorum.tick(now);
                let cause = [Cause::Forked, Cause::Ended, Cause::Became][usize::from(cause)];
                let before = quorum.is_up();
                prop_assert_eq!(quorum.set(count, cause, now), quorum.is_up() != before);
            }
            quorum.tick(now + Duration::from_secs(10));
            prop_assert_eq!(quorum.due(), None);
            prop_assert_eq!(quorum.is_up(), (least..=least + span).contains(&quorum.count()));
        }
    }
}
