//! How often a script has to succeed or fail until that counts. Pure.
//!
//! One number between 0 and rise + fall - 1 says it all, as in keepalived: from `rise` on the script is up. A failure
//! lowers it by one while it is above `rise`, else to 0; a success raises it by one while it is below `rise` - 1, else
//! to the top.

use vrrp_fsm::Status;

/// What was known before the first run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// Nothing: the first result decides alone.
    Awaited,
    /// Nothing, but others run already (it came with a reload).
    AwaitedWhileRunning,
    /// `init_fail`: it is down until it has succeeded as often as it must.
    AssumedDown,
    /// It has ended once.
    Known,
}

/// The counter of one script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counter {
    result: u32,
    rise: u32,
    fall: u32,
    first: First,
}

impl Counter {
    /// Before the first run. `rise` and `fall` of 0 are 1.
    pub(super) fn new(rise: u32, fall: u32, first: First) -> Self {
        let (rise, fall) = (rise.max(1), fall.max(1));
        let result = if first == First::AssumedDown { 0 } else { rise - 1 };
        Self { result, rise, fall, first }
    }

    fn top(self) -> u32 {
        self.rise.saturating_add(self.fall - 1)
    }

    /// As dumps show it.
    pub(super) fn result(self) -> u32 {
        self.result
    }

    /// What the first run decides.
    pub(super) fn first(self) -> First {
        self.first
    }

    pub(super) fn is_up(self) -> bool {
        self.result >= self.rise
    }

    /// What those who track it are told.
    pub(super) fn status(self) -> Status {
        match self.first {
            First::Awaited | First::AwaitedWhileRunning => Status::Unknown,
            First::AssumedDown | First::Known if self.is_up() => Status::Up,
            First::AssumedDown | First::Known => Status::Down,
        }
    }

    /// A run has ended; true if that turned the script, or is the first that is known of it.
    pub(super) fn ended(&mut self, success: bool) -> bool {
        let awaited = matches!(self.first, First::Awaited | First::AwaitedWhileRunning);
        self.first = First::Known;
        if success {
            if self.result < self.rise - 1 {
                self.result += 1;
                return false;
            }
            let turned = self.result < self.rise;
            self.result = self.top();
            turned
        } else {
            if self.result > self.rise {
                self.result -= 1;
                return false;
            }
            let turned = self.result == self.rise || awaited;
            self.result = 0;
            turned
        }
    }

    /// The same script goes on after a reload, perhaps with another rise and fall: as far from turning as before.
    pub(super) fn carry_to(self, rise: u32, fall: u32) -> Self {
        let mut new = Self::new(rise, fall, self.first);
        match self.first {
            First::Awaited | First::AwaitedWhileRunning => return new,
            First::AssumedDown | First::Known => new.first = First::Known,
        }
        new.result = if self.result == 0 {
            0
        } else if self.is_up() && self.result == self.top() {
            new.top()
        } else if self.is_up() {
            new.top().min(new.rise.saturating_add(self.result - self.rise))
        } else {
            new.rise.saturating_sub(self.rise - self.result)
        };
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `+` and `-` are runs; what turned at which run, and the status after each.
    fn play(mut counter: Counter, runs: &str) -> String {
        let told = |status| match status {
            Status::Up => 'u',
            Status::Down => 'd',
            _ => '?',
        };
        let step = |run| {
            let turned = counter.ended(run == '+');
            let status = told(counter.status());
            if turned { status.to_ascii_uppercase() } else { status }
        };
        runs.chars().map(step).collect()
    }

    #[test]
    fn results_and_when_they_count() {
        use First::{AssumedDown, Awaited, AwaitedWhileRunning};
        for (rise, fall, first, runs, expected) in [
            (1, 1, Awaited, "+-+-", "UDUD"),
            (1, 1, Awaited, "-+", "DU"),
            (1, 1, AwaitedWhileRunning, "--+", "DdU"),
            // The first result decides alone, whatever rise says.
            (3, 1, Awaited, "+-+++", "UDddU"),
            (3, 2, Awaited, "-++-+++", "DdddddU"),
            (1, 3, Awaited, "+---+", "UuuDU"),
            // A success in between begins the count anew.
            (1, 3, Awaited, "+--+--", "Uuuuuu"),
            // Assumed down: the first failure is no news.
            (1, 1, AssumedDown, "-+", "dU"),
            (3, 1, AssumedDown, "+++-", "ddUD"),
            (2, 2, AssumedDown, "+-++--", "dddUuD"),
        ] {
            let played = play(Counter::new(rise, fall, first), runs);
            assert_eq!(played, expected, "rise {rise} fall {fall} {first:?} {runs}");
        }
    }

    #[test]
    fn before_the_first_result_nothing_is_known_unless_failure_is_assumed() {
        for (first, status) in [
            (First::Awaited, Status::Unknown),
            (First::AwaitedWhileRunning, Status::Unknown),
            (First::AssumedDown, Status::Down),
        ] {
            assert_eq!(Counter::new(2, 2, first).status(), status, "{first:?}");
        }
    }

    #[test]
    fn a_reload_leaves_it_as_far_from_turning_as_it_was() {
        let known = |rise, fall, result| Counter { result, rise, fall, first: First::Known };
        for (old, (rise, fall), result) in [
            (known(1, 1, 1), (1, 1), 1),
            (known(1, 1, 0), (5, 5), 0),
            // At the top: at the new top.
            (known(2, 3, 4), (1, 5), 5),
            // Up, one failure from turning.
            (known(2, 3, 2), (4, 3), 4),
            (known(2, 3, 3), (1, 1), 1),
            // Down, one success from turning.
            (known(3, 1, 2), (5, 1), 4),
            (known(5, 1, 2), (2, 1), 0),
        ] {
            assert_eq!(old.carry_to(rise, fall).result, result, "{old:?} to {rise} {fall}");
        }
        let awaited = Counter::new(3, 1, First::Awaited).carry_to(5, 1);
        assert_eq!(awaited, Counter::new(5, 1, First::Awaited));
    }

    proptest! {
        /// What is told to have turned has, and nothing else does.
        #[test]
        fn it_turns_only_when_it_says_so(
            rise in 0u32..6,
            fall in 0u32..6,
            assumed in any::<bool>(),
            runs in proptest::collection::vec(any::<bool>(), 0..60),
        ) {
            let first = if assumed { First::AssumedDown } else { First::Awaited };
            let mut counter = Counter::new(rise, fall, first);
            for success in runs {
                let before = counter.status();
                let turned = counter.ended(success);
                prop_assert_eq!(turned, counter.status() != before);
                prop_assert!(!turned || (counter.status() == Status::Up) == success);
                prop_assert!(counter.result <= counter.top());
            }
        }
    }
}
