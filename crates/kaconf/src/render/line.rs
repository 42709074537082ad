//! Diagnostics as plain text in the form keepalived's users know: for the log and for `-t`.

use std::fmt::Write as _;

use crate::diag::Diagnostic;
use crate::files::{Files, Location};

/// `(file: Line n) message`, as keepalived writes it; notes and helps follow on lines of their own, indented.
///
/// Control characters of the file are written as escapes: a log line stays a line.
pub fn render(diagnostic: &Diagnostic, files: &Files) -> String {
    let mut out = String::new();
    place(&mut out, diagnostic.at, files);
    push(&mut out, &diagnostic.message);
    for note in &diagnostic.notes {
        out.push_str("\n  ");
        place(&mut out, note.at, files);
        push(&mut out, &note.text);
    }
    for help in &diagnostic.helps {
        out.push_str("\n  help: ");
        push(&mut out, &help.text);
    }
    out
}

fn place(out: &mut String, at: Option<Location>, files: &Files) {
    if let Some(at) = at {
        let (line, _) = files.line_column(at);
        let _ = write!(out, "({}: Line {line}) ", files.file(at.file).path().display());
    }
}

fn push(out: &mut String, text: &str) {
    for character in text.chars() {
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
}
