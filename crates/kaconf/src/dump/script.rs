//! A script as the value of a keyword.

use crate::model::Script;

use super::writer::quoted;

/// The command in double quotes, then whom it runs as.
pub(super) fn script_value(script: &Script) -> String {
    let mut value = command(script);
    for name in [&script.user, &script.group].into_iter().flatten() {
        value.push(' ');
        value.push_str(&quoted(name));
    }
    value
}

/// The command in double quotes; arguments with blanks in single ones.
pub(super) fn command(script: &Script) -> String {
    let word = |word: &str| {
        if word.is_empty() || word.contains(char::is_whitespace) {
            format!("'{word}'")
        } else {
            word.to_owned()
        }
    };
    let words: Vec<_> = script.command.iter().map(|argument| word(argument)).collect();
    format!("\"{}\"", words.join(" "))
}
