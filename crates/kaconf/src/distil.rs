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
/// every line: those complaints are counted in a note. That there is no default user for scripts is left to the advice
/// on script security, if that is given. They are all in [`Loaded::diagnostics`], and they all count
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
    // Who is told how to make scripts secure is told to choose their user.
    if kept.iter().any(|diagnostic| diagnostic.code == Code::SecurityOff) {
        kept.retain(|diagnostic| diagnostic.code != Code::DefaultUser);
    }
    fold(kept, files)
}

/// What keepalived says of a brace that closes nothing.
const EXTRA_CLOSE: &str = "extra '}' found";

fn is_brace(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == Code::UnknownKeyword && diagnostic.message.starts_with("unknown keyword '}'")
}

/// What others follow from.
struct Cause {
    /// Of the diagnostic, in the list of those kept.
    index: usize,
    /// Where they are.
    range: Location,
    /// How many there may be.
    most: usize,
    count: usize,
}

/// Leaves out what follows from an earlier diagnostic, and says at that one how much it was.
fn fold(diagnostics: Vec<Diagnostic>, files: &Files) -> Vec<Diagnostic> {
    let mut blocks: HashMap<FileId, Blocks<'_>> = HashMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut causes: Vec<Cause> = Vec::new();
    for diagnostic in diagnostics {
        let Some(at) = diagnostic.at else {
            kept.push(diagnostic);
            continue;
        };
        let cause = causes.iter_mut().rev().take(8).find(|cause| {
            let range = cause.range.start + 1..cause.range.end;
            cause.range.file == at.file
                && range.contains(&at.start)
                && cause.count < cause.most
                && follows(&diagnostic, kept[cause.index].code)
        });
        if let Some(cause) = cause {
            cause.count += 1;
            continue;
        }
        let reach = match diagnostic.code {
            Code::UnknownKeyword => {
                let blocks = blocks.entry(at.file).or_insert_with(|| Blocks::of(files.file(at.file).text()));
                blocks.behind(at.start).map(|range| (range.end, usize::MAX))
            }
            Code::MissingClose => Some((u32::MAX, usize::MAX)),
            // Its closing brace.
            Code::MissingOpen => Some((u32::MAX, 1)),
            _ => None,
        };
        causes.extend(reach.map(|(end, most)| Cause {
            index: kept.len(),
            range: Location { end, ..at },
            most,
            count: 0,
        }));
        kept.push(diagnostic);
    }
    for Cause { index, count, .. } in causes {
        let text = match count {
            0 => continue,
            1 => "one more complaint follows from this one and is not shown".to_owned(),
            count => format!("{count} more complaints follow from this one and are not shown"),
        };
        kept[index] = kept[index].clone().note(None, text);
    }
    kept
}

/// Whether a diagnostic is of the kinds that another leads to.
const fn follows(diagnostic: &Diagnostic, cause: Code) -> bool {
    match cause {
        Code::MissingOpen => matches!(diagnostic.code, Code::ExtraClose),
        _ => matches!(
            diagnostic.code,
            Code::UnknownKeyword | Code::UnexpectedOpen | Code::ExtraClose | Code::MissingOpen
        ),
    }
}
