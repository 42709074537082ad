//! The part of a line that is shown with a diagnostic, as text that a terminal can take.

use std::ops::Range;

use crate::files::{Files, Location};

/// Lines up to this many octets are shown whole.
const LINE_MAX: usize = 4096;
/// Of longer ones, this many octets before and behind the place.
const AROUND: usize = 80;
/// Of a place that is longer itself, this many octets.
const PLACE_MAX: usize = 200;

/// A piece of a line, and where in it the place is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Valid text on one line, without terminal escapes.
    pub(super) text: String,
    /// The place, in octets of `text`.
    pub(super) span: Range<usize>,
    /// Whether the line begins further left.
    pub(super) cut: bool,
}

/// What to show for a place, with further places of the same line in the order of the line.
pub(super) fn windows(files: &Files, places: &[Location]) -> Option<(String, Vec<Range<usize>>)> {
    let (first, last) = (places.first()?, places.last()?);
    let line = files.line_range(*first);
    let start = line.start.max((first.start as usize).min(line.end));
    let end = (last.end as usize).clamp(start, line.end);
    let text = files.file(first.file).text();
    let whole = line.len() <= LINE_MAX;
    let from = if whole { line.start } else { boundary(text, start.saturating_sub(AROUND).max(line.start)) };
    let shown_end = if whole { end } else { boundary(text, end.min(start + PLACE_MAX)) };
    let to = if whole { line.end } else { boundary(text, (shown_end + AROUND).min(line.end)) };
    let mut out = String::new();
    if from > line.start {
        out.push('\u{2026}');
    }
    let mut spans = Vec::with_capacity(places.len());
    let mut at = from;
    for place in places {
        let start = (place.start as usize).clamp(at, to);
        let end = (place.end as usize).clamp(start, to);
        push(&mut out, &text[at..start]);
        let begins = out.len();
        push(&mut out, &text[start..end]);
        spans.push(begins..out.len());
        at = end;
    }
    push(&mut out, &text[at..to]);
    if to < line.end {
        out.push('\u{2026}');
    }
    Some((out, spans))
}

/// What to show for one place.
pub(super) fn window(files: &Files, at: Location) -> Window {
    let (text, spans) = windows(files, &[at]).unwrap_or_default();
    let span = spans.into_iter().next().unwrap_or(0..0);
    Window { cut: text.starts_with('\u{2026}') && span.start > 0, text, span }
}

/// The start of the character that an offset is in.
fn boundary(text: &[u8], mut at: usize) -> usize {
    for _ in 0..3 {
        if text.get(at).is_some_and(|octet| octet & 0xc0 == 0x80) {
            at = at.saturating_sub(1);
        }
    }
    at
}

/// Octets as text. The renderer knows the commoner control characters of a source, and shows them.
fn push(out: &mut String, octets: &[u8]) {
    for character in String::from_utf8_lossy(octets).chars() {
        let strange = matches!(character, '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}');
        out.push(if strange { char::REPLACEMENT_CHARACTER } else { character });
    }
}

/// A message for a terminal: it may hold words of a file, and the renderer takes it as it is.
pub(super) fn safe(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\t' => ' ',
            '\0'..='\u{1f}' => {
                char::from_u32(0x2400 + character as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                char::REPLACEMENT_CHARACTER
            }
            character => character,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_escape_gets_to_a_terminal() {
        for (text, want) in [
            ("a\tb", "a b"),
            ("\u{1b}[31m", "\u{241b}[31m"),
            ("\u{9b}31m\u{7f}\u{202e}", "\u{fffd}31m\u{2421}\u{fffd}"),
            ("\u{4e2d} \u{201c}", "\u{4e2d} \u{201c}"),
        ] {
            assert_eq!(safe(text), want);
        }
    }
}
