//! Monotonic time as a value. The machine never reads a clock; it is told.

use core::time::Duration;

/// A moment, in nanoseconds since an epoch that is the driver's business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// From nanoseconds since the driver's epoch.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the driver's epoch.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// This moment and a span later; the end of time rather than an overflow.
    #[must_use]
    pub const fn saturating_add(self, span: Duration) -> Self {
        let nanos = span.as_nanos();
        if nanos > u64::MAX as u128 { Self(u64::MAX) } else { Self(self.0.saturating_add(nanos as u64)) }
    }

    /// How long `earlier` lies back; zero if it lies ahead.
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// A timer inside a machine: a moment, or off. As small as a moment, and `min` of several is the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Timer(u64);

impl Timer {
    pub(crate) const OFF: Self = Self(u64::MAX);

    pub(crate) const fn at(moment: Instant) -> Self {
        Self(moment.0)
    }

    pub(crate) const fn is_due(self, now: Instant) -> bool {
        self.0 <= now.0 && self.0 != u64::MAX
    }

    pub(crate) const fn moment(self) -> Option<Instant> {
        if self.0 == u64::MAX { None } else { Some(Instant(self.0)) }
    }
}
