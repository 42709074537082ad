//! Reading a configuration, and what came of it.

use std::fmt;

use crate::advise;
use crate::code::{Class, Code};
use crate::diag::Diagnostic;
use crate::files::Files;
use crate::lower;
use crate::model::Config;
use crate::options::Options;
use crate::outline::Outline;
use crate::source::Source;

/// A configuration as read: never an error, always as much as could be made of the files.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// What the daemon is to do. Instances that cannot run are left out.
    pub config: Config,
    /// What was found on the way, in the order of reading.
    pub diagnostics: Vec<Diagnostic>,
    /// The files, for showing where a diagnostic points.
    pub files: Files,
    /// Where everything stands.
    pub outline: Outline,
    worst: Class,
    fatal: Option<Fatal>,
    no_namespace: bool,
}

/// Why a daemon does not start with a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fatal {
    /// There is no file, or a file that an include needs cannot be read.
    NoConfiguration,
    /// A keyword lacks its value; what follows it was not read.
    MissingParameter,
    /// An instance cannot run as configured.
    Configuration,
}

impl Fatal {
    /// keepalived's exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::NoConfiguration => 6,
            Self::MissingParameter | Self::Configuration => 2,
        }
    }
}

impl fmt::Display for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoConfiguration => "no configuration, or one that cannot be read",
            Self::MissingParameter => "a keyword lacks its value",
            Self::Configuration => "an instance cannot run as configured",
        })
    }
}

/// The exit code of a configuration test (`-t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitClass {
    /// 0: nothing to complain about.
    Clean,
    /// 2: a keyword lacks its value.
    MissingParameter,
    /// 4: a file is missing, or something fatal.
    Bad,
    /// 5: complaints.
    Complaints,
    /// 6: an insecure script, or an include that failed.
    Refused,
}

impl ExitClass {
    /// The number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::MissingParameter => 2,
            Self::Bad => 4,
            Self::Complaints => 5,
            Self::Refused => 6,
        }
    }
}

/// Reads a configuration.
///
/// It never fails: what cannot be read is a diagnostic, and [`Loaded::fatal`] says whether a daemon may start
/// with the rest. Time and memory are bounded by [`Options::limits`].
pub fn load(options: &Options, source: &dyn Source) -> Loaded {
    let mut lowered = lower::lower(options, source);
    advise::advise(&mut lowered.diagnostics, &lowered.files);
    let fatal = if lowered.missing || lowered.unreadable {
        Some(Fatal::NoConfiguration)
    } else if lowered.stopped {
        Some(Fatal::MissingParameter)
    } else {
        lowered.errors.then_some(Fatal::Configuration)
    };
    let mut config = lowered.config;
    config.doubts = doubts(&lowered.diagnostics);
    if says_nothing(&lowered.files) {
        config.doubts.push("the file says nothing".into());
    }
    Loaded {
        config,
        diagnostics: lowered.diagnostics,
        files: lowered.files,
        outline: lowered.outline,
        worst: if lowered.unreadable && !lowered.missing { Class::Security } else { lowered.worst },
        fatal,
        no_namespace: lowered.no_namespace,
    }
}

/// Whether there is not a word in any file: one that was being written, or that a full disk cut off.
fn says_nothing(files: &Files) -> bool {
    let is_word = |line: &[u8]| !matches!(line.trim_ascii().first(), None | Some(b'#' | b'!'));
    !files.iter().any(|file| file.text().split(|octet| *octet == b'\n').any(is_word))
}

/// As many doubts as anybody will compare.
const DOUBTS_MAX: usize = 64;

/// What was skipped with one of these may have been a block or an address.
fn doubts(diagnostics: &[Diagnostic]) -> Vec<Box<str>> {
    let hides = |diagnostic: &&Diagnostic| {
        matches!(
            diagnostic.code,
            Code::NulOctet
                | Code::UnmatchedQuote
                | Code::ExpansionTooLong
                | Code::Limit
                | Code::UnknownKeyword
                | Code::UnexpectedOpen
                | Code::MissingOpen
                | Code::ExtraClose
                | Code::MissingClose
                | Code::BadBlockName
                | Code::BadAddress
        )
    };
    diagnostics.iter().filter(hides).take(DOUBTS_MAX).map(|doubt| doubt.message.as_ref().into()).collect()
}

impl Loaded {
    /// What a configuration test would exit with.
    pub const fn exit_class(&self) -> ExitClass {
        if self.no_namespace && !matches!(self.fatal, Some(Fatal::NoConfiguration)) {
            // keepalived ends before it looks at the rest, and with 0.
            return ExitClass::Clean;
        }
        match (self.fatal, self.worst) {
            (Some(Fatal::MissingParameter), _) => ExitClass::MissingParameter,
            (_, Class::None) => ExitClass::Clean,
            (_, Class::FileNotFound | Class::Fatal) => ExitClass::Bad,
            (_, Class::Security) => ExitClass::Refused,
            _ => ExitClass::Complaints,
        }
    }

    /// What keeps a daemon from starting, if anything does.
    pub const fn fatal(&self) -> Option<Fatal> {
        self.fatal
    }
}
