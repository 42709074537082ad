//! Diagnostics as data: a stable code, a severity, a message, a place. Showing them is `render`'s job.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::code::{Class, Code};
use crate::files::Location;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; changes nothing.
    Note,
    /// Something was ignored, replaced or bent; the daemon runs.
    Warning,
    /// The daemon does not start with this file, or an instance is not what was asked for.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A second place or a hint that belongs to a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Where, if it is about a place.
    pub at: Option<Location>,
    /// What.
    pub text: Cow<'static, str>,
}

/// A change to a file that mends what a diagnostic is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The octets to replace; an empty range is a place to insert at.
    pub at: Location,
    /// What to put there.
    pub with: String,
}

/// How to mend it: in words, and where it can be done by a machine, as edits that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// What to do.
    pub text: Cow<'static, str>,
    /// The same for an editor; empty if the words are all there is.
    pub edits: Vec<Edit>,
}

/// One finding about a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable and documented: [`Code`].
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// One line, without file name and line number. An instance's name stands in front in parentheses.
    pub message: Cow<'static, str>,
    /// The octets it is about; `None` for the configuration as a whole.
    pub at: Option<Location>,
    /// What else helps.
    pub notes: Vec<Note>,
    /// How to mend it, the likeliest first.
    pub helps: Vec<Help>,
    /// What keepalived would count it as; decides the exit code of a configuration test.
    pub class: Class,
}

impl Diagnostic {
    /// With the severity and class its code has by default.
    pub fn new(code: Code, at: Option<Location>, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            at,
            notes: Vec::new(),
            helps: Vec::new(),
            class: code.class(),
        }
    }

    /// With a further note.
    #[must_use]
    pub fn note(mut self, at: Option<Location>, text: impl Into<Cow<'static, str>>) -> Self {
        self.notes.push(Note { at, text: text.into() });
        self
    }

    /// With a way to mend it, in words.
    #[must_use]
    pub fn help(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.helps.push(Help { text: text.into(), edits: Vec::new() });
        self
    }

    /// With a way to mend it that an editor can take: other octets for those at `at`.
    #[must_use]
    pub fn mend(mut self, text: impl Into<Cow<'static, str>>, at: Location, with: impl Into<String>) -> Self {
        self.helps.push(Help { text: text.into(), edits: vec![Edit { at, with: with.into() }] });
        self
    }
}

/// Collects diagnostics up to a bound; what is beyond it is counted and still decides the exit code.
#[derive(Debug)]
pub(crate) struct Sink {
    list: Vec<Diagnostic>,
    max: usize,
    dropped: usize,
    worst: Class,
    errors: usize,
    codes: HashSet<Code>,
}

impl Sink {
    pub(crate) fn new(max: usize) -> Self {
        Self { list: Vec::new(), max, dropped: 0, worst: Class::None, errors: 0, codes: HashSet::new() }
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.worst = self.worst.max(diagnostic.class);
        self.codes.insert(diagnostic.code);
        // What keeps the daemon from starting must not drown in complaints.
        let error = diagnostic.severity == Severity::Error;
        self.errors += usize::from(error);
        if self.list.len() < self.max || (error && self.errors <= self.max) {
            self.list.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    /// Whether a warning would still be kept: then it is worth working out what helps.
    pub(crate) const fn has_room(&self) -> bool {
        self.list.len() < self.max
    }

    /// Whether nothing was found.
    pub(crate) const fn is_empty(&self) -> bool {
        self.list.is_empty() && self.dropped == 0
    }

    /// An empty one with the same bound.
    pub(crate) fn another(&self) -> Self {
        Self::new(self.max)
    }

    /// Takes over what another one has collected after it.
    pub(crate) fn append(&mut self, later: Self) {
        let Self { list, dropped, worst, errors, codes, .. } = later;
        let shown = list.iter().filter(|found| found.severity == Severity::Error).count();
        for found in list {
            self.push(found);
        }
        self.dropped += dropped;
        self.worst = self.worst.max(worst);
        self.errors += errors - shown;
        self.codes.extend(codes);
    }

    /// Whether a rule was broken, shown or not.
    pub(crate) fn has(&self, code: Code) -> bool {
        self.codes.contains(&code)
    }

    /// Whether something was found that keeps the daemon from starting.
    pub(crate) const fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// The diagnostics, a last one that says how many were left out, and the worst class of all.
    pub(crate) fn finish(mut self) -> (Vec<Diagnostic>, Class) {
        if self.dropped > 0 {
            let text = format!("{} more findings are not shown", self.dropped);
            self.list.push(Diagnostic::new(Code::MoreFindings, None, text));
        }
        (self.list, self.worst)
    }
}
