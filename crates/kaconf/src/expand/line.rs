//! Lines before they are tokens: what is comment, what is blank, what needs more than splitting into words.

use crate::files::Location;
use crate::syntax::{BOM, Escapes, comment_start};

/// Cuts the line end, the comment and the blanks around off a line.
pub(super) fn content(raw: &[u8], at: Location, escapes: Escapes) -> (&[u8], Location) {
    let mut start = if at.start == 0 && raw.starts_with(BOM) { BOM.len() } else { 0 };
    let ended = raw.iter().rposition(|octet| !matches!(octet, b'\n' | b'\r')).map_or(0, |last| last + 1);
    let mut end = comment_start(&raw[..ended], escapes);
    while start < end && matches!(raw[start], b' ' | b'\t') {
        start += 1;
    }
    while end > start && matches!(raw[end - 1], b' ' | b'\t') {
        end -= 1;
    }
    let at = Location { start: at.start + start as u32, end: at.start + end as u32, ..at };
    (&raw[start..end.max(start)], at)
}

/// Cuts comment and blanks off a line that was made: names were replaced, and backslashes are spent.
pub(super) fn trim(text: &mut Vec<u8>) {
    text.truncate(comment_start(text, Escapes::Spent));
    while matches!(text.last(), Some(b' ' | b'\t')) {
        text.pop();
    }
    let blanks = text.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    text.drain(..blanks);
}

/// A line that ends with a backslash, without the blanks in front of it: keepalived takes them away although only a
/// definition goes on behind a backslash.
pub(super) fn glued(content: &[u8]) -> Option<Vec<u8>> {
    let kept = content.strip_suffix(b"\\")?;
    let before = kept.iter().rev().take_while(|octet| **octet == b'\\').count();
    let end = kept.iter().rposition(|octet| !matches!(octet, b' ' | b'\t'))? + 1;
    (before % 2 == 0 && end < kept.len()).then(|| [&kept[..end], b"\\"].concat())
}

/// Whether a quote is opened on a line and not closed. A backslash protects what is behind it.
pub(super) fn leaves_quote_open(content: &[u8]) -> bool {
    let mut open = false;
    let mut octets = content.iter();
    while let Some(octet) = octets.next() {
        match octet {
            b'\\' => {
                let _ = octets.next();
            }
            b'"' => open = !open,
            _ => {}
        }
    }
    open
}

/// Whether a line must be looked at as a whole before it is split into words.
pub(super) fn is_special(content: &[u8]) -> bool {
    matches!(content.first(), Some(b'@' | b'~' | b'i')) && begins_special(content) || content.contains(&b'$')
}

/// Whether the text begins a condition, a sequence, a definition or an include.
pub(crate) fn begins_special(content: &[u8]) -> bool {
    match content.first() {
        Some(b'@' | b'~' | b'$') => true,
        Some(b'i') => super::include::recognise(content).is_some(),
        _ => false,
    }
}
