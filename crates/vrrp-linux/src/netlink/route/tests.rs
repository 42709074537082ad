use proptest::prelude::*;

use super::*;
use crate::netlink::message::{attributes, hex, messages};
use crate::netlink::{Operation, operation::sealed::Encode};

fn d0() -> Option<IfIndex> {
    IfIndex::new(3)
}

fn route(destination: &str) -> Route {
    let destination: IpNetwork = destination.parse().unwrap();
    Route::new(Family::of(destination.ip()), destination)
}

fn via(destination: &str, gateway: &str) -> Route {
    Route { gateway: Some(gateway.parse().unwrap()), interface: d0(), ..route(destination) }
}

/// Kind, flags, what stands before the attributes, and these in order.
type Said = (u16, u16, Vec<u8>, Vec<(u16, Vec<u8>)>);

/// What a request says, whatever the order of its attributes: iproute2 has an order of its own. Sequence number and the
/// wish for an answer are left out, and so is the mark of a nested attribute, which the kernel does not look for here.
fn said(octets: &[u8]) -> Said {
    let message = messages(octets).next().expect("a whole message");
    let sorted = |list: Vec<(u16, &[u8])>| {
        let mut list: Vec<_> = list.into_iter().map(|(kind, value)| (kind, value.to_vec())).collect();
        list.sort();
        list
    };
    let mut list = sorted(attributes(message.body, 12).collect());
    for (kind, value) in &mut list {
        if [libc::RTA_METRICS, libc::RTA_ENCAP].contains(kind) {
            *value = format!("{:?}", sorted(attributes(value, 0).collect())).into_bytes();
        }
    }
    (message.kind, message.flags & !(libc::NLM_F_ACK as u16), message.body[..12].to_vec(), list)
}

fn tunnel<A>(destination: A) -> Tunnel<A> {
    Tunnel {
        id: Some(5),
        destination: Some(destination),
        source: None,
        tos: Some(4),
        ttl: Some(6),
        flags: None,
    }
}

/// What iproute2 6.1 sent for each line (`strace -e write=3`), d0 being interface 3.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn requests_are_those_of_iproute2() {
    use RouteCreation::{Append, Exclusive, Prepend};
    let metrics = vec![
        (RouteMetric::Features, 1),
        (RouteMetric::HopLimit, 9),
        (RouteMetric::InitialWindow, 7),
        (RouteMetric::Mtu, 1400),
        (RouteMetric::SegmentSize, 1300),
        (RouteMetric::Rtt, 2400),
        (RouteMetric::QuickAck, 1),
    ];
    let hop = |gateway: &str, hops, on_link| NextHop {
        gateway: Some(gateway.parse().unwrap()),
        interface: d0(),
        hops,
        on_link,
        ..NextHop::default()
    };
    for (line, creation, route, octets) in [
        (
            "prepend 10.2.1.0/24 via 10.1.0.9 dev d0 table 1000 metric 5 tos 4 proto 18",
            Prepend,
            Route { table: 1000, metric: Some(5), tos: 4, ..via("10.2.1.0/24", "10.1.0.9") },
            "44000000180005043040066b00000000021800040012000100000000080001000a020100080005000a01000908000f00e803000008000600050000000800040003000000",
        ),
        (
            "append 10.2.1.0/24 dev d0 src 10.1.0.1 scope link realms 3/4 proto 18 mtu lock 1400 advmss 1300 rtt 300ms \
             features ecn quickack 1 congctl cubic initcwnd 7 hoplimit 9",
            Append,
            Route {
                interface: d0(),
                preferred_source: Some("10.1.0.1".parse().unwrap()),
                scope: Some(253),
                realms: 3 << 16 | 4,
                metrics,
                congestion_control: Some("cubic".into()),
                locked: 1 << 2,
                ..route("10.2.1.0/24")
            },
            "8c0000001800050c3040066b0000000002180000fe12fd0100000000080001000a020100080007000a01000108000b000400030008000400030000005000080008000200780500000800080014050000080004006009000008000c000100000008000f000100000009001000637562696300000008000b000700000008000a00090000000800010004000000",
        ),
        (
            "add 10.2.2.0/24 proto 18 nexthop via 10.1.0.9 dev d0 weight 2 nexthop via 10.1.0.8 dev d0 onlink",
            Exclusive,
            Route {
                next_hops: vec![hop("10.1.0.9", 1, false), hop("10.1.0.8", 0, true)],
                ..route("10.2.2.0/24")
            },
            "48000000180005063040066b0000000002180000fe12000100000000080001000a020200240009001000000103000000080005000a0100091000040003000000080005000a010008",
        ),
        (
            "prepend 10.2.4.0/24 proto 18 encap ip id 5 dst 1.2.3.4 src 1.2.3.5 tos 4 ttl 6 via 10.1.0.9 dev d0",
            Prepend,
            Route {
                encap: Some(Encap::Ip(Tunnel {
                    source: Some([1, 2, 3, 5].into()),
                    ..tunnel([1, 2, 3, 4].into())
                })),
                ..via("10.2.4.0/24", "10.1.0.9")
            },
            "6c000000180005043040066b0000000002180000fe12000100000000080001000a020400300016800c0001000000000000000005080002000102030408000300010203050500050004e101000500040006e101000600150002000000080005000a0100090800040003000000",
        ),
        (
            "prepend 10.2.3.0/24 proto 18 encap mpls 100/200 via 10.1.0.9 dev d0",
            Prepend,
            Route { encap: Some(Encap::Mpls(vec![100, 200])), ..via("10.2.3.0/24", "10.1.0.9") },
            "4c000000180005043040066b0000000002180000fe12000100000000080001000a020300100016800c00010000064000000c81000600150001000100080005000a0100090800040003000000",
        ),
        (
            "prepend 10.2.5.0/24 proto 18 via inet6 2001:db8::9 dev d0",
            Prepend,
            via("10.2.5.0/24", "2001:db8::9"),
            "44000000180005043040066b0000000002180000fe12000100000000080001000a020500160012000a0020010db800000000000000000000000900000800040003000000",
        ),
        (
            "prepend 2001:db8:3::/64 from 2001:db8:9::/64 proto 18 via 2001:db8::9 dev d0 pref high expires 100",
            Prepend,
            Route {
                source: Some("2001:db8:9::/64".parse().unwrap()),
                preference: Some(1),
                expires: Some(100),
                ..via("2001:db8:3::/64", "2001:db8::9")
            },
            "70000000180005043040066b000000000a404000fe120001000000001400010020010db80003000000000000000000001400020020010db80009000000000000000000001400050020010db8000000000000000000000009050014000100000008001700640000000800040003000000",
        ),
        (
            "prepend 2001:db8:5::/64 proto 18 encap ip6 id 5 dst 2001:db8::7 tc 4 hoplimit 6 via 2001:db8::9 dev d0",
            Prepend,
            Route {
                encap: Some(Encap::Ip6(tunnel("2001:db8::7".parse().unwrap()))),
                ..via("2001:db8:5::/64", "2001:db8::9")
            },
            "88000000180005043040066b000000000a400000fe120001000000001400010020010db8000500000000000000000000340016800c00010000000000000000051400020020010db80000000000000000000000070500050004000000050004000600000006001500040000001400050020010db80000000000000000000000090800040003000000",
        ),
        (
            "prepend 2001:db8:5::/64 proto 18 encap ila 1:2:3:4 via 2001:db8::9 dev d0",
            Prepend,
            Route { encap: Some(Encap::Ila(0x0001_0002_0003_0004)), ..via("2001:db8:5::/64", "2001:db8::9") },
            "64000000180005043140066b000000000a400000fe120001000000001400010020010db8000500000000000000000000100016800c000100000100020003000406001500030001001400050020010db80000000000000000000000090800040003000000",
        ),
    ] {
        let mut ours = Vec::new();
        Operation::AddRoute(Box::new(route), creation).encode(7, &mut ours).unwrap();
        assert_eq!(said(&ours), said(&hex(octets)), "{line}");
    }
}

