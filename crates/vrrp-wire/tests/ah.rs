//! Packets with an authentication header: keepalived's, both ways; what is refused; and the number they carry.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::Ipv4Addr;

use common::{centis, hex, vrid};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use vrrp_types::{Interval, Priority, Version};
use vrrp_wire::{
    Addresses, Advert, AhKey, AhSequence, Auth, AuthHeader, AuthRule, AuthType, Checkpoint, ChecksumRule,
    Counter, DecodeError, GROUP_V4, Ipv4Header, Ipv4Packet, Policy, Protocol,
};

/// The first packet of keepalived 2.2.7 and 2.4.3 with key "secret12".
const FIRST: &str =
    "45c0004000010000ff33d0b50a010001e0000012 700400000a01000100000001a76cc6cf434535792d7a73a0
     2136c80102010a58 0a01006e 0000000000000000";

fn key() -> AhKey {
    AhKey::new(*b"secret12")
}

fn advert<'a>(addresses: &'a [[u8; 4]]) -> Advert<'a> {
    let addresses = Addresses::V4(addresses);
    let advert = Advert::new(Version::V2, vrid(54), Priority::new(200), Interval::DEFAULT, addresses);
    advert.unwrap().with_auth(Auth::Ah).unwrap()
}

fn policy() -> Policy {
    let mut policy = Policy::multicast(Version::V2, Interval::DEFAULT);
    policy.auth = AuthRule::Exactly(Auth::Ah);
    policy
}

/// All that a receiver does, and the packet's number.
fn hear(packet: &[u8], key: &AhKey) -> Result<u32, DecodeError> {
    let packet = Ipv4Packet::parse(packet)?;
    let proof = packet.authenticated()?;
    let mut number = None;
    Advert::parse_proved(proof.message(), &packet.arrival(), &policy(), |checkpoint| {
        if checkpoint == Checkpoint::AuthType {
            number = Some(proof.verify(key)?);
        }
        Ok(())
    })?;
    Ok(number.unwrap())
}

#[test]
fn keepaliveds_packet_is_read() {
    let octets = hex(FIRST);
    let packet = Ipv4Packet::parse(&octets).unwrap();
    assert_eq!(packet.vrid(), Ok(vrid(54)));
    assert_eq!(packet.protocol(), Protocol::AH);
    assert_eq!(packet.message(), Err(DecodeError::AuthenticationHeader), "by whom expects none");
    let proof = packet.authenticated().unwrap();
    assert_eq!(proof.header().next_header(), Protocol::VRRP);
    assert_eq!(proof.header().spi(), [10, 1, 0, 1]);
    assert_eq!(proof.verify(&key()), Ok(1));
    let heard = Advert::parse(proof.message(), &packet.arrival(), &policy());
    assert_eq!(heard, Ok(advert(&[[10, 1, 0, 110]])));
}

#[test]
fn keepaliveds_packet_is_written_octet_for_octet() {
    let advert = advert(&[[10, 1, 0, 110]]);
    let mut octets = vec![0xa5; advert.ah_len()];
    let ip = Ipv4Header::new(Ipv4Addr::new(10, 1, 0, 1), GROUP_V4);
    advert.emit_ah(&mut octets, &ip, ChecksumRule::Standard, &key(), 1);
    assert_eq!(octets, hex(FIRST));
}

