//! What became of the programs that this process had run: whose they were is told.

use vrrp_fsm::Instant;

use super::driver::Driver;

impl Driver {
    /// Takes all reports that wait.
    pub(super) fn hear_programs(&mut self, now: Instant) {
        let mut reports = Vec::new();
        self.exec.hear(&mut reports);
        for report in reports {
            if !self.notices.program(&report) {
                self.script_reported(now, &report);
            }
        }
    }
}
