//! Packets that other implementations have sent, both ways: read into the expected advert, and written again
//! octet for octet.
//!
//! Sources: keepalived 2.4.3 and 2.2.7 (which agree), Debian's keepalived 2.2.7 and FRR's vrrpd 8.4.4, captured
//! on a veth pair with `tcpdump`. Packets start at the IP header.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::IpAddr;

use common::{arrival, centis, hex, v4, v6, vrid};
use vrrp_types::{Priority, Version};
use vrrp_wire::{
    Addresses, Advert, Auth, AuthRule, ChecksumRule, DecodeError, Header, IntervalRule, Ipv4Header,
    Ipv4Packet, Password, Path, Policy, Protocol,
};

/// One packet: its octets, and what it says.
struct Golden {
    what: &'static str,
    packet: &'static str,
    version: Version,
    vrid: u8,
    priority: u8,
    /// Centiseconds
    interval: u16,
    password: Option<&'static str>,
    addresses: &'static [&'static str],
}

impl Golden {
    /// Calls `check` with the advert this packet must be read as.
    fn advert<R>(&self, check: impl FnOnce(Advert<'_>) -> R) -> R {
        let addresses = self.addresses.iter().map(|a| a.parse::<IpAddr>().unwrap()).collect::<Vec<_>>();
        let v4 = addresses.iter().filter_map(|a| if let IpAddr::V4(a) = a { Some(a.octets()) } else { None });
        let v6 = addresses.iter().filter_map(|a| if let IpAddr::V6(a) = a { Some(a.octets()) } else { None });
        let (v4, v6) = (v4.collect::<Vec<_>>(), v6.collect::<Vec<_>>());
        let list = if v6.is_empty() { Addresses::V4(&v4) } else { Addresses::V6(&v6) };
        let priority = Priority::new(self.priority);
        let advert =
            Advert::new(self.version, vrid(self.vrid), priority, centis(self.interval), list).unwrap();
        check(advert.with_auth(self.auth()).unwrap())
    }

    fn auth(&self) -> Auth {
        self.password.map_or(Auth::None, |text| Auth::Pass(Password::new(text.as_bytes())))
    }

    fn policy(&self, destination: IpAddr) -> Policy {
        let mut policy = match destination.is_multicast() {
            true => Policy::multicast(self.version, centis(self.interval)),
            false => Policy::unicast(self.version, centis(self.interval)),
        };
        policy.auth = AuthRule::Exactly(self.auth());
        policy
    }
}

const fn golden(
    what: &'static str,
    packet: &'static str,
    version: Version,
    (vrid, priority): (u8, u8),
    interval: u16,
    password: Option<&'static str>,
    addresses: &'static [&'static str],
) -> Golden {
    Golden { what, packet, version, vrid, priority, interval, password, addresses }
}

const KEEPALIVED: &[Golden] = &[
    golden(
        "v2 with password, two addresses",
        "45c0002c00010000ff70d08c0a010001e0000012 2133960201016e37 0a0100640a010065 6162636400000000",
        Version::V2,
        (51, 150),
        100,
        Some("abcd"),
        &["10.1.0.100", "10.1.0.101"],
    ),
    golden(
        "v2 with password 1111",
        "45c0002800010000ff70d0880a090001e0000012 213d96010101daf0 0a090064 3131313100000000",
        Version::V2,
        (61, 150),
        100,
        Some("1111"),
        &["10.9.0.100"],
    ),
    golden(
        "v2 with password, tenth packet, farewell",
        "45c00028000a0000ff70d07f0a090001e0000012 213d0001010170f1 0a090064 3131313100000000",
        Version::V2,
        (61, 0),
        100,
        Some("1111"),
        &["10.9.0.100"],
    ),
    golden(
        "v2, three addresses, every three seconds",
        "45c0003000010000ff70d0800a090001e0000012 213e640300035b6e 0a0900650a0900660a090067 0000000000000000",
        Version::V2,
        (62, 100),
        300,
        None,
        &["10.9.0.101", "10.9.0.102", "10.9.0.103"],
    ),
    golden(
        "v2 unicast",
        "45c0002800010000ff70a6900a0900010a090002 21435a0100017a46 0a09006b 0000000000000000",
        Version::V2,
        (67, 90),
        100,
        None,
        &["10.9.0.107"],
    ),
    golden(
        "v3, half a second",
        "45c0002000010000ff70d0980a010001e0000012 3134c80100321198 0a01006e",
        Version::V3,
        (52, 200),
        50,
        None,
        &["10.1.0.110"],
    ),
    golden(
        "v3, fifty milliseconds",
        "45c0002000010000ff70d0900a090001e0000012 313ffe010005dbaf 0a090068",
        Version::V3,
        (63, 254),
        5,
        None,
        &["10.9.0.104"],
    ),
    golden(
        "v3, packet 237, farewell",
        "45c0002000ed0000ff70cfa40a090001e0000012 313f00010005d9b0 0a090068",
        Version::V3,
        (63, 0),
        5,
        None,
        &["10.9.0.104"],
    ),
    golden(
        "v3 unicast with TTL 64, the longest interval, owner",
        "45c0002400010000407065950a0900010a090002 3140ff020fff9643 0a0900690a09006a",
        Version::V3,
        (64, 255),
        4095,
        None,
        &["10.9.0.105", "10.9.0.106"],
    ),
    golden(
        "v3 over IPv6",
        "6c0a9997002870fffe80000000000000000000fffe000901ff020000000000000000000000000012
             3141ff0200649c24 fe800000000000000000000000000065 20010db8000000000000000000000065",
        Version::V3,
        (65, 255),
        100,
        None,
        &["fe80::65", "2001:db8::65"],
    ),
    golden(
        "v3 over IPv6, another sender",
        "6c000000002870fffe80000000000000280d71fffe436e1eff020000000000000000000000000012
             3137c8020032c288 fe800000000000000000000000001234 20010db8000000000000000000000100",
        Version::V3,
        (55, 200),
        50,
        None,
        &["fe80::1234", "2001:db8::100"],
    ),
    golden(
        "v2 over IPv6",
        "6c0a9997001870fffe80000000000000000000fffe000901ff020000000000000000000000000012
             21427801000161b5 fe800000000000000000000000000066",
        Version::V2,
        (66, 120),
        100,
        None,
        &["fe80::66"],
    ),
];

