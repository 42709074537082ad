//! Every rule that a received message can break, and the order in which they are looked at.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{arrival, centis, hex, v4, v6};
use vrrp_types::{Interval, Version};
use vrrp_wire::{
    Addresses, Advert, Arrival, Auth, AuthRule, AuthType, ChecksumRule, Counter, DecodeError,
    DestinationRule, HopLimitRule, IntervalRule, Password, Policy,
};

const V2: &str = "2133960201016e37 0a0100640a010065 6162636400000000";
const V3: &str = "3134c80100321198 0a01006e";

fn group() -> Arrival {
    arrival(v4("10.1.0.1", "224.0.0.18"), 255)
}

/// The policy under which [`V2`] is accepted.
fn v2() -> Policy {
    let mut policy = Policy::multicast(Version::V2, Interval::DEFAULT);
    policy.auth = AuthRule::Exactly(Auth::Pass(Password::new(b"abcd")));
    policy
}

/// The policy under which [`V3`] is accepted; its interval is not ours, which VRRPv3 allows.
fn v3() -> Policy {
    Policy::multicast(Version::V3, Interval::DEFAULT)
}

/// A change to a packet that is accepted without it, and why it no longer is.
type Case = (&'static str, fn(&mut Vec<u8>, &mut Arrival, &mut Policy), DecodeError, Counter);

fn refused_alone(message: &str, policy: Policy, cases: &[Case]) {
    let (message, arrival) = (hex(message), group());
    assert!(Advert::parse(&message, &arrival, &policy).is_ok(), "the packet itself must be accepted");
    for (what, change, error, counter) in cases {
        let (mut message, mut arrival, mut policy) = (message.clone(), arrival, policy);
        change(&mut message, &mut arrival, &mut policy);
        assert_eq!(Advert::parse(&message, &arrival, &policy), Err(*error), "{what}");
        assert_eq!(error.counter(), *counter, "{what}");
    }
}

const REFUSED_V3: &[Case] = &[
    (
        "no header",
        |m, _, _| m.truncate(7),
        DecodeError::Truncated { need: 8, have: 7 },
        Counter::PacketLength,
    ),
    ("VRID 0", |m, _, _| m[1] = 0, DecodeError::VridZero, Counter::Vrid),
    (
        "an octet short",
        |m, _, _| m.truncate(11),
        DecodeError::MessageLength { need: 12, have: 11 },
        Counter::PacketLength,
    ),
    (
        "an octet long",
        |m, _, _| m.push(0),
        DecodeError::MessageLength { need: 12, have: 13 },
        Counter::PacketLength,
    ),
    (
        "a lying count",
        |m, _, _| m[3] = 255,
        DecodeError::MessageLength { need: 1028, have: 12 },
        Counter::PacketLength,
    ),
    (
        "forwarded",
        |_, a, _| a.hop_limit = 254,
        DecodeError::HopLimit { received: 254, min: 255, max: 255 },
        Counter::Ttl,
    ),
    (
        "version 2 where 3 is spoken",
        |m, _, _| *m = hex(V2),
        DecodeError::Version { received: 2, expected: Version::V3 },
        Counter::Version,
    ),
    (
        "version 4",
        |m, _, _| m[0] = 0x41,
        DecodeError::Version { received: 4, expected: Version::V3 },
        Counter::Version,
    ),
    ("type 2", |m, _, _| m[0] = 0x32, DecodeError::MessageType(2), Counter::InvalidType),
    ("one bit flipped", |m, _, _| m[11] ^= 1, DecodeError::Checksum { received: 0x1198 }, Counter::Checksum),
    (
        "another sender than the checksum's",
        |_, a, _| a.path = v4("10.1.0.2", "224.0.0.18"),
        DecodeError::Checksum { received: 0x1198 },
        Counter::Checksum,
    ),
    (
        "multicast where peers are unicast",
        |_, _, p| p.destination = DestinationRule::Unicast,
        DecodeError::Multicast,
        Counter::AddressList,
    ),
    (
        "unicast where multicast is spoken",
        |_, a, p| {
            a.path = v4("10.1.0.1", "10.1.0.2");
            p.checksum = ChecksumRule::Skip;
        },
        DecodeError::Unicast,
        Counter::AddressList,
    ),
    (
        "interval 0",
        |m, _, p| {
            m[5] = 0;
            p.checksum = ChecksumRule::Skip;
        },
        DecodeError::IntervalZero,
        Counter::AdvertInterval,
    ),
];

#[test]
fn what_is_refused_in_version_3() {
    refused_alone(V3, v3(), REFUSED_V3);
}

const REFUSED_V2: &[Case] = &[
    (
        "no room for the authentication data",
        |m, _, _| m.truncate(16),
        DecodeError::MessageLength { need: 24, have: 16 },
        Counter::PacketLength,
    ),
    (
        "version 3 where 2 is spoken",
        |m, _, _| *m = hex(V3),
        DecodeError::Version { received: 3, expected: Version::V2 },
        Counter::Version,
    ),
    (
        "authentication type 3",
        |m, _, _| m[4] = 3,
        DecodeError::InvalidAuthType(AuthType(3)),
        Counter::InvalidAuthType,
    ),
    (
        "no authentication where a password is wanted",
        |m, _, _| m[4] = 0,
        DecodeError::AuthTypeMismatch { received: AuthType::NONE, expected: AuthType::SIMPLE },
        Counter::AuthTypeMismatch,
    ),
    (
        "a password where none is wanted",
        |_, _, p| p.auth = AuthRule::Exactly(Auth::None),
        DecodeError::AuthTypeMismatch { received: AuthType::SIMPLE, expected: AuthType::NONE },
        Counter::AuthTypeMismatch,
    ),
    (
        "an authentication header where a password is wanted",
        |m, _, _| m[4] = 2,
        DecodeError::AuthTypeMismatch { received: AuthType::AH, expected: AuthType::SIMPLE },
        Counter::AuthTypeMismatch,
    ),
    ("last octet of the password", |m, _, _| m[23] = 1, DecodeError::AuthFailure, Counter::AuthFailure),
    ("first octet of the password", |m, _, _| m[16] = 1, DecodeError::AuthFailure, Counter::AuthFailure),
    (
        "another interval",
        |_, _, p| p.interval = IntervalRule::Exactly(centis(300)),
        DecodeError::AdvertInterval { received_secs: 1, expected: centis(300) },
        Counter::AdvertInterval,
    ),
    (
        "interval 0",
        |m, _, _| m[5] = 0,
        DecodeError::AdvertInterval { received_secs: 0, expected: Interval::DEFAULT },
        Counter::AdvertInterval,
    ),
    ("type 0", |m, _, _| m[0] = 0x20, DecodeError::MessageType(0), Counter::InvalidType),
    (
        "one bit flipped",
        |m, _, _| m[9] ^= 0x80,
        DecodeError::Checksum { received: 0x6e37 },
        Counter::Checksum,
    ),
];

#[test]
fn what_is_refused_in_version_2() {
    refused_alone(V2, v2(), REFUSED_V2);
}

type Mend = fn(&mut Vec<u8>, &mut Arrival);

/// A packet that breaks every rule is mended rule by rule: each mend uncovers the next refusal.
#[test]
fn the_first_broken_rule_is_the_one_reported() {
    let mut message = hex("4200960200000000 0a0100640a010065 78");
    let mut arrival = arrival(v4("10.1.0.1", "10.1.0.2"), 1);
    let policy = v2();
    let mends: [(Mend, DecodeError); 12] = [
        (|m, _| m[1] = 51, DecodeError::VridZero),
        (|m, _| m.truncate(16), DecodeError::MessageLength { need: 16, have: 17 }),
        (|_, a| a.hop_limit = 255, DecodeError::HopLimit { received: 1, min: 255, max: 255 }),
        (
            |m, _| {
                m[0] = 0x22;
                m[4] = 9;
                m.extend(*b"wrongpwd");
            },
            DecodeError::Version { received: 4, expected: Version::V2 },
        ),
        (|m, _| m[4] = 0, DecodeError::InvalidAuthType(AuthType(9))),
        (
            |m, _| m[4] = 1,
            DecodeError::AuthTypeMismatch { received: AuthType::NONE, expected: AuthType::SIMPLE },
        ),
        (|m, _| m[16..].copy_from_slice(b"abcd\0\0\0\0"), DecodeError::AuthFailure),
        (|m, _| m[5] = 1, DecodeError::AdvertInterval { received_secs: 0, expected: Interval::DEFAULT }),
        (|m, _| m[0] = 0x21, DecodeError::MessageType(2)),
        (|m, _| m[6..8].copy_from_slice(&[0x6e, 0x37]), DecodeError::Checksum { received: 0 }),
        (|_, a| a.path = v4("10.1.0.1", "224.0.0.18"), DecodeError::Unicast),
        (|m, _| m.truncate(7), DecodeError::Truncated { need: 8, have: 7 }),
    ];
    for (mend, refusal) in &mends[..11] {
        assert_eq!(Advert::parse(&message, &arrival, &policy), Err(*refusal));
        mend(&mut message, &mut arrival);
    }
    assert!(Advert::parse(&message, &arrival, &policy).is_ok());
    let (cut, refusal) = &mends[11];
    cut(&mut message, &mut arrival);
    assert_eq!(Advert::parse(&message, &arrival, &policy), Err(*refusal));
}

#[test]
fn a_peers_hop_limit_has_a_range() {
    let rule = HopLimitRule::Range { min: 60, max: 64 };
    for (received, ok) in [(0, false), (59, false), (60, true), (64, true), (65, false), (255, false)] {
        assert_eq!(rule.check(received).is_ok(), ok, "{received}");
        assert!(HopLimitRule::Any.check(received).is_ok());
        assert_eq!(HopLimitRule::LINK.check(received).is_ok(), received == 255);
    }
}

/// RFC 9568 section 5.2.6: the reserved bits are ignored on reception.
#[test]
fn reserved_bits_do_not_change_the_interval() {
    let mut message = hex(V3);
    message[4] = 0xf0;
    let mut policy = v3();
    policy.checksum = ChecksumRule::Skip;
    assert_eq!(Advert::parse(&message, &group(), &policy).map(|advert| advert.interval()), Ok(centis(50)));
}

/// Neither another VRRPv3 interval nor other addresses refuse an advert; the receiver is told instead.
#[test]
fn other_addresses_are_reported_not_refused() {
    let message = hex(V3);
    let advert = Advert::parse(&message, &group(), &v3()).unwrap();
    assert_ne!(advert.interval(), Interval::DEFAULT);
    let own = [[10, 1, 0, 110], [10, 1, 0, 111]];
    assert_eq!(advert.addresses().lacks(Addresses::V4(&own)), Some([10, 1, 0, 111].into()));
    assert!(!advert.addresses().same_as(Addresses::V4(&own)));
    assert!(advert.addresses().same_as(Addresses::V4(&own[..1])));
}

#[test]
fn over_ipv6_no_password_is_right() {
    let message = hex("2142780101010000 fe800000000000000000000000000066");
    let arrived = arrival(v6("fe80::1", "ff02::12"), 255);
    let mut policy = v2();
    policy.checksum = ChecksumRule::Skip;
    policy.auth = AuthRule::Exactly(Auth::Pass(Password::new(b"")));
    assert_eq!(Advert::parse(&message, &arrived, &policy), Err(DecodeError::AuthFailure));
    policy.auth = AuthRule::Exactly(Auth::Ah);
    let message = hex("2142780102010000 fe800000000000000000000000000066");
    assert_eq!(Advert::parse(&message, &arrived, &policy), Err(DecodeError::AuthFailure));
}

#[test]
fn every_counter_has_its_place_and_its_own_key() {
    for (index, counter) in Counter::ALL.iter().enumerate() {
        assert_eq!(counter.index(), index);
        assert_eq!(Counter::ALL.iter().filter(|other| other.key() == counter.key()).count(), 1);
    }
}

#[test]
fn refusals_read_as_sentences_without_the_password() {
    for (error, text) in [
        (DecodeError::HopLimit { received: 64, min: 255, max: 255 }, "hop limit 64, expected 255"),
        (DecodeError::HopLimit { received: 1, min: 60, max: 64 }, "hop limit 1, expected 60 to 64"),
        (DecodeError::InvalidAuthType(AuthType(7)), "invalid authentication type 7"),
        (
            DecodeError::AuthTypeMismatch { received: AuthType::AH, expected: AuthType::SIMPLE },
            "authentication type AH, expected PASS",
        ),
        (DecodeError::Checksum { received: 0x1f }, "bad checksum 0x001f"),
    ] {
        assert_eq!(error.to_string(), text);
    }
    assert_eq!(format!("{:?}", Auth::Pass(Password::new(b"secret"))), "Pass(********)");
}
