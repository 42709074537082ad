//! What is written reads back to an equal model.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use ipnetwork::IpNetwork;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use vrrp_types::{Family, Vrid};

use crate::model::{
    Broadcast, Config, CongestionControl, Encap, Instance, InterfaceName, Metric, NextHop, NumberRange,
    Realms, Route, RouteCreation, RouteMetrics, RouteTable, RouteType, Rule, RuleAction, RuleMark,
    TrackGroup, Tunnel, VirtualAddress,
};
use crate::{Matches, Options, ReadError, RoutingDirs, RoutingNames, Source, dump, load};

/// One file in memory, and the one name that a number cannot stand for.
pub(super) struct Memory(pub(super) String);

impl Source for Memory {
    fn matches(&self, _: &Path, pattern: &str) -> Result<Matches, ReadError> {
        Ok(Matches { paths: vec![pattern.into()], missing: false, wildcard: false })
    }

    fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.clone().into_bytes())
    }

    fn routing_names(&self, list: RoutingNames, _: &RoutingDirs) -> Vec<(String, u32)> {
        if list == RoutingNames::IpProtocols { vec![("sctp".to_owned(), 132)] } else { Vec::new() }
    }
}

fn addresses(family: Family) -> BoxedStrategy<IpAddr> {
    match family {
        Family::V4 => any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).into()).boxed(),
        Family::V6 => any::<u128>().prop_map(|bits| Ipv6Addr::from_bits(bits).into()).boxed(),
    }
}

fn networks(family: Family) -> BoxedStrategy<IpNetwork> {
    let longest = if family == Family::V4 { 32_u8 } else { 128 };
    let any =
        (addresses(family), 0..=longest).prop_map(|(ip, len): (IpAddr, u8)| IpNetwork::new(ip, len).unwrap());
    let all = if family == Family::V4 { "0.0.0.0/0" } else { "::/0" };
    prop_oneof![4 => any, 1 => Just(all.parse().unwrap())].boxed()
}

fn families() -> impl Strategy<Value = Family> {
    select(vec![Family::V4, Family::V6])
}

fn names() -> impl Strategy<Value = InterfaceName> {
    select(vec!["eth0", "a{b", "x#y", "via", "lock", "!"]).prop_map(|name| InterfaceName::new(name).unwrap())
}

fn realms(family: Family) -> BoxedStrategy<Realms> {
    match family {
        Family::V4 => {
            any::<(u8, u8)>().prop_map(|(source, destination)| Realms { source, destination }).boxed()
        }
        Family::V6 => Just(Realms::default()).boxed(),
    }
}

fn tunnels<A: std::fmt::Debug + Clone + 'static>(
    ends: impl Strategy<Value = A> + Clone + 'static,
) -> impl Strategy<Value = Tunnel<A>> {
    let numbers = any::<(Option<u64>, Option<u8>, Option<u8>, Option<u16>)>();
    (numbers, option::of(ends.clone()), option::of(ends)).prop_map(
        |((id, tos, ttl, flags), destination, source)| Tunnel {
            id,
            destination: destination.clone(),
            // Without an end or an id there is no tunnel, and keepalived forgets its source.
            source: source.filter(|_| id.is_some() || destination.is_some()),
            tos,
            ttl,
            flags,
        },
    )
}

fn encaps() -> impl Strategy<Value = Option<Encap>> {
    let v4 = any::<u32>().prop_map(Ipv4Addr::from_bits);
    let v6 = any::<u128>().prop_map(Ipv6Addr::from_bits);
    option::of(prop_oneof![
        tunnels(v4).prop_map(Encap::Ip),
        tunnels(v6).prop_map(Encap::Ip6),
        vec(0..1_u32 << 20, 0..=2).prop_map(Encap::Mpls),
        any::<u64>().prop_map(Encap::Ila),
    ])
}

fn next_hops(family: Family) -> BoxedStrategy<Vec<NextHop>> {
    let gateway = option::of(addresses(family));
    let hop = (gateway.clone(), option::of(names()), 1..=256_u16, any::<bool>(), encaps(), realms(family));
    let hop = hop.prop_map(|(gateway, device, weight, on_link, encap, realms)| NextHop {
        gateway,
        device,
        weight,
        on_link,
        encap,
        realms,
    });
    let other = if family == Family::V4 { Family::V6 } else { Family::V4 };
    let old_form = (gateway, addresses(other)).prop_map(|(first, second)| {
        let hop = |gateway| NextHop { gateway, ..NextHop::default() };
        vec![hop(first), hop(Some(second))]
    });
    prop_oneof![2 => Just(Vec::new()), 2 => vec(hop, 1..4), 1 => old_form].boxed()
}

