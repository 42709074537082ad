//! What the configuration reader asks of this host: files, accounts, interfaces, names.
//!
//! What the answers mean is `kaconf`'s business.

use std::collections::HashMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use kaconf::{
    FileSource, InterfaceFacts, Limits, Lookup, Matches, PathFacts, ReadError, RoutingDirs, RoutingNames,
    Source, UserFacts,
};
use vrrp_linux::netlink::Netlink;
use vrrp_linux::{Link, LinkFlags};

/// What standard input is called in diagnostics.
pub(crate) const INPUT: &str = "<stdin>";

/// Files of this host, and its interfaces.
#[derive(Default)]
pub(crate) struct Host {
    /// By name; `None` when they cannot be asked for: then nothing is held against a name.
    links: Option<HashMap<String, Link>>,
    /// `-s` says where, whatever the configuration says.
    elsewhere: bool,
    /// It is another host: all that is known of it are the files of the configuration.
    other: bool,
    /// What came on standard input, a file more.
    input: Option<Result<Vec<u8>, ReadError>>,
}

impl Host {
    /// This host, its interfaces as they are in this network namespace now. `elsewhere`: `-s` says where, whatever the
    /// configuration says.
    pub(crate) fn here(elsewhere: bool) -> Self {
        let links = Netlink::open().and_then(|mut netlink| netlink.links()).ok();
        let links = links.map(|links| links.into_iter().map(|link| (link.name.clone(), link)).collect());
        Self { links, elsewhere, ..Self::default() }
    }

    /// Another host: its interfaces, scripts, users and names are taken to be as they are needed. The configuration
    /// is read here.
    pub(crate) fn other() -> Self {
        Self { other: true, ..Self::default() }
    }

    /// The same with standard input, as far as a configuration may be long, as the file [`INPUT`].
    pub(crate) fn with_input(self, limits: &Limits) -> Self {
        let mut octets = Vec::new();
        let read = io::stdin().lock().take(limits.octets as u64 + 1).read_to_end(&mut octets);
        let input = read.map(|_| octets).map_err(|error| ReadError::Io(error.to_string()));
        Self { input: Some(input), ..self }
    }

    /// The same without a word about interfaces.
    pub(crate) fn without_links(self) -> Self {
        Self { links: None, ..self }
    }

    fn link(&self, name: &str) -> Option<&Link> {
        self.links.as_ref()?.get(name)
    }
}

impl Source for Host {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        if self.input.is_some() && pattern == INPUT {
            return Ok(Matches { paths: vec![pattern.into()], ..Matches::default() });
        }
        FileSource.matches(dir, pattern)
    }

    fn matches_within(&self, dir: &Path, pattern: &str, names: &mut usize) -> Result<Matches, ReadError> {
        if self.input.is_some() && pattern == INPUT {
            return self.matches(dir, pattern);
        }
        FileSource.matches_within(dir, pattern, names)
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        match &self.input {
            Some(Ok(octets)) if path == Path::new(INPUT) && octets.len() > limit => {
                Err(ReadError::TooLarge { limit })
            }
            Some(input) if path == Path::new(INPUT) => input.clone(),
            _ => FileSource.read(path, limit),
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        FileSource.variable(name)
    }

    fn current_directory(&self) -> Option<PathBuf> {
        FileSource.current_directory()
    }

    fn namespace(&self, name: &str) -> Lookup<()> {
        if self.elsewhere || self.other { Lookup::Unknown } else { FileSource.namespace(name) }
    }

    fn path(&self, path: &Path) -> Lookup<PathFacts> {
        if self.other { Lookup::Unknown } else { FileSource.path(path) }
    }

    fn user(&self, name: &str) -> Lookup<UserFacts> {
        if self.other { Lookup::Unknown } else { FileSource.user(name) }
    }

    fn group(&self, name: &str) -> Lookup<u32> {
        if self.other { Lookup::Unknown } else { FileSource.group(name) }
    }

    fn interface_kind(&self, name: &str) -> Option<String> {
        let link = self.link(name)?;
        Some(link.kind.clone().unwrap_or_default())
    }

    fn is_directory(&self, path: &Path) -> Option<bool> {
        if self.other { None } else { FileSource.is_directory(path) }
    }

    fn resolves(&self, host: &str) -> Lookup<()> {
        if self.other { Lookup::Unknown } else { FileSource.resolves(host) }
    }

    fn cpus(&self) -> Option<u16> {
        if self.other { None } else { FileSource.cpus() }
    }

    fn interface(&self, name: &str) -> InterfaceFacts {
        if self.links.is_none() {
            return InterfaceFacts::Unknown;
        }
        self.link(name).map_or(InterfaceFacts::Missing, |link| InterfaceFacts::Present {
            mtu: link.mtu,
            multicast: link.flags.contains(LinkFlags::MULTICAST),
            loopback: link.flags.contains(LinkFlags::LOOPBACK),
        })
    }

    fn routing_names(&self, list: RoutingNames, dirs: &RoutingDirs) -> Vec<(String, u32)> {
        FileSource.routing_names(list, dirs)
    }
}
