//! Sync groups: the nodes must agree on who belongs together, and who is the best for all of them.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::routers::Router;
use super::{Cluster, ClusterFinding, Member};
use crate::code::Code;
use crate::model::SyncGroup;

/// The routers of one sync group of one node.
struct Group<'c> {
    node: usize,
    group: &'c SyncGroup,
    routers: BTreeSet<usize>,
}

/// What the sync groups of the nodes do not agree on.
pub(super) fn groups(cluster: &Cluster<'_>, routers: &[Router<'_>], found: &mut Vec<ClusterFinding>) {
    let mut number: HashMap<(usize, &str), usize> = HashMap::new();
    for (index, router) in routers.iter().enumerate() {
        for member in &router.members {
            number.insert((member.node, &*member.instance.name), index);
        }
    }
    let all: Vec<Vec<Group<'_>>> = (0..cluster.nodes.len())
        .map(|node| {
            let groups = cluster.loaded[node].config.sync_groups.iter();
            groups
                .map(|group| Group {
                    node,
                    group,
                    routers: group
                        .members
                        .iter()
                        .filter_map(|name| number.get(&(node, &**name)).copied())
                        // What the other nodes have not is reported as such.
                        .filter(|router| routers[*router].members.len() > 1)
                        .collect(),
                })
                .collect()
        })
        .collect();
    let Some((first, others)) = all.split_first() else { return };
    let mut group_of: HashMap<usize, &Group<'_>> = HashMap::new();
    for group in first {
        group_of.extend(group.routers.iter().map(|router| (*router, group)));
    }
    // A group of the first node that was compared with one of a node is not compared with the next one that
    // it overlaps.
    let mut compared = HashSet::new();
    for group in others.iter().flatten() {
        let theirs = group.routers.iter().find_map(|router| group_of.get(router).copied());
        match theirs {
            Some(theirs) if compared.insert((group.node, &theirs.group.name)) => {
                compare(cluster, group, theirs, routers, found);
            }
            None if group.routers.len() > 1 => found.push(ungrouped(cluster, group, 0)),
            _ => {}
        }
    }
    let grouped: Vec<HashSet<usize>> = others
        .iter()
        .map(|groups| groups.iter().flat_map(|group| &group.routers).copied().collect())
        .collect();
    for group in first {
        missing(cluster, group, &grouped, routers, found);
        split(cluster, group, routers, found);
    }
}

fn place(cluster: &Cluster<'_>, group: &Group<'_>) -> Option<crate::files::Location> {
    cluster.nodes[group.node].block("vrrp_sync_group", &group.group.name).head()
}

/// The names that the instances of some routers have on a node.
fn names(routers: &[Router<'_>], wanted: impl Iterator<Item = usize>, node: usize) -> String {
    let name = |router: usize| {
        let member = routers[router].members.iter().find(|member| member.node == node);
        member.map(|member| member.instance.name.to_string())
    };
    let all: Vec<_> = wanted.filter_map(name).take(4).collect();
    all.join(", ")
}

/// A group that is another one on the first node.
fn compare(
    cluster: &Cluster<'_>,
    group: &Group<'_>,
    theirs: &Group<'_>,
    routers: &[Router<'_>],
    found: &mut Vec<ClusterFinding>,
) {
    let on_both = |router: &usize| {
        let has = |node| routers[*router].members.iter().any(|member| member.node == node);
        has(group.node) && has(theirs.node)
    };
    let more = group.routers.difference(&theirs.routers).copied().filter(on_both);
    let less = theirs.routers.difference(&group.routers).copied().filter(on_both);
    let (more, less) = (names(routers, more, group.node), names(routers, less, group.node));
    if more.is_empty() && less.is_empty() {
        return;
    }
    let mut wrong = Vec::new();
    if !more.is_empty() {
        wrong.push(format!("{more} only here"));
    }
    if !less.is_empty() {
        wrong.push(format!("{less} only on another node"));
    }
    let message = format!("sync group {} has other members: {}", group.group.name, wrong.join(", "));
    found.push(
        ClusterFinding::new(Code::ClusterGroups, group.node, place(cluster, group), message)
            .elsewhere(theirs.node, place(cluster, theirs), "the group there")
            .hint("when a member fails, one node moves instances that the other one keeps")
            .mend("list the same instances on every node"),
    );
}

/// A group of the first node that another node has not at all.
fn missing(
    cluster: &Cluster<'_>,
    group: &Group<'_>,
    grouped: &[HashSet<usize>],
    routers: &[Router<'_>],
    found: &mut Vec<ClusterFinding>,
) {
    if group.routers.len() < 2 {
        return;
    }
    for (index, grouped) in grouped.iter().enumerate() {
        let is_there =
            |router: &usize| routers[*router].members.iter().any(|member| member.node == index + 1);
        let shared = group.routers.iter().filter(|router| is_there(router)).count();
        if shared > 1 && !group.routers.iter().any(|router| grouped.contains(router)) {
            found.push(ungrouped(cluster, group, index + 1));
        }
    }
}

fn ungrouped(cluster: &Cluster<'_>, group: &Group<'_>, node: usize) -> ClusterFinding {
    let message = format!("another node has no sync group of the members of {}", group.group.name);
    ClusterFinding::new(Code::ClusterGroups, group.node, place(cluster, group), message)
        .elsewhere(node, None, "no sync group holds these instances")
        .hint("when a member fails here all of them move; when one fails there the others stay")
        .mend("write the same vrrp_sync_group on every node")
}

/// The member that wins a router by its priority alone; `None` if two are equal.
fn best<'r>(router: &'r Router<'_>) -> Option<&'r Member<'r>> {
    let most = router.members.iter().map(|member| member.instance.priority).max()?;
    let mut all = router.members.iter().filter(|member| member.instance.priority == most);
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// A group whose members are won by different nodes.
fn split(cluster: &Cluster<'_>, group: &Group<'_>, routers: &[Router<'_>], found: &mut Vec<ClusterFinding>) {
    let mut winners = group.routers.iter().filter_map(|router| best(&routers[*router]));
    let Some(first) = winners.next() else { return };
    let Some(other) = winners.find(|winner| winner.node != first.node) else { return };
    let message = format!(
        "the members of sync group {} have their highest priorities on different nodes",
        group.group.name
    );
    let priority = |member: &Member<'_>| {
        let text = format!(
            "({}) has its highest priority, {}, here",
            member.instance.name, member.instance.priority
        );
        (member.node, cluster.block(member).value_or_head("priority"), text)
    };
    let mut finding =
        ClusterFinding::new(Code::ClusterGroupSplit, group.node, place(cluster, group), message);
    for (node, at, text) in [priority(first), priority(other)] {
        if node == group.node {
            finding.diagnostic = finding.diagnostic.note(at, text);
        } else {
            finding = finding.elsewhere(node, at, text);
        }
    }
    found.push(
        finding
            .hint(
                "they are master together or not at all: whoever is first keeps them all, \
                 and when both start at once they may take them from each other again and again",
            )
            .mend("give one node the higher priority in every member"),
    );
}
