//! Adverts with a trailer: keepalived's, both ways; what is refused; which stamps are given and taken.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::{IpAddr, Ipv4Addr};
use std::num::{NonZeroU8, NonZeroU16};

use common::{centis, hex, vrid};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use vrrp_types::{Family, Interval, Priority, Version};
use vrrp_wire::{
    Addresses, Advert, ChecksumRule, Counter, DecodeError, Freshness, GROUP_V4, GROUP_V6, Header, Ipv4Header,
    Ipv4Packet, Mark, Path, Policy, Senders, Stamp, Stamper, Trailer, TrailerKey,
};

/// keepalived 2.4.3, from 10.1.0.1.
const SIGNED: &str = "45c0003c00010000ff70d07c0a010001e0000012 3138c80100321194 0a01006e
     010100006b02f5edaf550000 8a48329301d6dd4032eaf50c8c488182";
const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const SOURCE: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 1, 0, 1));

fn key(id: u8, secret: &[u8]) -> TrailerKey {
    TrailerKey::new(NonZeroU8::new(id).unwrap(), secret)
}

fn window(seconds: u16) -> Freshness {
    Freshness::Window(NonZeroU16::new(seconds).unwrap())
}

fn second(seconds: u32) -> Stamp {
    Stamp::new(seconds, 0, 0)
}

/// When [`SIGNED`] was signed.
const THEN: Stamp = Stamp::new(0x6b02_f5ed, 0xaf55, 0);

#[test]
fn keepaliveds_trailer_is_read() {
    let octets = hex(SIGNED);
    let packet = Ipv4Packet::parse(&octets).unwrap();
    let (message, trailer) = Trailer::split(packet.message().unwrap(), Family::V4);
    let trailer = trailer.unwrap();
    assert_eq!((trailer.key_id(), trailer.stamp()), (1, THEN));
    assert_eq!(trailer.verify(message, SOURCE, &[key(1, SECRET)], window(5), THEN), Ok(THEN));
    let policy = Policy::multicast(Version::V3, centis(50));
    let advert = Advert::parse(message, &packet.arrival(), &policy).unwrap();
    assert_eq!(advert.addresses(), Addresses::V4(&[[10, 1, 0, 110]]));
}

#[test]
fn keepaliveds_trailer_is_written_octet_for_octet() {
    let list = [[10, 1, 0, 110]];
    let addresses = Addresses::V4(&list);
    let advert = Advert::new(Version::V3, vrid(56), Priority::new(200), centis(50), addresses).unwrap();
    let trailer = advert.sign(SOURCE, &key(1, SECRET), THEN);
    let ip = Ipv4Header::new(Ipv4Addr::new(10, 1, 0, 1), GROUP_V4);
    let mut octets = vec![0xa5; advert.ipv4_len() + Trailer::LEN];
    let (header, rest) = octets.split_at_mut(Ipv4Header::LEN);
    ip.emit(header, rest.len());
    let (message, tail) = rest.split_at_mut(advert.wire_len());
    advert.emit(message, &ip.path(), ChecksumRule::Standard);
    tail.copy_from_slice(trailer.as_octets());
    assert_eq!(octets, hex(SIGNED));
}

#[test]
fn a_trailer_is_there_when_there_is_room_for_exactly_one() {
    let message = &hex(SIGNED)[20..];
    for (what, octets, found) in [
        ("with", message.to_vec(), true),
        ("without", message[..12].to_vec(), false),
        ("an octet short", message[..39].to_vec(), false),
        ("an octet long", [message, &[0]].concat(), false),
        ("less than a header", message[..7].to_vec(), false),
        ("nothing", Vec::new(), false),
    ] {
        let (rest, trailer) = Trailer::split(&octets, Family::V4);
        assert_eq!(trailer.is_some(), found, "{what}");
        assert_eq!(rest.len(), if found { 12 } else { octets.len() }, "{what}");
    }
    // The count is believed: what it makes a part of the message is none of the trailer.
    let mut lying = message.to_vec();
    lying[3] = 8;
    assert_eq!(Trailer::split(&lying, Family::V4).1, None);
}

