//! Blocks that nothing acts on yet: passed over, their keywords checked against the table.

use super::reader::{Next, Progress, Reader};
use crate::expand::Statement;
use crate::keywords::{self, Keyword, Shape};

/// How deep the table's blocks nest, with room: `virtual_server/real_server/HTTP_GET/url` is four.
const NESTING_MAX: u32 = 16;

impl Reader<'_> {
    /// Reads a keyword of the root level, and what belongs to it, as keepalived's process for it would.
    pub(super) fn other_block(&mut self, statement: &mut Statement, keyword: &'static Keyword) {
        match keyword.shape {
            Shape::Block => self.known_block(keyword.name, NESTING_MAX),
            Shape::Lines => {
                self.lines(statement, |_, _| {});
            }
            Shape::Value | Shape::Flag => {}
        }
    }

    /// Reads the keywords of one block, and of the blocks in it.
    fn known_block(&mut self, path: &str, nesting: u32) {
        let mut statement = Statement::default();
        let mut progress = Progress::NeedsOpen;
        while let Next::Statement = self.next_in_block(&mut statement, &mut progress) {
            let name = statement.text(0).into_owned();
            let keyword = keywords::find(path, &name);
            if let Some(keyword) = keyword {
                self.deprecated(&statement, keyword);
            }
            match keyword.map(|keyword| keyword.shape) {
                None => self.unknown(&statement, path),
                Some(Shape::Block) if nesting > 0 => self.known_block(&format!("{path}/{name}"), nesting - 1),
                Some(Shape::Lines) => {
                    let head = std::mem::take(&mut statement);
                    self.lines(&head, |_, _| {});
                }
                Some(_) => {}
            }
        }
    }
}
