//! Standard input as one more file of a host.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use kaconf::{
    InterfaceFacts, Limits, Lookup, Matches, PathFacts, ReadError, RoutingDirs, RoutingNames, Source,
    UserFacts,
};

use crate::reader::Host;

/// What it is called in diagnostics.
pub(super) const NAME: &str = "<stdin>";

/// What came on standard input.
pub(super) struct Input(Result<Vec<u8>, ReadError>);

impl Input {
    /// All of it, as far as a configuration may be long.
    pub(super) fn read(limits: &Limits) -> Self {
        let mut octets = Vec::new();
        let read = io::stdin().lock().take(limits.octets as u64 + 1).read_to_end(&mut octets);
        Self(read.map(|_| octets).map_err(|error| ReadError::Io(error.to_string())))
    }
}

/// A host with one file more: standard input.
pub(super) struct WithInput<'a> {
    pub(super) input: &'a Input,
    pub(super) host: Host,
}

impl Source for WithInput<'_> {
    fn matches(&self, dir: &Path, pattern: &str) -> Result<Matches, ReadError> {
        if pattern == NAME {
            return Ok(Matches { paths: vec![pattern.into()], ..Matches::default() });
        }
        self.host.matches(dir, pattern)
    }

    fn matches_within(&self, dir: &Path, pattern: &str, names: &mut usize) -> Result<Matches, ReadError> {
        if pattern == NAME {
            return self.matches(dir, pattern);
        }
        self.host.matches_within(dir, pattern, names)
    }

    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
        if path != Path::new(NAME) {
            return self.host.read(path, limit);
        }
        match &self.input.0 {
            Ok(octets) if octets.len() > limit => Err(ReadError::TooLarge { limit }),
            read => read.clone(),
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.host.variable(name)
    }

    fn current_directory(&self) -> Option<PathBuf> {
        self.host.current_directory()
    }

    fn namespace(&self, name: &str) -> Lookup<()> {
        self.host.namespace(name)
    }

    fn path(&self, path: &Path) -> Lookup<PathFacts> {
        self.host.path(path)
    }

    fn user(&self, name: &str) -> Lookup<UserFacts> {
        self.host.user(name)
    }

    fn group(&self, name: &str) -> Lookup<u32> {
        self.host.group(name)
    }

    fn resolves(&self, host: &str) -> Lookup<()> {
        self.host.resolves(host)
    }

    fn cpus(&self) -> Option<u16> {
        self.host.cpus()
    }

    fn routing_names(&self, list: RoutingNames, dirs: &RoutingDirs) -> Vec<(String, u32)> {
        self.host.routing_names(list, dirs)
    }

    fn interface_kind(&self, name: &str) -> Option<String> {
        self.host.interface_kind(name)
    }

    fn is_directory(&self, path: &Path) -> Option<bool> {
        self.host.is_directory(path)
    }

    fn interface(&self, name: &str) -> InterfaceFacts {
        self.host.interface(name)
    }
}
