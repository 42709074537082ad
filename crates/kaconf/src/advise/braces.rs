//! Braces that do not match: which block was left open, or closed too early, by indentation and by the keywords.
//!
//! keepalived notices at the end of the file, or at the next word it does not expect. People want to know where the
//! block begins. Files are looked at as typed, each by itself, and only when something is wrong with braces.

use std::ops::Range;

use super::{range, says_something};
use crate::code::Code;
use crate::diag::{Diagnostic, Note};
use crate::files::{FileId, Files, Location};
use crate::keywords::{self, Shape};
use crate::syntax::{Kind, Token, lex};

/// Blanks that a tab stands for, as far as indentation goes.
const TAB: usize = 8;

/// A block that is open.
#[derive(Clone, Debug)]
struct Open {
    brace: Range<u32>,
    name: String,
    /// Its path in the keyword table, `None` if nobody knows it.
    path: Option<String>,
    /// Of the line its name is on.
    indent: usize,
}

/// What is wrong with the braces of a file.
#[derive(Debug, Default)]
struct Fault {
    /// The block that was left open, and the token that cannot be inside of it.
    left_open: Option<(Open, Option<Token>)>,
    /// A brace that closed a block which began further left, and that block.
    early: Option<(Open, Range<u32>)>,
}

/// Moves a complaint about an open block to where it begins, and explains the others that come from it.
pub(super) fn help(diagnostics: &mut [Diagnostic], files: &Files) {
    let unclosed = diagnostics.iter().position(|diagnostic| diagnostic.code == Code::MissingClose);
    let extra = diagnostics.iter().any(|diagnostic| diagnostic.code == Code::ExtraClose);
    if unclosed.is_none() && !extra {
        return;
    }
    for (id, file) in files.with_ids() {
        let tokens = lex(file.text());
        let count = |kind| tokens.iter().filter(|token| token.kind == kind).count();
        if count(Kind::Open) == count(Kind::Close) && !extra {
            continue;
        }
        let fault = Scan::new(file.text()).run(&tokens);
        if let (Some((open, noticed)), Some(index)) = (&fault.left_open, unclosed) {
            blame(diagnostics, index, id, open, *noticed);
            return;
        }
        if let Some((open, close)) = &fault.early {
            explain_extra(diagnostics, id, open, close);
        }
    }
}

fn blame(diagnostics: &mut [Diagnostic], index: usize, file: FileId, open: &Open, noticed: Option<Token>) {
    let at = Location { file, start: open.brace.start, end: open.brace.end };
    diagnostics[index].at = Some(at);
    diagnostics[index].message =
        format!("'{}' is not closed: {}", open.name, diagnostics[index].message).into();
    let Some(noticed) = noticed else { return };
    let there = Location { file, start: noticed.start, end: noticed.end };
    let text = if noticed.kind == Kind::Close {
        "this brace closes it, but is indented like that of a block further out"
    } else {
        "this does not belong inside of it"
    };
    diagnostics[index].notes.push(Note { at: Some(there), text: text.into() });
    let here =
        diagnostics.iter_mut().filter(|other| other.code == Code::UnknownKeyword && other.at == Some(there));
    for other in here {
        other.helps.clear();
        other
            .notes
            .push(Note { at: Some(at), text: format!("the block '{}' is still open", open.name).into() });
    }
}

fn explain_extra(diagnostics: &mut [Diagnostic], file: FileId, open: &Open, close: &Range<u32>) {
    let at = Location { file, start: close.start, end: close.end };
    let later = |other: &&mut Diagnostic| {
        matches!(other.code, Code::ExtraClose | Code::UnknownKeyword)
            && other.at.is_some_and(|place| place.file == file && place.start >= close.start)
    };
    if let Some(first) = diagnostics.iter_mut().find(later) {
        let text = format!(
            "'{}' was closed by this brace already, which is indented like one inside of it",
            open.name
        );
        first.helps.clear();
        first.notes.clear();
        first.notes.push(Note { at: Some(at), text: text.into() });
    }
}

/// Goes through the tokens of a file with the blocks that are open.
struct Scan<'a> {
    text: &'a [u8],
    open: Vec<Open>,
    /// A brace that looks as if it closed a block further out: a mistake only if braces are missing in the end.
    suspect: Option<(Open, Token)>,
    fault: Fault,
}

/// The statement that a brace may belong to.
#[derive(Clone, Copy)]
struct Head {
    name: Token,
    indent: usize,
}

impl<'a> Scan<'a> {
    const fn new(text: &'a [u8]) -> Self {
        Self { text, open: Vec::new(), suspect: None, fault: Fault { left_open: None, early: None } }
    }

    fn run(mut self, tokens: &[Token]) -> Fault {
        let mut head: Option<Head> = None;
        let mut indent = Some(0);
        let mut begins = true;
        for token in tokens.iter().copied() {
            match token.kind {
                Kind::Newline => (indent, begins) = (Some(0), true),
                Kind::Blank if indent.is_some() => indent = Some(self.width(token)),
                Kind::Open => {
                    self.opened(token, head.take(), indent.unwrap_or(0));
                    (indent, begins) = (None, true);
                }
                Kind::Close => {
                    self.closed(token, indent.take());
                    (head, begins) = (None, true);
                }
                // A condition or a sequence comes before the statement.
                Kind::Word if begins && matches!(self.text[token.start as usize], b'@' | b'~') => {}
                Kind::Word | Kind::Quoted if begins => {
                    if token.kind == Kind::Word && self.word(token) {
                        break;
                    }
                    // Inside of a line the block's own line counts.
                    let around = self.open.last().map_or(0, |open| open.indent);
                    head = Some(Head { name: token, indent: indent.take().unwrap_or(around) });
                    begins = false;
                }
                _ if says_something(&token) => indent = None,
                _ => {}
            }
        }
        if self.fault.left_open.is_none()
            && let Some(last) = self.open.pop()
        {
            let suspect = self.suspect.take().map(|(open, token)| (open, Some(token)));
            self.fault.left_open = suspect.or(Some((last, None)));
        }
        self.fault
    }

