//! One line of `virtual_ipaddress`: the address and its options.

use std::net::IpAddr;

use ipnetwork::IpNetwork;
use vrrp_types::Family;

use super::context::Context;
use super::owner::Owner;
use crate::code::Code;
use crate::expand::Statement;
use crate::model::{Broadcast, InterfaceName, VirtualAddress};
use crate::value;

/// An address line while it is read.
pub(super) struct Line<'s> {
    pub(super) line: &'s Statement,
    owner: Owner<'s>,
    /// The word at hand.
    words: usize,
    /// It stands in `static_ipaddress`.
    fixed: bool,
    /// `preferred_lft` was read.
    pub(super) preferred: bool,
}

/// The line is not used.
struct Rejected;

/// Whether the line is read on.
enum Flow {
    Continue,
    /// keepalived overlooks the rest.
    Break,
}

impl<'s> Line<'s> {
    /// `owner` begins every message; `fixed` is for a line of `static_ipaddress`.
    pub(super) const fn new(line: &'s Statement, owner: Owner<'s>, fixed: bool) -> Self {
        Self { line, owner, words: 1, fixed, preferred: false }
    }

    /// The address, unless something about it makes keepalived skip the line.
    pub(super) fn read(mut self, context: &mut Context<'_>) -> Option<VirtualAddress> {
        let network = self.network(context)?;
        let mut new = VirtualAddress::new(network);
        let mut broadcast = Broadcast::None;
        while self.words < self.line.len() {
            match self.option(context, &mut new, &mut broadcast) {
                Ok(Flow::Continue) => self.words += 1,
                Ok(Flow::Break) => break,
                Err(Rejected) => return None,
            }
        }
        self.finish(context, &mut new, broadcast);
        Some(new)
    }

    pub(super) fn report(&self, context: &mut Context<'_>, word: usize, code: Code, message: &str) {
        context.report(self.line, word, code, format!("{}{message}", self.owner));
    }

    /// `ADDRESS[/LEN]`
    fn network(&self, context: &mut Context<'_>) -> Option<IpNetwork> {
        let word = self.line.word(0);
        let slash = word.iter().position(|&octet| octet == b'/');
        let Some(address) = value::address(&word[..slash.unwrap_or(word.len())]) else {
            self.report(
                context,
                0,
                Code::BadAddress,
                &format!("invalid IP address '{}', skipping it", self.line.text(0)),
            );
            return None;
        };
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = slash.map(|slash| value::number(&word[slash + 1..], 0, longest, !context.test));
        if prefix.is_some_and(|read| read.problem.is_some()) {
            let message = format!("invalid prefix length in '{}', using {longest}", self.line.text(0));
            self.report(context, 0, Code::BadNumber, &message);
        }
        let length = prefix.and_then(|read| read.value).unwrap_or(longest);
        IpNetwork::new(address, length as u8).ok()
    }

    /// The word behind an option. Without one the address is not used.
    fn parameter(&mut self, context: &mut Context<'_>) -> Result<(), Rejected> {
        self.words += 1;
        if self.words < self.line.len() {
            return Ok(());
        }
        let message = format!(
            "no {} parameter specified for {}, skipping it",
            self.line.text(self.words - 1),
            self.line.text(0)
        );
        self.report(context, self.words - 1, Code::BadValue, &message);
        Err(Rejected)
    }

    fn option(
        &mut self,
        context: &mut Context<'_>,
        new: &mut VirtualAddress,
        broadcast: &mut Broadcast,
    ) -> Result<Flow, Rejected> {
        match self.line.word(self.words) {
            b"dev" => self.device(context, new)?,
            b"scope" => self.scope(context, new)?,
            b"brd" | b"broadcast" => self.broadcast(context, new, broadcast)?,
            b"label" => self.label(context, new)?,
            b"peer" => self.peer(context, new)?,
            b"preferred_lft" => self.preferred(context, new)?,
            b"home" => new.home = true,
            b"-nodad" => new.detect_duplicates = true,
            b"mngtmpaddr" => new.manage_temporary = true,
            b"noprefixroute" => new.no_prefix_route = true,
            b"autojoin" => new.autojoin = true,
            b"no_track" => new.track = false,
            b"use_vmac" if !self.fixed => new.use_vmac = true,
            b"track_group" if self.fixed => return self.track_group(context, new),
            _ => {
                let message = format!(
                    "unknown option '{}' for address {}, ignoring it",
                    self.line.text(self.words),
                    self.line.text(0)
                );
                self.report(context, self.words, Code::BadValue, &message);
            }
        }
        Ok(Flow::Continue)
    }

    /// `track_group NAME`; a second one ends the line.
    fn track_group(&mut self, context: &mut Context<'_>, new: &mut VirtualAddress) -> Result<Flow, Rejected> {
        self.parameter(context)?;
        let name = self.line.text(self.words);
        if new.track_group.is_some() {
            let message = format!("track_group {name} is a second one, what follows it is not read");
            self.report(context, self.words, Code::TrackGroup, &message);
            return Ok(Flow::Break);
        }
        if context.has_track_group(&name) {
            new.track_group = Some(name.into());
        } else {
            let message = format!("track_group {name} is not defined above, ignoring it");
            self.report(context, self.words, Code::TrackGroup, &message);
        }
        Ok(Flow::Continue)
    }

