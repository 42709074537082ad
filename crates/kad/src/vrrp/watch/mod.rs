//! What is watched beside the network: scripts, files, processes.
//!
//! Here is when they are looked at and what was seen; what follows from that is the registry's
//! ([`super::tracking`]). Whatever may block is done by others: programs by [`crate::exec`], files and `/proc` by a
//! thread that only posts what it found.

mod counter;
pub(super) mod scripts;

use kaconf::model::Config;
use tracing::error;
use vrrp_fsm::{Instant, Status};

use super::driver::Driver;
use super::tracking::TrackerKey;
use crate::exec::Report;
use scripts::Scripts;

/// All that is watched.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) scripts: Scripts,
}

impl Watch {
    /// When there is something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.scripts.deadline()
    }
}

impl Driver {
    /// Watches what a configuration has and somebody follows; `reload` is whether instances run already.
    pub(super) fn watch_what_is_tracked(&mut self, config: &mut Config, now: Instant, reload: bool) {
        let mut scripts = std::mem::take(&mut config.track_scripts);
        scripts.retain(|script| self.trackers.is_followed(&TrackerKey::script(&script.name)));
        if !scripts.is_empty() {
            self.exec.forget_accounts();
            // Now, not when the first one is due.
            if let Err(error) = self.exec.prepare() {
                error!("{error}");
            }
        }
        self.watch.scripts.align(scripts, &config.global.scripts, now, reload, &mut self.exec);
        // What is not known yet may have been known of a script that was called the same.
        let known = self.watch.scripts.iter().map(|script| (script.key(), script.status()));
        let known: Vec<_> = known.filter(|(_, status)| *status != Status::Unknown).collect();
        for (key, status) in known {
            self.tracker_changed(now, &key, status);
        }
    }

    /// Does what is due. To be called when all that is due to the network has left.
    pub(super) fn look_at_what_is_watched(&mut self, now: Instant) {
        self.watch.scripts.tick(now, &mut self.exec);
    }

    /// Something became of a program; false if it was not one that is watched.
    pub(super) fn script_reported(&mut self, now: Instant, report: &Report) {
        if let Some(script) = self.watch.scripts.report(report) {
            let (key, status) = (script.key(), script.status());
            self.tracker_changed(now, &key, status);
        }
    }

    /// Watches no more.
    pub(super) fn stop_watching(&mut self) {
        self.watch.scripts.stop(&mut self.exec);
    }
}
