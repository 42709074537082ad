//! `global_defs`: scripts, whom they run as, and the FIFOs that events are written to.

use std::path::PathBuf;
use std::time::Duration;

use super::global::Setter;
use super::global_values as values;
use super::reader::Reader;
use super::script::DEFAULT_USER;
use super::script_report as report;
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
    let account = reader.context.script_user("", statement);
    pin_earlier(reader, statement);
    reader.context.scripts.settled = true;
    match account {
        Some(account) => {
            let scripts = &mut reader.config.global.scripts;
            (scripts.user, scripts.group) = (account.user, account.group);
        }
        None => reader.context.scripts.no_user = true,
    }
}

/// Settles whom what has no user belongs to, the first time it is needed. False if there is nobody.
fn default_user(reader: &mut Reader<'_>, statement: &Statement) -> bool {
    if !std::mem::replace(&mut reader.context.scripts.settled, true)
        && reader.context.source.user(DEFAULT_USER) == Lookup::Missing
    {
        let scripts = &mut reader.config.global.scripts;
        reader.context.scripts.no_user = scripts.security;
        if !scripts.security {
            scripts.user = Some("root".into());
        }
        let report = report::no_default_user(scripts.security, statement.at(0));
        reader.context.sink.push(report);
    }
    !reader.context.scripts.no_user
}

/// [`default_user`] for a script that was read.
fn with_user(reader: &mut Reader<'_>, statement: &Statement, script: Script) -> Option<Script> {
    (script.user.is_some() || default_user(reader, statement)).then_some(script)
}

/// What was read before a `script_user` keeps whom it had until then.
fn pin_earlier(reader: &mut Reader<'_>, statement: &Statement) {
    if !reader.context.scripts.settled {
        return;
    }
    let global = &mut reader.config.global;
    let user = global.scripts.user.clone().unwrap_or_else(|| DEFAULT_USER.into());
    let group = global.scripts.group.clone();
    let Fifos { all, vrrp, lvs, .. } = &mut global.fifos;
    for fifo in [&mut *all, &mut *vrrp, &mut *lvs] {
        if fifo.path.is_some() && fifo.user.is_none() {
            (fifo.user, fifo.group) = (Some(user.clone()), group.clone());
        }
    }
    let scripts = &mut global.scripts;
    let own = [&mut scripts.startup, &mut scripts.shutdown];
    let scripts = own.into_iter().chain([&mut all.script, &mut vrrp.script, &mut lvs.script]);
    for script in scripts.flatten().filter(|script| script.user.is_none()) {
        (script.user, script.group) = (Some(user.clone()), group.clone());
        let message =
            format!("script '{}' was read before this script_user and runs as {user}", script.program());
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
    let script = script.and_then(|script| with_user(reader, statement, script));
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
            dropped.push((keyword, format!("{keyword} is the same as notify_fifo, ignoring it")));
        }
    }
    if lvs.path.is_some() && lvs.path == vrrp.path && lvs.script.is_some() && vrrp.script.is_some() {
        lvs.script = None;
        let message =
            "lvs_notify_fifo and vrrp_notify_fifo are the same, only the script of the second is run";
        dropped.push(("lvs_notify_fifo_script", message.to_owned()));
    }
    for (keyword, message) in dropped {
        let at = reader.places.get(keyword).copied();
        reader.context.report_at(at, Code::FifoChoice, message);
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
    if user.is_none() && !default_user(reader, statement) {
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
    let script = script.and_then(|script| with_user(reader, statement, script));
    fifo(reader, statement).script = script;
}
