//! Reading a configuration: from octets to the model.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kaconf::{Matches, Options, ReadError, Source, load, syntax};

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

fn config(c: &mut Criterion) {
    let options = Options::new("bench.conf");
    for count in [10, 100, 1000] {
        let text = instances(count);
        let mut group = c.benchmark_group("config");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("load/{count}_instances"), |b| {
            let source = Memory(text.clone());
            b.iter(|| load(black_box(&options), &source));
        });
        group.bench_function(format!("parse/{count}_instances"), |b| {
            b.iter(|| syntax::parse(black_box(text.clone())));
        });
        group.finish();
    }
}

criterion_group!(benches, config);
criterion_main!(benches);
