//! Lints over the files of several nodes: what only shows when they are held against each other.
//!
//! Here are the shape of a finding and the order of the checks; which instances are one virtual router is
//! found in `routers`.

mod addresses;
mod adverts;
mod election;
mod groups;
mod reach;
mod routers;
mod tracking;

use std::borrow::Cow;
use std::collections::HashMap;

use super::places::{Block, Places};
use crate::code::Code;
use crate::diag::{Diagnostic, Severity};
use crate::files::{File, Location};
use crate::load::Loaded;
use crate::model::{Instance, SyncGroup};
use routers::Router;

/// A finding about several nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterFinding {
    /// Which of the configurations it is about, by its number in what was given; the places of `diagnostic`
    /// are in it.
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
    loaded: &'a [&'a Loaded],
    /// The sync groups of each node by the names of their members.
    groups: Vec<HashMap<&'a str, &'a SyncGroup>>,
}

impl<'a> Cluster<'a> {
    fn new(loaded: &'a [&'a Loaded]) -> Self {
        let groups = |one: &&'a Loaded| {
            let all = one.config.sync_groups.iter();
            all.flat_map(|group| group.members.iter().map(move |member| (&**member, group))).collect()
        };
        Self {
            nodes: loaded.iter().map(|one| Places::new(one)).collect(),
            loaded,
            groups: loaded.iter().map(groups).collect(),
        }
    }

    /// The sync group of an instance.
    fn group(&self, member: &Member<'_>) -> Option<&'a SyncGroup> {
        self.groups[member.node].get(&*member.instance.name).copied()
    }

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
        ClusterFinding::new(code, member.node, at, format!("({}) {message}", member.instance.name))
    }
}

impl ClusterFinding {
    /// The finding as a diagnostic about its node, for showing it with that node's files: what stands
    /// elsewhere is a note that says the place in words.
    ///
    /// # Panics
    ///
    /// If `nodes` are not those that [`cluster`] was given.
    pub fn told(&self, nodes: &[&Loaded]) -> Diagnostic {
        let mut told = self.diagnostic.clone();
        for there in &self.elsewhere {
            let files = &nodes[there.node].files;
            let path = |file: &File| file.path().display().to_string();
            let place = match there.at {
                Some(at) => format!("{}:{}", path(files.file(at.file)), files.line_column(at).0),
                None => files.iter().next().map(path).unwrap_or_default(),
            };
            told = told.note(None, format!("{place}: {}", there.text));
        }
        told
    }

    fn new(code: Code, node: usize, at: Option<Location>, message: String) -> Self {
        Self { node, diagnostic: Diagnostic::new(code, at, message), elsewhere: Vec::new() }
    }

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
    addresses::prefixes,
    election::priorities,
    election::preemption,
    tracking::weights,
];

/// What does not fit together in the configurations of the nodes of one cluster.
///
/// Instances of one family and VRID are one virtual router; where a node has several of them, those on
/// interfaces of one name belong together, or those with the same first address.
pub fn cluster(nodes: &[&Loaded]) -> Vec<ClusterFinding> {
    let cluster = Cluster::new(nodes);
    let routers = routers::of(nodes);
    let mut found = Vec::new();
    routers::incomplete(&cluster, &routers, &mut found);
    for router in routers.iter().filter(|router| router.members.len() > 1) {
        for check in CHECKS {
            check(&cluster, router, &mut found);
        }
    }
    groups::groups(&cluster, &routers, &mut found);
    found
}
