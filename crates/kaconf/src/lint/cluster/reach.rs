//! Whether the nodes of a virtual router hear each other at all.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use super::routers::Router;
use super::{Cluster, ClusterFinding, Member};
use crate::code::Code;
use crate::diag::Severity;
use crate::model::Mode;

const DEAF: &str = "they do not hear each other, so that both are master at once";

/// How an instance sends, in words.
fn means(mode: &Mode) -> String {
    match mode {
        Mode::Multicast { group } => format!("multicast to {group}"),
        Mode::Unicast { .. } => "unicast".to_owned(),
    }
}

/// Multicast here and unicast there, or two groups.
pub(super) fn modes(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    let at = |member: &Member<'_>| {
        let block = cluster.block(member);
        let keyword = match member.instance.mode {
            Mode::Multicast { .. } => block.value("mcast_dst_ip"),
            Mode::Unicast { .. } => block.keyword("unicast_peer"),
        };
        keyword.or_else(|| block.head())
    };
    for (member, first) in router.odd(|member| means(&member.instance.mode)) {
        let (ours, theirs) = (means(&member.instance.mode), means(&first.instance.mode));
        let message = format!("{ours} here, {theirs} on another node");
        found.push(
            cluster
                .finding_at(Code::ClusterUnheard, member, at(member), &message)
                .severity(Severity::Error)
                .elsewhere(first.node, at(first), format!("{theirs} there"))
                .hint(DEAF),
        );
    }
}

/// Where the source address of an instance stands: the two keywords are one setting.
fn source_place(cluster: &Cluster<'_>, member: &Member<'_>) -> Option<crate::files::Location> {
    let block = cluster.block(member);
    let keywords = ["unicast_src_ip", "mcast_src_ip"];
    keywords.into_iter().find_map(|keyword| block.value(keyword)).or_else(|| block.head())
}

/// Two nodes that send from one address.
pub(super) fn sources(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    let mut seen: HashMap<IpAddr, &Member<'_>> = HashMap::new();
    for member in &router.members {
        let Some(source) = member.instance.source else { continue };
        let first = *seen.entry(source).or_insert(member);
        if first.node == member.node {
            continue;
        }
        let message = format!("{source} is the source address of another node too");
        found.push(
            cluster
                .finding_at(Code::ClusterSource, member, source_place(cluster, member), &message)
                .severity(Severity::Error)
                .elsewhere(first.node, source_place(cluster, first), "the same address there")
                .mend("each node sends from an address of its own"),
        );
    }
}

/// Unicast peers that leave out a node.
pub(super) fn peers(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    for member in &router.members {
        let Mode::Unicast { peers, .. } = &member.instance.mode else { continue };
        let known: HashSet<IpAddr> = peers.iter().map(|peer| peer.address).collect();
        for other in router.members.iter().filter(|other| other.node != member.node) {
            let (Some(source), Mode::Unicast { .. }) = (other.instance.source, &other.instance.mode) else {
                continue;
            };
            if known.contains(&source) || member.instance.source == Some(source) {
                continue;
            }
            let message =
                format!("{source}, another node of this virtual router, is not among the unicast peers");
            found.push(
                cluster
                    .finding_at(
                        Code::ClusterPeers,
                        member,
                        cluster.block(member).keyword("unicast_peer"),
                        &message,
                    )
                    .severity(Severity::Error)
                    .elsewhere(other.node, source_place(cluster, other), "it sends from this address")
                    .hint("that node never hears this one, and takes the addresses while this one has them"),
            );
        }
        few(cluster, router, member, known.len(), found);
    }
}

/// Fewer peers than there are other nodes, where their addresses are not in the files.
fn few(
    cluster: &Cluster<'_>,
    router: &Router<'_>,
    member: &Member<'_>,
    peers: usize,
    found: &mut Vec<ClusterFinding>,
) {
    let others = router.members.iter().filter(|other| other.node != member.node);
    let unnamed = others.clone().filter(|other| other.instance.source.is_none()).count();
    let count = others.count();
    if peers == 0 || unnamed == 0 || peers >= count {
        return;
    }
    let message = format!("{peers} unicast peer(s) for {count} other nodes of this virtual router");
    let at = cluster.block(member).keyword("unicast_peer");
    found.push(
        cluster
            .finding_at(Code::ClusterPeers, member, at, &message)
            .mend("every node must be told of every other one"),
    );
}
