//! A keyword right behind the block it belongs to: that was closed too early.

use std::collections::HashMap;

use crate::blocks::Blocks;
use crate::code::Code;
use crate::diag::{Diagnostic, Note};
use crate::files::{FileId, Files, Location};
use crate::keywords;

/// Says where the block ended that a keyword of it follows.
pub(super) fn help(diagnostics: &mut [Diagnostic], files: &Files) {
    let mut blocks: HashMap<FileId, Blocks<'_>> = HashMap::new();
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.code == Code::UnknownKeyword) {
        let Some(at) = diagnostic.at else { continue };
        let text = files.file(at.file).text();
        let Some(word) = text.get(at.start as usize..at.end as usize) else { continue };
        let mut homes = keywords::all().iter().filter(|keyword| keyword.name.as_bytes() == word).peekable();
        if homes.peek().is_none() {
            continue;
        }
        let blocks = blocks.entry(at.file).or_insert_with(|| Blocks::of(text));
        let Some((brace, name)) = blocks.ended_before(at.start) else { continue };
        if homes.any(|home| home.block.rsplit('/').next().is_some_and(|block| block.as_bytes() == name)) {
            let at = Location { file: at.file, start: brace.start, end: brace.end };
            let text = format!("'{}' ends here", String::from_utf8_lossy(name));
            diagnostic.notes.push(Note { at: Some(at), text: text.into() });
        }
    }
}
