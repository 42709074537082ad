//! A line of words, as `virtual_routes` and its like have them.

use std::fmt::{Display, Write as _};

use super::writer::quoted;
use crate::model::Realms;

/// Puts words one behind the other.
#[derive(Debug, Default)]
pub(super) struct Line(String);

impl Line {
    /// A word that needs no quotes.
    pub(super) fn word(&mut self, word: impl Display) -> &mut Self {
        let blank = if self.0.is_empty() { "" } else { " " };
        let _infallible = write!(self.0, "{blank}{word}");
        self
    }

    /// A keyword, if it holds.
    pub(super) fn flag(&mut self, keyword: &str, holds: bool) -> &mut Self {
        if holds {
            self.word(keyword);
        }
        self
    }

    /// A keyword and its value, if there is one.
    pub(super) fn value(&mut self, keyword: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.word(keyword).word(value);
        }
        self
    }

    /// A keyword and a value that is not always one word as it is.
    pub(super) fn text(&mut self, keyword: &str, text: Option<&str>) -> &mut Self {
        self.value(keyword, text.map(quoted))
    }

    /// `realms`, if there are any.
    pub(super) fn realms(&mut self, realms: Realms) -> &mut Self {
        match realms {
            Realms { source: 0, destination: 0 } => self,
            Realms { source: 0, destination } => self.value("realms", Some(destination)),
            Realms { source, destination } => {
                self.value("realms", Some(format_args!("{source}/{destination}")))
            }
        }
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}
