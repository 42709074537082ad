//! Lines and blocks, indented, with quotes where a word needs them.

use std::fmt::{Display, Write as _};

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

    /// `keyword "text"`, quoted only if it must be.
    pub(super) fn text(&mut self, keyword: &str, text: &str) {
        self.line(format_args!("{keyword} {}", quoted(text)));
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
pub(super) fn quoted(text: &str) -> String {
    let plain =
        |c: char| !c.is_whitespace() && !matches!(c, '"' | '#' | '!' | '{' | '}' | '\\' | '$' | '~' | '@');
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("\"{text}\"") }
}
