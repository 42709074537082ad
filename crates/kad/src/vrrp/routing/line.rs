//! One line of `virtual_routes`, `virtual_rules`, `static_routes` or `static_rules`, and what became of it.

use kaconf::model::{self, InterfaceName};
use vrrp_linux::netlink::RouteCreation;
use vrrp_linux::{IfIndex, Operation, Route, RouteKey, Rule};
use vrrp_types::Family;

use super::to_kernel;
use crate::vrrp::interfaces::Interfaces;

/// A route or a rule as the configuration has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vrrp) enum Line {
    Route(Box<model::Route>),
    Rule(Box<model::Rule>),
}

/// The same as the kernel was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// With the interface that the kernel found for it.
    Route(Box<Route>, Option<IfIndex>),
    Rule(Box<Rule>),
}

/// A line and whether the kernel has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::vrrp) struct Placed {
    pub(super) line: Line,
    pub(super) sent: Option<Sent>,
    /// It takes the place of this one, which is still there.
    pub(super) replaces: Option<Sent>,
    /// It could not be set, and that was said.
    pub(super) complained: bool,
}

impl Line {
    /// All of an instance, in the order in which they are added.
    pub(super) fn of_instance(model: &model::Instance) -> Vec<Self> {
        Self::all(&model.routes, &model.rules)
    }

    pub(super) fn all(routes: &[model::Route], rules: &[model::Rule]) -> Vec<Self> {
        let routes = routes.iter().cloned().map(|route| Self::Route(Box::new(route)));
        routes.chain(rules.iter().cloned().map(|rule| Self::Rule(Box::new(rule)))).collect()
    }

    pub(super) fn is_tracked(&self) -> bool {
        match self {
            Self::Route(route) => route.track,
            Self::Rule(rule) => rule.track,
        }
    }

    pub(super) fn family(&self) -> Family {
        match self {
            Self::Route(route) => route.family,
            Self::Rule(rule) => rule.family,
        }
    }

    /// Whether its packets leave over that interface as typed, so that it goes and comes with it.
    pub(super) fn uses(&self, interface: &str) -> bool {
        let is = |name: &Option<InterfaceName>| name.as_ref().is_some_and(|name| name.as_str() == interface);
        match self {
            Self::Route(route) => is(&route.device) || route.next_hops.iter().any(|hop| is(&hop.device)),
            Self::Rule(_) => false,
        }
    }

    /// Interfaces without which it is no use, so that whoever has it follows them.
    pub(super) fn needs(&self) -> impl Iterator<Item = &InterfaceName> {
        let (one, other) = match self {
            Self::Route(route) => (&route.device, &None),
            Self::Rule(rule) => (&rule.input, &rule.output),
        };
        one.iter().chain(other)
    }

    pub(super) fn track_group(&self) -> Option<&str> {
        match self {
            Self::Route(route) => route.track_group.as_deref(),
            Self::Rule(rule) => rule.track_group.as_deref(),
        }
    }

    /// What of it the kernel does not see is left out.
    fn bare(&self) -> Self {
        let mut bare = self.clone();
        match &mut bare {
            Self::Route(route) => {
                (route.track, route.track_group, route.creation) =
                    (true, None, model::RouteCreation::Prepend);
            }
            Self::Rule(rule) => (rule.track, rule.track_group) = (true, None),
        }
        bare
    }

    /// Whether the kernel could not tell this one from another: then a reload leaves it alone.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        self.bare() == other.bare()
    }

    /// Whether one can take the other's place in the kernel without a moment in which neither is there.
    pub(super) fn is_rival(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Route(one), Self::Route(other)) => {
                let key = |route: &model::Route| {
                    let metric = route.metric.filter(|metric| *metric != 0);
                    (route.family, route.destination, route.from, route.table.clone(), route.tos, metric)
                };
                key(one) == key(other)
            }
            _ => false,
        }
    }

    /// What the kernel is told.
    ///
    /// # Errors
    /// The interface that is not there.
    pub(super) fn resolve(&self, interfaces: &Interfaces) -> Result<Sent, InterfaceName> {
        match self {
            Self::Route(route) => {
                to_kernel::route(route, interfaces).map(|route| Sent::Route(Box::new(route), None))
            }
            Self::Rule(rule) => Ok(Sent::Rule(Box::new(to_kernel::rule(rule)))),
        }
    }
}

impl Placed {
    pub(super) fn new(line: Line) -> Self {
        Self { line, sent: None, replaces: None, complained: false }
    }

    /// Lines of which nothing is set yet.
    pub(in crate::vrrp) fn all(model: &model::Instance) -> Vec<Self> {
        Line::of_instance(model).into_iter().map(Self::new).collect()
    }

    /// Whether it goes over that interface, as typed or as the kernel found.
    pub(super) fn is_over(&self, index: IfIndex, name: &str) -> bool {
        let found = matches!(self.sent, Some(Sent::Route(_, Some(found))) if found == index);
        found || self.line.uses(name)
    }

    /// The interface that the kernel found for a route that names none.
    pub(super) fn found(&self) -> Option<IfIndex> {
        match (&self.line, &self.sent) {
            (Line::Route(line), Some(Sent::Route(_, found))) if line.track && line.device.is_none() => *found,
            _ => None,
        }
    }

    /// The request that sets it.
    pub(super) fn addition(&self, sent: &Sent) -> Operation {
        match (sent, &self.line) {
            (Sent::Route(route, _), _) if self.replaces.is_some() => {
                Operation::AddRoute(route.clone(), RouteCreation::Replace)
            }
            (Sent::Route(route, _), Line::Route(line)) => {
                Operation::AddRoute(route.clone(), to_kernel::creation(line.creation))
            }
            (Sent::Route(route, _), Line::Rule(_)) => {
                Operation::AddRoute(route.clone(), RouteCreation::Prepend)
            }
            (Sent::Rule(rule), _) => Operation::AddRule(rule.clone()),
        }
    }
}

impl Sent {
    /// The request that takes it away.
    pub(super) fn removal(self) -> Operation {
        match self {
            Self::Route(route, _) => Operation::RemoveRoute(route),
            Self::Rule(rule) => Operation::RemoveRule(rule),
        }
    }

    /// Whether the kernel was told just that.
    pub(super) fn is_as_asked(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Route(one, _), Self::Route(other, _)) => one == other,
            (Self::Rule(one), Self::Rule(other)) => one == other,
            _ => false,
        }
    }

    /// Whether the kernel speaks of this route.
    pub(super) fn is_route(&self, reported: &RouteKey) -> bool {
        match self {
            Self::Route(route, found) => {
                let key = route.key();
                RouteKey { interface: key.interface.or(*found), ..key }.fits(reported)
            }
            Self::Rule(_) => false,
        }
    }

    /// Whether the kernel speaks of this rule.
    pub(super) fn is_rule(&self, reported: &Rule) -> bool {
        matches!(self, Self::Rule(rule) if rule.is(reported))
    }
}
