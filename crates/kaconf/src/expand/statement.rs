//! Statements: the words of a line between braces, or one brace, with the place of each word.

use std::borrow::Cow;

use super::{Expander, Line, line};
use crate::code::Code;
use crate::diag::{Diagnostic, Sink};
use crate::files::{FileId, Location};
use crate::syntax::{Kind, Token, unescape};

/// How a statement came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum How {
    /// It stands so in the file.
    #[default]
    Typed,
    /// Names were replaced on the line.
    Substituted,
    /// It is a line of the multi-line definition there.
    Definition(Location),
    /// It was repeated by the sequence there.
    Sequence(Location),
}

#[derive(Clone, Copy, Debug)]
struct Word {
    start: u32,
    end: u32,
    at: Location,
}

/// A statement. Reused from line to line, so that reading does not allocate.
#[derive(Debug, Default)]
pub(crate) struct Statement {
    text: Vec<u8>,
    words: Vec<Word>,
    /// The line as typed, with its quotes and blanks: what runs a command splits it in its own way. Empty where
    /// `text` is that.
    line: Vec<u8>,
    how: How,
    brace: Brace,
}

/// Whether a statement is a brace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Brace {
    #[default]
    None,
    Open,
    Close,
}

impl Statement {
    /// How many words it has; at least one.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The octets of a word; empty if there is none.
    pub(crate) fn word(&self, index: usize) -> &[u8] {
        self.words.get(index).map_or(&[], |word| self.octets(word))
    }

    fn octets(&self, word: &Word) -> &[u8] {
        &self.text[word.start as usize..word.end as usize]
    }

    /// A word as text; octets that are not UTF-8 are replaced.
    pub(crate) fn text(&self, index: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(self.word(index))
    }

    /// All of it as typed: quotes and blanks are kept.
    pub(crate) fn line(&self) -> &[u8] {
        if self.line.is_empty() { &self.text } else { &self.line }
    }

    /// Where a word is, or the last one if there is none of that number.
    pub(crate) fn at(&self, index: usize) -> Option<Location> {
        self.words.get(index).or(self.words.last()).map(|word| word.at)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.brace == Brace::Open
    }

    pub(crate) fn is_close(&self) -> bool {
        self.brace == Brace::Close
    }

    /// Adds how the statement came about to a diagnostic about it.
    pub(crate) fn explain(&self, diagnostic: Diagnostic) -> Diagnostic {
        let shown = || {
            let words: Vec<_> = (0..self.len()).map(|index| self.text(index)).collect();
            words.join(" ")
        };
        match self.how {
            How::Typed => match self.words.iter().position(|word| names_something(self.octets(word))) {
                Some(index) => {
                    let text = format!(
                        "'{}' stands as it was typed: there is no definition to replace it by",
                        self.text(index)
                    );
                    diagnostic.note(None, text)
                }
                None => diagnostic,
            },
            How::Substituted => {
                let line = format!("'{}'", shown());
                // Of a single word, the message says it all.
                if diagnostic.message.contains(&line) {
                    return diagnostic;
                }
                diagnostic.note(None, format!("with its names replaced the line reads {line}"))
            }
            How::Definition(at) => {
                diagnostic.note(Some(at), format!("the line '{}' comes from this definition", shown()))
            }
            How::Sequence(at) => {
                diagnostic.note(Some(at), format!("the line '{}' comes from this sequence", shown()))
            }
        }
    }

    pub(super) fn clear(&mut self, how: How) {
        self.text.clear();
        self.words.clear();
        self.line.clear();
        self.how = how;
        self.brace = Brace::None;
    }

    /// Becomes the words of these tokens of a file, without anything between them that is not as it is typed.
    fn become_plain(&mut self, text: &[u8], tokens: &[Token], file: FileId) {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        self.brace = match first.kind {
            Kind::Open => Brace::Open,
            Kind::Close => Brace::Close,
            _ => Brace::None,
        };
        let base = first.start;
        self.text.extend_from_slice(&text[base as usize..last.end as usize]);
        self.words.extend(tokens.iter().map(|token| Word {
            start: token.start - base,
            end: token.end - base,
            at: Location { file, start: token.start, end: token.end },
        }));
    }

