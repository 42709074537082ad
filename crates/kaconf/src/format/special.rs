//! Lines that are read as a whole before they are words: conditions, sequences, includes, definitions.

use std::borrow::Cow;

use super::lines::trim;
use super::plain::joined;
use super::{Braces, Fixed, FixedKind};
use crate::expand::begins_special;
use crate::syntax::{Escapes, Kind, Refs, Token, comment_start, lex_line};

/// The text of a special line without comment, its blanks put in order where they cannot matter.
pub(super) fn fixed(text: &[u8]) -> Fixed<'_> {
    let (kind, braces) = judge(text);
    let text = condition(text).or_else(|| include(text)).map_or(Cow::Borrowed(text), Cow::Owned);
    Fixed { text, braces, kind }
}

/// `@ID`, one blank, the words behind it; `None` if they have to stay as they are.
fn condition(text: &[u8]) -> Option<Vec<u8>> {
    let (id, rest) = split_condition(text)?;
    if begins_special(rest) || comment_start(rest, Escapes::Kept) < rest.len() {
        return None;
    }
    let mut tokens = Vec::new();
    lex_line(rest, 0, Refs::Typed, &mut tokens);
    if tokens.iter().any(|token| token.kind == Kind::Unclosed) {
        return None;
    }
    let significant: Vec<_> = tokens.iter().filter(|token| token.kind != Kind::Blank).collect();
    let begins_line = |pair: &&[&Token]| matches!(pair[0].kind, Kind::Open | Kind::Close);
    let again = |pair: &[&Token]| begins_special(&rest[pair[1].start as usize..]);
    if significant.windows(2).filter(begins_line).any(again) {
        return None;
    }
    let words = joined(rest, &tokens);
    // `include{` becomes an include once a blank stands behind it.
    (!becomes_special(&words)).then(|| [id, &words].join(&b' '))
}

/// Whether some word, were it the first of a line and had something behind it, would make the line special.
fn becomes_special(words: &[u8]) -> bool {
    words
        .split(|octet| matches!(octet, b'{' | b'}'))
        .any(|part| begins_special(&[trim(part), b" {"].concat()))
}

/// `include`, one blank, the pattern.
fn include(text: &[u8]) -> Option<Vec<u8>> {
    if text.first() != Some(&b'i') {
        return None;
    }
    let end = text.iter().position(|octet| matches!(octet, b' ' | b'\t'))?;
    Some([&text[..end], trim(&text[end..])].join(&b' '))
}

/// `@ID` and what it is about.
fn split_condition(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let len = text.iter().position(|octet| matches!(octet, b' ' | b'\t'))?;
    (text.first() == Some(&b'@')).then(|| (&text[..len], trim(&text[len..])))
}

/// What a line without its comment is to the lines around it.
pub(super) fn judge(content: &[u8]) -> (FixedKind<'_>, Braces) {
    let (id, rest) = split_condition(content).map_or((None, content), |(id, rest)| (Some(id), rest));
    let kind = if is_definition(rest) {
        FixedKind::Definition
    } else {
        id.map_or(FixedKind::Line, FixedKind::Condition)
    };
    // Braces of a pattern or of the values of a list open nothing.
    let counts = kind == FixedKind::Definition || rest.first() == Some(&b'$') || !begins_special(rest);
    (kind, if counts { braces(rest) } else { Braces::default() })
}

/// Whether a line begins `$NAME=`.
fn is_definition(line: &[u8]) -> bool {
    let Some(name) = line.strip_prefix(b"$") else { return false };
    let len = name.iter().take_while(|octet| octet.is_ascii_alphanumeric() || **octet == b'_').count();
    len > 0 && name.get(len) == Some(&b'=')
}

fn braces(line: &[u8]) -> Braces {
    let mut tokens = Vec::new();
    lex_line(line, 0, Refs::Typed, &mut tokens);
    tokens.retain(|token| token.kind != Kind::Blank);
    let count = |kind| tokens.iter().filter(|token| token.kind == kind).count() as isize;
    Braces {
        closes_first: tokens.first().is_some_and(|token| token.kind == Kind::Close),
        opens_last: tokens.last().is_some_and(|token| token.kind == Kind::Open),
        net: count(Kind::Open) - count(Kind::Close),
    }
}
