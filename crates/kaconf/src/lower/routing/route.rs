//! One line of `virtual_routes` or `static_routes`.

use vrrp_types::Family;

use super::encap::encap;
use super::prefix::Prefix;
use super::words::{Dropped, Flow, Words};
use crate::code::Code;
use crate::expand::Statement;
use crate::lower::context::Context;
use crate::lower::owner::Owner;
use crate::model::{Route, RouteCreation, RouteTable, RouteType};
use crate::source::RoutingNames;

/// A route line while it is read.
#[derive(Debug)]
pub(super) struct RouteLine<'s> {
    pub(super) words: Words<'s>,
    /// What the line is known to be so far.
    pub(super) family: Option<Family>,
    pub(super) route: Route,
    pub(super) destination: Option<Prefix>,
    pub(super) from: Option<Prefix>,
    pub(super) protocol: Option<u8>,
    /// `or` was read: the next hops are there.
    pub(super) old_form: bool,
    fixed: bool,
}

/// Reads a keyword and its values; leaves the words at the last of them.
type Read = for<'l, 's, 'c, 'd> fn(&'l mut RouteLine<'s>, &'c mut Context<'d>) -> Result<(), Dropped>;

/// The keywords, sorted. What is none of them is a type or a destination.
pub(super) const KEYWORDS: &[(&str, Read)] = &[
    ("add", |line, _| line.creation(RouteCreation::Exclusive)),
    ("advmss", |line, context| line.metric(context, |metrics| &mut metrics.advmss)),
    ("append", |line, _| line.creation(RouteCreation::Append)),
    ("as", |line, context| line.as_to(context)),
    ("congctl", |line, context| line.congestion_control(context)),
    ("cwnd", |line, context| line.metric(context, |metrics| &mut metrics.cwnd)),
    ("dev", |line, context| line.device(context)),
    ("dsfield", |line, context| line.tos(context)),
    ("encap", |line, context| {
        encap(&mut line.words, context, &mut line.route.encap);
        Ok(())
    }),
    ("expires", |line, context| line.expires(context)),
    ("fastopen_no_cookie", |line, context| {
        line.route.metrics.fast_open_no_cookie = Some(line.words.switch(context)?);
        Ok(())
    }),
    ("features", |line, context| line.features(context)),
    ("from", |line, context| line.from(context)),
    ("gw", |line, context| line.via(context)),
    ("hoplimit", |line, context| {
        line.route.metrics.hop_limit = Some(line.words.octet(context)?);
        Ok(())
    }),
    ("inet", |line, context| line.words.inet(context, &mut line.family, Family::V4)),
    ("inet6", |line, context| line.words.inet(context, &mut line.family, Family::V6)),
    ("initcwnd", |line, context| line.plain(context, |metrics| &mut metrics.initial_cwnd)),
    ("initrwnd", |line, context| line.plain(context, |metrics| &mut metrics.initial_rwnd)),
    ("metric", |line, context| line.priority(context)),
    ("mtu", |line, context| line.metric(context, |metrics| &mut metrics.mtu)),
    ("no_track", |line, _| {
        line.route.track = false;
        Ok(())
    }),
    ("oif", |line, context| line.device(context)),
    ("onlink", |line, _| {
        line.route.on_link = true;
        Ok(())
    }),
    ("or", |line, context| line.or(context)),
    ("pref", |line, context| line.router_preference(context)),
    ("preference", |line, context| line.priority(context)),
    ("prepend", |line, _| line.creation(RouteCreation::Prepend)),
    ("priority", |line, context| line.priority(context)),
    ("protocol", |line, context| {
        let list = RoutingNames::Protocols;
        line.protocol = Some(line.words.named(context, list, "a maker of routes")? as u8);
        Ok(())
    }),
    ("quickack", |line, context| {
        line.route.metrics.quick_ack = Some(line.words.switch(context)?);
        Ok(())
    }),
    ("realms", |line, context| line.realms(context)),
    ("reordering", |line, context| line.metric(context, |metrics| &mut metrics.reordering)),
    ("rto_min", |line, context| line.time(context, 1, |metrics| &mut metrics.rto_min)),
    ("rtt", |line, context| line.time(context, 8, |metrics| &mut metrics.rtt)),
    ("rttvar", |line, context| line.time(context, 4, |metrics| &mut metrics.rtt_variance)),
    ("scope", |line, context| {
        line.route.scope = Some(line.words.named(context, RoutingNames::Scopes, "a scope")? as u8);
        Ok(())
    }),
    ("src", |line, context| line.preferred_source(context)),
    ("ssthresh", |line, context| line.metric(context, |metrics| &mut metrics.ssthresh)),
    ("table", |line, context| {
        let number = line.words.named(context, RoutingNames::Tables, "a routing table")?;
        line.route.table = RouteTable::Id(number);
        Ok(())
    }),
    ("tos", |line, context| line.tos(context)),
    ("ttl-propagate", |line, context| line.ttl_propagate(context)),
    ("via", |line, context| line.via(context)),
    ("vrf", |line, context| line.vrf(context)),
    ("window", |line, context| line.plain(context, |metrics| &mut metrics.window)),
];

impl<'s> RouteLine<'s> {
    /// `owner` begins every message; `fixed` is for a line of `static_routes`.
    pub(super) fn new(line: &'s Statement, owner: Owner<'s>, fixed: bool) -> Self {
        Self {
            words: Words::new(line, owner, "route"),
            family: None,
            route: Route::new(Prefix::everything(Family::V4)),
            destination: None,
            from: None,
            protocol: None,
            old_form: false,
            fixed,
        }
    }

