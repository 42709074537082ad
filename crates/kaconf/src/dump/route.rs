//! Lines of `virtual_routes` and `static_routes`.

use std::fmt::Display;
use std::net::IpAddr;

use vrrp_types::Family;

use super::line::Line;
use crate::model::{
    Encap, InterfaceName, Metric, NextHop, Route, RouteCreation, RouteMetrics, RouteTable, RouteType, Tunnel,
};

/// A route as it is typed, with all that is not by default.
pub(super) fn route_line(route: &Route) -> String {
    let mut line = Line::default();
    line.flag("append", route.creation == RouteCreation::Append);
    line.flag("add", route.creation == RouteCreation::Exclusive);
    destination(&mut line, route);
    line.value("from", route.from).value("src", route.preferred_source);
    let old_form = route.next_hops.iter().any(|hop| gateway_is_foreign(hop, route.family));
    if old_form {
        line.value("via", route.next_hops.first().and_then(|hop| hop.gateway));
        line.value("or", route.next_hops.last().and_then(|hop| hop.gateway));
    }
    line.value("via", route.gateway);
    line.text("dev", route.device.as_ref().map(InterfaceName::as_str)).flag("onlink", route.on_link);
    line.value("tos", Some(route.tos).filter(|tos| *tos != 0));
    match &route.table {
        table if *table == RouteTable::MAIN => &mut line,
        RouteTable::Id(number) => line.value("table", Some(number)),
        RouteTable::Vrf(name) => line.text("vrf", Some(name.as_str())),
    };
    line.value("protocol", Some(route.protocol).filter(|number| *number != Route::PROTOCOL));
    line.value("scope", route.scope).value("metric", route.metric).value("expires", route.expires);
    line.realms(route.realms).value("pref", route.router_preference);
    line.value("ttl-propagate", route.ttl_propagate.map(|on| if on { "enabled" } else { "disabled" }));
    metrics(&mut line, &route.metrics);
    // Its words are keywords of the line too: nothing that could be taken for one of them may follow.
    encap(&mut line, route.encap.as_ref());
    line.flag("no_track", !route.track).text("track_group", route.track_group.as_deref());
    for hop in route.next_hops.iter().filter(|_| !old_form) {
        next_hop(&mut line, hop);
    }
    line.finish()
}

/// Only `or` takes a gateway of the other family.
fn gateway_is_foreign(hop: &NextHop, family: Family) -> bool {
    hop.gateway.is_some_and(|gateway| Family::of(gateway) != family)
}

fn destination(line: &mut Line, route: &Route) {
    if route.kind != RouteType::UNICAST {
        match route.kind.name() {
            Some(name) => line.word(name),
            None => line.word(route.kind.0),
        };
    }
    let network = route.destination;
    match network.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() && network.prefix() == 0 => line.word("default"),
        _ => line.word(network),
    };
}

fn metrics(line: &mut Line, metrics: &RouteMetrics) {
    for (keyword, metric) in [
        ("mtu", metrics.mtu),
        ("advmss", metrics.advmss),
        ("rtt", metrics.rtt),
        ("rttvar", metrics.rtt_variance),
        ("rto_min", metrics.rto_min),
        ("reordering", metrics.reordering),
        ("cwnd", metrics.cwnd),
        ("ssthresh", metrics.ssthresh),
    ] {
        if let Some(Metric { value, locked }) = metric {
            line.word(keyword).flag("lock", locked).word(value);
        }
    }
    line.value("hoplimit", metrics.hop_limit).value("window", metrics.window);
    line.value("initcwnd", metrics.initial_cwnd).value("initrwnd", metrics.initial_rwnd);
    line.value("features", metrics.ecn.then_some("ecn"));
    line.value("quickack", metrics.quick_ack.map(u8::from));
    line.value("fastopen_no_cookie", metrics.fast_open_no_cookie.map(u8::from));
    if let Some(control) = &metrics.congestion_control {
        line.word("congctl").flag("lock", control.locked).word(super::writer::quoted(&control.name));
    }
}

fn encap(line: &mut Line, encap: Option<&Encap>) {
    match encap {
        None => {}
        Some(Encap::Ip(ends)) => tunnel(line, "ip", ends, "tos", "ttl"),
        Some(Encap::Ip6(ends)) => tunnel(line, "ip6", ends, "tc", "hoplimit"),
        Some(Encap::Mpls(labels)) => {
            let labels: Vec<String> = labels.iter().map(u32::to_string).collect();
            // A word that is no label leaves no labels.
            let stack = if labels.is_empty() { "-".to_owned() } else { labels.join("/") };
            line.word("encap").value("mpls", Some(stack));
        }
        Some(Encap::Ila(locator)) => {
            let group = |index: u32| locator >> (48 - 16 * index) & 0xffff;
            let text = format!("{:x}:{:x}:{:x}:{:x}", group(0), group(1), group(2), group(3));
            line.word("encap").value("ila", Some(text));
        }
    }
}

fn tunnel<A: Display>(line: &mut Line, kind: &str, ends: &Tunnel<A>, tos: &str, ttl: &str) {
    line.word("encap").word(kind).value("id", ends.id);
    line.value("dst", ends.destination.as_ref()).value("src", ends.source.as_ref());
    line.value(tos, ends.tos).value(ttl, ends.ttl).value("flags", ends.flags);
}

fn next_hop(line: &mut Line, hop: &NextHop) {
    line.word("nexthop").value("via", hop.gateway);
    line.text("dev", hop.device.as_ref().map(InterfaceName::as_str));
    line.value("weight", Some(hop.weight).filter(|weight| *weight != 1)).flag("onlink", hop.on_link);
    line.realms(hop.realms);
    encap(line, hop.encap.as_ref());
}
