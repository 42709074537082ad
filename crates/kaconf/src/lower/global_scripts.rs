//! `global_defs`: scripts, whom they run as, and the FIFOs that events are written to.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::Reader;
use super::script::DEFAULT_USER;
use crate::code::{Class, Code};
use crate::expand::Statement;
use crate::model::{Config, Fifo, Fifos, Script};
use crate::source::Lookup;

/// `script_user USER [GROUP]`: one that does not exist leaves scripts without a user.
pub(super) fn script_user(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.len() < 2 {
        let message = "script_user is missing a user, ignoring it".to_owned();
        return reader.context.report(statement, 0, Code::BadValue, message);
    }
    match reader.context.script_user("", statement) {
        Some(account) => {
            pin_earlier(reader, statement);
            let scripts = &mut reader.config.global.scripts;
            (scripts.user, scripts.group) = account;
        }
        None => reader.context.scripts.no_user = true,
    }
}

/// What was read before `script_user` runs as whom scripts run by default.
fn pin_earlier(reader: &mut Reader<'_>, statement: &Statement) {
    let global = &mut reader.config.global;
    if global.scripts.user.is_some() {
        return;
    }
    let user =
        if reader.context.source.user(DEFAULT_USER) == Lookup::Missing { "root" } else { DEFAULT_USER };
    let fifos = &mut global.fifos;
    let scripts = [
        &mut global.scripts.startup,
        &mut global.scripts.shutdown,
        &mut fifos.all.script,
        &mut fifos.vrrp.script,
        &mut fifos.lvs.script,
    ];
    for script in scripts.into_iter().flatten().filter(|script| script.user.is_none()) {
        script.user = Some(user.into());
        let message = format!("script '{}' was read before script_user and runs as {user}", script.program());
        reader.context.report(statement, 0, Code::Unusual, message);
    }
}

/// `startup_script`, `shutdown_script`: the first one counts.
pub(super) fn own_script(
    reader: &mut Reader<'_>,
    statement: &Statement,
    slot: for<'r> fn(&'r mut Config) -> &'r mut Option<Script>,
) {
    if slot(&mut reader.config).is_some() {
        let message = format!("{} is there already, ignoring this one", statement.text(0));
        return reader.context.report(statement, 0, Code::Repeated, message);
    }
    if statement.len() < 2 {
        let message = format!("{} has nothing to run, ignoring it", statement.text(0));
        return reader.context.report(statement, 0, Code::ScriptGlobal, message);
    }
    let script = reader.context.script("", statement);
    if script.is_none() && !reader.context.stopped {
        let message = format!("{} is not a script that can be run, ignoring it", statement.text(0));
        reader.context.report(statement, 1, Code::ScriptGlobal, message);
    }
    *slot(&mut reader.config) = script;
}

/// `startup_script_timeout`, `shutdown_script_timeout`: 1 to 1000 seconds.
pub(super) fn timeout(reader: &mut Reader<'_>, statement: &Statement) -> Option<Duration> {
    if statement.len() < 2 {
        let message = format!("{} is missing its value, ignoring it", statement.text(0));
        reader.context.report(statement, 0, Code::BadValue, message);
        return None;
    }
    let seconds = reader.context.lenient("", statement, 1, 1000, "ignoring it")?;
    Some(Duration::from_secs(seconds as u64))
}

fn fifo<'r>(reader: &'r mut Reader<'_>, statement: &Statement) -> &'r mut Fifo {
    let Fifos { all, vrrp, lvs, .. } = &mut reader.config.global.fifos;
    match statement.word(0).first() {
        Some(b'v') => vrrp,
        Some(b'l') => lvs,
        _ => all,
    }
}

/// `*notify_fifo PATH [USER [GROUP]]`: the first one counts.
pub(super) fn notify_fifo(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.len() < 2 {
        let message = format!("{} is missing a path, ignoring it", statement.text(0));
        return reader.context.report(statement, 0, Code::BadValue, message);
    }
    if fifo(reader, statement).path.is_some() {
        let message = format!("{} is there already, ignoring '{}'", statement.text(0), statement.text(1));
        return reader.context.report(statement, 1, Code::Repeated, message);
    }
    let word = |index: usize| (index < statement.len()).then(|| Box::<str>::from(statement.text(index)));
    let (user, group) = (word(2), word(3));
    if let Some(user) = user.as_deref()
        && reader.context.account("", statement, (user, group.as_deref()), Class::None).is_none()
    {
        return;
    }
    let fifo = fifo(reader, statement);
    fifo.path = Some(PathBuf::from(statement.text(1).into_owned()));
    (fifo.user, fifo.group) = (user, group);
}

/// `*notify_fifo_script COMMAND [USER [GROUP]]`: the first one counts.
pub(super) fn fifo_script(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.len() < 2 {
        let message = format!("{} has nothing to run, ignoring it", statement.text(0));
        return reader.context.report(statement, 0, Code::BadValue, message);
    }
    if fifo(reader, statement).script.is_some() {
        let message = format!("{} is there already, ignoring '{}'", statement.text(0), statement.text(1));
        return reader.context.report(statement, 1, Code::Repeated, message);
    }
    let script = reader.context.script("", statement);
    fifo(reader, statement).script = script;
}
