//! The semicolon that other languages end a line with.

use super::{Odd, lines_where, range, says_something};
use crate::code::Code;
use crate::diag::Edit;
use crate::files::{FileId, Location};
use crate::syntax::{Kind, Token};

/// Keywords whose value may well end in a semicolon.
const FREE: [&[u8]; 8] =
    [b"auth_pass", b"hostname", b"key", b"misc_path", b"password", b"path", b"regex", b"script"];

/// Finds words at the end of their line that end in a semicolon.
pub(super) fn scan(file: FileId, text: &[u8], odd: &mut Vec<Odd>) {
    lines_where(
        text,
        |line| line.contains(&b';'),
        |text, tokens| {
            if odd.len() < super::ODD_LINES_MAX {
                odd.extend(line(file, text, tokens));
            }
        },
    );
}

fn line(file: FileId, text: &[u8], tokens: &[Token]) -> Option<Odd> {
    let mut words = tokens.iter().filter(|token| says_something(token) && token.kind != Kind::Close);
    let head = words.next()?;
    let first = text.get(range(*head))?;
    let last = words.next_back().unwrap_or(head);
    let word = text.get(range(*last))?;
    let special = matches!(first.first(), Some(b'$' | b'~' | b'@')) || first.starts_with(b"include");
    if last.kind != Kind::Word || !word.ends_with(b";") || special {
        return None;
    }
    let kept =
        word.trim_ascii_end().iter().rposition(|octet| *octet != b';').map_or(0, |last| last + 1) as u32;
    let notify = first.windows(6).any(|part| part == b"notify" || part == b"quorum");
    Some(Odd {
        code: Code::ForeignSyntax,
        at: Location { file, start: last.start, end: last.end },
        message: "the ';' is taken for a part of the value".to_owned(),
        help: "leave it away: a line ends by itself".to_owned(),
        edits: vec![Edit {
            at: Location { file, start: last.start + kept, end: last.end },
            with: String::new(),
        }],
        doubtful: notify || FREE.contains(&first),
    })
}
