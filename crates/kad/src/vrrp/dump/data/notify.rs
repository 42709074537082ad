//! Lines of keepalived.data about who is told of an instance or a group.

use std::fmt::{Result, Write};

use kaconf::model::{Notify, Scripts};

use crate::exec::Program;

/// The scripts, and whom they run as.
pub(super) fn scripts(out: &mut String, notify: &Notify, rules: &Scripts) -> Result {
    for (keyword, script) in notify.scripts() {
        let title = match keyword {
            "notify_backup" => "Backup",
            "notify_master" => "Master",
            "notify_fault" => "Fault",
            "notify_stop" => "Stop",
            "notify_deleted" => "Deleted",
            "notify_master_rx_lower_pri" => "Master rx lower pri",
            _ => "Generic",
        };
        let (uid, gid) = Program::of(script, rules).known_account().unwrap_or_default();
        let command = crate::dump::command(script);
        writeln!(out, "   {title} state transition script = {command}, uid:gid {uid}:{gid}")?;
    }
    Ok(())
}
