//! The fast way for the lines that nearly all lines are: blanks, words and braces, nothing to undo.
//!
//! One look at each octet. A line with anything that needs more (a quote, a comment, a backslash, a name, a
//! condition, an include, a NUL) is left to the slow way, which knows all rules; this one only has to know which
//! lines those rules do not touch.

use super::LINE_MAX;
use crate::syntax::{BOM, Kind, Token};

/// What an octet is to a plain line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Word,
    Blank,
    /// The end of the line.
    End,
    Brace,
    /// Whatever makes a line other than plain.
    Other,
}

const SORTS: [Sort; 256] = {
    let mut sorts = [Sort::Word; 256];
    let blanks = b" \t\r";
    let mut index = 0;
    while index < blanks.len() {
        sorts[blanks[index] as usize] = Sort::Blank;
        index += 1;
    }
    let others = b"\"\\#!$@~\0\x0b\x0c";
    index = 0;
    while index < others.len() {
        sorts[others[index] as usize] = Sort::Other;
        index += 1;
    }
    sorts[b'\n' as usize] = Sort::End;
    sorts[b'{' as usize] = Sort::Brace;
    sorts[b'}' as usize] = Sort::Brace;
    sorts
};

/// Splits the line that `text` begins with into words and braces, with offsets that begin at `base`. Its length, the
/// end included; `None`, and anything in `tokens`, if it is not plain.
pub(super) fn split(text: &[u8], base: u32, tokens: &mut Vec<Token>) -> Option<usize> {
    if text.starts_with(BOM) {
        return None;
    }
    // No more is looked at than what shows that the line is too long.
    let text = &text[..text.len().min(LINE_MAX + 1)];
    let mut at = 0;
    while let Some(&octet) = text.get(at) {
        let start = at;
        at += 1;
        let kind = match SORTS[octet as usize] {
            Sort::Blank => continue,
            Sort::End => break,
            Sort::Other => return None,
            Sort::Brace if octet == b'{' => Kind::Open,
            Sort::Brace => Kind::Close,
            Sort::Word => {
                while text.get(at).is_some_and(|octet| SORTS[*octet as usize] == Sort::Word) {
                    at += 1;
                }
                if octet == b'i' && text[start..].starts_with(b"include") {
                    return None;
                }
                Kind::Word
            }
        };
        tokens.push(Token { kind, start: base + start as u32, end: base + at as u32 });
    }
    (at <= LINE_MAX).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Refs, lex_line};

    #[test]
    fn plain_lines_split_as_the_slow_way_splits_them() {
        for line in [
            "",
            "\r\n",
            "  vrrp_instance VI_1 {\n",
            "virtual_ipaddress { 10.0.0.1 }",
            "a{b}c\n",
            "interface eth0\r\n",
            "\tauth_pass a=b;c'd'\n",
            "a\rb\n",
            "\n",
        ] {
            let (mut plain, mut slow) = (Vec::new(), Vec::new());
            assert_eq!(split(line.as_bytes(), 7, &mut plain), Some(line.len()), "{line:?}");
            lex_line(line.as_bytes(), 7, Refs::Typed, &mut slow);
            slow.retain(|token| !matches!(token.kind, Kind::Blank | Kind::Newline));
            assert_eq!(plain, slow, "{line:?}");
        }
    }

    #[test]
    fn what_needs_more_is_left_alone() {
        for line in
            ["a # b", "a ! b", "\"a\"", "a\\b", "$A=1", "${A}", "@x y", "~SEQ(i,1,2) a", "{ include x", "a\0"]
        {
            assert_eq!(split(line.as_bytes(), 0, &mut Vec::new()), None, "{line:?}");
        }
        assert_eq!(split(&[b'a'; LINE_MAX + 1], 0, &mut Vec::new()), None);
    }

    #[test]
    fn a_line_ends_before_the_next() {
        let mut tokens = Vec::new();
        assert_eq!(split(b" a b\n# c", 0, &mut tokens), Some(5));
        assert_eq!(tokens.len(), 2);
    }
}
