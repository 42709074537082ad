//! Nodes on one link, in virtual time that jumps from one event to the next.
//!
//! What a LAN is made of and can be asked is here; `run` lets time pass, `air` carries packets, `changes`
//! does what befalls it, and `laws` says what no history may show.

mod air;
mod changes;
mod laws;
mod run;

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use vrrp_fsm::{Instant, Machine, Vrid};

use crate::counters::Watch;
use crate::error::MAX_NODES;
use crate::node::{Flight, Host};
use crate::timeline::Timeline;
use crate::{Change, Counters, Entry, Mastership, Node, NodeId, Rng, SetupError, Weather};

/// One virtual router, over all nodes.
#[derive(Clone, Debug, Default)]
struct Group {
    watch: Watch,
    /// After so long without any trouble, the right one is master and stays it.
    settles_in: Duration,
}

/// Something that happens at a moment, and among those of one moment in the order it was arranged.
type Agenda<T> = BTreeMap<(Instant, u64), T>;

/// A simulated LAN. The same seed, nodes and changes give the same history.
#[derive(Clone, Debug)]
pub struct Lan {
    now: Instant,
    rng: Rng,
    hosts: Vec<Host>,
    groups: BTreeMap<Vrid, Group>,
    air: Agenda<Flight>,
    changes: Agenda<Change>,
    arranged: u64,
    weather: Weather,
    cuts: BTreeSet<(NodeId, NodeId)>,
    /// The same for single virtual routers.
    parted: BTreeSet<(NodeId, NodeId, Vrid)>,
    /// The last moment at which something was not as it should be; may lie ahead.
    troubled: Instant,
    /// The shortest interval of any member.
    shortest: Duration,
    timeline: Timeline,
}

impl Lan {
    /// A LAN without nodes, in fine weather, at time 0.
    pub fn new(seed: u64) -> Self {
        Self {
            now: Instant::default(),
            rng: Rng::new(seed),
            hosts: Vec::new(),
            groups: BTreeMap::new(),
            air: BTreeMap::new(),
            changes: BTreeMap::new(),
            arranged: 0,
            weather: Weather::FINE,
            cuts: BTreeSet::new(),
            parted: BTreeSet::new(),
            troubled: Instant::default(),
            shortest: Duration::MAX,
            timeline: Timeline::default(),
        }
    }

    /// A node joins; it does not run until it is started.
    ///
    /// # Errors
    /// [`SetupError`] when its members cannot run, or not beside those of the other nodes.
    pub fn join(&mut self, node: Node) -> Result<NodeId, SetupError> {
        let index = u8::try_from(self.hosts.len()).ok().filter(|index| usize::from(*index) < MAX_NODES);
        let host = Host::new(NodeId::new(index.ok_or(SetupError::TooManyNodes)?), node)?;
        for router in &host.routers {
            let (vrid, family) = (router.member.vrid, router.member.family());
            let mut others = self.hosts.iter().filter_map(|host| host.find(vrid));
            if others.any(|other| other.member.family() != family) {
                return Err(SetupError::FamilyDiffers(vrid));
            }
        }
        for router in &host.routers {
            self.shortest = self.shortest.min(router.member.config.advert_int.duration());
        }
        let id = host.id;
        self.hosts.push(host);
        self.reckon_settling();
        Ok(id)
    }

    /// The LAN's time.
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// The nodes, in the order in which they joined.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = NodeId> + '_ {
        self.hosts.iter().map(|host| host.id)
    }

    /// Whether a node has been started and neither stopped nor crashed since.
    pub fn is_running(&self, node: NodeId) -> bool {
        self.hosts.get(node.index()).is_some_and(|host| host.running)
    }

    /// The nodes that hold the addresses of a virtual router.
    pub fn masters(&self, vrid: Vrid) -> Vec<NodeId> {
        let holds = |host: &&Host| host.find(vrid).is_some_and(|router| router.holds);
        self.hosts.iter().filter(holds).map(|host| host.id).collect()
    }

    /// The machine of a virtual router on a node, if it takes part there.
    pub fn machine(&self, node: NodeId, vrid: Vrid) -> Option<&Machine> {
        Some(&self.hosts.get(node.index())?.find(vrid)?.machine)
    }

    /// What was counted of a virtual router on a node; nothing if it does not take part there.
    pub fn counters(&self, node: NodeId, vrid: Vrid) -> Counters {
        let router = self.hosts.get(node.index()).and_then(|host| host.find(vrid));
        router.map(|router| router.counters).unwrap_or_default()
    }

    /// How long a virtual router had too many masters, and how long none.
    pub fn mastership(&self, vrid: Vrid) -> Mastership {
        self.groups.get(&vrid).map(|group| group.watch.seen).unwrap_or_default()
    }

    /// How long a virtual router may take, when all trouble has ended, until the right node is master for good.
    /// A LAN that has been calm for longer is held to it.
    pub fn settles_in(&self, vrid: Vrid) -> Duration {
        self.groups.get(&vrid).map(|group| group.settles_in).unwrap_or_default()
    }

    /// Keeps the latest `entries` of what happens from now on; 0, the default, keeps none.
    pub fn record(&mut self, entries: usize) {
        self.timeline.keep(entries);
    }

    /// What was recorded.
    pub fn timeline(&self) -> impl Iterator<Item = &Entry> {
        self.timeline.iter()
    }

    /// What was recorded, which is then forgotten.
    pub fn take_timeline(&mut self) -> Vec<Entry> {
        self.timeline.take()
    }

    /// A place at the end of the moment `at`.
    fn arrange(&mut self, at: Instant) -> (Instant, u64) {
        self.arranged += 1;
        (at, self.arranged)
    }
}
