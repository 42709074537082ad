//! The preprocessor: from files to a stream of statements.
//!
//! Conditions (`@ID`), definitions (`$NAME`), sequences (`~SEQ`, `~LST`) and includes are undone here, line by
//! line and in the order in which keepalived undoes them, and each line is cut at its braces. Nothing knows a
//! keyword. A line that needs none of this is taken from its tokens without a copy of the line.
//!
//! Everything is bounded by [`Limits`](crate::Limits): a configuration that includes or defines itself ends
//! with a diagnostic.

mod define;
mod include;
mod line;
mod part;
mod plain;
mod sequence;
mod spent;
mod statement;

pub(crate) use include::IncludeCheck;
pub(crate) use line::begins_special;
pub(crate) use statement::{How, Statement};

use crate::code::{Class, Code};
use crate::diag::{Diagnostic, Sink};
use crate::files::{Files, Location};
use crate::options::Options;
use crate::source::Source;
use crate::syntax::{Escapes, Refs, Token, comment_start, hides_quote, lex_line};

use define::{Defining, Definitions, Multi};
use include::Frame;
use sequence::Sequence;
use spent::Spent;

/// keepalived reads lines into a buffer of 1024 octets, the terminating NUL included.
pub(crate) const LINE_MAX: usize = 1023;

/// The line at hand: its text and tokens, and how far it has been handed out.
#[derive(Default)]
struct Current {
    /// Empty while the text is the file's own.
    made: Vec<u8>,
    tokens: Vec<Token>,
    next: usize,
    /// Names were left on it because it became too long: what follows a brace is not tried again.
    left: bool,
    /// It is the file's own, without anything to undo: what follows a brace neither.
    plain: bool,
}

impl Current {
    fn restart(&mut self) {
        self.made.clear();
        self.tokens.clear();
        (self.next, self.left, self.plain) = (0, false, false);
    }
}

/// A line on its way to becoming statements.
#[derive(Clone, Debug)]
struct Line {
    text: Vec<u8>,
    at: Location,
    how: How,
}

/// Reads files and hands out statements.
pub(crate) struct Expander<'a> {
    source: &'a dyn Source,
    options: &'a Options,
    pub(crate) files: Files,
    frames: Vec<Frame>,
    pub(crate) check: IncludeCheck,
    definitions: Definitions,
    defining: Option<Defining>,
    multi: Vec<Multi>,
    /// Sequences above this many are inside the multi-line definition being expanded.
    multi_sequences: usize,
    sequences: Vec<Sequence>,
    residue: Option<Line>,
    current: Current,
    at: Location,
    how: How,
    lines: usize,
    spent: Spent,
    /// Whether the lines are read as keepalived's parent reads them. Its children read a copy with the comments
    /// already cut off, and cut again: a backslash before `#` is spent by then.
    pub(crate) parent: bool,
    /// This is a part of a file, read without knowing what stands before it: a line that needs to know ends it.
    is_part: bool,
    /// An include that had to succeed did not.
    pub(crate) unreadable: bool,
    /// A limit was reached: nothing more is read.
    pub(crate) halted: bool,
}

impl<'a> Expander<'a> {
    pub(crate) fn new(source: &'a dyn Source, options: &'a Options) -> Self {
        Self {
            source,
            options,
            files: Files::default(),
            frames: Vec::new(),
            check: if options.all_includes { IncludeCheck::ALL } else { IncludeCheck::NONE },
            definitions: Definitions::new(options.random_seed),
            defining: None,
            multi: Vec::new(),
            multi_sequences: 0,
            sequences: Vec::new(),
            residue: None,
            current: Current::default(),
            at: Location { file: crate::files::FileId::FIRST, start: 0, end: 0 },
            how: How::Typed,
            lines: 0,
            spent: Spent::new(&options.limits),
            parent: false,
            is_part: false,
            unreadable: false,
            halted: false,
        }
    }

    /// Restarts `${_RANDOM}`.
    pub(crate) fn seed(&mut self, seed: u32) {
        self.definitions.seed(seed);
    }

    /// The next statement: the words of a line up to a brace, or one brace. False at the end.
    pub(crate) fn next(&mut self, statement: &mut Statement, sink: &mut Sink) -> bool {
        loop {
            if self.take(statement, sink) {
                return true;
            }
            if self.halted || !self.advance(sink) {
                statement.clear(How::Typed);
                return false;
            }
        }
    }

    /// Moves to the next line, whichever way it comes. False when there is none.
    fn advance(&mut self, sink: &mut Sink) -> bool {
        self.lines += 1;
        if self.lines > self.options.limits.lines {
            self.limit(sink, format!("more than {} lines were read or made", self.options.limits.lines));
            return false;
        }
        if self.residue.is_none() && self.sequences.is_empty() && self.multi.is_empty() {
            return self.next_of_file(sink);
        }
        let made = self.residue.take().or_else(|| self.next_of_sequence()).or_else(|| self.next_of_multi());
        let Some(line) = made else { return self.next_of_file(sink) };
        if !self.yielded(line.text.len(), line.at, sink) {
            return false;
        }
        self.process(line, sink);
        true
    }

