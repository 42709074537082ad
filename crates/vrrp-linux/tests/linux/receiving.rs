//! What the receiving sockets hear, and what they say of it.

use std::net::IpAddr;

use vrrp_linux::{
    IfIndex, Link, PROTOCOL_AH, Receiver, RxBatch, RxOptions, Sender, SocketError, TxBatch, TxMeta,
};
use vrrp_types::Family;

use crate::pair::{Pair, hex, ip, nowhere, put_on_the_cable, wait};

const GROUP: &str = "224.0.0.18";

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn open(family: Family, on: Option<&Link>) -> Receiver {
    let on = on.map(|link| (link.index, link.name.as_str()));
    Receiver::open(family, on, &RxOptions::default()).unwrap()
}

/// An IPv4 packet of protocol 112 whose payload is `mark`.
fn packet(destination: &str, mark: &[u8]) -> Vec<u8> {
    let IpAddr::V4(destination) = address(destination) else { panic!("IPv4 only") };
    let mut octets = vec![0x45, 0xc0, 0, 0, 0, 1, 0, 0, 255, 112, 0, 0, 10, 1, 0, 1];
    octets.extend(destination.octets());
    octets.extend(mark);
    octets
}

fn send_v4(interface: IfIndex, destination: &str, marks: &[&[u8]]) {
    let sender = Sender::open(Family::V4).unwrap();
    let mut batch = TxBatch::new(marks.len(), 65_536);
    let meta = TxMeta {
        interface: Some(interface),
        source: address("10.1.0.1"),
        destination: address(destination),
        hop_limit: 0,
    };
    for mark in marks {
        batch.push_octets(&meta, &packet(destination, mark)).unwrap();
    }
    assert_eq!(sender.send(&mut batch).sent, marks.len());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn an_ipv4_advert_comes_whole() {
    let pair = Pair::new("rx4");
    let receiver = open(Family::V4, Some(&pair.far));
    receiver.join(address(GROUP), pair.far.index).unwrap();
    send_v4(pair.near.index, GROUP, &[b"advert"]);
    wait(&receiver);
    let mut batch = RxBatch::default();
    assert_eq!(receiver.recv(&mut batch).unwrap(), 1);
    let datagram = batch.iter().next().unwrap();
    assert_eq!(datagram.source, address("10.1.0.1"));
    assert_eq!(datagram.destination, Some(address(GROUP)));
    assert_eq!((datagram.hop_limit, datagram.interface), (Some(255), Some(pair.far.index)));
    assert_eq!((datagram.octets.len(), &datagram.octets[20..]), (26, &b"advert"[..]));
    assert!(!datagram.truncated);
    assert_eq!(receiver.recv(&mut batch).unwrap(), 0);
    assert_eq!(batch.iter().count(), 0);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn an_ipv6_advert_comes_without_its_header() {
    let pair = Pair::new("rx6");
    let receiver = open(Family::V6, Some(&pair.far));
    let group = address("ff02::12");
    receiver.join(group, pair.far.index).unwrap();
    let sender = Sender::open(Family::V6).unwrap();
    let mut batch = TxBatch::new(1, 64);
    let source = address("fe80::77");
    let meta = TxMeta { interface: Some(pair.near.index), source, destination: group, hop_limit: 200 };
    batch.push(&meta, 8, |octets| octets.copy_from_slice(&[0x31, 55, 200, 0, 0, 100, 0, 0])).unwrap();
    assert_eq!(sender.send(&mut batch).sent, 1);
    wait(&receiver);
    let mut batch = RxBatch::default();
    assert_eq!(receiver.recv(&mut batch).unwrap(), 1);
    let datagram = batch.iter().next().unwrap();
    assert_eq!((datagram.source, datagram.destination), (source, Some(group)));
    assert_eq!((datagram.hop_limit, datagram.interface), (Some(200), Some(pair.far.index)));
    assert_eq!(datagram.octets[..6], [0x31, 55, 200, 0, 0, 100]);
    assert_ne!(datagram.octets[6..], [0, 0], "the kernel writes the checksum");
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_wrong_checksum_over_ipv6_is_not_heard() {
    let pair = Pair::new("rxc");
    let receiver = open(Family::V6, Some(&pair.far));
    receiver.join(address("ff02::12"), pair.far.index).unwrap();
    let good = hex(concat!(
        "333300000012 020000000001 86dd 6c000000 0028 70 ff",
        "fe80000000000000280d71fffe436e1e ff020000000000000000000000000012",
        "3137c8020032c288 fe800000000000000000000000001234 20010db8000000000000000000000100"
    ));
    let mut bad = good.clone();
    bad[56] = 201; // the priority
    put_on_the_cable(&pair.near, &[&bad, &good, &bad]);
    wait(&receiver);
    let mut batch = RxBatch::default();
    assert_eq!(receiver.recv(&mut batch).unwrap(), 1);
    assert_eq!(batch.iter().next().unwrap().octets, &good[54..]);
}

/// The second receiver makes the host a member of the group, so only the socket's own choice keeps the first quiet.
#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_group_joined_by_another_is_not_heard() {
    let pair = Pair::new("rxg");
    let [quiet, member] = [(); 2].map(|()| open(Family::V4, Some(&pair.far)));
    quiet.join(address("224.0.0.99"), pair.far.index).unwrap();
    member.join(address(GROUP), pair.far.index).unwrap();
    member.join(address(GROUP), pair.far.index).unwrap(); // again is no error
    send_v4(pair.near.index, GROUP, &[b"not for you"]);
    send_v4(pair.near.index, "224.0.0.99", &[b"for you"]);
    wait(&quiet);
    let mut batch = RxBatch::default();
    assert_eq!(quiet.recv(&mut batch).unwrap(), 1);
    assert_eq!(&batch.iter().next().unwrap().octets[20..], b"for you");

    member.leave(address(GROUP), pair.far.index).unwrap();
    let again = member.leave(address(GROUP), pair.far.index);
    assert!(matches!(again, Err(SocketError::Leave { .. })), "{again:?}");
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn one_socket_for_all_interfaces_tells_them_apart() {
    let pairs = [Pair::new("rxa"), Pair::new("rxb")];
    let receiver = open(Family::V4, None);
    for pair in &pairs {
        receiver.join(address(GROUP), pair.far.index).unwrap();
        send_v4(pair.near.index, GROUP, &[pair.far.name.as_bytes()]);
    }
    let mut heard = Vec::new();
    let mut batch = RxBatch::default();
    while heard.len() < 2 {
        wait(&receiver);
        receiver.recv(&mut batch).unwrap();
        // Other tests' groups are not heard here, as this socket joined on its own interfaces only.
        heard.extend(batch.iter().map(|datagram| (datagram.interface, datagram.octets[20..].to_vec())));
    }
    for (pair, (interface, mark)) in pairs.iter().zip(heard) {
        assert_eq!((interface, mark.as_slice()), (Some(pair.far.index), pair.far.name.as_bytes()));
    }
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_batch_takes_its_slots_and_leaves_the_rest() {
    let pair = Pair::new("rxs");
    let receiver = open(Family::V4, Some(&pair.far));
    receiver.join(address(GROUP), pair.far.index).unwrap();
    let marks: Vec<[u8; 1]> = (0..10).map(|n| [n]).collect();
    send_v4(pair.near.index, GROUP, &marks.iter().map(|mark| &mark[..]).collect::<Vec<_>>());
    wait(&receiver);
    let mut batch = RxBatch::new(4, 64);
    let mut heard = Vec::new();
    for expected in [4, 4, 2, 0] {
        assert_eq!(receiver.recv(&mut batch).unwrap(), expected);
        heard.extend(batch.iter().map(|datagram| datagram.octets[20]));
    }
    assert_eq!(heard, (0..10).collect::<Vec<_>>());
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn what_does_not_fit_its_slot_is_marked() {
    let pair = Pair::new("rxt");
    let receiver = open(Family::V4, Some(&pair.far));
    receiver.join(address(GROUP), pair.far.index).unwrap();
    send_v4(pair.near.index, GROUP, &[&[1; 100], &[2; 10]]);
    wait(&receiver);
    let mut batch = RxBatch::new(4, 64);
    receiver.recv(&mut batch).unwrap();
    let heard: Vec<_> = batch.iter().map(|datagram| (datagram.octets.len(), datagram.truncated)).collect();
    assert_eq!(heard, [(64, true), (30, false)]);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn an_interface_may_go_down_and_come_back() {
    let pair = Pair::new("rxd");
    let receiver = open(Family::V4, Some(&pair.far));
    receiver.join(address(GROUP), pair.far.index).unwrap();
    let mut batch = RxBatch::default();
    ip(&format!("link set {} down", pair.far.name));
    assert_eq!(receiver.recv(&mut batch).unwrap(), 0);
    ip(&format!("link set {} up", pair.far.name));
    pair.until_up();
    send_v4(pair.near.index, GROUP, &[b"back"]);
    wait(&receiver);
    assert_eq!(receiver.recv(&mut batch).unwrap(), 1);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn the_other_protocol_has_its_own_socket() {
    let pair = Pair::new("rxp");
    let on = Some((pair.far.index, pair.far.name.as_str()));
    let [vrrp, ah] = [112, PROTOCOL_AH].map(|protocol| {
        let options = RxOptions { protocol, buffer: Some(65_536) };
        let receiver = Receiver::open(Family::V4, on, &options).unwrap();
        receiver.join(address(GROUP), pair.far.index).unwrap();
        receiver
    });
    let sender = Sender::open(Family::V4).unwrap();
    let (source, destination) = (address("10.1.0.1"), address(GROUP));
    let meta = TxMeta { interface: Some(pair.near.index), source, destination, hop_limit: 0 };
    let mut octets = packet(GROUP, b"authenticated");
    octets[9] = PROTOCOL_AH;
    let mut batch = TxBatch::new(1, 64);
    batch.push_octets(&meta, &octets).unwrap();
    assert_eq!(sender.send(&mut batch).sent, 1);
    wait(&ah);
    let mut batch = RxBatch::default();
    assert_eq!((ah.recv(&mut batch).unwrap(), vrrp.recv(&mut batch).unwrap()), (1, 0));
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn an_interface_that_is_not_there_is_refused_by_name() {
    let pair = Pair::new("rxn");
    let open = |index, name| Receiver::open(Family::V4, Some((index, name)), &RxOptions::default());
    assert!(matches!(open(nowhere(), "rxn-none"), Err(SocketError::Bind { .. })));
    assert!(matches!(open(nowhere(), &pair.far.name), Err(SocketError::Renumbered { .. })));
    assert!(matches!(open(nowhere(), "a name of more than 15"), Err(SocketError::Bind { .. })));
    let receiver = open(pair.far.index, &pair.far.name).unwrap();
    assert!(matches!(receiver.join(address(GROUP), nowhere()), Err(SocketError::Join { .. })));
    assert!(matches!(receiver.join(address("10.0.0.1"), pair.far.index), Err(SocketError::Join { .. })));
}
