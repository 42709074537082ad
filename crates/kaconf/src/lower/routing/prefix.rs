//! Prefixes and the words for all addresses, and the family that they make a line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnetwork::IpNetwork;
use vrrp_types::Family;

use super::words::{Dropped, Words};
use crate::code::Code;
use crate::lower::context::Context;
use crate::value;

/// A destination, or where packets come from: an address with a prefix length, or `default`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefix {
    /// `None` for `default`, which is of any family.
    pub(super) family: Option<Family>,
    network: IpNetwork,
}

impl Prefix {
    /// All addresses of a family.
    pub(super) fn everything(family: Family) -> IpNetwork {
        let address = match family {
            Family::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Family::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        IpNetwork::new(address, 0).unwrap_or_else(|_| IpNetwork::from(address))
    }

    /// As a network, in a line of some family.
    pub(super) fn network(self, family: Family) -> IpNetwork {
        match self.family {
            Some(_) => self.network,
            None => Self::everything(family),
        }
    }
}

impl Words<'_> {
    /// The word at hand as a prefix, or one of the words for all addresses.
    pub(super) fn this_prefix(&self, context: &mut Context<'_>) -> Option<Prefix> {
        let word = self.word();
        match word {
            b"default" | b"any" | b"all" => {
                return Some(Prefix { family: None, network: Prefix::everything(Family::V4) });
            }
            b"default6" => {
                let message = "'default6' is an old word, write '::/0'";
                self.report(context, Code::Unusual, message);
                let network = Prefix::everything(Family::V6);
                return Some(Prefix { family: Some(Family::V6), network });
            }
            _ => {}
        }
        let slash = word.iter().position(|octet| *octet == b'/');
        let address = value::address(&word[..slash.unwrap_or(word.len())])?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let read = slash.map(|slash| value::number(&word[slash + 1..], 0, longest, !context.test));
        if read.is_some_and(|read| read.problem.is_some()) {
            let used = read.and_then(|read| read.value).unwrap_or(longest);
            let message = format!("invalid prefix length in '{}', using {used}", self.text());
            self.report(context, Code::BadNumber, &message);
        }
        let length = read.and_then(|read| read.value).unwrap_or(longest) as u8;
        let network = IpNetwork::new(address, length).ok()?;
        Some(Prefix { family: Some(Family::of(address)), network })
    }

    /// Settles the family of the line by that of one of its parts; `None` is `default`.
    ///
    /// keepalived takes `default` for a family of its own: it fits nothing that stands before it.
    pub(super) fn family(
        &self,
        context: &mut Context<'_>,
        family: &mut Option<Family>,
        part: Option<Family>,
    ) -> Result<(), Dropped> {
        let Some(known) = *family else {
            *family = part;
            return Ok(());
        };
        if part == Some(known) {
            return Ok(());
        }
        let message = match part {
            Some(part) => format!("'{}' is {part}, but what stands before it is {known}", self.text()),
            None => format!(
                "'{}' must stand before what makes the {} {known}, or be written as '{}'",
                self.text(),
                self.what,
                if known == Family::V4 { "0.0.0.0/0" } else { "::/0" }
            ),
        };
        self.drop(context, Code::RouteFamily, &message)
    }

    /// `inet`, `inet6`: keepalived skips the word behind it.
    pub(super) fn inet(
        &mut self,
        context: &mut Context<'_>,
        family: &mut Option<Family>,
        typed: Family,
    ) -> Result<(), Dropped> {
        self.family(context, family, Some(typed))?;
        if self.has_next() {
            self.advance(1);
            let message = format!(
                "keepalived does not read the word behind {}: '{}' is skipped",
                self.keyword(),
                self.text()
            );
            self.report(context, Code::InetSkips, &message);
        }
        Ok(())
    }
}
