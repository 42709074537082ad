//! `nexthop via A dev X weight N nexthop ...` at the end of a route line, and the old `via A or B`.
//!
//! A next hop that cannot be used ends the line; those before it stay.

use vrrp_types::Family;

use super::encap::encap;
use super::route::RouteLine;
use super::words::Dropped;
use crate::code::Code;
use crate::lower::context::Context;
use crate::model::NextHop;

/// What became of a word.
enum Hop {
    /// It belongs to the next hop.
    Read,
    /// It does not.
    Other,
    /// It makes the next hop useless, and what follows is not read.
    Bad,
}

const WEIGHT_MAX: u32 = 256;

impl RouteLine<'_> {
    /// `via A or B`: two next hops.
    pub(super) fn or(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.words.report(context, Code::OldRouteForm, "'or' is deprecated: use 'nexthop'");
        if std::mem::replace(&mut self.old_form, true) {
            self.words.report(context, Code::NextHops, "a second 'or' is ignored");
            self.words.advance(1);
            return Ok(());
        }
        let first = NextHop { gateway: self.route.gateway.take(), ..NextHop::default() };
        self.words.next(context)?;
        let second = NextHop { gateway: Some(self.words.this_address(context)?), ..NextHop::default() };
        self.route.next_hops = vec![first, second];
        Ok(())
    }

    /// Reads from the first `nexthop` to the end.
    pub(super) fn next_hops(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        if self.old_form {
            let message = "nexthop cannot be used together with 'or'";
            return self.words.drop(context, Code::NextHops, message);
        }
        while self.words.word() == b"nexthop" {
            let mut hop = NextHop::default();
            self.words.advance(1);
            while !self.words.done() {
                self.words.mark();
                match self.next_hop_word(context, &mut hop)? {
                    Hop::Read => self.words.advance(1),
                    Hop::Other => break,
                    Hop::Bad => return Ok(()),
                }
            }
            self.route.next_hops.push(hop);
        }
        if !self.words.done() {
            let message = format!("'{}' does not belong to a next hop, ignoring the rest", self.words.text());
            self.words.report(context, Code::NextHops, &message);
        }
        Ok(())
    }

    fn next_hop_word(&mut self, context: &mut Context<'_>, hop: &mut NextHop) -> Result<Hop, Dropped> {
        match self.words.word() {
            b"via" => return self.next_hop_via(context, hop),
            b"dev" => match self.words.interface(context) {
                Ok(name) => hop.device = Some(name),
                Err(dropped) if context.stopped => return Err(dropped),
                Err(Dropped) => return Ok(Hop::Bad),
            },
            b"weight" => {
                let weight = super::numbers::up_to(self.words.next(context)?, WEIGHT_MAX);
                let Some(weight) = weight.filter(|weight| *weight > 0) else {
                    return Ok(self.bad(context, "is not a number from 1 to 256"));
                };
                hop.weight = weight as u16;
            }
            b"onlink" => hop.on_link = true,
            b"encap" => encap(&mut self.words, context, &mut hop.encap),
            b"realms" => return self.next_hop_realms(context, hop),
            b"as" => {
                if self.words.next(context)? == b"to" {
                    self.words.advance(1);
                }
                return Ok(self.bad(context, "is not supported here"));
            }
            _ => return Ok(Hop::Other),
        }
        Ok(Hop::Read)
    }

    /// `via [inet|inet6] ADDRESS`
    fn next_hop_via(&mut self, context: &mut Context<'_>, hop: &mut NextHop) -> Result<Hop, Dropped> {
        let typed = match self.words.next(context)? {
            b"inet" => Some(Family::V4),
            b"inet6" => Some(Family::V6),
            _ => None,
        };
        if typed.is_some() {
            self.words.next(context)?;
        }
        let address = crate::value::address(self.words.word());
        let family = address.map(Family::of);
        let fits = |known: Family, part: Option<Family>| part.is_none_or(|part| part == known);
        let known = self.family.or(typed);
        self.family = known;
        if let Some(known) = known
            && !(fits(known, typed) && fits(known, family))
        {
            return Ok(self.bad(context, &format!("is not {known} as the route is")));
        }
        let Some(address) = address else {
            return Ok(self.bad(context, "is not an IP address"));
        };
        self.family = Some(Family::of(address));
        hop.gateway = Some(address);
        Ok(Hop::Read)
    }

    fn next_hop_realms(&mut self, context: &mut Context<'_>, hop: &mut NextHop) -> Result<Hop, Dropped> {
        match self.words.realms(context) {
            Ok(realms) => hop.realms = realms,
            Err(dropped) if context.stopped => return Err(dropped),
            Err(Dropped) => return Ok(Hop::Bad),
        }
        if *self.family.get_or_insert(Family::V4) == Family::V6 {
            return Ok(self.bad(context, "is for IPv4 only"));
        }
        Ok(Hop::Read)
    }

    fn bad(&self, context: &mut Context<'_>, problem: &str) -> Hop {
        let message = format!(
            "{} '{}' of a next hop {problem}, this next hop and what follows it are not used",
            self.words.keyword(),
            self.words.text()
        );
        self.words.report(context, Code::NextHops, &message);
        Hop::Bad
    }
}
