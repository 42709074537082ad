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
    /// A receiving socket, by its number.
    Receiver(usize),
}

impl Ready {
    fn token(self) -> u64 {
        match self {
            Self::Link => 0,
            Self::Signals => 1,
            Self::Monitor => 2,
            Self::Receiver(number) => 3 + number as u64,
        }
    }

    fn of(token: u64) -> Self {
        match token {
            0 => Self::Link,
            1 => Self::Signals,
            2 => Self::Monitor,
            number => Self::Receiver((number - 3) as usize),
        }
    }
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

    pub(super) fn add(&self, ready: Ready, fd: impl AsFd) -> Result<(), StartError> {
        self.poll.add(fd, ready.token()).map_err(StartError::Poll)
    }

    /// Waits until something is readable, or for so long. Nothing is ready after a signal.
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
