//! The keywords of `virtual_server` that take a value, one function each.

use std::net::SocketAddr;

use vrrp_types::Family;

use super::draft::{ServerDraft, SorryDraft};
use super::values::{self, IGNORING};
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::model::{Granularity, Persistence, Protocol, Scheduler};

pub(super) fn ip_family(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    let family = match word {
        b"inet" => Family::V4,
        b"inet6" => Family::V6,
        _ => {
            let message =
                format!("unknown ip_family '{}', ignoring it: inet and inet6 are known", statement.text(1));
            return context.report(statement, 1, Code::BadValue, message);
        }
    };
    if *draft.family.get_or_insert(family) != family {
        let message = format!(
            "{}ip_family {} is not that of its servers, ignoring it",
            draft.owner(),
            statement.text(1)
        );
        context.report(statement, 1, Code::FamilyMismatch, message);
    }
}

/// `lb_algo`, `lvs_sched`
pub(super) fn scheduler(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    match Scheduler::ALL.iter().find(|scheduler| scheduler.name().as_bytes() == word) {
        Some(scheduler) => draft.scheduler = Some(*scheduler),
        None => {
            let known: Vec<_> = Scheduler::ALL.iter().map(|scheduler| scheduler.name()).collect();
            let message = format!(
                "unknown scheduler '{}', ignoring it: {} are known",
                statement.text(1),
                known.join(", ")
            );
            context.report(statement, 1, Code::BadValue, message);
        }
    }
}

/// `hashed`, and the flags of the schedulers sh and mh, which have to be chosen before.
pub(super) fn scheduler_flag(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    match (draft.scheduler, statement.word(0)) {
        (Some(Scheduler::Sh), b"sh-port") | (Some(Scheduler::Mh), b"mh-port") => draft.flags.flag_2 = true,
        (Some(Scheduler::Sh), b"sh-fallback") | (Some(Scheduler::Mh), b"mh-fallback") => {
            draft.flags.flag_1 = true;
        }
        (Some(Scheduler::Sh | Scheduler::Mh), _) => {
            let message = format!("{} does nothing for this scheduler, ignoring it", statement.text(0));
            context.report(statement, 0, Code::Unusual, message);
        }
        _ => {
            let message =
                format!("{} needs the scheduler sh or mh, given before it, ignoring it", statement.text(0));
            context.report(statement, 0, Code::SchedulerFlag, message);
        }
    }
}

pub(super) fn engine(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    /// The kernel's `IP_VS_PENAME_MAXLEN` without the octet that ends it.
    const MAX: usize = 15;
    if context.need(statement, 1).is_none() {
        return;
    }
    let name = statement.text(1);
    let end = (0..=MAX.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    if name.len() > MAX {
        let message = format!("persistence_engine '{name}' is too long, truncating it to '{}'", &name[..end]);
        context.report(statement, 1, Code::Truncated, message);
    }
    draft.engine = Some(name[..end].into());
}

/// A netmask for IPv4, the length of a prefix for IPv6; makes the virtual server persistent.
pub(super) fn granularity(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    let looks = if word.contains(&b'.') { Family::V4 } else { Family::V6 };
    let family = draft.family.unwrap_or(looks);
    draft.granularity = Some(match family {
        Family::V4 => match values::loose_ipv4(word) {
            Some(mask) => Granularity::Mask(mask),
            None => {
                let message = format!(
                    "persistence_granularity '{}' is not an IPv4 netmask, ignoring it",
                    statement.text(1)
                );
                return context.report(statement, 1, Code::BadValue, message);
            }
        },
        Family::V6 => match context.strict("", statement, 1, 128, IGNORING) {
            Some(length) => Granularity::Prefix(length as u8),
            None => return,
        },
    });
    draft.family = Some(family);
    let default = Persistence::default().timeout.as_secs() as u32;
    draft.persistence_timeout.get_or_insert(default);
}

pub(super) fn persistence_timeout(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    /// The kernel's longest, 31 days.
    const MAX: i64 = 86_400 * 31;
    if statement.len() < 2 {
        draft.persistence_timeout = Some(Persistence::default().timeout.as_secs() as u32);
    } else if let Some(seconds) = context.strict("", statement, 1, MAX, IGNORING) {
        draft.persistence_timeout = Some(seconds as u32);
    }
}

pub(super) fn protocol(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    draft.at.protocol = statement.at(1);
    draft.protocol = Some(match word {
        _ if word.eq_ignore_ascii_case(b"TCP") => Protocol::Tcp,
        _ if word.eq_ignore_ascii_case(b"UDP") => Protocol::Udp,
        _ if word.eq_ignore_ascii_case(b"SCTP") => Protocol::Sctp,
        _ => {
            let message =
                format!("unknown protocol '{}', ignoring it: TCP, UDP and SCTP are known", statement.text(1));
            return context.report(statement, 1, Code::BadValue, message);
        }
    });
}

pub(super) fn quorum(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let quorum = context.lenient("", statement, 1, i64::from(u32::MAX), "setting 1");
    draft.at.quorum = statement.at(1);
    draft.quorum = quorum.map_or(1, |quorum| quorum as u32);
}

pub(super) fn hysteresis(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    if let Some(hysteresis) = context.lenient("", statement, 0, i64::from(u32::MAX), IGNORING) {
        draft.at.hysteresis = statement.at(1);
        draft.hysteresis = hysteresis as u32;
    }
}

pub(super) fn weight(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    if let Some(weight) = context.lenient("", statement, 1, i64::from(i32::MAX), IGNORING) {
        draft.weight = weight as u32;
    }
}

/// `quorum_up`, `quorum_down`: the first one counts.
pub(super) fn script(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft, up: bool) {
    let into = if up { &mut draft.quorum_up } else { &mut draft.quorum_down };
    values::script(context, statement, into);
}

/// `sorry_server ADDRESS [PORT]`: the last one counts.
pub(super) fn sorry_server(context: &mut Context<'_>, statement: &Statement, draft: &mut ServerDraft) {
    let address: Option<SocketAddr> =
        values::socket_address(context, statement, 1, "sorry server", "leaving it out");
    if let Some(address) = address {
        let forwarding = draft.forwarding;
        draft.sorry = Some(Box::new(SorryDraft { address, at: statement.at(1), forwarding, inhibit: false }));
    }
}

pub(super) fn has_sorry_server<'d>(
    context: &mut Context<'_>,
    statement: &Statement,
    draft: &'d mut ServerDraft,
) -> Option<&'d mut SorryDraft> {
    if draft.sorry.is_none() {
        let message = format!("{} needs a sorry_server before it, ignoring it", statement.text(0));
        context.report(statement, 0, Code::SorryServer, message);
    }
    draft.sorry.as_deref_mut()
}
