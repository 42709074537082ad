//! What is heard, what is refused and under which name, and what it costs.

use std::net::Ipv4Addr;
use std::time::Duration;

use kaconf::model::{self, Authentication, Mode, OldUnicastChecksum, UnicastPeer, VirtualAddress};
use vrrp_fsm::{Input, Instant};
use vrrp_types::{Family, Interval, Priority};
use vrrp_wire::{Addresses, Auth, Ipv4Header, Password};

use super::super::wakeups::Wakeups;
use super::*;

const GROUP: Ipv4Addr = GROUP_V4;
const PEER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const OURS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const VIP: [u8; 4] = [10, 0, 0, 100];

/// An advert as a neighbour would send it, to be spoilt.
#[derive(Clone, Copy)]
struct Sent {
    version: Version,
    secs: u8,
    auth: Auth,
    addresses: &'static [[u8; 4]],
    destination: Ipv4Addr,
    ttl: u8,
    rule: ChecksumRule,
}

const GOOD: Sent = Sent {
    version: Version::V2,
    secs: 1,
    auth: Auth::None,
    addresses: &[VIP],
    destination: GROUP,
    ttl: 255,
    rule: ChecksumRule::Standard,
};

impl Sent {
    fn octets(self) -> Vec<u8> {
        let (vrid, interval) = (Vrid::new(51).unwrap(), Interval::from_secs(self.secs).unwrap());
        let advert =
            Advert::new(self.version, vrid, Priority::new(200), interval, Addresses::V4(self.addresses));
        let advert = advert.unwrap().with_auth(self.auth).unwrap();
        let mut ip = Ipv4Header::new(PEER, self.destination);
        ip.ttl = self.ttl;
        let mut octets = vec![0; advert.ipv4_len()];
        advert.emit_ipv4(&mut octets, &ip, self.rule);
        octets
    }
}

fn datagram(octets: &[u8]) -> Datagram<'_> {
    Datagram {
        octets,
        source: PEER.into(),
        destination: None,
        hop_limit: None,
        interface: None,
        truncated: false,
    }
}

fn model() -> model::Instance {
    let mut model = model::Instance::new("V1", Vrid::new(51).unwrap(), Family::V4, GROUP.into());
    model.addresses.push(VirtualAddress::new("10.0.0.100/32".parse().unwrap()));
    model.source = Some(OURS.into());
    model
}

fn unicast(peers: Vec<UnicastPeer>, check_source: bool) -> Mode {
    let old_checksum = OldUnicastChecksum::Detect;
    Mode::Unicast { peers, ttl: 255, check_source, fault_without_peers: false, old_checksum }
}

fn peer(address: Ipv4Addr, ttl: Option<(u8, u8)>) -> UnicastPeer {
    UnicastPeer { address: address.into(), ttl }
}

/// A backup that runs the model, changed.
fn backup(change: impl FnOnce(&mut model::Instance)) -> Instance {
    let mut model = model();
    change(&mut model);
    let mut instance = Instance::new(model).unwrap();
    let start = Input::Start { hold: Duration::ZERO };
    let _ = instance.machine.step(Instant::from_nanos(0), start);
    instance
}

fn hear(instance: &mut Instance, octets: &[u8]) -> Option<Heard> {
    address(&datagram(octets)).and_then(|advert| advert.hear(instance))
}

#[test]
fn every_refusal_is_counted_by_its_name() {
    let password = Auth::Pass(Password::new(b"wrong"));
    let mut broken = GOOD.octets();
    broken[27] ^= 1;
    let mut long = GOOD.octets();
    long[23] = 9;
    let mut request = GOOD.octets();
    request[20] = 0x22;
    for (octets, counter) in [
        (Sent { ttl: 254, ..GOOD }.octets(), Counter::Ttl),
        (Sent { version: Version::V3, ..GOOD }.octets(), Counter::Version),
        (Sent { auth: password, ..GOOD }.octets(), Counter::AuthTypeMismatch),
        (Sent { secs: 2, ..GOOD }.octets(), Counter::AdvertInterval),
        (broken, Counter::Checksum),
        (long, Counter::PacketLength),
        (request, Counter::InvalidType),
    ] {
        let mut instance = backup(|_| {});
        assert_eq!(hear(&mut instance, &octets), None, "{counter:?}");
        let counted: Vec<_> =
            Counter::ALL.into_iter().filter(|counter| instance.stats.refused(*counter) > 0).collect();
        assert_eq!((counted, instance.stats.adverts_received), (vec![counter], 0));
    }
}

