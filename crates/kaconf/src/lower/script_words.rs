//! A command line split into words, with the quotes and escapes keepalived knows.
//!
//! Blanks separate, `'` and `"` group and vanish, a backslash protects the octet behind it. There is no `$` and no
//! `*` here: no shell reads a script's line.

use std::fmt;

/// What becomes of a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// It stays, for whoever splits the word again.
    Kept,
    /// It and what follows are replaced by what they stand for.
    Undone,
}

/// Why a text cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SplitError {
    /// The quote that is not closed.
    Unclosed(char),
    /// A backslash ends the text.
    LoneBackslash,
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed(quote) => write!(f, "a {quote} is not closed"),
            Self::LoneBackslash => f.write_str("a backslash has nothing behind it"),
        }
    }
}

/// The words of a text.
pub(super) fn split(text: &[u8], escapes: Escapes) -> Result<Vec<Vec<u8>>, SplitError> {
    let mut words = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].iter().take_while(|octet| is_blank(**octet)).count();
        if at == text.len() {
            return Ok(words);
        }
        let mut word = Vec::new();
        at = read_word(text, at, escapes, &mut word)?;
        // A NUL that an escape made ends the word, as every string of C.
        word.truncate(word.iter().position(|octet| *octet == 0).unwrap_or(word.len()));
        words.push(word);
    }
}

/// Reads one word from `at`; returns where it ends.
fn read_word(text: &[u8], mut at: usize, escapes: Escapes, word: &mut Vec<u8>) -> Result<usize, SplitError> {
    let mut quote = None;
    // A quote that nothing stands behind, or an escape last, needs no end.
    let mut lacks_end = false;
    while let Some(&octet) = text.get(at) {
        at += 1;
        lacks_end = false;
        match (octet, quote) {
            (b'\\', _) => {
                let Some(&behind) = text.get(at) else { return Err(SplitError::LoneBackslash) };
                if escapes == Escapes::Kept {
                    word.extend([b'\\', behind]);
                    at += 1;
                } else {
                    let (octet, len) = escape(&text[at..]);
                    word.push(octet);
                    at += len;
                }
            }
            (b'"' | b'\'', None) => quote = Some(octet),
            (octet, Some(open)) if octet == open => quote = None,
            (octet, None) if is_blank(octet) => return Ok(at - 1),
            (octet, _) => {
                word.push(octet);
                lacks_end = true;
            }
        }
    }
    match quote {
        Some(open) if lacks_end => Err(SplitError::Unclosed(char::from(open))),
        _ => Ok(at),
    }
}

const fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c')
}

/// What stands behind a backslash stands for, and how many octets that takes. There is at least one.
fn escape(text: &[u8]) -> (u8, usize) {
    let hex = |octet: &u8| char::from(*octet).to_digit(16).map(|digit| digit as u8);
    match text {
        [b'x', high, rest @ ..] if hex(high).is_some() => {
            let high = hex(high).unwrap_or_default();
            match rest.first().and_then(hex) {
                Some(low) => (high << 4 | low, 3),
                None => (high, 2),
            }
        }
        [b'c', control, ..] => (control & 0x1f, 2),
        [b'0'..=b'7', ..] => {
            let digits = text.iter().take(3).take_while(|octet| matches!(octet, b'0'..=b'7'));
            let (value, len) = digits
                .fold((0u8, 0), |(value, len), digit| (value.wrapping_shl(3) | (digit - b'0'), len + 1));
            (value, len)
        }
        [letter, ..] => {
            let octet = match letter {
                b'a' => 7,
                b'b' => 8,
                b'E' => 0x1b,
                b'f' => 0x0c,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'v' => 0x0b,
                other => *other,
            };
            (octet, 1)
        }
        [] => (b'\\', 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, escapes: Escapes) -> Result<Vec<String>, SplitError> {
        let strings = |words: Vec<Vec<u8>>| {
            words.into_iter().map(|word| String::from_utf8_lossy(&word).into_owned()).collect()
        };
        split(text.as_bytes(), escapes).map(strings)
    }

    #[test]
    fn quotes_group_and_escapes_are_undone() {
        for (text, want) in [
            ("/bin/n.sh 'two words' \\x41", &["/bin/n.sh", "two words", "A"][..]),
            ("a'b'\"c\"", &["abc"]),
            ("a '' \"\"", &["a", "", ""]),
            ("a\\ b", &["a b"]),
            ("'it\\'s'", &["it's"]),
            ("\"'\" '\"'", &["'", "\""]),
            ("\\101\\7\\60x", &["A\u{7}0x"]),
            ("\\x4g \\xg", &["\u{4}g", "xg"]),
            ("\\cA\\e\\E", &["\u{1}e\u{1b}"]),
            ("a\\0b \\400c", &["a", ""]),
            ("  a \t b  ", &["a", "b"]),
            ("a 'b\\x41", &["a", "bA"]),
            ("a b'", &["a", "b"]),
            ("", &[]),
        ] {
            let want: Vec<_> = want.iter().map(ToString::to_string).collect();
            assert_eq!(words(text, Escapes::Undone), Ok(want), "{text}");
        }
    }

    #[test]
    fn what_is_split_again_keeps_its_escapes() {
        for (text, want) in [
            ("notify \"/a 'b \\x41'\" root", &["notify", "/a 'b \\x41'", "root"][..]),
            ("notify '/a \"b c\"'", &["notify", "/a \"b c\""]),
            ("notify /a\\ b", &["notify", "/a\\ b"]),
            ("notify \"\\\"\"", &["notify", "\\\""]),
        ] {
            let want: Vec<_> = want.iter().map(ToString::to_string).collect();
            assert_eq!(words(text, Escapes::Kept), Ok(want), "{text}");
        }
    }

    #[test]
    fn what_is_not_closed_is_no_command() {
        for (text, want) in [
            ("a 'b", SplitError::Unclosed('\'')),
            ("a \"b", SplitError::Unclosed('"')),
            ("a\\", SplitError::LoneBackslash),
            ("a '\\", SplitError::LoneBackslash),
        ] {
            assert_eq!(words(text, Escapes::Undone), Err(want), "{text}");
            assert_eq!(words(text, Escapes::Kept), Err(want), "{text}");
        }
    }
}
