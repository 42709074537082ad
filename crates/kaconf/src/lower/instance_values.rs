//! The keywords of `vrrp_instance` that take a value, one function each.

use std::net::IpAddr;

use vrrp_types::{Family, Version, Vrid};

use super::context::Context;
use super::draft::Draft;
use super::owner::Owner;
use crate::code::Code;
use crate::expand::Statement;
use crate::keywords::Keyword;
use crate::model::{InitialState, OldUnicastChecksum};
use crate::value;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// The most seconds keepalived keeps in 32 bits of microseconds.
const SECONDS_MAX: i64 = u32::MAX as i64 / SECOND;

const IGNORING: &str = "ignoring it";

/// Reports a keyword of the table that needs a value and has none; what the value is does not matter yet.
pub(super) fn needs_value(context: &mut Context<'_>, statement: &Statement, keyword: &Keyword) {
    if keyword.grammar.starts_with('<') || keyword.grammar.starts_with("MASTER") {
        context.need(statement, 1);
    }
}

/// A flag that may be followed by a boolean.
pub(super) fn boolean(context: &mut Context<'_>, statement: &Statement, name: &str, into: &mut Option<bool>) {
    if let Some(value) = context.boolean(Owner::of(name), statement) {
        *into = Some(value);
    }
}

/// `skip_check_adv_addr`: any boolean sets it, `false` too.
pub(super) fn skip_check_adv_addr(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let Some(value) = context.boolean(draft.owner(), statement) else { return };
    draft.skip_check_adv_addr = true;
    if !value {
        let message = format!(
            "{}skip_check_adv_addr {} sets it all the same, as in keepalived",
            draft.owner(),
            statement.text(1)
        );
        context.report(statement, 1, Code::Unusual, message);
    }
}

/// `state MASTER`, `state BACKUP`: a MASTER before wins over a BACKUP after.
pub(super) fn state(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let Some(word) = context.need(statement, 1) else { return };
    match word {
        b"MASTER" => draft.state = Some(InitialState::Master),
        b"BACKUP" if draft.state == Some(InitialState::Master) => {
            let message = format!("{}state previously set as MASTER, ignoring BACKUP", draft.owner());
            context.report(statement, 1, Code::Repeated, message);
        }
        b"BACKUP" => draft.state = Some(InitialState::Backup),
        _ => {
            let message =
                format!("{}unknown state '{}', defaulting to BACKUP", draft.owner(), statement.text(1));
            context.report(statement, 1, Code::BadValue, message);
            draft.state = Some(InitialState::Backup);
        }
    }
}

/// `interface NAME`; whether it exists is asked when all is read.
pub(super) fn interface(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if context.need(statement, 1).is_some()
        && let Some(name) = context.interface_needed(draft.owner(), statement, 1)
    {
        let before = draft.at("interface");
        if let Some(other) = draft.interface.replace(name) {
            draft.interfaces_before.push((other, before));
        }
    }
}

pub(super) fn virtual_router_id(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let vrid = context.strict(draft.owner(), statement, 1, 255, IGNORING);
    if let Some(vrid) = vrid.and_then(|vrid| Vrid::new(vrid as u8)) {
        draft.vrid = Some(vrid);
    }
}

/// `priority`: what cannot be read is 100.
pub(super) fn priority(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let priority = context.strict(draft.owner(), statement, 1, 255, "using the default 100");
    draft.priority = Some(priority.map_or(100, |priority| priority as u8));
}

/// `advert_int`: what the version can say of it is decided when all is read.
pub(super) fn advert_int(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if let Some(micros) = context.seconds(draft.owner(), statement, SECOND / 100, 255 * SECOND, IGNORING) {
        draft.advert_int = Some(micros as u32);
    }
}

pub(super) fn preempt_delay(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let micros = context.seconds(draft.owner(), statement, 0, 1000 * SECOND, "using none");
    draft.preempt_delay = micros.unwrap_or(0) as u32;
}

pub(super) fn down_timer_adverts(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if let Some(adverts) = context.lenient(draft.owner(), statement, 1, 100, IGNORING) {
        draft.down_timer_adverts = Some(adverts as u8);
    }
}

/// `version`: what a version or an IPv6 address before it says stands.
pub(super) fn version(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let version = match context.lenient(draft.owner(), statement, 2, 3, IGNORING) {
        Some(2) => Version::V2,
        Some(_) => Version::V3,
        None => return,
    };
    let conflicts = draft.version.is_some_and(|earlier| earlier != version);
    if conflicts || (version == Version::V2 && draft.family == Some(Family::V6)) {
        let message = format!(
            "{}version {version} conflicts with {}, ignoring it",
            draft.owner(),
            if conflicts { "the version configured before" } else { "IPv6 addresses" }
        );
        return context.report(statement, 1, Code::Incompatible, message);
    }
    draft.version = Some(version);
}

pub(super) fn native_ipv6(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if draft.family == Some(Family::V4) {
        let message = format!("{}native_ipv6 does not go with IPv4 addresses, ignoring it", draft.owner());
        return context.report(statement, 0, Code::FamilyMismatch, message);
    }
    draft.family = Some(Family::V6);
    draft.version = Some(Version::V3);
}

/// `mcast_src_ip`, `unicast_src_ip`
pub(super) fn source(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let Some(word) = context.need(statement, 1) else { return };
    let Some(address) = value::host(word) else {
        let message =
            format!("{}malformed source address '{}', ignoring it", draft.owner(), statement.text(1));
        return context.report(statement, 1, Code::BadAddress, message);
    };
    let family = *draft.family.get_or_insert(Family::of(address));
    if family != Family::of(address) {
        draft.source = None;
        let message = format!(
            "{}source address {address} must be {family} as the instance is, ignoring it",
            draft.owner()
        );
        return context.report(statement, 1, Code::FamilyMismatch, message);
    }
    draft.source = Some(address);
}

