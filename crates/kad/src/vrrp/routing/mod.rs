//! Routes and rules: those of a master (`virtual_routes`, `virtual_rules`) and static ones.
//!
//! What a turn calls for is collected: what leaves leaves before the addresses of that turn do, what comes comes after
//! they are there, for a route may prefer one of them as its source. The kernel's answers are what is known of a
//! line; its reports ([`watch`]) tell what others did to it.

mod diff;
mod follow;
mod leftovers;
mod line;
mod places;
mod statics;
mod text;
mod to_kernel;
mod watch;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use tracing::{debug, warn};
use vrrp_linux::{Netlink, NetlinkError, Operation, Route, RouteKey, Rule, Watched};
use vrrp_types::Family;

use super::driver::Driver;
use super::instance::{Instance, InstanceId};
use super::interfaces::Interfaces;
use diff::{Difference, difference};
pub(super) use follow::needed;
pub(super) use line::Placed;
use line::{Line, Sent};
use places::{Owner, Places};
pub(super) use statics::Statics;
pub(super) use text::{address as address_text, line as line_text};

/// What is to be done, and what the kernel has yet to report of it.
#[derive(Debug, Default)]
pub(super) struct Routing {
    /// To be taken away.
    leaving: Vec<Sent>,
    /// Whose lines are to be set, and whether those that should be there are set once more: the kernel may have taken
    /// them without a word.
    coming: BTreeMap<InstanceId, bool>,
    due: Due,
    watched: Watched,
    places: Places,
    pub(super) statics: Statics,
}

/// Removals of ours that the kernel has yet to report: they are nobody's loss.
#[derive(Debug, Default)]
struct Due {
    routes: BTreeMap<RouteKey, u32>,
    /// By their preference.
    rules: BTreeMap<u32, Vec<Rule>>,
}

impl Routing {
    /// An instance is master: its lines are to be set.
    pub(super) fn begin(&mut self, id: InstanceId, instance: &Instance) {
        let name = instance.name();
        if !instance.model.routes.is_empty() {
            debug!("({name}) setting Virtual Routes");
        }
        if !instance.model.rules.is_empty() {
            debug!("({name}) setting Virtual Rules");
        }
        self.complete(id, instance, false);
    }

    /// What of its lines is not there is to be set; `all` for those that may have gone without a word too.
    pub(super) fn complete(&mut self, id: InstanceId, instance: &Instance, all: bool) {
        if instance.is_master() && !instance.lines.is_empty() {
            *self.coming.entry(id).or_default() |= all;
        }
    }

    /// It is master no more: they leave.
    pub(super) fn end(&mut self, id: InstanceId, instance: &mut Instance) {
        let name = &instance.model.name;
        if !instance.model.rules.is_empty() {
            debug!("({name}) removing Virtual Rules");
        }
        if !instance.model.routes.is_empty() {
            debug!("({name}) removing Virtual Routes");
        }
        self.coming.remove(&id);
        for (number, placed) in instance.lines.iter().enumerate() {
            self.places.remove(placed, Owner::of(id, number));
        }
        // Rules first, so that no packet is sent to a table that is half empty.
        let lines = instance.lines.iter_mut().rev();
        self.leaving.extend(lines.flat_map(|placed| [placed.sent.take(), placed.replaces.take()]).flatten());
    }

    /// A reload gave an instance other lines; gives those it has now.
    pub(super) fn exchange(&mut self, old: Vec<Placed>, fresh: Vec<Placed>) -> Vec<Placed> {
        let fresh = fresh.into_iter().map(|placed| placed.line).collect();
        let Difference { placed, gone } = difference(old, fresh);
        self.leaving.extend(gone);
        placed
    }

    /// Instances were renumbered.
    pub(super) fn forget(&mut self) {
        self.coming.clear();
        self.places.clear();
    }

    /// Takes away what leaves. `keep` leaves it where it is (`--dont-release-vrrp`).
    pub(super) fn withdraw(&mut self, netlink: &mut Netlink, keep: bool) {
        let leaving = std::mem::take(&mut self.leaving);
        if !keep {
            self.remove(netlink, leaving);
        }
    }

    /// Sets what comes; the addresses it may need are in place.
    pub(super) fn install(
        &mut self,
        netlink: &mut Netlink,
        instances: &mut [Instance],
        interfaces: &Interfaces,
    ) {
        for (id, all) in std::mem::take(&mut self.coming) {
            let Some(instance) = instances.get_mut(id.index()).filter(|instance| instance.is_master()) else {
                continue;
            };
            let whose = (Some(id), &*instance.model.name);
            self.set(netlink, &mut instance.lines, interfaces, whose, all);
        }
    }