/// What routers change on the way does not matter; the TTL does to a group, whose packets no router passes on.
#[test]
fn what_may_change_on_the_way_is_not_signed() {
    type Change = (&'static str, fn(&mut [u8]), bool);
    let changes: [Change; 7] = [
        ("TOS", |p| p[1] = 0, true),
        ("don't fragment", |p| p[6] = 0x40, true),
        ("header checksum", |p| p[10] = 0, true),
        ("TTL", |p| p[8] = 254, false),
        ("identification", |p| p[5] = 2, false),
        ("source", |p| p[15] = 2, false),
        ("destination", |p| p[19] = 19, false),
    ];
    for (what, change, holds) in changes {
        let mut octets = hex(FIRST);
        change(&mut octets);
        let packet = Ipv4Packet::parse(&octets).unwrap();
        assert_eq!(packet.authenticated().unwrap().verify(&key()).is_ok(), holds, "{what}");
    }
    let advert = advert(&[[10, 1, 0, 110]]);
    let mut octets = vec![0; advert.ah_len()];
    let ip = Ipv4Header::new(Ipv4Addr::new(10, 1, 0, 1), Ipv4Addr::new(10, 1, 0, 2));
    advert.emit_ah(&mut octets, &ip, ChecksumRule::Standard, &key(), 9);
    octets[8] = 60;
    assert_eq!(Ipv4Packet::parse(&octets).unwrap().authenticated().unwrap().verify(&key()), Ok(9), "unicast");
}

/// IP options are signed too: the message is found behind them, and is not believed.
#[test]
fn options_that_were_added_are_noticed() {
    let mut octets = hex(FIRST);
    octets[0] = 0x46;
    octets[3] += 4;
    octets.splice(20..20, [1, 1, 1, 0]);
    let packet = Ipv4Packet::parse(&octets).unwrap();
    assert_eq!(packet.vrid(), Ok(vrid(54)));
    assert_eq!(packet.authenticated().unwrap().verify(&key()), Err(DecodeError::Icv));
}

#[test]
fn what_is_refused() {
    type Case = (&'static str, fn(&mut Vec<u8>), DecodeError, Counter);
    let cases: [Case; 12] = [
        ("another protocol", |p| p[9] = 112, DecodeError::NoAuthenticationHeader, Counter::AuthTypeMismatch),
        ("no VRRP at all", |p| p[9] = 17, DecodeError::Protocol(17), Counter::InvalidType),
        (
            "a lying length",
            |p| p[3] = 0x41,
            DecodeError::TotalLength { total: 65, received: 64 },
            Counter::PacketLength,
        ),
        ("a fragment", |p| p[6] = 0x20, DecodeError::Fragment, Counter::PacketLength),
        (
            "half a header",
            |p| {
                p.truncate(40);
                p[3] = 40;
            },
            DecodeError::Truncated { need: 24, have: 20 },
            Counter::PacketLength,
        ),
        (
            "forwarded",
            |p| p[8] = 254,
            DecodeError::HopLimit { received: 254, min: 255, max: 255 },
            Counter::Ttl,
        ),
        (
            "the type of a password",
            |p| p[48] = 1,
            DecodeError::AuthTypeMismatch { received: AuthType::SIMPLE, expected: AuthType::AH },
            Counter::AuthTypeMismatch,
        ),
        ("something else inside", |p| p[20] = 17, DecodeError::Protocol(17), Counter::InvalidType),
        ("a longer header", |p| p[21] = 5, DecodeError::AhLength(5), Counter::AuthFailure),
        ("another number", |p| p[31] = 2, DecodeError::Icv, Counter::AuthFailure),
        ("another ICV", |p| p[43] ^= 1, DecodeError::Icv, Counter::AuthFailure),
        ("another priority", |p| p[46] = 255, DecodeError::Icv, Counter::AuthFailure),
    ];
    for (what, change, error, counter) in cases {
        let mut octets = hex(FIRST);
        assert_eq!(hear(&octets, &key()), Ok(1));
        change(&mut octets);
        assert_eq!(hear(&octets, &key()), Err(error), "{what}");
        assert_eq!(error.counter(), counter, "{what}");
    }
    assert_eq!(hear(&hex(FIRST), &AhKey::new(*b"secret13")), Err(DecodeError::Icv));
}

/// Who has the key may still not speak under another's number.
#[test]
fn the_spi_is_the_source() {
    let mut octets = hex(FIRST);
    octets[24..28].copy_from_slice(&[10, 1, 0, 2]);
    // By another implementation of HMAC-MD5 (Python's hmac), over the packet with this SPI.
    octets[32..44].copy_from_slice(&hex("3a65afd2a25b028253ce373d"));
    let refusal =
        DecodeError::Spi { received: Ipv4Addr::new(10, 1, 0, 2), address: Ipv4Addr::new(10, 1, 0, 1) };
    assert_eq!(hear(&octets, &key()), Err(refusal));
    assert_eq!(refusal.counter(), Counter::AuthFailure);
}

#[test]
fn the_key_is_not_shown() {
    assert_eq!(format!("{:?}", key()), "AhKey(********)");
}

/// As keepalived counts: whoever takes over goes on above what it heard.
#[test]
fn one_number_for_what_is_sent_and_heard() {
    let mut sequence = AhSequence::new();
    assert_eq!((sequence.next(), sequence.next()), (1, 2));
    assert_eq!(sequence.hear(2), Err(DecodeError::Sequence { received: 2, last: 2 }));
    assert_eq!(sequence.hear(0), Err(DecodeError::Sequence { received: 0, last: 2 }));
    assert_eq!(sequence.hear(40), Ok(()));
    sequence.begin_term();
    assert_eq!(sequence.next(), 41, "a term goes on");
    assert_eq!(sequence.hear(50), Ok(()));
    sequence.outbid();
    assert_eq!(sequence.next(), 52, "a master that was challenged skips one");
}

#[test]
fn numbers_that_are_spent_begin_anew_with_the_next_term() {
    let mut sequence = AhSequence::new();
    sequence.hear(0xffff_fffd).unwrap();
    assert_eq!((sequence.next(), sequence.next()), (0xffff_fffe, 0xffff_fffe));
    sequence.begin_term();
    assert_eq!(sequence.next(), 1);
    sequence.hear(u32::MAX).unwrap();
    sequence.outbid();
    assert_eq!(sequence.next(), u32::MAX, "it never wraps");
    sequence.begin_term();
    assert_eq!(sequence.next(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    /// What is written is heard with the same key, and with no other; one octet changed is refused.
    #[test]
    fn written_then_heard(
        list in prop::collection::vec(any::<[u8; 4]>(), 0..=255),
        (priority, secs, sequence) in (any::<u8>(), 1..=255u16, any::<u32>()),
        (secret, other) in (any::<[u8; 8]>(), any::<[u8; 8]>()),
        (source, ttl, identification) in (any::<Ipv4Addr>(), any::<u8>(), any::<u16>()),
        destination in prop_oneof![Just(GROUP_V4), any::<Ipv4Addr>()],
        (place, flip) in (any::<prop::sample::Index>(), 1..=255u8),
    ) {
        let addresses = Addresses::V4(&list);
        let advert = Advert::new(Version::V2, vrid(9), Priority::new(priority), centis(secs * 100), addresses)
            .unwrap().with_auth(Auth::Ah).unwrap();
        let mut ip = Ipv4Header::new(source, destination);
        (ip.ttl, ip.identification) = (ttl, identification);
        let mut octets = vec![0xa5; advert.ah_len()];
        advert.emit_ah(&mut octets, &ip, ChecksumRule::Standard, &AhKey::new(secret), sequence);
        let packet = Ipv4Packet::parse(&octets).unwrap();
        prop_assert!(packet.header_checksum_holds());
        let proof = packet.authenticated().unwrap();
        prop_assert_eq!(proof.verify(&AhKey::new(secret)), Ok(sequence));
        let mut policy = Policy::lenient(Version::V2);
        policy.checksum = ChecksumRule::Standard;
        prop_assert_eq!(Advert::parse(proof.message(), &packet.arrival(), &policy), Ok(advert));
        if other != secret {
            prop_assert_eq!(proof.verify(&AhKey::new(other)), Err(DecodeError::Icv));
        }
        let changed = 20 + place.index(octets.len() - 20);
        octets[changed] ^= flip;
        let packet = Ipv4Packet::parse(&octets).unwrap();
        prop_assert!(packet.authenticated().unwrap().verify(&AhKey::new(secret)).is_err());
    }

    #[test]
    fn reading_never_panics(octets in prop::collection::vec(any::<u8>(), 0..200), ah in any::<bool>()) {
        let mut octets = octets;
        if ah && octets.len() > 28 {
            let len = octets.len() as u8;
            octets[..10].copy_from_slice(&[0x45, 0xc0, 0, len, 0, 1, 0, 0, 255, 51]);
        }
        if let Ok(proof) = Ipv4Packet::parse(&octets).and_then(|packet| packet.authenticated()) {
            prop_assert!(proof.verify(&key()).is_err());
            prop_assert_eq!(proof.message().len() + AuthHeader::LEN + 20, octets.len());
        }
    }
}
