//! What proves enough in which mode, which keys serve, what is not heard twice, and what it costs.

use std::net::Ipv4Addr;
use std::time::Duration;

use kaconf::model::{HmacKey, OldUnicastChecksum, UnicastPeer, VirtualAddress};
use vrrp_fsm::{Heard, Input, Instant, Priority};
use vrrp_linux::Datagram;
use vrrp_types::{Interval, Version, Vrid};
use vrrp_wire::{Addresses, Auth, Counter, GROUP_V4, Stamp};

use super::super::reception;
use super::*;

const OURS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const THEIRS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
const VIP: [u8; 4] = [10, 0, 0, 100];
const WINDOW: AntiReplay = AntiReplay::Time { window: Duration::from_secs(5) };

/// A secret of 32 octets.
fn secret(id: u8) -> Vec<u8> {
    vec![id; 32]
}

fn hmac(ids: &[u8], mode: HmacMode, anti_replay: AntiReplay) -> AuthHmac {
    let keys = ids.iter().map(|&id| HmacKey { id, secret: secret(id) }).collect();
    // It may get more fields, so it cannot be written down as a value.
    let hmac: serde_json::Result<AuthHmac> = serde_json::from_value(serde_json::json!({
        "keys": [], "active_key": ids[0], "mode": "Enforce", "anti_replay": { "Time": { "window": 5.0 } }
    }));
    let mut hmac = hmac.unwrap();
    (hmac.keys, hmac.mode, hmac.anti_replay) = (keys, mode, anti_replay);
    hmac
}

fn model() -> model::Instance {
    let mut model = model::Instance::new("V1", Vrid::new(51).unwrap(), Family::V4, GROUP_V4.into());
    model.addresses.push(VirtualAddress::new("10.0.0.100/32".parse().unwrap()));
    model.source = Some(OURS.into());
    model
}

/// A backup that runs the model, changed.
fn backup(change: impl FnOnce(&mut model::Instance)) -> Instance {
    let mut model = model();
    change(&mut model);
    let mut instance = Instance::new(model).unwrap();
    let _ = instance.machine.step(Instant::from_nanos(0), Input::Start { hold: Duration::ZERO });
    instance
}

fn signs(ids: &[u8], mode: HmacMode) -> impl FnOnce(&mut model::Instance) {
    let hmac = hmac(ids, mode, WINDOW);
    move |model| model.auth_hmac = Some(hmac)
}

fn advert(auth: Auth) -> Advert<'static> {
    let list = Addresses::V4(&[VIP]);
    let vrid = Vrid::new(51).unwrap();
    Advert::new(Version::V2, vrid, Priority::new(200), Interval::DEFAULT, list)
        .unwrap()
        .with_auth(auth)
        .unwrap()
}

/// So many seconds from now.
fn stamp(seconds: i32, counter: u16) -> Stamp {
    Stamp::new(clock::wall_stamp().seconds().wrapping_add_signed(seconds), 0, counter)
}

/// A packet from a neighbour, signed with a key of this number, so many seconds from now.
fn signed(source: Ipv4Addr, key: Option<u8>, seconds: i32) -> Vec<u8> {
    signed_at(source, key, stamp(seconds, 0))
}

fn signed_at(source: Ipv4Addr, key: Option<u8>, stamp: Stamp) -> Vec<u8> {
    let trailer = key.map(|id| {
        let key = TrailerKey::new(NonZeroU8::new(id).unwrap(), &secret(id));
        advert(Auth::None).sign(source.into(), &key, stamp)
    });
    let tail = trailer.as_ref().map_or(&[][..], Trailer::as_octets);
    let advert = advert(Auth::None);
    let mut octets = vec![0; advert.ipv4_len()];
    let ip = Ipv4Header::new(source, GROUP_V4);
    advert.emit_ipv4(&mut octets, &ip, ChecksumRule::Standard);
    octets.extend(tail);
    ip.emit(&mut octets[..Ipv4Header::LEN], advert.wire_len() + tail.len());
    octets
}

