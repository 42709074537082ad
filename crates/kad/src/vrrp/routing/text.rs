//! Addresses, routes and rules as keepalived writes them into its log and its dumps.

use std::fmt::{Display, Write};

use ipnetwork::IpNetwork;
use kaconf::model::{self, Broadcast, Encap, Metric, NextHop, Realms, RouteCreation, RouteTable, RuleAction};

use super::line::{Line, Placed};
use crate::vrrp::addresses::Held;

/// A prefix; that of a host is left out.
fn network(network: IpNetwork) -> String {
    let host = if network.is_ipv4() { 32 } else { 128 };
    match network.prefix() {
        prefix if prefix == host => network.ip().to_string(),
        _ => network.to_string(),
    }
}

/// An address on `device`, with `set` behind one that is in place.
pub(in crate::vrrp) fn address(held: &Held, device: &str) -> String {
    let model = &held.model;
    let mut out = network(model.address);
    if let IpNetwork::V4(own) = model.address {
        let broadcast = match model.broadcast {
            Broadcast::None => None,
            Broadcast::HostBitsSet => Some(own.broadcast()),
            Broadcast::HostBitsCleared => Some(own.network()),
            Broadcast::Address(address) => Some(address),
        };
        put(&mut out, " brd ", broadcast);
    }
    put(&mut out, " dev ", Some(device));
    let scope = match model.scope {
        0 => "global".to_owned(),
        200 => "site".to_owned(),
        253 => "link".to_owned(),
        254 => "host".to_owned(),
        other => other.to_string(),
    };
    put(&mut out, " scope ", Some(scope));
    put(&mut out, " label ", model.label.as_ref());
    put(&mut out, " peer ", model.peer);
    for (on, word) in [
        (model.home, " home"),
        (model.detect_duplicates, " -nodad"),
        (model.manage_temporary, " mngtmpaddr"),
        (model.no_prefix_route, " noprefixroute"),
        (model.autojoin, " autojoin"),
        (!model.track, " no_track"),
    ] {
        put(&mut out, word, on.then_some(""));
    }
    put(&mut out, " track_group ", model.track_group.as_ref());
    if model.address.is_ipv6() {
        match model.preferred_lifetime {
            Some(0) => put(&mut out, " deprecated", Some("")),
            Some(seconds) => put(&mut out, " preferred_lft ", Some(seconds)),
            None => put(&mut out, " preferred_lft forever", Some("")),
        }
    }
    put(&mut out, " set", held.on.map(|_| ""));
    out
}

/// A route or a rule; `found` is the interface that the kernel found for a route that names none.
pub(in crate::vrrp) fn line(placed: &Placed, found: Option<&str>) -> String {
    match &placed.line {
        Line::Route(line) => {
            let mut out = route(line);
            put(&mut out, " [dev ", found.map(|found| format!("{found}]")));
            out
        }
        Line::Rule(line) => rule(line),
    }
}

/// What is given, behind what it is called.
fn put(out: &mut String, called: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        // Writing to a string does not fail.
        let _infallible = write!(out, "{called}{value}");
    }
}

