//! A tree over the tokens: statements and the blocks they open.
//!
//! It groups what stands there by lines and braces, whatever the words mean; grouping never fails. What
//! keepalived makes of it (a keyword decides whether a brace opens a block) is `lower`'s business.

use std::ops::Range;

use super::lex::{Kind, Token, lex};

/// How deep blocks are followed; braces beyond it stay in the block they are in.
const DEPTH_MAX: usize = 64;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// A line of words.
    Statement,
    /// Words and a block in braces.
    Block,
    /// `$NAME=...` with its further lines.
    Definition,
    /// A comment on a line of its own.
    Comment,
    /// A closing brace that closes nothing.
    Stray,
}

/// A node: ranges of indices into the tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub shape: Shape,
    /// Its first line: the words, the blanks between them and the comment behind them.
    pub head: Range<u32>,
    /// All of it.
    pub tokens: Range<u32>,
    /// What is between its braces.
    pub body: Vec<Node>,
    /// Whether its brace is closed. True where there is none.
    pub closed: bool,
}

/// A file as tokens and tree.
#[derive(Clone, Debug)]
pub struct Parse {
    text: Vec<u8>,
    tokens: Vec<Token>,
    nodes: Vec<Node>,
}

/// Groups a file. Never fails.
pub fn parse(text: Vec<u8>) -> Parse {
    let tokens = lex(&text);
    let mut grouper = Grouper { text: &text, tokens: &tokens, at: 0, depth: 0 };
    let nodes = grouper.nodes();
    Parse { nodes, tokens, text }
}

impl Parse {
    /// The octets parsed.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Every token in order.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The nodes at root level.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The text put together from the tokens again: what was parsed, octet for octet.
    pub fn print(&self) -> Vec<u8> {
        self.tokens.iter().flat_map(|token| self.octets(*token)).copied().collect()
    }

    /// The octets of one token.
    pub fn octets(&self, token: Token) -> &[u8] {
        &self.text[token.start as usize..token.end as usize]
    }

    /// The words of a node's head, quotes kept.
    pub fn words(&self, node: &Node) -> impl Iterator<Item = &[u8]> {
        let head = &self.tokens[node.head.start as usize..node.head.end as usize];
        head.iter()
            .filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted | Kind::Unclosed))
            .map(|token| self.octets(*token))
    }
}

struct Grouper<'a> {
    text: &'a [u8],
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Grouper<'_> {
    fn kind(&self) -> Option<Kind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    /// Nodes up to the brace that closes the block they are in, which is left for the caller.
    fn nodes(&mut self) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let Some(kind) = self.kind() {
            let start = self.at;
            match kind {
                Kind::Bom | Kind::Blank | Kind::Newline => self.at += 1,
                Kind::Close if self.depth > 0 => break,
                Kind::Close => {
                    self.at += 1;
                    nodes.push(self.leaf(Shape::Stray, start));
                }
                Kind::Comment => {
                    self.at += 1;
                    nodes.push(self.leaf(Shape::Comment, start));
                }
                Kind::Open => nodes.push(self.block(start, start)),
                Kind::Word if self.is_definition() => {
                    self.definition();
                    nodes.push(self.leaf(Shape::Definition, start));
                }
                Kind::Word | Kind::Quoted | Kind::Unclosed => nodes.push(self.statement()),
            }
        }
        nodes
    }

    fn leaf(&self, shape: Shape, start: usize) -> Node {
        let all = start as u32..self.at as u32;
        Node { shape, head: all.clone(), tokens: all, body: Vec::new(), closed: true }
    }

    fn statement(&mut self) -> Node {
        let start = self.at;
        while matches!(
            self.kind(),
            Some(Kind::Word | Kind::Quoted | Kind::Unclosed | Kind::Blank | Kind::Comment)
        ) {
            self.at += 1;
        }
        let head = self.at;
        // An opening brace may stand on a later line, behind blank lines and comments.
        while matches!(self.kind(), Some(Kind::Newline | Kind::Blank | Kind::Comment)) {
            self.at += 1;
        }
        if self.kind() == Some(Kind::Open) && self.depth < DEPTH_MAX {
            return self.block(start, head);
        }
        self.at = head;
        self.leaf(Shape::Statement, start)
    }

    /// A block whose head is `start..head`; the brace is the token at hand.
    fn block(&mut self, start: usize, head: usize) -> Node {
        self.at += 1;
        if self.depth >= DEPTH_MAX {
            return self.leaf(Shape::Statement, start);
        }
        self.depth += 1;
        let body = self.nodes();
        self.depth -= 1;
        let closed = self.kind() == Some(Kind::Close);
        self.at += usize::from(closed);
        Node {
            shape: Shape::Block,
            head: start as u32..head as u32,
            tokens: start as u32..self.at as u32,
            body,
            closed,
        }
    }

    fn octets(&self, token: Token) -> &[u8] {
        &self.text[token.start as usize..token.end as usize]
    }

    /// Whether the word at hand begins `$NAME=...` at the start of its line.
    fn is_definition(&self) -> bool {
        let word = self.octets(self.tokens[self.at]);
        let Some(name) = word.strip_prefix(b"$") else { return false };
        let len = name.iter().take_while(|octet| octet.is_ascii_alphanumeric() || **octet == b'_').count();
        let before = self.tokens[..self.at].iter().rev().find(|token| token.kind != Kind::Blank);
        len > 0
            && name.get(len) == Some(&b'=')
            && before.is_none_or(|token| matches!(token.kind, Kind::Newline | Kind::Bom))
    }

    /// Moves behind a definition: its line, and one more line after each that ends in a backslash.
    fn definition(&mut self) {
        loop {
            let mut last = None;
            while let Some(kind) = self.kind().filter(|kind| *kind != Kind::Newline) {
                if !matches!(kind, Kind::Blank | Kind::Comment) {
                    last = Some(self.tokens[self.at]);
                }
                self.at += 1;
            }
            let goes_on = last.is_some_and(|token| self.octets(token).ends_with(b"\\"));
            if !goes_on || self.kind().is_none() {
                return;
            }
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parse: &Parse, nodes: &[Node]) -> String {
        let one = |node: &Node| {
            let words: Vec<_> = parse.words(node).map(String::from_utf8_lossy).collect();
            match node.shape {
                Shape::Block => format!("{}{{{}}}", words.join(" "), shown(parse, &node.body)),
                Shape::Statement => words.join(" "),
                shape => format!("{shape:?}"),
            }
        };
        nodes.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn groups_by_lines_and_braces() {
        for (text, want) in [
            ("a b\nc", "a b; c"),
            ("a {\n b 1\n c {}\n}\nd", "a{b 1; c{}}; d"),
            ("a # x\n\n{ b }", "a{b}"),
            ("v { 10.0.0.1 }", "v{10.0.0.1}"),
            ("a {", "a{}"),
            ("} a", "Stray; a"),
            ("# x\na", "Comment; a"),
            ("$A= \\\n b { \\\n c \\\n }\nd", "Definition; d"),
            ("{ a }", "{a}"),
        ] {
            let parse = parse(text.as_bytes().to_vec());
            assert_eq!(shown(&parse, parse.nodes()), want, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_bounded() {
        let text = "a{".repeat(100_000);
        let parse = parse(text.into_bytes());
        assert_eq!(parse.print().len(), 200_000);
    }
}
