//! Diagnostics as SARIF 2.1.0, which code hosts and editors import.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::Finding;
use crate::code::Code;
use crate::diag::{Help, Severity};
use crate::files::{Files, Location};

/// The findings as one run of a tool called `kad`; every code is listed as a rule.
pub fn sarif(findings: &[Finding<'_>], version: &str) -> String {
    let rules: Vec<_> = Code::ALL.iter().map(|code| rule(*code)).collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "kad", "semanticVersion": version, "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    format!("{document:#}\n")
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.id(),
        "name": format!("{code:?}"),
        "shortDescription": {"text": code.title()},
        "help": {"text": format!("`kad explain {code}` tells more.")},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn result(finding: &Finding<'_>) -> Value {
    let Finding { diagnostic, files } = finding;
    let mut text = diagnostic.message.clone().into_owned();
    let unplaced = diagnostic.notes.iter().filter(|note| note.at.is_none()).map(|note| &note.text);
    for line in unplaced.chain(diagnostic.helps.iter().map(|help| &help.text)) {
        let _ = write!(text, "\n{line}");
    }
    let mut related = Vec::new();
    for note in &diagnostic.notes {
        if let Some(at) = note.at {
            related.push(json!({"physicalLocation": physical(at, files), "message": {"text": note.text}}));
        }
    }
    for included in diagnostic.at.into_iter().flat_map(|at| files.inclusions(at.file)) {
        let place = physical(included.at, files);
        related.push(json!({"physicalLocation": place, "message": {"text": included.how}}));
    }
    let fixes: Vec<_> = diagnostic.helps.iter().filter(|help| !help.edits.is_empty()).collect();
    let locations = diagnostic.at.map(|at| json!({"physicalLocation": physical(at, files)}));
    json!({
        "ruleId": diagnostic.code.id(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": {"text": text},
        "locations": locations.into_iter().collect::<Vec<_>>(),
        "relatedLocations": related,
        "fixes": fixes.into_iter().map(|help| fix(help, files)).collect::<Vec<_>>(),
    })
}

fn fix(help: &Help, files: &Files) -> Value {
    let changes = help.edits.iter().map(|edit| {
        json!({
            "artifactLocation": artifact(edit.at, files),
            "replacements": [{"deletedRegion": region(edit.at, files), "insertedContent": {"text": edit.with}}],
        })
    });
    json!({"description": {"text": help.text}, "artifactChanges": changes.collect::<Vec<_>>()})
}

fn physical(at: Location, files: &Files) -> Value {
    json!({"artifactLocation": artifact(at, files), "region": region(at, files)})
}

fn region(at: Location, files: &Files) -> Value {
    let place = files.place(at);
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

fn artifact(at: Location, files: &Files) -> Value {
    json!({"uri": uri(files.file(at.file).path())})
}

/// A path as a URI reference (RFC 3986): what is not unreserved or a slash in percent signs.
fn uri(path: &Path) -> String {
    let mut out = if path.is_absolute() { "file://".to_owned() } else { String::new() };
    for octet in path.as_os_str().as_encoded_bytes() {
        match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(*octet as char)
            }
            octet => _ = write!(out, "%{octet:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        for (path, want) in [
            ("/etc/keepalived/a b.conf", "file:///etc/keepalived/a%20b.conf"),
            ("conf.d/x.conf", "conf.d/x.conf"),
            ("\u{914d}.conf", "%E9%85%8D.conf"),
        ] {
            assert_eq!(uri(Path::new(path)), want);
        }
    }
}
