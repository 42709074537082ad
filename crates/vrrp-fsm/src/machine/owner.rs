//! Two routers that both claim to own the addresses (priority 255).
//!
//! The one with the lower address yields as to any equal. The other says two more adverts and then listens
//! for a little more than an interval; if its rival has still not yielded it steps down to 254, so that there
//! are not two masters for ever, and takes 255 again once the rival is gone.

use core::cmp::Ordering;

use super::Machine;
use crate::time::Timer;
use crate::{Action, Actions, Event, Heard, Instant, Interval, Priority};

/// What is known of another owner.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rival {
    None,
    /// It was heard: so many more adverts of ours before it must have yielded.
    Warned {
        adverts_left: u8,
        interval: Interval,
    },
    /// It must be silent until this ends.
    Watched(Timer),
}

impl Rival {
    pub(super) const fn timer(&self) -> Timer {
        match self {
            Self::Watched(timer) => *timer,
            Self::None | Self::Warned { .. } => Timer::OFF,
        }
    }
}

impl Machine {
    /// As a master that says 255: whether the sender says so too, and what to make of it.
    pub(super) fn consider_rival(&mut self, heard: Heard, out: &mut Actions) {
        if !heard.priority.is_owner() || !self.priority.is_owner() {
            return;
        }
        match (self.rank(heard), self.rival) {
            (Ordering::Equal, _) => {}
            // Ours is the lower address, and we yield: the configuration is wrong all the same.
            (Ordering::Greater, _) => out.push(Action::Report(Event::OwnerConflict(heard))),
            (Ordering::Less, Rival::None) => {
                out.push(Action::Report(Event::OwnerConflict(heard)));
                self.rival = Rival::Warned { adverts_left: 2, interval: heard.interval };
            }
            (Ordering::Less, Rival::Warned { adverts_left, .. }) => {
                self.rival = Rival::Warned { adverts_left, interval: heard.interval };
            }
            // Two masters are worse than an owner that is not one.
            (Ordering::Less, Rival::Watched(_)) => {
                out.push(Action::Report(Event::OwnerConceded(heard)));
                self.rival = Rival::None;
                self.priority = Priority::MAX_BACKUP;
            }
        }
    }

    /// One more of our own adverts left, in turn or in answer: a rival that speaks as often as we do keeps our turn
    /// from ever coming.
    pub(super) fn count_towards_rival(&mut self, now: Instant) {
        if let Rival::Warned { adverts_left, interval } = self.rival {
            self.rival = if adverts_left > 1 {
                Rival::Warned { adverts_left: adverts_left - 1, interval }
            } else {
                let longest = interval.max(self.own_interval()).duration();
                Rival::Watched(Timer::at(now.saturating_add(longest + longest / 5)))
            };
        }
    }

    /// It kept silent for as long as it was watched.
    pub(super) fn watch_rival(&mut self, now: Instant, out: &mut Actions) {
        if self.rival.timer().is_due(now) {
            self.rival = Rival::None;
            out.push(Action::Report(Event::OwnerConflictOver));
        }
    }

    pub(super) fn forget_rival(&mut self) {
        self.rival = Rival::None;
    }

    /// On becoming master, nobody else claims the addresses any more.
    pub(super) fn restore_ownership(&mut self, out: &mut Actions) {
        if self.has_conceded() {
            self.priority = Priority::OWNER;
            out.push(Action::Report(Event::OwnerRestored));
        }
    }

    /// As a backup that stepped down: the rival is gone when another speaks, or it speaks lower.
    pub(super) fn reclaim_ownership(&mut self, master_changed: bool, heard: Heard, out: &mut Actions) {
        if self.has_conceded() && (master_changed || !heard.priority.is_owner()) {
            self.priority = Priority::OWNER;
            out.push(Action::Report(Event::OwnerRestored));
        }
    }

    fn has_conceded(&self) -> bool {
        self.config.priority.is_owner() && !self.priority.is_owner()
    }
}
