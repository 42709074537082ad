//! Values that virtual servers, real servers and checkers have in common.

use std::net::{Ipv4Addr, SocketAddr};

use super::draft::{ForwardingDraft, Method, Micros, Timing};
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::model::{IpvsTunnel, Script, TunnelChecksum};
use crate::value;

pub(super) const IGNORING: &str = "ignoring it";

const DEFAULT_TUNNEL: &str = "leaving the tunnel as it was";

/// The longest `connect_timeout` in microseconds.
const TIMEOUT_MAX: i64 = u32::MAX as i64;

/// A number in any word of a statement; `None`, with a diagnostic, if there is none to use.
pub(super) fn number_in(
    context: &mut Context<'_>,
    statement: &Statement,
    word: usize,
    range: std::ops::RangeInclusive<i64>,
    what: &str,
    otherwise: &str,
    lenient: bool,
) -> Option<u32> {
    let text = context.need(statement, word)?;
    let read = value::number(text, *range.start(), *range.end(), lenient && !context.test);
    if let Some(problem) = read.problem {
        let outcome = if read.value.is_some() { "overlooking what follows the number" } else { otherwise };
        let message = format!("{what} '{}' {problem}, {outcome}", statement.text(word));
        context.report(statement, word, Code::BadNumber, message);
    }
    read.value.map(|value| value as u32)
}

/// A port behind an address: 0 if there is none or it is written as zeros.
fn port_in(context: &mut Context<'_>, statement: &Statement, word: usize, otherwise: &str) -> Option<u16> {
    if statement.word(word).iter().all(|octet| *octet == b'0') {
        return Some(0);
    }
    number_in(context, statement, word, 1..=65_535, "port", otherwise, true).map(|port| port as u16)
}

/// `ADDRESS [PORT]` from a word on; `None`, with a diagnostic, if it is none. `what` names whose it is, and
/// `outcome` says what becomes of it.
pub(super) fn socket_address(
    context: &mut Context<'_>,
    statement: &Statement,
    word: usize,
    what: &str,
    outcome: &str,
) -> Option<SocketAddr> {
    let text = context.need(statement, word)?;
    let Some(ip) = value::host(text) else {
        let message = format!("{what} address '{}' is not an IP address, {outcome}", statement.text(word));
        context.report(statement, word, Code::BadAddress, message);
        return None;
    };
    let port = port_in(context, statement, word + 1, outcome)?;
    Some(SocketAddr::new(ip, port))
}

/// `connect_timeout`
pub(super) fn connect_timeout(context: &mut Context<'_>, statement: &Statement, into: &mut Option<Micros>) {
    if let Some(micros) = context.seconds("", statement, 1, TIMEOUT_MAX, IGNORING) {
        *into = Some(Micros::new(micros as u64));
    }
}

/// `delay_loop`
pub(super) fn delay_loop(context: &mut Context<'_>, statement: &Statement, timing: &mut Timing) {
    if let Some(micros) = context.seconds("", statement, 1, i64::MAX, IGNORING) {
        timing.delay_loop = Some(Micros::new(micros as u64));
    }
}

/// `warmup`
pub(super) fn warmup(context: &mut Context<'_>, statement: &Statement, timing: &mut Timing) {
    if let Some(micros) = context.seconds("", statement, 0, i64::MAX, IGNORING) {
        timing.warmup = Some(Micros::new(micros as u64));
    }
}

/// `delay_before_retry`
pub(super) fn delay_before_retry(context: &mut Context<'_>, statement: &Statement, timing: &mut Timing) {
    if let Some(micros) = context.seconds("", statement, 0, i64::MAX, IGNORING) {
        timing.delay_before_retry = Some(Micros::new(micros as u64));
    }
}

/// `retry` of a virtual or real server.
pub(super) fn retry(context: &mut Context<'_>, statement: &Statement, timing: &mut Timing) {
    if let Some(retry) = context.strict("", statement, 1, i64::from(u32::MAX), IGNORING) {
        timing.retry = Some(retry as u32);
    }
}

/// A text that must be there, but whose lack does not stop reading.
pub(super) fn text(context: &mut Context<'_>, statement: &Statement, into: &mut Option<Box<str>>) {
    if statement.len() < 2 {
        let message = format!("{} is missing its value, ignoring it", statement.text(0));
        return context.report(statement, 0, Code::BadValue, message);
    }
    replace(context, statement, into);
}

/// A text of which the last one counts.
pub(super) fn replace(context: &mut Context<'_>, statement: &Statement, into: &mut Option<Box<str>>) {
    if context.need(statement, 1).is_none() {
        return;
    }
    if let Some(before) = into {
        let message =
            format!("{} was '{before}' before, '{}' replaces it", statement.text(0), statement.text(1));
        context.report(statement, 1, Code::Repeated, message);
    }
    *into = Some(statement.text(1).into());
}

/// A script of which the first one counts.
pub(super) fn script(context: &mut Context<'_>, statement: &Statement, into: &mut Option<Box<Script>>) {
    if into.is_none() {
        *into = context.script("", statement).map(Box::new);
    } else if context.need(statement, 1).is_some() {
        let message = format!("{} was given before, ignoring '{}'", statement.text(0), statement.text(1));
        context.report(statement, 1, Code::Repeated, message);
    }
}

