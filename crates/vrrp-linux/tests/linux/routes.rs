//! Routes and rules set, told of and removed, with `ip route` and `ip rule` as the witness.

use vrrp_linux::netlink::{Encap, NextHop, RouteCreation, RouteMetric, RuleAction, Tunnel};
use vrrp_linux::{Event, Monitor, Netlink, NetlinkError, Operation, Route, Rule, Watched};
use vrrp_types::Family;

use crate::pair::{Pair, ip, wait};

/// Nobody else's, so that tests beside this one are not disturbed.
const TABLE: u32 = 10_093;

fn add(route: &Route) -> Operation {
    Operation::AddRoute(Box::new(route.clone()), RouteCreation::Prepend)
}

fn remove(route: &Route) -> Operation {
    Operation::RemoveRoute(Box::new(route.clone()))
}

fn to(destination: &str) -> Route {
    let destination: ipnetwork::IpNetwork = destination.parse().unwrap();
    Route { table: TABLE, ..Route::new(Family::of(destination.ip()), destination) }
}

/// What a monitor has told so far.
struct Told {
    monitor: Monitor,
    events: Vec<Event>,
}

impl Told {
    fn of(watched: Watched) -> Self {
        let mut monitor = Monitor::open(None).unwrap();
        monitor.watch(watched).unwrap();
        Self { monitor, events: Vec::new() }
    }

