//! The keywords that only one kind of checker has: BFD, DNS, FILE, MISC, SMTP, UDP. What refers to another block is
//! in `references`.

use super::checker::Setter;
use super::draft_checker::{CheckDraft, Kind};
use super::values::{self, IGNORING};
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::model::{DnsRecord, FileWeight, ReplyOctet};

pub(super) const BFD: &[(&str, Setter)] =
    &[("alpha", |c, s, draft| draft.alpha = c.boolean("", s).or(draft.alpha))];

pub(super) const DNS: &[(&str, Setter)] = &[("name", dns_name), ("type", dns_type)];

pub(super) const FILE: &[(&str, Setter)] = &[("weight", file_weight)];

pub(super) const MISC: &[(&str, Setter)] = &[
    ("misc_dynamic", |_, _, draft| {
        if let Kind::Misc(misc) = &mut draft.kind {
            misc.dynamic = true;
        }
    }),
    ("misc_path", misc_path),
    ("misc_timeout", misc_timeout),
    ("user", misc_user),
];

pub(super) const SMTP: &[(&str, Setter)] = &[("helo_name", |c, s, draft| {
    if let Kind::Smtp(smtp) = &mut draft.kind {
        values::text(c, s, &mut smtp.helo_name);
    }
})];

pub(super) const UDP: &[(&str, Setter)] = &[
    ("max_reply_length", |c, s, draft| reply_length(c, s, draft, true)),
    ("min_reply_length", |c, s, draft| reply_length(c, s, draft, false)),
    ("payload", payload),
    ("require_reply", require_reply),
];

fn dns_type(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Dns(dns) = &mut draft.kind else { return };
    let Some(word) = context.need(statement, 1) else { return };
    match DnsRecord::ALL.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(word)) {
        Some((_, record)) => dns.record = *record,
        None => {
            let known: Vec<_> = DnsRecord::ALL.iter().map(|(name, _)| *name).collect();
            let message = format!(
                "unknown DNS type '{}', ignoring it: {} are known",
                statement.text(1),
                known.join(", ")
            );
            context.report(statement, 1, Code::BadValue, message);
        }
    }
}

/// `name` of `DNS_CHECK`: the first one counts.
fn dns_name(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Dns(dns) = &mut draft.kind else { return };
    if dns.name.is_some() {
        let message = "name was given before, ignoring this one".to_owned();
        return context.report(statement, 0, Code::Repeated, message);
    }
    if context.need(statement, 1).is_none() {
        return;
    }
    let name = statement.text(1);
    // keepalived looks for the end of the first label one octet too late.
    let short = name.as_bytes().get(1) == Some(&b'.');
    if short || (name.starts_with('.') && name != ".") || name.contains("..") {
        let problem = if short { "begins with a label of one octet" } else { "has an empty label" };
        let message = format!("DNS name '{name}' {problem}, which keepalived does not take, ignoring it");
        return context.report(statement, 1, Code::BadValue, message);
    }
    dns.name = Some(name.into());
}

/// `weight N [reverse|noreverse]`
fn file_weight(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::File(file) = &mut draft.kind else { return };
    if statement.len() < 2 {
        let message = "weight is missing its value, ignoring it".to_owned();
        return context.report(statement, 0, Code::BadValue, message);
    }
    let max = i64::from(i32::MAX);
    let Some(weight) = context.lenient("", statement, -max, max, IGNORING) else { return };
    let reverse = match statement.word(2) {
        b"reverse" => true,
        b"noreverse" => false,
        _ if statement.len() < 3 => false,
        _ => {
            let message = format!(
                "unknown option '{}' of weight, ignoring the weight: reverse and noreverse are known",
                statement.text(2)
            );
            return context.report(statement, 2, Code::BadValue, message);
        }
    };
    file.weight = Some(FileWeight { weight: weight as i32, reverse });
}

/// `misc_path`: without a value nothing happens until the end of the block.
fn misc_path(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Misc(misc) = &mut draft.kind else { return };
    if statement.len() > 1 {
        misc.script = context.script("", statement).map(Box::new);
    }
}

/// `misc_timeout`, whole seconds.
fn misc_timeout(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Misc(misc) = &mut draft.kind else { return };
    if let Some(seconds) = context.lenient("", statement, 0, i64::from(u32::MAX) / 1_000_000, IGNORING) {
        misc.timeout = seconds as u32;
    }
}

/// `user NAME [GROUP]`
fn misc_user(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Misc(misc) = &mut draft.kind else { return };
    if statement.len() < 2 {
        let message = "user is missing its value, ignoring it".to_owned();
        return context.report(statement, 0, Code::BadValue, message);
    }
    misc.user = context.script_user("", statement);
    misc.nobody |= misc.user.is_none();
}

fn reply_length(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft, max: bool) {
    let Kind::Udp(udp) = &mut draft.kind else { return };
    let Some(length) = context.strict("", statement, 0, 65_535, IGNORING) else { return };
    let into = if max { &mut udp.reply.max_length } else { &mut udp.reply.min_length };
    *into = length as u16;
}

fn payload(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Udp(udp) = &mut draft.kind else { return };
    if statement.len() < 2 {
        let message = "payload is missing its value, ignoring it".to_owned();
        return context.report(statement, 0, Code::BadValue, message);
    }
    let octets = hex(statement, false);
    if octets.is_none() {
        let message = format!("payload '{}' is not hexadecimal, using the default", statement.text(1));
        context.report(statement, 1, Code::BadValue, message);
    }
    udp.payload = octets.map(|octets| octets.iter().map(|octet| octet.value).collect());
}

/// `require_reply [HEX]`, an `x` for a digit that may be anything.
fn require_reply(context: &mut Context<'_>, statement: &Statement, draft: &mut CheckDraft) {
    let Kind::Udp(udp) = &mut draft.kind else { return };
    udp.require_reply = true;
    if statement.len() < 2 {
        return;
    }
    let octets = hex(statement, true);
    if octets.is_none() {
        let message = format!("require_reply '{}' is not hexadecimal, any reply will do", statement.text(1));
        context.report(statement, 1, Code::BadValue, message);
    }
    udp.reply.pattern = octets.unwrap_or_default().into();
}

/// The octets of all words behind the first: two digits each, one where a word ends. `None` if there is none, or
/// anything else.
fn hex(statement: &Statement, wildcards: bool) -> Option<Vec<ReplyOctet>> {
    let digit = |octet: u8| match octet {
        b'x' | b'X' if wildcards => Some((0, 0xf)),
        _ => char::from(octet).to_digit(16).map(|value| (value as u8, 0)),
    };
    let mut octets = Vec::new();
    for word in 1..statement.len() {
        for part in statement.word(word).split(|octet| matches!(octet, b' ' | b'\t')) {
            for pair in part.chunks(2) {
                let (value, any) = digit(pair[0])?;
                octets.push(match pair.get(1) {
                    None => ReplyOctet { value, any },
                    Some(low) => {
                        let (low, any_low) = digit(*low)?;
                        ReplyOctet { value: value << 4 | low, any: any << 4 | any_low }
                    }
                });
            }
        }
    }
    (!octets.is_empty()).then_some(octets)
}
