//! Scripts as they are read: the words of a command out of one word, and whom it runs as.
//!
//! keepalived splits twice: the line into words, where single quotes group as double ones do, then the first of
//! them into the program and its arguments, where escapes are undone too. Whether the script may run is not asked
//! here but at the end, by `script_security`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;

use super::context::Context;
use super::script_words::{Escapes, SplitError, split};
use crate::code::{Class, Code};
use crate::diag::Diagnostic;
use crate::expand::Statement;
use crate::files::Location;
use crate::model::Script;
use crate::source::Lookup;

/// Whom keepalived runs scripts as where nothing else is asked for.
pub(super) const DEFAULT_USER: &str = "keepalived_script";

/// Whom scripts run as, for the fields of a [`Script`].
#[derive(Debug)]
pub(super) struct Account {
    pub(super) user: Option<Box<str>>,
    pub(super) group: Option<Box<str>>,
}

/// What was learnt of scripts while reading, as far as the model does not say it.
#[derive(Debug, Default)]
pub(super) struct ScriptRules {
    /// There is nobody to run scripts as that have no user of their own.
    pub(super) no_user: bool,
    /// Whom such scripts run as is settled: by `script_user`, or by the first that was read without one.
    pub(super) settled: bool,
    /// Where each command was typed first.
    pub(super) places: HashMap<Vec<Box<str>>, Option<Location>>,
}

impl Context<'_> {
    /// `KEYWORD COMMAND [USER [GROUP]]`, or `KEYWORD COMMAND` for the keywords whose block has a `user`.
    ///
    /// `None`, with a diagnostic, if there is no script to run.
    pub(super) fn script(&mut self, owner: impl Display + Copy, statement: &Statement) -> Option<Script> {
        let has_user_line = matches!(statement.word(0), b"script" | b"misc_path");
        if has_user_line && statement.len() < 2 {
            return None;
        }
        let words = self.split(owner, statement, statement.line(), Escapes::Kept)?;
        if words.len() < 2 {
            self.need(statement, statement.len())?;
        }
        let command =
            self.split(owner, statement, words.get(1).map_or(&[], Vec::as_slice), Escapes::Undone)?;
        if command.is_empty() {
            let message = format!("{owner}{} has nothing to run, ignoring it", statement.text(0));
            self.note_script(statement, 1, Code::ScriptWords, Class::None, message);
            return None;
        }
        let command: Vec<_> = command.iter().map(|word| self.word(owner, statement, word)).collect();
        self.scripts.places.entry(command.clone()).or_insert(statement.at(1));
        let mut script = Script { command, user: None, group: None };
        if !has_user_line && let Some(user) = words.get(2) {
            let text = |word: &Vec<u8>| String::from_utf8_lossy(word).into_owned();
            let (user, group) = (text(user), words.get(3).map(text));
            self.account(owner, statement, (&user, group.as_deref()), Class::None)?;
            (script.user, script.group) = (Some(user.into()), group.map(Into::into));
        }
        Some(script)
    }

    /// `user USER [GROUP]` of a block that has one script. `None`, with a diagnostic, if there is no such user.
    pub(super) fn script_user(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
    ) -> Option<Account> {
        self.need(statement, 1)?;
        let (user, group) = (statement.text(1), (statement.len() > 2).then(|| statement.text(2)));
        self.account(owner, statement, (&user, group.as_deref()), Class::General)?;
        Some(Account { user: Some(user.into()), group: group.map(Into::into) })
    }

    /// Whether a user, and a group, exist as far as anybody can say.
    pub(super) fn account(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        (user, group): (&str, Option<&str>),
        class: Class,
    ) -> Option<()> {
        let keyword = statement.text(0);
        let (word, what, name) = if self.source.user(user) == Lookup::Missing {
            (statement.len().min(3) - 1, "user", user)
        } else if let Some(group) = group.filter(|group| self.source.group(group) == Lookup::Missing) {
            (statement.len().min(4) - 1, "group", group)
        } else {
            return Some(());
        };
        let message = format!("{owner}{keyword}: there is no {what} '{name}', the script is not run");
        let mut diagnostic = Diagnostic::new(Code::ScriptUser, statement.at(word), message);
        diagnostic.class = class;
        if class == Class::None {
            let help = "what follows the command is a user and a group; quote a command that has arguments";
            diagnostic = diagnostic.note(None, help);
        }
        self.sink.push(statement.explain(diagnostic));
        None
    }

    fn split(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        text: &[u8],
        escapes: Escapes,
    ) -> Option<Vec<Vec<u8>>> {
        let error = match split(text, escapes) {
            Ok(words) => return Some(words),
            Err(error) => error,
        };
        let class = match error {
            SplitError::Unclosed(_) => Class::UnmatchedQuote,
            SplitError::LoneBackslash => Class::None,
        };
        let message = format!("{owner}{}: {error}, the script is not run", statement.text(0));
        self.note_script(statement, 1, Code::ScriptWords, class, message);
        None
    }

    /// A word of a command; octets that are no text are replaced, and said so.
    fn word(&mut self, owner: impl Display + Copy, statement: &Statement, word: &[u8]) -> Box<str> {
        let text = String::from_utf8_lossy(word);
        if matches!(text, Cow::Owned(_)) {
            let message = format!(
                "{owner}{}: '{text}' is not UTF-8, the script gets U+FFFD instead",
                statement.text(0)
            );
            self.note_script(statement, 1, Code::ScriptWords, Class::None, message);
        }
        text.into()
    }

    fn note_script(&mut self, statement: &Statement, word: usize, code: Code, class: Class, message: String) {
        let mut diagnostic = Diagnostic::new(code, statement.at(word), message);
        diagnostic.class = class;
        self.sink.push(statement.explain(diagnostic));
    }
}
