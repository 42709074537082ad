//! Characters that look like those of the language and are none: curly quotes, full-width punctuation, odd blanks.
//!
//! Word processors, web pages and input methods put them in; keepalived takes them for letters.

use super::{Odd, lines_where, range, says_something};
use crate::code::Code;
use crate::diag::Edit;
use crate::files::{FileId, Location};
use crate::syntax::{Kind, Token};

/// What a character looks like, and what it is.
pub(super) fn known(character: char) -> Option<(&'static str, &'static str)> {
    Some(match character {
        '\u{201c}'..='\u{201f}' => ("\"", "a curly quotation mark"),
        '\u{2018}'..='\u{201b}' => ("'", "a curly apostrophe"),
        '\u{a0}' | '\u{202f}' | '\u{2007}' => (" ", "a no-break space"),
        '\u{3000}' => (" ", "an ideographic space"),
        '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}' | '\u{205f}' => (" ", "a typographic space"),
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => ("", "an invisible character"),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => ("-", "a typographic dash"),
        '\u{3001}' => (",", "an ideographic comma"),
        '\u{3002}' => (".", "an ideographic full stop"),
        '\u{ff01}'..='\u{ff5e}' => (ascii(character as u32 - 0xfee0), "a full-width character"),
        _ => return None,
    })
}

/// A printable ASCII character as text.
fn ascii(code: u32) -> &'static str {
    const PRINTABLE: &str =
        "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    let index = code as usize - '!' as usize;
    PRINTABLE.get(index..=index).unwrap_or_default()
}

/// Finds them outside of comments and quotes, a finding for each line that has some.
pub(super) fn scan(file: FileId, text: &[u8], odd: &mut Vec<Odd>) {
    lines_where(
        text,
        |line| !line.is_ascii(),
        |text, tokens| {
            if odd.len() < super::ODD_LINES_MAX {
                odd.extend(line(file, text, tokens));
            }
        },
    );
}

fn line(file: FileId, text: &[u8], tokens: &[Token]) -> Option<Odd> {
    let mut edits = Vec::new();
    let mut first = None;
    let words = tokens.iter().filter(|token| says_something(token));
    for (index, token) in words.enumerate() {
        if token.kind != Kind::Word {
            continue;
        }
        let mut at = token.start;
        for chunk in text[range(*token)].utf8_chunks() {
            for character in chunk.valid().chars() {
                let end = at + character.len_utf8() as u32;
                if let Some((with, what)) = known(character) {
                    let before = &text[token.start as usize..at as usize];
                    let with = separator(with, before, end == token.end).unwrap_or(with);
                    edits.push(Edit { at: Location { file, start: at, end }, with: with.to_owned() });
                    first = first.or(Some((*token, character, what)));
                }
                at = end;
            }
            at += chunk.invalid().len() as u32;
        }
        // What follows such a sign at the start of a line was meant as a comment.
        if index == 0 && matches!(first, Some((_, '\u{ff03}' | '\u{ff01}', _))) {
            edits.truncate(1);
            break;
        }
    }
    let (token, character, what) = first?;
    let last = edits.last()?.at.end.max(token.end);
    let shown = match character {
        character if known(character).is_some_and(|(with, _)| with.trim().is_empty()) => {
            format!("U+{:04X}", character as u32)
        }
        _ => format!("'{character}'"),
    };
    let mended = mended(text, token.start, last, &edits);
    let help = match character {
        '\u{ff03}' | '\u{ff01}' if edits.len() == 1 => {
            "begin the comment with the ASCII character".to_owned()
        }
        _ if mended.trim_ascii().is_empty() => "type ordinary blanks in its place".to_owned(),
        _ => format!("in ASCII: {}", mended.trim_ascii()),
    };
    Some(Odd {
        code: Code::Lookalike,
        at: Location { file, start: token.start, end: token.end },
        message: format!("{shown} is {what}, to keepalived a letter like others"),
        help,
        edits,
        doubtful: false,
    })
}

/// What to put for punctuation behind a word: a blank, or nothing at its end.
fn separator(with: &str, before: &[u8], at_end: bool) -> Option<&'static str> {
    let is_name = before.iter().all(|octet| octet.is_ascii_lowercase() || *octet == b'_');
    match with {
        ":" | "=" if is_name => Some(if at_end { "" } else { " " }),
        "," | ";" if at_end => Some(""),
        _ => None,
    }
}

/// A piece of the text with the edits done.
fn mended(text: &[u8], start: u32, end: u32, edits: &[Edit]) -> String {
    let (mut out, mut at) = (String::new(), start);
    let keep = |out: &mut String, from: u32, to: u32| {
        out.push_str(&String::from_utf8_lossy(&text[from as usize..to as usize]));
    };
    for edit in edits {
        keep(&mut out, at, edit.at.start);
        out.push_str(&edit.with);
        at = edit.at.end;
    }
    keep(&mut out, at, end);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_characters_have_their_ascii() {
        for (character, want) in
            [('\u{ff5b}', "{"), ('\u{ff03}', "#"), ('\u{ff1a}', ":"), ('\u{ff0c}', ","), ('\u{ff5e}', "~")]
        {
            assert_eq!(known(character).map(|(with, _)| with), Some(want));
        }
        assert_eq!(known('\u{914d}'), None);
    }
}
