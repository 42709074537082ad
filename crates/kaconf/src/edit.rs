//! Editing a file in place: a keyword set, a line added or removed, every other octet as it was.
//!
//! What is typed is edited, not what it comes to: nothing is included or substituted. A line under a condition
//! (`@ID`), a definition and what a name stands for are not looked into.

mod place;

use std::ops::Range;

use crate::syntax::{Escapes, Kind, Node, Parse, Refs, Shape, comment_start, lex_line, parse};

use place::Place;

/// Why an edit was not made. The text is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// There is no such block.
    #[error("there is no block '{0}'")]
    NoBlock(String),
    /// The block's closing brace is missing, so that nobody can say where it ends.
    #[error("the block '{0}' is not closed")]
    NotClosed(String),
    /// What is to be put in would not read as the words of one line.
    #[error("'{0}' is not a line of words: quote what has braces, comment signs or blanks")]
    NotWords(String),
    /// What stands before it goes on: an open block, or a definition of several lines.
    #[error("'{0}' would become a part of what stands before it")]
    Swallowed(String),
    /// keepalived would ignore the line.
    #[error("the line would be longer than keepalived reads")]
    TooLong,
}

/// A configuration file that is being edited.
///
/// Blocks are named by their heads from the outermost inwards, `["vrrp_instance VI_1", "virtual_ipaddress"]`; no
/// head is the root. Where several blocks have the same head, the first is meant: keepalived skips the others
/// of most kinds.
///
/// ```
/// let mut file = kaconf::edit::Document::new("vrrp_instance VI_1 {\n  priority  100 # low\n}\n");
/// file.set(&["vrrp_instance VI_1"], "priority", "150")?;
/// file.set(&["vrrp_instance VI_1"], "state", "MASTER")?;
/// assert_eq!(file.text(), b"vrrp_instance VI_1 {\n  priority  150 # low\n  state MASTER\n}\n");
/// # Ok::<(), kaconf::edit::EditError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    parse: Parse,
}

impl Document {
    /// A file by its octets.
    pub fn new(text: impl Into<Vec<u8>>) -> Self {
        Self { parse: parse(text.into()) }
    }

    /// The file as it is now.
    pub fn text(&self) -> &[u8] {
        self.parse.text()
    }

    /// The tree of the file as it is now.
    pub fn parse(&self) -> &Parse {
        &self.parse
    }

    /// What stands behind a keyword of a block, as typed, where it is given last: that is the one that counts.
    /// `None` if the block or the keyword is not there.
    pub fn get(&self, block: &[&str], keyword: &str) -> Option<&[u8]> {
        let place = Place::find(&self.parse, block).ok()?;
        let node = self.statements(place.nodes, keyword).next_back()?;
        Some(&self.text()[self.value(node)])
    }

    /// Gives a keyword of a block a value, in the line where it is given last, or in a new line at the end of the
    /// block. An empty value is for a keyword that has none.
    ///
    /// # Errors
    ///
    /// No such block, or not a keyword and a value; nothing was changed.
    pub fn set(&mut self, block: &[&str], keyword: &str, value: &str) -> Result<(), EditError> {
        if place::unquoted(keyword).len() != 1 {
            return Err(EditError::NotWords(keyword.to_owned()));
        }
        let line = format!("{keyword} {value}");
        let line = line.trim_ascii();
        words(line.as_bytes())?;
        let place = Place::find(&self.parse, block)?;
        let Some(node) = self.statements(place.nodes, keyword).next_back() else {
            return self.add(block, line);
        };
        let old = self.value(node);
        let value = value.trim_ascii().as_bytes();
        let value = if old.is_empty() && !value.is_empty() { [b" ", value].concat() } else { value.to_vec() };
        self.replace(old, &value, block, line)
    }

    /// Puts a line of words in, at the end of a block.
    ///
    /// # Errors
    ///
    /// No such block, or not a line of words; nothing was changed.
    pub fn add(&mut self, block: &[&str], line: &str) -> Result<(), EditError> {
        let line = line.trim_ascii();
        words(line.as_bytes())?;
        let place = Place::find(&self.parse, block)?;
        let (range, text) = place.new_line(&self.parse, line.as_bytes());
        self.replace(range, &text, block, line)
    }

