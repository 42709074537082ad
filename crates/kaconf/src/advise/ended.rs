//! What stands right before a complaint: the end of the block that a keyword belongs to, a block without its brace.

use std::collections::HashMap;

use crate::blocks::Blocks;
use crate::code::Code;
use crate::diag::{Diagnostic, Note};
use crate::files::{FileId, Files, Location};
use crate::keywords;
use crate::syntax::Kind;

use super::{lookalike, range};

/// Says where the block ended that a keyword of it follows.
pub(super) fn help(diagnostics: &mut [Diagnostic], files: &Files) {
    let mut blocks: HashMap<FileId, Blocks<'_>> = HashMap::new();
    let is_wanted = |code| matches!(code, Code::UnknownKeyword | Code::MissingOpen);
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| is_wanted(diagnostic.code)) {
        let Some(at) = diagnostic.at else { continue };
        let text = files.file(at.file).text();
        let blocks = blocks.entry(at.file).or_insert_with(|| Blocks::of(text));
        if diagnostic.code == Code::MissingOpen {
            brace(diagnostic, at, text, blocks);
        } else {
            ended(diagnostic, at, text, blocks);
        }
    }
}

/// A keyword right behind the block it belongs to: that was closed too early.
fn ended(diagnostic: &mut Diagnostic, at: Location, text: &[u8], blocks: &Blocks<'_>) {
    let Some(word) = text.get(at.start as usize..at.end as usize) else { return };
    let mut homes = keywords::all().iter().filter(|keyword| keyword.name.as_bytes() == word).peekable();
    if homes.peek().is_none() {
        return;
    }
    let Some((brace, name)) = blocks.ended_before(at.start) else { return };
    if homes.any(|home| home.block.rsplit('/').next().is_some_and(|block| block.as_bytes() == name)) {
        let at = Location { file: at.file, start: brace.start, end: brace.end };
        let text = format!("'{}' ends here", String::from_utf8_lossy(name));
        diagnostic.notes.push(Note { at: Some(at), text: text.into() });
    }
}

/// The first statement of a block that has no brace: it is missing behind the words before.
fn brace(diagnostic: &mut Diagnostic, at: Location, text: &[u8], blocks: &Blocks<'_>) {
    let Some(before) = blocks.before(at.start).filter(|token| token.kind == Kind::Word) else { return };
    let Some(word) = text.get(range(before)) else { return };
    let word = String::from_utf8_lossy(word);
    // Something that looks like a brace has its own complaint.
    if !word.chars().any(|character| lookalike::known(character).is_some()) {
        let end = Location { file: at.file, start: before.end, end: before.end };
        *diagnostic = diagnostic.clone().mend(format!("open the block behind '{word}'"), end, " {");
    }
}
