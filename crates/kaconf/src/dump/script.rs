//! A script as the value of a keyword: it is split into words twice, so it is quoted twice.

use std::fmt::Write as _;

use super::writer::quoted;
use crate::model::Script;

/// The command in double quotes, then whom it runs as.
pub(super) fn script_value(script: &Script) -> String {
    let mut value = command(script);
    for name in [&script.user, &script.group].into_iter().flatten() {
        value.push(' ');
        value.push_str(&quoted(name));
    }
    value
}

/// The command in double quotes, its words in single ones where they need them.
pub(super) fn command(script: &Script) -> String {
    let words: Vec<_> = script.command.iter().map(|text| word(text)).collect();
    format!("\"{}\"", words.join(" "))
}

/// A word between double quotes that is split off by blanks, quotes and escapes.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%^~*?[]();&|<>`#!{}".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    let mut word = "'".to_owned();
    for c in text.chars() {
        match c {
            '\\' => word.push_str("\\\\"),
            // Neither a quote of the line, nor the end of this one, nor the name of a definition.
            '"' | '\'' | '$' => {
                let _infallible = write!(word, "\\x{:02x}", u32::from(c));
            }
            c if c.is_ascii_control() => {
                let _infallible = write!(word, "\\x{:02x}", u32::from(c));
            }
            c => word.push(c),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_so_that_it_is_one_again() {
        for (text, want) in [
            ("/bin/a-b.sh", "/bin/a-b.sh"),
            ("two words", "'two words'"),
            ("", "''"),
            ("it's \"$x\" \\", "'it\\x27s \\x22\\x24x\\x22 \\\\'"),
            ("a\tb\u{7f}", "'a\\x09b\\x7f'"),
            ("# {", "'# {'"),
            ("straße", "straße"),
        ] {
            assert_eq!(word(text), want, "{text}");
        }
    }
}
