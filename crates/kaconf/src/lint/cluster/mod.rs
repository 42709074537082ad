//! Lints over the files of several nodes: what only shows when they are held against each other.
//!
//! Here are the shape of a finding and the order of the checks; which instances are one virtual router is found in
//! `routers`.

mod addresses;
mod adverts;
mod election;
mod reach;
mod routers;

use std::borrow::Cow;

use super::places::{Block, Places};
use crate::code::Code;
use crate::diag::{Diagnostic, Severity};
use crate::files::Location;
use crate::load::Loaded;
use crate::model::Instance;
use routers::Router;

/// A finding about several nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterFinding {
    /// Which of the configurations it is about, by its number in what was given; the places of `diagnostic` are in it.
    pub node: usize,
    /// What was found.
    pub diagnostic: Diagnostic,
    /// What stands on other nodes.
    pub elsewhere: Vec<Elsewhere>,
}

/// A place on another node that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Elsewhere {
    /// Which of the configurations it is in.
    pub node: usize,
    /// Where, if it is about a place.
    pub at: Option<Location>,
    /// What.
    pub text: Cow<'static, str>,
}

/// The instance of one node in a virtual router.
#[derive(Clone, Copy, Debug)]
struct Member<'a> {
    node: usize,
    instance: &'a Instance,
}

/// All nodes with their places.
struct Cluster<'a> {
    nodes: Vec<Places<'a>>,
}

impl Cluster<'_> {
    fn block<'c>(&'c self, member: &Member<'c>) -> Block<'c> {
        self.nodes[member.node].instance(member.instance)
    }

    /// A finding about what an instance says in a keyword, by default if it says nothing.
    fn finding(&self, code: Code, member: &Member<'_>, keyword: &str, message: &str) -> ClusterFinding {
        self.finding_at(code, member, self.block(member).value_or_head(keyword), message)
    }

    fn finding_at(
        &self,
        code: Code,
        member: &Member<'_>,
        at: Option<Location>,
        message: &str,
    ) -> ClusterFinding {
        let message = format!("({}) {message}", member.instance.name);
        let diagnostic = Diagnostic::new(code, at, message);
        ClusterFinding { node: member.node, diagnostic, elsewhere: Vec::new() }
    }
}

impl ClusterFinding {
    fn severity(mut self, severity: Severity) -> Self {
        self.diagnostic.severity = severity;
        self
    }

    /// What comes of it.
    fn hint(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.diagnostic = self.diagnostic.note(None, text);
        self
    }

    /// How to mend it.
    fn mend(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.diagnostic = self.diagnostic.help(text);
        self
    }

    fn elsewhere(mut self, node: usize, at: Option<Location>, text: impl Into<Cow<'static, str>>) -> Self {
        self.elsewhere.push(Elsewhere { node, at, text: text.into() });
        self
    }
}

/// A check of one virtual router.
type Check = fn(&Cluster<'_>, &Router<'_>, &mut Vec<ClusterFinding>);

const CHECKS: &[Check] = &[
    reach::modes,
    reach::sources,
    reach::peers,
    adverts::versions,
    adverts::intervals,
    adverts::authentication,
    adverts::checksums,
    addresses::lists,
    election::priorities,
    election::preemption,
];

/// What does not fit together in the configurations of the nodes of one cluster.
///
/// Instances of one family and VRID are one virtual router; where a node has several of them, those on interfaces of one
/// name belong together, or those with the same first address.
pub fn cluster(nodes: &[&Loaded]) -> Vec<ClusterFinding> {
    let cluster = Cluster { nodes: nodes.iter().map(|loaded| Places::new(loaded)).collect() };
    let routers = routers::of(nodes);
    let mut found = Vec::new();
    routers::incomplete(&cluster, &routers, &mut found);
    for router in routers.iter().filter(|router| router.members.len() > 1) {
        for check in CHECKS {
            check(&cluster, router, &mut found);
        }
    }
    found
}