    /// Reads one line of the file at hand. False when all files are read.
    fn next_of_file(&mut self, sink: &mut Sink) -> bool {
        let Some(frame) = self.frames.last_mut() else { return false };
        if self.defining.is_none() {
            self.current.restart();
            let (rest, start) = frame.rest();
            let len = plain::split(rest, start as u32, &mut self.current.tokens).unwrap_or(0);
            if len > 0 {
                frame.pass(len);
                self.current.plain = true;
                self.at = Location { file: frame.file(), start: start as u32, end: (start + len) as u32 };
                self.how = How::Typed;
                return true;
            }
            self.current.tokens.clear();
        }
        let Some((start, end)) = frame.next_line() else {
            self.next_file(sink);
            return true;
        };
        let at = Location { file: frame.file(), start: start as u32, end: end as u32 };
        let text = frame.shared_text();
        let raw = &text[start..end];
        let escapes = if self.parent { Escapes::Kept } else { Escapes::Spent };
        let (content, at) = line::content(raw, at, escapes);
        if content.is_empty() && raw.iter().all(u8::is_ascii_whitespace) {
            let _ = self.definition_ends();
            return true;
        }
        if raw.len() > LINE_MAX && !raw[..LINE_MAX].contains(&b'\n') {
            let text =
                format!("line of {} octets is too long, ignoring it: keepalived reads {LINE_MAX}", raw.len());
            sink.push(Diagnostic::new(Code::LineTooLong, Some(at), text));
        } else if raw.contains(&0) {
            sink.push(Diagnostic::new(Code::NulOctet, Some(at), "line with a NUL octet, ignoring it"));
        } else if content.is_empty() {
            self.comment_line(at, sink);
        } else if self.defining.is_some() || line::is_special(content) {
            self.process(Line { text: content.to_vec(), at, how: How::Typed }, sink);
            // One that becomes words is told of when they are read.
            if line::leaves_quote_open(content) && self.current.next >= self.current.tokens.len() {
                let message = format!("unmatched quote in '{}'", String::from_utf8_lossy(content));
                sink.push(Diagnostic::new(Code::UnmatchedQuote, Some(at), message));
            }
        } else if let Some(text) = line::glued(content) {
            self.process(Line { text, at, how: How::Typed }, sink);
        } else {
            self.current.made.clear();
            self.lex(content, at.start, Refs::Typed);
            (self.at, self.how) = (at, How::Typed);
        }
        if raw.contains(&b'\\') {
            warn_of_backslashes(raw, at, escapes, sink);
        }
        true
    }

    /// keepalived's children see a line of comment as an empty one, which ends a definition.
    fn comment_line(&mut self, at: Location, sink: &mut Sink) {
        if self.parent {
            return;
        }
        if let Some(name) = self.definition_ends() {
            let message = format!("this comment ends the definition of ${name}, as it does in keepalived");
            sink.push(Diagnostic::new(Code::Unusual, Some(at), message));
        }
    }

    fn lex(&mut self, text: &[u8], base: u32, refs: Refs) {
        self.current.tokens.clear();
        (self.current.next, self.current.left, self.current.plain) = (0, false, false);
        lex_line(text, base, refs, &mut self.current.tokens);
    }

    /// Undoes what is to be undone on a line; what is left becomes the line at hand.
    fn process(&mut self, mut line: Line, sink: &mut Sink) {
        if self.is_part {
            self.halted = true;
            return;
        }
        if self.defining.is_some() {
            self.definition_goes_on(&line.text, sink);
            return;
        }
        if line.text.first() == Some(&b'@') && !self.condition(&mut line.text) {
            return;
        }
        if line.text.first() == Some(&b'$') && self.begin_definition(&line, sink) {
            return;
        }
        if line.text.starts_with(b"~SEQ") || line.text.starts_with(b"~LST") {
            self.begin_sequence(&line, sink);
            return;
        }
        let mut left = false;
        if line.text.first() != Some(&b'~') && line.text.contains(&b'$') {
            left = self.substitute(&mut line, sink);
        }
        if let Some(include) = include::recognise(&line.text) {
            self.include(include, line.at, line.how, sink);
            return;
        }
        let Line { text, at, how } = line;
        self.lex(&text, 0, Refs::Substituted);
        self.current.made = text;
        self.current.left = left;
        (self.at, self.how) = (at, how);
    }

    /// `@ID rest`, `@^ID rest`: cuts the condition off. False if the line is not for this configuration.
    fn condition(&self, text: &mut Vec<u8>) -> bool {
        let negated = text.get(1) == Some(&b'^');
        let start = 1 + usize::from(negated);
        let Some(len) = text[start..].iter().position(|octet| matches!(octet, b' ' | b'\t')) else {
            return false;
        };
        let id = self.options.config_id.as_deref().map(str::as_bytes);
        if (id == Some(&text[start..start + len])) == negated {
            return false;
        }
        text.drain(..start + len);
        line::trim(text);
        true
    }

    /// A limit was reached: says so once and reads no further.
    fn limit(&mut self, sink: &mut Sink, message: String) {
        if !std::mem::replace(&mut self.halted, true) {
            sink.push(Diagnostic::new(Code::Limit, Some(self.at), message));
        }
    }
}

/// What keepalived makes of backslashes is not what most people expect.
fn warn_of_backslashes(raw: &[u8], at: Location, escapes: Escapes, sink: &mut Sink) {
    let cut = comment_start(raw, Escapes::Spent);
    if escapes == Escapes::Spent && cut < comment_start(raw, Escapes::Kept) {
        // `\#` is a character only inside of `global_defs`: elsewhere it is taken for a comment.
        let message = "keepalived takes '\\#' and '\\!' for a comment here; quote the word to keep the sign";
        sink.push(Diagnostic::new(Code::Unusual, Some(at), message));
    }
    if hides_quote(&raw[..cut]) {
        let message = "a backslash hides a quote from keepalived here, it is taken for one all the same";
        let mut diagnostic = Diagnostic::new(Code::UnmatchedQuote, Some(at), message);
        diagnostic.class = Class::General;
        sink.push(diagnostic);
    }
}