    /// Takes every statement and block out of a block that begins with these words, with the comment behind it.
    /// Returns how many there were.
    ///
    /// # Errors
    ///
    /// No such block; nothing was changed.
    pub fn remove(&mut self, block: &[&str], line: &str) -> Result<usize, EditError> {
        let place = Place::find(&self.parse, block)?;
        let gone: Vec<_> =
            self.named(place.nodes, line).map(|node| place::whole_line(&self.parse, node)).collect();
        let mut text = Vec::with_capacity(self.text().len());
        let mut at = 0;
        for range in &gone {
            text.extend_from_slice(&self.text()[at..range.start]);
            at = range.end;
        }
        text.extend_from_slice(&self.text()[at..]);
        self.parse = parse(text);
        Ok(gone.len())
    }

    /// The statements of a block that begin with these words.
    fn statements<'a>(&'a self, nodes: &'a [Node], words: &str) -> impl DoubleEndedIterator<Item = &'a Node> {
        self.named(nodes, words).filter(|node| node.shape == Shape::Statement)
    }

    /// The statements and closed blocks of a block that begin with these words.
    fn named<'a>(&'a self, nodes: &'a [Node], words: &str) -> impl DoubleEndedIterator<Item = &'a Node> {
        let wanted = place::unquoted(words);
        let begins = move |node: &&Node| {
            matches!(node.shape, Shape::Statement | Shape::Block)
                && node.closed
                && !wanted.is_empty()
                && place::words(&self.parse, node).take(wanted.len()).eq(wanted.iter().map(Vec::as_slice))
        };
        nodes.iter().filter(begins)
    }

    /// Where the words behind the first of a statement are; an empty range behind it if there are none.
    fn value(&self, node: &Node) -> Range<usize> {
        let head = &self.parse.tokens()[node.head.start as usize..node.head.end as usize];
        let mut words = head.iter().filter(|token| !matches!(token.kind, Kind::Blank | Kind::Comment));
        let first = words.next().map_or(0, |token| token.end as usize);
        let start = words.next().map_or(first, |token| token.start as usize);
        let last = head.iter().rfind(|token| !matches!(token.kind, Kind::Blank | Kind::Comment));
        start..last.map_or(start, |token| token.end as usize).max(start)
    }

    /// Replaces some octets, if then the line is one of the block, and the last of its keyword.
    fn replace(
        &mut self,
        range: Range<usize>,
        with: &[u8],
        block: &[&str],
        line: &str,
    ) -> Result<(), EditError> {
        let (before, behind) = (&self.text()[..range.start], &self.text()[range.end..]);
        let text = [before, with, behind].concat();
        let end = before.len() + with.len();
        let start = text[..range.start].iter().rposition(|octet| *octet == b'\n').map_or(0, |last| last + 1);
        let rest =
            text[end..].iter().position(|octet| *octet == b'\n').map_or(text.len(), |first| end + first);
        let too_long = |line: &[u8]| line.len() >= crate::expand::LINE_MAX;
        if text[start..rest].split(|octet| *octet == b'\n').any(too_long) {
            return Err(EditError::TooLong);
        }
        let edited = Self { parse: parse(text) };
        let wanted = place::unquoted(line);
        let wanted = || wanted.iter().map(Vec::as_slice);
        let place = Place::find(&edited.parse, block)?;
        let same_keyword = |node: &&Node| {
            matches!(node.shape, Shape::Statement | Shape::Definition)
                && place::words(&edited.parse, node).next() == wanted().next()
        };
        match place.nodes.iter().rfind(same_keyword) {
            Some(node) if place::words(&edited.parse, node).eq(wanted()) => *self = edited,
            _ => return Err(EditError::Swallowed(line.to_owned())),
        }
        Ok(())
    }
}

/// Refuses what is not words of one line.
fn words(line: &[u8]) -> Result<(), EditError> {
    let mut tokens = Vec::new();
    lex_line(line, 0, Refs::Typed, &mut tokens);
    let is_word = |kind| matches!(kind, Kind::Word | Kind::Quoted | Kind::Blank);
    let ends = [Escapes::Kept, Escapes::Spent].map(|escapes| comment_start(line, escapes));
    let fine = !line.is_empty()
        && !line.iter().any(|octet| matches!(octet, 0 | b'\n' | b'\r'))
        && !line.ends_with(b"\\")
        && ends == [line.len(); 2]
        && tokens.iter().all(|token| is_word(token.kind));
    if fine { Ok(()) } else { Err(EditError::NotWords(String::from_utf8_lossy(line).into_owned())) }
}

#[cfg(test)]
mod tests;
