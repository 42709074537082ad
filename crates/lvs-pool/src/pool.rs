//! One virtual server: who is alive, whether that is enough, and who is therefore to serve.
//!
//! What is to be in the kernel's table is a query, [`Pool::members`], so nothing is queued that a later verdict would
//! have to take back.

use alloc::vec::Vec;

use crate::{CheckerNo, PoolConfig, ServerConfig, ServerNo, Verdict};

/// The greatest weight that IPVS takes.
const WEIGHT_MAX: i64 = i32::MAX as i64;
/// The weight of a sorry server that serves.
const SORRY_WEIGHT: u32 = 1;

/// Something that people, scripts and logs are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A server is alive.
    Up(ServerNo),
    /// A server is not.
    Down(ServerNo),
    /// The effective weight of a server changed.
    Weight {
        /// Whose.
        server: ServerNo,
        /// What it was.
        from: u32,
        /// What it is.
        to: u32,
    },
    /// There is enough weight now.
    QuorumGained {
        /// The weight that had to be reached.
        threshold: u64,
        /// The weight alive.
        weight: u64,
    },
    /// There is too little weight now.
    QuorumLost {
        /// The weight that had to be kept.
        threshold: u64,
        /// The weight alive.
        weight: u64,
    },
    /// There was too little from the beginning, and the sorry server serves.
    BegunWithoutQuorum {
        /// The weight that has to be reached.
        threshold: u64,
        /// The weight alive.
        weight: u64,
    },
}

/// Who is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    /// A real server.
    Server(ServerNo),
    /// The sorry server.
    Sorry,
}

/// One that is to be in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// Who it is.
    pub who: Who,
    /// With which weight.
    pub weight: u32,
}

#[derive(Clone, Debug)]
struct Server {
    config: ServerConfig,
    verdicts: Vec<Verdict>,
    /// What each checker adds to the weight.
    contributions: Vec<i64>,
}

impl Server {
    fn new(config: ServerConfig) -> Self {
        let verdicts = config.checkers.clone();
        let contributions = alloc::vec![0; verdicts.len()];
        Self { config, verdicts, contributions }
    }

    fn is_alive(&self) -> bool {
        self.verdicts.iter().all(|verdict| *verdict == Verdict::Up)
    }

    fn weight(&self) -> u32 {
        let sum = self
            .contributions
            .iter()
            .fold(i64::from(self.config.weight), |sum, more| sum.saturating_add(*more));
        sum.clamp(0, WEIGHT_MAX) as u32
    }
}

/// The state of a virtual server.
#[derive(Clone, Debug)]
pub struct Pool {
    servers: Vec<Server>,
    quorum: u32,
    hysteresis: u32,
    sorry: Option<crate::Sorry>,
    has_quorum: bool,
}

impl Pool {
    /// A virtual server of which nothing is known but its configuration.
    pub fn new(config: PoolConfig) -> (Self, Vec<Event>) {
        let PoolConfig { servers, quorum, hysteresis, sorry } = config;
        let servers = servers.into_iter().map(Server::new).collect();
        let mut pool = Self { servers, quorum, hysteresis, sorry, has_quorum: false };
        pool.has_quorum = pool.weight() >= pool.to_gain();
        let begun = Event::BegunWithoutQuorum { threshold: pool.to_gain(), weight: pool.weight() };
        let events = (!pool.has_quorum && sorry.is_some()).then_some(begun);
        (pool, events.into_iter().collect())
    }

    /// A new configuration of a virtual server that runs. `before` says which checker of which server each one is that
    /// was there already: it goes on with what it knew, and the quorum with what it was.
    pub fn reconfigure(
        &mut self,
        config: PoolConfig,
        before: impl Fn(ServerNo, CheckerNo) -> Option<(ServerNo, CheckerNo)>,
    ) -> Vec<Event> {
        let PoolConfig { servers, quorum, hysteresis, sorry } = config;
        let mut fresh: Vec<Server> = servers.into_iter().map(Server::new).collect();
        for (number, server) in fresh.iter_mut().enumerate() {
            for checker in 0..server.verdicts.len() {
                let Some((old, of_old)) = before(ServerNo(number), CheckerNo(checker)) else { continue };
                let Some(old) = self.servers.get(old.0) else { continue };
                if let (Some(verdict), Some(more)) =
                    (old.verdicts.get(of_old.0), old.contributions.get(of_old.0))
                {
                    (server.verdicts[checker], server.contributions[checker]) = (*verdict, *more);
                }
            }
        }
        (self.servers, self.quorum, self.hysteresis, self.sorry) = (fresh, quorum, hysteresis, sorry);
        self.judge().into_iter().collect()
    }

