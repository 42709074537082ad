//! What is to be said of a keyword or block beyond its line in the table: `details/*.md`.
//!
//! `# BLOCK` begins the part of a block (of several that are alike: `# BLOCK, BLOCK`), `## KEYWORD` below it that
//! of a keyword; `# root` is the part of keywords outside of all blocks.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::markdown;

const TEXTS: &[&str] = &[include_str!("details/vrrp_instance.md")];

type Texts = HashMap<(&'static str, &'static str), &'static str>;

/// All parts by block and keyword; the part of a block has no keyword.
pub(super) fn all() -> &'static Texts {
    static ALL: OnceLock<Texts> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut texts = Texts::new();
        for (blocks, text) in TEXTS.iter().flat_map(|file| markdown::sections(file, "# ")) {
            for block in blocks.split(", ") {
                texts.extend(
                    markdown::sections(text, "## ").iter().map(|(name, text)| ((block, *name), *text)),
                );
            }
        }
        texts.retain(|(block, _), text| !block.is_empty() && !text.is_empty());
        texts
    })
}

/// The part of a keyword, or of a block if there is no `name`.
pub(super) fn of(block: &str, name: &str) -> Option<&'static str> {
    all().get(&(block, name)).copied()
}
