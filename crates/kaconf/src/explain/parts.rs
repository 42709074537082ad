//! Which rows of the table a word means, and what is said of one beside its help.

use crate::keywords::{self, Keyword, Status};

/// The rows a word means: a name, or the end of a path.
pub(super) fn find(word: &str) -> Vec<&'static Keyword> {
    let word = word.strip_prefix("root/").filter(|rest| !rest.contains('/')).map_or(word, |name| name);
    keywords::all().iter().filter(|keyword| means(keyword, word)).collect()
}

fn means(keyword: &Keyword, word: &str) -> bool {
    let path = keyword.path();
    path.strip_suffix(word).is_some_and(|outer| outer.is_empty() || outer.ends_with('/'))
}

/// Rows that say the same, together, in the order of the table.
pub(super) fn grouped(rows: &[&'static Keyword]) -> Vec<Vec<&'static Keyword>> {
    let mut groups: Vec<Vec<&'static Keyword>> = Vec::new();
    for &row in rows {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| alike(first, row))) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups
}

fn alike(a: &Keyword, b: &Keyword) -> bool {
    let said = |keyword: &Keyword| (keyword.grammar, keyword.default, keyword.help, keyword.details());
    said(a) == said(b) && !a.is_block() && !b.is_block()
}

/// Default, age and what to use instead, as sentences.
pub fn facts(keyword: &Keyword) -> String {
    let mut facts = Vec::new();
    match keyword.default {
        "-" => {}
        "required" => facts.push("It must be given.".to_owned()),
        default => facts.push(format!("Default: {default}.")),
    }
    match keyword.since {
        "2.2" => {}
        "unreleased" => facts.push("keepalived 2.4.3 does not know it yet.".to_owned()),
        since => facts.push(format!("Since keepalived {since}.")),
    }
    let age = match keyword.status {
        Status::Current => None,
        Status::Old => Some("Old"),
        Status::Deprecated => Some("Deprecated, with a complaint"),
    };
    if let Some(age) = age {
        facts.push(match keyword.instead() {
            Some(newer) => format!("{age}: use {newer}."),
            None => format!("{age}."),
        });
    }
    facts.join(" ")
}
