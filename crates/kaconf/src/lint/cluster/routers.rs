//! Which instances of the nodes are one virtual router, and those that nobody shares.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::IpAddr;

use super::{Cluster, ClusterFinding, Member};
use crate::code::Code;
use crate::diag::Severity;
use crate::load::Loaded;
use crate::model::Instance;

/// The instances of one virtual router, one a node, in the order of the nodes.
#[derive(Debug)]
pub(super) struct Router<'a> {
    pub(super) members: Vec<Member<'a>>,
}

impl<'a> Router<'a> {
    /// Any member: the one of the first node.
    pub(super) fn first(&self) -> &Member<'a> {
        &self.members[0]
    }

    /// The members that differ from the rest in something, each with one of the rest: the first of those that have
    /// what most have.
    pub(super) fn odd<K: PartialEq>(
        &self,
        key: impl Fn(&Member<'a>) -> K,
    ) -> impl Iterator<Item = (&Member<'a>, &Member<'a>)> {
        let mut kinds: Vec<(K, Vec<&Member<'a>>)> = Vec::new();
        for member in &self.members {
            let key = key(member);
            match kinds.iter_mut().find(|(known, _)| *known == key) {
                Some((_, members)) => members.push(member),
                None => kinds.push((key, vec![member])),
            }
        }
        // Of several that are as common the one of the first node.
        let most = kinds.iter().map(|(_, members)| members.len()).max().unwrap_or_default();
        let usual = kinds.iter().position(|(_, members)| members.len() == most).unwrap_or_default();
        let rest = kinds[usual].1[0];
        kinds.remove(usual);
        let mut odd: Vec<_> = kinds.into_iter().flat_map(|(_, members)| members).collect();
        odd.sort_by_key(|member| member.node);
        odd.into_iter().map(move |member| (member, rest))
    }

    fn shares_a_node(&self, other: &Self) -> bool {
        self.members.iter().any(|own| other.members.iter().any(|member| member.node == own.node))
    }
}

/// The virtual routers of all nodes, in the order of their first instances.
pub(super) fn of<'a>(nodes: &[&'a Loaded]) -> Vec<Router<'a>> {
    let mut routers = Vec::new();
    for (node, loaded) in nodes.iter().enumerate() {
        let instances = &loaded.config.instances;
        routers.extend(instances.iter().map(|instance| Router { members: vec![Member { node, instance }] }));
    }
    let routers = merge(routers, nodes.len(), |i| Some((i.family, i.vrid, i.interface.clone())));
    let routers =
        merge(routers, nodes.len(), |i| Some((i.family, i.vrid, i.addresses.first()?.address.ip())));
    let mut routers = merge(routers, nodes.len(), |i| Some((i.family, i.vrid)));
    routers.iter_mut().for_each(|router| router.members.sort_by_key(|member| member.node));
    routers
}

/// Joins routers that are not on every node yet and have the same key, unless a node would be in one twice.
fn merge<'a, K: Eq + Hash>(
    routers: Vec<Router<'a>>,
    nodes: usize,
    key: impl Fn(&Instance) -> Option<K>,
) -> Vec<Router<'a>> {
    let mut places: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, router) in routers.iter().enumerate() {
        if router.members.len() < nodes
            && let Some(key) = key(router.first().instance)
        {
            places.entry(key).or_default().push(index);
        }
    }
    let mut into: Vec<usize> = (0..routers.len()).collect();
    for group in places.into_values() {
        let mut of_node = vec![0; nodes];
        for member in group.iter().flat_map(|index| &routers[*index].members) {
            of_node[member.node] += 1;
        }
        if of_node.iter().all(|count| *count <= 1) {
            group[1..].iter().for_each(|index| into[*index] = group[0]);
        }
    }
    let mut slots: Vec<Option<Router<'a>>> = Vec::with_capacity(routers.len());
    for (index, router) in routers.into_iter().enumerate() {
        let target = into[index];
        match slots.get_mut(target) {
            Some(Some(first)) => {
                first.members.extend(router.members);
                slots.push(None);
            }
            _ => slots.push(Some(router)),
        }
    }
    slots.into_iter().flatten().collect()
}

/// Routers that one node alone has: under another number on the other nodes, or not there at all.
pub(super) fn incomplete(cluster: &Cluster<'_>, routers: &[Router<'_>], found: &mut Vec<ClusterFinding>) {
    if cluster.nodes.len() < 2 {
        return;
    }
    let mut seen: HashMap<IpAddr, usize> = HashMap::new();
    let mut twins: HashSet<usize> = HashSet::new();
    let partial =
        || routers.iter().enumerate().filter(|(_, router)| router.members.len() < cluster.nodes.len());
    for (index, router) in partial() {
        let mut twin = None;
        for address in &router.first().instance.addresses {
            let earlier = *seen.entry(address.address.ip()).or_insert(index);
            twin = twin.or_else(|| (!routers[earlier].shares_a_node(router)).then_some(earlier));
        }
        if let Some(twin) = twin {
            found.push(other_number(cluster, routers[twin].first(), router.first()));
            twins.extend([twin, index]);
        }
    }
    let alone = partial().filter(|(index, router)| router.members.len() == 1 && !twins.contains(index));
    found.extend(alone.map(|(_, router)| nobodys_backup(cluster, router.first())));
}

fn other_number(cluster: &Cluster<'_>, first: &Member<'_>, second: &Member<'_>) -> ClusterFinding {
    let message = format!(
        "the addresses of VRID {} are on the other node under VRID {}",
        second.instance.vrid, first.instance.vrid
    );
    let first_at = cluster.block(first).value_or_head("virtual_router_id");
    cluster
        .finding(Code::ClusterVrid, second, "virtual_router_id", &message)
        .severity(Severity::Error)
        .elsewhere(first.node, first_at, format!("VRID {} there", first.instance.vrid))
        .hint(
            "these are two virtual routers with one member each: both become master, with the same addresses",
        )
        .mend("give both the same virtual_router_id")
}

fn nobodys_backup(cluster: &Cluster<'_>, member: &Member<'_>) -> ClusterFinding {
    let instance = member.instance;
    let message =
        format!("no other node has VRID {} with {}: there is no backup", instance.vrid, instance.family);
    cluster
        .finding(Code::ClusterAlone, member, "virtual_router_id", &message)
        .mend("when this node fails its addresses are gone: add the instance to another node")
}
