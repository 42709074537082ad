//! What helps: put to diagnostics after the reading, from the text as it was typed.
//!
//! None of this changes what the configuration means or what a configuration test ends with. A file without a
//! complaint costs a look for octets that are not ASCII and for semicolons; the rest is done where something was
//! found to be wrong, and for as many diagnostics as are kept.

mod braces;
mod ended;
mod foreign;
mod keyword;
mod lookalike;
mod value;

use std::collections::HashMap;
use std::ops::Range;

use crate::code::Code;
use crate::diag::{Diagnostic, Edit, Help};
use crate::files::{FileId, Files, Location};
use crate::syntax::{BOM, Kind, Refs, Token, lex_line};

pub(crate) use keyword::unknown_keyword;

/// As many lines with doubtful characters as anybody will read about.
const ODD_LINES_MAX: usize = 200;

/// Adds helps and notes to what was found, and a few findings of its own.
pub(crate) fn advise(diagnostics: &mut Vec<Diagnostic>, files: &Files) {
    for diagnostic in diagnostics.iter_mut() {
        value::help(diagnostic, files);
        keyword::newer_name(diagnostic, files);
        close_quote(diagnostic, files);
    }
    let mut odd = Vec::new();
    for (id, file) in files.with_ids() {
        if !file.text().is_ascii() {
            lookalike::scan(id, file.text(), &mut odd);
        }
        if memchr::memchr(b';', file.text()).is_some() {
            foreign::scan(id, file.text(), &mut odd);
        }
        if odd.len() >= ODD_LINES_MAX {
            break;
        }
    }
    add(diagnostics, files, odd);
    ended::help(diagnostics, files);
    braces::help(diagnostics, files);
}

/// A quote without its end: says where it could be, if nothing on the line may be comment.
fn close_quote(diagnostic: &mut Diagnostic, files: &Files) {
    let Some(at) = diagnostic.at.filter(|_| diagnostic.code == Code::UnmatchedQuote) else { return };
    let typed = files.file(at.file).text().get(at.start as usize..at.end as usize);
    let Some([b'"', rest @ ..]) = typed else { return };
    let end = Location { start: at.end, ..at };
    *diagnostic = if rest.iter().any(|octet| matches!(octet, b'#' | b'!')) {
        diagnostic.clone().help("close the quote with '\"' on the same line")
    } else {
        diagnostic.clone().mend("close the quote on the same line", end, "\"")
    };
}

/// A line that holds characters which hardly do what they were typed for.
struct Odd {
    code: Code,
    at: Location,
    message: String,
    help: String,
    edits: Vec<Edit>,
    /// Whether it may be meant so, as long as nothing complains of the line.
    doubtful: bool,
}

/// Adds what was found to the complaint about the same line, or as a finding of its own.
fn add(diagnostics: &mut Vec<Diagnostic>, files: &Files, odd: Vec<Odd>) {
    if odd.is_empty() {
        return;
    }
    let line = |at: Location| (at.file, files.line_range(at).start);
    let mut by_line: HashMap<(FileId, usize), usize> = HashMap::new();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        if let Some(at) = diagnostic.at {
            // A brace that is missing before the line has nothing to do with its words.
            if diagnostic.code != Code::MissingOpen {
                by_line.entry(line(at)).or_insert(index);
            }
        }
    }
    for odd in odd {
        if let Some(index) = by_line.get(&line(odd.at)) {
            // What was guessed without knowing of this line's characters is worth less.
            let helps = &mut diagnostics[*index].helps;
            helps.insert(0, Help { text: format!("{}; {}", odd.message, odd.help).into(), edits: odd.edits });
        } else if !odd.doubtful {
            let mut diagnostic = Diagnostic::new(odd.code, Some(odd.at), odd.message);
            diagnostic.helps.push(Help { text: odd.help.into(), edits: odd.edits });
            diagnostics.push(diagnostic);
        }
    }
}

/// The lines of a text with the tokens of those that `wanted` picks.
fn lines_where(text: &[u8], wanted: impl Fn(&[u8]) -> bool, mut found: impl FnMut(&[u8], &[Token])) {
    // The mark is no part of a word here, and was reported.
    let mut start = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let mut tokens = Vec::new();
    for line in text[start..].split_inclusive(|octet| *octet == b'\n') {
        if wanted(line) && line.len() <= crate::expand::LINE_MAX {
            tokens.clear();
            lex_line(line, start as u32, Refs::Typed, &mut tokens);
            found(text, &tokens);
        }
        start += line.len();
    }
}

const fn range(token: Token) -> Range<usize> {
    token.start as usize..token.end as usize
}

/// Whether a token is more than blanks and comment.
const fn says_something(token: &Token) -> bool {
    !matches!(token.kind, Kind::Blank | Kind::Newline | Kind::Comment | Kind::Bom)
}
