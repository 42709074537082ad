//! Targets for `vrrp-wire`: what is accepted can be said again, and means the same.
//!
//! Random octets rarely have a right checksum, so it is not demanded of them; it is written, and then demanded.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU8;

use vrrp_types::{Family, Interval, Priority, Version};
use vrrp_wire::{
    Advert, AhKey, AhSequence, Arrival, Auth, AuthRule, ChecksumRule, DecodeError, Freshness, GROUP_V4,
    GROUP_V6, HOP_LIMIT, Header, IntervalRule, Ipv4Header, Ipv4Packet, Mark, Path, Policy, Protocol, Trailer,
    TrailerKey,
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

/// A packet with an authentication header, from the first octet of its IPv4 header. What it says is said again
/// with a key, and believed by who has it.
pub fn ah_packet(octets: &[u8]) {
    let key = AhKey::new(*b"secret12");
    let Ok(packet) = Ipv4Packet::parse(octets) else { return };
    let Ok(proof) = packet.authenticated() else { return };
    assert_eq!(packet.protocol(), Protocol::AH);
    assert!(proof.message().len() < octets.len());
    if let Ok(number) = proof.verify(&key) {
        assert_eq!(number, proof.header().sequence());
        assert_eq!(proof.header().spi(), packet.source().octets());
    }
    let Ok(advert) = Advert::parse(proof.message(), &packet.arrival(), &Policy::lenient(Version::V2)) else {
        return;
    };
    let advert = advert.with_auth(Auth::Ah).expect("version 2 over IPv4");
    let mut sequence = AhSequence::new();
    if sequence.hear(proof.header().sequence()).is_err() {
        assert_eq!(proof.header().sequence(), 0);
    }
    let mut ip = Ipv4Header::new(packet.source(), packet.destination());
    (ip.ttl, ip.identification) = (packet.ttl(), packet.identification());
    let mut again = vec![0xa5; advert.ah_len()];
    let number = sequence.next();
    advert.emit_ah(&mut again, &ip, ChecksumRule::Standard, &key, number);
    let heard = Ipv4Packet::parse(&again).expect("our own header is read");
    let proof = heard.authenticated().expect("our own packet is whole");
    assert_eq!(proof.verify(&key), Ok(number));
    assert_eq!(proof.verify(&AhKey::new(*b"secret13")), Err(DecodeError::Icv));
    let mut policy = Policy::lenient(Version::V2);
    policy.checksum = ChecksumRule::Standard;
    assert_eq!(Advert::parse(proof.message(), &heard.arrival(), &policy), Ok(advert));
}

/// A message and perhaps a trailer, over IPv4 and over IPv6. What is read is signed again, and believed once.
pub fn trailer(octets: &[u8]) {
    for (family, path) in [(Family::V4, V4), (Family::V6, V6)] {
        signed(octets, family, path);
    }
}

fn signed(octets: &[u8], family: Family, path: Path) {
    let source: IpAddr = path.source();
    let keys = [TrailerKey::new(NonZeroU8::MIN, b"0123456789abcdef0123456789abcdef")];
    let (message, trailer) = Trailer::split(octets, family);
    assert_eq!(message.len() + trailer.map_or(0, |_| Trailer::LEN), octets.len());
    let Some(trailer) = trailer else { return };
    let stamp = trailer.stamp();
    let _ = trailer.verify(message, source, &keys, Freshness::Growth, stamp);
    let Ok(header) = Header::peek(message) else { return };
    let Some(version) = header.version() else { return };
    let arrival = Arrival { path, hop_limit: HOP_LIMIT };
    let Ok(advert) = Advert::parse(message, &arrival, &Policy::lenient(version)) else { return };
    let mut again = vec![0xa5; advert.wire_len()];
    advert.emit(&mut again, &path, ChecksumRule::Standard);
    again.extend_from_slice(advert.sign(source, &keys[0], stamp).as_octets());
    let (message, trailer) = Trailer::split(&again, family);
    let trailer = trailer.expect("our own trailer is found");
    assert_eq!(trailer.verify(message, source, &keys, Freshness::Growth, stamp), Ok(stamp));
    let mut mark = Mark::new();
    assert_eq!(mark.accept(stamp, stamp, Freshness::Growth), Ok(()));
    assert_eq!(mark.accept(stamp, stamp, Freshness::Growth), Err(DecodeError::TrailerReplay));
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
