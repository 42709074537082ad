//! What a predecessor that was killed left behind: virtual routes and rules that nobody is master of.

use std::collections::BTreeSet;

use tracing::{info, warn};
use vrrp_linux::{NetlinkError, Operation, Route, Rule};

use super::line::Sent;
use super::removals;
use crate::vrrp::driver::Driver;

impl Driver {
    /// Takes away every route and rule that an instance would set and that is there though none is master. Static ones
    /// are taken over as they are. With `estate` all that bear the mark are a dead one's.
    pub(in crate::vrrp) fn remove_routing_leftovers(&mut self, estate: bool) {
        let lines = || self.instances.iter().flat_map(|instance| &instance.lines);
        if lines().next().is_none() && !estate {
            return;
        }
        let resolve = |placed: &super::Placed| placed.line.resolve(&self.interfaces).ok();
        let ours: Vec<Sent> = lines().filter_map(resolve).collect();
        let statics: Vec<Sent> = self.routing.statics.lines().filter_map(resolve).collect();
        let netlink = self.kernel.netlink();
        let listed = netlink.routes_by(Route::PROTOCOL).and_then(|routes| Ok((routes, netlink.rules()?)));
        let (routes, rules) = match listed {
            Ok(listed) => listed,
            Err(error) => return warn!("routes and rules cannot be listed: {error}"),
        };
        let routes: BTreeSet<_> = routes
            .into_iter()
            .filter(|route| estate || ours.iter().any(|sent| sent.is_route(route)))
            .filter(|route| !statics.iter().any(|sent| sent.is_route(route)))
            .collect();
        let marked = |rule: &Rule| rule.protocol == Some(Route::PROTOCOL);
        let rules = rules
            .into_iter()
            .filter(|rule| (estate && marked(rule)) || ours.iter().any(|sent| sent.is_rule(rule)))
            .filter(|rule| !statics.iter().any(|sent| sent.is_rule(rule)));
        let operations: Vec<_> =
            rules.map(|rule| Operation::RemoveRule(Box::new(rule))).chain(removals(routes)).collect();
        for outcome in self.kernel.netlink().apply(&operations) {
            match outcome {
                Ok(()) | Err(NetlinkError::RouteNotThere | NetlinkError::RuleNotThere) => {}
                Err(error) => warn!("a route or rule left by a predecessor could not be removed: {error}"),
            }
        }
        if !operations.is_empty() {
            info!("removed {} routes and rules that a predecessor left", operations.len());
        }
    }
}
