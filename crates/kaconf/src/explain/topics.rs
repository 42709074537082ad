//! What belongs to no keyword: how lines are read, definitions, sequences, includes, values. `topics.md`.

use std::sync::OnceLock;

use crate::markdown;

const TEXT: &str = include_str!("topics.md");

/// One topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Topic {
    /// The word it is found by.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// What is to be said, in Markdown.
    pub text: &'static str,
    /// Other words it is found by, separated by blanks.
    aliases: &'static str,
}

impl Topic {
    /// Whether this is its name or one of its other names.
    pub fn is_named(&self, word: &str) -> bool {
        self.name == word || self.aliases.split(' ').any(|alias| alias == word)
    }
}

/// All topics, in the order they are best read.
pub fn topics() -> &'static [Topic] {
    static ALL: OnceLock<Vec<Topic>> = OnceLock::new();
    ALL.get_or_init(|| markdown::sections(TEXT, "## ").into_iter().filter_map(topic).collect())
}

/// `name (alias alias): title` and a text.
fn topic((heading, text): (&'static str, &'static str)) -> Option<Topic> {
    let (names, title) = heading.split_once(": ")?;
    let (name, aliases) = names.split_once(" (").unwrap_or((names, ""));
    Some(Topic { name, title, text, aliases: aliases.trim_end_matches(')') })
}
