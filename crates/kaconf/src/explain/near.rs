//! What somebody may have meant by a word that is nothing: keywords, blocks, topics and codes.

use crate::code::Code;
use crate::keywords;

/// Guesses that are worth reading.
const SHOWN: usize = 3;

/// The names nearest to a word, the nearest first.
pub(super) fn to(word: &str) -> Vec<String> {
    let names = keywords::all()
        .iter()
        .map(|keyword| keyword.name)
        .chain(Code::ALL.iter().map(|code| code.id()))
        .chain(super::topics().iter().map(|topic| topic.name));
    keywords::nearest(names, word).into_iter().take(SHOWN).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_what_was_meant() {
        for (word, meant) in [
            ("prioritty", "priority"),
            ("virtual_sever", "virtual_server"),
            ("K20O", "K200"),
            ("defintions", "definitions"),
            ("Nopreempt", "nopreempt"),
        ] {
            assert_eq!(to(word).first().map(String::as_str), Some(meant), "{word}");
        }
        assert!(to("qqqqqqqqqqqq").is_empty());
        assert!(to(&"x".repeat(1 << 20)).is_empty());
    }
}
