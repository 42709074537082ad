//! The laws of the codec on octets nobody wrote down, and its checksums against another implementation.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::net::{Ipv4Addr, Ipv6Addr};

use common::{arrival, centis, vrid};
use pnet_packet::ip::IpNextHeaderProtocol;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use vrrp_types::{Interval, Priority, Version};
use vrrp_wire::{
    Addresses, Advert, Auth, AuthRule, ChecksumRule, DecodeError, Header, IntervalRule, Ipv4Header,
    Ipv4Packet, Path, Policy, Protocol, Sum, virtual_mac,
};

/// An advert and its way, owned.
#[derive(Clone, Debug)]
struct Sent {
    version: Version,
    vrid: u8,
    priority: u8,
    interval: Interval,
    password: Option<[u8; 8]>,
    list: List,
    path: Path,
    rule: ChecksumRule,
}

#[derive(Clone, Debug)]
enum List {
    V4(Vec<[u8; 4]>),
    V6(Vec<[u8; 16]>),
}

impl Sent {
    fn advert(&self) -> Advert<'_> {
        let addresses = match &self.list {
            List::V4(list) => Addresses::V4(list),
            List::V6(list) => Addresses::V6(list),
        };
        let priority = Priority::new(self.priority);
        let advert = Advert::new(self.version, vrid(self.vrid), priority, self.interval, addresses).unwrap();
        advert.with_auth(self.auth()).unwrap()
    }

    fn auth(&self) -> Auth {
        self.password.map_or(Auth::None, |octets| Auth::Pass(octets.into()))
    }

    fn policy(&self) -> Policy {
        let mut policy = match self.path.destination().is_multicast() {
            true => Policy::multicast(self.version, self.interval),
            false => Policy::unicast(self.version, self.interval),
        };
        policy.auth = AuthRule::Exactly(self.auth());
        policy.checksum = self.rule;
        policy
    }

    fn message(&self) -> Vec<u8> {
        let mut buf = vec![0xa5; self.advert().wire_len()];
        self.advert().emit(&mut buf, &self.path, self.rule);
        buf
    }
}

fn any_rule() -> impl Strategy<Value = ChecksumRule> {
    prop_oneof![
        Just(ChecksumRule::Standard),
        Just(ChecksumRule::AsV2),
        Just(ChecksumRule::Skip),
        any::<Ipv4Addr>().prop_map(ChecksumRule::Group),
    ]
}

fn any_v4() -> impl Strategy<Value = (List, Path)> {
    (prop::collection::vec(any::<[u8; 4]>(), 0..=255), any::<Ipv4Addr>(), any::<Ipv4Addr>())
        .prop_map(|(list, source, destination)| (List::V4(list), Path::V4 { source, destination }))
}

fn any_v6() -> impl Strategy<Value = (List, Path)> {
    (prop::collection::vec(any::<[u8; 16]>(), 0..=255), any::<Ipv6Addr>(), any::<Ipv6Addr>())
        .prop_map(|(list, source, destination)| (List::V6(list), Path::V6 { source, destination }))
}

fn any_sent() -> impl Strategy<Value = Sent> {
    let spoken = prop_oneof![
        (1..=255u16).prop_map(|secs| (Version::V2, centis(secs * 100))),
        (1..=4095u16).prop_map(|cs| (Version::V3, centis(cs))),
    ];
    let way = prop_oneof![any_v4(), any_v6()];
    let password = prop::option::of(any::<[u8; 8]>());
    (spoken, 1..=255u8, any::<u8>(), password, way, any_rule()).prop_map(
        |((version, interval), vrid, priority, password, (list, path), rule)| {
            let password = password.filter(|_| version == Version::V2 && matches!(list, List::V4(_)));
            Sent { version, vrid, priority, interval, password, list, path, rule }
        },
    )
}

/// Any policy at all, for packets that come from anywhere.
fn any_policy() -> impl Strategy<Value = Policy> {
    (any_sent(), any::<bool>()).prop_map(|(sent, lenient)| {
        let mut policy = if lenient { Policy::lenient(sent.version) } else { sent.policy() };
        policy.checksum = sent.rule;
        policy
    })
}

