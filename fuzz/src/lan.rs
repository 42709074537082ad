//! Target for `vrrp-sim`: routers on a LAN where anything happens, then peace, and one of them is master.
//!
//! Octets choose the routers, the faults and the time between them; what is left to chance in the simulator
//! follows from the first two. The laws of the simulator hold all along, one of them that the LAN settles.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use vrrp_sim::{Change, Lan, Member, Node, NodeId, Percent, SetupError, Violation, Wakes, Weather};
use vrrp_types::{Interval, Priority, Version, Vrid};

use crate::drawn::Drawn;

/// Faults of one history at most: it takes a millisecond or two.
const FAULTS_MAX: usize = 48;

/// Routers, faults, and then the healing.
pub fn sim_heals(octets: &[u8]) {
    let mut drawn = Drawn::from(octets);
    let mut scene = Scene::new(&mut drawn).expect("routers that can run beside each other");
    if let Err(violation) = scene.play(&mut drawn) {
        for entry in scene.lan.timeline() {
            eprintln!("{entry}");
        }
        panic!("{violation}");
    }
}

struct Scene {
    lan: Lan,
    vrid: Vrid,
    /// What times are drawn in multiples of.
    unit: Duration,
    /// What each is configured with.
    routers: Vec<(NodeId, Priority)>,
}

impl Scene {
    fn new(drawn: &mut Drawn<'_>) -> Result<Self, SetupError> {
        let mut lan = Lan::new(drawn.number().into());
        lan.record(200);
        let vrid = Vrid::new(51).expect("not 0");
        let version = drawn.pick([Version::V2, Version::V3]);
        let interval = match version {
            Version::V2 => Interval::from_secs(drawn.pick([1, 3, 255])),
            Version::V3 => Interval::from_centis(drawn.pick([1, 10, 100, 4_095])),
        };
        let interval = interval.unwrap_or(Interval::DEFAULT);
        let address = if drawn.flag() && version == Version::V3 {
            IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 1, 1))
        } else {
            IpAddr::V4(Ipv4Addr::new(10, 0, 1, 1))
        };
        let mut routers = Vec::new();
        for index in 0..2 + drawn.octet() % 4 {
            // Two routers may both claim to own the addresses, and one of them yields; three need not agree.
            let owner = drawn.octet() % 8 == 1 && index < 2;
            let config = config(drawn, owner, version, interval);
            let priority = config.priority;
            let node = lan.join(Node::new(vec![Member::new(vrid, config, address)]))?;
            routers.push((node, priority));
        }
        Ok(Self { lan, vrid, unit: interval.duration(), routers })
    }

    fn play(&mut self, drawn: &mut Drawn<'_>) -> Result<(), Violation> {
        for (node, _) in &self.routers {
            self.lan.apply(Change::Start { node: *node, hold: Duration::ZERO })?;
        }
        for _ in 0..FAULTS_MAX {
            if drawn.is_empty() {
                break;
            }
            self.lan.run_for(self.span(drawn))?;
            let change = self.change(drawn);
            self.lan.apply(change)?;
        }
        self.lan.apply(Change::Heal)?;
        // Trackers recover too.
        for (node, priority) in self.routers.clone() {
            self.lan.apply(Change::Priority { node, vrid: self.vrid, priority })?;
        }
        let enough = self.lan.settles_in(self.vrid) + self.unit;
        self.lan.run_for(enough)?;
        let masters = self.lan.masters(self.vrid);
        assert_eq!(masters.len(), 1, "masters once it has settled: {masters:?}");
        // It stays so.
        self.lan.run_for(self.unit * 10)?;
        assert_eq!(self.lan.masters(self.vrid), masters);
        Ok(())
    }

    /// From nothing to some five intervals.
    fn span(&self, drawn: &mut Drawn<'_>) -> Duration {
        self.unit * u32::from(drawn.octet()) / 48
    }

    fn change(&self, drawn: &mut Drawn<'_>) -> Change {
        let router = |drawn: &mut Drawn<'_>| self.routers[usize::from(drawn.octet()) % self.routers.len()].0;
        let kind = drawn.octet() % 16;
        let node = router(drawn);
        match kind {
            0 => Change::Crash(node),
            1 => Change::Stop(node),
            2..=4 => Change::Start { node, hold: self.span(drawn) },
            5 => Change::LinkDown(node),
            6 | 7 => Change::LinkUp(node),
            8 => {
                let wakes = drawn.pick([Wakes::SocketFirst, Wakes::TimersFirst]);
                Change::Stall { node, lasting: self.span(drawn) * 2, wakes }
            }
            9 | 10 => Change::Cut { from: node, to: router(drawn) },
            11 => Change::Mend { from: node, to: router(drawn) },
            12 => Change::AddressLost { node, vrid: self.vrid },
            13 => {
                let priority = Priority::new(drawn.octet().clamp(1, 254));
                Change::Priority { node, vrid: self.vrid, priority }
            }
            14 => Change::Weather(Weather::FINE),
            _ => Change::Weather(self.weather(drawn)),
        }
    }

    fn weather(&self, drawn: &mut Drawn<'_>) -> Weather {
        let percent = |drawn: &mut Drawn<'_>| Percent::new(drawn.octet() % 61).unwrap_or(Percent::NEVER);
        Weather {
            loss: percent(drawn),
            duplicate: percent(drawn),
            reorder: percent(drawn),
            corrupt: percent(drawn),
            delay: self.span(drawn) / 20,
            jitter: self.span(drawn) / 5,
        }
    }
}

/// Every option that concerns the election. An owner that does not preempt is no owner.
fn config(drawn: &mut Drawn<'_>, owner: bool, version: Version, interval: Interval) -> vrrp_fsm::Config {
    let priority = if owner { Priority::OWNER } else { Priority::new(drawn.octet().clamp(1, 254)) };
    vrrp_fsm::Config {
        preempt: owner || !drawn.flag(),
        preempt_delay: if drawn.flag() && !owner { interval.duration() * 7 } else { Duration::ZERO },
        lower_prio_no_advert: drawn.flag(),
        higher_prio_send_advert: drawn.flag(),
        down_timer_adverts: drawn.pick([3, 5]).try_into().expect("not 0"),
        ..vrrp_fsm::Config::new(version, priority, interval)
    }
}