/// What a router that does not know of trailers makes of one.
#[test]
fn to_others_a_trailer_makes_the_message_too_long() {
    let packet = hex(SIGNED);
    let packet = Ipv4Packet::parse(&packet).unwrap();
    let policy = Policy::multicast(Version::V3, centis(50));
    let refused = Advert::parse(packet.message().unwrap(), &packet.arrival(), &policy);
    assert_eq!(refused, Err(DecodeError::MessageLength { need: 12, have: 40 }));
}

#[test]
fn what_is_refused_in_order() {
    let octets = hex(SIGNED);
    let verify = |change: &[(usize, u8)], source: IpAddr, now: Stamp| {
        let mut octets = octets[20..].to_vec();
        for (at, value) in change {
            octets[*at] = *value;
        }
        let (message, trailer) = Trailer::split(&octets, Family::V4);
        trailer.unwrap().verify(message, source, &[key(1, SECRET)], window(5), now)
    };
    let late = |seconds: i64| second((0x6b02_f5ed + seconds) as u32);
    let stale = |skew| DecodeError::TrailerStale { skew, window: 5 };
    let (mac, malformed) = (DecodeError::TrailerMac, DecodeError::TrailerMalformed);
    for (what, change, source, now, refusal, counter) in [
        ("scheme", &[(12, 2), (13, 9)][..], SOURCE, late(60), malformed, Counter::TrailerMalformed),
        ("reserved", &[(14, 1)], SOURCE, THEN, malformed, Counter::TrailerMalformed),
        ("reserved", &[(15, 1)], SOURCE, THEN, malformed, Counter::TrailerMalformed),
        ("old, of an unknown key", &[(13, 9)], SOURCE, late(6), stale(6), Counter::TrailerStale),
        ("of the future", &[], SOURCE, late(-6), stale(-6), Counter::TrailerStale),
        (
            "unknown key",
            &[(13, 9), (30, 0)],
            SOURCE,
            late(5),
            DecodeError::TrailerKey(9),
            Counter::TrailerKey,
        ),
        ("another stamp", &[(23, 1)], SOURCE, late(-5), mac, Counter::TrailerMac),
        ("another priority", &[(2, 255)], SOURCE, THEN, mac, Counter::TrailerMac),
        ("another address", &[(11, 1)], SOURCE, THEN, mac, Counter::TrailerMac),
        ("another VRID", &[(1, 57)], SOURCE, THEN, mac, Counter::TrailerMac),
        ("another HMAC", &[(39, 0)], SOURCE, THEN, mac, Counter::TrailerMac),
        ("another sender", &[], "10.1.0.2".parse().unwrap(), THEN, mac, Counter::TrailerMac),
        ("another family", &[], "a01:1::".parse().unwrap(), THEN, mac, Counter::TrailerMac),
    ] {
        assert_eq!(verify(change, source, now), Err(refusal), "{what}");
        assert_eq!(refusal.counter(), counter, "{what}");
    }
    assert_eq!(verify(&[(6, 0), (7, 0)], SOURCE, THEN), Ok(THEN), "the checksum is not signed");
    assert_eq!(verify(&[], SOURCE, late(5)), Ok(THEN));
    assert_eq!(verify(&[], SOURCE, late(-5)), Ok(THEN));
    assert_eq!(DecodeError::TrailerMissing.counter(), Counter::TrailerMissing);
    assert_eq!(DecodeError::TrailerReplay.counter(), Counter::TrailerReplay);
}

/// A key of more than a block is its digest; zeros behind a shorter one do not change it (RFC 2104).
#[test]
fn keys_are_hmac_keys() {
    let list = [[10, 1, 0, 110]];
    let addresses = Addresses::V4(&list);
    let advert = Advert::new(Version::V3, vrid(56), Priority::new(200), centis(50), addresses).unwrap();
    let sign = |secret: &[u8]| advert.sign(SOURCE, &key(1, secret), THEN);
    assert_eq!(sign(SECRET), sign(&[SECRET, &[0; 32]].concat()));
    assert_ne!(sign(SECRET), sign(&[SECRET, &[1]].concat()));
    // By another implementation (Python's hmac).
    let long = sign(&[SECRET, SECRET, b"!"].concat());
    assert_eq!(&long.as_octets()[12..], hex("87390797dafa4a883cb7a1a2dfe10239"));
    assert_eq!(format!("{:?}", key(7, SECRET)), "TrailerKey { id: 7, .. }");
}

