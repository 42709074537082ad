//! Which brace closes which block of a file, as typed: for saying where things are, not for reading them.

use std::collections::HashMap;
use std::ops::Range;

use crate::syntax::{Kind, Token, lex};

/// The tokens of a file with its braces paired.
pub(crate) struct Blocks<'a> {
    text: &'a [u8],
    tokens: Vec<Token>,
    /// For the index of a brace, that of its partner.
    partners: HashMap<usize, usize>,
}

impl<'a> Blocks<'a> {
    pub(crate) fn of(text: &'a [u8]) -> Self {
        let tokens = lex(text);
        let (mut open, mut partners) = (Vec::new(), HashMap::new());
        for (index, token) in tokens.iter().enumerate() {
            match token.kind {
                Kind::Open => open.push(index),
                Kind::Close => {
                    if let Some(opened) = open.pop() {
                        partners.extend([(opened, index), (index, opened)]);
                    }
                }
                _ => {}
            }
        }
        Self { text, tokens, partners }
    }

    /// The block of the statement that begins at an offset, if it has one that is closed.
    pub(crate) fn behind(&self, start: u32) -> Option<Range<u32>> {
        let first = self.tokens.partition_point(|token| token.start < start);
        let mut ended = false;
        for (index, token) in self.tokens.iter().enumerate().skip(first) {
            match token.kind {
                Kind::Open => {
                    let close = self.tokens[*self.partners.get(&index)?];
                    return Some(token.start..close.end);
                }
                Kind::Close => return None,
                Kind::Newline => ended = true,
                Kind::Blank | Kind::Comment | Kind::Bom => {}
                Kind::Word | Kind::Quoted | Kind::Unclosed if ended => return None,
                Kind::Word | Kind::Quoted | Kind::Unclosed => {}
            }
        }
        None
    }

    /// The token right before an offset, blanks and comments apart.
    pub(crate) fn before(&self, start: u32) -> Option<Token> {
        self.index_before(start).map(|index| self.tokens[index])
    }

    fn index_before(&self, start: u32) -> Option<usize> {
        let first = self.tokens.partition_point(|token| token.start < start);
        let blank =
            |token: &Token| matches!(token.kind, Kind::Blank | Kind::Newline | Kind::Comment | Kind::Bom);
        self.tokens[..first].iter().rposition(|token| !blank(token))
    }

    /// The brace right before an offset, blanks and comments apart, if it closes a block: with the block's name.
    pub(crate) fn ended_before(&self, start: u32) -> Option<(Range<u32>, &'a [u8])> {
        let close = self.index_before(start)?;
        let token = self.tokens[close];
        let open = (token.kind == Kind::Close).then(|| self.partners.get(&close)).flatten()?;
        Some((token.start..token.end, self.head(*open)?))
    }

    /// The first word of the statement that an opening brace belongs to.
    fn head(&self, open: usize) -> Option<&'a [u8]> {
        let mut head = None;
        for token in self.tokens[..open].iter().rev() {
            match token.kind {
                Kind::Word => head = Some(*token),
                Kind::Open | Kind::Close => break,
                Kind::Newline if head.is_some() => break,
                _ => {}
            }
        }
        head.map(|token| &self.text[token.start as usize..token.end as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_by_their_words() {
        let text = b"a 1 { b { } }\n# c\nd\n{\n}\ne\n";
        let blocks = Blocks::of(text);
        let shown =
            |range: Range<u32>| std::str::from_utf8(&text[range.start as usize..range.end as usize]).unwrap();
        assert_eq!(blocks.behind(0).map(shown), Some("{ b { } }"));
        assert_eq!(blocks.behind(6).map(shown), Some("{ }"));
        assert_eq!(blocks.behind(18).map(shown), Some("{\n}"));
        assert_eq!(blocks.behind(24), None);
        assert_eq!(blocks.ended_before(18).map(|(_, name)| name), Some(&b"a"[..]));
        assert_eq!(blocks.ended_before(24).map(|(_, name)| name), Some(&b"d"[..]));
        assert_eq!(blocks.ended_before(6), None);
    }
}