/// `ip route del blackhole 10.2.6.0/24 proto 18`
#[test]
fn a_removal_is_of_any_scope() {
    let octets = "24000000190005003140066b0000000002180000fe12ff0600000000080001000a020600";
    let mut ours = Vec::new();
    let blackhole = Route { kind: 6, ..route("10.2.6.0/24") };
    Operation::RemoveRoute(Box::new(blackhole)).encode(7, &mut ours).unwrap();
    assert_eq!(said(&ours), said(&hex(octets)));
}

#[test]
fn a_route_of_mixed_families_is_no_request() {
    let mut out = Vec::new();
    let mixed = Route { preferred_source: Some("10.0.0.1".parse().unwrap()), ..route("2001:db8::/64") };
    assert!(mixed.encode_remove(1, &mut out).is_err());
    let way = || NextHop { interface: d0(), ..NextHop::default() };
    let endless = Route { next_hops: (0..9_000).map(|_| way()).collect(), ..route("10.0.0.0/8") };
    assert!(endless.encode_remove(1, &mut out).is_err());
    assert!(out.is_empty());
}

/// The kernel's answer to a route is what was asked for, read with its key.
#[test]
fn a_request_and_a_report_have_one_key() {
    for asked in [
        via("10.2.1.0/24", "10.1.0.9"),
        Route { table: 1000, metric: Some(5), tos: 4, ..via("0.0.0.0/0", "10.1.0.9") },
        Route { metric: Some(3), source: Some("2001:db8:9::/64".parse().unwrap()), ..via("::/0", "fe80::1") },
    ] {
        let mut octets = Vec::new();
        asked.encode_add(RouteCreation::Append, 1, &mut octets).unwrap();
        let body = messages(&octets).next().unwrap().body.to_vec();
        assert_eq!(RouteKey::parse(&body, Route::PROTOCOL), Some(asked.key()));
        assert_eq!(RouteKey::parse(&body, 4), None, "somebody else's");
    }
    assert_eq!(via("2001:db8::/64", "fe80::1").key().metric, 1024, "the kernel's own for IPv6");
}

#[test]
fn an_interface_that_is_not_known_fits_any() {
    let (on, anywhere) = (via("10.2.1.0/24", "10.1.0.9").key(), route("10.2.1.0/24").key());
    let elsewhere = RouteKey { interface: IfIndex::new(4), ..on };
    assert!(on.fits(&anywhere) && anywhere.fits(&on) && on.fits(&on));
    assert!(!on.fits(&elsewhere));
    assert!(!anywhere.fits(&RouteKey { tos: 4, ..anywhere }));
}

proptest! {
    #[test]
    fn junk_is_no_route(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut octets = octets;
        if let Some(protocol) = octets.get_mut(5) {
            *protocol = Route::PROTOCOL;
        }
        if let Some(key) = RouteKey::parse(&octets, Route::PROTOCOL) {
            prop_assert!(key.destination.prefix() <= 128);
        }
    }
}
