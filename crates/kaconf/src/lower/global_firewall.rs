//! `global_defs`: names of what the firewall is given, and priorities of chains.

use super::global::Setter;
use super::reader::Reader;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{Ipsets, Iptables};

/// Octets of the longest name, as keepalived measures it.
const CHAIN_MAX: usize = 27;
const SET_MAX: usize = 30;
const TABLE_MAX: usize = 254;

/// The keywords, sorted by name.
pub(super) const KEYWORDS: &[(&str, Setter)] = &[
    ("nftables", |r, s| {
        let there = r.config.global.firewall.nftables.is_some();
        if let Some(table) = table(r, s, there, "keepalived") {
            let firewall = &mut r.config.global.firewall;
            (firewall.nftables, firewall.nftables_priority) = (Some(table), -1);
        }
    }),
    ("nftables_counters", |r, _| r.config.global.firewall.nftables_counters = true),
    ("nftables_ifindex", |r, _| r.config.global.firewall.nftables_ifindex = true),
    ("nftables_ipvs", |r, s| {
        let there = r.config.global.firewall.nftables_ipvs.is_some();
        if let Some(table) = table(r, s, there, "keepalived_ipvs") {
            let firewall = &mut r.config.global.firewall;
            firewall.nftables_ipvs = Some(table);
            (firewall.nftables_ipvs_priority, firewall.nftables_ipvs_start_fwmark) = (-1, 1000);
        }
    }),
    ("nftables_ipvs_priority", |r, s| {
        if let Some(priority) = priority(r, s) {
            r.config.global.firewall.nftables_ipvs_priority = priority;
        }
    }),
    ("nftables_ipvs_start_fwmark", |r, s| {
        if let Some(mark) = r.context.strict("", s, 1, i64::from(u32::MAX), "ignoring it") {
            r.config.global.firewall.nftables_ipvs_start_fwmark = mark as u32;
        }
    }),
    ("nftables_priority", |r, s| {
        if let Some(priority) = priority(r, s) {
            r.config.global.firewall.nftables_priority = priority;
        }
    }),
    ("vrrp_ipsets", ipsets),
    ("vrrp_iptables", iptables),
];

fn priority(reader: &mut Reader<'_>, statement: &Statement) -> Option<i32> {
    let (min, max) = (i64::from(i32::MIN), i64::from(i32::MAX));
    reader.context.strict("", statement, min, max, "ignoring it").map(|priority| priority as i32)
}

/// A name that the firewall can be given.
fn name(reader: &mut Reader<'_>, statement: &Statement, word: usize, max: usize) -> Option<Box<str>> {
    let len = statement.word(word).len();
    if (1..=max).contains(&len) {
        return Some(statement.text(word).into());
    }
    let message = format!(
        "{}: the name '{}' has {len} characters, 1 to {max} are possible, ignoring it",
        statement.text(0),
        statement.text(word)
    );
    reader.context.report(statement, word, Code::BadName, message);
    None
}

/// `nftables [TABLE]`, `nftables_ipvs [TABLE]`: the first one counts.
fn table(reader: &mut Reader<'_>, statement: &Statement, there: bool, default: &str) -> Option<Box<str>> {
    if there {
        let message = format!("{} is there already, ignoring this one", statement.text(0));
        reader.context.report(statement, 0, Code::Repeated, message);
        return None;
    }
    match statement.len() {
        1 => Some(default.into()),
        _ => name(reader, statement, 1, TABLE_MAX),
    }
}

/// `vrrp_iptables [IN [OUT]]`: the first one counts.
fn iptables(reader: &mut Reader<'_>, statement: &Statement) {
    if reader.config.global.firewall.iptables.is_some() {
        let message = "vrrp_iptables is there already, ignoring this one".to_owned();
        return reader.context.report(statement, 0, Code::Repeated, message);
    }
    if statement.len() < 2 {
        let chains = Iptables { input: "INPUT".into(), output: Some("OUTPUT".into()) };
        reader.config.global.firewall.iptables = Some(chains);
        return;
    }
    let Some(input) = name(reader, statement, 1, CHAIN_MAX) else { return };
    let output = if statement.len() > 2 { name(reader, statement, 2, CHAIN_MAX) } else { None };
    if output.as_ref() == Some(&input) {
        let message = format!("vrrp_iptables needs two chains, '{input}' is one: ignoring it");
        return reader.context.report(statement, 2, Code::FirewallChoice, message);
    }
    reader.config.global.firewall.iptables = Some(Iptables { input, output });
}

/// `vrrp_ipsets [SET...]`: the last one counts, a wrong one leaves the defaults.
fn ipsets(reader: &mut Reader<'_>, statement: &Statement) {
    reader.config.global.firewall.ipsets = Ipsets::Default;
    if statement.len() < 2 {
        reader.config.global.firewall.ipsets = Ipsets::Off;
        return;
    }
    let mut names: [Box<str>; 6] = Default::default();
    for index in 0..names.len() {
        names[index] = if index + 1 < statement.len() {
            let Some(name) = name(reader, statement, index + 1, SET_MAX) else { return };
            name
        } else {
            Ipsets::derived(&names, index)
        };
    }
    for index in 1..names.len() {
        if names[..index].contains(&names[index]) {
            let message = format!("vrrp_ipsets: '{}' is used twice, ignoring all names", names[index]);
            let word = (index + 1).min(statement.len() - 1);
            return reader.context.report(statement, word, Code::Repeated, message);
        }
    }
    reader.config.global.firewall.ipsets = Ipsets::Named(Box::new(names));
}

/// Once all is read: nftables goes before iptables, and sets need iptables.
pub(super) fn settle(reader: &mut Reader<'_>) {
    let firewall = &mut reader.config.global.firewall;
    let (keyword, message) = if firewall.nftables.is_some() && firewall.iptables.take().is_some() {
        ("vrrp_iptables", "nftables and vrrp_iptables exclude each other, ignoring vrrp_iptables")
    } else if firewall.iptables.is_none() && matches!(firewall.ipsets, Ipsets::Named(_)) {
        ("vrrp_ipsets", "vrrp_ipsets does nothing without vrrp_iptables")
    } else {
        return;
    };
    let at = reader.places.get(keyword).copied();
    reader.context.report_at(at, Code::FirewallChoice, message.to_owned());
}