fn config() -> ProptestConfig {
    let beside = FileFailurePersistence::WithSource("regressions");
    ProptestConfig { failure_persistence: Some(Box::new(beside)), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read_back(sent in any_sent()) {
        let message = sent.message();
        prop_assert_eq!(Advert::parse(&message, &arrival(sent.path, 255), &sent.policy()), Ok(sent.advert()));
        prop_assert_eq!(Header::peek(&message).unwrap().vrid(), Some(vrid(sent.vrid)));
    }

    #[test]
    fn every_octet_is_written(sent in any_sent()) {
        let advert = sent.advert();
        let (mut ones, mut zeros) = (vec![0xff; advert.wire_len()], vec![0; advert.wire_len()]);
        advert.emit(&mut ones, &sent.path, sent.rule);
        advert.emit(&mut zeros, &sent.path, sent.rule);
        prop_assert_eq!(ones, zeros);
    }

    #[test]
    fn a_whole_packet_is_read_back(
        sent in any_sent(), source: Ipv4Addr, destination: Ipv4Addr, ttl: u8, id: u16,
    ) {
        let advert = sent.advert();
        let mut ip = Ipv4Header::new(source, destination);
        (ip.ttl, ip.identification) = (ttl, id);
        let mut octets = vec![0xa5; advert.ipv4_len()];
        advert.emit_ipv4(&mut octets, &ip, sent.rule);
        let packet = Ipv4Packet::parse(&octets).unwrap();
        prop_assert!(packet.header_checksum_holds());
        prop_assert_eq!(packet.arrival(), arrival(ip.path(), ttl));
        prop_assert_eq!((packet.identification(), packet.total_len()), (id, octets.len()));
        prop_assert_eq!(packet.message().unwrap(), &octets[20..]);
        prop_assert_eq!(packet.vrid(), Ok(advert.vrid()));
    }

    #[test]
    fn no_octets_make_the_parser_panic(
        octets in prop::collection::vec(any::<u8>(), 0..1200), sent in any_sent(), policy in any_policy(),
    ) {
        let _ = Advert::parse(&octets, &arrival(sent.path, 255), &policy);
        if let Ok(packet) = Ipv4Packet::parse(&octets) {
            let _ = (packet.vrid(), packet.header_checksum_holds(), packet.arrival());
            let _ = packet.message().map(|message| Advert::parse(message, &packet.arrival(), &policy).is_ok());
        }
    }

    /// Random octets die at the version, so valid packets are bent: what is still accepted says so again.
    #[test]
    fn bent_packets_are_refused_or_mean_what_they_say(
        sent in any_sent(), flips in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()), policy in any_policy(),
    ) {
        let mut octets = sent.message();
        for flip in flips {
            let bit = flip.index(octets.len() * 8);
            octets[bit / 8] ^= 1 << (bit % 8);
        }
        if let Some(cut) = cut {
            octets.truncate(cut.index(octets.len()));
        }
        for policy in [sent.policy(), policy] {
            let Ok(advert) = Advert::parse(&octets, &arrival(sent.path, 255), &policy) else { continue };
            let mut again = vec![0xa5; advert.wire_len()];
            advert.emit(&mut again, &sent.path, policy.checksum);
            prop_assert_eq!(Advert::parse(&again, &arrival(sent.path, 255), &policy), Ok(advert));
        }
    }

    /// The checksum covers every octet, those that are otherwise ignored too.
    #[test]
    fn one_flipped_bit_is_always_refused(sent in any_sent(), flip: prop::sample::Index) {
        prop_assume!(sent.rule != ChecksumRule::Skip);
        let mut octets = sent.message();
        let bit = flip.index(octets.len() * 8);
        octets[bit / 8] ^= 1 << (bit % 8);
        let refused = Advert::parse(&octets, &arrival(sent.path, 255), &sent.policy());
        prop_assert!(refused.is_err(), "bit {} of {:?}", bit, sent);
    }

    #[test]
    fn a_password_that_differs_is_refused(
        mut sent in any_sent(), (list, path) in any_v4(), password: [u8; 8], bits in 1..=u64::MAX,
    ) {
        (sent.version, sent.interval, sent.list, sent.path) = (Version::V2, Interval::DEFAULT, list, path);
        sent.password = Some(password);
        let other = (u64::from_be_bytes(password) ^ bits).to_be_bytes();
        let mut policy = sent.policy();
        policy.auth = AuthRule::Exactly(Auth::Pass(other.into()));
        let refused = Advert::parse(&sent.message(), &arrival(sent.path, 255), &policy).err();
        prop_assert_eq!(refused, Some(DecodeError::AuthFailure));
    }

    #[test]
    fn another_interval_is_refused_in_version_2_only(sent in any_sent(), secs in 1..=255u8) {
        let mut policy = sent.policy();
        let expected = Interval::from_secs(secs).unwrap();
        policy.interval = IntervalRule::Exactly(expected);
        let refused = Advert::parse(&sent.message(), &arrival(sent.path, 255), &policy).err();
        let received_secs = sent.interval.whole_secs().unwrap_or(0);
        let want = (sent.version == Version::V2 && sent.interval != expected)
            .then_some(DecodeError::AdvertInterval { received_secs, expected });
        prop_assert_eq!(refused, want);
    }

    #[test]
    fn sums_agree_with_another_implementation(
        octets in prop::collection::vec(any::<u8>(), 2..200),
        v4: (Ipv4Addr, Ipv4Addr), v6: (Ipv6Addr, Ipv6Addr), next: u8,
    ) {
        use pnet_packet::util;
        let (len, protocol) = (octets.len(), IpNextHeaderProtocol(next));
        prop_assert_eq!(Sum::new().with(&octets).finish(), util::checksum(&octets, usize::MAX));
        let sum = Sum::new().with_pseudo_v4(v4.0, v4.1, Protocol(next), len as u16).with(&octets);
        prop_assert_eq!(
            sum.finish(),
            util::ipv4_checksum(&octets, usize::MAX, &[], &v4.0, &v4.1, protocol)
        );
        let sum = Sum::new().with_pseudo_v6(v6.0, v6.1, Protocol(next), len as u32).with(&octets);
        prop_assert_eq!(
            sum.finish(),
            util::ipv6_checksum(&octets, usize::MAX, &[], &v6.0, &v6.1, protocol)
        );
    }

    #[test]
    fn the_ipv4_header_agrees_with_another_implementation(
        source: Ipv4Addr, destination: Ipv4Addr, ttl: u8, id: u16, payload in 0..=1500usize,
    ) {
        let mut ip = Ipv4Header::new(source, destination);
        (ip.ttl, ip.identification) = (ttl, id);
        let mut octets = [0xa5; 20];
        ip.emit(&mut octets, payload);
        let read = pnet_packet::ipv4::Ipv4Packet::new(&octets).unwrap();
        prop_assert_eq!((read.get_source(), read.get_destination()), (source, destination));
        prop_assert_eq!((read.get_version(), read.get_header_length(), read.get_dscp()), (4, 5, 0x30));
        prop_assert_eq!((read.get_ttl(), read.get_next_level_protocol().0), (ttl, 112));
        prop_assert_eq!((read.get_flags(), read.get_fragment_offset()), (0, 0));
        prop_assert_eq!((read.get_identification(), read.get_total_length()), (id, 20 + payload as u16));
        prop_assert_eq!(read.get_checksum(), pnet_packet::ipv4::checksum(&read));
    }

    /// `lacks` and `same_as` against sets, on lists small enough to collide.
    #[test]
    fn lists_compare_as_sets_do(heard in few(), own in few()) {
        let (list, ours) = (Addresses::V4(&heard), Addresses::V4(&own));
        let missing = own.iter().find(|address| !heard.contains(address)).map(|address| (*address).into());
        prop_assert_eq!(list.lacks(ours), missing);
        let set = |list: &[[u8; 4]]| list.iter().copied().collect::<std::collections::BTreeSet<_>>();
        prop_assert_eq!(list.same_as(ours), heard.len() == own.len() && set(&heard) == set(&own));
        prop_assert!(list.iter().all(|address| list.contains(address)));
        prop_assert_eq!(list.iter().len(), heard.len());
    }
}

fn few() -> impl Strategy<Value = Vec<[u8; 4]>> {
    prop::collection::vec((0..4u8).prop_map(|last| [10, 0, 0, last]), 0..4)
}

#[test]
fn virtual_macs_end_in_the_vrid() {
    use vrrp_types::Family;
    assert_eq!(virtual_mac(Family::V4, vrid(51)), [0, 0, 0x5e, 0, 1, 51]);
    assert_eq!(virtual_mac(Family::V6, vrid(255)), [0, 0, 0x5e, 0, 2, 255]);
}

#[test]
#[should_panic(expected = "exactly wire_len()")]
fn a_buffer_of_another_length_is_the_callers_mistake() {
    let advert =
        Advert::new(Version::V3, vrid(1), Priority::DEFAULT, centis(100), Addresses::V4(&[])).unwrap();
    let path = Ipv4Header::new(Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST).path();
    advert.emit(&mut [0; 9], &path, ChecksumRule::Standard);
}
