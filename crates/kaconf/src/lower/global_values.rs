//! `global_defs`: the keywords of VRRP that take a value, one function each.

use std::net::IpAddr;
use std::time::Duration;

use super::reader::Reader;
use crate::code::{Class, Code};
use crate::diag::Diagnostic;
use crate::expand::{IncludeCheck, Statement};
use crate::model::{DynamicInterfaces, InterfaceName, RxBuffers};
use crate::value;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
const U32_MAX: i64 = u32::MAX as i64;
const IGNORING: &str = "ignoring it";

/// A value must be there, but its lack does not stop reading.
pub(super) fn present(reader: &mut Reader<'_>, statement: &Statement) -> bool {
    if statement.len() < 2 {
        let message = format!("{} is missing its value, ignoring it", statement.text(0));
        reader.context.report(statement, 0, Code::BadValue, message);
    }
    statement.len() > 1
}

/// A flag that may be followed by a boolean.
pub(super) fn flag(reader: &mut Reader<'_>, statement: &Statement, set: impl FnOnce(&mut Reader<'_>, bool)) {
    if let Some(on) = reader.context.boolean("", statement) {
        set(reader, on);
    }
}

pub(super) fn whole(reader: &mut Reader<'_>, statement: &Statement, max: i64) -> Option<u32> {
    reader.context.lenient("", statement, 0, max, IGNORING).map(|value| value as u32)
}

/// A count: 0 becomes 1.
pub(super) fn repeat(reader: &mut Reader<'_>, statement: &Statement) -> Option<u32> {
    let repeat = whole(reader, statement, U32_MAX)?;
    if repeat == 0 {
        let message = format!("{} must be greater than 0, setting to 1", statement.text(0));
        reader.context.report(statement, 1, Code::Adjusted, message);
    }
    Some(repeat.max(1))
}

/// Seconds with a fraction, above zero.
pub(super) fn interval(reader: &mut Reader<'_>, statement: &Statement) -> Option<Duration> {
    let micros = reader.context.seconds("", statement, 1, U32_MAX, IGNORING)?;
    if micros >= SECOND {
        let message = format!("{} is very large: {} seconds", statement.text(0), statement.text(1));
        reader.context.report(statement, 1, Code::Unusual, message);
    }
    Some(Duration::from_micros(micros as u64))
}

/// Seconds with a fraction; the longer of two counts.
pub(super) fn delay(reader: &mut Reader<'_>, statement: &Statement, now: Duration) -> Duration {
    let micros = reader.context.seconds("", statement, SECOND / 1000, U32_MAX, IGNORING);
    now.max(Duration::from_micros(micros.unwrap_or(0) as u64))
}

/// One of everything, where nothing else was asked for before.
pub(super) fn min_garp(reader: &mut Reader<'_>, on: bool) {
    if !on {
        return;
    }
    let garp = &mut reader.defaults.garp;
    let shorten = |value: &mut Option<u32>, default: u32, least: u32| {
        if value.is_none_or(|value| value == default) {
            *value = Some(least);
        }
    };
    shorten(&mut garp.repeat, 5, 1);
    shorten(&mut garp.refresh, 0, 0);
    shorten(&mut garp.refresh_repeat, 1, 0);
    shorten(&mut garp.delay, 5, 0);
}

pub(super) fn default_interface(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.len() < 2 {
        let message = "default_interface requires an interface name, ignoring it".to_owned();
        return reader.context.report(statement, 0, Code::BadValue, message);
    }
    match InterfaceName::new(&statement.text(1)) {
        Some(name) => reader.config.global.default_interface = name,
        None => {
            // keepalived finds out when an instance needs it.
            let message =
                format!("default_interface '{}' cannot be an interface, ignoring it", statement.text(1));
            let mut diagnostic = Diagnostic::new(Code::BadName, statement.at(1), message);
            diagnostic.class = Class::None;
            reader.context.sink.push(statement.explain(diagnostic));
        }
    }
}

pub(super) fn dynamic_interfaces(reader: &mut Reader<'_>, statement: &Statement) {
    let dynamic = &mut reader.config.global.dynamic_interfaces;
    if *dynamic == DynamicInterfaces::Off {
        *dynamic = DynamicInterfaces::Allowed;
    }
    if statement.len() < 2 {
        return;
    }
    if statement.word(1) == b"allow_if_changes" {
        *dynamic = DynamicInterfaces::AllowedIfChanges;
    } else {
        let message = format!("unknown dynamic_interfaces option '{}', ignoring it", statement.text(1));
        reader.context.report(statement, 1, Code::BadValue, message);
    }
}

