//! Lines that are what they look like: cut at their braces, their words one blank apart.

use std::borrow::Cow;

use super::lines::Line;
use super::{BODY_MAX, Fixed, LEVEL, LEVELS_MAX, Piece, special};
use crate::expand::begins_special;
use crate::syntax::{Kind, Refs, Token, lex_line};

/// What may still be added to a piece: its indentation, and a brace.
const ROOM: usize = LEVEL * LEVELS_MAX + 2;

/// Cuts a line into pieces. False, and nothing done, if it has to stay as it is.
pub(super) fn cut<'a>(line: Line<'a>, pieces: &mut Vec<Piece<'a>>) -> bool {
    let before = pieces.len();
    let done = cut_content(line.content, pieces);
    if done && !line.comment.is_empty() {
        comment(pieces, line.comment);
    }
    let done = done && pieces[before..].iter().all(fits);
    if !done {
        pieces.truncate(before);
    }
    done
}

fn cut_content<'a>(content: &'a [u8], pieces: &mut Vec<Piece<'a>>) -> bool {
    let mut tokens = Vec::new();
    lex_line(content, 0, Refs::Typed, &mut tokens);
    if tokens.iter().any(|token| token.kind == Kind::Unclosed) {
        return false;
    }
    let mut rest = &tokens[..];
    // What stands behind a brace is a line of its own, so each round begins as a line does.
    while let Some(first) = rest.iter().position(|token| token.kind != Kind::Blank) {
        rest = &rest[first..];
        let text = &content[rest[0].start as usize..];
        if begins_special(text) {
            pieces.push(Piece::Fixed(special::fixed(text)));
            return true;
        }
        match rest[0].kind {
            Kind::Open => pieces.push(Piece::Open { comment: None }),
            Kind::Close => pieces.push(Piece::Close { comment: None }),
            _ => {
                let len = rest.iter().position(is_brace).unwrap_or(rest.len());
                let words = joined(content, &rest[..len]);
                // `include` alone is a word, but with anything behind it an order to include that.
                if begins_special(&[&words[..], b" {"].concat()) {
                    return false;
                }
                pieces.push(Piece::Statement { words, comment: None });
                rest = &rest[len..];
                continue;
            }
        }
        rest = &rest[1..];
    }
    true
}

fn is_brace(token: &Token) -> bool {
    matches!(token.kind, Kind::Open | Kind::Close)
}

/// Tokens, with one blank where there were blanks, and around braces. A quote may stand in the middle of what other
/// readers of the line take for one word.
pub(super) fn joined(text: &[u8], tokens: &[Token]) -> Vec<u8> {
    let mut words = Vec::new();
    let mut apart = false;
    for token in tokens {
        if token.kind == Kind::Blank {
            apart = true;
            continue;
        }
        if (apart || is_brace(token)) && !words.is_empty() {
            words.push(b' ');
        }
        apart = is_brace(token);
        words.extend_from_slice(&text[token.start as usize..token.end as usize]);
    }
    words
}

/// Puts the comment of a line behind its last piece.
fn comment<'a>(pieces: &mut [Piece<'a>], text: &'a [u8]) {
    match pieces.last_mut() {
        Some(Piece::Statement { comment, .. } | Piece::Open { comment } | Piece::Close { comment }) => {
            *comment = Some(text);
        }
        Some(Piece::Fixed(Fixed { text: line, .. })) => {
            *line = Cow::Owned([&line[..], text].join(&b' '));
        }
        _ => {}
    }
}

fn fits(piece: &Piece<'_>) -> bool {
    let behind = |comment: &Option<&[u8]>| comment.map_or(0, |comment| comment.len() + 1);
    let len = match piece {
        Piece::Statement { words, comment } => words.len() + behind(comment),
        Piece::Open { comment } | Piece::Close { comment } => 1 + behind(comment),
        Piece::Fixed(fixed) => fixed.text.len(),
        Piece::Empty { .. } | Piece::Comment(_) | Piece::Raw(_) => 0,
    };
    len + ROOM <= BODY_MAX
}