#[test]
fn stamps_are_the_clock_or_one_more() {
    let mut stamper = Stamper::new();
    let mut next = |now: Stamp, freshness| {
        let stamp = stamper.next(now, freshness);
        (stamp.seconds(), stamp.fraction(), stamp.counter())
    };
    let clock = Stamp::at(100, 500_000_000);
    for (now, freshness, given) in [
        (clock, window(5), (100, 0x8000, 0)),
        (clock, window(5), (100, 0x8000, 1)),
        (clock, window(5), (100, 0x8000, 2)),
        (Stamp::new(100, 0x8001, 0), window(5), (100, 0x8001, 0)),
        // The clock is set back: a little, then more than receivers bear, then as much where only growth counts.
        (second(96), window(5), (100, 0x8001, 1)),
        (second(95), window(5), (100, 0x8001, 2)),
        (second(94), window(5), (94, 0, 0)),
        (second(1), Freshness::Growth, (94, 0, 1)),
        (Stamp::new(94, 0, 7), window(5), (94, 0, 7)),
    ] {
        assert_eq!(next(now, freshness), given);
    }
    let mut stamper = Stamper::new();
    stamper.next(Stamp::new(7, 7, u16::MAX), window(5));
    assert_eq!(stamper.next(second(7), window(5)), Stamp::new(7, 8, 0), "the counter is carried");
    assert_eq!(Stamp::at(0xffff_ffff, 999_999_999), Stamp::new(u32::MAX, u16::MAX, 0));
}

/// The seconds wrap in 2106, and are negative as an `i32` from 2038 on.
#[test]
fn stamps_are_compared_round_the_wrap() {
    for (earlier, later) in [
        (second(1), second(2)),
        (Stamp::new(1, 2, 3), Stamp::new(1, 2, 4)),
        (second(0x7fff_ffff), second(0x8000_0000)),
        (Stamp::new(u32::MAX, u16::MAX, u16::MAX), second(0)),
    ] {
        assert!(later.is_after(earlier) && !earlier.is_after(later) && !later.is_after(later));
        let mut stamper = Stamper::new();
        stamper.next(earlier, window(5));
        assert_eq!(stamper.next(later, window(5)), later);
        assert_eq!(Mark::new().accept(later, earlier, window(5)), Ok(()));
    }
    assert_eq!(second(2).seconds_since(second(u32::MAX)), 3);
    assert_eq!(second(0x8000_0001).seconds_since(second(0x7fff_ffff)), 2);
    assert_eq!(Stamper::new().next(second(0x8000_0001), window(5)), second(0x8000_0001));
}

#[test]
fn a_stamp_is_taken_once_and_only_forwards() {
    let replay = Err(DecodeError::TrailerReplay);
    let mut mark = Mark::new();
    for (stamp, now, freshness, taken) in [
        (second(100), second(100), window(5), Ok(())),
        (second(100), second(100), window(5), replay),
        (second(99), second(100), window(5), replay),
        (Stamp::new(100, 0, 1), second(100), window(5), Ok(())),
        (Stamp::new(100, 1, 0), second(100), window(5), Ok(())),
        (second(100), second(105), window(5), replay),
        // A mark the window would refuse itself is forgotten.
        (second(101), second(106), window(5), Ok(())),
        (second(90), second(96), window(5), replay),
        (second(90), second(95), window(5), Ok(())),
        // Without a window nothing is forgotten.
        (second(1_000), second(0), Freshness::Growth, Ok(())),
        (second(999), second(9_999), Freshness::Growth, replay),
    ] {
        assert_eq!(mark.accept(stamp, now, freshness), taken, "{stamp:?} at {now:?}");
    }
}

