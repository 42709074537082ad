//! Standard input as one more file of a host.

use std::io::{self, Read as _};
use std::path::Path;

use kaconf::{InterfaceFacts, Limits, Matches, ReadError, Source};

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

    fn interface(&self, name: &str) -> InterfaceFacts {
        self.host.interface(name)
    }
}