fn headed(key: [u8; 8], number: u32) -> Vec<u8> {
    let advert = advert(Auth::Ah);
    let mut octets = vec![0; advert.ah_len()];
    let ip = Ipv4Header::new(THEIRS, GROUP_V4);
    advert.emit_ah(&mut octets, &ip, ChecksumRule::Standard, &AhKey::new(key), number);
    octets
}

fn hear(instance: &mut Instance, octets: &[u8]) -> Option<Heard> {
    let source = Ipv4Addr::new(octets[12], octets[13], octets[14], octets[15]).into();
    let datagram =
        Datagram { octets, source, destination: None, hop_limit: None, interface: None, truncated: false };
    reception::address(&datagram).and_then(|advert| advert.hear(instance))
}

#[test]
fn each_mode_takes_what_it_should() {
    use Counter::{TrailerKey, TrailerMac, TrailerMissing, TrailerStale};
    use HmacMode::{Enforce, Permissive, ReceiveOnly};
    for (mode, key, seconds, refused) in [
        (Enforce, Some(1), 0, None),
        (Enforce, None, 0, Some(TrailerMissing)),
        (Enforce, Some(3), 0, Some(TrailerKey)),
        (Enforce, Some(1), -9, Some(TrailerStale)),
        (Enforce, Some(1), 9, Some(TrailerStale)),
        (Permissive, Some(2), 0, None),
        (Permissive, None, 0, None),
        (Permissive, Some(3), 0, Some(TrailerKey)),
        (ReceiveOnly, None, 0, None),
        (ReceiveOnly, Some(2), -3, None),
        (ReceiveOnly, Some(3), 0, Some(TrailerKey)),
    ] {
        let mut instance = backup(signs(&[1, 2], mode));
        let heard = hear(&mut instance, &signed(THEIRS, key, seconds));
        assert_eq!(heard.is_none(), refused.is_some(), "{mode:?} {key:?} {seconds}");
        for counter in Counter::ALL {
            let count = u64::from(Some(counter) == refused);
            assert_eq!(instance.stats.refused(counter), count, "{mode:?} {key:?} {seconds}: {counter:?}");
        }
    }
    let mut instance = backup(signs(&[1], Enforce));
    let mut spoilt = signed(THEIRS, Some(1), 0);
    *spoilt.last_mut().unwrap() ^= 1;
    assert_eq!(hear(&mut instance, &spoilt), None);
    assert_eq!(instance.stats.refused(TrailerMac), 1);
}

#[test]
fn who_does_not_use_trailers_refuses_them_by_their_length() {
    let mut instance = backup(|_| {});
    assert_eq!(hear(&mut instance, &signed(THEIRS, Some(1), 0)), None);
    assert_eq!(instance.stats.refused(Counter::PacketLength), 1);
}

#[test]
fn receive_only_signs_nothing_the_others_do() {
    use HmacMode::{Enforce, Permissive, ReceiveOnly};
    for (mode, length) in [(Enforce, Trailer::LEN), (Permissive, Trailer::LEN), (ReceiveOnly, 0)] {
        let mut proof = Proof::Signed(Box::new(Signed::of(&hmac(&[1], mode, WINDOW), &model().mode)));
        proof.begin(&advert(Auth::None), OURS.into());
        assert_eq!(proof.trailer_len(), length, "{mode:?}");
    }
}

/// What was heard is not heard again, not even after a reload, which keys may come and go by.
#[test]
fn nothing_is_heard_twice() {
    let mut instance = backup(signs(&[1], HmacMode::Enforce));
    let (first, second) = (signed(THEIRS, Some(1), -2), signed(THEIRS, Some(1), -1));
    assert!(hear(&mut instance, &first).is_some());
    assert!(hear(&mut instance, &second).is_some());
    assert_eq!(hear(&mut instance, &first), None);
    let mut new = backup(signs(&[2, 1], HmacMode::Enforce));
    new.proof.go_on_from(instance.proof);
    assert_eq!(hear(&mut new, &second), None);
    assert_eq!(new.stats.refused(Counter::TrailerReplay), 1);
    assert!(hear(&mut new, &signed(THEIRS, Some(2), 0)).is_some(), "the next key");
    let other = Ipv4Addr::new(10, 0, 0, 3);
    assert!(hear(&mut new, &signed(other, Some(1), -2)).is_some(), "another sender has its own time");
}

