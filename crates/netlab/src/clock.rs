//! The lab's clock: the one place in this crate that reads the time.
//!
//! Log lines, addresses and pings are stamped with the monotonic clock as they arrive. Captured frames carry the
//! kernel's wall clock; [`Clock`] remembers both clocks at one moment, so that all of them fall on one line.

use std::time::{Duration, Instant, SystemTime};

/// The monotonic clock.
#[expect(
    clippy::disallowed_methods,
    reason = "a lab of real processes measures real time, here and nowhere else"
)]
pub fn now() -> Instant {
    Instant::now()
}

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    monotonic: Instant,
    wall: Duration,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "captured frames are stamped by the kernel's wall clock")]
    pub(crate) fn read() -> Self {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { monotonic: now(), wall }
    }

    /// A time since the Unix epoch on the monotonic line; a time before the line began is its beginning.
    pub(crate) fn monotonic(&self, wall: Duration) -> Instant {
        if wall >= self.wall {
            self.monotonic.checked_add(wall - self.wall).unwrap_or(self.monotonic)
        } else {
            self.monotonic.checked_sub(self.wall - wall).unwrap_or(self.monotonic)
        }
    }
}

/// The end of a wait that begins now.
pub(crate) fn deadline(timeout: Duration) -> Instant {
    let start = now();
    start.checked_add(timeout).unwrap_or(start)
}

/// What is left until `deadline`; zero once it has passed.
pub(crate) fn remaining(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_times_fall_on_the_monotonic_line() {
        let clock = Clock::read();
        let later = clock.wall + Duration::from_millis(1500);
        assert_eq!(clock.monotonic(later) - clock.monotonic, Duration::from_millis(1500));
        let earlier = clock.wall - Duration::from_millis(20);
        assert_eq!(clock.monotonic - clock.monotonic(earlier), Duration::from_millis(20));
        assert_eq!(clock.monotonic(Duration::MAX), clock.monotonic);
    }
}