fn metric(values: impl Strategy<Value = u32>) -> impl Strategy<Value = Option<Metric>> {
    option::of((values, any::<bool>()).prop_map(|(value, locked)| Metric { value, locked }))
}

fn metrics() -> impl Strategy<Value = RouteMetrics> {
    let control = (select(vec!["cubic", "reno", "a b"]), any::<bool>())
        .prop_map(|(name, locked)| CongestionControl { name: name.into(), locked });
    let locked = [(); 5].map(|()| metric(any::<u32>()));
    let times = (metric(1600..=960_000_u32), metric(800..=480_000_u32), metric(200..=120_000_u32));
    let plain =
        any::<(Option<u8>, Option<u32>, Option<u32>, Option<u32>, bool, Option<bool>, Option<bool>)>();
    (locked, times, plain, option::of(control)).prop_map(|(locked, times, plain, congestion_control)| {
        let [mtu, advmss, reordering, cwnd, ssthresh] = locked;
        let (rtt, rtt_variance, rto_min) = times;
        let (hop_limit, window, initial_cwnd, initial_rwnd, ecn, quick_ack, fast_open_no_cookie) = plain;
        RouteMetrics {
            mtu,
            advmss,
            hop_limit,
            rtt,
            rtt_variance,
            rto_min,
            reordering,
            cwnd,
            ssthresh,
            window,
            initial_cwnd,
            initial_rwnd,
            ecn,
            quick_ack,
            fast_open_no_cookie,
            congestion_control,
        }
    })
}

fn routes() -> impl Strategy<Value = Route> {
    families().prop_flat_map(|family| {
        let v6 = family == Family::V6;
        let ways = (option::of(addresses(family)), option::of(addresses(family)), option::of(names()));
        let table = prop_oneof![any::<u32>().prop_map(RouteTable::Id), names().prop_map(RouteTable::Vrf)];
        let creation = select(vec![RouteCreation::Prepend, RouteCreation::Append, RouteCreation::Exclusive]);
        let kind = any::<u8>().prop_map(RouteType);
        let flags = any::<(bool, bool, u8, u8, Option<u8>, Option<u32>, Option<bool>)>();
        let of_v6 = any::<(Option<u32>, Option<u8>)>();
        (
            (networks(family), option::of(networks(Family::V6)), ways, table, creation, kind),
            (flags, of_v6, realms(family), encaps(), metrics(), next_hops(family)),
            option::of(Just("g".into())),
        )
            .prop_map(move |(what, how, group)| {
                let (destination, from, (source, gateway, device), table, creation, kind) = what;
                let (flags, (expires, preference), realms, encap, metrics, next_hops) = how;
                let (on_link, track, tos, protocol, scope, metric, ttl_propagate) = flags;
                Route {
                    from: from.filter(|_| v6),
                    preferred_source: source,
                    gateway,
                    track_group: group.filter(|_| device.is_some()),
                    device,
                    table,
                    creation,
                    kind,
                    on_link,
                    track,
                    tos,
                    protocol: if track { Route::PROTOCOL } else { protocol },
                    scope,
                    metric,
                    ttl_propagate,
                    expires: expires.filter(|_| v6),
                    router_preference: preference.filter(|_| v6),
                    realms,
                    encap,
                    metrics,
                    next_hops,
                    ..Route::new(destination)
                }
            })
    })
}

fn ranges<N: Arbitrary + 'static>() -> impl Strategy<Value = Option<NumberRange<N>>> {
    option::of(any::<(N, N)>().prop_map(|(start, end)| NumberRange { start, end }))
}

fn actions() -> impl Strategy<Value = RuleAction> {
    prop_oneof![
        (1..=u32::MAX).prop_map(RuleAction::Table),
        (1..=u32::MAX).prop_map(RuleAction::Goto),
        select(vec![
            RuleAction::L3mdev,
            RuleAction::Nop,
            RuleAction::Blackhole,
            RuleAction::Unreachable,
            RuleAction::Prohibit
        ]),
    ]
}

