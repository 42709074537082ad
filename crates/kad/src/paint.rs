//! Colours, where there is a terminal that wants them.

use std::io::IsTerminal;

/// How text may be set off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    coloured: bool,
}

impl Paint {
    /// No colours at all.
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self { coloured: false };

    /// Colours if standard output is a terminal and NO_COLOR is not set (no-color.org).
    pub(crate) fn for_stdout() -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let able = std::env::var_os("TERM").is_none_or(|value| value != "dumb");
        Self { coloured: wanted && able && std::io::stdout().is_terminal() }
    }

    /// Whether there are colours.
    pub(crate) const fn is_coloured(self) -> bool {
        self.coloured
    }

    /// Colours or none, whatever standard output is.
    pub(crate) const fn fixed(coloured: bool) -> Self {
        Self { coloured }
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.with("1;31", text)
    }

    pub(crate) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(crate) fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.coloured { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_plain_and_coloured_text_ends_its_colour() {
        assert_eq!(Paint::PLAIN.bad("no"), "no");
        assert_eq!(Paint { coloured: true }.good("yes"), "\x1b[32myes\x1b[0m");
    }
}
