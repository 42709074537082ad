//! The words of one route or rule line, read one after the other.
//!
//! keepalived drops a line with a word that it cannot use, and reads no further when a line ends where a value is due.

use std::borrow::Cow;
use std::net::IpAddr;

use super::numbers;
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::lower::owner::Owner;
use crate::model::{InterfaceName, Realms};
use crate::source::{InterfaceFacts, RoutingNames};
use crate::value;

/// The line is not used.
#[derive(Debug)]
pub(super) struct Dropped;

/// Whether a line is read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Continue,
    Break,
}

/// A line and the word at hand.
#[derive(Debug)]
pub(super) struct Words<'s> {
    line: &'s Statement,
    at: usize,
    /// The keyword whose value is read.
    keyword: usize,
    owner: Owner<'s>,
    /// What the line is: `route`, `rule`.
    pub(super) what: &'static str,
}

impl<'s> Words<'s> {
    /// `owner` begins every message.
    pub(super) const fn new(line: &'s Statement, owner: Owner<'s>, what: &'static str) -> Self {
        Self { line, at: 0, keyword: 0, owner, what }
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.line.len()
    }

    /// Whether there is a word behind the one at hand.
    pub(super) fn has_next(&self) -> bool {
        self.at + 1 < self.line.len()
    }

    /// The word at hand; empty behind the last one.
    pub(super) fn word(&self) -> &'s [u8] {
        self.line.word(self.at)
    }

    /// The word behind the one at hand.
    pub(super) fn peek(&self) -> &'s [u8] {
        self.line.word(self.at + 1)
    }

    pub(super) fn text(&self) -> Cow<'s, str> {
        self.line.text(self.at)
    }

    /// The keyword whose value is read.
    pub(super) fn keyword(&self) -> Cow<'s, str> {
        self.line.text(self.keyword)
    }

    /// The word at hand is a keyword.
    pub(super) fn mark(&mut self) {
        self.keyword = self.at;
    }

    pub(super) fn advance(&mut self, words: usize) {
        self.at += words;
    }

    /// Gives the word before back, so that the loop over keywords comes to the one at hand.
    pub(super) fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    /// The next word, which must be there.
    pub(super) fn next(&mut self, context: &mut Context<'_>) -> Result<&'s [u8], Dropped> {
        self.at += 1;
        context.need(self.line, self.at).ok_or(Dropped)
    }

    /// As [`Self::next`], and the one behind it if it is `lock`; tells if it was.
    pub(super) fn next_locked(&mut self, context: &mut Context<'_>) -> Result<bool, Dropped> {
        let locked = self.next(context)? == b"lock";
        if locked {
            self.next(context)?;
        }
        Ok(locked)
    }

    /// Reports about the word at hand; the line is used.
    pub(super) fn report(&self, context: &mut Context<'_>, code: Code, message: &str) {
        context.report(self.line, self.at, code, format!("{}{message}", self.owner));
    }

    /// Reports about the word at hand; the line is not used.
    pub(super) fn drop<T>(&self, context: &mut Context<'_>, code: Code, message: &str) -> Result<T, Dropped> {
        self.report(context, code, &format!("{message}, this {} is not used", self.what));
        Err(Dropped)
    }

    /// The word at hand as a whole number.
    pub(super) fn this_number(&self, context: &mut Context<'_>, max: u32) -> Result<u32, Dropped> {
        match numbers::up_to(self.word(), max) {
            Some(number) => Ok(number),
            None => self.unusable(context, &format!("a number from 0 to {max}")),
        }
    }

    /// The next word as a whole number.
    pub(super) fn number(&mut self, context: &mut Context<'_>, max: u32) -> Result<u32, Dropped> {
        self.next(context)?;
        self.this_number(context, max)
    }

    /// The next word as a whole number of one octet.
    pub(super) fn octet(&mut self, context: &mut Context<'_>) -> Result<u8, Dropped> {
        self.number(context, 255).map(|number| number as u8)
    }

    /// `0` or `1`
    pub(super) fn switch(&mut self, context: &mut Context<'_>) -> Result<bool, Dropped> {
        self.number(context, 1).map(|number| number == 1)
    }

    /// The word at hand is not what its keyword takes.
    pub(super) fn unusable<T>(&self, context: &mut Context<'_>, wanted: &str) -> Result<T, Dropped> {
        let message = format!("{} '{}' is not {wanted}", self.keyword(), self.text());
        self.drop(context, Code::RouteValue, &message)
    }

    /// The next word as a number or a name of a list.
    pub(super) fn named(
        &mut self,
        context: &mut Context<'_>,
        list: RoutingNames,
        wanted: &str,
    ) -> Result<u32, Dropped> {
        let word = self.next(context)?;
        match context.routing.names.number(context.source, list, word) {
            Some(number) => Ok(number),
            None => {
                let message = format!(
                    "{} '{}' is neither a number that fits nor {wanted} known on this host",
                    self.keyword(),
                    self.text()
                );
                self.drop(context, Code::RouteName, &message)
            }
        }
    }

    /// `tos`, by number or name.
    pub(super) fn dsfield(&mut self, context: &mut Context<'_>) -> Result<u8, Dropped> {
        self.named(context, RoutingNames::DsField, "a TOS value").map(|number| number as u8)
    }

    /// `[SOURCE/]DESTINATION`
    pub(super) fn realms(&mut self, context: &mut Context<'_>) -> Result<Realms, Dropped> {
        let word = self.next(context)?;
        let slash = word.iter().position(|octet| *octet == b'/');
        let mut realm = |name: &[u8]| {
            let number = context.routing.names.number(context.source, RoutingNames::Realms, name);
            number.map(|number| number as u8)
        };
        let read = match slash {
            None => realm(word).map(|destination| Realms { source: 0, destination }),
            Some(at) => realm(&word[..at])
                .zip(realm(&word[at + 1..]))
                .map(|(source, destination)| Realms { source, destination }),
        };
        match read {
            Some(realms) => Ok(realms),
            None => {
                let message =
                    format!("realms '{}' are neither numbers up to 255 nor known here", self.text());
                self.drop(context, Code::RouteName, &message)
            }
        }
    }

    /// The word at hand as an address without a prefix length.
    pub(super) fn this_address(&self, context: &mut Context<'_>) -> Result<IpAddr, Dropped> {
        match value::address(self.word()) {
            Some(address) => Ok(address),
            None => self.unusable(context, "an IP address without a prefix length"),
        }
    }

    /// The next word as the name of an interface, which must exist in the end.
    pub(super) fn interface(&mut self, context: &mut Context<'_>) -> Result<InterfaceName, Dropped> {
        self.next(context)?;
        let at = self.line.at(self.at);
        let Some(name) = InterfaceName::new(&self.text()) else {
            let message = format!(
                "{}'{}' cannot be an interface, this {} is not used",
                self.owner,
                self.text(),
                self.what
            );
            context.interface_is_missing(at, message, true);
            return Err(Dropped);
        };
        if context.interface(&name) == InterfaceFacts::Missing {
            let message = format!("{}interface {name} for a {} doesn't exist", self.owner, self.what);
            context.interface_is_missing(at, message, false);
        }
        Ok(name)
    }

    /// `track_group NAME`; a second one ends the line.
    pub(super) fn track_group(
        &mut self,
        context: &mut Context<'_>,
        group: &mut Option<Box<str>>,
    ) -> Result<Flow, Dropped> {
        self.next(context)?;
        let name = self.text();
        if group.is_some() {
            let message = format!("track_group {name} is a second one, what follows it is not read");
            self.report(context, Code::TrackGroup, &message);
            return Ok(Flow::Break);
        }
        if context.routing.groups.contains(name.as_ref()) {
            *group = Some(name.into());
        } else {
            let message = format!("track_group {name} is not defined above, ignoring it");
            self.report(context, Code::TrackGroup, &message);
        }
        Ok(Flow::Continue)
    }
}
