//! What others do to routes and rules: a master that loses one yields for a moment and comes back with all of them;
//! a static one is put back.

use tracing::{info, warn};
use vrrp_fsm::{Input, Instant};
use vrrp_linux::{Event, IfIndex, Route, RouteKey, Rule, Watched};

use super::line::{Placed, Sent};
use super::places::{Owner, Places};
use super::{line_text, watched};
use crate::vrrp::driver::Driver;
use crate::vrrp::instance::InstanceId;

impl Driver {
    /// Asks the kernel for the reports that the configuration needs.
    pub(in crate::vrrp) fn watch_routing(&mut self) {
        let virtuals = self.instances.iter().flat_map(|instance| &instance.lines).map(|placed| &placed.line);
        let statics = self.routing.statics.lines().map(|placed| &placed.line);
        let wanted = watched(virtuals.chain(statics));
        self.index_routes();
        if wanted == self.routing.watched {
            return;
        }
        if let Err(error) = self.monitor.watch(wanted) {
            return warn!("routes and rules cannot be watched: {error}");
        }
        // What was not watched is not reported, and will not be.
        self.routing.due = super::Due::default();
        self.routing.watched = wanted;
    }

    /// Lines were renumbered.
    fn index_routes(&mut self) {
        let virtuals = self.ids().map(|id| (Some(id), &self.instances[id.index()].lines[..]));
        let mut places = Places::default();
        for (id, lines) in virtuals.chain([(None, self.routing.statics.all())]) {
            for (number, placed) in lines.iter().enumerate() {
                places.add(placed, Owner { id, number });
            }
        }
        self.routing.places = places;
    }

    /// Takes a report of a route or a rule.
    pub(in crate::vrrp) fn routing_changed(&mut self, now: Instant, event: Event) {
        match event {
            Event::RouteAdded(key) => self.route_found(&key),
            Event::RouteRemoved(key) if !self.routing.due.was_route(&key) => self.route_lost(now, &key),
            Event::RuleRemoved(rule) if !self.routing.due.was_rule(&rule) => self.rule_lost(now, &rule),
            _ => {}
        }
    }

    /// The kernel has found an interface for a route that names none.
    fn route_found(&mut self, key: &RouteKey) {
        if let Some(owner) = self.owner_of(key)
            && let Some(Placed { sent: Some(Sent::Route(_, found)), .. }) = self.placed_mut(owner)
        {
            *found = key.interface;
        }
    }

    fn route_lost(&mut self, now: Instant, key: &RouteKey) {
        if let Some(owner) = self.owner_of(key) {
            self.lost(now, owner);
        }
    }

    fn rule_lost(&mut self, now: Instant, rule: &Rule) {
        if let Some(owner) = self.owner_of_rule(rule) {
            self.lost(now, owner);
        }
    }

    fn owner_of_rule(&self, rule: &Rule) -> Option<Owner> {
        let is = |placed: &Placed| placed.sent.as_ref().is_some_and(|sent| sent.is_rule(rule));
        let virtuals = self.ids().map(|id| (Some(id), &self.instances[id.index()].lines[..]));
        let mut all = virtuals.chain([(None, self.routing.statics.all())]);
        all.find_map(|(id, lines)| Some(Owner { id, number: lines.iter().position(is)? }))
    }

    /// Whose route the kernel speaks of.
    fn owner_of(&self, key: &RouteKey) -> Option<Owner> {
        let is = |owner: &Owner| {
            let lines = match owner.id {
                Some(id) => self.instances.get(id.index()).map_or(&[][..], |instance| &instance.lines),
                None => self.routing.statics.all(),
            };
            lines
                .get(owner.number)
                .is_some_and(|placed| placed.sent.as_ref().is_some_and(|sent| sent.is_route(key)))
        };
        self.routing.places.of(key).find(is)
    }

    fn placed_mut(&mut self, owner: Owner) -> Option<&mut Placed> {
        match owner.id {
            Some(id) => self.instances.get_mut(id.index())?.lines.get_mut(owner.number),
            None => self.routing.statics.all_mut().get_mut(owner.number),
        }
    }

    fn lost(&mut self, now: Instant, owner: Owner) {
        let Some(id) = owner.id else { return self.restore_static_line(owner.number) };
        let Some(placed) = self.placed_mut(owner) else { return };
        placed.sent = None;
        if placed.line.is_tracked() {
            let text = line_text(placed, None);
            info!("({}) somebody removed {text}", self.instances[id.index()].model.name);
            self.feed(id, now, Input::AddressLost);
        }
    }

    /// An interface is up, or there again: what went with it is set anew.
    pub(in crate::vrrp) fn routing_over(&mut self, index: IfIndex, name: &str) {
        for id in self.ids() {
            let instance = &self.instances[id.index()];
            let lines = &instance.lines;
            let missing = lines.iter().any(|placed| placed.sent.is_none());
            if missing || lines.iter().any(|placed| placed.is_over(index, name)) {
                self.routing.complete(id, instance, true);
            }
        }
        self.restore_statics_on(index, name);
    }

    /// An address came: it may be what a line that could not be set was missing.
    pub(in crate::vrrp) fn routing_retry(&mut self) {
        for id in self.ids() {
            let instance = &self.instances[id.index()];
            if instance.lines.iter().any(|placed| placed.sent.is_none()) {
                self.routing.complete(id, instance, false);
            }
        }
    }

    /// Reports were lost: what is there is read again.
    pub(in crate::vrrp) fn read_routing_again(&mut self, now: Instant) {
        self.routing.due = super::Due::default();
        if self.routing.watched == Watched::empty() {
            return;
        }
        let netlink = self.kernel.netlink();
        let listed = netlink.routes_by(Route::PROTOCOL).and_then(|routes| Ok((routes, netlink.rules()?)));
        let (routes, rules) = match listed {
            Ok(listed) => listed,
            Err(error) => return warn!("routes and rules cannot be listed: {error}"),
        };
        let is_there = |sent: &Sent| {
            routes.iter().any(|key| sent.is_route(key)) || rules.iter().any(|rule| sent.is_rule(rule))
        };
        let losers: Vec<InstanceId> = self
            .ids()
            .filter(|id| {
                let mut lost = false;
                for placed in &mut self.instances[id.index()].lines {
                    if placed.line.is_tracked() && placed.sent.as_ref().is_some_and(|sent| !is_there(sent)) {
                        placed.sent = None;
                        lost = true;
                    }
                }
                lost
            })
            .collect();
        for id in losers {
            self.feed(id, now, Input::AddressLost);
        }
        self.restore_all_statics();
    }
}
