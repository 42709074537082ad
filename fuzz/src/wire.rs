//! Targets for `vrrp-wire`: what is accepted can be said again, and means the same.
//!
//! Random octets rarely have a right checksum, so it is not demanded of them; it is written, and then demanded.

use std::net::{Ipv4Addr, Ipv6Addr};

use vrrp_types::{Interval, Priority, Version};
use vrrp_wire::{
    Advert, Arrival, AuthRule, ChecksumRule, DecodeError, GROUP_V4, GROUP_V6, HOP_LIMIT, Header,
    IntervalRule, Ipv4Header, Ipv4Packet, Path, Policy, Protocol,
};

const V4: Path = Path::V4 { source: Ipv4Addr::new(10, 1, 0, 1), destination: GROUP_V4 };
const V6: Path = Path::V6 { source: Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), destination: GROUP_V6 };

/// A VRRPv2 message, over IPv4 and over IPv6.
pub fn advert_v2(octets: &[u8]) {
    advert(octets, Version::V2, V4);
    advert(octets, Version::V2, V6);
}

/// A VRRPv3 message over IPv4.
pub fn advert_v3_v4(octets: &[u8]) {
    advert(octets, Version::V3, V4);
}

/// A VRRPv3 message over IPv6.
pub fn advert_v3_v6(octets: &[u8]) {
    advert(octets, Version::V3, V6);
}

/// A packet from the first octet of its IPv4 header.
pub fn ipv4_packet(octets: &[u8]) {
    let Ok(packet) = Ipv4Packet::parse(octets) else { return };
    let _ = (packet.header_checksum_holds(), packet.tos());
    let vrid = packet.vrid();
    let message = match packet.message() {
        Ok(message) => message,
        Err(DecodeError::AuthenticationHeader) => {
            assert_eq!(packet.protocol(), Protocol::AH);
            return;
        }
        Err(_) => return,
    };
    assert!(message.len() + packet.header_len() <= octets.len());
    if let Ok(header) = Header::peek(message) {
        assert_eq!(vrid.ok(), header.vrid(), "one VRID");
    }
    for version in [Version::V2, Version::V3] {
        let Ok(advert) = Advert::parse(message, &packet.arrival(), &Policy::lenient(version)) else {
            continue;
        };
        whole_packet_again(&packet, &advert);
    }
}

/// The law of the codec: `parse(emit(x)) == x`.
fn advert(octets: &[u8], version: Version, path: Path) {
    let arrival = Arrival { path, hop_limit: HOP_LIMIT };
    let strict = Policy::multicast(version, Interval::DEFAULT);
    let heard = Advert::parse(octets, &arrival, &strict);
    let Ok(advert) = Advert::parse(octets, &arrival, &Policy::lenient(version)) else {
        assert!(heard.is_err(), "what a tool cannot read, no router hears");
        return;
    };
    assert!(heard.is_err() || heard == Ok(advert), "a policy decides whether, not what");
    assert_eq!(advert.wire_len(), octets.len());
    for rule in
        [ChecksumRule::Standard, ChecksumRule::AsV2, ChecksumRule::Group(GROUP_V4), ChecksumRule::Skip]
    {
        let mut policy = strict;
        policy.auth = AuthRule::Exactly(advert.auth());
        policy.interval = IntervalRule::Exactly(advert.interval());
        policy.checksum = rule;
        let mut again = vec![0xa5; advert.wire_len()];
        advert.emit(&mut again, &path, rule);
        assert_eq!(Advert::parse(&again, &arrival, &policy), Ok(advert), "{rule:?}");
    }
    let farewell = advert.with_priority(Priority::STOP);
    assert!(farewell.priority().is_stop() && farewell.wire_len() == advert.wire_len());
    let addresses = advert.addresses();
    assert!(addresses.same_as(addresses) && addresses.iter().all(|address| addresses.contains(address)));
}

/// The same packet as we would send it: without options, from the same to the same.
fn whole_packet_again(packet: &Ipv4Packet<'_>, advert: &Advert<'_>) {
    let mut ip = Ipv4Header::new(packet.source(), packet.destination());
    (ip.ttl, ip.identification) = (packet.ttl(), packet.identification());
    let mut octets = vec![0xa5; advert.ipv4_len()];
    advert.emit_ipv4(&mut octets, &ip, ChecksumRule::Standard);
    let again = Ipv4Packet::parse(&octets).expect("our own header is read");
    assert!(again.header_checksum_holds(), "our own header sums up");
    assert_eq!(again.arrival(), packet.arrival());
    assert_eq!(again.vrid(), Ok(advert.vrid()));
    let mut policy = Policy::lenient(advert.version());
    policy.checksum = ChecksumRule::Standard;
    let message = again.message().expect("our own length is right");
    assert_eq!(Advert::parse(message, &again.arrival(), &policy), Ok(*advert));
}
