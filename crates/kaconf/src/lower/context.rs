//! What every keyword's reader has at hand: the diagnostics, the host, and words read as values.

use std::fmt::Display;

use super::routing::Routing;
use super::script::ScriptRules;
use crate::code::Code;
use crate::diag::{Diagnostic, Sink};
use crate::expand::Statement;
use crate::files::Location;
use crate::model::{InterfaceName, Weight};
use crate::source::{InterfaceFacts, Source};
use crate::value::{self, Problem, Read};

/// Room for the name of an interface and its end in the kernel.
const INTERFACE_NAME_SIZE: usize = 16;

/// Shared by all readers.
pub(super) struct Context<'a> {
    pub(super) sink: Sink,
    pub(super) source: &'a dyn Source,
    /// A configuration test does not overlook junk behind a number.
    pub(super) test: bool,
    /// A keyword lacked its value: keepalived reads no further.
    pub(super) stopped: bool,
    /// An interface was named that cannot exist: without `dynamic_interfaces`, keepalived's VRRP process ends once
    /// it has read all.
    pub(super) impossible_interface: bool,
    /// What address, route and rule lines have in common.
    pub(super) routing: Routing,
    /// What was read of scripts.
    pub(super) scripts: ScriptRules,
}

impl Context<'_> {
    /// Reports about one word of a statement.
    pub(super) fn report(&mut self, statement: &Statement, word: usize, code: Code, message: String) {
        let diagnostic = Diagnostic::new(code, statement.at(word), message);
        self.sink.push(statement.explain(diagnostic));
    }

    /// Whether nothing was found, and no script read: what is read next would be the same without it.
    pub(super) fn is_untouched(&self) -> bool {
        self.sink.is_empty() && !self.stopped && self.scripts.places.is_empty()
    }

    /// Reports about a place, or about the whole configuration.
    pub(super) fn report_at(&mut self, at: Option<Location>, code: Code, message: String) {
        self.sink.push(Diagnostic::new(code, at, message));
    }

    /// A word that must be there: without it, reading stops.
    pub(super) fn need<'s>(&mut self, statement: &'s Statement, word: usize) -> Option<&'s [u8]> {
        if word < statement.len() {
            return Some(statement.word(word));
        }
        let message =
            format!("'{}' is missing its value, what follows it is not read", statement.text(word - 1));
        self.report(statement, word - 1, Code::MissingParameter, message);
        self.stopped = true;
        None
    }

    /// A whole number; junk behind it is overlooked outside of a configuration test.
    pub(super) fn lenient(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        min: i64,
        max: i64,
        otherwise: &str,
    ) -> Option<i64> {
        let text = self.need(statement, 1)?;
        let read = value::number(text, min, max, !self.test);
        self.judged(&owner, statement, read, otherwise)
    }

    /// A whole number without junk.
    pub(super) fn strict(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        min: i64,
        max: i64,
        otherwise: &str,
    ) -> Option<i64> {
        let text = self.need(statement, 1)?;
        let read = value::number(text, min, max, false);
        self.judged(&owner, statement, read, otherwise)
    }

    /// Seconds with up to six decimals, in microseconds.
    pub(super) fn seconds(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        min: i64,
        max: i64,
        otherwise: &str,
    ) -> Option<i64> {
        let text = self.need(statement, 1)?;
        let read = value::decimal(text, min, max, 6);
        self.judged(&owner, statement, read, otherwise)
    }

    /// A decimal with `scale` digits of fraction, in its smallest unit.
    pub(super) fn decimal(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        min: i64,
        max: i64,
        scale: u32,
        otherwise: &str,
    ) -> Option<i64> {
        let text = self.need(statement, 1)?;
        let read = value::decimal(text, min, max, scale);
        self.judged(&owner, statement, read, otherwise)
    }

    /// A whole number at any place of a line; junk behind it is overlooked outside of a configuration test.
    pub(super) fn lenient_at(
        &mut self,
        what: &str,
        statement: &Statement,
        word: usize,
        min: i64,
        max: i64,
        otherwise: &str,
    ) -> Option<i64> {
        let read = value::number(self.need(statement, word)?, min, max, !self.test);
        if let Some(problem) = read.problem {
            let outcome = read.value.map_or_else(|| otherwise.to_owned(), |value| format!("using {value}"));
            let message = format!("{what} '{}' {problem}, {outcome}", statement.text(word));
            self.report(statement, word, Code::BadNumber, message);
        }
        read.value
    }

    /// What follows the number of a `weight` where a thing is defined.
    pub(super) fn weight_option(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        weight: &mut Weight,
    ) {
        if statement.len() < 3 {
            return;
        }
        if statement.word(2) == b"reverse" {
            weight.reverse = true;
        } else {
            let message = format!(
                "{owner}unknown weight option '{}', ignoring it: reverse is known",
                statement.text(2)
            );
            self.report(statement, 2, Code::BadWeight, message);
        }
    }

    fn judged(
        &mut self,
        owner: &dyn Display,
        statement: &Statement,
        read: Read,
        otherwise: &str,
    ) -> Option<i64> {
        if let Some(problem) = read.problem {
            let outcome = match (read.value, problem) {
                (Some(_), Problem::TooPrecise) => "rounding it".to_owned(),
                (Some(value), _) => format!("using {value}"),
                (None, _) => otherwise.to_owned(),
            };
            let message =
                format!("{owner}{} '{}' {problem}, {outcome}", statement.text(0), statement.text(1));
            self.report(statement, 1, Code::BadNumber, message);
        }
        read.value
    }

    /// A flag that may be followed by a boolean; alone it is true. `None` if what follows is no boolean.
    pub(super) fn boolean(&mut self, owner: impl Display + Copy, statement: &Statement) -> Option<bool> {
        if statement.len() < 2 {
            return Some(true);
        }
        let value = value::boolean(statement.word(1));
        if value.is_none() {
            let message = format!(
                "{owner}{} '{}' is neither true, on, yes nor false, off, no, ignoring it",
                statement.text(0),
                statement.text(1)
            );
            self.report(statement, 1, Code::BadBoolean, message);
        }
        value
    }

    /// The name of an interface; longer than the kernel takes is reported and none.
    pub(super) fn interface_name(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        word: usize,
    ) -> Option<InterfaceName> {
        let name = InterfaceName::new(&statement.text(word));
        if name.is_none() {
            let message = format!(
                "{owner}interface name '{}' is too long or has characters no interface name has, ignoring it",
                statement.text(word)
            );
            self.report(statement, word, Code::BadValue, message);
        }
        name
    }

    /// [`Self::interface_name`] of an interface that must exist, or at least be able to.
    pub(super) fn interface_needed(
        &mut self,
        owner: impl Display + Copy,
        statement: &Statement,
        word: usize,
    ) -> Option<InterfaceName> {
        let name = self.interface_name(owner, statement, word);
        // A value that is too long is passed over, but not a line of a list.
        let passed_over = word > 0 && statement.word(word).len() >= INTERFACE_NAME_SIZE;
        self.impossible_interface |= name.is_none() && !passed_over;
        name
    }

    /// What the host says of an interface.
    pub(super) fn interface(&self, name: &InterfaceName) -> InterfaceFacts {
        self.source.interface(name.as_str())
    }
}
