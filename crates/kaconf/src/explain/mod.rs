//! Explanations of keywords, blocks, codes and topics as plain text: what `kad explain` prints.
//!
//! Everything said here stands in the table of [`keywords`] and the texts beside it; this is
//! layout. Nothing is read, nothing is printed.

mod layout;
mod near;
mod parts;
mod topics;

use std::fmt::Write as _;

use crate::code::Code;
use crate::keywords::{self, Keyword};
use layout::{heading, table, wrapped};

pub use parts::facts;
pub use topics::{Topic, topics};

/// A word that nothing is known about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is known of '{word}'{}", self.advice())]
pub struct Unknown {
    /// The word.
    pub word: String,
    /// What may have been meant, the likeliest first.
    pub near: Vec<String>,
}

impl Unknown {
    fn advice(&self) -> String {
        if self.near.is_empty() {
            String::new()
        } else {
            format!(", did you mean {}?", self.near.join(" or "))
        }
    }
}

/// Explains a keyword (`priority`: of every block that has it; `vrrp_instance/priority`: of one), a block, a
/// code or a topic. The text is wrapped at 100 columns.
///
/// # Errors
///
/// The word is none of these; what is like it is in the error.
pub fn explain(word: &str) -> Result<String, Unknown> {
    if let Some(code) = Code::of_id(word) {
        return Ok(self::code(code));
    }
    let found = parts::find(word);
    let topic = topics().iter().find(|topic| topic.is_named(word));
    if found.is_empty() && topic.is_none() {
        return Err(Unknown { word: word.to_owned(), near: near::to(word) });
    }
    let mut texts: Vec<String> = parts::grouped(&found).iter().map(|group| keyword_group(group)).collect();
    texts.extend(topic.map(self::topic));
    Ok(texts.join("\n\n"))
}

/// Explains one keyword, and its own keywords if it is a block.
pub fn keyword(keyword: &'static Keyword) -> String {
    keyword_group(&[keyword])
}

/// Explains a block by its path.
pub fn block(path: &str) -> Option<String> {
    let (outer, name) = path.rsplit_once('/').unwrap_or(("root", path));
    keywords::find(outer, name).filter(|keyword| keyword.is_block()).map(keyword)
}

/// Explains a code.
pub fn code(code: Code) -> String {
    let mut out = heading(&format!("{code} {}", code.title()));
    wrapped(&mut out, "", &format!("Severity: {}.", code.severity().name()));
    out.push('\n');
    layout::markdown(&mut out, code.details());
    layout::ended(out)
}

/// Explains a topic.
pub fn topic(topic: &Topic) -> String {
    let mut out = heading(&format!("{}: {}", topic.name, topic.title));
    layout::markdown(&mut out, topic.text);
    layout::ended(out)
}

/// All blocks and topics, each with a line.
pub fn overview() -> String {
    let mut out = heading("Blocks and keywords outside of blocks");
    table(&mut out, keywords::block("root").iter().map(|keyword| (keyword.name, keyword.help)));
    out.push_str("\n\n");
    out.push_str(&heading("Topics"));
    table(&mut out, topics().iter().map(|topic| (topic.name, topic.title)));
    out.push('\n');
    let hint = "kad explain WORD tells more about a keyword (priority, vrrp_instance/priority), a block, \
                a topic, or the code of a message (K200).";
    wrapped(&mut out, "", hint);
    out
}

/// Explains keywords that differ in their blocks only.
fn keyword_group(group: &[&'static Keyword]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let blocks: Vec<_> = group.iter().map(|keyword| keyword.block).collect();
    let mut out = heading(&match *blocks {
        ["root"] => first.name.to_owned(),
        ["root", ..] => format!("{}, also in {}", first.name, blocks[1..].join(", ")),
        _ => format!("{}, in {}", first.name, blocks.join(", ")),
    });
    let _ = writeln!(out, "    {}\n", first.usage());
    wrapped(&mut out, "", first.help);
    let facts = parts::facts(first);
    if !facts.is_empty() {
        out.push('\n');
        wrapped(&mut out, "", &facts);
    }
    let details = first.details().unwrap_or_default();
    if !details.is_empty() {
        out.push('\n');
        layout::markdown(&mut out, details);
    }
    let example = first.example();
    if !details.contains(&*example) {
        let _ = write!(out, "\nExample:\n\n{}", layout::indented(&example));
    }
    if first.is_block() {
        out.push_str("\nKeywords:\n\n");
        let path = first.path();
        table(&mut out, keywords::block(&path).iter().map(|keyword| (keyword.name, keyword.help)));
    }
    layout::ended(out)
}

#[cfg(test)]
mod tests;