    fn device(&mut self, context: &mut Context<'_>, new: &mut VirtualAddress) -> Result<(), Rejected> {
        self.parameter(context)?;
        if new.device.is_some() {
            let message = format!("more than one device for address {}, skipping it", self.line.text(0));
            self.report(context, self.words, Code::Repeated, &message);
            return Err(Rejected);
        }
        let Some(name) = InterfaceName::new(&self.line.text(self.words)) else {
            let message = format!(
                "{}'{}' cannot be an interface, skipping address {}",
                self.owner,
                self.line.text(self.words),
                self.line.text(0)
            );
            context.interface_is_missing(self.line.at(self.words), message, true);
            return Err(Rejected);
        };
        new.device = Some(name);
        Ok(())
    }

    fn scope(&mut self, context: &mut Context<'_>, new: &mut VirtualAddress) -> Result<(), Rejected> {
        self.parameter(context)?;
        match context.scope(self.line.word(self.words)) {
            Some(scope) => new.scope = scope,
            None => {
                let message = format!(
                    "invalid scope '{}' for {}, ignoring it",
                    self.line.text(self.words),
                    self.line.text(0)
                );
                self.report(context, self.words, Code::BadValue, &message);
            }
        }
        Ok(())
    }

    fn broadcast(
        &mut self,
        context: &mut Context<'_>,
        new: &VirtualAddress,
        broadcast: &mut Broadcast,
    ) -> Result<(), Rejected> {
        self.parameter(context)?;
        let (word, text) = (self.line.word(self.words), self.line.text(self.words));
        if new.address.is_ipv6() {
            let message =
                format!("IPv6 address {} has no broadcast address '{text}', skipping it", self.line.text(0));
            self.report(context, self.words, Code::FamilyMismatch, &message);
            return Err(Rejected);
        }
        *broadcast = match (word, value::address(word)) {
            // keepalived works out what was asked for once, whatever comes later.
            (_, Some(IpAddr::V4(_)))
                if matches!(broadcast, Broadcast::HostBitsSet | Broadcast::HostBitsCleared) =>
            {
                *broadcast
            }
            (b"+", _) => Broadcast::HostBitsSet,
            (b"-", _) => Broadcast::HostBitsCleared,
            (_, Some(IpAddr::V4(address))) => Broadcast::Address(address),
            _ => {
                let message =
                    format!("invalid broadcast address '{text}' for {}, skipping it", self.line.text(0));
                self.report(context, self.words, Code::BadAddress, &message);
                return Err(Rejected);
            }
        };
        Ok(())
    }

    fn label(&mut self, context: &mut Context<'_>, new: &mut VirtualAddress) -> Result<(), Rejected> {
        self.parameter(context)?;
        let label = self.line.text(self.words);
        if label.len() > 15 {
            let message = format!(
                "label '{label}' is longer than 15 characters, skipping address {}",
                self.line.text(0)
            );
            self.report(context, self.words, Code::BadValue, &message);
            return Err(Rejected);
        }
        new.label = Some(label.into());
        Ok(())
    }

    /// `peer ADDRESS`: its length becomes the length of both.
    fn peer(&mut self, context: &mut Context<'_>, new: &mut VirtualAddress) -> Result<(), Rejected> {
        self.parameter(context)?;
        let text = self.line.text(self.words);
        let (code, message) = match value::address(self.line.word(self.words)) {
            _ if new.peer.is_some() => {
                // keepalived then takes the second address for an option.
                let message = format!("peer {text}: another peer is specified already");
                self.words -= 1;
                (Code::Repeated, message)
            }
            None => (Code::BadAddress, format!("invalid peer address '{text}', ignoring it")),
            Some(peer) if Family::of(peer) != Family::of(new.address.ip()) => (
                Code::FamilyMismatch,
                format!("peer address {text} is of another family than {}, ignoring it", self.line.text(0)),
            ),
            Some(peer) => {
                let longest = if peer.is_ipv4() { 32 } else { 128 };
                if new.address.prefix() != longest {
                    let message = format!("prefix length of {} is ignored: it has a peer", self.line.text(0));
                    self.report(context, self.words, Code::Incompatible, &message);
                }
                new.peer = Some(IpNetwork::from(peer));
                new.address = IpNetwork::from(new.address.ip());
                return Ok(());
            }
        };
        self.report(context, self.words, code, &message);
        Ok(())
    }

    fn preferred(&mut self, context: &mut Context<'_>, new: &mut VirtualAddress) -> Result<(), Rejected> {
        self.parameter(context)?;
        if self.line.word(self.words) == b"forever" {
            new.preferred_lifetime = None;
            self.preferred = true;
            return Ok(());
        }
        let read = value::number(self.line.word(self.words), 0, i64::from(u32::MAX), !context.test);
        if let Some(problem) = read.problem {
            let message = format!("preferred_lft '{}' {problem}", self.line.text(self.words));
            self.report(context, self.words, Code::BadNumber, &message);
        }
        if let Some(seconds) = read.value {
            // The kernel's number for ever.
            new.preferred_lifetime = Some(seconds as u32).filter(|seconds| *seconds != u32::MAX);
            self.preferred = true;
        }
        Ok(())
    }
}
