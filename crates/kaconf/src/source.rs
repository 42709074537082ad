//! What the library asks of the world: files, and a little about the host.
//!
//! `kaconf` opens nothing by itself. [`FileSource`](crate::FileSource) answers from the real file system; tests
//! and editors answer from memory.

use std::path::{Path, PathBuf};

/// Why a file that a pattern matched was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// A directory stands where a file should be.
    #[error("is a directory")]
    Directory,
    /// keepalived reads regular files that nobody may execute: a script is not a configuration.
    #[error("is not a regular non-executable file")]
    NotPlain,
    /// It is larger than [`Limits::octets`](crate::Limits::octets) leaves room for.
    #[error("is larger than {limit} octets")]
    TooLarge {
        /// How much could still be read.
        limit: usize,
    },
    /// More names fit, or had to be looked at, than there is room for.
    #[error("stands for too many names")]
    TooManyNames,
    /// The system refused.
    #[error("open problem ({0})")]
    Io(String),
}

/// What a pattern of `include` led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches {
    /// The paths that exist, in the order they are to be read.
    pub paths: Vec<PathBuf>,
    /// Names without a wildcard, or directories on the way, that do not exist.
    pub missing: bool,
    /// The pattern has a wildcard, so that matching nothing may be meant.
    pub wildcard: bool,
}

/// What is known of a network interface while a configuration is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InterfaceFacts {
    /// Nobody can say: it is taken to exist, with multicast and an MTU of 1500.
    Unknown,
    /// It does not exist now.
    Missing,
    /// It exists.
    Present {
        /// Largest packet in octets.
        mtu: u32,
        /// Whether it carries multicast.
        multicast: bool,
        /// Whether it is the loopback interface, on which no virtual router runs.
        loopback: bool,
    },
}

/// Where a configuration comes from.
pub trait Source {
    /// The paths that `pattern` (wildcards and `{a,b}`) stands for. A relative pattern starts at `dir`.
    ///
    /// # Errors
    ///
    /// A directory that cannot be read.
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError>;

    /// As [`Self::matches`], with no more than `names` names of files and directories looked at; takes off those
    /// that were. A source whose patterns can cost more than they find must bound them here.
    ///
    /// # Errors
    ///
    /// As [`Self::matches`]; [`ReadError::TooManyNames`] when there is too much to look at.
    fn matches_within(&self, dir: &Path, pattern: &str, names: &mut usize) -> Result<Matches, ReadError> {
        let found = self.matches(dir, pattern)?;
        *names = names.saturating_sub(found.paths.len() + 1);
        Ok(found)
    }

    /// The octets of a file, at most `limit`.
    ///
    /// # Errors
    ///
    /// Not a plain file, not readable, or too large.
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError>;

    /// An environment variable, for `${_ENV NAME}`.
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    /// What is known of a network interface.
    fn interface(&self, _name: &str) -> InterfaceFacts {
        InterfaceFacts::Unknown
    }

    /// What kind of virtual device an interface is (`macvlan`, `vlan`, ...), as the kernel names it, and empty for
    /// hardware; `None` if it does not exist, or nobody can say.
    fn interface_kind(&self, _name: &str) -> Option<String> {
        None
    }

    /// Whether a directory exists; `None` if nobody can say.
    fn is_directory(&self, _path: &Path) -> Option<bool> {
        None
    }
}
