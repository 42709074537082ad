//! Times, as keepalived writes them: seconds since 1970, and what a clock on the wall shows.

use std::time::Duration;

use vrrp_fsm::Instant;

use crate::log::clock::wall_time;
use crate::vrrp::clock;

/// Both clocks at one moment, so that what one says can be said in the words of the other.
pub(super) struct Clocks {
    now: Instant,
    wall: Duration,
}

impl Clocks {
    pub(super) fn read() -> Self {
        Self {
            now: clock::now(),
            wall: Duration::try_from_secs_f64(clock::wall_seconds()).unwrap_or_default(),
        }
    }

    /// Seconds since 1970 of a moment of the process's clock.
    pub(super) fn seconds(&self, at: Instant) -> f64 {
        let wall = self.wall + at.saturating_since(self.now);
        wall.saturating_sub(self.now.saturating_since(at)).as_secs_f64()
    }
}

/// `1795569725.612644 (Wed Nov 25 01:22:05.612644 2026)`
pub(super) fn dated(seconds: f64) -> String {
    format!("{seconds:.6} ({})", wall_time(Duration::try_from_secs_f64(seconds).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_said_by_the_wall() {
        let clocks = Clocks { now: Instant::from_nanos(5_000_000_000), wall: Duration::from_secs(100) };
        for (nanos, seconds) in [(5_000_000_000, 100.0), (6_500_000_000, 101.5), (4_000_000_000, 99.0)] {
            assert!((clocks.seconds(Instant::from_nanos(nanos)) - seconds).abs() < 1e-9);
        }
        assert!(dated(0.25).starts_with("0.250000 (") && dated(0.25).contains(":00.250000 19"));
    }
}
