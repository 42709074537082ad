//! What leaves the sending sockets, seen by a capture at the other end of the cable.

use std::io::ErrorKind;
use std::net::IpAddr;

use vrrp_linux::{BatchFull, IfIndex, Receiver, RxBatch, RxOptions, Sender, TxBatch, TxMeta};
use vrrp_types::Family;

use crate::pair::{Capture, Pair, hex, ip, is_vrrp, nowhere, readable_now, wait};

/// keepalived's VRRPv3 advert from 10.1.0.1, as it was on the wire; the kernel fills in the header checksum.
const V4: &str = "45c0002000010000ff70d0980a010001e0000012 3134c801003211980a01006e";
/// Its advert over IPv6 from `V6_SOURCE`, whose checksum the kernel fills in.
const V6: &str = "3137c8020032c288 fe800000000000000000000000001234 20010db8000000000000000000000100";
const V6_SOURCE: &str = "fe80::280d:71ff:fe43:6e1e";

fn meta(interface: Option<IfIndex>, source: &str, destination: &str, hop_limit: u8) -> TxMeta {
    let [source, destination] = [source, destination].map(|address| address.parse::<IpAddr>().unwrap());
    TxMeta { interface, source, destination, hop_limit }
}

fn multicast_v4(interface: IfIndex) -> TxMeta {
    meta(Some(interface), "10.1.0.1", "224.0.0.18", 255)
}

fn multicast_v6(interface: IfIndex) -> TxMeta {
    meta(Some(interface), V6_SOURCE, "ff02::12", 255)
}

/// `octets` with `at..at + 2` zeroed: as the caller hands them over, without a checksum.
fn unsummed(octets: &str, at: usize) -> Vec<u8> {
    let mut octets = hex(octets);
    octets[at..at + 2].fill(0);
    octets
}

