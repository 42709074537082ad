//! What reading and writing one advert costs: by version, family and number of addresses.

use std::hint::black_box;
use std::net::{Ipv4Addr, Ipv6Addr};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use vrrp_types::{Interval, Priority, Version, Vrid};
use vrrp_wire::{
    Addresses, Advert, Arrival, Auth, AuthRule, ChecksumRule, GROUP_V4, GROUP_V6, HOP_LIMIT, Ipv4Header,
    Ipv4Packet, Password, Path, Policy,
};

const COUNTS: [usize; 3] = [1, 20, 255];
const SOURCE_V4: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 1);
const SOURCE_V6: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);

/// The benchmarks, as a name and what it is about.
const KINDS: [(&str, Version, bool); 3] =
    [("v2-pass", Version::V2, false), ("v3-ipv4", Version::V3, false), ("v3-ipv6", Version::V3, true)];

fn advert<'a>(version: Version, addresses: Addresses<'a>) -> Advert<'a> {
    let vrid = Vrid::new(51).expect("not zero");
    let advert = Advert::new(version, vrid, Priority::DEFAULT, Interval::DEFAULT, addresses);
    let advert = advert.expect("one second and at most 255 addresses");
    match version {
        Version::V2 => advert.with_auth(auth()).expect("version 2 over IPv4"),
        Version::V3 => advert,
    }
}

fn auth() -> Auth {
    Auth::Pass(Password::new(b"1111"))
}

fn policy(version: Version) -> Policy {
    let mut policy = Policy::multicast(version, Interval::DEFAULT);
    if version == Version::V2 {
        policy.auth = AuthRule::Exactly(auth());
    }
    policy
}

/// From the received octets, IPv4 header included, to the advert.
fn parse(c: &mut Criterion) {
    let mut group = c.benchmark_group("advert/parse");
    for (name, version, ipv6) in KINDS {
        for count in COUNTS {
            let (v4, v6) = (vec![[10, 1, 0, 100]; count], vec![[0xfe; 16]; count]);
            let addresses = if ipv6 { Addresses::V6(&v6) } else { Addresses::V4(&v4) };
            let advert = advert(version, addresses);
            let policy = policy(version);
            let path = Path::V6 { source: SOURCE_V6, destination: GROUP_V6 };
            let arrival = Arrival { path, hop_limit: HOP_LIMIT };
            let mut octets = vec![0; if ipv6 { advert.wire_len() } else { advert.ipv4_len() }];
            if ipv6 {
                advert.emit(&mut octets, &path, ChecksumRule::Standard);
            } else {
                let ip = Ipv4Header::new(SOURCE_V4, GROUP_V4);
                advert.emit_ipv4(&mut octets, &ip, ChecksumRule::Standard);
            }
            group.throughput(Throughput::Bytes(octets.len() as u64));
            group.bench_with_input(BenchmarkId::new(name, count), &octets[..], |b, octets| {
                if ipv6 {
                    b.iter(|| {
                        Advert::parse(black_box(octets), black_box(&arrival), black_box(&policy)).is_ok()
                    });
                } else {
                    b.iter(|| {
                        let packet = Ipv4Packet::parse(black_box(octets))?;
                        black_box(packet.vrid()?);
                        Advert::parse(packet.message()?, &packet.arrival(), black_box(&policy)).map(black_box)
                    });
                }
            });
        }
    }
    group.finish();
}

/// From the advert to the octets to be sent, IPv4 header included.
fn emit(c: &mut Criterion) {
    let mut group = c.benchmark_group("advert/emit");
    for (name, version, ipv6) in KINDS {
        for count in COUNTS {
            let (v4, v6) = (vec![[10, 1, 0, 100]; count], vec![[0xfe; 16]; count]);
            let addresses = if ipv6 { Addresses::V6(&v6) } else { Addresses::V4(&v4) };
            let advert = advert(version, addresses);
            let ip = Ipv4Header::new(SOURCE_V4, GROUP_V4);
            let path = Path::V6 { source: SOURCE_V6, destination: GROUP_V6 };
            let mut octets = vec![0; if ipv6 { advert.wire_len() } else { advert.ipv4_len() }];
            group.throughput(Throughput::Bytes(octets.len() as u64));
            group.bench_function(BenchmarkId::new(name, count), |b| {
                if ipv6 {
                    b.iter(|| black_box(&advert).emit(black_box(&mut octets), &path, ChecksumRule::Standard));
                } else {
                    b.iter(|| {
                        black_box(&advert).emit_ipv4(black_box(&mut octets), &ip, ChecksumRule::Standard);
                    });
                }
            });
        }
    }
    group.finish();
}

criterion_group!(benches, parse, emit);
criterion_main!(benches);