/// The kernel chooses identification and "don't fragment" of FRR's IPv4 header.
const FRR: &[Golden] = &[
    golden(
        "v3 over IPv4",
        "45c0002484654000ff700c290a080001e0000012 3147c8020014072d 0a0800640a080065",
        Version::V3,
        (71, 200),
        20,
        None,
        &["10.8.0.100", "10.8.0.101"],
    ),
    golden(
        "v3 over IPv4, farewell",
        "45c000248b984000ff7004f60a080001e0000012 314700020014cf2d 0a0800640a080065",
        Version::V3,
        (71, 0),
        20,
        None,
        &["10.8.0.100", "10.8.0.101"],
    ),
    golden(
        "v3 over IPv6",
        "6c0f3d1b002870fffe8000000000000002005efffe000247ff020000000000000000000000000012
             3147c80200147981 fe800000000000000000000000000071 20010db8000000000000000000000100",
        Version::V3,
        (71, 200),
        20,
        None,
        &["fe80::71", "2001:db8::100"],
    ),
    golden(
        "v2 over IPv4",
        "45c0002886194000ff700a710a080001e0000012 21486e010001663f 0a08006e 0000000000000000",
        Version::V2,
        (72, 110),
        100,
        None,
        &["10.8.0.110"],
    ),
];

/// Reads an IPv6 header as far as a socket would tell: path and hop limit.
fn ipv6(packet: &[u8]) -> (Path, u8, &[u8]) {
    let address = |at: usize| <[u8; 16]>::try_from(&packet[at..at + 16]).unwrap().into();
    let path = Path::V6 { source: address(8), destination: address(24) };
    assert_eq!(packet[6], Protocol::VRRP.0);
    (path, packet[7], &packet[40..])
}

#[test]
fn every_packet_is_read_as_what_was_configured() {
    for golden in KEEPALIVED.iter().chain(FRR) {
        let packet = hex(golden.packet);
        let (arrival, message) = if packet[0] >> 4 == 4 {
            let ip = Ipv4Packet::parse(&packet).unwrap();
            assert!(ip.header_checksum_holds(), "{}", golden.what);
            assert_eq!(ip.vrid(), Ok(vrid(golden.vrid)), "{}", golden.what);
            assert_eq!(ip.tos(), vrrp_wire::TRAFFIC_CLASS, "{}", golden.what);
            (ip.arrival(), ip.message().unwrap())
        } else {
            let (path, hop_limit, message) = ipv6(&packet);
            (arrival(path, hop_limit), message)
        };
        let policy = golden.policy(arrival.path.destination());
        golden.advert(|want| {
            assert_eq!(Advert::parse(message, &arrival, &policy), Ok(want), "{}", golden.what)
        });
    }
}

#[test]
fn keepaliveds_packets_are_written_octet_for_octet() {
    for golden in KEEPALIVED {
        let packet = hex(golden.packet);
        let mut written = vec![0xa5; packet.len()];
        golden.advert(|advert| match Ipv4Packet::parse(&packet) {
            Ok(received) => {
                let mut ip = Ipv4Header::new(received.source(), received.destination());
                ip.ttl = received.ttl();
                ip.identification = received.identification();
                assert_eq!(advert.ipv4_len(), packet.len(), "{}", golden.what);
                advert.emit_ipv4(&mut written, &ip, ChecksumRule::Standard);
                assert_eq!(written, packet, "{}", golden.what);
            }
            Err(_) => {
                let (path, _, message) = ipv6(&packet);
                assert_eq!(advert.wire_len(), message.len(), "{}", golden.what);
                advert.emit(&mut written[40..], &path, ChecksumRule::Standard);
                assert_eq!(&written[40..], message, "{}", golden.what);
            }
        });
    }
}

