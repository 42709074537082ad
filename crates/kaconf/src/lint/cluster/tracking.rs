//! Weights that never change who is master, whatever is up or down on any node.

use std::collections::HashMap;

use super::routers::Router;
use super::{Cluster, ClusterFinding, Member};
use crate::code::Code;
use crate::files::Location;
use crate::lint::places::Block;
use crate::lint::tracking::{Weighted, range, weighted};

/// A member and the least and greatest priority that its weights let it have.
type Reach<'r> = (&'r Member<'r>, (i32, i32));

/// Weights that leave a node above or below all others.
pub(super) fn weights(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    let reaches = router.members.iter().map(|member| Some((member, reach(cluster, member)?)));
    // Where a file decides there is nothing to say.
    let Some(reaches) = reaches.collect::<Option<Vec<Reach<'_>>>>() else { return };
    if router.members.iter().all(|member| !member.instance.preempt) {
        found.extend(router.members.iter().filter_map(|member| nobody_takes_over(cluster, member)));
        return;
    }
    // If the better ones never sink far enough, the others need not be told that they never rise.
    let above: Vec<_> = reaches.iter().filter_map(|of| stays(cluster, of, &reaches, true)).collect();
    if above.is_empty() {
        found.extend(reaches.iter().filter_map(|of| stays(cluster, of, &reaches, false)));
    }
    found.extend(above);
}

/// The finding that the weights of a member leave it where it is: above the next one, or below the one before
/// it.
fn stays(
    cluster: &Cluster<'_>,
    (member, (low, high)): &Reach<'_>,
    all: &[Reach<'_>],
    above: bool,
) -> Option<ClusterFinding> {
    let (first, _) = tracked(cluster, member).next()?;
    let others = || all.iter().filter(|(other, _)| other.node != member.node);
    if low == high || others().any(|(_, (least, most))| low <= most && least <= high) {
        return None;
    }
    let (other, theirs) = if above {
        others()
            .map(|(other, (_, most))| (other, *most))
            .filter(|(_, most)| most < low)
            .max_by_key(|(_, most)| *most)
    } else {
        others()
            .map(|(other, (least, _))| (other, *least))
            .filter(|(_, least)| least > high)
            .min_by_key(|(_, least)| *least)
    }?;
    let (stays, gap) = if above { ("above", low - theirs) } else { ("below", theirs - high) };
    let message = format!(
        "{} never changes who is master: priority {low} to {high} stays {stays} {theirs} of another node",
        first.shown()
    );
    let at = cluster.block(other).value_or_head("priority");
    let finding = cluster
        .finding_at(Code::ClusterWeight, member, place(cluster, member), &message)
        .elsewhere(other.node, at, format!("this node's priority reaches {theirs}"))
        .mend(format!(
            "the weights must be larger by {} at least, or the priorities nearer to each other; \
             with weight 0 a failure puts the node into FAULT",
            gap + 1
        ));
    Some(finding)
}

/// Everything with a weight that moves the priority of a member, and the block it is listed in: the
/// instance's own, and that of its sync group.
fn tracked<'c>(
    cluster: &'c Cluster<'_>,
    member: &Member<'c>,
) -> impl Iterator<Item = (Weighted<'c>, Block<'c>)> {
    let own = cluster.block(member);
    let group = cluster.group(member).filter(|group| group.tracking_weight);
    let of_group = group.into_iter().flat_map(|group| {
        let block = cluster.nodes[member.node].block("vrrp_sync_group", &group.name);
        weighted(&group.tracking).map(move |weighted| (weighted, block))
    });
    weighted(&member.instance.tracking).map(move |weighted| (weighted, own)).chain(of_group)
}

/// Where the first weight of a member is.
fn place(cluster: &Cluster<'_>, member: &Member<'_>) -> Option<Location> {
    tracked(cluster, member).next().and_then(|(first, block)| first.place(block))
}

/// The least and the greatest priority of a member; `None` if nobody can say.
fn reach(cluster: &Cluster<'_>, member: &Member<'_>) -> Option<(i32, i32)> {
    let priority = i32::from(member.instance.priority.get());
    if member.instance.priority.is_owner() {
        return Some((priority, priority));
    }
    let (low, high) = once(tracked(cluster, member).map(|(weighted, _)| weighted))?;
    Some(((priority + low).clamp(1, 254), (priority + high).clamp(1, 254)))
}

/// As [`range`], with what an instance and its group both track counted once: the instance's weight counts.
fn once<'c>(all: impl Iterator<Item = Weighted<'c>>) -> Option<(i32, i32)> {
    let mut seen: HashMap<(&str, &str), Weighted<'c>> = HashMap::new();
    for weighted in all {
        seen.entry((weighted.list, weighted.name)).or_insert(weighted);
    }
    range(seen.into_values())
}

fn nobody_takes_over(cluster: &Cluster<'_>, member: &Member<'_>) -> Option<ClusterFinding> {
    let (first, _) = tracked(cluster, member).next()?;
    let message = format!("{} never changes who is master: every node has nopreempt", first.shown());
    let finding = cluster
        .finding_at(Code::ClusterWeight, member, place(cluster, member), &message)
        .hint("a backup with nopreempt leaves the addresses with a master whose priority sinks")
        .mend("with weight 0 a failure puts the node into FAULT, and another one takes over");
    Some(finding)
}
