//! Words as `regex` has them: with either kind of quotes, and with escapes.

use std::iter::Peekable;

use crate::expand::Statement;

/// The words behind a keyword. `None` if a quote is not closed or an escape is cut off.
///
/// A statement no longer has its quotes: a word that can only have come from a quoted one is quoted again.
pub(super) fn split(statement: &Statement) -> Option<Vec<Box<str>>> {
    let mut text = Vec::new();
    for word in (1..statement.len()).map(|word| statement.word(word)) {
        let quoted = word.is_empty() || word.iter().any(u8::is_ascii_whitespace);
        let quote: &[u8] = if quoted { b"\"" } else { b"" };
        for part in [b" ", quote, word, quote] {
            text.extend_from_slice(part);
        }
    }
    split_text(&text)
}

fn split_text(text: &[u8]) -> Option<Vec<Box<str>>> {
    let mut words = Vec::new();
    let mut rest = text.iter().copied().peekable();
    loop {
        while rest.next_if(u8::is_ascii_whitespace).is_some() {}
        if rest.peek().is_none() {
            return Some(words);
        }
        let mut word = Vec::new();
        let mut quote = None;
        while let Some(octet) = rest.next_if(|octet| quote.is_some() || !octet.is_ascii_whitespace()) {
            match octet {
                b'\\' => escape(&mut rest, &mut word)?,
                b'"' | b'\'' if quote == Some(octet) => quote = None,
                b'"' | b'\'' if quote.is_none() => quote = Some(octet),
                _ => word.push(octet),
            }
        }
        if quote.is_some() {
            return None;
        }
        words.push(String::from_utf8_lossy(&word).into());
    }
}

/// What follows a backslash. An octet that is no ASCII is left to the pattern as an escape of its own.
fn escape(rest: &mut Peekable<impl Iterator<Item = u8>>, word: &mut Vec<u8>) -> Option<()> {
    let octet = rest.next()?;
    let value = match octet {
        b'x' if rest.peek().is_some_and(u8::is_ascii_hexdigit) => digits(rest, 0, 16),
        b'c' if rest.peek().is_some() => rest.next()? & 0x1f,
        b'0'..=b'7' => digits(rest, octet - b'0', 8),
        b'a' => 0x07,
        b'b' => 0x08,
        b'E' => 0x1b,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        _ => {
            word.push(octet);
            return Some(());
        }
    };
    if value.is_ascii() && value != 0 {
        word.push(value);
    } else {
        word.extend_from_slice(format!("\\x{value:02x}").as_bytes());
    }
    Some(())
}

/// At most two more digits of a number.
fn digits(rest: &mut Peekable<impl Iterator<Item = u8>>, first: u8, radix: u8) -> u8 {
    let mut value = first;
    for _ in 0..2 {
        let Some(digit) = rest.peek().and_then(|octet| char::from(*octet).to_digit(u32::from(radix))) else {
            break;
        };
        value = value.wrapping_mul(radix).wrapping_add(digit as u8);
        rest.next();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes() {
        for (text, wanted) in [
            (r#" "a b" c"#, Some(&["a b", "c"][..])),
            (r#" 'a "b' "it's""#, Some(&[r#"a "b"#, "it's"])),
            (r#" a"b c"d"#, Some(&["ab cd"])),
            (r" ^\\d+\.html$", Some(&[r"^\d+.html$"])),
            (r" \x41\101\cA\t", Some(&["AA\u{1}\t"])),
            (r" \xff\0", Some(&[r"\xff\x00"])),
            (r#" "open"#, None),
            (r" cut\", None),
            ("", Some(&[])),
        ] {
            let words = split_text(text.as_bytes());
            let words: Option<Vec<&str>> =
                words.as_ref().map(|words| words.iter().map(|word| &**word).collect());
            assert_eq!(words.as_deref(), wanted, "{text}");
        }
    }
}
