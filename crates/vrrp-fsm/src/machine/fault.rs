//! Fault: something without which the router must not serve is missing (keepalived's state, not the RFC's).

use super::master::Farewell;
use super::{Machine, State};
use crate::time::Timer;
use crate::{Actions, Faults, Instant};

impl Machine {
    pub(super) fn add_faults(&mut self, faults: Faults, out: &mut Actions) {
        self.faults |= faults;
        if self.faults.is_empty() {
            return;
        }
        match self.state {
            State::Master => {
                self.leave_master(State::Fault, Farewell::Said, out);
                self.timer = Timer::OFF;
            }
            State::Backup => self.enter_fault(out),
            State::Init | State::Fault => {}
        }
    }

    pub(super) fn enter_fault(&mut self, out: &mut Actions) {
        self.enter(State::Fault, out);
        self.timer = Timer::OFF;
    }

    pub(super) fn clear_faults(&mut self, now: Instant, faults: Faults, out: &mut Actions) {
        self.faults &= !faults;
        if self.state == State::Fault && self.faults.is_empty() {
            self.rejoin(now, out);
        }
    }
}
