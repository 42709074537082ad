//! Tokens: every octet of a file is in exactly one.
//!
//! keepalived's language is made of lines. On each, a comment is looked for first (`#` or `!` anywhere outside
//! double quotes, unless a backslash precedes it), then words, quoted words and braces. A brace is a token
//! wherever it stands outside quotes, even inside a word.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A byte order mark at the start of the file.
    Bom,
    /// Blanks: space, tab, form feed, vertical tab, a carriage return inside a line.
    Blank,
    /// The end of a line with the carriage returns before it.
    Newline,
    /// `#` or `!` to the end of the line.
    Comment,
    /// A word without quotes.
    Word,
    /// A word in double quotes, with them.
    Quoted,
    /// A double quote without its end, to the end of the line.
    Unclosed,
    /// `{`
    Open,
    /// `}`
    Close,
}

/// One token. Its end is the start of the next, or of the end of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Offset of its first octet.
    pub start: u32,
    /// Offset behind its last octet.
    pub end: u32,
}

/// Whether the braces of `${NAME}` belong to the word, or count as braces of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refs {
    /// The text is as typed: a reference is a part of its word.
    Typed,
    /// Definitions are substituted already: what is left of a reference is ordinary text.
    Substituted,
}

/// Byte order mark of UTF-8, which some editors put first.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Splits a file into tokens. Never fails; the tokens cover `text` without gap or overlap.
///
/// # Panics
///
/// If `text` is longer than 4 GiB: offsets are 32 bits wide.
pub fn lex(text: &[u8]) -> Vec<Token> {
    assert!(u32::try_from(text.len()).is_ok(), "a configuration file of more than 4 GiB");
    let mut tokens = Vec::with_capacity(text.len() / 5 + 4);
    let mut at = 0;
    if text.starts_with(BOM) {
        tokens.push(Token { kind: Kind::Bom, start: 0, end: BOM.len() as u32 });
        at = BOM.len();
    }
    while at < text.len() {
        let next = text[at..].iter().position(|&octet| octet == b'\n').map_or(text.len(), |i| at + i + 1);
        lex_line(&text[at..next], at as u32, Refs::Typed, &mut tokens);
        at = next;
    }
    tokens
}

/// Splits one line, with its end if it has one, into tokens whose offsets begin at `base`.
pub(crate) fn lex_line(line: &[u8], base: u32, refs: Refs, tokens: &mut Vec<Token>) {
    let content = content_len(line);
    let comment = comment_start(&line[..content], Escapes::Kept);
    let mut push = |kind, start: usize, end: usize| {
        if start < end {
            tokens.push(Token { kind, start: base + start as u32, end: base + end as u32 });
        }
    };
    let mut at = 0;
    while at < comment {
        let (kind, end) = next_token(&line[..comment], at, refs);
        push(kind, at, end);
        at = end;
    }
    push(Kind::Comment, comment, content);
    push(Kind::Newline, content, line.len());
}

/// Length of a line without its line feed and the carriage returns before it.
fn content_len(line: &[u8]) -> usize {
    if !line.ends_with(b"\n") && !line.ends_with(b"\r") {
        return line.len();
    }
    line.iter().rposition(|&octet| octet != b'\n' && octet != b'\r').map_or(0, |last| last + 1)
}

/// Whether a backslash still protects a comment sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escapes {
    /// `\#` and `\!` are characters of a word.
    Kept,
    /// The backslash was taken away before: the sign begins a comment.
    Spent,
}

/// Where the comment of a line begins, or the length of the line.
///
/// A backslash protects the octet behind it; between quotes nothing begins a comment.
pub(crate) fn comment_start(line: &[u8], escapes: Escapes) -> usize {
    let (mut at, mut quoted) = (0, false);
    while at < line.len() {
        match line[at] {
            b'"' => quoted = !quoted,
            b'\\'
                if escapes == Escapes::Spent && !quoted && matches!(line.get(at + 1), Some(b'#' | b'!')) =>
            {
                return at;
            }
            b'\\' => at += 1,
            b'#' | b'!' if !quoted => return at,
            _ => {}
        }
        at += 1;
    }
    line.len()
}

/// Whether keepalived misses the end of a quoted word: it overlooks a double quote behind a backslash when it looks
/// for comments, and takes it for the end when it splits the words.
pub(crate) fn hides_quote(line: &[u8]) -> bool {
    let (mut at, mut quoted, mut quotes) = (0, false, 0);
    while at < line.len() {
        match line[at] {
            b'"' => (quoted, quotes) = (!quoted, quotes + 1),
            b'\\' => {
                at += 1;
                quotes += usize::from(line.get(at) == Some(&b'"'));
            }
            _ => {}
        }
        at += 1;
    }
    quoted && quotes % 2 == 0
}

const fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\x0b' | b'\x0c')
}

