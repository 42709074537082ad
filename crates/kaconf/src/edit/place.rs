//! Where in a file an edit takes place: blocks found by their heads, lines and their ends.

use std::ops::Range;

use super::EditError;
use crate::expand::begins_special;
use crate::syntax::{Kind, Node, Parse, Refs, Shape, lex_line};

/// A block, or the root.
pub(super) struct Place<'a> {
    /// What is in it.
    pub(super) nodes: &'a [Node],
    block: Option<&'a Node>,
}

impl<'a> Place<'a> {
    pub(super) fn find(parse: &'a Parse, heads: &[&str]) -> Result<Self, EditError> {
        let mut place = Place { nodes: parse.nodes(), block: None };
        for head in heads {
            let wanted = unquoted(head);
            let is_it = |node: &&Node| {
                node.shape == Shape::Block
                    && words(parse, node).eq(wanted.iter().map(Vec::as_slice))
                    && !begins_special(&parse.text()[start_of(parse, node)..])
            };
            let node =
                place.nodes.iter().find(is_it).ok_or_else(|| EditError::NoBlock((*head).to_owned()))?;
            // A brace on the line of a condition, a definition or an include belongs to that.
            let takes_all = |inner: &Node| {
                let start = start_of(parse, inner);
                !begins_line(parse.text(), start) && begins_special(&parse.text()[start..])
            };
            if !node.closed || node.body.iter().any(takes_all) {
                return Err(EditError::NotClosed((*head).to_owned()));
            }
            place = Place { nodes: &node.body, block: Some(node) };
        }
        Ok(place)
    }

    /// What a new line at the end takes the place of, and the line with the blanks and line ends around it.
    pub(super) fn new_line(&self, parse: &Parse, line: &[u8]) -> (Range<usize>, Vec<u8>) {
        let text = parse.text();
        let end: &[u8] = if text.windows(2).any(|pair| pair == b"\r\n") { b"\r\n" } else { b"\n" };
        let Some(block) = self.block else {
            let before: &[u8] = if text.is_empty() || text.ends_with(b"\n") { b"" } else { end };
            return (text.len()..text.len(), [before, line, end].concat());
        };
        let brace = parse.tokens()[block.tokens.end as usize - 1].start as usize;
        let outside = indentation(text, start_of(parse, block));
        let leads = |node: &&Node| {
            matches!(node.shape, Shape::Statement | Shape::Block) && begins_line(text, start_of(parse, node))
        };
        let indent = match self.nodes.iter().rfind(leads) {
            Some(node) => indentation(text, start_of(parse, node)).to_vec(),
            None => [outside, b"    "].concat(),
        };
        let begin = line_start(text, brace);
        if text[begin..brace].iter().all(|octet| matches!(octet, b' ' | b'\t')) {
            return (begin..begin, [&indent, line, end].concat());
        }
        // The brace does not stand alone: it gets a line of its own.
        let blanks = text[..brace].iter().rev().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
        (brace - blanks..brace, [end, &indent, line, end, outside].concat())
    }
}

/// The range of a statement or block, comment included; with its line end if nothing else is on the line.
pub(super) fn whole_line(parse: &Parse, node: &Node) -> Range<usize> {
    let (text, tokens) = (parse.text(), parse.tokens());
    let start = start_of(parse, node);
    let behind = tokens[node.tokens.end as usize..].iter();
    let more = behind.take_while(|token| matches!(token.kind, Kind::Blank | Kind::Comment)).count();
    let last = node.tokens.end as usize + more;
    let end = tokens[last - 1].end as usize;
    match tokens.get(last) {
        Some(next) if next.kind != Kind::Newline => start..end,
        next if begins_line(text, start) => {
            line_start(text, start)..next.map_or(end, |next| next.end as usize)
        }
        _ => start..end,
    }
}

/// The words of a head, without their quotes.
pub(super) fn words<'a>(parse: &'a Parse, node: &'a Node) -> impl Iterator<Item = &'a [u8]> {
    parse.words(node).map(unquote)
}

/// The words of a text, without their quotes.
pub(super) fn unquoted(text: &str) -> Vec<Vec<u8>> {
    let mut tokens = Vec::new();
    lex_line(text.as_bytes(), 0, Refs::Typed, &mut tokens);
    tokens.retain(|token| matches!(token.kind, Kind::Word | Kind::Quoted | Kind::Unclosed));
    tokens
        .iter()
        .map(|token| unquote(&text.as_bytes()[token.start as usize..token.end as usize]).to_vec())
        .collect()
}

fn unquote(word: &[u8]) -> &[u8] {
    word.strip_prefix(b"\"").map_or(word, |rest| rest.strip_suffix(b"\"").unwrap_or(rest))
}

fn start_of(parse: &Parse, node: &Node) -> usize {
    parse.tokens()[node.tokens.start as usize].start as usize
}

fn line_start(text: &[u8], at: usize) -> usize {
    text[..at].iter().rposition(|octet| *octet == b'\n').map_or(0, |last| last + 1)
}

/// The blanks at the start of the line that holds `at`.
fn indentation(text: &[u8], at: usize) -> &[u8] {
    let line = &text[line_start(text, at)..];
    let len = line.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    &line[..len]
}

fn begins_line(text: &[u8], at: usize) -> bool {
    text[line_start(text, at)..at].iter().all(|octet| matches!(octet, b' ' | b'\t'))
}
