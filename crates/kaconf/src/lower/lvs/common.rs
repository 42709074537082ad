//! The keywords that checkers share: when they run, and whom they connect to.

use vrrp_types::Family;

use super::checker::Setter;
use super::draft_checker::CheckDraft;
use super::values::{self, IGNORING};
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::model::InterfaceName;
use crate::value;

/// The keywords of every checker that runs.
pub(super) const SCHEDULE: &[(&str, Setter)] = &[
    ("delay_loop", |c, s, draft| values::delay_loop(c, s, &mut draft.timing)),
    ("delay_before_retry", |c, s, draft| values::delay_before_retry(c, s, &mut draft.timing)),
    ("retry", retry),
    ("warmup", |c, s, draft| values::warmup(c, s, &mut draft.timing)),
    ("alpha", |c, s, draft| draft.alpha = c.boolean("", s).or(draft.alpha)),
    ("log_all_failures", |c, s, draft| {
        draft.log_all_failures = c.boolean("", s).unwrap_or(draft.log_all_failures);
    }),
];

/// The keywords of every checker that connects.
pub(super) const CONNECTION: &[(&str, Setter)] = &[
    ("connect_timeout", |c, s, draft| values::connect_timeout(c, s, &mut draft.connection.timeout)),
    ("connect_port", |c, s, draft| draft.connection.port = port(c, s).or(draft.connection.port)),
    ("connect_ip", connect_ip),
    ("bindto", bindto),
    ("bind_port", |c, s, draft| {
        if let Some(port) = port(c, s) {
            draft.connection.binding().port = Some(port);
        }
    }),
    ("bind_if", bind_if),
    ("fwmark", |c, s, draft| {
        if let Some(mark) = c.lenient("", s, 0, i64::from(u32::MAX), IGNORING)
            && (mark != 0 || draft.connection.binding.is_some())
        {
            draft.connection.binding().fwmark = mark as u32;
        }
    }),
];

pub(super) fn retry(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    if let Some(retry) = context.lenient("", statement, 0, i64::from(u32::MAX), IGNORING) {
        draft.timing.retry = Some(retry as u32);
    }
}

fn port(context: &mut Context<'_>, statement: &Statement) -> Option<u16> {
    context.lenient("", statement, 1, 65_535, IGNORING).map(|port| port as u16)
}

fn connect_ip(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    let bound = draft.connection.binding.as_ref().and_then(|binding| binding.address);
    let problem = match (value::host(word), bound) {
        (None, _) => "is not an IP address, ignoring it",
        (Some(ip), Some(bound)) if ip.is_ipv4() != bound.is_ipv4() => {
            "is not of the family of bindto, ignoring it"
        }
        (Some(ip), _) => return draft.connection.ip = Some(ip),
    };
    let message = format!("connect_ip '{}' {problem}", statement.text(1));
    context.report(statement, 1, Code::BadAddress, message);
}

/// `bindto`: of the family of what is connected to, the address of the real server unless `connect_ip` was given;
/// an SMTP_CHECK does not compare it with the real server's.
fn bindto(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    let address = value::host(word);
    let target = draft.connection.ip.map(Family::of).or(draft.family);
    let problem = match (address, target) {
        (None, _) => "is not an IP address, ignoring it".to_owned(),
        (Some(ip), Some(family)) if Family::of(ip) != family => {
            format!("must be {family} as what is connected to, ignoring it")
        }
        (Some(_), _) => return draft.connection.binding().address = address,
    };
    let message = format!("bindto '{}' {problem}", statement.text(1));
    context.report(statement, 1, Code::BadAddress, message);
}

fn bind_if(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    let name = statement.text(1);
    if let Some(interface) = InterfaceName::new(&name) {
        draft.connection.binding().interface = Some(interface);
        return;
    }
    let (code, problem) = match word.len() {
        16.. => (Code::BadValue, "is too long for an interface"),
        _ => (Code::Unusual, "is no name of an interface"),
    };
    context.report(statement, 1, code, format!("bind_if '{name}' {problem}, ignoring it"));
}

/// One of the keywords that every checker with a connection has.
pub(super) fn find(word: &[u8]) -> Option<Setter> {
    SCHEDULE.iter().chain(CONNECTION).find(|(name, _)| name.as_bytes() == word).map(|(_, setter)| *setter)
}

/// The keywords of a checker that runs and connects.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SCHEDULE.iter().chain(CONNECTION).map(|(name, _)| *name)
}