#[test]
fn by_unicast_only_peers_have_a_mark() {
    let stranger = Ipv4Addr::new(10, 0, 0, 3);
    let mut instance = backup(|model| {
        model.auth_hmac = Some(hmac(&[1], HmacMode::Enforce, AntiReplay::Monotonic { window: None }));
        let peers = vec![UnicastPeer { address: THEIRS.into(), ttl: None }];
        let old_checksum = OldUnicastChecksum::Detect;
        model.mode =
            Mode::Unicast { peers, ttl: 255, check_source: false, fault_without_peers: false, old_checksum };
    });
    instance.policy.destination = vrrp_wire::DestinationRule::Any;
    assert_eq!(hear(&mut instance, &signed(stranger, Some(1), 0)), None);
    assert_eq!(Counter::ALL.map(|counter| instance.stats.refused(counter)), [0; Counter::ALL.len()]);
    let old = signed(THEIRS, Some(1), -1_000);
    assert!(hear(&mut instance, &old).is_some(), "by order alone no time is too long ago");
    assert_eq!(hear(&mut instance, &old), None);
    assert_eq!(instance.stats.refused(Counter::TrailerReplay), 1);
}

#[test]
fn an_authentication_header_is_heard_once_and_counted_on_from() {
    let mut instance = backup(|model| model.authentication = Authentication::Ah(*b"secret12"));
    assert_eq!(instance.proof.protocol(), PROTOCOL_AH);
    for (octets, taken) in [
        (headed(*b"secret13", 7), false),
        (headed(*b"secret12", 7), true),
        (headed(*b"secret12", 7), false),
        (headed(*b"secret12", 6), false),
        (headed(*b"secret12", 8), true),
    ] {
        assert_eq!(hear(&mut instance, &octets).is_some(), taken);
    }
    assert_eq!(instance.stats.refused(Counter::AuthFailure), 3);
    assert_eq!(hear(&mut instance, &signed(THEIRS, None, 0)), None);
    assert_eq!(instance.stats.refused(Counter::AuthTypeMismatch), 1);
    let mut new = backup(|model| model.authentication = Authentication::Ah(*b"secret12"));
    new.proof.go_on_from(instance.proof);
    assert_eq!(hear(&mut new, &headed(*b"secret12", 8)), None);
    new.proof.begin(&advert(Auth::Ah), OURS.into());
    assert!(matches!(new.proof, Proof::Ah(Ah { number: 9, .. })));
}

/// An advert that is signed, or stands behind a header, on its way out and on its way in.
#[test]
fn nothing_is_allocated() {
    let meta = TxMeta { interface: None, source: OURS.into(), destination: GROUP_V4.into(), hop_limit: 255 };
    let ip = Ipv4Header::new(OURS, GROUP_V4);
    let ah = backup(|model| model.authentication = Authentication::Ah(*b"secret12"));
    for (mut instance, advert) in
        [(backup(signs(&[1], HmacMode::Enforce)), advert(Auth::None)), (ah, advert(Auth::Ah))]
    {
        let mut batch = TxBatch::new(8, 4_096);
        let packets: Vec<_> = (1..100u32)
            .map(|number| match instance.proof.is_ah() {
                // What is sent counts, too.
                true => headed(*b"secret12", 2 * number),
                false => signed_at(THEIRS, Some(1), stamp(-3, number as u16)),
            })
            .collect();
        hear(&mut instance, &packets[0]);
        let allocations = allocation_counter::measure(|| {
            for octets in &packets[1..] {
                assert!(hear(&mut instance, octets).is_some());
                instance.proof.begin(&advert, OURS.into());
                instance.proof.push_v4(&mut batch, &meta, &advert, &ip, ChecksumRule::Standard).unwrap();
                batch.clear();
            }
        });
        assert_eq!(allocations.count_total, 0);
    }
}
