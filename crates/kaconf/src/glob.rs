//! Patterns of `include`: wildcards in one name, and `{a,b}` spelled out.
//!
//! Names are matched here; walking directories is the caller's business.

/// How many patterns one pattern may spell out; keeps `{a,b}{a,b}...` from doubling without end.
pub(crate) const ALTERNATIVES_MAX: usize = 1024;

/// Whether a name has a wildcard: `*`, `?` or `[`, not behind a backslash.
pub(crate) fn has_wildcard(pattern: &str) -> bool {
    let mut octets = pattern.bytes();
    while let Some(octet) = octets.next() {
        match octet {
            b'\\' => _ = octets.next(),
            b'*' | b'?' | b'[' => return true,
            _ => {}
        }
    }
    false
}

/// Without the backslashes that protect the following character.
pub(crate) fn unescape(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    out
}

/// Spells out `{a,b}`, outermost first, in the order written. `None` if there are too many.
pub(crate) fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut todo = vec![pattern.to_owned()];
    while let Some(next) = todo.pop() {
        match split(&next) {
            None => done.push(next),
            Some((before, choices, after)) => {
                todo.extend(choices.iter().rev().map(|choice| format!("{before}{choice}{after}")));
            }
        }
        if done.len() + todo.len() > ALTERNATIVES_MAX {
            return None;
        }
    }
    Some(done)
}

/// The first `{...}` of a pattern: what is before it, its choices, what is after it.
fn split(pattern: &str) -> Option<(&str, Vec<&str>, &str)> {
    let (mut open, mut depth, mut start) = (None, 0_usize, 0);
    let mut choices = Vec::new();
    let mut escaped = false;
    for (at, octet) in pattern.bytes().enumerate() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match octet {
            b'\\' => escaped = true,
            b'{' => {
                if depth == 0 {
                    (open, start) = (Some(at), at + 1);
                }
                depth += 1;
            }
            b',' if depth == 1 => {
                choices.push(&pattern[start..at]);
                start = at + 1;
            }
            b'}' if depth == 1 => {
                choices.push(&pattern[start..at]);
                return Some((&pattern[..open?], choices, &pattern[at + 1..]));
            }
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Whether a file name fits a pattern of `*`, `?`, `[a-z]` and `[!a-z]`. A leading dot must be typed.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on when what follows the last `*` did not fit: linear backtracking, no recursion.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, n));
            p += 1;
        } else if let Some(next) = one(&pattern, p, name[n]) {
            (p, n) = (next, n + 1);
        } else if let Some((at, from)) = star {
            star = Some((at, from + 1));
            (p, n) = (at + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// Matches one character at `p`; where the pattern goes on if it fits.
fn one(pattern: &[char], p: usize, c: char) -> Option<usize> {
    match *pattern.get(p)? {
        '?' => Some(p + 1),
        '[' => match class(pattern, p, c) {
            Some((next, fits)) => fits.then_some(next),
            None => (c == '[').then_some(p + 1),
        },
        '\\' if p + 1 < pattern.len() => (pattern[p + 1] == c).then_some(p + 2),
        literal => (literal == c).then_some(p + 1),
    }
}

/// A `[...]` at `p`: where it ends and whether `c` is in it. `None` if it is not closed.
fn class(pattern: &[char], p: usize, c: char) -> Option<(usize, bool)> {
    let mut at = p + 1;
    let negated = matches!(pattern.get(at)?, '!' | '^');
    at += usize::from(negated);
    let first = at;
    let mut found = false;
    loop {
        let low = *pattern.get(at)?;
        if low == ']' && at > first {
            return Some((at + 1, found != negated));
        }
        if pattern.get(at + 1) == Some(&'-') && pattern.get(at + 2).is_some_and(|&high| high != ']') {
            found |= (low..=pattern[at + 2]).contains(&c);
            at += 3;
        } else {
            found |= low == c;
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_patterns() {
        for (pattern, name, fits) in [
            ("*.conf", "a.conf", true),
            ("*.conf", ".a.conf", false),
            (".*.conf", ".a.conf", true),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b", false),
            ("v?.conf", "v1.conf", true),
            ("v?.conf", "v.conf", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]x]", "]", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("\\*", "x", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn braces_are_spelled_out_in_order() {
        assert_eq!(alternatives("a{1,2}{x,y}").unwrap(), ["a1x", "a1y", "a2x", "a2y"]);
        assert_eq!(alternatives("{a,b{1,2}}").unwrap(), ["a", "b1", "b2"]);
        assert_eq!(alternatives("a{b").unwrap(), ["a{b"]);
        assert_eq!(alternatives(&"{a,b}".repeat(40)), None);
    }

    #[test]
    fn stars_do_not_blow_up() {
        assert!(!matches(&"*a".repeat(200), &"a".repeat(199)));
    }
}
