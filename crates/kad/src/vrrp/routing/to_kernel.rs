//! Lines of the configuration in the kernel's words.

use kaconf::model::{self, InterfaceName, Metric, NumberRange, Realms, RouteMetrics, RouteTable};
use vrrp_linux::netlink::{Encap, NextHop, RouteCreation, RouteMetric, RuleAction, Tunnel};
use vrrp_linux::{IfIndex, Route, Rule};

use crate::vrrp::interfaces::Interfaces;

/// A route.
///
/// # Errors
/// The interface that is not there.
pub(super) fn route(line: &model::Route, interfaces: &Interfaces) -> Result<Route, InterfaceName> {
    let mut route = Route::new(line.family, line.destination);
    route.source = line.from;
    route.preferred_source = line.preferred_source;
    route.tos = line.tos;
    route.table = match &line.table {
        RouteTable::Id(id) => *id,
        RouteTable::Vrf(name) => {
            let vrf = interfaces.find(name.as_str()).and_then(|interface| interface.link.vrf_table);
            vrf.ok_or_else(|| name.clone())?
        }
    };
    route.protocol = line.protocol;
    route.scope = line.scope;
    route.kind = line.kind.0;
    route.gateway = line.gateway;
    route.interface = index(line.device.as_ref(), interfaces)?;
    route.on_link = line.on_link;
    route.metric = line.metric;
    route.encap = line.encap.as_ref().map(encap);
    route.expires = line.expires;
    route.realms = realms(line.realms);
    route.preference = line.router_preference;
    route.ttl_propagate = line.ttl_propagate;
    (route.metrics, route.locked) = metrics(&line.metrics);
    route.congestion_control =
        line.metrics.congestion_control.as_ref().map(|control| control.name.to_string());
    for hop in &line.next_hops {
        route.next_hops.push(NextHop {
            gateway: hop.gateway,
            interface: index(hop.device.as_ref(), interfaces)?,
            hops: u8::try_from(hop.weight.saturating_sub(1)).unwrap_or(u8::MAX),
            on_link: hop.on_link,
            realms: realms(hop.realms),
            encap: hop.encap.as_ref().map(encap),
        });
    }
    Ok(route)
}

fn index(name: Option<&InterfaceName>, interfaces: &Interfaces) -> Result<Option<IfIndex>, InterfaceName> {
    let Some(name) = name else { return Ok(None) };
    let found = interfaces.find(name.as_str()).map(|interface| interface.link.index);
    found.map(Some).ok_or_else(|| name.clone())
}

pub(super) const fn creation(creation: model::RouteCreation) -> RouteCreation {
    match creation {
        model::RouteCreation::Prepend => RouteCreation::Prepend,
        model::RouteCreation::Append => RouteCreation::Append,
        model::RouteCreation::Exclusive => RouteCreation::Exclusive,
    }
}

fn realms(realms: Realms) -> u32 {
    u32::from(realms.source) << 16 | u32::from(realms.destination)
}

/// All of them with their values, and which of them are locked.
fn metrics(line: &RouteMetrics) -> (Vec<(RouteMetric, u32)>, u32) {
    let bare = |value: Option<u32>| value.map(|value| Metric { value, locked: false });
    let all = [
        (RouteMetric::Mtu, line.mtu),
        (RouteMetric::Window, bare(line.window)),
        (RouteMetric::Rtt, line.rtt),
        (RouteMetric::RttVariance, line.rtt_variance),
        (RouteMetric::SlowStart, line.ssthresh),
        (RouteMetric::CongestionWindow, line.cwnd),
        (RouteMetric::SegmentSize, line.advmss),
        (RouteMetric::Reordering, line.reordering),
        (RouteMetric::HopLimit, bare(line.hop_limit.map(u32::from))),
        (RouteMetric::InitialWindow, bare(line.initial_cwnd)),
        (RouteMetric::Features, bare(line.ecn.then_some(1))),
        (RouteMetric::LeastTimeout, line.rto_min),
        (RouteMetric::InitialReceiveWindow, bare(line.initial_rwnd)),
        (RouteMetric::QuickAck, bare(line.quick_ack.map(u32::from))),
        (RouteMetric::FastOpenNoCookie, bare(line.fast_open_no_cookie.map(u32::from))),
    ];
    let given = || all.iter().filter_map(|(metric, given)| Some((*metric, (*given)?)));
    let congestion = line.congestion_control.as_ref().is_some_and(|control| control.locked);
    // `RTAX_CC_ALGO` is number 16.
    let locked = given()
        .filter(|(_, given)| given.locked)
        .fold(u32::from(congestion) << 16, |mask, (metric, _)| mask | 1 << metric as u16);
    (given().map(|(metric, given)| (metric, given.value)).collect(), locked)
}

fn encap(encap: &model::Encap) -> Encap {
    match encap {
        model::Encap::Ip(ends) => Encap::Ip(tunnel(ends)),
        model::Encap::Ip6(ends) => Encap::Ip6(tunnel(ends)),
        model::Encap::Mpls(labels) => Encap::Mpls(labels.clone()),
        model::Encap::Ila(locator) => Encap::Ila(*locator),
        // The configuration knows more kinds than the kernel's side of this daemon only if that is behind it.
        _ => Encap::Mpls(Vec::new()),
    }
}

fn tunnel<A: Copy>(ends: &model::Tunnel<A>) -> Tunnel<A> {
    Tunnel {
        id: ends.id,
        destination: ends.destination,
        source: ends.source,
        tos: ends.tos,
        ttl: ends.ttl,
        flags: ends.flags,
    }
}

pub(super) fn rule(line: &model::Rule) -> Rule {
    let action = match line.action {
        model::RuleAction::Table(table) => RuleAction::Table(table),
        model::RuleAction::L3mdev => RuleAction::L3mdev,
        model::RuleAction::Goto(target) => RuleAction::Goto(target),
        model::RuleAction::Blackhole => RuleAction::Blackhole,
        model::RuleAction::Unreachable => RuleAction::Unreachable,
        model::RuleAction::Prohibit => RuleAction::Prohibit,
        _ => RuleAction::Nop,
    };
    let ports = |range: Option<NumberRange<u16>>| range.map(|range| (range.start, range.end));
    let name = |name: &Option<InterfaceName>| name.as_ref().map(ToString::to_string);
    let mut rule = Rule::new(line.family, line.preference, action);
    rule.invert = line.invert;
    rule.from = line.from;
    rule.to = line.to;
    rule.tos = line.tos;
    rule.mark = line.mark.map(|mark| (mark.mark, mark.mask.unwrap_or(u32::MAX)));
    rule.realms = realms(line.realms);
    rule.input = name(&line.input);
    rule.output = name(&line.output);
    rule.tunnel_id = line.tunnel_id;
    rule.uids = line.uids.map(|range| (range.start, range.end));
    rule.ip_protocol = line.ip_protocol;
    rule.source_ports = ports(line.source_ports);
    rule.destination_ports = ports(line.destination_ports);
    rule.suppress_prefix_length = line.suppress_prefix_length;
    rule.suppress_group = line.suppress_group;
    rule.protocol = line.protocol;
    rule
}
