//! What wakes the event loop, and by which number the kernel knows it.

use std::os::fd::AsFd;
use std::time::Duration;

use super::start::StartError;

/// What became readable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ready {
    Link,
    Signals,
    Monitor,
    /// Programs that ended.
    Programs,
    /// Files and processes that are tracked.
    Watchers,
    /// A FIFO was opened.
    Notices,
    /// A receiving socket, by its number.
    Receiver(usize),
}

/// Those before it are one of a kind each.
const FIRST_RECEIVER: u64 = 16;

impl Ready {
    fn token(self) -> u64 {
        match self {
            Self::Link => 0,
            Self::Signals => 1,
            Self::Monitor => 2,
            Self::Programs => 3,
            Self::Watchers => 4,
            Self::Notices => 5,
            Self::Receiver(number) => FIRST_RECEIVER + number as u64,
        }
    }

    fn of(token: u64) -> Self {
        match token {
            0 => Self::Link,
            1 => Self::Signals,
            2 => Self::Monitor,
            3 => Self::Programs,
            4 => Self::Watchers,
            5 => Self::Notices,
            number => Self::Receiver((number - FIRST_RECEIVER) as usize),
        }
    }
}

/// How long to sleep on the way to a moment that is so far away.
///
/// The kernel lets a sleep of epoll end late by a thousandth of its length (`select_estimate_accuracy`), which is
/// milliseconds for a master-down time. So a long way is gone in two sleeps, and the second is short enough.
pub(super) fn nap(remaining: Duration) -> Duration {
    const EXACT_ENOUGH: Duration = Duration::from_millis(50);
    if remaining <= EXACT_ENOUGH { remaining } else { (remaining - remaining / 500).max(EXACT_ENOUGH) }
}

#[derive(Debug)]
pub(super) struct Poll {
    poll: vrrp_linux::Poll,
    tokens: Vec<u64>,
}

impl Poll {
    pub(super) fn new() -> Result<Self, StartError> {
        Ok(Self { poll: vrrp_linux::Poll::new().map_err(StartError::Poll)?, tokens: Vec::with_capacity(64) })
    }

    pub(super) fn add(&mut self, ready: Ready, fd: impl AsFd) -> Result<(), StartError> {
        self.poll.add(fd, ready.token()).map_err(StartError::Poll)
    }

    /// Waits until something is readable, or for so long. All that is readable is told.
    pub(super) fn wait(
        &mut self,
        timeout: Option<Duration>,
        ready: &mut Vec<Ready>,
    ) -> Result<(), StartError> {
        self.tokens.clear();
        self.poll.wait(timeout, &mut self.tokens).map_err(StartError::Poll)?;
        ready.clear();
        ready.extend(self.tokens.iter().map(|token| Ready::of(*token)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_sleep_is_late_by_microseconds_at_most() {
        for far in [Duration::from_secs(3_600), Duration::from_micros(3_609_375), Duration::from_millis(51)] {
            let mut remaining = far;
            let mut sleeps = 1;
            while nap(remaining) < remaining {
                let late = nap(remaining) / 1_000;
                remaining = remaining.saturating_sub(nap(remaining) + late);
                sleeps += 1;
            }
            assert!(
                sleeps <= 4 && remaining / 1_000 <= Duration::from_micros(50),
                "{far:?}: {sleeps}, {remaining:?}"
            );
        }
    }
}