    /// A checker has come to a verdict. One that is unknown changes nothing.
    pub fn checked(&mut self, server: ServerNo, checker: CheckerNo, verdict: Verdict) -> Vec<Event> {
        let Some(found) = self.servers.get_mut(server.0) else { return Vec::new() };
        let was_alive = found.is_alive();
        match found.verdicts.get_mut(checker.0) {
            Some(slot) => *slot = verdict,
            None => return Vec::new(),
        }
        let event = match (was_alive, found.is_alive()) {
            (false, true) => Event::Up(server),
            (true, false) => Event::Down(server),
            _ => return Vec::new(),
        };
        core::iter::once(event).chain(self.judge()).collect()
    }

    /// A checker adds so much to the weight of its server, or takes it away (`misc_dynamic`, `weight` of a file).
    pub fn contributed(&mut self, server: ServerNo, checker: CheckerNo, weight: i64) -> Vec<Event> {
        let Some(found) = self.servers.get_mut(server.0) else { return Vec::new() };
        let from = found.weight();
        match found.contributions.get_mut(checker.0) {
            Some(slot) => *slot = weight,
            None => return Vec::new(),
        }
        let to = found.weight();
        if from == to {
            return Vec::new();
        }
        core::iter::once(Event::Weight { server, from, to }).chain(self.judge()).collect()
    }

    /// Compares the weight alive with the quorum.
    fn judge(&mut self) -> Option<Event> {
        let weight = self.weight();
        if !self.has_quorum && weight >= self.to_gain() {
            self.has_quorum = true;
            return Some(Event::QuorumGained { threshold: self.to_gain(), weight });
        }
        if self.has_quorum && (weight == 0 || weight < self.to_keep()) {
            self.has_quorum = false;
            return Some(Event::QuorumLost { threshold: self.to_keep(), weight });
        }
        None
    }

    fn to_gain(&self) -> u64 {
        u64::from(self.quorum) + u64::from(self.hysteresis)
    }

    fn to_keep(&self) -> u64 {
        u64::from(self.quorum.saturating_sub(self.hysteresis))
    }

    /// The weight of all servers that are alive.
    pub fn weight(&self) -> u64 {
        let alive = self.servers.iter().filter(|server| server.is_alive());
        alive.map(|server| u64::from(server.weight())).sum()
    }

    /// Whether the quorum stands.
    pub const fn has_quorum(&self) -> bool {
        self.has_quorum
    }

    /// Whether the sorry server serves.
    pub const fn is_sorry(&self) -> bool {
        self.sorry.is_some() && !self.has_quorum
    }

    /// Whether a server is alive: no checker says that it is not. One that does not exist is not.
    pub fn is_alive(&self, server: ServerNo) -> bool {
        self.servers.get(server.0).is_some_and(Server::is_alive)
    }

    /// The weight of a server, alive or not: its own and what its checkers make of it.
    pub fn effective_weight(&self, server: ServerNo) -> u32 {
        self.servers.get(server.0).map_or(0, Server::weight)
    }

    /// Who is to be in the table, real servers in their order and the sorry server last.
    pub fn members(&self) -> Vec<Member> {
        let is_sorry = self.is_sorry();
        let servers = self.servers.iter().enumerate().filter_map(|(number, server)| {
            let serves = server.is_alive() && !is_sorry;
            let stays = serves || server.config.inhibit_on_failure;
            let weight = if serves { server.weight() } else { 0 };
            stays.then_some(Member { who: Who::Server(ServerNo(number)), weight })
        });
        let sorry = self.sorry.filter(|sorry| is_sorry || sorry.inhibit);
        let sorry =
            sorry.map(|_| Member { who: Who::Sorry, weight: if is_sorry { SORRY_WEIGHT } else { 0 } });
        servers.chain(sorry).collect()
    }
}
