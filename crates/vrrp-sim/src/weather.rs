//! How well the LAN carries packets.

use core::time::Duration;

use crate::Rng;

/// How likely something is: 0 to 100 in a hundred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u8);

impl Percent {
    /// It never happens.
    pub const NEVER: Self = Self(0);
    /// It always happens.
    pub const ALWAYS: Self = Self(100);

    /// `None` above 100.
    pub const fn new(percent: u8) -> Option<Self> {
        if percent <= 100 { Some(Self(percent)) } else { None }
    }

    /// From 0 to 100.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whether it happens this time. Always takes one number, so that a change of one chance shifts no other.
    pub(crate) const fn happens(self, rng: &mut Rng) -> bool {
        rng.below(100) < self.0 as u64
    }
}

/// What befalls each packet on its way to each receiver, independently of all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// It never arrives.
    pub loss: Percent,
    /// It arrives a second time, up to one `jitter` later.
    pub duplicate: Percent,
    /// It is held up for as much as ten times `jitter`, and later ones overtake it. Without this, packets from
    /// one sender to one receiver stay in order.
    pub reorder: Percent,
    /// One of its bits is turned over.
    pub corrupt: Percent,
    /// The least time it takes.
    pub delay: Duration,
    /// How much longer it may take.
    pub jitter: Duration,
}

impl Weather {
    /// A healthy LAN: nothing is lost, and a packet takes 50 to 200 microseconds.
    pub const FINE: Self = Self {
        loss: Percent::NEVER,
        duplicate: Percent::NEVER,
        reorder: Percent::NEVER,
        corrupt: Percent::NEVER,
        delay: Duration::from_micros(50),
        jitter: Duration::from_micros(150),
    };

    /// Whether it explains nothing unusual between routers that advertise no oftener than every `interval`.
    pub(crate) fn is_fine(&self, interval: Duration) -> bool {
        let mishaps = [self.loss, self.duplicate, self.reorder, self.corrupt];
        mishaps == [Percent::NEVER; 4] && self.delay.saturating_add(self.jitter) <= interval / 4
    }
}

impl Default for Weather {
    fn default() -> Self {
        Self::FINE
    }
}
