//! What somebody may have meant by a word that is nothing: keywords, blocks, topics and codes, by edit distance.

use std::collections::BTreeSet;

use crate::code::Code;
use crate::keywords;

/// Longer words are no misspelling of anything.
const LONGEST: usize = 64;
/// Guesses that are worth reading.
const SHOWN: usize = 3;

/// The names nearest to a word, the nearest first.
pub(super) fn to(word: &str) -> Vec<String> {
    if word.len() > LONGEST {
        return Vec::new();
    }
    let names: BTreeSet<&str> = keywords::all()
        .iter()
        .map(|keyword| keyword.name)
        .chain(Code::ALL.iter().map(|code| code.id()))
        .chain(super::topics().iter().map(|topic| topic.name))
        .collect();
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    let mut near: Vec<_> = names
        .into_iter()
        .map(|name| (distance(&lower, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    near.sort_unstable();
    let best = near.first().map_or(0, |(distance, _)| *distance);
    near.into_iter()
        .take_while(|(distance, _)| *distance <= best + 1)
        .take(SHOWN)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Letters to add, drop, change or swap with their neighbour to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let changed = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = changed.min(last[j] + 1).min(row[j - 1] + 1);
            let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if swapped {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, steps) in
            [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0)]
        {
            assert_eq!(distance(a, b), steps, "{a} {b}");
            assert_eq!(distance(b, a), steps, "{b} {a}");
        }
    }

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