    /// Sets lines that are not there; `all` sets the others once more, which changes nothing of one that is there.
    fn set(
        &mut self,
        netlink: &mut Netlink,
        lines: &mut [Placed],
        interfaces: &Interfaces,
        (id, whose): (Option<InstanceId>, &str),
        all: bool,
    ) {
        let mut asked = Vec::new();
        for (number, placed) in lines.iter_mut().enumerate() {
            if placed.sent.is_some() && !all {
                continue;
            }
            match placed.line.resolve(interfaces) {
                Ok(sent) => asked.push((number, sent)),
                Err(interface) => complain(whose, placed, &format_args!("there is no {interface}")),
            }
        }
        let operations: Vec<_> = asked.iter().map(|(number, sent)| lines[*number].addition(sent)).collect();
        let outcomes = netlink.apply(&operations);
        let mut stranded = Vec::new();
        for ((number, sent), outcome) in asked.into_iter().zip(outcomes) {
            let placed = &mut lines[number];
            let replaced = placed.replaces.take();
            match outcome {
                Ok(()) | Err(NetlinkError::Exists) => {
                    // What the kernel found out of it is still true.
                    if !placed.sent.as_ref().is_some_and(|known| known.is_as_asked(&sent)) {
                        placed.sent = Some(sent);
                    }
                    placed.complained = false;
                    self.places.add(placed, Owner { id, number });
                }
                // It may be there all the same, and must be removed some day.
                Err(error @ (NetlinkError::Timeout | NetlinkError::Socket(_))) => {
                    placed.sent = Some(sent);
                    self.places.add(placed, Owner { id, number });
                    complain(whose, placed, &error);
                }
                Err(error) => {
                    placed.sent = None;
                    stranded.extend(replaced);
                    complain(whose, placed, &error);
                }
            }
        }
        self.remove(netlink, stranded);
    }

    fn remove(&mut self, netlink: &mut Netlink, gone: Vec<Sent>) {
        if gone.is_empty() {
            return;
        }
        let operations: Vec<_> = gone.iter().cloned().map(Sent::removal).collect();
        for (sent, outcome) in gone.iter().zip(netlink.apply(&operations)) {
            match outcome {
                Ok(()) => self.due.expect(sent, self.watched),
                // It went with its interface or its source address, or ran out.
                Err(NetlinkError::RouteNotThere | NetlinkError::RuleNotThere | NetlinkError::NoInterface) => {
                }
                Err(error) => warn!("a route or rule cannot be removed: {error}: {sent:?}"),
            }
        }
    }
}

impl Driver {
    /// Lines in keepalived's words: the routes, or the rules.
    pub(super) fn routing_lines<'a>(
        &'a self,
        lines: &'a [Placed],
        rules: bool,
    ) -> impl Iterator<Item = String> + use<'a> {
        let wanted = lines.iter().filter(move |placed| matches!(placed.line, Line::Rule(_)) == rules);
        wanted.map(|placed| {
            let found = placed.found().map(|index| self.name_of(index));
            line_text(placed, found)
        })
    }
}

/// Said once, until it is there.
fn complain(whose: &str, placed: &mut Placed, why: &dyn std::fmt::Display) {
    if !std::mem::replace(&mut placed.complained, true) {
        warn!("({whose}) cannot set {}: {why}", line_text(placed, None));
    }
}

impl Due {
    /// Only what is reported is waited for.
    fn expect(&mut self, sent: &Sent, watched: Watched) {
        match sent {
            Sent::Route(route, _) => {
                let group = if route.family == Family::V4 { Watched::ROUTES_V4 } else { Watched::ROUTES_V6 };
                if watched.contains(group) && route.protocol == Route::PROTOCOL {
                    *self.routes.entry(anywhere(route.key())).or_default() += 1;
                }
            }
            Sent::Rule(rule) => {
                let group = if rule.family == Family::V4 { Watched::RULES_V4 } else { Watched::RULES_V6 };
                if watched.contains(group) {
                    self.rules.entry(rule.preference).or_default().push((**rule).clone());
                }
            }
        }
    }

    /// A route is gone: whether it was we who removed it.
    fn was_route(&mut self, reported: &RouteKey) -> bool {
        let key = anywhere(*reported);
        let Some(due) = self.routes.get_mut(&key) else { return false };
        *due -= 1;
        if *due == 0 {
            self.routes.remove(&key);
        }
        true
    }

    /// The same for a rule.
    fn was_rule(&mut self, reported: &Rule) -> bool {
        let Some(due) = self.rules.get_mut(&reported.preference) else { return false };
        let found = due.iter().position(|rule| rule.is(reported));
        found.map(|at| due.swap_remove(at));
        if due.is_empty() {
            self.rules.remove(&reported.preference);
        }
        found.is_some()
    }
}

const fn anywhere(key: RouteKey) -> RouteKey {
    RouteKey { interface: None, ..key }
}

/// What must be watched for lines whose loss is noticed.
fn watched<'a>(lines: impl Iterator<Item = &'a Line>) -> Watched {
    let groups = lines.filter(|line| line.is_tracked()).map(|line| match (line, line.family()) {
        (Line::Route(_), Family::V4) => Watched::ROUTES_V4,
        (Line::Route(_), Family::V6) => Watched::ROUTES_V6,
        (Line::Rule(_), Family::V4) => Watched::RULES_V4,
        (Line::Rule(_), Family::V6) => Watched::RULES_V6,
    });
    groups.fold(Watched::empty(), |all, one| all | one)
}

/// Those that a removal of all of them has to name.
fn removals(keys: BTreeSet<RouteKey>) -> impl Iterator<Item = Operation> {
    keys.into_iter().map(|key| Operation::RemoveRoute(Box::new(key.any())))
}
