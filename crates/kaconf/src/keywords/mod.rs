//! Every keyword of the language, from one table: `keywords.tsv` beside this file.
//!
//! The table says what exists, not what is acted upon: a keyword that is here and that nothing reads is
//! reported as not acted on yet, one that is not here is unknown. What needs more than a line stands in
//! `details/*.md`.
//!
//! The grammar of a value is written thus: `<NAME 1..9>` stands for a value of a kind and what bounds it,
//! `[x]` may be left out, `x ..` may be repeated, `a,b` is one of these words, ` , ` separates whole forms,
//! `<BOOL>?` is `true` or `false` and may be left out, `{ x .. }` are lines between braces, `-` is nothing.

mod details;
mod distance;
mod example;
mod suggest;
mod words;

use std::borrow::Cow;
use std::sync::OnceLock;

pub(crate) use suggest::{Meant, meant, nearest, newer, values_of};
pub use suggest::{suggest, suggest_value};

/// The table as text: block, name, kind, grammar, default, since, status, replaced_by, help.
const TABLE: &str = include_str!("keywords.tsv");

/// What follows a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Shape {
    /// A value, or several.
    Value,
    /// Nothing, or a boolean.
    Flag,
    /// Braces with keywords between them.
    Block,
    /// Braces with lines between them that are no keywords.
    Lines,
}

impl Shape {
    /// Whether braces follow.
    pub const fn is_block(self) -> bool {
        matches!(self, Self::Block | Self::Lines)
    }

    /// As the table writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Flag => "flag",
            Self::Block => "block",
            Self::Lines => "lines",
        }
    }
}

/// Whether a keyword should still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Yes.
    Current,
    /// There is a newer one; keepalived takes this one without a complaint that counts.
    Old,
    /// There is a newer one, and keepalived complains.
    Deprecated,
}

impl Status {
    /// As the table writes it, where it writes anything.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Old => "old",
            Self::Deprecated => "deprecated",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keyword {
    /// The block it stands in: names from the outermost inwards, joined by `/`; `root` outside all blocks.
    pub block: &'static str,
    /// The keyword.
    pub name: &'static str,
    /// What follows it.
    pub shape: Shape,
    /// What its value looks like.
    pub grammar: &'static str,
    /// What holds when it is not given; `-` for nothing.
    pub default: &'static str,
    /// The first release of keepalived that has it; `2.2` for all up to 2.2.7, `unreleased` for what 2.4.3 does
    /// not know yet.
    pub since: &'static str,
    /// Whether it is an older name of something.
    pub status: Status,
    /// The newer keyword of an old one, of the same block or with its path (`global_defs/lvs_sync_daemon`);
    /// empty when there is none. [`Self::replacement`] finds it.
    pub replaced_by: &'static str,
    /// What it does and in which unit, in one line.
    pub help: &'static str,
}

impl Keyword {
    /// The keywords of the block that this one opens; none if it opens no block of keywords.
    pub fn inner(&self) -> &'static [Self] {
        match self.shape {
            Shape::Block => block(&self.path()),
            _ => &[],
        }
    }

    /// The row of the keyword to use instead of this one.
    pub fn replacement(&self) -> Option<&'static Self> {
        let (block, name) = self.replaced_by.rsplit_once('/').unwrap_or((self.block, self.replaced_by));
        find(block, name)
    }

    /// What to use instead of it, as a message says it.
    pub fn instead(&self) -> Option<Cow<'static, str>> {
        let newer = self.replacement()?;
        Some(match newer.block {
            block if block == self.block => newer.name.into(),
            ROOT => format!("{} outside of all blocks", newer.name).into(),
            block => format!("{} of {block}", newer.name).into(),
        })
    }

    /// Its place in the language: `global_defs/router_id`, `vrrp_instance` at root level.
    pub fn path(&self) -> Cow<'static, str> {
        if self.block == ROOT { self.name.into() } else { format!("{}/{}", self.block, self.name).into() }
    }

    /// Whether it has keywords of its own.
    pub fn is_block(&self) -> bool {
        self.shape.is_block() && !block(&self.path()).is_empty()
    }

    /// The keyword with what follows it, as documents show a grammar: a form a line, `a|b` for one of these.
    pub fn usage(&self) -> String {
        let form = |form: &str| match form {
            "-" => self.name.to_owned(),
            "<BOOL>?" => format!("{} [<BOOL>]", self.name),
            _ if self.name.starts_with('<') => form.replace(',', "|"),
            _ => format!("{} {}", self.name, form.replace(',', "|")),
        };
        self.grammar.split(" , ").map(form).collect::<Vec<_>>().join("\n    ")
    }

    /// The fixed words that its value may consist of, in the order of its grammar; for completion and for
    /// guessing what was meant by another word.
    pub fn words(&self) -> Vec<&'static str> {
        words::of(self.grammar)
    }

    /// More than a line about it, in Markdown, where a line is not enough.
    pub fn details(&self) -> Option<&'static str> {
        details::of(self.block, self.name).or_else(|| details::of(&self.path(), ""))
    }

    /// A configuration that uses it and reads without a complaint.
    pub fn example(&self) -> Cow<'static, str> {
        example::of(self)
    }
}

/// The number of a row in [`all`].
pub(crate) fn number(keyword: &'static Keyword) -> usize {
    let key = |keyword: &Keyword| (keyword.block != "root", keyword.block, keyword.name);
    all().partition_point(|other| key(other) < key(keyword))
}

/// The block that stands for outside of all blocks.
const ROOT: &str = "root";

/// Every keyword, sorted by block (the root first) and name.
pub fn all() -> &'static [Keyword] {
    static ALL: OnceLock<Vec<Keyword>> = OnceLock::new();
    ALL.get_or_init(|| TABLE.lines().skip(1).filter_map(row).collect())
}

/// The keywords of one block, sorted by name; none for a block that does not exist.
pub fn block(path: &str) -> &'static [Keyword] {
    let all = all();
    let start =
        all.partition_point(|keyword| (keyword.block != "root", keyword.block) < (path != "root", path));
    let len = all[start..].partition_point(|keyword| keyword.block == path);
    &all[start..start + len]
}

/// The paths of all blocks, sorted, without the root.
pub fn blocks() -> impl Iterator<Item = &'static str> {
    let mut last = ROOT;
    all()
        .iter()
        .map(|keyword| keyword.block)
        .filter(move |block| std::mem::replace(&mut last, block) != *block)
}

/// Every row of this name, whatever its block.
pub fn named(name: &str) -> impl Iterator<Item = &'static Keyword> {
    all().iter().filter(move |keyword| keyword.name == name)
}

/// One keyword of a block.
pub fn find(path: &str, name: &str) -> Option<&'static Keyword> {
    let block = block(path);
    block.binary_search_by(|keyword| keyword.name.cmp(name)).ok().map(|index| &block[index])
}

fn row(line: &'static str) -> Option<Keyword> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    Some(Keyword {
        block: next()?,
        name: next()?,
        shape: match next()? {
            "flag" => Shape::Flag,
            "block" => Shape::Block,
            "lines" => Shape::Lines,
            _ => Shape::Value,
        },
        grammar: next()?,
        default: next()?,
        since: next()?,
        status: match next()? {
            "deprecated" => Status::Deprecated,
            "old" => Status::Old,
            _ => Status::Current,
        },
        replaced_by: next()?,
        help: next().filter(|help| !help.is_empty())?,
    })
}

#[cfg(test)]
mod tests;
