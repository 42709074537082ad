//! From lines to pieces: which lines may be taken apart, and which stay as they are.
//!
//! The order of the questions is that of the reader (`expand`): what it never looks at must not be looked at here.

use std::borrow::Cow;

use super::{BODY_MAX, Fixed, FixedKind, Piece, plain, special};
use crate::syntax::{BOM, Escapes, comment_start};

/// Cuts a text into pieces.
pub(super) fn pieces(text: &[u8]) -> Vec<Piece<'_>> {
    let mut cutter = Cutter {
        pieces: Vec::new(),
        defining: false,
        guarded: text.split(|octet| *octet == b'\n').any(ends_in_two_backslashes),
    };
    let mut lines = text.split_inclusive(|octet| *octet == b'\n');
    if text.starts_with(BOM) {
        cutter.pieces.extend(lines.next().map(Piece::Raw));
    }
    lines.for_each(|line| cutter.line(line));
    cutter.pieces
}

/// A line of a definition that ends so may, where the definition is used, begin another definition, which goes on
/// in whatever line comes next.
fn ends_in_two_backslashes(line: &[u8]) -> bool {
    [Escapes::Kept, Escapes::Spent].into_iter().any(|escapes| {
        let content = Line::new(line, escapes).content;
        content.strip_suffix(b"\\").is_some_and(|rest| rest.trim_ascii_end().ends_with(b"\\"))
    })
}

/// A line and its parts.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    /// Without the blanks around and the comment.
    pub(super) content: &'a [u8],
    /// From its sign on, without the blanks behind; empty if there is none.
    pub(super) comment: &'a [u8],
    /// All of it between the blanks around, but with those behind a backslash.
    pub(super) all: &'a [u8],
}

impl<'a> Line<'a> {
    fn new(raw: &'a [u8], escapes: Escapes) -> Self {
        let ended = raw.iter().rposition(|octet| !matches!(octet, b'\n' | b'\r')).map_or(0, |last| last + 1);
        let raw = &raw[..ended];
        let (content, comment) = raw.split_at(comment_start(raw, escapes));
        let content = trim(content);
        let mut all = trim(raw);
        let mut comment = trim(comment);
        // Carriage returns at the end of a comment would be taken for the line's end the next time.
        while let Some(rest) = comment.strip_suffix(b"\r") {
            let shorter = trim(rest);
            all = &all[..all.len() - (comment.len() - shorter.len())];
            comment = shorter;
        }
        // keepalived's parent takes blanks off before a backslash, if none are behind it.
        if comment.is_empty() && all.ends_with(b"\\") {
            all = trim_start(raw);
        }
        Self { content, comment, all }
    }
}

/// Without the blanks around. Others than these two are parts of words for some readers of a line.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

struct Cutter<'a> {
    pieces: Vec<Piece<'a>>,
    /// The next line may belong to a definition.
    defining: bool,
    /// So may any line.
    guarded: bool,
}

impl<'a> Cutter<'a> {
    fn line(&mut self, raw: &'a [u8]) {
        let line = Line::new(raw, Escapes::Spent);
        if line.content.is_empty() && raw.iter().all(u8::is_ascii_whitespace) {
            self.empty(raw);
            return;
        }
        let ignored =
            raw.iter().take_while(|octet| **octet != b'\n').count() > BODY_MAX && raw.len() > BODY_MAX + 1;
        if ignored || raw.contains(&0) {
            self.pieces.push(Piece::Raw(raw));
            return;
        }
        // A backslash before a comment sign counts in `global_defs` only, and where that is nobody knows here.
        let kept = Line::new(raw, Escapes::Kept);
        let unclear = kept.content != line.content;
        let goes_on = line.content.ends_with(b"\\") || kept.content.ends_with(b"\\");
        let comment_only = line.content.is_empty() && !unclear;
        let was_defining = self.defining;
        self.defining = if was_defining {
            // A comment ends a definition, but not in `global_defs`.
            goes_on || line.content.is_empty()
        } else {
            goes_on && raw.contains(&b'$')
        };
        if line.all.ends_with(b"\r") || (unclear && kept.all.ends_with(b"\r")) {
            self.pieces.push(Piece::Raw(raw));
        } else if was_defining {
            self.fixed(kept.all, line.content, Some(FixedKind::Continuation));
        } else if comment_only {
            self.pieces.push(Piece::Comment(line.comment));
        } else if self.guarded || unclear || needs_its_octets(line.content) {
            self.fixed(kept.all, line.content, None);
        } else if !plain::cut(line, &mut self.pieces) {
            self.fixed(line.all, line.content, None);
        }
    }

    /// A line without a word.
    fn empty(&mut self, raw: &'a [u8]) {
        let kept = self.defining || self.guarded;
        if kept && raw.iter().any(|octet| !matches!(octet, b'\n' | b'\r')) {
            // keepalived's parent reads over blanks in a definition, its children end it there.
            self.pieces.push(Piece::Raw(raw));
        } else {
            self.pieces.push(Piece::Empty { kept });
            self.defining = false;
        }
    }

    fn fixed(&mut self, all: &'a [u8], content: &'a [u8], kind: Option<FixedKind<'a>>) {
        let (found, braces) = special::judge(content);
        let kind = kind.unwrap_or(found);
        self.pieces.push(Piece::Fixed(Fixed { text: Cow::Borrowed(all), braces, kind }));
    }
}

/// Whether blanks on the line may matter.
fn needs_its_octets(content: &[u8]) -> bool {
    // A name may stand for anything, and how long the line becomes with it counts. A backslash protects signs.
    content.iter().any(|octet| matches!(octet, b'$' | b'\\' | b'\r' | b'\x0b' | b'\x0c'))
}
