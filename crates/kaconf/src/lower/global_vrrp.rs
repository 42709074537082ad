//! `global_defs`: VRRP, and what instances get where they say nothing themselves.

use std::time::Duration;

use vrrp_types::Version;

use super::global::Setter;
use super::global_values as values;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::GarpExtra;
use crate::value;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
const U32_MAX: i64 = u32::MAX as i64;
const IGNORING: &str = "ignoring it";

/// The keywords, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("default_interface", values::default_interface),
    ("disable_local_igmp", |r, _| r.config.global.disable_local_igmp = true),
    ("dynamic_interfaces", values::dynamic_interfaces),
    ("log_unknown_vrids", |r, _| r.config.global.log_unknown_vrids = true),
    ("router_id", |r, s| {
        if values::present(r, s) {
            r.config.global.router_id = Some(s.text(1).into());
        }
    }),
    ("v3_checksum_as_v2", |r, _| r.defaults.checksum_as_v2 = true),
    ("vmac_addr_prefix", |r, s| {
        let now = r.config.global.vmac_addr_prefix.take();
        r.config.global.vmac_addr_prefix = first_name(r, s, now);
    }),
    ("vmac_prefix", |r, s| {
        let now = r.config.global.vmac_prefix.take();
        r.config.global.vmac_prefix = first_name(r, s, now);
    }),
    ("vrrp_check_unicast_src", |r, _| r.defaults.check_unicast_src = true),
    ("vrrp_delay_after_boot", |r, s| {
        let now = r.config.global.delay_after_boot;
        r.config.global.delay_after_boot = values::delay(r, s, now);
    }),
    ("vrrp_down_timer_adverts", |r, s| {
        if let Some(adverts) = r.context.lenient("", s, 1, 100, IGNORING) {
            r.defaults.down_timer_adverts = adverts as u8;
        }
    }),
    ("vrrp_garp_extra_if", garp_extra),
    ("vrrp_garp_interval", |r, s| {
        let now = r.config.global.garp_interval;
        r.config.global.garp_interval = values::interval(r, s).unwrap_or(now);
    }),
    ("vrrp_garp_lower_prio_delay", |r, s| {
        r.defaults.garp.lower_prio_delay =
            values::whole(r, s, U32_MAX / SECOND).or(r.defaults.garp.lower_prio_delay);
    }),
    ("vrrp_garp_lower_prio_repeat", |r, s| {
        r.defaults.garp.lower_prio_repeat =
            values::whole(r, s, i64::from(i32::MAX)).or(r.defaults.garp.lower_prio_repeat);
    }),
    ("vrrp_garp_master_delay", |r, s| {
        r.defaults.garp.delay = values::whole(r, s, U32_MAX / SECOND).or(r.defaults.garp.delay);
    }),
    ("vrrp_garp_master_refresh", |r, s| {
        let refresh = r.context.lenient("", s, 0, U32_MAX, "using none");
        r.defaults.garp.refresh = Some(refresh.unwrap_or(0) as u32);
    }),
    ("vrrp_garp_master_refresh_repeat", |r, s| {
        r.defaults.garp.refresh_repeat = values::repeat(r, s).or(r.defaults.garp.refresh_repeat);
    }),
    ("vrrp_garp_master_repeat", |r, s| {
        r.defaults.garp.repeat = values::repeat(r, s).or(r.defaults.garp.repeat)
    }),
    ("vrrp_gna_interval", |r, s| {
        let now = r.config.global.gna_interval;
        r.config.global.gna_interval = values::interval(r, s).unwrap_or(now);
    }),
    ("vrrp_higher_prio_send_advert", |r, s| {
        values::flag(r, s, |r, on| r.defaults.higher_prio_send_advert = on)
    }),
    ("vrrp_lower_prio_no_advert", |r, s| values::flag(r, s, |r, on| r.defaults.lower_prio_no_advert = on)),
    ("vrrp_mcast_group4", values::multicast_group),
    ("vrrp_mcast_group6", values::multicast_group),
    ("vrrp_min_garp", |r, s| values::flag(r, s, values::min_garp)),
    ("vrrp_owner_ignore_adverts", |r, s| values::flag(r, s, |r, on| r.defaults.owner_ignore_adverts = on)),
    ("vrrp_rx_bufs_multiplier", |r, s| {
        if s.len() != 2 {
            let message = "vrrp_rx_bufs_multiplier takes one number, ignoring it".to_owned();
            return r.context.report(s, s.len().min(3) - 1, Code::BadValue, message);
        }
        if let Some(multiplier) = r.context.strict("", s, 1, U32_MAX, IGNORING) {
            r.config.global.rx_buffers_multiplier = multiplier as u32;
        }
    }),
    ("vrrp_rx_bufs_policy", values::rx_buffers),
    ("vrrp_skip_check_adv_addr", |r, s| values::flag(r, s, |r, on| r.defaults.skip_check_adv_addr = on)),
    ("vrrp_startup_delay", |r, s| {
        let now = r.config.global.startup_delay;
        r.config.global.startup_delay = values::delay(r, s, now);
    }),
    ("vrrp_strict", |r, s| values::flag(r, s, |r, on| r.defaults.strict = on)),
    ("vrrp_version", |r, s| match r.context.lenient("", s, 2, 3, IGNORING) {
        Some(2) => r.defaults.version = Version::V2,
        Some(_) => r.defaults.version = Version::V3,
        None => {}
    }),
    ("vrrp_vmac_garp_intvl", garp_extra),
];

/// A name: the first one counts.
fn first_name(reader: &mut Reader<'_>, statement: &Statement, now: Option<Box<str>>) -> Option<Box<str>> {
    if reader.context.need(statement, 1).is_none() {
        return now;
    }
    if now.is_some() {
        let message = format!("{} is there already, ignoring '{}'", statement.text(0), statement.text(1));
        reader.context.report(statement, 1, Code::Repeated, message);
    }
    now.or_else(|| Some(statement.text(1).into()))
}

/// `vrrp_garp_extra_if [all] SECONDS`, and its older name. `all` stays, whatever comes behind it.
fn garp_extra(reader: &mut Reader<'_>, statement: &Statement) {
    if statement.word(0) == b"vrrp_vmac_garp_intvl" {
        let message = "'vrrp_vmac_garp_intvl' is deprecated: use vrrp_garp_extra_if".to_owned();
        reader.context.report(statement, 0, Code::Deprecated, message);
    }
    let mut every = None;
    for word in 1..statement.len() {
        if statement.word(word) == b"all" {
            reader.defaults.garp_all = true;
            continue;
        }
        let read = value::number(statement.word(word), 1, 86_400, !reader.context.test);
        if let Some(problem) = read.problem {
            let message = format!("{} '{}' {problem}", statement.text(0), statement.text(word));
            reader.context.report(statement, word, Code::BadNumber, message);
        }
        let Some(seconds) = read.value else { return };
        every = Some(Duration::from_secs(seconds as u64));
    }
    match every {
        Some(every) => reader.defaults.garp_extra = Some(GarpExtra { all: reader.defaults.garp_all, every }),
        None => {
            let message = format!("{} has no time, ignoring it", statement.text(0));
            reader.context.report(statement, 0, Code::BadValue, message);
        }
    }
}