#[test]
fn a_groups_receiver_remembers_the_last_four_senders() {
    let sender = |last: u8| IpAddr::V4(Ipv4Addr::new(10, 1, 0, last));
    let mut senders = Senders::new();
    let mut take = |from: u8, at: u32| {
        senders.mark(sender(from)).accept(second(at), second(at), Freshness::Growth).is_ok()
    };
    for (from, at, taken) in [
        (1, 10, true),
        (2, 10, true),
        (3, 10, true),
        (4, 10, true),
        (1, 10, false),
        (1, 11, true),
        (2, 9, false),
        // 3 was heard least lately, and makes room.
        (5, 10, true),
        (4, 10, false),
        (1, 11, false),
        (2, 10, false),
        (5, 10, false),
        (3, 10, true),
        (3, 10, false),
    ] {
        assert_eq!(take(from, at), taken, "{from} at {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    })]

    /// What is signed is verified with the same key whatever the checksum, and with no other; one octet changed is
    /// refused.
    #[test]
    fn signed_then_verified(
        (v4, v6) in (prop::collection::vec(any::<[u8; 4]>(), 0..40), prop::collection::vec(any::<[u8; 16]>(), 0..40)),
        (three, six) in (any::<bool>(), any::<bool>()),
        (secret, other) in (prop::collection::vec(any::<u8>(), 1..80), prop::collection::vec(any::<u8>(), 81..90)),
        (seconds, fraction, counter) in (any::<u32>(), any::<u16>(), any::<u16>()),
        (id, priority) in (1..=255u8, any::<u8>()),
        (place, flip) in (any::<prop::sample::Index>(), 1..=255u8),
    ) {
        let version = if three { Version::V3 } else { Version::V2 };
        let list = if six { Addresses::V6(&v6) } else { Addresses::V4(&v4) };
        let (family, source) = (list.family(), if six { "fe80::1".parse().unwrap() } else { SOURCE });
        let advert = Advert::new(version, vrid(9), Priority::new(priority), Interval::DEFAULT, list).unwrap();
        let stamp = Stamp::new(seconds, fraction, counter);
        let trailer = advert.sign(source, &key(id, &secret), stamp);
        let path = match source {
            IpAddr::V4(source) => Path::V4 { source, destination: GROUP_V4 },
            IpAddr::V6(source) => Path::V6 { source, destination: GROUP_V6 },
        };
        let mut octets = vec![0xa5; advert.wire_len()];
        advert.emit(&mut octets, &path, ChecksumRule::Standard);
        octets.extend(trailer.as_octets());
        let (message, found) = Trailer::split(&octets, family);
        prop_assert_eq!(found, Some(&trailer));
        let verify = |trailer: &Trailer, message: &[u8], secret: &[u8]| {
            trailer.verify(message, source, &[key(id, secret)], Freshness::Growth, stamp)
        };
        prop_assert_eq!(verify(&trailer, message, &secret), Ok(stamp));
        prop_assert_eq!(verify(&trailer, message, &other), Err(DecodeError::TrailerMac));
        let changed = place.index(octets.len());
        octets[changed] ^= flip;
        let (message, found) = Trailer::split(&octets, family);
        // A change of the version or the count may leave no trailer at all.
        let refused = found.is_none_or(|trailer| verify(trailer, message, &secret).is_err());
        prop_assert!(refused || (Header::CHECKSUM_OFFSET..Header::LEN).contains(&changed));
    }

    #[test]
    fn reading_never_panics(octets in prop::collection::vec(any::<u8>(), 0..200), six in any::<bool>()) {
        let family = if six { Family::V6 } else { Family::V4 };
        let (message, trailer) = Trailer::split(&octets, family);
        prop_assert_eq!(message.len() + trailer.map_or(0, |_| Trailer::LEN), octets.len());
        if let Some(trailer) = trailer {
            let verified = trailer.verify(message, SOURCE, &[key(1, SECRET)], window(300), trailer.stamp());
            prop_assert!(verified.is_err());
        }
    }

    /// No history of stamps makes a receiver take one twice, as long as its clock does not run back.
    #[test]
    fn nothing_is_taken_twice(
        stamps in prop::collection::vec(0..40u32, 1..60),
        steps in prop::collection::vec(0..3u32, 60),
    ) {
        let (mut mark, mut now, mut taken) = (Mark::new(), 1_000, std::collections::BTreeSet::new());
        for (stamp, step) in stamps.into_iter().zip(steps) {
            now += step;
            let (stamp, clock) = (now - 20 + stamp, second(now));
            let fresh = window(5).check(second(stamp), clock);
            if fresh.and_then(|()| mark.accept(second(stamp), clock, window(5))).is_ok() {
                prop_assert!(taken.insert(stamp), "{} twice", stamp);
            }
        }
    }
}
