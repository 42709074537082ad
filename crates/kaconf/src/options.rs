//! How a configuration is to be read, and how much of it at most.

use std::path::PathBuf;

/// How a configuration is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// `-f`: the file, or a pattern.
    pub path: PathBuf,
    /// `-i`: which lines `@ID` keeps. keepalived's default is the host name up to its first dot.
    pub config_id: Option<Box<str>>,
    /// `-e`: a missing include is an error.
    pub all_includes: bool,
    /// `-t`: junk behind a number makes it invalid instead of being overlooked.
    pub test: bool,
    /// Seed of `${_RANDOM}`; `None` is a new one each time.
    pub random_seed: Option<u32>,
    /// Whether the place of every statement is kept: [`Loaded::outline`](crate::Loaded::outline). On; a daemon that
    /// wants only the model saves the memory.
    pub outline: bool,
    /// Octets from which on a file is read from two places at once where that can be done, and without an outline;
    /// 256 KiB. Nothing but the time it takes depends on it.
    pub read_in_two: usize,
    /// Bounds.
    pub limits: Limits,
}

impl Options {
    /// The defaults for a file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            config_id: None,
            all_includes: false,
            test: false,
            random_seed: None,
            outline: true,
            read_in_two: 256 << 10,
            limits: Limits::default(),
        }
    }
}

/// Bounds: a configuration that passes one is refused with `K109`, it never makes the reader hang or grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Octets of all files together; 64 MiB.
    pub octets: usize,
    /// Files opened, an included file counts each time; 4096.
    pub files: usize,
    /// Files open inside each other; 32.
    pub depth: usize,
    /// Lines read, those that definitions and sequences make included; one million.
    pub lines: usize,
    /// Names replaced by what they are defined as, those in values included; one million.
    pub expansions: usize,
    /// Octets that replaced names, definitions of several lines and sequences may yield; 64 MiB.
    pub expanded: usize,
    /// Names of files and directories that includes may look at; 262,144.
    pub names: usize,
    /// Octets that definitions may hold; 4 MiB.
    pub definitions: usize,
    /// Diagnostics kept, and as many errors beyond them; 1000.
    pub diagnostics: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            octets: 64 << 20,
            files: 4096,
            depth: 32,
            lines: 1_000_000,
            expansions: 1_000_000,
            expanded: 64 << 20,
            names: 1 << 18,
            definitions: 4 << 20,
            diagnostics: 1000,
        }
    }
}