    /// Reads until `wanted` has been told.
    fn until(&mut self, wanted: impl Fn(&Event) -> bool) {
        for _ in 0..1000 {
            if self.events.iter().any(&wanted) {
                return;
            }
            wait(&self.monitor);
            self.monitor.read(&mut self.events).unwrap();
        }
        panic!("a thousand readings and not the one")
    }
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
#[expect(clippy::too_many_lines, reason = "most of it is a table")]
fn routes_come_and_go_with_all_that_is_said_of_them() {
    let pair = Pair::new("ro");
    let near = &pair.near.name;
    ip(&format!("addr add 10.95.0.1/24 dev {near}"));
    ip(&format!("addr add 2001:db8:95::1/64 dev {near} nodad"));
    let on = Some(pair.near.index);
    let gateway = |text: &str| Some(text.parse().unwrap());
    let hop = |ip: &str, hops| NextHop { gateway: gateway(ip), interface: on, hops, ..NextHop::default() };
    let tunnel = Tunnel {
        id: Some(5),
        destination: Some([1, 2, 3, 4].into()),
        source: None,
        tos: None,
        ttl: Some(9),
        flags: None,
    };
    let metrics = vec![(RouteMetric::Mtu, 1400), (RouteMetric::HopLimit, 9)];
    let routes = [
        (
            Route { gateway: gateway("10.95.0.9"), metric: Some(5), tos: 4, ..to("10.96.1.0/24") },
            "10.96.1.0/24 tos 0x04 via 10.95.0.9 dev kt-ro-n proto keepalived scope global metric 5",
        ),
        (
            Route {
                interface: on,
                scope: Some(253),
                metrics,
                locked: 1 << 2,
                preferred_source: gateway("10.95.0.1"),
                ..to("10.96.2.0/24")
            },
            "10.96.2.0/24 dev kt-ro-n proto keepalived scope link src 10.95.0.1 mtu lock 1400 hoplimit 9",
        ),
        (
            Route { next_hops: vec![hop("10.95.0.8", 1), hop("10.95.0.9", 0)], ..to("10.96.3.0/24") },
            "nexthop via 10.95.0.8 dev kt-ro-n weight 2 nexthop via 10.95.0.9 dev kt-ro-n weight 1",
        ),
        (
            Route { gateway: gateway("2001:db8:95::9"), interface: on, ..to("10.96.4.0/24") },
            "10.96.4.0/24 via inet6 2001:db8:95::9 dev kt-ro-n",
        ),
        (
            Route {
                encap: Some(Encap::Ip(tunnel)),
                gateway: gateway("10.95.0.9"),
                interface: on,
                ..to("10.96.5.0/24")
            },
            "10.96.5.0/24 encap ip id 5 src 0.0.0.0 dst 1.2.3.4 ttl 9 tos 0 via 10.95.0.9 dev kt-ro-n",
        ),
        (Route { kind: 7, ..to("10.96.6.0/24") }, "unreachable 10.96.6.0/24"),
        (
            Route { gateway: gateway("2001:db8:95::9"), preference: Some(1), ..to("2001:db8:96::/64") },
            "2001:db8:96::/64 via 2001:db8:95::9 dev kt-ro-n proto keepalived scope global metric 1024 pref high",
        ),
    ];
    let mut netlink = Netlink::open().unwrap();
    let mut told = Told::of(Watched::ROUTES_V4 | Watched::ROUTES_V6);

    let ops: Vec<_> = routes.iter().map(|(route, _)| add(route)).collect();
    assert_eq!(netlink.apply(&ops), vec![Ok(()); ops.len()]);
    let shown = ["-4", "-6"].map(|family| ip(&format!("-d {family} route show table {TABLE}"))).concat();
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let known = netlink.routes_by(Route::PROTOCOL).unwrap();
    for (route, words) in &routes {
        assert!(shown.contains(words), "{words}\n{shown}");
        assert!(known.iter().any(|key| key.fits(&route.key())), "{route:?}\n{known:#?}");
        told.until(|event| matches!(event, Event::RouteAdded(key) if key.fits(&route.key())));
    }
    assert_eq!(netlink.apply(&[add(&routes[1].0)]), [Err(NetlinkError::Exists)]);

    let ops: Vec<_> = routes.iter().map(|(route, _)| remove(route)).collect();
    assert_eq!(netlink.apply(&ops), vec![Ok(()); ops.len()]);
    for (route, _) in &routes {
        told.until(|event| matches!(event, Event::RouteRemoved(key) if key.fits(&route.key())));
    }
    assert!(netlink.routes_by(Route::PROTOCOL).unwrap().iter().all(|key| key.table != TABLE));
    assert_eq!(netlink.apply(&[remove(&routes[1].0)]), [Err(NetlinkError::RouteNotThere)]);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn rules_come_and_go_with_all_that_is_said_of_them() {
    let rule = |preference, action| Rule {
        protocol: Some(Route::PROTOCOL),
        ..Rule::new(Family::V4, preference, action)
    };
    let network = |text: &str| Some(text.parse().unwrap());
    let rules = [
        (
            Rule {
                invert: true,
                from: network("10.96.0.0/16"),
                tos: 4,
                mark: Some((1, 3)),
                ..rule(9_301, RuleAction::Table(TABLE))
            },
            "9301: not from 10.96.0.0/16 tos 0x04 fwmark 0x1/0x3 lookup 10093 proto keepalived",
        ),
        (
            Rule {
                input: Some("lo".into()),
                uids: Some((0, 5)),
                ip_protocol: Some(6),
                source_ports: Some((10, 20)),
                destination_ports: Some((30, 31)),
                ..rule(9_302, RuleAction::Goto(9_305))
            },
            "iif lo uidrange 0-5 ipproto tcp sport 10-20 dport 30-31 goto 9305",
        ),
        (
            Rule { suppress_prefix_length: Some(4), ..rule(9_303, RuleAction::Table(100)) },
            "9303: from all lookup 100 suppress_prefixlength 4",
        ),
        (rule(9_304, RuleAction::L3mdev), "9304: from all lookup [l3mdev-table]"),
        (
            Rule { to: network("10.96.0.0/16"), ..rule(9_305, RuleAction::Prohibit) },
            "to 10.96.0.0/16 prohibit",
        ),
    ];
    let mut netlink = Netlink::open().unwrap();
    let mut told = Told::of(Watched::RULES_V4);
    let ops: Vec<_> = rules.iter().map(|(rule, _)| Operation::AddRule(Box::new(rule.clone()))).collect();
    assert_eq!(netlink.apply(&ops), vec![Ok(()); ops.len()]);
    let shown = ip("-d rule show").split_whitespace().collect::<Vec<_>>().join(" ");
    let known = netlink.rules().unwrap();
    for (rule, words) in &rules {
        assert!(shown.contains(words), "{words}\n{shown}");
        assert!(known.iter().any(|reported| rule.is(reported)), "{rule:?}\n{known:#?}");
    }
    assert_eq!(netlink.apply(&ops[..1]), [Err(NetlinkError::Exists)]);

    let ops: Vec<_> = rules.iter().map(|(rule, _)| Operation::RemoveRule(Box::new(rule.clone()))).collect();
    assert_eq!(netlink.apply(&ops), vec![Ok(()); ops.len()]);
    for (rule, _) in &rules {
        told.until(|event| matches!(event, Event::RuleRemoved(gone) if rule.is(gone)));
    }
    assert_eq!(netlink.apply(&ops[..1]), [Err(NetlinkError::RuleNotThere)]);
}