/// The token that begins at `at`, and where it ends. The line has no comment and no end any more.
fn next_token(line: &[u8], at: usize, refs: Refs) -> (Kind, usize) {
    match line[at] {
        b'{' => (Kind::Open, at + 1),
        b'}' => (Kind::Close, at + 1),
        b'"' => match line[at + 1..].iter().position(|&octet| octet == b'"') {
            Some(close) => (Kind::Quoted, at + close + 2),
            None => (Kind::Unclosed, line.len()),
        },
        octet if is_blank(octet) => {
            let more = line[at..].iter().position(|&octet| !is_blank(octet));
            (Kind::Blank, more.map_or(line.len(), |more| at + more))
        }
        _ => (Kind::Word, word_end(line, at, refs)),
    }
}

fn word_end(line: &[u8], start: usize, refs: Refs) -> usize {
    let mut at = start;
    while at < line.len() {
        match line[at] {
            b'"' | b'}' => break,
            b'{' => break,
            b'$' if refs == Refs::Typed => at = reference_end(line, at).unwrap_or(at),
            octet if is_blank(octet) => break,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Where the last octet of `${NAME}` or `${NAME PARAMETERS}` is, if one begins at `at`.
fn reference_end(line: &[u8], at: usize) -> Option<usize> {
    let name = line.get(at + 2)?;
    if line[at + 1] != b'{' || !(name.is_ascii_alphabetic() || *name == b'_') {
        return None;
    }
    let inside = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b' ' | b'\t');
    let close = line[at + 2..].iter().position(|&octet| !inside(octet))?;
    (line[at + 2 + close] == b'}').then_some(at + 2 + close)
}

/// A word's value: without the backslash in `\#` and `\!`. Appended to `out`.
pub(crate) fn unescape(word: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < word.len() {
        if word[at] == b'\\' && at + 1 < word.len() {
            if !matches!(word[at + 1], b'#' | b'!') {
                out.push(word[at]);
            }
            at += 1;
        }
        out.push(word[at]);
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::Kind::*;
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        lex(text.as_bytes()).iter().map(|t| (t.kind, &text[t.start as usize..t.end as usize])).collect()
    }

    fn significant(text: &str) -> Vec<(Kind, &str)> {
        kinds(text).into_iter().filter(|(kind, _)| !matches!(kind, Blank | Newline)).collect()
    }

    #[test]
    fn words_braces_and_quotes() {
        for (text, want) in [
            ("state MASTER", &[(Word, "state"), (Word, "MASTER")][..]),
            ("a{b}c", &[(Word, "a"), (Open, "{"), (Word, "b"), (Close, "}"), (Word, "c")]),
            ("x\"y z\"", &[(Word, "x"), (Quoted, "\"y z\"")]),
            ("\"a{b\"", &[(Quoted, "\"a{b\"")]),
            ("a \"b c", &[(Word, "a"), (Unclosed, "\"b c")]),
            ("${NET}.10/24 {", &[(Word, "${NET}.10/24"), (Open, "{")]),
            ("${_RANDOM 1 5}", &[(Word, "${_RANDOM 1 5}")]),
            ("${a", &[(Word, "$"), (Open, "{"), (Word, "a")]),
            ("auth_type 'a b'", &[(Word, "auth_type"), (Word, "'a"), (Word, "b'")]),
        ] {
            assert_eq!(significant(text), want, "{text}");
        }
    }

    #[test]
    fn comments_begin_anywhere_outside_quotes() {
        for (text, want) in [
            ("router_id a#b", &[(Word, "router_id"), (Word, "a"), (Comment, "#b")][..]),
            ("a!b", &[(Word, "a"), (Comment, "!b")]),
            ("a\\#b", &[(Word, "a\\#b")]),
            ("\"a # b\" # c", &[(Quoted, "\"a # b\""), (Comment, "# c")]),
            ("# {", &[(Comment, "# {")]),
            ("a \"b # c", &[(Word, "a"), (Unclosed, "\"b # c")]),
        ] {
            assert_eq!(significant(text), want, "{text}");
        }
    }

    #[test]
    fn a_backslash_hides_the_end_of_a_quoted_word() {
        for (text, want) in [
            ("a \"b\\\"", true),
            ("a \"b\\\" \"c\"", true),
            ("a \"b\\\\\"", false),
            ("a \"b\"", false),
            ("a \"b", false),
            ("a\\\"b\"", true),
        ] {
            assert_eq!(hides_quote(text.as_bytes()), want, "{text}");
        }
    }

    #[test]
    fn line_ends_and_marks() {
        assert_eq!(kinds("a\r\nb"), [(Word, "a"), (Newline, "\r\n"), (Word, "b")]);
        assert_eq!(kinds("\u{feff}a"), [(Bom, "\u{feff}"), (Word, "a")]);
        assert_eq!(kinds("a\rb"), [(Word, "a"), (Blank, "\r"), (Word, "b")]);
        assert_eq!(kinds("\r\r\n"), [(Newline, "\r\r\n")]);
    }

    #[test]
    fn values_lose_only_the_backslash_before_a_comment_sign() {
        for (word, want) in
            [("a\\#b", "a#b"), ("\\!", "!"), ("a\\b", "a\\b"), ("a\\\\#", "a\\\\#"), ("a\\", "a\\")]
        {
            let mut out = Vec::new();
            unescape(word.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), want, "{word}");
        }
    }
}
