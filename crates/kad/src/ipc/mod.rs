//! What parent and child say to each other.
//!
//! The child's standard input is one end of a SOCK_SEQPACKET pair: messages keep their borders, file
//! descriptors travel with them (the configuration is a sealed memory file, never octets on the socket), and
//! the end of one side is seen by the other at once. Nothing here blocks, and every message is bounded.

mod bundle;
mod link;
mod socket;

pub(crate) use bundle::{Bundle, ParentPart};
pub(crate) use link::{ChildLink, ParentLink, pair};

use kaconf::model::Config;
use serde::{Deserialize, Serialize};

/// Longest message on the socket, octets.
pub(crate) const MAX_MESSAGE: usize = 2048;

/// Longest reason in [`FromChild::Refused`], octets; a longer one is cut.
pub(crate) const MAX_REASON: usize = 1024;

/// What a parent tells its child.
#[derive(Debug)]
pub(crate) enum ToChild {
    /// The first configuration. Always the first message.
    Load(Box<Config>),
    /// Another configuration: go over to it with the fewest changes.
    Reload(Box<Config>),
    /// Write the data dump.
    DumpData,
    /// Write the statistics.
    DumpStats,
    /// Write the statistics, then clear them.
    ClearStats,
    /// Write the JSON dump.
    DumpJson,
    /// Stop in good order and end.
    Stop,
    /// Say [`FromChild::Pong`] with the same number.
    Ping(u32),
}

/// What a child tells its parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FromChild {
    /// The configuration of [`ToChild::Load`] runs.
    Running,
    /// The configuration of [`ToChild::Reload`] runs.
    Reloaded {
        /// Instances that go on as they were, their settings changed or not.
        kept: u32,
        /// Instances that are new.
        added: u32,
        /// Instances that are gone.
        removed: u32,
    },
    /// The configuration cannot be taken; that of before runs on. The reason in one line.
    Refused(String),
    /// Alive.
    Pong(u32),
}

/// A [`ToChild`] as it travels; the configuration is an attached file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// [`ToChild::Load`]; attached: the bundle, then the pid file, which the child keeps open and thereby locked.
    Load,
    /// [`ToChild::Reload`]; attached: the bundle.
    Reload,
    /// [`ToChild::DumpData`]
    DumpData,
    /// [`ToChild::DumpStats`]
    DumpStats,
    /// [`ToChild::ClearStats`]
    ClearStats,
    /// [`ToChild::DumpJson`]
    DumpJson,
    /// [`ToChild::Stop`]
    Stop,
    /// [`ToChild::Ping`]
    Ping(u32),
}

#[cfg(test)]
mod tests;
