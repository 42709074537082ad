//! One pairing, watched in its steady state: first costs, then system calls, then times, each by itself, so that
//! none is disturbed by the watching of another.

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use super::super::bare::Load;
use super::super::capture::{Advert, Capture, Captured, Pace};
use super::super::conf::{HIGH, LOW, Work};
use super::super::daemon::{BareSender, Daemon};
use super::super::probe::{self, Pid};
use super::super::syscalls::Counter;
use super::super::world::{Side, World};
use super::super::{stats, wait};
use super::{Pairing, Spans};
use crate::clock;

/// After this the second gratuitous ARP has been sent (1 s after the first, as configured).
const SETTLE: Duration = Duration::from_millis(2500);

/// Figures of one pairing.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Observation {
    /// Adverts a second that were sent.
    pub(in super::super) rate: f64,
    /// Processor time of the sender for one advert, µs.
    pub(in super::super) sent_us: f64,
    /// Processor time of the receiver for one advert, µs.
    pub(in super::super) received_us: f64,
    /// Packets that found no room in the receiver's socket while costs were measured.
    pub(in super::super) dropped: u64,
    /// System calls of the sender for one advert.
    pub(in super::super) sent_calls: f64,
    /// System calls of the receiver for one advert.
    pub(in super::super) received_calls: f64,
    /// Deviation of the gap between two adverts of an instance from the interval, ms.
    pub(in super::super) jitter_p50: f64,
    pub(in super::super) jitter_p99: f64,
    pub(in super::super) jitter_max: f64,
    /// The gap's mean, ms.
    pub(in super::super) mean_gap: f64,
    /// Packets that the capture lost.
    pub(in super::super) lost: u64,
    /// Adverts of the backup, which should send none.
    pub(in super::super) false_adverts: usize,
}

enum Sender {
    Daemon(Daemon),
    Bare(BareSender),
}

impl Sender {
    fn pid(&self) -> io::Result<Pid> {
        match self {
            Self::Daemon(daemon) => daemon.vrrp(),
            Self::Bare(sender) => Ok(sender.pid()),
        }
    }
}

pub(super) fn observe(pairing: &Pairing, work: Work, spans: Spans) -> io::Result<Observation> {
    let world = World::new(work.interfaces())?;
    let (sender, receiver) = match pairing {
        Pairing::Own(program) => {
            let mut master = Daemon::start(&world, Side::Master, program, work, HIGH)?;
            master.all_enter("MASTER", work)?;
            (Sender::Daemon(master), program)
        }
        Pairing::Bare(program, batched) => {
            let load = Load { work, batched: *batched };
            (Sender::Bare(BareSender::start(&world, &load)?), program)
        }
    };
    let mut backup = Daemon::start(&world, Side::Backup, receiver, work, LOW)?;
    backup.all_enter("BACKUP", work)?;
    wait::pass(SETTLE);
    let pids = [sender.pid()?, backup.vrrp()?];
    let mut seen = Observation::default();
    costs(&mut seen, pids, spans.cost)?;
    calls(&mut seen, pids, spans.calls)?;
    let capture = Capture::start(&world, Pace::Later)?;
    wait::pass(spans.jitter);
    times(&mut seen, &capture.finish()?, work);
    Ok(seen)
}

fn costs(seen: &mut Observation, [sender, receiver]: [Pid; 2], span: Duration) -> io::Result<()> {
    let read = || -> io::Result<_> {
        let times = [probe::cpu_time(sender)?, probe::cpu_time(receiver)?];
        let adverts = [probe::packets(sender)?.sent, probe::packets(receiver)?.received];
        Ok((times, adverts, probe::socket_drops(receiver)?, clock::now()))
    };
    let before = read()?;
    wait::pass(span);
    let after = read()?;
    let used = |side: usize| (after.0[side] - before.0[side]).as_secs_f64() * 1e6;
    let adverts = |side: usize| (after.1[side] - before.1[side]) as f64;
    seen.sent_us = used(0) / adverts(0);
    seen.received_us = used(1) / adverts(1);
    seen.dropped = after.2 - before.2;
    seen.rate = adverts(0) / (after.3 - before.3).as_secs_f64();
    Ok(())
}

/// The counters run for the span exactly, their programs longer; so both are taken as rates.
fn calls(seen: &mut Observation, pids: [Pid; 2], span: Duration) -> io::Result<()> {
    let before = (probe::packets(pids[0])?.sent, clock::now());
    let counters = [Counter::start(pids[0], span)?, Counter::start(pids[1], span)?];
    let [sender, receiver] = counters.map(Counter::finish);
    let adverts = (probe::packets(pids[0])?.sent - before.0) as f64;
    let rate = adverts / (clock::now() - before.1).as_secs_f64();
    seen.sent_calls = sender? / span.as_secs_f64() / rate;
    seen.received_calls = receiver? / span.as_secs_f64() / rate;
    Ok(())
}

/// The times of the master's adverts, instance by instance.
pub(in super::super) fn times(seen: &mut Observation, captured: &Captured, work: Work) {
    let gaps = gaps(&captured.adverts);
    let interval = work.interval.as_secs_f64() * 1e3;
    let deviations: Vec<_> = gaps.iter().map(|gap| (gap - interval).abs()).collect();
    seen.jitter_p50 = stats::percentile(&deviations, 0.5);
    seen.jitter_p99 = stats::percentile(&deviations, 0.99);
    seen.jitter_max = stats::max(&deviations);
    seen.mean_gap = stats::mean(&gaps);
    seen.lost = captured.lost;
    seen.false_adverts = captured.adverts.iter().filter(|advert| Side::Backup.has(advert.source)).count();
}

/// Between an advert of the master and the next of the same instance, ms.
fn gaps(adverts: &[Advert]) -> Vec<f64> {
    let mut last: HashMap<(Ipv4Addr, u8), Duration> = HashMap::new();
    let from_master = adverts.iter().filter(|advert| Side::Master.has(advert.source));
    let gap = |advert: &Advert| {
        let before = last.insert((advert.source, advert.vrid), advert.at)?;
        Some(advert.at.saturating_sub(before).as_secs_f64() * 1e3)
    };
    from_master.filter_map(gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_those_of_each_instance() {
        let advert = |ms: u64, side: Side, interface: u8, vrid: u8| Advert {
            at: Duration::from_millis(ms),
            source: side.address(interface),
            vrid,
            priority: 200,
        };
        let adverts = [
            advert(0, Side::Master, 0, 1),
            advert(1, Side::Master, 1, 1),
            advert(4, Side::Backup, 0, 1),
            advert(10, Side::Master, 0, 1),
            advert(13, Side::Master, 1, 1),
        ];
        assert_eq!(gaps(&adverts), [10.0, 12.0]);
        let mut seen = Observation::default();
        times(&mut seen, &Captured { adverts: adverts.to_vec(), lost: 0 }, Work::v3(2, 10));
        assert_eq!((seen.jitter_max, seen.mean_gap, seen.false_adverts), (2.0, 11.0, 1));
    }
}
