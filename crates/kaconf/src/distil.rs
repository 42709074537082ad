//! Diagnostics for people: one of a kind and place, and without those that only follow from another.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::blocks::Blocks;
use crate::code::Code;
use crate::diag::Diagnostic;
use crate::files::{FileId, Files, Location};
use crate::load::Loaded;

/// The diagnostics of a configuration in the order of their places.
///
/// What is said of one place twice (a file that is included again, a line that is repeated) is there once. Behind an
/// unknown keyword with a block, or a block that is not closed, keepalived reads in the wrong block and complains of
/// every line: those complaints are counted in a note. They are all in [`Loaded::diagnostics`], and they all count
/// for [`Loaded::exit_class`].
pub fn distilled(loaded: &Loaded) -> Vec<Diagnostic> {
    let files = &loaded.files;
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut seen = HashSet::new();
    for diagnostic in &loaded.diagnostics {
        let place = diagnostic.at.map(|at| (files.file(at.file).path(), at.start, at.end));
        // Of a brace that is one too many keepalived complains twice.
        let said = is_brace(diagnostic) && seen.contains(&(Code::ExtraClose, place, EXTRA_CLOSE));
        if !said && seen.insert((diagnostic.code, place, &*diagnostic.message)) {
            kept.push(diagnostic.clone());
        }
    }
    let mut first: HashMap<&Path, FileId> = HashMap::new();
    for (id, file) in files.with_ids() {
        first.entry(file.path()).or_insert(id);
    }
    let order = |at: Location| (first.get(files.file(at.file).path()).copied(), at.start);
    // What is about no place comes last.
    kept.sort_by_key(|diagnostic| (diagnostic.at.is_none(), diagnostic.at.map(order)));
    fold(kept, files)
}

/// What keepalived says of a brace that closes nothing.
const EXTRA_CLOSE: &str = "extra '}' found";

fn is_brace(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == Code::UnknownKeyword && diagnostic.message.starts_with("unknown keyword '}'")
}

/// Leaves out what follows from an earlier diagnostic, and says at that one how much it was.
fn fold(diagnostics: Vec<Diagnostic>, files: &Files) -> Vec<Diagnostic> {
    let mut blocks: HashMap<FileId, Blocks> = HashMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut causes: Vec<(usize, Location, usize)> = Vec::new();
    for diagnostic in diagnostics {
        let Some(at) = diagnostic.at else {
            kept.push(diagnostic);
            continue;
        };
        let cause = causes.iter_mut().rev().take(8).find(|(_, range, _)| {
            range.file == at.file && range.start < at.start && at.start < range.end && follows(&diagnostic)
        });
        if let Some((_, _, count)) = cause {
            *count += 1;
            continue;
        }
        let start = match diagnostic.code {
            Code::UnknownKeyword => {
                let blocks = blocks.entry(at.file).or_insert_with(|| Blocks::of(files.file(at.file).text()));
                blocks.behind(at.start).map(|range| Location {
                    file: at.file,
                    start: at.start,
                    end: range.end,
                })
            }
            Code::MissingClose => Some(Location { end: u32::MAX, ..at }),
            _ => None,
        };
        causes.extend(start.map(|range| (kept.len(), range, 0)));
        kept.push(diagnostic);
    }
    for (index, _, count) in causes {
        let text = match count {
            0 => continue,
            1 => "one more complaint follows from this one and is not shown".to_owned(),
            count => format!("{count} more complaints follow from this one and are not shown"),
        };
        kept[index] = kept[index].clone().note(None, text);
    }
    kept
}

/// Whether a diagnostic is of the kinds that reading in the wrong block leads to.
fn follows(diagnostic: &Diagnostic) -> bool {
    matches!(
        diagnostic.code,
        Code::UnknownKeyword | Code::UnexpectedOpen | Code::ExtraClose | Code::MissingOpen
    )
}
