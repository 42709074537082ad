//! Who wins: priorities, and who may take over from whom.

use std::collections::HashMap;

use vrrp_types::Priority;

use super::routers::Router;
use super::{Cluster, ClusterFinding, Member};
use crate::code::Code;
use crate::diag::Severity;

/// Two nodes of one priority.
pub(super) fn priorities(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    let mut seen: HashMap<u8, &Member<'_>> = HashMap::new();
    for member in &router.members {
        let priority = member.instance.priority;
        let first = *seen.entry(priority.get()).or_insert(member);
        if first.node == member.node {
            continue;
        }
        let text = format!("priority {priority} there too");
        let at = cluster.block(first).value_or_head("priority");
        let finding = if priority.is_owner() {
            two_owners(cluster, member)
        } else {
            tie(cluster, first, member, priority)
        };
        found.push(finding.elsewhere(first.node, at, text));
    }
}

fn two_owners(cluster: &Cluster<'_>, member: &Member<'_>) -> ClusterFinding {
    let message = "two nodes own the addresses: both have priority 255";
    cluster
        .finding(Code::ClusterOwners, member, "priority", message)
        .severity(Severity::Error)
        .hint("both are master as soon as they start, and then fight it out by their source addresses")
        .mend("only one node can own the addresses: give the other a priority below 255")
}

fn tie(cluster: &Cluster<'_>, first: &Member<'_>, member: &Member<'_>, priority: Priority) -> ClusterFinding {
    let message = format!("priority {priority} is that of another node too");
    let finding = cluster
        .finding(Code::ClusterTie, member, "priority", &message)
        .hint("who is master is left to chance: when both want to be, the higher source address wins")
        .mend("give the nodes different priorities");
    // Nodes that stay with whoever is master may well be equals.
    let equals = !first.instance.preempt && !member.instance.preempt;
    if equals { finding.severity(Severity::Note) } else { finding }
}

/// `nopreempt` on a node that the best node does not care about.
pub(super) fn preemption(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    let Some(best) = router.members.iter().rev().max_by_key(|member| member.instance.priority) else {
        return;
    };
    if !best.instance.preempt {
        return;
    }
    let is_vain =
        |member: &&Member<'_>| !member.instance.preempt && member.instance.priority < best.instance.priority;
    for member in router.members.iter().filter(is_vain) {
        let message =
            format!("nopreempt here does not keep priority {} from taking over", best.instance.priority);
        found.push(
            cluster
                .finding(Code::ClusterPreemption, member, "nopreempt", &message)
                .elsewhere(
                    best.node,
                    cluster.block(best).head(),
                    format!("priority {}, and no nopreempt", best.instance.priority),
                )
                .mend("nopreempt counts on the node that would take over: the one with the highest priority"),
        );
    }
}
