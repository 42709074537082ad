//! Backup: listening for the master (RFC 9568 section 6.4.2).

use core::time::Duration;

use super::{Machine, Master, State};
use crate::time::Timer;
use crate::{Action, Actions, Event, Heard, Instant, Membership, Version};

impl Machine {
    pub(super) fn enter_backup(&mut self, now: Instant, wait: Duration, out: &mut Actions) {
        self.enter(State::Backup, out);
        self.timer = Timer::at(now.saturating_add(wait));
    }

    /// The master-down timer ran out. Who goes with others listens on until all of them are ready.
    pub(super) fn take_over(&mut self, now: Instant, out: &mut Actions) {
        out.push(Action::Report(Event::AdvertTimeout));
        if self.membership == Membership::Alone {
            self.become_master(now, out);
        } else {
            self.wants_master = true;
            self.timer = Timer::at(now.saturating_add(self.master_down()));
        }
    }

    pub(super) fn hear_as_backup(&mut self, now: Instant, heard: Heard, out: &mut Actions) {
        let from = self.master.map(|master| master.address);
        let changed = from != Some(heard.source);
        if changed {
            out.push(Action::Report(Event::MasterChanged { from }));
        }
        self.reclaim_ownership(changed, heard, out);
        self.master = Some(Master { address: heard.source, priority: heard.priority });
        if heard.priority.is_stop() {
            // No takeover at once: the best backup is the one whose skew is shortest.
            out.push(Action::Report(Event::PriorityZero));
            self.timer = Timer::at(now.saturating_add(self.skew()));
        } else if self.tolerates(now, heard) {
            (self.wants_master, self.follows) = (false, true);
            self.learn_interval(heard, out);
            self.timer = Timer::at(now.saturating_add(self.master_down()));
            self.run_preempt_delay(now, heard, out);
        } else {
            // The timer runs on, and the takeover comes when it ends.
            out.push(Action::Report(Event::LowerPriorityDiscarded(heard)));
        }
    }

    /// Whether the sender may be the master: it is no worse, or worse ones are let be (for now).
    fn tolerates(&self, now: Instant, heard: Heard) -> bool {
        let delaying = !self.config.preempt_delay.is_zero() && !self.preempt_at.is_due(now);
        heard.priority >= self.priority || !self.config.preempt || delaying
    }

    /// The delay begins with the first lower advert and ends with the first that is not.
    fn run_preempt_delay(&mut self, now: Instant, heard: Heard, out: &mut Actions) {
        if self.config.preempt_delay.is_zero() {
            return;
        }
        let running = self.preempt_at.moment().is_some();
        match (heard.priority >= self.priority, running) {
            (true, true) => {
                self.preempt_at = Timer::OFF;
                out.push(Action::Report(Event::PreemptDelayStopped));
            }
            (false, false) => {
                self.preempt_at = Timer::at(now.saturating_add(self.config.preempt_delay));
                out.push(Action::Report(Event::PreemptDelayStarted));
            }
            (true, false) | (false, true) => {}
        }
    }

    /// VRRPv3 follows the master's interval; VRRPv2 refuses adverts of another one before they come here.
    pub(super) fn learn_interval(&mut self, heard: Heard, out: &mut Actions) {
        if self.config.version == Version::V3 && heard.interval != self.master_interval {
            let from = core::mem::replace(&mut self.master_interval, heard.interval);
            out.push(Action::Report(Event::IntervalLearned { from, to: heard.interval }));
        }
    }
}
