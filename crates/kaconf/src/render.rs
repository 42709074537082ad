//! Diagnostics as plain text, one line each, in the form keepalived's users know.

use std::fmt::Write as _;

use crate::diag::Diagnostic;
use crate::files::Files;

/// `(file: Line n) message`, as keepalived writes it; notes follow on lines of their own, indented.
pub fn render(diagnostic: &Diagnostic, files: &Files) -> String {
    let mut out = String::new();
    if let Some(at) = diagnostic.at {
        let (line, _) = files.line_column(at);
        let _ = write!(out, "({}: Line {line}) ", files.file(at.file).path().display());
    }
    out.push_str(&diagnostic.message);
    for note in &diagnostic.notes {
        out.push_str("\n  ");
        if let Some(at) = note.at {
            let (line, _) = files.line_column(at);
            let _ = write!(out, "({}: Line {line}) ", files.file(at.file).path().display());
        }
        out.push_str(&note.text);
    }
    out
}
