//! Stopping: asked, waited for, forced.

use std::time::{Duration, Instant};

use super::Parent;
use crate::exit::Exit;
use crate::pidfile;

/// How long a killed child may take to be gone.
const KILLED: Duration = Duration::from_secs(5);

/// A daemon that stops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopping {
    exit: Exit,
    deadline: Instant,
    forced: bool,
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
        }
        self.vrrp.stop();
        self.stopping =
            Some(Stopping { exit, deadline: now + self.current.part.child_wait_time, forced: false });
    }

    /// Goes on stopping: kills a child that takes too long.
    pub(super) fn stop_on(&mut self, now: Instant) {
        let Some(stopping) = &mut self.stopping else { return };
        if now < stopping.deadline || self.vrrp.up().is_none() {
            return;
        }
        if stopping.forced {
            tracing::error!("the VRRP process cannot be killed; leaving it behind");
            self.vrrp.leave();
        } else {
            tracing::warn!("the VRRP process does not stop, killing it");
            self.vrrp.kill();
            stopping.forced = true;
            stopping.deadline = now + KILLED;
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
