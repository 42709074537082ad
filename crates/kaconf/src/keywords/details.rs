//! What is to be said of a keyword or block beyond its line in the table: `details/*.md`.
//!
//! `# BLOCK` begins the part of a block (of several that are alike: `# BLOCK, BLOCK`), `## KEYWORD` below it that
//! of a keyword; `# root` is the part of keywords outside of all blocks.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::markdown;

const TEXTS: &[&str] = &[
    include_str!("details/bfd.md"),
    include_str!("details/checkers.md"),
    include_str!("details/global_defs.md"),
    include_str!("details/lines.md"),
    include_str!("details/root.md"),
    include_str!("details/static.md"),
    include_str!("details/track.md"),
    include_str!("details/virtual_server.md"),
    include_str!("details/vrrp_instance.md"),
];

type Texts = HashMap<(&'static str, &'static str), &'static str>;

/// All parts in the order of the files: block, keyword (empty for the block itself), text.
fn parts() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TEXTS.iter().flat_map(|file| markdown::sections(file, "# ")).flat_map(|(blocks, text)| {
        let parts = markdown::sections(text, "## ");
        let of_block = move |block| {
            parts.clone().into_iter().map(move |(name, text)| (block, name, text)).collect::<Vec<_>>()
        };
        blocks.split(", ").flat_map(of_block).filter(|(block, _, text)| !block.is_empty() && !text.is_empty())
    })
}

/// All parts by block and keyword.
pub(super) fn all() -> &'static Texts {
    static ALL: OnceLock<Texts> = OnceLock::new();
    ALL.get_or_init(|| parts().map(|(block, name, text)| ((block, name), text)).collect())
}

/// The part of a keyword, or of a block if there is no `name`.
pub(super) fn of(block: &str, name: &str) -> Option<&'static str> {
    all().get(&(block, name)).copied()
}

#[cfg(test)]
mod tests {
    use super::super::{Shape, block, blocks, find};
    use super::*;

    /// The part of a keyword that has been renamed would never be shown.
    #[test]
    fn every_part_is_that_of_a_keyword_or_block() {
        for (path, name) in all().keys() {
            let known = if name.is_empty() { !block(path).is_empty() } else { find(path, name).is_some() };
            assert!(known, "{path} {name}");
        }
    }

    #[test]
    fn no_part_hides_another() {
        assert_eq!(all().len(), parts().count());
    }

    #[test]
    fn every_block_has_a_part_with_an_example() {
        for path in blocks() {
            let (outer, name) = path.rsplit_once('/').unwrap_or(("root", path));
            let keyword = find(outer, name).unwrap_or_else(|| panic!("{path}"));
            let text = keyword.details().unwrap_or_else(|| panic!("{path}"));
            // Lists of lines are short enough for one that is made.
            assert!(keyword.shape == Shape::Lines || markdown::example(text, "conf").is_some(), "{path}");
        }
    }
}