#[test]
fn frrs_messages_are_written_octet_for_octet() {
    for golden in FRR {
        let packet = hex(golden.packet);
        let (path, message) = match Ipv4Packet::parse(&packet) {
            Ok(ip) => (ip.arrival().path, ip.message().unwrap()),
            Err(_) => (ipv6(&packet).0, &packet[40..]),
        };
        let mut written = vec![0xa5; message.len()];
        golden.advert(|advert| advert.emit(&mut written, &path, ChecksumRule::Standard));
        assert_eq!(written, message, "{}", golden.what);
    }
}

/// Messages of keepalived for which only the source and the destination are known, and the rule that makes
/// their checksum.
#[test]
fn each_checksum_rule_makes_keepaliveds_checksum() {
    let group = v4("10.1.0.1", "224.0.0.18");
    let peer = v4("10.1.0.1", "10.1.0.2");
    let any_group = ChecksumRule::Group(vrrp_wire::GROUP_V4);
    for (message, path, rule) in [
        ("2139c80100010c55 0a01006e 0000000000000000", group, ChecksumRule::Standard),
        ("213900010001d455 0a01006e 0000000000000000", group, ChecksumRule::Standard),
        ("213900010001d455 0a01006e 0000000000000000", group, ChecksumRule::AsV2),
        ("213900010001d455 0a01006e 0000000000000000", peer, any_group),
        ("3135c80100321197 0a01006e", group, ChecksumRule::Standard),
        ("3135c8010032fc27 0a01006e", group, ChecksumRule::AsV2),
        ("3135c8010032fc27 0a01006e", peer, ChecksumRule::AsV2),
        ("3135c8010032e7a6 0a01006e", peer, ChecksumRule::Standard),
        ("3135c80100321197 0a01006e", peer, any_group),
        ("3135c80100320000 0a01006e", peer, ChecksumRule::Skip),
    ] {
        let octets = hex(message);
        let version = Header::peek(&octets).unwrap().version().unwrap();
        let mut policy = Policy::lenient(version);
        policy.checksum = rule;
        let advert = Advert::parse(&octets, &arrival(path, 255), &policy).unwrap();
        let mut written = vec![0xa5; octets.len()];
        advert.emit(&mut written, &path, rule);
        assert_eq!(written, octets, "{message} {rule:?}");
    }
}

/// A router of before keepalived 1.3.6 sums the group's address although it sends to a host.
#[test]
fn an_old_unicast_peer_is_found_out_by_a_second_reading() {
    let message = hex("3135c80100321197 0a01006e");
    let arrived = arrival(v4("10.1.0.1", "10.1.0.2"), 64);
    let mut policy = Policy::unicast(Version::V3, centis(50));
    let refused = Advert::parse(&message, &arrived, &policy);
    assert_eq!(refused, Err(DecodeError::Checksum { received: 0x1197 }));
    policy.checksum = ChecksumRule::Group(vrrp_wire::GROUP_V4);
    assert!(Advert::parse(&message, &arrived, &policy).is_ok());
}

/// keepalived 2.4 may add a trailer of 28 octets, which is not part of the message.
#[test]
fn a_trailer_makes_the_message_too_long() {
    let packet = hex("45c0003c00010000ff70d07c0a010001e0000012 3138c80100321194 0a01006e
         010100006b02f5edaf550000 8a48329301d6dd4032eaf50c8c488182");
    let packet = Ipv4Packet::parse(&packet).unwrap();
    let policy = Policy::multicast(Version::V3, centis(50));
    let refused = Advert::parse(packet.message().unwrap(), &packet.arrival(), &policy);
    assert_eq!(refused, Err(DecodeError::MessageLength { need: 12, have: 40 }));
}

/// `v3_checksum_as_v2` makes keepalived send without a pseudo-header and accept any checksum.
#[test]
fn as_v2_refuses_what_skip_lets_pass() {
    let message = hex("3135c80100321197 0a01006e");
    let arrived = arrival(v4("10.1.0.1", "224.0.0.18"), 255);
    let mut policy = Policy::multicast(Version::V3, centis(50));
    for (rule, refused) in [
        (ChecksumRule::Standard, None),
        (ChecksumRule::Skip, None),
        (ChecksumRule::AsV2, Some(DecodeError::Checksum { received: 0x1197 })),
    ] {
        policy.checksum = rule;
        assert_eq!(Advert::parse(&message, &arrived, &policy).err(), refused, "{rule:?}");
    }
}

#[test]
fn over_ipv6_as_v2_changes_nothing() {
    let path = v6("fe80::280d:71ff:fe43:6e1e", "ff02::12");
    let message = hex("3137c8020032c288 fe800000000000000000000000001234 20010db8000000000000000000000100");
    let mut policy = Policy::multicast(Version::V3, centis(50));
    policy.interval = IntervalRule::Any;
    policy.checksum = ChecksumRule::AsV2;
    assert!(Advert::parse(&message, &arrival(path, 255), &policy).is_ok());
}
