//! Reading a configuration: from octets to the model.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kaconf::{Matches, Options, ReadError, Source, dump, format, lint, load, syntax};

struct Memory(Vec<u8>);

impl Source for Memory {
    fn matches(&self, _: &Path, pattern: &str) -> Result<Matches, ReadError> {
        Ok(Matches { paths: vec![PathBuf::from(pattern)], missing: false, wildcard: false })
    }

    fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.clone())
    }
}

/// An ordinary configuration of so many virtual routers.
fn instances(count: usize) -> Vec<u8> {
    let mut text = String::from("global_defs {\n    router_id bench\n}\n");
    for index in 0..count {
        let (vrid, net) = (index % 255 + 1, index / 255);
        let _ = write!(
            text,
            "vrrp_instance VI_{index} {{\n    state BACKUP\n    interface eth{net}\n    virtual_router_id {vrid}\n    \
             priority 100\n    advert_int 1\n    virtual_ipaddress {{\n        10.{net}.{vrid}.1/24\n    }}\n}}\n"
        );
    }
    text.into_bytes()
}

/// So many virtual servers, each with four real servers that a TCP_CHECK watches.
fn virtual_servers(count: usize) -> Vec<u8> {
    let mut text = String::from("global_defs {\n    router_id bench\n}\n");
    for index in 0..count {
        let (net, host) = (index / 250, index % 250 + 1);
        let _ = write!(
            text,
            "virtual_server 10.0.{net}.{host} 80 {{\n    delay_loop 6\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n"
        );
        for real in 0..4 {
            let _ = write!(
                text,
                "    real_server 192.168.{real}.{host} 80 {{\n        weight 1\n        TCP_CHECK {{\n            \
                 connect_timeout 3\n        }}\n    }}\n"
            );
        }
        text.push_str("}\n");
    }
    text.into_bytes()
}

/// The same octets a second for ten times as much is linear growth.
fn config(c: &mut Criterion) {
    let options = Options::new("bench.conf");
    for (what, count, text) in [
        ("instances", 10, instances(10)),
        ("instances", 100, instances(100)),
        ("instances", 1000, instances(1000)),
        ("virtual_servers", 100, virtual_servers(100)),
        ("virtual_servers", 1000, virtual_servers(1000)),
        ("virtual_servers", 10_000, virtual_servers(10_000)),
    ] {
        let mut group = c.benchmark_group("config");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("load/{count}_{what}"), |b| {
            let source = Memory(text.clone());
            b.iter(|| load(black_box(&options), &source));
        });
        group.bench_function(format!("parse/{count}_{what}"), |b| {
            b.iter(|| syntax::parse(black_box(text.clone())));
        });
        group.bench_function(format!("format/{count}_{what}"), |b| {
            b.iter(|| format(black_box(&text)));
        });
        let loaded = load(&options, &Memory(text.clone()));
        group.bench_function(format!("lint/{count}_{what}"), |b| {
            b.iter(|| lint(black_box(&loaded), &Memory(Vec::new())));
        });
        group.bench_function(format!("dump/{count}_{what}"), |b| {
            b.iter(|| dump(black_box(&loaded.config)));
        });
        group.finish();
    }
}

criterion_group!(benches, config);
criterion_main!(benches);
