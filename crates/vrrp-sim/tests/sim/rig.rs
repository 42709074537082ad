//! The language the scenarios are written in.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::time::Duration;
use std::env;

use vrrp_fsm::{Config, Family, Interval, Priority, State, Version, Vrid};
use vrrp_sim::{Change, Clock, Lan, Member, Node, NodeId, Rng, Wakes};

pub(crate) const SECOND: Duration = Duration::from_secs(1);

pub(crate) fn vrid(vrid: u8) -> Vrid {
    Vrid::new(vrid).unwrap()
}

/// The one virtual router of most scenarios.
pub(crate) fn vr() -> Vrid {
    vrid(51)
}

pub(crate) fn centis(centis: u16) -> Interval {
    Interval::from_centis(centis).unwrap()
}

pub(crate) fn config(version: Version, priority: u8, interval: Interval) -> Config {
    Config::new(version, Priority::new(priority), interval)
}

pub(crate) fn address(family: Family, vrid: Vrid) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::new(10, 0, 1, vrid.get())),
        Family::V6 => IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 1, vrid.get().into())),
    }
}

pub(crate) fn member(config: Config) -> Member {
    Member::new(vr(), config, address(Family::V4, vr()))
}

/// Nodes with one virtual router each, all started at about the same time.
pub(crate) fn lan(seed: u64, configs: impl IntoIterator<Item = Config>) -> (Lan, Vec<NodeId>) {
    lan_over(seed, Family::V4, configs)
}

pub(crate) fn lan_over(
    seed: u64,
    family: Family,
    configs: impl IntoIterator<Item = Config>,
) -> (Lan, Vec<NodeId>) {
    let mut lan = Lan::new(seed);
    lan.record(400);
    let mut rng = Rng::new(!seed);
    let mut nodes = Vec::new();
    for config in configs {
        let interval = config.advert_int.duration();
        let node = Node::new(vec![Member::new(vr(), config, address(family, vr()))]);
        let drift = rng.below(1_001) as i32 - 500;
        let node = lan.join(node.with_clock(Clock::new(rng.up_to(SECOND * 1_000), drift))).unwrap();
        let start = lan.now().saturating_add(rng.up_to(interval * 2));
        lan.schedule(start, Change::Start { node, hold: Duration::ZERO });
        nodes.push(node);
    }
    (lan, nodes)
}

/// Routers of one kind and these priorities.
pub(crate) fn routers(
    version: Version,
    interval: Interval,
    priorities: &[u8],
) -> impl Iterator<Item = Config> + '_ {
    priorities.iter().map(move |priority| config(version, *priority, interval))
}

pub(crate) fn stall(node: NodeId, lasting: Duration, wakes: Wakes) -> Change {
    Change::Stall { node, lasting, wakes }
}

pub(crate) fn state(lan: &Lan, node: NodeId) -> State {
    lan.machine(node, vr()).unwrap().state()
}

/// How often each node has become master.
pub(crate) fn entered_master(lan: &Lan) -> Vec<u64> {
    lan.nodes().map(|node| lan.counters(node, vr()).entered_master).collect()
}

/// How often each node has become master since then.
pub(crate) fn since(lan: &Lan, before: &[u64]) -> Vec<u64> {
    entered_master(lan).iter().zip(before).map(|(now, before)| now - before).collect()
}

/// Lets trouble end and the routers agree.
pub(crate) fn settle(lan: &mut Lan) {
    let enough = lan.settles_in(vr()) + SECOND / 1_000;
    run(lan, enough);
}

pub(crate) fn run(lan: &mut Lan, span: Duration) {
    let result = lan.run_for(span);
    lawful(lan, result);
}

pub(crate) fn apply(lan: &mut Lan, change: Change) {
    let result = lan.apply(change);
    lawful(lan, result);
}

/// Shows how it came to a violation.
pub(crate) fn lawful(lan: &Lan, result: Result<(), vrrp_sim::Violation>) {
    if let Err(violation) = result {
        for entry in lan.timeline() {
            eprintln!("{entry}");
        }
        panic!("{violation}");
    }
}

/// Tries a law with many seeds, and says which one broke it.
pub(crate) fn for_seeds(default: u64, law: impl Fn(u64)) {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds = match number("VRRP_SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("VRRP_SIM_SEEDS").unwrap_or(default),
    };
    for seed in seeds {
        let replay = Replay(seed);
        law(seed);
        drop(replay);
    }
}

struct Replay(u64);

impl Drop for Replay {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("replay with VRRP_SIM_SEED={}", self.0);
        }
    }
}
