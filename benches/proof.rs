//! What it costs to prove who sent an advert, and to have it proved: one virtual address, as nearly all have.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU8;

use criterion::{Criterion, criterion_group, criterion_main};
use vrrp_types::{Interval, Priority, Version, Vrid};
use vrrp_wire::{
    Addresses, Advert, AhKey, Auth, AuthRule, Checkpoint, ChecksumRule, Freshness, GROUP_V4, Ipv4Header,
    Ipv4Packet, Policy, Stamp, Trailer, TrailerKey,
};

const SOURCE: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 1);
const LIST: &[[u8; 4]] = &[[10, 1, 0, 100]];
const STAMP: Stamp = Stamp::new(1_000, 0, 0);

fn advert(version: Version, auth: Auth) -> Advert<'static> {
    let vrid = Vrid::new(51).expect("not zero");
    let advert = Advert::new(version, vrid, Priority::DEFAULT, Interval::DEFAULT, Addresses::V4(LIST));
    advert.and_then(|advert| advert.with_auth(auth)).expect("version 2 where it is authenticated")
}

/// `auth_type AH`: the whole packet out, and from its octets to the advert that is believed.
fn ah(c: &mut Criterion) {
    let (key, advert) = (AhKey::new(*b"secret12"), advert(Version::V2, Auth::Ah));
    let ip = Ipv4Header::new(SOURCE, GROUP_V4);
    let mut octets = vec![0; advert.ah_len()];
    c.bench_function("proof/ah/emit", |b| {
        b.iter(|| {
            black_box(&advert).emit_ah(black_box(&mut octets), &ip, ChecksumRule::Standard, &key, 7);
        });
    });
    let mut policy = Policy::multicast(Version::V2, Interval::DEFAULT);
    policy.auth = AuthRule::Exactly(Auth::Ah);
    c.bench_function("proof/ah/hear", |b| {
        b.iter(|| {
            let packet = Ipv4Packet::parse(black_box(&octets))?;
            let proof = packet.authenticated()?;
            let heard =
                Advert::parse_proved(proof.message(), &packet.arrival(), &policy, |point| match point {
                    Checkpoint::AuthType => proof.verify(&key).map(|number| _ = black_box(number)),
                    _ => Ok(()),
                });
            heard.map(black_box)
        });
    });
}

/// `auth_hmac`: the signature alone, for it is made once for all peers; and from octets to a believed advert.
fn trailer(c: &mut Criterion) {
    let key = TrailerKey::new(NonZeroU8::MIN, &[7; 32]);
    let (advert, source) = (advert(Version::V3, Auth::None), IpAddr::V4(SOURCE));
    c.bench_function("proof/trailer/sign", |b| {
        b.iter(|| black_box(&advert).sign(source, &key, black_box(STAMP)));
    });
    let ip = Ipv4Header::new(SOURCE, GROUP_V4);
    let mut octets = vec![0; advert.ipv4_len()];
    advert.emit_ipv4(&mut octets, &ip, ChecksumRule::Standard);
    octets.extend_from_slice(advert.sign(source, &key, STAMP).as_octets());
    ip.emit(&mut octets[..Ipv4Header::LEN], advert.wire_len() + Trailer::LEN);
    let (policy, keys) = (Policy::multicast(Version::V3, Interval::DEFAULT), [key]);
    c.bench_function("proof/trailer/hear", |b| {
        b.iter(|| {
            let packet = Ipv4Packet::parse(black_box(&octets))?;
            let arrival = packet.arrival();
            let (message, trailer) = Trailer::split(packet.message()?, arrival.path.family());
            Advert::parse_proved(message, &arrival, &policy, |point| match (point, trailer) {
                (Checkpoint::Version, Some(trailer)) => {
                    let verified = trailer.verify(message, source, &keys, Freshness::Growth, STAMP);
                    verified.map(|stamp| _ = black_box(stamp))
                }
                _ => Ok(()),
            })
            .map(black_box)
        });
    });
}

criterion_group!(benches, ah, trailer);
criterion_main!(benches);