    fn push(&mut self, octets: &[u8], escaped: bool, at: Location) {
        let start = self.text.len() as u32;
        if escaped && octets.contains(&b'\\') {
            unescape(octets, &mut self.text);
        } else {
            self.text.extend_from_slice(octets);
        }
        if self.words.is_empty() {
            // A word in quotes that is a brace is one, too.
            self.brace = match &self.text[start as usize..] {
                b"{" => Brace::Open,
                b"}" => Brace::Close,
                _ => Brace::None,
            };
        }
        self.words.push(Word { start, end: self.text.len() as u32, at });
    }
}

/// Whether a word looks as if it used a definition.
fn names_something(word: &[u8]) -> bool {
    word.windows(2)
        .any(|pair| pair[0] == b'$' && (pair[1].is_ascii_alphabetic() || matches!(pair[1], b'_' | b'{')))
}

impl Expander<'_> {
    /// Hands out the next statement of the line at hand. False if there is none left.
    pub(super) fn take(&mut self, statement: &mut Statement, sink: &mut Sink) -> bool {
        if self.current.next >= self.current.tokens.len() {
            return false;
        }
        let Some(frame) = self.frames.last() else { return false };
        if self.current.plain {
            statement.clear(How::Typed);
            let rest = &self.current.tokens[self.current.next..];
            // Where no word is, there is a brace.
            let words = rest.iter().position(|token| token.kind != Kind::Word).unwrap_or(rest.len());
            let taken = words.max(1);
            statement.become_plain(frame.text(), &rest[..taken], self.at.file);
            self.current.next += taken;
            return true;
        }
        statement.clear(self.how);
        let typed = self.current.made.is_empty();
        let text: &[u8] = if typed { frame.text() } else { &self.current.made };
        while let Some(token) = self.current.tokens.get(self.current.next).copied() {
            let octets = &text[token.start as usize..token.end as usize];
            let at = if typed { Location { start: token.start, end: token.end, ..self.at } } else { self.at };
            match token.kind {
                Kind::Word => unescape(octets, &mut statement.line),
                Kind::Blank | Kind::Quoted | Kind::Unclosed => statement.line.extend_from_slice(octets),
                Kind::Open | Kind::Close | Kind::Comment | Kind::Newline | Kind::Bom => {}
            }
            match token.kind {
                Kind::Word => statement.push(octets, true, at),
                Kind::Quoted => statement.push(&octets[1..octets.len() - 1], false, at),
                Kind::Unclosed => {
                    let message = format!("unmatched quote: '{}'", String::from_utf8_lossy(octets));
                    sink.push(Diagnostic::new(Code::UnmatchedQuote, Some(at), message));
                }
                Kind::Open | Kind::Close if statement.len() == 0 => {
                    statement.push(octets, false, at);
                    self.current.next += 1;
                    self.keep_residue(typed);
                    return true;
                }
                Kind::Open | Kind::Close => return true,
                Kind::Blank | Kind::Comment | Kind::Newline | Kind::Bom => {}
            }
            self.current.next += 1;
        }
        statement.len() > 0
    }

    /// What follows a brace is a line of its own: if it needs more than splitting, it is taken off the tokens.
    fn keep_residue(&mut self, typed: bool) {
        if self.current.left {
            return;
        }
        let rest = &self.current.tokens[self.current.next..];
        let Some(first) = rest.iter().find(|token| token.kind != Kind::Blank) else { return };
        let end = rest.last().map_or(first.end, |token| token.end);
        let range = first.start as usize..end as usize;
        let text: &[u8] = if typed {
            let Some(frame) = self.frames.last() else { return };
            &frame.text()[range]
        } else {
            &self.current.made[range]
        };
        if line::begins_special(text) {
            self.residue = Some(Line { text: text.to_vec(), at: self.at, how: self.how });
            self.current.tokens.clear();
        }
    }
}
