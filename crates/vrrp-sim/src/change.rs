//! What can befall a LAN: every fault, and its end, as a value that can be scheduled, printed and replayed.

use core::fmt;
use core::time::Duration;

use vrrp_fsm::{Priority, Vrid};

use crate::{NodeId, Weather};

/// One thing done to the LAN or to a node. One that makes no difference (to start a running node) does none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The node begins with fresh machines, after `hold` (`vrrp_startup_delay`).
    Start {
        /// The one.
        node: NodeId,
        /// Nothing is heard or said before it ends; 0 begins at once.
        hold: Duration,
    },
    /// The node stops in good order and says farewell.
    Stop(NodeId),
    /// The node is gone without a word, and with it its addresses.
    Crash(NodeId),
    /// The node's link goes down, and it notices.
    LinkDown(NodeId),
    /// The node's link comes back, and it notices.
    LinkUp(NodeId),
    /// The node stands still: what comes waits, in order, and no timer runs out.
    Stall {
        /// The one.
        node: NodeId,
        /// For this long.
        lasting: Duration,
        /// What it sees to first when it goes on.
        wakes: Wakes,
    },
    /// What one node says no longer reaches another. The other direction is a cut of its own.
    Cut {
        /// The one that speaks.
        from: NodeId,
        /// The one that does not hear it.
        to: NodeId,
    },
    /// It does again.
    Mend {
        /// The one that speaks.
        from: NodeId,
        /// The one that hears it.
        to: NodeId,
    },
    /// The LAN carries packets this well from now on.
    Weather(Weather),
    /// Trackers move the effective priority of a virtual router on one node.
    Priority {
        /// The node.
        node: NodeId,
        /// Its virtual router.
        vrid: Vrid,
        /// What the priority becomes.
        priority: Priority,
    },
    /// What a virtual router on one node tracks fails: it cannot serve.
    Fails {
        /// The node.
        node: NodeId,
        /// Its virtual router.
        vrid: Vrid,
    },
    /// It can again.
    Recovers {
        /// The node.
        node: NodeId,
        /// Its virtual router.
        vrid: Vrid,
    },
    /// What one node says of one virtual router no longer reaches another, until every fault ends: as if that
    /// virtual router had a link of its own.
    CutOff {
        /// The one that speaks.
        from: NodeId,
        /// The one that does not hear it.
        to: NodeId,
        /// Of which virtual router.
        vrid: Vrid,
    },
    /// Somebody takes the virtual address away from a node.
    AddressLost {
        /// The node.
        node: NodeId,
        /// Its virtual router.
        vrid: Vrid,
    },
    /// Every fault ends: fine weather, no cut, no stall, every link up, every node running. What bad weather
    /// still holds up is lost.
    Heal,
}

/// What a node that stood still sees to first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wakes {
    /// Its socket, as a good driver does: an advert that came in time counts.
    #[default]
    SocketFirst,
    /// Its timers: the worst a driver can do.
    TimersFirst,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Start { node, hold } if hold.is_zero() => write!(f, "{node} starts"),
            Self::Start { node, hold } => write!(f, "{node} starts and holds back for {hold:?}"),
            Self::Stop(node) => write!(f, "{node} stops"),
            Self::Crash(node) => write!(f, "{node} crashes"),
            Self::LinkDown(node) => write!(f, "link of {node} goes down"),
            Self::LinkUp(node) => write!(f, "link of {node} comes up"),
            Self::Stall { node, lasting, wakes: Wakes::SocketFirst } => {
                write!(f, "{node} stalls for {lasting:?}")
            }
            Self::Stall { node, lasting, wakes: Wakes::TimersFirst } => {
                write!(f, "{node} stalls for {lasting:?}, then sees to its timers first")
            }
            Self::Cut { from, to } => write!(f, "{to} no longer hears {from}"),
            Self::Mend { from, to } => write!(f, "{to} hears {from} again"),
            Self::Weather(weather) if weather == Weather::FINE => write!(f, "fine weather"),
            Self::Weather(w) => write!(
                f,
                "weather: {}% lost, {}% twice, {}% out of order, {}% mangled, {:?} to {:?}",
                w.loss.get(),
                w.duplicate.get(),
                w.reorder.get(),
                w.corrupt.get(),
                w.delay,
                w.delay.saturating_add(w.jitter)
            ),
            Self::Priority { node, vrid, priority } => {
                write!(f, "priority of {vrid} on {node} becomes {priority}")
            }
            Self::Fails { node, vrid } => write!(f, "{vrid} on {node} cannot serve"),
            Self::Recovers { node, vrid } => write!(f, "{vrid} on {node} can serve again"),
            Self::CutOff { from, to, vrid } => write!(f, "{to} no longer hears {from} of {vrid}"),
            Self::AddressLost { node, vrid } => write!(f, "the address of {vrid} is taken from {node}"),
            Self::Heal => write!(f, "every fault ends"),
        }
    }
}
