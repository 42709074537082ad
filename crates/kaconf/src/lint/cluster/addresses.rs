//! Addresses that one node holds and another does not.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use super::routers::Router;
use super::{Cluster, ClusterFinding, Member};
use crate::code::Code;
use crate::model::VirtualAddress;

/// How many addresses are named; the rest is counted.
const NAMED: usize = 4;

/// Different lists of addresses, those in adverts and the others apart.
pub(super) fn lists(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    let sorted = |list: &[VirtualAddress]| {
        let mut all: Vec<IpAddr> = list.iter().map(|address| address.address.ip()).collect();
        all.sort();
        all
    };
    for (member, first) in router.odd(|member| sorted(&member.instance.addresses)) {
        let (here, there) = (&member.instance.addresses, &first.instance.addresses);
        compare(cluster, (first, there), (member, here), "virtual_ipaddress", found);
    }
    for (member, first) in router.odd(|member| sorted(&member.instance.excluded)) {
        let (here, there) = (&member.instance.excluded, &first.instance.excluded);
        compare(cluster, (first, there), (member, here), "virtual_ipaddress_excluded", found);
    }
}

type List<'a> = (&'a Member<'a>, &'a [VirtualAddress]);

fn compare(
    cluster: &Cluster<'_>,
    (first, theirs): List<'_>,
    (member, ours): List<'_>,
    keyword: &str,
    found: &mut Vec<ClusterFinding>,
) {
    let missing = without(theirs, ours);
    let extra = without(ours, theirs);
    let mut wrong = Vec::new();
    if !missing.is_empty() {
        wrong.push(format!("{} missing here", named(&missing)));
    }
    if !extra.is_empty() {
        wrong.push(format!("{} missing on another node", named(&extra)));
    }
    if wrong.is_empty() {
        return;
    }
    let place = |member: &Member<'_>, only: &[IpAddr]| {
        let block = cluster.block(member);
        match only.first() {
            Some(address) => block.address_line(keyword, *address),
            None => block.keyword(keyword),
        }
        .or_else(|| block.head())
    };
    let message = format!("{keyword} differs: {}", wrong.join(", "));
    let text = match missing.is_empty() {
        true => "the list there".to_owned(),
        false => format!("{} there", named(&missing)),
    };
    let mut finding = cluster
        .finding_at(Code::ClusterAddresses, member, place(member, &extra), &message)
        .elsewhere(first.node, place(first, &missing), text);
    finding = finding.hint("what a node does not list is unreachable while that node is master");
    if keyword == "virtual_ipaddress" {
        finding = finding
            .hint("keepalived before 2.3.3 also drops adverts with another list: both nodes are master then");
    }
    found.push(finding);
}

/// An address of different prefix lengths.
pub(super) fn prefixes(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    let first = router.first();
    let all = |member: &Member<'_>| {
        let (own, excluded) = (member.instance.addresses.iter(), member.instance.excluded.iter());
        own.chain(excluded).map(|address| (address.address.ip(), address.address.prefix())).collect()
    };
    let theirs: HashMap<IpAddr, u8> = all(first);
    for member in router.members.iter().filter(|member| member.node != first.node) {
        let ours: HashMap<IpAddr, u8> = all(member);
        let differs = |(ip, prefix): (&IpAddr, &u8)| {
            let other = *theirs.get(ip)?;
            (other != *prefix).then_some((*ip, *prefix, other))
        };
        // One is enough to see what is wrong, and always the same one.
        let Some((ip, prefix, other)) = ours.iter().filter_map(differs).min() else { continue };
        let message = format!("{ip} is /{prefix} here, /{other} on another node");
        let at = cluster.block(member).virtual_address(ip);
        found.push(
            cluster
                .finding_at(Code::ClusterPrefix, member, at, &message)
                .elsewhere(first.node, cluster.block(first).virtual_address(ip), format!("/{other} there"))
                .hint("the nodes do not reach the same neighbours by it; without a length it is /32, or /128 for IPv6"),
        );
    }
}

/// The addresses of one list that the other has not, in their order.
fn without(list: &[VirtualAddress], other: &[VirtualAddress]) -> Vec<IpAddr> {
    let other: HashSet<IpAddr> = other.iter().map(|address| address.address.ip()).collect();
    list.iter().map(|address| address.address.ip()).filter(|ip| !other.contains(ip)).collect()
}

fn named(addresses: &[IpAddr]) -> String {
    let names: Vec<_> = addresses.iter().take(NAMED).map(ToString::to_string).collect();
    let verb = if addresses.len() == 1 { "is" } else { "are" };
    match addresses.len() - names.len() {
        0 => format!("{} {verb}", names.join(", ")),
        more => format!("{} and {more} more {verb}", names.join(", ")),
    }
}
