//! A new configuration for a running machine: checked first, applied at once, without a change of state that
//! the difference does not call for.

use super::{Machine, State};
use crate::time::Timer;
use crate::{Action, Actions, Config, ConfigError, Event, Instant, Priority, Version};

impl Machine {
    /// Takes over a new configuration. `effective` is the priority that trackers make of the new one.
    ///
    /// A master tells a changed priority or interval at once; a backup keeps the silence it has listened to.
    pub fn reconfigure(
        &mut self,
        now: Instant,
        config: Config,
        effective: Priority,
    ) -> Result<Actions, ConfigError> {
        let config = config.checked()?;
        let mut out = Actions::new();
        let silence_allowed = self.master_down();
        let old = core::mem::replace(&mut self.config, config);
        let effective = self.effective(effective);
        let before = core::mem::replace(&mut self.priority, effective);
        if before != self.priority {
            out.push(Action::Report(Event::PriorityChanged { from: before, to: self.priority }));
        }
        // A backup goes by its master's interval, which no file of ours changes.
        let listens =
            self.state == State::Backup && self.config.version == Version::V3 && self.master.is_some();
        if !listens {
            self.master_interval = self.config.advert_int;
        }
        match self.state {
            State::Master => {
                let interval_changed = old.advert_int != self.config.advert_int;
                if interval_changed {
                    self.timer = Timer::at(now.saturating_add(self.config.advert_int.duration()));
                }
                if interval_changed || before != self.priority {
                    self.advertise_once_more(now, &mut out);
                }
                if old.announcements != self.config.announcements {
                    self.begin_announcing(now, &mut out);
                }
            }
            State::Backup if self.priority.is_owner() => self.timer = Timer::at(now),
            State::Backup => self.shift_master_down(now, silence_allowed),
            State::Init | State::Fault => {}
        }
        Ok(out)
    }

    /// An owner is one whatever its trackers say; nobody else becomes one by them.
    pub(super) fn effective(&self, asked: Priority) -> Priority {
        if self.config.priority.is_owner() {
            Priority::OWNER
        } else {
            asked.clamp(Priority::new(1), Priority::MAX_BACKUP)
        }
    }
}