fn route(route: &model::Route) -> String {
    let mut out = String::from(match route.creation {
        RouteCreation::Exclusive => "add ",
        RouteCreation::Append => "append ",
        RouteCreation::Prepend => "prepend ",
    });
    if route.kind != model::RouteType::UNICAST {
        put(&mut out, "", route.kind.name().map(|name| format!("{name} ")));
    }
    out.push_str(&network(route.destination));
    put(&mut out, " from ", route.from.map(network));
    put(&mut out, " src ", route.preferred_source);
    put(&mut out, " tos ", Some(route.tos).filter(|tos| *tos != 0));
    out.push_str(&route.encap.as_ref().map_or(String::new(), encap));
    let family = |gateway: std::net::IpAddr| if gateway.is_ipv6() { "inet6" } else { "inet" };
    put(&mut out, " via ", route.gateway.map(|gateway| format!("{} {gateway}", family(gateway))));
    put(&mut out, " dev ", route.device.as_ref());
    match &route.table {
        RouteTable::Id(id) => put(&mut out, " table ", Some(id).filter(|id| **id != 254)),
        RouteTable::Vrf(name) => put(&mut out, " vrf ", Some(name)),
    }
    let said = route.track || route.protocol != model::Route::PROTOCOL;
    put(&mut out, " proto ", Some(route.protocol).filter(|_| said));
    put(&mut out, " scope ", route.scope);
    put(&mut out, " metric ", route.metric);
    put(&mut out, " onlink", Some("").filter(|_| route.on_link));
    out.push_str(&realms(route.realms));
    put(&mut out, " expires ", route.expires.map(|seconds| format!("{seconds}sec")));
    metrics(&mut out, route);
    for hop in &route.next_hops {
        out.push_str(&next_hop(hop));
    }
    put(&mut out, " no_track", Some("").filter(|_| !route.track));
    put(&mut out, " track_group ", route.track_group.as_ref());
    out
}

fn metrics(out: &mut String, route: &model::Route) {
    let metrics = &route.metrics;
    let lock = |locked: bool| if locked { "lock " } else { "" };
    let congestion = metrics.congestion_control.as_ref();
    put(out, " congctl ", congestion.map(|control| format!("{}{}", control.name, lock(control.locked))));
    for (name, metric, unit) in
        [("rtt", metrics.rtt, 8), ("rttvar", metrics.rtt_variance, 4), ("rto_min", metrics.rto_min, 1)]
    {
        let lock = |metric: Metric| if metric.locked { " lock" } else { "" };
        put(
            out,
            &format!(" {name}"),
            metric.map(|metric| format!("{} {}", lock(metric), span(metric.value, unit))),
        );
    }
    put(out, " features ecn", Some("").filter(|_| metrics.ecn));
    let plain = |value: Option<u32>| value.map(|value| Metric { value, locked: false });
    for (name, metric) in [
        (" mtu ", metrics.mtu),
        (" window ", plain(metrics.window)),
        (" ssthresh ", metrics.ssthresh),
        (" cwnd ", metrics.cwnd),
        (" advmss ", metrics.advmss),
        (" reordering ", metrics.reordering),
        (" hoplimit ", plain(metrics.hop_limit.map(u32::from))),
        (" initcwnd ", plain(metrics.initial_cwnd)),
        (" initrwnd ", plain(metrics.initial_rwnd)),
        (" quickack ", plain(metrics.quick_ack.map(u32::from))),
    ] {
        put(out, name, metric.map(|metric| format!("{}{}", lock(metric.locked), metric.value)));
    }
    let preference = route.router_preference.map(|preference| match preference {
        3 => "low",
        0 => "medium",
        1 => "high",
        _ => "unknown",
    });
    put(out, " pref ", preference);
    put(out, " fastopen_no_cookie ", metrics.fast_open_no_cookie.map(u8::from));
    let able = |on: bool| if on { "enabled" } else { "disabled" };
    put(out, " ttl-propagate ", route.ttl_propagate.map(able));
}

/// A time in so many parts of a millisecond.
fn span(value: u32, unit: u32) -> String {
    match f64::from(value) / f64::from(unit) {
        millis if millis >= 1000.0 => format!("{}s", millis / 1000.0),
        millis => format!("{millis}ms"),
    }
}

fn realms(realms: Realms) -> String {
    match (realms.source, realms.destination) {
        (0, 0) => String::new(),
        (0, destination) => format!(" realm {destination}"),
        (source, destination) => format!(" realms {source}/{destination}"),
    }
}

