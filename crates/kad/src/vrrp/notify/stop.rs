//! The end: everybody is told, and those who are told get a moment for it.

use std::time::{Duration, Instant};

use tracing::info;
use vrrp_linux::Poll;

use super::Told;
use crate::vrrp::clock;
use crate::vrrp::driver::Driver;

/// How long scripts and mail may take together; as in C keepalived.
const LIMIT: Duration = Duration::from_secs(1);

/// And how much longer, for scripts that began only when that had passed.
const LAST: Duration = Duration::from_millis(500);

impl Driver {
    /// Tells that the process stops, and waits until everybody has heard it, at most for so long. The farewells are on
    /// the wire and the addresses are gone.
    pub(in crate::vrrp) fn take_leave(&mut self) {
        for instance in &self.instances {
            self.notices.instance(instance, Told::Stop);
        }
        for group in &self.groups {
            self.notices.group(&group.model, Told::Stop);
        }
        let until = crate::clock::now() + LIMIT;
        self.notices.flush(&mut self.exec, clock::now());
        let scripts = self.notices.pipes.close(LIMIT);
        scripts.into_iter().for_each(|script| self.exec.terminate(script));
        self.wait_for_scripts(until);
        if self.notices.calls.has_waiting() {
            self.notices.calls.run_all(&mut self.exec);
            self.wait_for_scripts(crate::clock::now() + LAST);
        }
        self.notices.letters.close(until.saturating_duration_since(crate::clock::now()));
        let left: Vec<_> = self.notices.calls.running().collect();
        if !left.is_empty() {
            info!("{} notify scripts have not ended and are terminated", left.len());
        }
        left.into_iter().for_each(|script| self.exec.terminate(script));
    }

    fn wait_for_scripts(&mut self, until: Instant) {
        let Ok(mut poll) = Poll::new() else { return };
        if poll.add(&self.exec, 0).is_err() {
            return;
        }
        let mut ready = Vec::new();
        while !self.notices.calls.is_done() {
            let left = until.saturating_duration_since(crate::clock::now());
            ready.clear();
            if left.is_zero() || poll.wait(Some(left), &mut ready).is_err() {
                return;
            }
            self.hear_programs(clock::now());
            self.notices.flush(&mut self.exec, clock::now());
        }
    }
}
