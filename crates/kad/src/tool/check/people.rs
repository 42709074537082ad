//! Findings on a terminal: each with its lines, the same ones together, and a last line that sums up.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};

use kaconf::{Code, Diagnostic, Files, Finding, Location, Look, Severity};

use crate::paint::Paint;

/// As many lines are named on which the same was found.
const LINES_MAX: usize = 12;

/// Shows the findings of so many configurations.
pub(super) fn show(
    findings: &[Finding<'_>],
    files: usize,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let look = Look { color: paint.is_coloured(), width: width().unwrap_or(Look::default().width) };
    for Gathered { diagnostic, files, .. } in gathered(findings) {
        writeln!(out, "{}\n", kaconf::snippet(Finding { diagnostic: &diagnostic, files }, look))?;
    }
    writeln!(out, "{}", paint.strong(&summary(findings, files)))
}

/// One finding for all that say the same of different lines of a file.
struct Gathered<'a> {
    diagnostic: Diagnostic,
    files: &'a Files,
    lines: Vec<u32>,
}

fn gathered<'a>(findings: &[Finding<'a>]) -> Vec<Gathered<'a>> {
    let mut all: Vec<Gathered<'a>> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let Finding { diagnostic, files } = *finding;
        let Some(at) = diagnostic.at.filter(|at| is_about(diagnostic, *at)) else {
            all.push(Gathered { diagnostic: diagnostic.clone(), files, lines: Vec::new() });
            continue;
        };
        let notes = diagnostic.notes.iter().map(|note| &*note.text);
        let said: Vec<&str> = notes.chain(diagnostic.helps.iter().map(|help| &*help.text)).collect();
        let what = (files.file(at.file).path(), diagnostic.code, message(diagnostic, files), said);
        match known.get(&what) {
            Some(index) => {
                let first: &mut Gathered<'a> = &mut all[*index];
                first.lines.push(files.place(at).line);
            }
            None => {
                known.insert(what, all.len());
                all.push(Gathered { diagnostic: diagnostic.clone(), files, lines: Vec::new() });
            }
        }
    }
    for Gathered { diagnostic, lines, .. } in &mut all {
        if !lines.is_empty() {
            *diagnostic = diagnostic.clone().note(None, format!("the same on {}", numbered(lines)));
        }
    }
    all
}

/// Whether it shows no other place, so that one can stand for all that say the same.
fn is_about(diagnostic: &Diagnostic, at: Location) -> bool {
    let mut edits = diagnostic.helps.iter().flat_map(|help| &help.edits);
    diagnostic.notes.iter().all(|note| note.at.is_none()) && edits.all(|edit| edit.at == at)
}

/// What it says, but for the address: one slip of a list of addresses is there as often as it is long.
fn message<'a>(diagnostic: &'a Diagnostic, files: &Files) -> Cow<'a, str> {
    let text =
        diagnostic.at.and_then(|at| files.file(at.file).text().get(at.start as usize..at.end as usize));
    match text.and_then(|text| str::from_utf8(text).ok()) {
        Some(text) if diagnostic.code == Code::FamilyMismatch => diagnostic.message.replace(text, "").into(),
        _ => (&*diagnostic.message).into(),
    }
}

/// `line 3`, `lines 3, 5 and 7`
fn numbered(lines: &[u32]) -> String {
    let shown: Vec<_> = lines.iter().take(LINES_MAX).map(u32::to_string).collect();
    match (&*shown, lines.len() - shown.len()) {
        ([line], _) => format!("line {line}"),
        ([lines @ .., last], 0) => format!("lines {} and {last}", lines.join(", ")),
        (lines, more) => format!("lines {} and {more} more", lines.join(", ")),
    }
}

/// `2 errors, 3 warnings; kad explain K303 tells more`
fn summary(findings: &[Finding<'_>], files: usize) -> String {
    // What kad lacks is nothing that the files could be blamed for.
    let findings = || findings.iter().filter(|finding| finding.diagnostic.code != Code::NotActedOn);
    let of = |severity| findings().filter(move |finding| finding.diagnostic.severity == severity);
    let counted = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let parts: Vec<_> = counted
        .into_iter()
        .map(|(severity, name)| (of(severity).count(), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}{}", if count == 1 { "" } else { "s" }))
        .collect();
    // Of several that are as bad, the first.
    let worst = findings().rev().max_by_key(|finding| finding.diagnostic.severity);
    match worst {
        Some(worst) => format!("{}; `kad explain {}` tells more", parts.join(", "), worst.diagnostic.code),
        None if files == 1 => "nothing to complain about".to_owned(),
        None => format!("nothing to complain about in {files} configurations"),
    }
}

/// The columns of the terminal, if standard output is one.
fn width() -> Option<usize> {
    let out = io::stdout();
    let size = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_named_up_to_a_bound() {
        let many: Vec<u32> = (1..=20).collect();
        for (lines, want) in [
            (&[3][..], "line 3"),
            (&[3, 5, 7], "lines 3, 5 and 7"),
            (&many, "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 8 more"),
        ] {
            assert_eq!(numbered(lines), want);
        }
    }
}