    /// The route, unless something about it makes keepalived drop the line.
    pub(super) fn read(mut self, context: &mut Context<'_>) -> Option<Route> {
        let whole = self.keywords(context).and_then(|()| self.finish(context));
        whole.ok().map(|()| self.route)
    }

    fn keywords(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        while !self.words.done() {
            let word = self.words.word();
            self.words.mark();
            match KEYWORDS.binary_search_by(|(name, _)| name.as_bytes().cmp(word)) {
                Ok(index) => KEYWORDS[index].1(self, context)?,
                Err(_) if word == b"nexthop" => return self.next_hops(context),
                Err(_) if word == b"track_group" && self.fixed => {
                    if self.words.track_group(context, &mut self.route.track_group)? == Flow::Break {
                        return self.words.drop(context, Code::RouteWord, "there are words left");
                    }
                }
                Err(_) => self.destination(context)?,
            }
            self.words.advance(1);
        }
        Ok(())
    }

    /// `[TYPE] DESTINATION` or `to DESTINATION`
    fn destination(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let word = self.words.word();
        if word == b"to" {
            self.words.next(context)?;
        } else if let Some(kind) = route_type(word) {
            self.route.kind = kind;
            self.words.next(context)?;
        }
        let Some(prefix) = self.words.this_prefix(context) else {
            let message = format!(
                "'{}' is no keyword of a route, nor an address{}",
                self.words.text(),
                meant(&self.words.text())
            );
            return self.words.drop(context, Code::RouteWord, &message);
        };
        self.destination = Some(prefix);
        self.words.family(context, &mut self.family, prefix.family)
    }

    fn creation(&mut self, creation: RouteCreation) -> Result<(), Dropped> {
        self.route.creation = creation;
        Ok(())
    }

    /// `src ADDRESS`
    fn preferred_source(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.words.next(context)?;
        let address = self.words.this_address(context)?;
        self.route.preferred_source = Some(address);
        self.words.family(context, &mut self.family, Some(Family::of(address)))
    }

    /// `as [to] ADDRESS`: of MPLS, and never read.
    fn as_to(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        if self.words.next(context)? == b"to" {
            self.words.advance(1);
        }
        self.words.report(context, Code::RoutePart, "'as to' is for MPLS only, ignoring it");
        Ok(())
    }

    /// `via [inet|inet6] ADDRESS`, and its old name `gw`.
    fn via(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        if self.words.word() == b"gw" {
            self.words.report(context, Code::OldRouteForm, "'gw' is deprecated: use 'via'");
        }
        let typed = match self.words.next(context)? {
            b"inet" => Some(Family::V4),
            b"inet6" => Some(Family::V6),
            _ => None,
        };
        if typed.is_some() {
            self.words.next(context)?;
            self.words.family(context, &mut self.family, typed)?;
        }
        let address = self.words.this_address(context)?;
        self.route.gateway = Some(address);
        self.words.family(context, &mut self.family, Some(Family::of(address)))
    }

    /// `from PREFIX`
    fn from(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.words.next(context)?;
        let Some(prefix) = self.words.this_prefix(context) else {
            return self.words.unusable(context, "an address");
        };
        if prefix.family != Some(Family::V6) {
            return self.words.unusable(context, "an IPv6 address, which 'from' of a route needs");
        }
        self.from = Some(prefix);
        self.words.family(context, &mut self.family, prefix.family)
    }

    fn tos(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.route.tos = self.words.dsfield(context)?;
        Ok(())
    }

    fn priority(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.route.metric = Some(self.words.number(context, u32::MAX)?);
        Ok(())
    }

    fn device(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.route.device = Some(self.words.interface(context)?);
        Ok(())
    }

    /// A keyword of IPv6 alone.
    fn only_v6(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        if self.family == Some(Family::V4) {
            let message = format!("{} is for IPv6 only", self.words.keyword());
            return self.words.drop(context, Code::RouteFamily, &message);
        }
        self.family = Some(Family::V6);
        Ok(())
    }

    fn expires(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.only_v6(context)?;
        self.route.expires = Some(self.words.number(context, u32::MAX)?);
        Ok(())
    }

    /// `pref low|medium|high|NUMBER`
    fn router_preference(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.only_v6(context)?;
        self.route.router_preference = Some(match self.words.next(context)? {
            b"low" => 3,
            b"medium" => 0,
            b"high" => 1,
            _ => self.words.this_number(context, 255)? as u8,
        });
        Ok(())
    }

    fn realms(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.route.realms = self.words.realms(context)?;
        if self.family == Some(Family::V6) {
            return self.words.drop(context, Code::RouteFamily, "realms are for IPv4 only");
        }
        self.family = Some(Family::V4);
        Ok(())
    }

    /// `vrf NAME`: the table of that device.
    fn vrf(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.words.next(context)?;
        match super::vrf(context, &self.words.text()) {
            Ok(name) => self.route.table = RouteTable::Vrf(name),
            Err(problem) => {
                let message = format!("vrf '{}' {problem}", self.words.text());
                return self.words.drop(context, Code::RouteName, &message);
            }
        }
        Ok(())
    }
}

/// A type by its name or number.
pub(super) fn route_type(word: &[u8]) -> Option<RouteType> {
    RouteType::named(word).or_else(|| {
        let number = super::numbers::leading(word, 0);
        // A word that is empty is 0, as in C.
        let fits = number.rest.is_empty() && number.value <= 255 && word.first() != Some(&b'-');
        fits.then_some(RouteType(number.value as u8))
    })
}

/// The keyword that a word stands for by a slip.
fn meant(word: &str) -> String {
    match crate::keywords::suggest("vrrp_instance/virtual_routes", word) {
        Some(meant) => format!(" (did you mean '{meant}'?)"),
        None => String::new(),
    }
}
