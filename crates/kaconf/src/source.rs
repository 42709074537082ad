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

/// Lists of names for numbers of the routing subsystem, as iproute2 keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RoutingNames {
    /// Routing tables: `rt_tables`.
    Tables,
    /// Values of the TOS octet: `rt_dsfield`.
    DsField,
    /// Realms: `rt_realms`.
    Realms,
    /// Who makes routes: `rt_protos`.
    Protocols,
    /// Scopes of addresses and routes: `rt_scopes`.
    Scopes,
    /// Groups of interfaces: `group`.
    Groups,
    /// Protocols in the IP header: `/etc/protocols`.
    IpProtocols,
}

/// Where iproute2 keeps its lists (`iproute_etc_dir`, `iproute_usr_dir`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingDirs {
    /// Those of this host: a file here stands for the one of that name in `usr`.
    pub etc: PathBuf,
    /// Those that came with iproute2.
    pub usr: PathBuf,
}

impl Default for RoutingDirs {
    fn default() -> Self {
        Self { etc: "/etc/iproute2".into(), usr: "/usr/share/iproute2".into() }
    }
}

/// What is known of something that a configuration names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lookup<T> {
    /// Nobody can say: it is taken to be as the configuration wants it.
    #[default]
    Unknown,
    /// It does not exist.
    Missing,
    /// It exists.
    Present(T),
}

/// A user of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserFacts {
    /// Its number; 0 is root.
    pub uid: u32,
    /// The number of its own group.
    pub gid: u32,
}

/// What a path leads to, without following a symbolic link at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathFacts {
    /// What stands there.
    pub kind: PathKind,
    /// Number of the owner.
    pub uid: u32,
    /// Number of the group.
    pub gid: u32,
    /// Permissions, the bits for sticky, set-uid and set-gid included (`0o7777`).
    pub mode: u32,
}

/// What stands at the end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, and what it says.
    Link(PathBuf),
    /// A device, a socket, a FIFO.
    Other,
}

/// Where a configuration comes from, and what the host says of what it names.
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

    /// The directory that relative paths start at, for `${_PWD}`.
    fn current_directory(&self) -> Option<PathBuf> {
        None
    }

    /// Whether a network namespace can be entered.
    fn namespace(&self, _name: &str) -> Lookup<()> {
        Lookup::Unknown
    }

    /// What a path leads to: the parts of a script's path are asked for one by one.
    fn path(&self, _path: &Path) -> Lookup<PathFacts> {
        Lookup::Unknown
    }

    /// A user of the system, by name.
    fn user(&self, _name: &str) -> Lookup<UserFacts> {
        Lookup::Unknown
    }

    /// The number of a group, by name.
    fn group(&self, _name: &str) -> Lookup<u32> {
        Lookup::Unknown
    }

    /// Whether the name of a host can be looked up. Asked in a configuration test only: it may take a while.
    fn resolves(&self, _host: &str) -> Lookup<()> {
        Lookup::Unknown
    }

    /// How many CPUs there are.
    fn cpus(&self) -> Option<u16> {
        None
    }

    /// What is known of a network interface.
    fn interface(&self, _name: &str) -> InterfaceFacts {
        InterfaceFacts::Unknown
    }

    /// The names of one list with their numbers, in the order of the files. Asked once for each list that is needed;
    /// the names that everybody knows (`main`, `link`) need not be there.
    fn routing_names(&self, _list: RoutingNames, _dirs: &RoutingDirs) -> Vec<(String, u32)> {
        Vec::new()
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
