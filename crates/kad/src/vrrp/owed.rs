//! Addresses that a master could not set: tried again until they are there.
//!
//! Where IPv6 is off for a while, or an interface is not there, an address cannot be. Nothing reports that it could be
//! now, and until then nobody holds it: the others believe the master. Most causes are over when a report comes;
//! this is for the others, so a second is soon enough.

use std::time::Duration;

use vrrp_fsm::Instant;

use super::driver::Driver;
use super::kernel::Outcome;

/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// When to try again, if there is anything.
#[derive(Debug, Default)]
pub(super) struct Owed {
    at: Option<Instant>,
}

impl Owed {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.at
    }
}

impl Driver {
    /// After the addresses of a turn were set: announces what was owed and is there, notes what is not.
    pub(super) fn note_owed(&mut self, now: Instant) {
        for outcome in self.kernel.take_outcomes() {
            match outcome {
                Outcome::Arrived(id) => {
                    let Some(instance) = self.instances.get(id.index()) else { continue };
                    let rounds = instance.model.garp.repeat.max(1);
                    self.announcer.queue(id, rounds);
                }
                Outcome::Owed => {
                    self.owed.at.get_or_insert(now.saturating_add(PAUSE));
                }
            }
        }
    }

    /// Tries again what is due.
    pub(super) fn retry_owed(&mut self, now: Instant) {
        if self.owed.at.is_none_or(|at| at > now) {
            return;
        }
        self.owed.at = None;
        for id in self.ids() {
            let instance = &mut self.instances[id.index()];
            if instance.is_master() && self.kernel.add_owed(id, instance, &self.interfaces) {
                self.firewall.touch(id);
            }
        }
    }
}
