//! What happened, in order, for people to read.

use std::collections::VecDeque;
use std::fmt;

use vrrp_fsm::{Action, Instant, Vrid};
use vrrp_wire::DecodeError;

use crate::{Change, NodeId};

/// One line of a simulation's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, in the LAN's time.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// Something was done to the LAN.
    Changed(Change),
    /// A node stands still no longer.
    Woke(NodeId),
    /// A machine asked for something, and got it.
    Did {
        /// On which node.
        node: NodeId,
        /// Of which virtual router.
        vrid: Vrid,
        /// What.
        action: Action,
    },
    /// A node refused a packet.
    Refused {
        /// Which node.
        node: NodeId,
        /// Why.
        error: DecodeError,
    },
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.at.as_nanos();
        write!(f, "{:>4}.{:06} s  ", nanos / 1_000_000_000, nanos % 1_000_000_000 / 1_000)?;
        match self.what {
            What::Changed(change) => write!(f, "--  {change}"),
            What::Woke(node) => write!(f, "--  {node} goes on"),
            What::Refused { node, error } => write!(f, "{node}  refuses a packet: {error}"),
            What::Did { node, vrid, action } => {
                write!(f, "{node} {vrid}  ")?;
                match action {
                    Action::Send(priority) if priority.is_stop() => write!(f, "says farewell"),
                    Action::Send(priority) => write!(f, "advertises priority {priority}"),
                    Action::Entered(state) => write!(f, "enters {state:?}"),
                    Action::AddAddresses => write!(f, "adds the address"),
                    Action::RemoveAddresses => write!(f, "removes the address"),
                    Action::Announce { rounds } => write!(f, "announces the address, {rounds} times"),
                    Action::Report(event) => write!(f, "{event:?}"),
                }
            }
        }
    }
}

/// The latest entries, as many as were asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline {
    limit: usize,
    entries: VecDeque<Entry>,
}

impl Timeline {
    pub(crate) fn keep(&mut self, limit: usize) {
        self.limit = limit;
        while self.entries.len() > limit {
            self.entries.pop_front();
        }
    }

    pub(crate) fn note(&mut self, at: Instant, what: What) {
        if self.limit == 0 {
            return;
        }
        if self.entries.len() == self.limit {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { at, what });
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(crate) fn take(&mut self) -> Vec<Entry> {
        self.entries.drain(..).collect()
    }
}
