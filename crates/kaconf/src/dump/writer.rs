//! Lines and blocks, indented, with quotes where a word needs them.

use std::fmt::{Display, Write as _};
use std::path::Path;
use std::time::Duration;

/// Writes a configuration.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    depth: usize,
}

impl Writer {
    /// `head {`, what `body` writes, `}`.
    pub(super) fn block(&mut self, head: impl Display, body: impl FnOnce(&mut Self)) {
        self.line(format_args!("{head} {{"));
        self.depth += 1;
        body(self);
        self.depth -= 1;
        self.line("}");
    }

    /// One line, as it is.
    pub(super) fn line(&mut self, text: impl Display) {
        let _infallible = writeln!(self.out, "{:width$}{text}", "", width = 4 * self.depth);
    }

    /// `keyword value`
    pub(super) fn value(&mut self, keyword: &str, value: impl Display) {
        self.line(format_args!("{keyword} {value}"));
    }

    /// `keyword value`, if there is one.
    pub(super) fn some(&mut self, keyword: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.value(keyword, value);
        }
    }

    /// `keyword "text"`, quoted only if it must be.
    pub(super) fn text(&mut self, keyword: &str, text: &str) {
        self.line(format_args!("{keyword} {}", quoted(text)));
    }

    /// `keyword "text"`, if there is one.
    pub(super) fn some_text(&mut self, keyword: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(keyword, text);
        }
    }

    /// `keyword "path"`, if there is one.
    pub(super) fn path(&mut self, keyword: &str, path: Option<&Path>) {
        self.some_text(keyword, path.map(Path::to_string_lossy).as_deref());
    }

    /// `keyword seconds`, with a fraction if it has one; nothing for 0.
    pub(super) fn seconds(&mut self, keyword: &str, value: Duration) {
        if value.is_zero() {
            return;
        }
        let fraction = format!("{:06}", value.subsec_micros());
        let text = format!("{}.{fraction}", value.as_secs());
        self.value(keyword, text.trim_end_matches('0').trim_end_matches('.'));
    }

    /// `keyword true`, `keyword false`
    pub(super) fn boolean(&mut self, keyword: &str, on: bool) {
        self.value(keyword, on);
    }

    /// The keyword alone, if it is on.
    pub(super) fn flag(&mut self, keyword: &str, on: bool) {
        if on {
            self.line(keyword);
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// A word as it has to be typed to be read as one.
///
/// Between double quotes everything stands for itself, but for a reference to a name that is defined: a dump defines
/// none, and where the text is what a file said, a reference to a predefined name was replaced then. A double quote
/// and the end of a line cannot be said, and no file can bring them into a word.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '#' | '!' | '{' | '}' | '$' | '~' | '@');
    // A word without a letter in front may be the beginning of something else at the start of a line.
    let mut words = text.chars();
    let begins =
        words.next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '_' | '.' | ':' | '-' | '<'));
    let plain = begins && words.all(plain) && !text.starts_with("include");
    if plain { text.to_owned() } else { format!("\"{text}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_they_would_be_read_otherwise() {
        for (text, want) in [
            ("a.b/c", "a.b/c"),
            ("/run/x", "/run/x"),
            ("", "\"\""),
            ("two words", "\"two words\""),
            ("a#b", "\"a#b\""),
            ("a\\b", "a\\b"),
            ("$A", "\"$A\""),
            ("@home", "\"@home\""),
            ("includes", "\"includes\""),
            ("a{", "\"a{\""),
        ] {
            assert_eq!(quoted(text), want, "{text}");
        }
    }

    #[test]
    fn seconds_have_no_more_decimals_than_they_need() {
        for (micros, want) in [(1_500_000, "k 1.5\n"), (10, "k 0.00001\n"), (60_000_000, "k 60\n"), (0, "")] {
            let mut writer = Writer::default();
            writer.seconds("k", Duration::from_micros(micros));
            assert_eq!(writer.finish(), want);
        }
    }
}