    fn width(&self, blank: Token) -> usize {
        self.text[range(blank)].iter().map(|octet| if *octet == b'\t' { TAB } else { 1 }).sum()
    }

    fn shown(&self, token: Token) -> String {
        String::from_utf8_lossy(&self.text[range(token)]).into_owned()
    }

    fn opened(&mut self, brace: Token, head: Option<Head>, indent: usize) {
        let name = head.map_or_else(|| "{".to_owned(), |head| self.shown(head.name));
        let around = self.open.last().map_or(Some("root"), |open| open.path.as_deref());
        let path = around
            .filter(|around| keywords::find(around, &name).is_some())
            .map(|around| if around == "root" { name.clone() } else { format!("{around}/{name}") });
        let indent = head.map_or(indent, |head| head.indent);
        self.open.push(Open { brace: brace.start..brace.end, name, path, indent });
    }

    /// A closing brace; `indent` if it is the first on its line.
    fn closed(&mut self, brace: Token, indent: Option<usize>) {
        let Some(closed) = self.open.pop() else { return };
        let Some(indent) = indent else { return };
        if self.open.iter().any(|outer| outer.indent == indent) && closed.indent > indent {
            self.suspect = self.suspect.take().or(Some((closed, brace)));
        } else if closed.indent < indent && self.fault.early.is_none() {
            self.fault.early = Some((closed, brace.start..brace.end));
        }
        if self.open.is_empty() {
            self.suspect = None;
        }
    }

    /// The first word of a statement. True if it shows that a block was left open.
    fn word(&mut self, token: Token) -> bool {
        let word = self.shown(token);
        let Some((innermost, around)) = self.open.split_last() else { return false };
        let knows = |path: Option<&str>| path.and_then(|path| keywords::find(path, &word));
        if knows(innermost.path.as_deref()).is_some() || innermost.path.is_none() && around.is_empty() {
            return false;
        }
        let is_block = |shape: Shape| matches!(shape, Shape::Block | Shape::Lines);
        // Of the root only what opens a block: `instance` or `include` may be words of a line.
        let at_root = knows(Some("root")).is_some_and(|keyword| is_block(keyword.shape));
        let outer = around.iter().rposition(|open| knows(open.path.as_deref()).is_some());
        let first_open = match outer {
            Some(outer) => outer + 1,
            None if at_root => 0,
            None => return false,
        };
        let blamed = match self.suspect.take() {
            Some((open, brace)) => (open, Some(brace)),
            None => (self.open.swap_remove(first_open), Some(token)),
        };
        self.fault.left_open = Some(blamed);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The block that is blamed, its line, and the word it was noticed by.
    fn blamed(text: &str) -> Option<(String, usize, String)> {
        let fault = Scan::new(text.as_bytes()).run(&lex(text.as_bytes()));
        let (open, noticed) = fault.left_open?;
        let line = text[..open.brace.start as usize].matches('\n').count() + 1;
        Some((open.name, line, noticed.map_or_else(String::new, |token| text[range(token)].to_owned())))
    }

    #[test]
    fn the_block_left_open_is_found() {
        for (text, name, line, noticed) in [
            ("vrrp_instance A {\n state MASTER\nvrrp_instance B {\n}\n", "vrrp_instance", 1, "vrrp_instance"),
            (
                "vrrp_instance A {\n    virtual_ipaddress {\n        10.0.0.1\n}\nvrrp_instance B {\n}\n",
                "virtual_ipaddress",
                2,
                "}",
            ),
            (
                "vrrp_instance A {\nvirtual_ipaddress {\n10.0.0.1\ntrack_interface {\neth0\n}\n}\n",
                "virtual_ipaddress",
                2,
                "track_interface",
            ),
            (
                "virtual_server 1 2 {\n real_server 1 2 {\n  TCP_CHECK {\n   connect_port 1\n }\n real_server 2 2 {\n }\n}\n",
                "TCP_CHECK",
                3,
                "}",
            ),
            ("global_defs {\n router_id x\n", "global_defs", 1, ""),
            ("vrrp_instance A {\n virtual_ipaddress { 10.0.0.1\n}\n", "virtual_ipaddress", 2, "}"),
        ] {
            assert_eq!(blamed(text), Some((name.to_owned(), line, noticed.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_matches_is_not_blamed() {
        for text in [
            "vrrp_instance A {\n  virtual_ipaddress {\n 10.0.0.1\n}\n  }\n",
            "vrrp_instance A { virtual_ipaddress { 10.0.0.1 } }\n",
            "vrrp_sync_group G\n{\n group\n {\n A\n }\n}\n",
            "unknown {\n vrrp_instance {\n }\n}\n",
        ] {
            assert_eq!(blamed(text), None, "{text}");
        }
    }
}
