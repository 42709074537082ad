//! `global_defs`: scripts, whom they run as, and the FIFOs that events are written to.

use std::path::PathBuf;
use std::time::Duration;

use super::global::Setter;
use super::global_values as values;
use super::reader::Reader;
use super::script::DEFAULT_USER;
use crate::code::{Class, Code};
use crate::expand::Statement;
use crate::model::{Config, Fifo, Fifos, Script};
use crate::source::Lookup;

/// The keywords, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("enable_script_security", |r, _| r.config.global.scripts.security = true),
    ("fifo_write_vrrp_states_on_reload", |r, _| r.config.global.fifos.states_on_reload = true),
    ("lvs_notify_fifo", notify_fifo),
    ("lvs_notify_fifo_script", fifo_script),
    ("notify_fifo", notify_fifo),
    ("notify_fifo_script", fifo_script),
    ("script_user", script_user),
    // In the table, for newer releases; 2.4.3 does not know it.
    ("set_supplementary_groups", |r, s| r.unknown(s, "global_defs")),
    ("shutdown_script", |r, s| own_script(r, s, |config| &mut config.global.scripts.shutdown)),
    ("shutdown_script_timeout", |r, s| {
        if let Some(timeout) = timeout(r, s) {
            r.config.global.scripts.shutdown_timeout = timeout;
        }
    }),
    ("startup_script", |r, s| own_script(r, s, |config| &mut config.global.scripts.startup)),
    ("startup_script_timeout", |r, s| {
        if let Some(timeout) = timeout(r, s) {
            r.config.global.scripts.startup_timeout = timeout;
        }
    }),
    ("use_symlink_paths", |r, s| {
        values::flag(r, s, |r, on| r.config.global.scripts.use_symlink_paths = on);
    }),
    ("vrrp_notify_fifo", notify_fifo),
    ("vrrp_notify_fifo_script", fifo_script),
    ("vrrp_notify_priority_changes", |r, s| {
        values::flag(r, s, |r, on| r.config.global.fifos.priority_changes = on);
    }),
];

/// `script_user USER [GROUP]`: one that does not exist leaves scripts without a user.
fn script_user(reader: &mut Reader<'_>, statement: &Statement) {
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
fn own_script(
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

/// Once all is read: a FIFO that gets every event gets no event twice.
pub(super) fn settle(reader: &mut Reader<'_>) {
    let Fifos { all, vrrp, lvs, .. } = &mut reader.config.global.fifos;
    let mut dropped = Vec::new();
    for (keyword, fifo) in [("vrrp_notify_fifo", &mut *vrrp), ("lvs_notify_fifo", &mut *lvs)] {
        if all.path.is_some() && fifo.path == all.path {
            *fifo = Fifo::default();
            dropped.push(format!("{keyword} is the same as notify_fifo, ignoring it"));
        }
    }
    if lvs.path.is_some() && lvs.path == vrrp.path && lvs.script.is_some() && vrrp.script.is_some() {
        lvs.script = None;
        dropped.push(
            "lvs_notify_fifo and vrrp_notify_fifo are the same, ignoring lvs_notify_fifo_script".to_owned(),
        );
    }
    for message in dropped {
        reader.context.report_at(None, Code::FifoChoice, message);
    }
}

/// `startup_script_timeout`, `shutdown_script_timeout`: 1 to 1000 seconds.
fn timeout(reader: &mut Reader<'_>, statement: &Statement) -> Option<Duration> {
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
fn notify_fifo(reader: &mut Reader<'_>, statement: &Statement) {
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
fn fifo_script(reader: &mut Reader<'_>, statement: &Statement) {
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