/// `vrrp_mcast_group4`, `vrrp_mcast_group6`
pub(super) fn multicast_group(reader: &mut Reader<'_>, statement: &Statement) {
    let Some(word) = reader.context.need(statement, 1) else { return };
    let wants_v4 = statement.word(0) == b"vrrp_mcast_group4";
    let address = value::host(word).filter(|address| address.is_ipv4() == wants_v4 && address.is_multicast());
    let global = &mut reader.config.global;
    match address {
        Some(IpAddr::V4(group)) => global.multicast_group_v4 = group,
        Some(IpAddr::V6(group)) => {
            global.multicast_group_v6 = group;
            if group.segments()[0] & 0xff0f != 0xff02 {
                let message = format!("vrrp_mcast_group6 {group} should be link-local multicast");
                let mut diagnostic = Diagnostic::new(Code::BadAddress, statement.at(1), message);
                diagnostic.class = Class::Warning;
                reader.context.sink.push(statement.explain(diagnostic));
            }
        }
        None => {
            let family = if wants_v4 { "IPv4" } else { "IPv6" };
            let message = format!(
                "{} '{}' is not an {family} multicast address, ignoring it",
                statement.text(0),
                statement.text(1)
            );
            reader.context.report(statement, 1, Code::BadAddress, message);
        }
    }
}

/// `vrrp_rx_bufs_policy MTU | ADVERT | OCTETS`
pub(super) fn rx_buffers(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.len() < 2 {
        let message = "vrrp_rx_bufs_policy needs MTU, ADVERT or a number of octets".to_owned();
        return reader.context.report(statement, 0, Code::BadValue, message);
    }
    let (mut mtu, mut advert, mut octets) = match reader.config.global.rx_buffers {
        RxBuffers::System => (false, false, None),
        RxBuffers::Mtu => (true, false, None),
        RxBuffers::Advert => (false, true, None),
        RxBuffers::Octets(octets) => (false, false, Some(octets)),
    };
    for word in 1..statement.len() {
        let text = statement.word(word);
        if text.eq_ignore_ascii_case(b"MTU") {
            mtu = true;
        } else if text.eq_ignore_ascii_case(b"ADVERT") {
            advert = true;
        } else if let Some(size) = value::number(text, 0, U32_MAX, false).value {
            octets = Some(size as u32);
        } else {
            let message = format!(
                "vrrp_rx_bufs_policy '{}' is neither MTU, ADVERT nor a number, ignoring it",
                statement.text(word)
            );
            reader.context.report(statement, word, Code::BadValue, message);
        }
    }
    if octets.is_some() && (mtu || advert) {
        let message = "vrrp_rx_bufs_policy cannot be a size and a policy, ignoring the policy".to_owned();
        reader.context.report(statement, 1, Code::Incompatible, message);
    } else if mtu && advert {
        let message = "vrrp_rx_bufs_policy cannot be both MTU and ADVERT, ignoring ADVERT".to_owned();
        reader.context.report(statement, 1, Code::Incompatible, message);
    }
    reader.config.global.rx_buffers = match (octets, mtu, advert) {
        (Some(octets), ..) => RxBuffers::Octets(octets),
        (None, true, _) => RxBuffers::Mtu,
        (None, false, true) => RxBuffers::Advert,
        (None, false, false) => RxBuffers::System,
    };
}

/// `include_check [read|match|wildcard_match|brace_match with + or -]...`
pub(super) fn include_check(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.len() < 2 {
        reader.expander.check = IncludeCheck::ALL;
        return;
    }
    for word in 1..statement.len() {
        let text = statement.word(word);
        let (sign, name) = match text.first() {
            Some(sign @ (b'+' | b'-')) => (Some(*sign), &text[1..]),
            _ => (None, text),
        };
        let kind = match name {
            b"read" => IncludeCheck::READ,
            b"match" => IncludeCheck::MATCH,
            b"wildcard_match" => IncludeCheck::WILDCARD,
            b"brace_match" => IncludeCheck::BRACE,
            _ => {
                let message = format!("unknown include_check type '{}', ignoring it", statement.text(word));
                reader.context.report(statement, word, Code::BadValue, message);
                continue;
            }
        };
        let now = reader.expander.check;
        reader.expander.check = match sign {
            Some(b'+') => now.with(kind),
            Some(_) => now.without(kind),
            None if word == 1 => IncludeCheck::READ.with(kind),
            None => {
                let message =
                    format!("include_check '{}' needs + or - in front, ignoring it", statement.text(word));
                reader.context.report(statement, word, Code::Repeated, message);
                now
            }
        };
    }
}
