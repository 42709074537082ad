//! Two texts side by side, as `diff -u` shows them.
//!
//! Not the shortest difference: one that is found in one pass, and that `patch` understands.

use std::ops::Range;

/// Lines shown around a change.
const CONTEXT: usize = 3;

/// How far ahead is looked for the lines to agree again.
const WINDOW: usize = 16;

/// A run of lines that differ: those of the old text, and those instead of them in the new one.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    old: Range<usize>,
    new: Range<usize>,
}

/// The changes from `old` to `new`, with a head that names the file.
pub(super) fn unified(name: &str, old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = format!("--- {name}\n+++ {name} (canonical)\n").into_bytes();
    let (old, new) = (lines(old), lines(new));
    let changes = changes(&old, &new);
    let mut rest = &changes[..];
    while let Some(first) = rest.first() {
        // Changes whose contexts touch are shown together.
        let apart = |pair: &[Change]| pair[1].old.start - pair[0].old.end > 2 * CONTEXT;
        let len = rest.windows(2).position(apart).map_or(rest.len(), |last| last + 1);
        let before = first.old.start.min(CONTEXT);
        hunk(&rest[..len], before, &old, &new, &mut out);
        rest = &rest[len..];
    }
    out
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|octet| *octet == b'\n').collect()
}

fn changes(old: &[&[u8]], new: &[&[u8]]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let (mut a, mut b) = (0, 0);
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            (a, b) = (a + 1, b + 1);
            continue;
        }
        let (x, y) = meeting(&old[a..], &new[b..]);
        let change = Change { old: a..a + x, new: b..b + y };
        (a, b) = (a + x, b + y);
        match changes.last_mut() {
            Some(last) if last.old.end == change.old.start && last.new.end == change.new.start => {
                (last.old.end, last.new.end) = (a, b);
            }
            _ => changes.push(change),
        }
    }
    changes
}

/// How many lines to pass on either side until they agree; a line each if that is not in sight.
fn meeting(old: &[&[u8]], new: &[&[u8]]) -> (usize, usize) {
    if old.is_empty() || new.is_empty() {
        return (old.len(), new.len());
    }
    for sum in 1..WINDOW {
        for x in 0..=sum {
            let y = sum - x;
            // Empty lines are everywhere: to agree on one says nothing.
            if let (Some(a), Some(b)) = (old.get(x), new.get(y))
                && a == b
                && !a.trim_ascii().is_empty()
            {
                return (x, y);
            }
        }
    }
    (1, 1)
}

fn hunk(changes: &[Change], before: usize, old: &[&[u8]], new: &[&[u8]], out: &mut Vec<u8>) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return };
    let behind = (old.len() - last.old.end).min(CONTEXT);
    let whole = Change {
        old: first.old.start - before..last.old.end + behind,
        new: first.new.start - before..last.new.end + behind,
    };
    let range = |range: &Range<usize>| {
        // An empty range is named after the line before it.
        format!("{},{}", range.start + usize::from(!range.is_empty()), range.len())
    };
    out.extend_from_slice(format!("@@ -{} +{} @@\n", range(&whole.old), range(&whole.new)).as_bytes());
    let mut at = whole.old.start;
    for change in changes {
        old[at..change.old.start].iter().for_each(|line| put(b' ', line, out));
        old[change.old.clone()].iter().for_each(|line| put(b'-', line, out));
        new[change.new.clone()].iter().for_each(|line| put(b'+', line, out));
        at = change.old.end;
    }
    old[at..whole.old.end].iter().for_each(|line| put(b' ', line, out));
}

fn put(sign: u8, line: &[u8], out: &mut Vec<u8>) {
    out.push(sign);
    out.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        out.extend_from_slice(b"\n\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn changes_are_shown_with_the_lines_around() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\nx";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\nx\n";
        let want = "--- a\n+++ a (canonical)\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n\
                    @@ -10,4 +10,4 @@\n 10\n 11\n 12\n-x\n\\ No newline at end of file\n+x\n";
        assert_eq!(String::from_utf8(unified("a", old.as_bytes(), new.as_bytes())).unwrap(), want);
    }

    proptest! {
        #[test]
        fn what_is_not_a_change_is_equal(
            old in prop::collection::vec(prop::sample::select(vec!["a\n", "b\n", "\n", "c d\n"]), 0..40),
            new in prop::collection::vec(prop::sample::select(vec!["a\n", "b\n", "\n", "c d\n"]), 0..40),
        ) {
            let lines = |lines: &[&'static str]| lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>();
            let (old, new) = (lines(&old), lines(&new));
            let mut patched = Vec::new();
            let mut at = 0;
            for change in changes(&old, &new) {
                prop_assert!(!change.old.is_empty() || !change.new.is_empty());
                patched.extend_from_slice(&old[at..change.old.start]);
                patched.extend_from_slice(&new[change.new]);
                at = change.old.end;
            }
            patched.extend_from_slice(&old[at..]);
            prop_assert_eq!(patched, new);
        }
    }
}
