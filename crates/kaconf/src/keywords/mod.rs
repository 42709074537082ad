//! Every keyword of the language, from one table: `keywords.tsv` beside this file.
//!
//! The table says what exists, not what is acted upon: a keyword that is here and that nothing reads is
//! reported as not acted on yet, one that is not here is unknown.

mod distance;
mod suggest;

use std::sync::OnceLock;

pub(crate) use suggest::{Meant, advice, meant, newer, values_of};
pub use suggest::{suggest, suggest_value};

/// The table as text: block, name, kind, grammar, default, since, status, help.
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
    /// The first release line that has it, `2.2` for all before too.
    pub since: &'static str,
    /// Whether it is an older name of something.
    pub status: Status,
    /// More about it; often empty.
    pub help: &'static str,
}

impl Keyword {
    /// The keywords of the block that this one opens; none if it opens no block of keywords.
    pub fn inner(&self) -> &'static [Self] {
        match self.shape {
            Shape::Block if self.block == "root" => block(self.name),
            Shape::Block => block(&format!("{}/{}", self.block, self.name)),
            _ => &[],
        }
    }
}

/// The number of a row in [`all`].
pub(crate) fn number(keyword: &'static Keyword) -> usize {
    let key = |keyword: &Keyword| (keyword.block != "root", keyword.block, keyword.name);
    all().partition_point(|other| key(other) < key(keyword))
}

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
        help: next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_sorted() {
        assert_eq!(all().len(), TABLE.lines().count() - 1);
        assert!(all().len() >= 640);
        let key = |keyword: &Keyword| (keyword.block != "root", keyword.block, keyword.name);
        assert!(all().is_sorted_by(|a, b| key(a) < key(b)));
    }

    #[test]
    fn blocks_are_keywords_of_the_block_around_them() {
        for keyword in all() {
            let (outer, name) = keyword.block.rsplit_once('/').unwrap_or(("root", keyword.block));
            if keyword.block != "root" {
                let found = find(outer, name);
                assert!(
                    found.is_some_and(|block| matches!(block.shape, Shape::Block | Shape::Lines)),
                    "{} has no row for its block",
                    keyword.block
                );
            }
        }
        for keyword in all().iter().filter(|keyword| keyword.shape == Shape::Block) {
            let path = if keyword.block == "root" {
                keyword.name.to_owned()
            } else {
                format!("{}/{}", keyword.block, keyword.name)
            };
            assert!(!block(&path).is_empty(), "{path} has no keywords");
        }
    }

    #[test]
    fn finds_by_block_and_name() {
        assert_eq!(find("root", "vrrp_instance").map(|k| k.shape), Some(Shape::Block));
        assert_eq!(find("vrrp_instance", "virtual_ipaddress").map(|k| k.shape), Some(Shape::Lines));
        assert_eq!(find("global_defs", "virtual_ipaddress"), None);
        assert_eq!(find("global_defs", "vrrp_rlimit_rtime").map(|k| k.status), Some(Status::Old));
    }
}
