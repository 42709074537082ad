//! A node: its clock, its virtual routers, and what waits for it while it stands still.

use core::fmt;
use core::net::IpAddr;
use std::collections::VecDeque;
use std::sync::Arc;

use vrrp_fsm::{Family, Input, Instant, Machine, Membership, State, SyncGroup, Vrid};

use crate::error::SetupError;
use crate::member::{Member, source};
use crate::{Clock, Counters, Wakes};

/// A node of a LAN, in the order in which they joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u8);

impl NodeId {
    pub(crate) const fn new(index: u8) -> Self {
        Self(index)
    }

    /// 0 for the first that joined.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// Where its adverts come from. The later it joined, the higher the address.
    pub const fn address(self, family: Family) -> IpAddr {
        source(family, self.0 + 1)
    }
}

impl fmt::Display for NodeId {
    /// `n1` for the first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", u16::from(self.0) + 1)
    }
}

/// A node that is to join a LAN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its virtual routers, each with a VRID of its own.
    pub members: Vec<Member>,
    /// Its clock.
    pub clock: Clock,
    /// Whether its virtual routers are one sync group.
    pub synced: bool,
}

impl Node {
    /// A node whose clock is the LAN's.
    pub fn new(members: Vec<Member>) -> Self {
        Self { members, clock: Clock::default(), synced: false }
    }

    /// The same with another clock.
    #[must_use]
    pub const fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same with its virtual routers as one sync group.
    #[must_use]
    pub const fn synced(mut self) -> Self {
        self.synced = true;
        self
    }
}

/// Octets on their way to one receiver.
#[derive(Clone, Debug)]
pub(crate) struct Flight {
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    /// Which of the sender's virtual routers speaks.
    pub(crate) vrid: Vrid,
    pub(crate) family: Family,
    pub(crate) octets: Arc<[u8]>,
    /// Sent in bad weather, so whatever it does when it arrives is that weather's doing.
    pub(crate) troubled: bool,
    /// Not what was sent.
    pub(crate) mangled: bool,
}

/// What came while the node stood still.
#[derive(Clone, Debug)]
pub(crate) enum Waiting {
    Packet(Flight),
    /// For one of its virtual routers, or for all.
    Input(Option<Vrid>, Input),
    Stop,
}

/// What a socket buffer holds; later packets are lost.
pub(crate) const SOCKET_BUFFER: usize = 256;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Stall {
    pub(crate) until: Instant,
    pub(crate) wakes: Wakes,
}

/// One virtual router that runs on a node, and what its driver knows of it.
#[derive(Clone, Debug)]
pub(crate) struct Router {
    pub(crate) member: Member,
    /// The machine as it is before it starts.
    pub(crate) fresh: Machine,
    pub(crate) machine: Machine,
    pub(crate) holds: bool,
    pub(crate) told: State,
    pub(crate) counters: Counters,
}

impl Router {
    /// Started, but not yet taking part.
    pub(crate) fn is_held_back(&self) -> bool {
        self.machine.state() == State::Init && self.machine.deadline().is_some()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) id: NodeId,
    pub(crate) clock: Clock,
    pub(crate) routers: Vec<Router>,
    pub(crate) group: Option<SyncGroup>,
    pub(crate) running: bool,
    pub(crate) linked: bool,
    pub(crate) stall: Option<Stall>,
    pub(crate) waiting: VecDeque<Waiting>,
    /// When the latest packet of each node arrives, by index: nothing sent later comes before it.
    pub(crate) latest: Vec<Instant>,
}

impl Host {
    pub(crate) fn new(id: NodeId, node: Node) -> Result<Self, SetupError> {
        let mut routers: Vec<Router> = Vec::new();
        for member in node.members {
            let vrid = member.vrid;
            if routers.iter().any(|router| router.member.vrid == vrid) {
                return Err(SetupError::Twice(vrid));
            }
            member
                .say(id.address(member.family()), member.config.priority)
                .map_err(|error| SetupError::Advert { vrid, error })?;
            let machine =
                Machine::new(member.config.clone()).map_err(|error| SetupError::Config { vrid, error })?;
            routers.push(Router {
                member,
                fresh: machine.clone(),
                machine,
                holds: false,
                told: State::Init,
                counters: Counters::default(),
            });
        }
        Ok(Self {
            id,
            clock: node.clock,
            routers,
            group: node.synced.then(SyncGroup::new),
            running: false,
            linked: true,
            stall: None,
            waiting: VecDeque::new(),
            latest: Vec::new(),
        })
    }

    /// How its virtual routers go.
    pub(crate) fn membership(&self) -> Membership {
        let owner = |router: &Router| router.member.config.priority.is_owner();
        match self.group {
            None => Membership::Alone,
            Some(_) if self.routers.iter().all(owner) => Membership::OwnerAmongOwners,
            Some(_) => Membership::Member,
        }
    }

    pub(crate) fn find(&self, vrid: Vrid) -> Option<&Router> {
        self.routers.iter().find(|router| router.member.vrid == vrid)
    }

    /// When, in the LAN's time, it next has something to do of its own accord.
    pub(crate) fn next(&self) -> Option<Instant> {
        if let Some(stall) = self.stall {
            return Some(stall.until);
        }
        if !self.running {
            return None;
        }
        let deadlines = self.routers.iter().filter_map(|router| router.machine.deadline());
        deadlines.min().map(|deadline| self.clock.when(deadline))
    }

    /// Keeps what comes while the node stands still; a packet for which there is no room is lost.
    pub(crate) fn keep(&mut self, waiting: Waiting) {
        if matches!(waiting, Waiting::Packet(_)) {
            let packets = self.waiting.iter().filter(|one| matches!(one, Waiting::Packet(_))).count();
            if packets >= SOCKET_BUFFER {
                return;
            }
        }
        self.waiting.push_back(waiting);
    }
}