fn rules() -> impl Strategy<Value = Rule> {
    families().prop_flat_map(|family| {
        let mark = any::<(u32, Option<u32>)>().prop_map(|(mark, mask)| RuleMark { mark, mask });
        let prefixes = (option::of(networks(family)), option::of(networks(family)), option::of(mark));
        let numbers = any::<(bool, u8, u64, bool, Option<u8>, u32)>();
        let selectors = (ranges(), ranges(), ranges(), option::of(prop_oneof![0..=127_u8, Just(132)]));
        let lookups = (realms(family), option::of(0..=i32::MAX as u32), option::of(0..=i32::MAX as u32));
        (
            prefixes,
            numbers,
            selectors,
            lookups,
            actions(),
            (option::of(names()), option::of(names())),
            any::<bool>(),
        )
            .prop_map(
                move |(prefixes, numbers, selectors, lookups, action, (input, output), group)| {
                    let (from, to, mark) = prefixes;
                    let (invert, tos, tunnel_id, track, protocol, preference) = numbers;
                    let (uids, source_ports, destination_ports, ip_protocol) = selectors;
                    let looks_up = matches!(action, RuleAction::Table(_) | RuleAction::L3mdev);
                    let (realms, length, suppressed) = lookups;
                    let preference = match action {
                        RuleAction::Goto(target) => preference % target,
                        _ => preference,
                    };
                    Rule {
                        invert,
                        from,
                        to,
                        tos,
                        mark,
                        realms: if looks_up { realms } else { Realms::default() },
                        track_group: input.as_ref().filter(|_| group).map(|_| "g".into()),
                        input,
                        output,
                        tunnel_id,
                        uids,
                        ip_protocol,
                        source_ports,
                        destination_ports,
                        suppress_prefix_length: length.filter(|_| looks_up),
                        suppress_group: suppressed.filter(|_| looks_up),
                        protocol: if track { Some(Rule::PROTOCOL) } else { protocol },
                        track,
                        ..Rule::new(family, preference, action)
                    }
                },
            )
    })
}

fn virtual_addresses() -> impl Strategy<Value = VirtualAddress> {
    families().prop_flat_map(|family| {
        let v4 = family == Family::V4;
        let broadcast = prop_oneof![
            Just(Broadcast::None),
            Just(Broadcast::HostBitsSet),
            Just(Broadcast::HostBitsCleared),
            any::<u32>().prop_map(|bits| Broadcast::Address(Ipv4Addr::from_bits(bits))),
        ];
        let flags = any::<(bool, bool, bool, bool, bool, bool, u8, Option<u32>)>();
        let label = option::of(select(vec!["eth0:1", "a b"]));
        (networks(family), option::of(addresses(family)), names(), broadcast, flags, label, any::<bool>())
            .prop_map(move |(network, peer, device, broadcast, flags, label, group)| {
                let network = if peer.is_some() { network.ip().into() } else { network };
                let (
                    home,
                    detect_duplicates,
                    manage_temporary,
                    no_prefix_route,
                    autojoin,
                    track,
                    scope,
                    seconds,
                ) = flags;
                let computed = !matches!(broadcast, Broadcast::None | Broadcast::Address(_));
                let no_broadcast = !v4 || peer.is_some() || (computed && network.prefix() > 30);
                VirtualAddress {
                    device: Some(device),
                    scope: if v4 { scope } else { 0 },
                    broadcast: if no_broadcast { Broadcast::None } else { broadcast },
                    label: label.filter(|_| v4).map(Into::into),
                    peer: peer.map(IpNetwork::from),
                    home,
                    detect_duplicates,
                    manage_temporary,
                    no_prefix_route,
                    autojoin,
                    track,
                    preferred_lifetime: seconds.filter(|seconds| *seconds != u32::MAX),
                    track_group: group.then(|| "g".into()),
                    ..VirtualAddress::new(network)
                }
            })
    })
}

/// Something that a `track_group` can name.
fn instance(name: &str, vrid: u8) -> Option<Instance> {
    let group = Ipv4Addr::new(224, 0, 0, 18).into();
    let mut instance = Instance::new(name, Vrid::new(vrid)?, Family::V4, group);
    instance.interface = InterfaceName::new("eth0");
    Some(instance)
}

proptest! {
    #[test]
    fn static_blocks_read_back(
        static_addresses in vec(virtual_addresses(), 0..4),
        static_routes in vec(routes(), 0..4),
        static_rules in vec(rules(), 0..4),
    ) {
        let mut group = TrackGroup::new("g");
        group.members = vec!["VI_1".into(), "a b".into()];
        let instances = (1..).zip(&group.members).filter_map(|(vrid, name)| instance(name, vrid)).collect();
        let track_groups = vec![group];
        let config =
            Config { instances, track_groups, static_addresses, static_routes, static_rules, ..Config::default() };
        let text = dump(&config);
        let loaded = load(&Options::new("main.conf"), &Memory(text.clone()));
        prop_assert_eq!(&loaded.config.track_groups, &config.track_groups);
        prop_assert_eq!(&loaded.config.static_addresses, &config.static_addresses, "{}", text);
        prop_assert_eq!(&loaded.config.static_routes, &config.static_routes, "{}", text);
        prop_assert_eq!(&loaded.config.static_rules, &config.static_rules, "{}", text);
    }
}