#[test]
fn a_wrong_password_is_a_failure_of_authentication() {
    let mut instance = backup(|model| model.authentication = Authentication::Pass(*b"1111\0\0\0\0"));
    let password = |text: &[u8]| Sent { auth: Auth::Pass(Password::new(text)), ..GOOD }.octets();
    assert_eq!(hear(&mut instance, &password(b"2222")), None);
    assert_eq!(instance.stats.refused(Counter::AuthFailure), 1);
    assert!(hear(&mut instance, &password(b"1111")).is_some());
}

#[test]
fn another_list_of_addresses_is_counted_and_heard() {
    let mut instance = backup(|_| {});
    for other in [&[[10, 0, 0, 101]][..], &[], &[VIP, [10, 0, 0, 101]]] {
        assert!(hear(&mut instance, &Sent { addresses: other, ..GOOD }.octets()).is_some());
    }
    assert_eq!(instance.stats.refused(Counter::AddressList), 3);
}

#[test]
fn skip_check_adv_addr_looks_once_at_each_sender() {
    let mut instance = backup(|model| model.skip_check_adv_addr = true);
    let other = Sent { addresses: &[[10, 0, 0, 101]], ..GOOD }.octets();
    for _ in 0..3 {
        assert!(hear(&mut instance, &other).is_some());
    }
    assert_eq!(instance.stats.refused(Counter::AddressList), 1);
}

#[test]
fn unicast_and_multicast_do_not_mix() {
    let mut multicast = backup(|_| {});
    assert_eq!(hear(&mut multicast, &Sent { destination: OURS, ..GOOD }.octets()), None);
    let mut instance = backup(|model| model.mode = unicast(vec![peer(PEER, None)], false));
    assert_eq!(hear(&mut instance, &GOOD.octets()), None);
    assert!(hear(&mut instance, &Sent { destination: OURS, ttl: 64, ..GOOD }.octets()).is_some());
}

#[test]
fn unicast_checks_its_peers_when_asked() {
    let to_us = Sent { destination: OURS, ttl: 64, ..GOOD }.octets();
    for (peers, check, heard) in [
        (vec![peer(OURS, None)], false, true),
        (vec![peer(OURS, None)], true, false),
        (vec![peer(PEER, None)], true, true),
        (vec![peer(PEER, Some((64, 64)))], true, true),
        (vec![peer(PEER, Some((65, 255)))], true, false),
    ] {
        let shown = format!("{peers:?} {check}");
        let mut instance = backup(|model| model.mode = unicast(peers, check));
        assert_eq!(hear(&mut instance, &to_us).is_some(), heard, "{shown}");
    }
}

#[test]
fn an_old_unicast_checksum_is_detected_and_answered_in_kind() {
    let old = Sent { version: Version::V3, destination: OURS, rule: ChecksumRule::Group(GROUP), ..GOOD };
    let mut instance = backup(|model| {
        model.version = Version::V3;
        model.mode = unicast(vec![peer(PEER, None)], false);
    });
    assert!(hear(&mut instance, &old.octets()).is_some());
    assert_eq!(instance.policy.checksum, ChecksumRule::Group(GROUP));
}

#[test]
fn an_owner_may_ignore_all_others() {
    let mut instance = backup(|model| {
        model.priority = Priority::OWNER;
        model.owner_ignore_adverts = true;
    });
    assert_eq!(hear(&mut instance, &GOOD.octets()), None);
    assert_eq!(instance.stats.adverts_received, 0);
}

#[test]
fn nothing_is_heard_before_the_start() {
    let mut instance = Instance::new(model()).unwrap();
    assert_eq!(hear(&mut instance, &GOOD.octets()), None);
}

#[test]
fn from_socket_to_decision_nothing_is_allocated() {
    let mut instance = backup(|_| {});
    let (id, octets) = (InstanceId::new(0), GOOD.octets());
    let mut wakeups = Wakeups::default();
    wakeups.set(id, instance.machine.deadline());
    let mut hear_one = |at: u64| {
        let heard = hear(&mut instance, &octets).unwrap();
        let _ = instance.machine.step(Instant::from_nanos(at), Input::Advert(heard));
        wakeups.set(id, instance.machine.deadline());
    };
    hear_one(0);
    let allocations = allocation_counter::measure(|| (1..1_000).for_each(hear_one));
    assert_eq!(allocations.count_total, 0);
}
