//! A node's own clock: it began at another moment than the others and does not run quite as fast.

use core::time::Duration;

use vrrp_fsm::Instant;

const MILLION: i128 = 1_000_000;

/// A monotonic clock with an epoch and a rate of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    ahead: Duration,
    drift_ppm: i32,
}

impl Clock {
    /// The largest drift either way. Real crystals stay within some 100 parts per million.
    pub const MAX_DRIFT_PPM: i32 = 10_000;

    /// A clock that shows `ahead` at the LAN's beginning and gains `drift_ppm` microseconds a second; no more
    /// than [`Self::MAX_DRIFT_PPM`] either way.
    pub fn new(ahead: Duration, drift_ppm: i32) -> Self {
        Self { ahead, drift_ppm: drift_ppm.clamp(-Self::MAX_DRIFT_PPM, Self::MAX_DRIFT_PPM) }
    }

    /// What it shows at a moment of the LAN's time.
    pub fn shows(&self, at: Instant) -> Instant {
        let nanos = i128::from(at.as_nanos());
        let gained = (nanos * i128::from(self.drift_ppm)).div_euclid(MILLION);
        let shown = nanos + gained + self.ahead.as_nanos() as i128;
        Instant::from_nanos(u64::try_from(shown).unwrap_or(u64::MAX))
    }

    /// The first moment of the LAN's time at which it shows `shown` or later.
    pub fn when(&self, shown: Instant) -> Instant {
        let rate = MILLION + i128::from(self.drift_ppm);
        let wanted = (i128::from(shown.as_nanos()) - self.ahead.as_nanos() as i128).max(0);
        // One less than the quotient rounded down, so that the search below comes from the left.
        let mut at = Instant::from_nanos(u64::try_from(wanted * MILLION / rate - 1).unwrap_or(0));
        while self.shows(at) < shown && at.as_nanos() < u64::MAX {
            at = Instant::from_nanos(at.as_nanos() + 1);
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn when_is_the_first_moment_that_shows_it(
            ahead in 0..1u64 << 50, ppm in -10_000..=10_000i32, shown in 0..1u64 << 55,
        ) {
            let clock = Clock::new(Duration::from_nanos(ahead), ppm);
            let shown = Instant::from_nanos(shown);
            let at = clock.when(shown);
            prop_assert!(clock.shows(at) >= shown);
            let before = at.as_nanos().checked_sub(1).map(Instant::from_nanos);
            prop_assert!(before.is_none_or(|before| clock.shows(before) < shown));
        }
    }
}
