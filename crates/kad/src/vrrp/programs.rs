//! What this process has run: that somebody is there who can run it, and what became of it.

use kaconf::model::Config;
use tracing::{error, warn};
use vrrp_fsm::Instant;

use super::driver::Driver;

impl Driver {
    /// Starts what runs programs if a configuration has any, now and not when the first one is due: that may be in the
    /// middle of a takeover. Instances and groups are in place.
    pub(super) fn prepare_programs(&mut self, config: &Config) {
        let fifos = &config.global.fifos;
        let of_instances = self.instances.iter().map(|instance| &instance.model.notify);
        let of_groups = self.groups.iter().map(|group| &group.model.notify);
        let any = !config.track_scripts.is_empty()
            || fifos.all.script.is_some()
            || fifos.vrrp.script.is_some()
            || of_instances.chain(of_groups).any(|notify| notify.scripts().next().is_some());
        if any {
            self.exec.forget_accounts();
            if let Err(error) = self.exec.prepare() {
                error!("{error}");
            }
        }
    }

    /// Takes all reports that wait.
    pub(super) fn hear_programs(&mut self, now: Instant) {
        let mut reports = Vec::new();
        self.exec.hear(&mut reports);
        match self.exec.renew() {
            Ok(true) => warn!("the process that runs scripts died: another one runs"),
            Ok(false) => {}
            Err(error) => error!("{error}"),
        }
        for report in reports {
            if !self.notices.program(&report) {
                self.script_reported(now, &report);
            }
        }
    }
}