/// `snmp_name`: exactly one word.
pub(super) fn snmp_name(context: &mut Context<'_>, statement: &Statement, into: &mut Option<Box<str>>) {
    if statement.len() == 2 {
        return replace(context, statement, into);
    }
    let message = "snmp_name takes one name, ignoring it".to_owned();
    context.report(statement, statement.len().min(2), Code::BadValue, message);
}

/// `NAT`, `DR`, `TUN [type ipip|gue|gre] [port N] [nocsum|csum|remcsum]`.
///
/// The method counts even if what follows it is wrong; the tunnel then stays as it was.
pub(super) fn forwarding(context: &mut Context<'_>, statement: &Statement, into: &mut ForwardingDraft) {
    let Some(word) = context.need(statement, 1) else { return };
    into.method = Some(match word {
        b"NAT" => Method::Nat,
        b"DR" => Method::DirectRoute,
        b"TUN" => Method::Tunnel,
        _ => {
            let message = format!(
                "unknown {} '{}', ignoring it: NAT, DR and TUN are known",
                statement.text(0),
                statement.text(1)
            );
            return context.report(statement, 1, Code::BadValue, message);
        }
    });
    if let Some(tunnel) = tunnel(context, statement) {
        into.tunnel = tunnel;
    }
}

fn tunnel(context: &mut Context<'_>, statement: &Statement) -> Option<IpvsTunnel> {
    let (mut kind, mut port, mut checksum) = (&b"ipip"[..], None, TunnelChecksum::None);
    let mut word = 2;
    while word < statement.len() {
        match statement.word(word) {
            b"nocsum" => checksum = TunnelChecksum::None,
            b"csum" => checksum = TunnelChecksum::Full,
            b"remcsum" => checksum = TunnelChecksum::Remote,
            option @ (b"type" | b"port") => {
                word += 1;
                if word == statement.len() {
                    let message = format!(
                        "tunnel option {} is missing its value, {DEFAULT_TUNNEL}",
                        statement.text(word - 1)
                    );
                    context.report(statement, word - 1, Code::BadValue, message);
                    return None;
                }
                if option == b"port" {
                    port = Some(number_in(
                        context,
                        statement,
                        word,
                        1..=65_535,
                        "tunnel port",
                        DEFAULT_TUNNEL,
                        false,
                    )?);
                } else {
                    kind = statement.word(word);
                    if !matches!(kind, b"ipip" | b"gue" | b"gre") {
                        let message = format!(
                            "unknown tunnel type '{}', {DEFAULT_TUNNEL}: ipip, gue and gre are known",
                            statement.text(word)
                        );
                        context.report(statement, word, Code::BadValue, message);
                        return None;
                    }
                }
            }
            _ => {
                let message = format!("unknown tunnel option '{}', {DEFAULT_TUNNEL}", statement.text(word));
                context.report(statement, word, Code::BadValue, message);
                return None;
            }
        }
        word += 1;
    }
    let problem = match (kind, port) {
        (b"gue", Some(port)) => return Some(IpvsTunnel::Gue { port: port as u16, checksum }),
        (b"gre", None) if checksum != TunnelChecksum::Remote => return Some(IpvsTunnel::Gre { checksum }),
        (b"ipip", None) if checksum == TunnelChecksum::None => return Some(IpvsTunnel::Ipip),
        (b"gue", None) => "a gue tunnel needs a port",
        (_, Some(_)) => "only a gue tunnel has a port",
        (b"gre", _) => "a gre tunnel has no remote checksum",
        _ => "an ipip tunnel has no checksum",
    };
    let message = format!("{problem}, {DEFAULT_TUNNEL}");
    context.report(statement, 1, Code::BadValue, message);
    None
}

/// An IPv4 address as `inet_aton` reads it: one to four parts, decimal, octal or hexadecimal, the last of which
/// fills what is left.
pub(super) fn loose_ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    let text = std::str::from_utf8(text).ok()?;
    let parts: Vec<u32> = text.split('.').map(loose_number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    let left = 32 - 8 * first.len() as u32;
    if left < 32 && *last >> left != 0 {
        return None;
    }
    let high = first.iter().enumerate().fold(0, |all, (index, part)| all | part << (24 - 8 * index));
    Some(Ipv4Addr::from(high | last))
}

fn loose_number(text: &str) -> Option<u32> {
    if text.starts_with(['+', '-']) {
        return None;
    }
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with('+')),
        None if text.len() > 1 && text.starts_with('0') => u32::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn netmasks_in_all_their_spellings() {
        for (text, wanted) in [
            ("255.255.255.0", Some([255, 255, 255, 0])),
            ("255.255.65280", Some([255, 255, 255, 0])),
            ("0xffffff00", Some([255, 255, 255, 0])),
            ("0377.0377.0.0", Some([255, 255, 0, 0])),
            ("24", Some([0, 0, 0, 24])),
            ("255.255.255.256", None),
            ("1.2.3.4.5", None),
            ("256.0.0.0", None),
            ("089", None),
            ("0x+1", None),
            ("", None),
            ("1..2", None),
        ] {
            assert_eq!(loose_ipv4(text.as_bytes()), wanted.map(Ipv4Addr::from), "{text}");
        }
    }
}
