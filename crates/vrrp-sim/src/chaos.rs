//! Trouble without end, drawn from a seed.

use core::time::Duration;

use vrrp_fsm::Instant;

use crate::{Change, Lan, NodeId, Percent, Rng, Violation, Wakes, Weather};

/// Draws one fault after another. All that it does, [`Change::Heal`] undoes.
#[derive(Clone, Debug)]
pub struct Chaos {
    rng: Rng,
    unit: Duration,
}

impl Chaos {
    /// `unit` is what times are drawn in multiples of: the interval of the routers' adverts, so that faults
    /// begin and end while timers run.
    pub const fn new(seed: u64, unit: Duration) -> Self {
        Self { rng: Rng::new(seed), unit }
    }

    /// Makes trouble on a LAN until `end`, which is not undone.
    ///
    /// # Errors
    /// As [`Lan::run_until`].
    pub fn rage(&mut self, lan: &mut Lan, end: Instant) -> Result<(), Violation> {
        let nodes: Vec<NodeId> = lan.nodes().collect();
        loop {
            let next = lan.now().saturating_add(self.rng.up_to(self.unit * 3));
            if next >= end {
                return lan.run_until(end);
            }
            lan.run_until(next)?;
            if let Some(change) = self.change(&nodes) {
                lan.apply(change)?;
            }
        }
    }

    /// The next thing that befalls one of these nodes; `None` if there are none.
    pub fn change(&mut self, nodes: &[NodeId]) -> Option<Change> {
        let node = *self.rng.pick(nodes)?;
        let other = *self.rng.pick(nodes)?;
        Some(match self.rng.below(16) {
            0 => Change::Crash(node),
            1 => Change::Stop(node),
            2..=4 => Change::Start { node, hold: self.hold() },
            5 => Change::LinkDown(node),
            6 | 7 => Change::LinkUp(node),
            8 => Change::Stall { node, lasting: self.rng.up_to(self.unit * 8), wakes: self.wakes() },
            9..=10 => Change::Cut { from: node, to: other },
            11..=12 => Change::Mend { from: node, to: other },
            13 => Change::Weather(Weather::FINE),
            _ => Change::Weather(self.weather()),
        })
    }

    fn hold(&mut self) -> Duration {
        if self.rng.below(2) == 0 { Duration::ZERO } else { self.rng.up_to(self.unit * 4) }
    }

    fn wakes(&mut self) -> Wakes {
        if self.rng.below(2) == 0 { Wakes::SocketFirst } else { Wakes::TimersFirst }
    }

    fn percent(&mut self, most: u8) -> Percent {
        let drawn = self.rng.below(u64::from(most) + 1) as u8;
        Percent::new(drawn).unwrap_or(Percent::ALWAYS)
    }

    fn weather(&mut self) -> Weather {
        Weather {
            loss: self.percent(60),
            duplicate: self.percent(30),
            reorder: self.percent(30),
            corrupt: self.percent(20),
            delay: self.rng.up_to(self.unit / 4),
            jitter: self.rng.up_to(self.unit),
        }
    }
}
