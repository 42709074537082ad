//! Pieces put on lines, indented by the blocks they stand in.

use super::{BODY_MAX, Fixed, FixedKind, LEVEL, LEVELS_MAX, Piece};
use crate::syntax::BOM;

pub(super) fn print(pieces: &[Piece<'_>]) -> Vec<u8> {
    let mut printer = Printer::default();
    let mut rest = pieces;
    while let Some((piece, behind)) = rest.split_first() {
        rest = behind;
        printer.leave(piece);
        match piece {
            Piece::Empty { kept } => printer.empty(*kept),
            Piece::Raw(line) => printer.raw(line),
            Piece::Comment(text) => printer.line(&[text]),
            Piece::Fixed(fixed) => printer.fixed(fixed),
            Piece::Close { comment } => printer.close(*comment),
            Piece::Open { comment } => {
                printer.commented(b"{", *comment);
                printer.open();
            }
            Piece::Statement { words, comment } => {
                let between = rest
                    .iter()
                    .take_while(|piece| matches!(piece, Piece::Empty { kept: false } | Piece::Comment(_)))
                    .count();
                match rest.get(between) {
                    Some(Piece::Open { comment: behind }) => {
                        printer.head(words, *comment, &rest[..between], *behind);
                        rest = &rest[between + 1..];
                    }
                    _ => printer.commented(words, *comment),
                }
            }
        }
    }
    printer.out
}

#[derive(Default)]
struct Printer<'a> {
    out: Vec<u8>,
    /// Levels.
    depth: usize,
    /// Levels inside a definition.
    inner: usize,
    /// An empty line is due before the next.
    due: bool,
    /// The last line is empty, or one behind which none belongs.
    closed_up: bool,
    /// Lines for several configurations follow each other: the one the last was for, and where they began.
    conditions: Option<(&'a [u8], usize)>,
}

impl<'a> Printer<'a> {
    /// Forgets what ends with the next piece: a definition, a row of conditions.
    fn leave(&mut self, next: &Piece<'_>) {
        match next {
            Piece::Empty { .. } | Piece::Comment(_) | Piece::Raw(_) => return,
            Piece::Fixed(Fixed { kind: FixedKind::Continuation, .. }) => return,
            Piece::Fixed(Fixed { kind: FixedKind::Condition(_), .. }) => {}
            _ => self.conditions = None,
        }
        self.inner = 0;
    }

    fn empty(&mut self, kept: bool) {
        if self.out.is_empty() || (self.closed_up && !kept) {
            return;
        }
        if kept && !self.out.ends_with(b"\n\n") {
            self.out.push(b'\n');
            self.closed_up = true;
        } else if !kept {
            self.due = true;
        }
    }

    /// Writes the empty line that is due, and what else must stand before a line.
    fn begin(&mut self, line: &[u8]) {
        // What looks like a byte order mark is none as long as it is not at the start of the file.
        if std::mem::take(&mut self.due) || (self.out.is_empty() && line.starts_with(BOM)) {
            self.out.push(b'\n');
        }
        self.closed_up = false;
    }

    fn raw(&mut self, line: &[u8]) {
        if !line.starts_with(&[BOM, BOM].concat()) || !self.out.is_empty() {
            self.begin(line);
        }
        self.out.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            self.end(line.len());
        }
    }

    /// A line of parts, each but the first with a blank before it.
    fn line(&mut self, parts: &[&[u8]]) {
        self.begin(parts[0]);
        let len = parts.iter().map(|part| part.len() + 1).sum::<usize>() - 1;
        let levels = (self.depth + self.inner).min(LEVELS_MAX);
        let blanks = (levels * LEVEL).min(BODY_MAX.saturating_sub(len));
        self.out.resize(self.out.len() + blanks, b' ');
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                self.out.push(b' ');
            }
            self.out.extend_from_slice(part);
        }
        self.end(blanks + len);
    }

    /// Ends a line of this length. Only the last of a file may be too long to be ended.
    fn end(&mut self, len: usize) {
        if len <= BODY_MAX {
            self.out.push(b'\n');
        }
    }

    fn commented(&mut self, text: &[u8], comment: Option<&[u8]>) {
        match comment {
            Some(comment) => self.line(&[text, comment]),
            None => self.line(&[text]),
        }
    }

    fn open(&mut self) {
        self.depth += 1;
        self.closed_up = true;
    }

    fn close(&mut self, comment: Option<&[u8]>) {
        self.due = false;
        self.depth = self.depth.saturating_sub(1);
        self.commented(b"}", comment);
    }

    /// A statement and the brace behind it; the comments between them move into the block.
    fn head(&mut self, words: &[u8], comment: Option<&[u8]>, between: &[Piece<'_>], behind: Option<&[u8]>) {
        let alone = !between.iter().any(|piece| matches!(piece, Piece::Comment(_)));
        let fits = |comment: &&[u8]| words.len() + comment.len() + LEVEL * LEVELS_MAX + 3 <= BODY_MAX;
        let moved = behind.filter(|_| comment.is_none() && alone).filter(fits);
        match comment.or(moved) {
            Some(comment) => self.line(&[words, b"{", comment]),
            None => self.line(&[words, b"{"]),
        }
        self.open();
        for piece in between {
            match piece {
                Piece::Comment(text) => self.line(&[text]),
                _ => self.empty(false),
            }
        }
        if let Some(text) = behind.filter(|_| moved.is_none()) {
            self.line(&[text]);
        }
    }

    fn fixed(&mut self, fixed: &'a Fixed<'_>) {
        let braces = fixed.braces;
        let moved = |level: usize| level.saturating_add_signed(braces.net);
        match fixed.kind {
            FixedKind::Definition => {
                self.inner = 0;
                self.line(&[&fixed.text]);
                self.inner = 1 + braces.net.max(0) as usize;
                return;
            }
            FixedKind::Continuation => {
                let inside = self.inner.max(1);
                self.inner = inside - usize::from(braces.closes_first && inside > 1);
                self.line(&[&fixed.text]);
                self.inner = moved(inside).max(1);
                return;
            }
            FixedKind::Condition(id) => {
                let (last, began) = self.conditions.unwrap_or((id, self.depth));
                if last != id && braces.net != 0 {
                    self.depth = began;
                }
                self.conditions = Some((id, began));
            }
            FixedKind::Line => {}
        }
        if braces.closes_first {
            self.due = false;
        }
        let inside = self.depth;
        self.depth = inside - usize::from(braces.closes_first && inside > 0);
        self.line(&[&fixed.text]);
        self.depth = moved(inside);
        self.closed_up = braces.opens_last;
    }
}