fn encap(encap: &Encap) -> String {
    fn tunnel<A: Display>(name: &str, ends: &model::Tunnel<A>, words: [&str; 2]) -> String {
        let mut out = format!(" encap {name}");
        put(&mut out, " id ", ends.id);
        put(&mut out, " dst ", ends.destination.as_ref());
        put(&mut out, " src ", ends.source.as_ref());
        put(&mut out, words[0], ends.tos);
        put(&mut out, words[1], ends.ttl);
        put(&mut out, " flags ", ends.flags.map(|flags| format!("{flags:#x}")));
        out
    }
    match encap {
        Encap::Ip(ends) => tunnel("ip", ends, [" tos ", " ttl "]),
        Encap::Ip6(ends) => tunnel("ip6", ends, [" tc ", " hoplimit "]),
        Encap::Mpls(labels) => {
            let labels: Vec<_> = labels.iter().map(|label| format!("{label:x}")).collect();
            format!(" encap mpls {}", labels.join("/"))
        }
        Encap::Ila(locator) => format!(" encap ila {locator}"),
        _ => String::new(),
    }
}

fn next_hop(hop: &NextHop) -> String {
    let mut out = String::from(" nexthop");
    let family = |gateway: std::net::IpAddr| if gateway.is_ipv6() { "inet6" } else { "inet" };
    put(&mut out, " via ", hop.gateway.map(|gateway| format!("{} {gateway}", family(gateway))));
    put(&mut out, " dev ", hop.device.as_ref());
    put(&mut out, " weight ", Some(hop.weight).filter(|weight| *weight > 1));
    put(&mut out, " onlink", Some("").filter(|_| hop.on_link));
    out.push_str(&realms(hop.realms));
    out.push_str(&hop.encap.as_ref().map_or(String::new(), encap));
    out
}

fn rule(rule: &model::Rule) -> String {
    let mut out = String::new();
    let bare = rule.from.is_none() && rule.to.is_none();
    put(&mut out, "inet6 ", Some("").filter(|_| bare && rule.family == vrrp_types::Family::V6));
    put(&mut out, "not ", Some("").filter(|_| rule.invert));
    put(&mut out, "from ", Some(rule.from.map_or_else(|| "all".to_owned(), network)));
    put(&mut out, " to ", rule.to.map(network));
    put(&mut out, " priority ", Some(rule.preference));
    put(&mut out, " tos ", Some(format!("{:#x}", rule.tos)));
    if let Some(mark) = rule.mark {
        put(&mut out, " fwmark ", Some(format!("{:#x}", mark.mark)));
        let mask = mark.mask.filter(|mask| *mask != u32::MAX);
        put(&mut out, "/", mask.map(|mask| format!("{mask:#x}")));
    }
    put(&mut out, " iif ", rule.input.as_ref());
    put(&mut out, " oif ", rule.output.as_ref());
    put(&mut out, " suppress_prefixlen ", rule.suppress_prefix_length);
    put(&mut out, " suppress_ifgroup ", rule.suppress_group);
    put(&mut out, " tunnel-id ", Some(rule.tunnel_id).filter(|id| *id != 0));
    put(&mut out, " uidrange ", rule.uids.map(|range| format!("{}-{}", range.start, range.end)));
    put(&mut out, " l3mdev", Some("").filter(|_| rule.action == RuleAction::L3mdev));
    put(&mut out, " protocol ", rule.protocol);
    put(&mut out, " ipproto ", rule.ip_protocol);
    for (name, ports) in [(" sport ", rule.source_ports), (" dport ", rule.destination_ports)] {
        put(&mut out, name, ports.map(|range| format!("{}-{}", range.start, range.end)));
    }
    if rule.realms != Realms::default() {
        put(&mut out, " realms ", Some(format!("{}/{}", rule.realms.source, rule.realms.destination)));
    }
    match rule.action {
        RuleAction::Table(table) => put(&mut out, " lookup ", Some(table)),
        RuleAction::L3mdev => out.push_str(" lookup 0"),
        RuleAction::Goto(target) => put(&mut out, " goto ", Some(target)),
        RuleAction::Blackhole => out.push_str(" type blackhole"),
        RuleAction::Unreachable => out.push_str(" type unreachable"),
        RuleAction::Prohibit => out.push_str(" type prohibit"),
        _ => out.push_str(" nop"),
    }
    put(&mut out, " no_track", Some("").filter(|_| !rule.track));
    put(&mut out, " track_group ", rule.track_group.as_ref());
    out
}
