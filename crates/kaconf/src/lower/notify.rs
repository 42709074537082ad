//! `notify*`, `smtp_alert` and `notify_priority_changes`: of instances and of sync groups.

use std::fmt::Display;

use super::context::Context;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{Notify, Script};

impl Context<'_> {
    /// Reads a `notify*` script; of several the first one counts. False if the keyword is none of an instance's, or
    /// none of a group's.
    pub(super) fn notify(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        notify: &mut Notify,
        group: bool,
    ) -> bool {
        let slot = match statement.word(0) {
            b"notify" => &mut notify.any,
            b"notify_master" => &mut notify.master,
            b"notify_backup" => &mut notify.backup,
            b"notify_fault" => &mut notify.fault,
            b"notify_stop" => &mut notify.stop,
            b"notify_master_rx_lower_pri" if !group => &mut notify.lower_priority,
            b"notify_deleted" if !group => {
                self.notify_deleted(owner, statement, notify);
                return true;
            }
            _ => return false,
        };
        self.notify_script(owner, statement, slot);
        true
    }

    fn notify_script(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        slot: &mut Option<Box<Script>>,
    ) {
        if slot.is_none() {
            *slot = self.script(owner, statement).map(Box::new);
        } else if self.need(statement, 1).is_some() {
            let message = format!(
                "{owner}{} is already given, ignoring {}: one script can do several things",
                statement.text(0),
                statement.text(1)
            );
            self.report(statement, 1, Code::Repeated, message);
        }
    }

    fn notify_deleted(&mut self, owner: impl Display + Copy, statement: &Statement, notify: &mut Notify) {
        if notify.tells_deletion {
            let message = format!("{owner}notify_deleted is already given, ignoring this one");
            return self.report(statement, 0, Code::Repeated, message);
        }
        notify.tells_deletion = true;
        if statement.len() > 1 {
            notify.deleted = self.script(owner, statement).map(Box::new);
        }
    }
}
