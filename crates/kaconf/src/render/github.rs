//! Workflow commands of GitHub Actions, which show a diagnostic beside the line it is about.

use std::fmt::Write as _;

use super::Finding;
use crate::diag::Severity;

/// `::error file=F,line=L,col=C,...::message`, without a line end; notes and helps are further lines of the message.
pub fn github(finding: Finding<'_>) -> String {
    let Finding { diagnostic, files } = finding;
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut out = format!("::{level} title={}", diagnostic.code);
    if let Some(at) = diagnostic.at {
        let place = files.place(at);
        let _ = write!(
            out,
            ",file={},line={},endLine={},col={},endColumn={}",
            escaped(&files.file(at.file).path().to_string_lossy(), true),
            place.line,
            place.end_line,
            place.column,
            place.end_column,
        );
    }
    let mut text = diagnostic.message.clone().into_owned();
    for note in &diagnostic.notes {
        text.push_str("\nnote: ");
        text.push_str(&note.text);
    }
    for help in &diagnostic.helps {
        text.push_str("\nhelp: ");
        text.push_str(&help.text);
    }
    out.push_str("::");
    out.push_str(&escaped(&text, false));
    out
}

/// What would end a command, or a property of one, in percent signs.
fn escaped(text: &str, property: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '%' | '\r' | '\n' => _ = write!(out, "%{:02X}", character as u32),
            ':' | ',' if property => _ = write!(out, "%{:02X}", character as u32),
            character if character.is_control() => out.extend(character.escape_default()),
            character => out.push(character),
        }
    }
    out
}
