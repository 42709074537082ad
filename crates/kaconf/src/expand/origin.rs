//! How a file came to be read, where more than a plain `include` led to it.
//!
//! A diagnostic about line 3 of a file that a sequence includes five times says which of the five it is about.

use std::sync::Arc;

use super::How;
use crate::diag::Diagnostic;
use crate::files::Location;

/// The line that included a file.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The `include` as it was expanded.
    pub(super) line: String,
    pub(super) at: Location,
    pub(super) how: How,
    /// How the file that it stands in came to be read.
    pub(super) outer: Option<Arc<Self>>,
}

impl Origin {
    /// Adds the way to a diagnostic, from the inside out.
    pub(super) fn explain(&self, diagnostic: Diagnostic) -> Diagnostic {
        let message = format!("in the file that '{}' includes", self.line);
        let mut diagnostic = diagnostic.note(Some(self.at), message);
        if let How::Definition(at) | How::Sequence(at) = self.how {
            let what = if matches!(self.how, How::Definition(_)) { "definition" } else { "sequence" };
            diagnostic = diagnostic.note(Some(at), format!("which comes from this {what}"));
        }
        match &self.outer {
            Some(outer) => outer.explain(diagnostic),
            None => diagnostic,
        }
    }
}
