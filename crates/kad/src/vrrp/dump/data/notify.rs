//! Lines of keepalived.data about who is told of an instance or a group.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::{Result, Write};

use kaconf::model::{Notify, Scripts};

use crate::exec::{Program, Who};

/// Users and groups as far as they were asked for: one dump reads the files of the host once for each.
#[derive(Debug, Default)]
pub(super) struct Accounts(HashMap<Who, (u32, u32)>);

impl Accounts {
    /// User and group of a program; 0 where nobody knows them.
    pub(super) fn of(&mut self, program: &Program) -> (u32, u32) {
        match self.0.entry(program.who.clone()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => *free.insert(program.known_account().unwrap_or_default()),
        }
    }
}

/// The scripts, and whom they run as.
pub(super) fn scripts(out: &mut String, notify: &Notify, rules: &Scripts, accounts: &mut Accounts) -> Result {
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
        let (uid, gid) = accounts.of(&Program::of(script, rules));
        let command = crate::dump::command(&script.command);
        writeln!(out, "   {title} state transition script = {command}, uid:gid {uid}:{gid}")?;
    }
    Ok(())
}
