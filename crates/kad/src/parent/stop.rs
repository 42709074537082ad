//! Stopping: asked, waited for, forced.

use std::time::Instant;

use super::Parent;
use super::child::KILLED;
use crate::exit::Exit;
use crate::pidfile;

/// A daemon that stops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopping {
    exit: Exit,
    /// When even a killed child should be gone.
    deadline: Instant,
}

impl Stopping {
    /// When patience ends.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }
}

impl Parent {
    /// Begins to stop; a second call changes nothing.
    pub(super) fn stop(&mut self, exit: Exit, now: Instant) {
        if self.stopping.is_some() {
            return;
        }
        tracing::info!("Stopping");
        self.systemd.stopping();
        if let Some(reading) = self.reading.take() {
            reading.abandon();
            self.mark_read();
        }
        // Nobody waits for its answer any more.
        (self.offered, self.reload_again) = (None, false);
        self.ceremony.give_up_starting();
        let patience = self.current.part.child_wait_time;
        self.vrrp.stop(patience, now);
        self.stopping = Some(Stopping { exit, deadline: now + patience + KILLED });
    }

    /// Goes on stopping, a child for a reload or the daemon: kills a child that takes too long.
    pub(super) fn stop_on(&mut self, now: Instant) {
        if self.vrrp.end_patience(now) {
            return;
        }
        if self.stopping.is_some_and(|stopping| now >= stopping.deadline) && self.vrrp.up().is_some() {
            tracing::error!("the VRRP process cannot be killed; leaving it behind");
            self.vrrp.leave();
        }
    }

    /// The exit code, once nothing is left to wait for.
    pub(super) fn has_stopped(&self) -> Option<Exit> {
        self.stopping.as_ref().filter(|_| self.vrrp.up().is_none()).map(|stopping| stopping.exit)
    }

    /// Takes away what the daemon made.
    pub(super) fn clear_up(&mut self) {
        self.vrrp.remove_pid_file();
        if let Some(file) = self.pid_file.take() {
            file.remove();
        }
        if let Some(namespace) = self.namespace.take() {
            namespace.leave();
        }
        if pidfile::Paths::new(&self.options, &self.current.part).in_directory {
            // Only when it is empty: another daemon's pid file may be there.
            let _removed = std::fs::remove_dir(pidfile::PID_DIRECTORY);
        }
    }
}