/// `mcast_dst_ip`: IPv4 multicast, or link-local IPv6 multicast.
pub(super) fn mcast_dst_ip(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let Some(word) = context.need(statement, 1) else { return };
    let Some(address) = value::host(word) else {
        let message = format!("{}malformed mcast_dst_ip '{}', ignoring it", draft.owner(), statement.text(1));
        return context.report(statement, 1, Code::BadAddress, message);
    };
    let family = *draft.family.get_or_insert(Family::of(address));
    draft.group = None;
    if family != Family::of(address) {
        let message = format!(
            "{}mcast_dst_ip {address} must be {family} as the instance is, ignoring it",
            draft.owner()
        );
        return context.report(statement, 1, Code::FamilyMismatch, message);
    }
    let (fits, kind) = match address {
        IpAddr::V4(v4) => (v4.is_multicast(), "multicast"),
        IpAddr::V6(v6) => (v6.segments()[0] & 0xff0f == 0xff02, "link-local multicast"),
    };
    if !fits {
        let message = format!("{}mcast_dst_ip {address} is not {kind}, ignoring it", draft.owner());
        return context.report(statement, 1, Code::BadAddress, message);
    }
    draft.group = Some(address);
}

pub(super) fn unicast_ttl(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if let Some(ttl) = context.strict(draft.owner(), statement, 0, 255, IGNORING) {
        draft.unicast.ttl = Some(ttl as u8);
    }
}

/// `old_unicast_checksum`, `old_unicast_checksum never`
pub(super) fn old_unicast_checksum(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    draft.unicast.configured = true;
    if statement.len() < 2 {
        draft.unicast.old_checksum = OldUnicastChecksum::Forced;
    } else if statement.word(1) == b"never" {
        draft.unicast.old_checksum = OldUnicastChecksum::Never;
    } else {
        let message = format!(
            "{}unknown old_unicast_checksum mode '{}', ignoring it",
            draft.owner(),
            statement.text(1)
        );
        context.report(statement, 1, Code::BadValue, message);
    }
}

pub(super) fn kernel_rx_buf_size(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if statement.len() != 2 {
        let message = format!("{}invalid kernel_rx_buf_size, it takes one number of octets", draft.owner());
        return context.report(statement, 0, Code::BadValue, message);
    }
    if let Some(octets) = context.strict(draft.owner(), statement, 0, i64::from(u32::MAX), IGNORING) {
        draft.rx_buffer = Some(octets as u32);
    }
}

/// `timer_expired_backup [PRIORITY]`, and the name it had in release notes.
pub(super) fn timer_expired_backup(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if statement.word(0) == b"thread_timer_expired" {
        let message =
            format!("{}thread_timer_expired is deprecated: use timer_expired_backup", draft.owner());
        context.report(statement, 0, Code::Deprecated, message);
    }
    if statement.len() < 2 {
        draft.timer_expired_backup = Some(254);
    } else if let Some(priority) = context.strict(draft.owner(), statement, 1, 254, IGNORING) {
        draft.timer_expired_backup = Some(priority as u8);
    }
}

/// `debug LEVEL`
pub(super) fn debug(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if let Some(level) = context.lenient(draft.owner(), statement, 0, 4, IGNORING) {
        draft.debug = level as u8;
    }
}

/// `linkbeat_use_polling`, as it was before there was a block for it.
pub(super) fn linkbeat_use_polling(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    draft.linkbeat_polling = true;
    let message =
        format!("{}linkbeat_use_polling is deprecated: use the block linkbeat_interfaces", draft.owner());
    context.report(statement, 0, Code::Deprecated, message);
}

/// `garp_master_delay`, `garp_lower_prio_delay`: seconds.
pub(super) fn garp_seconds(
    context: &mut Context<'_>,
    statement: &Statement,
    name: &str,
    into: &mut Option<u32>,
) {
    if let Some(seconds) = context.lenient(Owner::of(name), statement, 0, SECONDS_MAX, IGNORING) {
        *into = Some(seconds as u32);
    }
}

/// `garp_master_repeat`, `garp_master_refresh_repeat`: 0 becomes 1.
pub(super) fn garp_repeat(
    context: &mut Context<'_>,
    statement: &Statement,
    name: &str,
    into: &mut Option<u32>,
) {
    let owner = Owner::of(name);
    if let Some(repeat) = context.lenient(owner, statement, 0, i64::from(u32::MAX), IGNORING) {
        if repeat == 0 {
            let message = format!("{owner}{} must be greater than 0, setting to 1", statement.text(0));
            context.report(statement, 1, Code::Adjusted, message);
        }
        *into = Some(repeat.max(1) as u32);
    }
}

pub(super) fn garp_master_refresh(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    let seconds = context.lenient(draft.owner(), statement, 0, i64::from(u32::MAX), "using none");
    draft.garp.refresh = Some(seconds.unwrap_or(0) as u32);
}

pub(super) fn garp_lower_prio_repeat(context: &mut Context<'_>, statement: &Statement, draft: &mut Draft) {
    if let Some(repeat) = context.lenient(draft.owner(), statement, 0, i64::from(i32::MAX), IGNORING) {
        draft.garp.lower_prio_repeat = Some(repeat as u32);
    }
}
