//! What one step of an election machine costs. The aim is 50 ns: a thousand routers at 10 ms are a hundred
//! thousand steps a second.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use vrrp_fsm::{Config, Heard, Input, Instant, Interval, Machine, Priority, State, Version};

const NEIGHBOUR: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 9));

fn started(priority: u8) -> (Machine, Instant) {
    let config = Config::new(Version::V3, Priority::new(priority), Interval::DEFAULT);
    let mut machine = Machine::new(config).expect("100 and 1 s can be said");
    let now = Instant::from_nanos(1_000_000_000);
    let _ = machine.step(now, Input::Source(Some(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)))));
    let _ = machine.step(now, Input::Start { hold: Duration::ZERO });
    assert_eq!(machine.state(), State::Backup);
    (machine, now)
}

/// A master whose burst of announcements is over.
fn master(priority: u8) -> (Machine, Instant) {
    let (mut machine, mut now) = started(priority);
    let settled = now.saturating_add(Duration::from_secs(30));
    while let Some(due) = machine.deadline().filter(|due| *due <= settled) {
        now = due;
        let _ = machine.step(now, Input::Tick);
    }
    assert_eq!(machine.state(), State::Master);
    (machine, now)
}

fn heard(priority: u8) -> Input {
    Input::Advert(Heard { source: NEIGHBOUR, priority: Priority::new(priority), interval: Interval::DEFAULT })
}

fn backup(c: &mut Criterion) {
    let mut group = c.benchmark_group("machine/backup");
    group.bench_function("advert", |b| {
        let (mut machine, mut now) = started(100);
        b.iter(|| {
            now = now.saturating_add(Duration::from_millis(10));
            machine.step(black_box(now), black_box(heard(200)))
        });
        assert_eq!(machine.state(), State::Backup);
    });
    group.bench_function("lower advert", |b| {
        let (mut machine, now) = started(100);
        b.iter(|| machine.step(black_box(now), black_box(heard(50))));
        assert_eq!(machine.state(), State::Backup);
    });
    group.bench_function("idle tick", |b| {
        let (mut machine, now) = started(100);
        b.iter(|| machine.step(black_box(now), black_box(Input::Tick)));
        assert_eq!(machine.state(), State::Backup);
    });
    group.bench_function("deadline", |b| {
        let (machine, _) = started(100);
        b.iter(|| black_box(&machine).deadline());
    });
    group.finish();
}

fn serving(c: &mut Criterion) {
    let mut group = c.benchmark_group("machine/master");
    group.bench_function("tick", |b| {
        let (mut machine, mut now) = master(100);
        b.iter(|| {
            now = now.saturating_add(Duration::from_secs(1));
            machine.step(black_box(now), black_box(Input::Tick))
        });
        assert_eq!(machine.state(), State::Master);
    });
    group.bench_function("idle tick", |b| {
        let (mut machine, now) = master(100);
        b.iter(|| machine.step(black_box(now), black_box(Input::Tick)));
        assert_eq!(machine.state(), State::Master);
    });
    group.bench_function("lower advert", |b| {
        let (mut machine, now) = master(100);
        b.iter(|| machine.step(black_box(now), black_box(heard(50))));
        assert_eq!(machine.state(), State::Master);
    });
    group.bench_function("deadline", |b| {
        let (machine, _) = master(100);
        b.iter(|| black_box(&machine).deadline());
    });
    group.finish();
}

/// From backup to master and back: the longest answers there are.
fn changing(c: &mut Criterion) {
    c.bench_function("machine/take over and yield", |b| {
        let (mut machine, mut now) = started(100);
        b.iter(|| {
            now = now.saturating_add(Duration::from_secs(4));
            black_box(machine.step(black_box(now), black_box(Input::Tick)));
            machine.step(black_box(now), black_box(heard(200)))
        });
        assert_eq!(machine.state(), State::Backup);
    });
}

criterion_group!(benches, backup, serving, changing);
criterion_main!(benches);
