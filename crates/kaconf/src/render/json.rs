//! Diagnostics as one JSON document.

use serde_json::{Value, json};

use super::Finding;
use crate::diag::Severity;
use crate::files::{Files, Location};

/// `{"format": 1, "diagnostics": [...], "summary": {...}}`.
///
/// A place is `file`, `line`, `column`, `endLine`, `endColumn` (from 1, in characters; the end is behind the last)
/// and the same in octets of the file, `start` and `end`. An edit of a help replaces the octets of its place.
pub fn json(findings: &[Finding<'_>]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.diagnostic.severity == severity).count();
    let document = json!({
        "format": 1,
        "diagnostics": findings.iter().map(diagnostic).collect::<Vec<_>>(),
        "summary": {
            "errors": count(Severity::Error),
            "warnings": count(Severity::Warning),
            "notes": count(Severity::Note),
        },
    });
    format!("{document:#}\n")
}

fn diagnostic(finding: &Finding<'_>) -> Value {
    let Finding { diagnostic, files } = finding;
    let notes =
        diagnostic.notes.iter().map(|note| json!({"message": note.text, "place": place(note.at, files)}));
    let helps = diagnostic.helps.iter().map(|help| {
        let edits = help.edits.iter();
        let edits = edits.map(|edit| json!({"place": place(Some(edit.at), files), "with": edit.with}));
        json!({"message": help.text, "edits": edits.collect::<Vec<_>>()})
    });
    let from = diagnostic.at.into_iter().flat_map(|at| files.inclusions(at.file));
    let from = from.map(|included| json!({"how": included.how, "place": place(Some(included.at), files)}));
    json!({
        "code": diagnostic.code.id(),
        "title": diagnostic.code.title(),
        "severity": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        },
        "message": diagnostic.message,
        "place": place(diagnostic.at, files),
        "included": from.collect::<Vec<_>>(),
        "notes": notes.collect::<Vec<_>>(),
        "helps": helps.collect::<Vec<_>>(),
    })
}

fn place(at: Option<Location>, files: &Files) -> Value {
    let Some(at) = at else { return Value::Null };
    let place = files.place(at);
    json!({
        "file": files.file(at.file).path().to_string_lossy(),
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "start": at.start,
        "end": at.end,
    })
}
