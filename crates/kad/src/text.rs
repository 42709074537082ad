//! Cutting text to a limit.

/// The longest beginning of `text` of at most `limit` octets that ends with a whole character.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stay_whole() {
        for (limit, left) in [(0, ""), (1, "a"), (2, "a"), (3, "a\u{e9}"), (4, "a\u{e9}b"), (99, "a\u{e9}b")]
        {
            assert_eq!(cut("a\u{e9}b", limit), left, "{limit}");
        }
    }
}