fn send_one(family: Family, meta: &TxMeta, octets: &[u8]) {
    let sender = Sender::open(family).unwrap();
    let mut batch = TxBatch::new(1, octets.len());
    batch.push_octets(meta, octets).unwrap();
    let report = sender.send(&mut batch);
    assert_eq!((report.sent, report.failures.len()), (1, 0), "{:?}", report.failures);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn multicast_v4_leaves_without_address_or_route() {
    let pair = Pair::new("tx4");
    let mut capture = Capture::on(&pair.far);
    send_one(Family::V4, &multicast_v4(pair.near.index), &unsummed(V4, 10));
    let expected = [hex("01005e000012 020000000001 0800"), hex(V4)].concat();
    assert_eq!(capture.next(is_vrrp), expected);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn multicast_v6_leaves_without_address_or_route() {
    let pair = Pair::new("tx6");
    let mut capture = Capture::on(&pair.far);
    send_one(Family::V6, &multicast_v6(pair.near.index), &unsummed(V6, 6));
    let mut frame = capture.next(is_vrrp);
    assert_eq!(frame[14] >> 4, 6);
    assert_eq!(u16::from_be_bytes([frame[14], frame[15]]) >> 4 & 0xff, 0xc0, "traffic class");
    frame[14..18].fill(0); // the flow label is the kernel's choice
    let expected = [
        hex("333300000012 020000000001 86dd 00000000 0028 70 ff"),
        hex("fe80000000000000280d71fffe436e1e ff020000000000000000000000000012"),
        hex(V6),
    ];
    assert_eq!(frame, expected.concat());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn unicast_v4_follows_the_routes_from_an_address_that_is_not_there() {
    let pair = Pair::new("tu4");
    let mut capture = Capture::on(&pair.far);
    let near = &pair.near.name;
    ip(&format!("route add 10.91.0.2/32 dev {near}"));
    ip(&format!("neigh add 10.91.0.2 lladdr 02:00:00:00:00:02 dev {near}"));
    let mut packet = unsummed(V4, 10);
    packet[8] = 64; // time to live
    packet[16..20].copy_from_slice(&[10, 91, 0, 2]);
    send_one(Family::V4, &meta(None, "10.1.0.1", "10.91.0.2", 0), &packet);
    let frame = capture.next(is_vrrp);
    assert_eq!(frame[..14], hex("020000000002 020000000001 0800"));
    assert_eq!((frame[14 + 1], frame[14 + 8]), (0xc0, 64));
    assert_eq!(frame[26..34], [10, 1, 0, 1, 10, 91, 0, 2]);
}

/// Two ways out for one destination: the rule on the source decides, as it does for a socket bound to it.
#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn unicast_v4_obeys_rules_on_its_source() {
    let (wrong, right) = (Pair::new("tr1"), Pair::new("tr2"));
    let mut capture = Capture::on(&right.far);
    for (pair, table) in [(&wrong, "main"), (&right, "977")] {
        let near = &pair.near.name;
        ip(&format!("route add 10.92.0.2/32 dev {near} table {table}"));
        ip(&format!("neigh add 10.92.0.2 lladdr 02:00:00:00:00:02 dev {near}"));
    }
    ip("rule add from 10.92.0.1 table 977");
    let mut packet = unsummed(V4, 10);
    packet[12..20].copy_from_slice(&[10, 92, 0, 1, 10, 92, 0, 2]);
    send_one(Family::V4, &meta(None, "10.92.0.1", "10.92.0.2", 0), &packet);
    assert_eq!(capture.next(is_vrrp)[26..34], [10, 92, 0, 1, 10, 92, 0, 2]);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn unicast_v6_has_its_own_hop_limit() {
    let pair = Pair::new("tu6");
    let mut capture = Capture::on(&pair.far);
    ip(&format!("route add 2001:db8:91::/64 dev {}", pair.near.name));
    ip(&format!("neigh add 2001:db8:91::2 lladdr 02:00:00:00:00:02 dev {}", pair.near.name));
    send_one(Family::V6, &meta(None, "2001:db8:91::1", "2001:db8:91::2", 64), &unsummed(V6, 6));
    let frame = capture.next(is_vrrp);
    assert_eq!((frame[14 + 7], &frame[22..38]), (64, &hex("20010db8009100000000000000000001")[..]));
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn one_that_fails_holds_up_no_other() {
    let pair = Pair::new("txf");
    let mut capture = Capture::on(&pair.far);
    for (family, octets, meta) in [
        (Family::V4, unsummed(V4, 10), multicast_v4 as fn(IfIndex) -> TxMeta),
        (Family::V6, unsummed(V6, 6), multicast_v6),
    ] {
        let sender = Sender::open(family).unwrap();
        let mut batch = TxBatch::new(5, 5 * octets.len());
        for good in [false, true, false, true, false] {
            let interface = if good { pair.near.index } else { nowhere() };
            batch.push_octets(&meta(interface), &octets).unwrap();
        }
        assert_eq!(batch.push_octets(&meta(nowhere()), &octets), Err(BatchFull));
        let report = sender.send(&mut batch);
        let failed: Vec<_> = report.failures.iter().map(|failure| failure.index).collect();
        assert_eq!((report.sent, failed), (2, vec![0, 2, 4]), "{family}: {:?}", report.failures);
        assert!(batch.is_empty());
        for _ in 0..2 {
            assert_eq!(capture.next(is_vrrp)[12] == 0x86, family == Family::V6);
        }
    }
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn an_interface_that_is_down_is_told() {
    let pair = Pair::new("txd");
    ip(&format!("link set {} down", pair.near.name));
    let sender = Sender::open(Family::V4).unwrap();
    let mut batch = TxBatch::new(1, 64);
    batch.push_octets(&multicast_v4(pair.near.index), &unsummed(V4, 10)).unwrap();
    let report = sender.send(&mut batch);
    let [failure] = report.failures else { panic!("{report:?}") };
    assert!(
        matches!(failure.error.kind(), ErrorKind::NetworkDown | ErrorKind::NetworkUnreachable),
        "{}",
        failure.error
    );
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_sender_hears_neither_itself_nor_others() {
    let pair = Pair::new("txq");
    for (family, group, octets, meta) in [
        (Family::V4, "224.0.0.18", unsummed(V4, 10), multicast_v4 as fn(IfIndex) -> TxMeta),
        (Family::V6, "ff02::12", unsummed(V6, 6), multicast_v6),
    ] {
        let group = group.parse().unwrap();
        let [own, other] = [&pair.near, &pair.far].map(|end| {
            let name = Some((end.index, end.name.as_str()));
            let receiver = Receiver::open(family, name, &RxOptions::default()).unwrap();
            receiver.join(group, end.index).unwrap();
            receiver
        });
        let sender = Sender::open(family).unwrap();
        let mut batch = TxBatch::new(1, 64);
        batch.push_octets(&meta(pair.near.index), &octets).unwrap();
        assert_eq!(sender.send(&mut batch).sent, 1);
        wait(&other); // by now it has been everywhere it goes
        assert_eq!(other.recv(&mut RxBatch::default()).unwrap(), 1);
        assert!(!readable_now(&own), "{family}: looped back");
        assert!(!readable_now(&sender), "{family}: heard by the sending socket");
    }
}
