//! Scripts: the words of a command out of one word, and whom it runs as.

use super::context::Context;
use crate::expand::Statement;
use crate::model::Script;

impl Context<'_> {
    /// `KEYWORD VALUE [USER [GROUP]]`. `None`, with a diagnostic, if there is no script to run.
    pub(super) fn script(&mut self, _owner: &str, statement: &Statement) -> Option<Script> {
        let word = self.need(statement, 1)?;
        let command = String::from_utf8_lossy(word).split_whitespace().map(Into::into).collect();
        let named = |index: usize| (index < statement.len()).then(|| statement.text(index).into());
        Some(Script { command, user: named(2), group: named(3) })
    }
}
