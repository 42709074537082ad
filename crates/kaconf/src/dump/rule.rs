//! Lines of `virtual_rules` and `static_rules`.

use std::fmt::Display;

use vrrp_types::Family;

use super::line::Line;
use crate::model::{InterfaceName, NumberRange, Rule, RuleAction, RuleMark};

/// A rule as it is typed, with all that is not by default.
pub(super) fn rule_line(rule: &Rule) -> String {
    let mut line = Line::default();
    line.flag("not", rule.invert).value("from", rule.from).value("to", rule.to);
    line.value("tos", Some(rule.tos).filter(|tos| *tos != 0));
    line.value("fwmark", rule.mark.map(mark));
    line.text("iif", rule.input.as_ref().map(InterfaceName::as_str));
    line.text("oif", rule.output.as_ref().map(InterfaceName::as_str));
    line.value("tunnel-id", Some(rule.tunnel_id).filter(|id| *id != 0));
    line.value("uidrange", rule.uids.map(range)).value("ipproto", rule.ip_protocol.map(protocol));
    line.value("sport", rule.source_ports.map(range)).value("dport", rule.destination_ports.map(range));
    match rule.action {
        RuleAction::Table(number) => line.value("table", Some(number)),
        RuleAction::L3mdev => line.word("l3mdev"),
        RuleAction::Goto(target) => line.value("goto", Some(target)),
        RuleAction::Nop => line.word("nop"),
        RuleAction::Blackhole => line.word("blackhole"),
        RuleAction::Unreachable => line.word("unreachable"),
        RuleAction::Prohibit => line.word("prohibit"),
    };
    line.realms(rule.realms);
    line.value("suppress_prefixlength", rule.suppress_prefix_length);
    line.value("suppress_ifgroup", rule.suppress_group).value("preference", Some(rule.preference));
    line.value("protocol", rule.protocol.filter(|number| *number != Rule::PROTOCOL || !rule.track));
    line.flag("no_track", !rule.track).text("track_group", rule.track_group.as_deref());
    // The word behind it would not be read.
    line.flag("inet6", rule.family == Family::V6 && rule.from.is_none() && rule.to.is_none());
    line.finish()
}

fn mark(mark: RuleMark) -> String {
    match mark.mask {
        None => format!("{:#x}", mark.mark),
        Some(mask) => format!("{:#x}/{mask:#x}", mark.mark),
    }
}

fn range<N: Display>(range: NumberRange<N>) -> String {
    format!("{}-{}", range.start, range.end)
}

/// keepalived takes numbers up to 127 only; those above have names that every host knows.
fn protocol(number: u8) -> String {
    match number {
        132 => "sctp".to_owned(),
        133 => "fc".to_owned(),
        135 => "mobility-header".to_owned(),
        136 => "udplite".to_owned(),
        137 => "mpls-in-ip".to_owned(),
        138 => "manet".to_owned(),
        139 => "hip".to_owned(),
        140 => "shim6".to_owned(),
        141 => "wesp".to_owned(),
        142 => "rohc".to_owned(),
        143 => "ethernet".to_owned(),
        _ => number.to_string(),
    }
}
