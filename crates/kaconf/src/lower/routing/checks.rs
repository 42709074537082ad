//! What can only be judged once the whole line is read.

use vrrp_types::Family;

use super::route::RouteLine;
use super::rule::RuleLine;
use super::words::Dropped;
use crate::code::Code;
use crate::lower::context::Context;
use crate::model::{Route, RouteType, Rule, RuleAction};

impl RouteLine<'_> {
    /// Puts the parts of the route in their places.
    pub(super) fn finish(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        let Some(destination) = self.destination else {
            return self.words.drop(context, Code::RouteDestination, "a route must have a destination");
        };
        let family = self.family.unwrap_or(Family::V4);
        let route = &mut self.route;
        (route.family, route.destination) = (family, destination.network(family));
        route.from = self.from.map(|from| from.network(family));
        route.protocol = self.protocol.unwrap_or(Route::PROTOCOL);
        if route.track && route.protocol != Route::PROTOCOL {
            route.protocol = Route::PROTOCOL;
            let message =
                "a route that is tracked is of protocol 18 (keepalived), using that: no_track keeps another";
            self.words.report(context, Code::RouteProtocol, message);
        }
        if self.route.track_group.is_some() && self.route.device.is_none() {
            let message = "a route without dev cannot have a track_group, ignoring it";
            self.words.report(context, Code::TrackGroup, message);
            self.route.track_group = None;
        }
        self.refused_by_the_kernel(context);
        Ok(())
    }

    /// keepalived takes it, and the kernel will not.
    fn refused_by_the_kernel(&self, context: &mut Context<'_>) {
        let route = &self.route;
        let drops = matches!(route.kind, RouteType::BLACKHOLE | RouteType::UNREACHABLE | RouteType::PROHIBIT);
        let leads = route.gateway.is_some() || route.device.is_some() || !route.next_hops.is_empty();
        if drops && leads && route.family == Family::V4 {
            let name = route.kind.name().unwrap_or_default();
            let message = format!("the kernel refuses a {name} route with a gateway, device or next hop");
            self.words.report(context, Code::Unusual, &message);
        }
    }
}

impl RuleLine<'_> {
    /// Puts the parts of the rule in their places.
    pub(super) fn finish(&mut self, context: &mut Context<'_>) -> Result<(), Dropped> {
        self.rule.action = self.judged_action(context)?;
        let rule = &mut self.rule;
        rule.protocol = self.protocol;
        if rule.track {
            rule.protocol = Some(Rule::PROTOCOL);
            if self.protocol.is_some_and(|typed| typed != Rule::PROTOCOL) {
                let message = "a rule that is tracked is of protocol 18 (keepalived), using that: no_track keeps another";
                self.words.report(context, Code::RouteProtocol, message);
            }
        }
        if self.rule.track_group.is_some() && self.rule.input.is_none() {
            let message = "a rule without iif cannot have a track_group, ignoring it";
            self.words.report(context, Code::TrackGroup, message);
            self.rule.track_group = None;
        }
        let family = self.family.unwrap_or(Family::V4);
        self.rule.family = family;
        self.rule.from = self.from.map(|from| from.network(family));
        self.rule.to = self.to.map(|to| to.network(family));
        self.rule.preference = match self.preference {
            Some(typed) => typed,
            None => self.next_preference(context, family),
        };
        Ok(())
    }

    fn next_preference(&self, context: &mut Context<'_>, family: Family) -> u32 {
        let next = context.routing.next_preference(family);
        let message = format!(
            "a rule without preference gets {next}, which is probably not what is wanted: give it 'preference N'"
        );
        self.words.report(context, Code::RulePreference, &message);
        next
    }

    /// The action, if all else fits it.
    fn judged_action(&self, context: &mut Context<'_>) -> Result<RuleAction, Dropped> {
        if let Some(RuleAction::Goto(target)) = self.action {
            let Some(preference) = self.preference else {
                let message = format!("goto {target} needs a preference, which must be lower");
                return self.words.drop(context, Code::RulePreference, &message);
            };
            if preference >= target {
                let message = format!("preference {preference} is not lower than goto {target}");
                return self.words.drop(context, Code::RuleGoto, &message);
            }
        }
        let Some(action) = self.action else {
            let message =
                "a rule needs an action: table, goto, nop, blackhole, unreachable, prohibit or l3mdev";
            return self.words.drop(context, Code::RuleAction, message);
        };
        if self.needs_table && !matches!(action, RuleAction::Table(_) | RuleAction::L3mdev) {
            let message = "realms and suppress_* need a table";
            return self.words.drop(context, Code::RuleAction, message);
        }
        Ok(action)
    }
}
