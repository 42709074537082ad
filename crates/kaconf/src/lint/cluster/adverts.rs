//! What an advert says of itself: nodes that differ here drop each other's, and each of them becomes master.

use vrrp_types::{Family, Version};

use super::routers::Router;
use super::{Cluster, ClusterFinding, Member};
use crate::code::Code;
use crate::diag::Severity;
use crate::model::{Authentication, ChecksumV3};

const TWO_MASTERS: &str = "each drops the other's adverts, so that both are master at once";

/// Different versions.
pub(super) fn versions(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    for (member, first) in router.odd(|member| member.instance.version) {
        let theirs = first.instance.version;
        let message =
            format!("VRRP version {} here, version {theirs} on another node", member.instance.version);
        found.push(
            cluster
                .finding(Code::ClusterVersion, member, "version", &message)
                .severity(Severity::Error)
                .elsewhere(
                    first.node,
                    cluster.block(first).value_or_head("version"),
                    format!("version {theirs} there"),
                )
                .hint(TWO_MASTERS)
                .mend("write the same 'version' in the instance on every node, or 'vrrp_version' globally"),
        );
    }
}

/// Different intervals.
pub(super) fn intervals(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    for (member, first) in router.odd(|member| member.instance.advert_int) {
        let theirs = first.instance.advert_int;
        let message =
            format!("advert_int is {} s here, {theirs} s on another node", member.instance.advert_int);
        let finding = cluster.finding(Code::ClusterInterval, member, "advert_int", &message).elsewhere(
            first.node,
            cluster.block(first).value_or_head("advert_int"),
            format!("{theirs} s there"),
        );
        let by_version_2 = member.instance.version == Version::V2 || first.instance.version == Version::V2;
        found.push(if by_version_2 {
            finding.severity(Severity::Error).hint(TWO_MASTERS)
        } else {
            finding.hint(
                "in version 3 a backup follows the interval of the present master: \
                 how soon it takes over depends on who that is",
            )
        });
    }
}

/// A type of authentication in words; never the password.
const fn kind(authentication: &Authentication) -> &'static str {
    match authentication {
        Authentication::None => "no authentication",
        Authentication::Pass(_) => "auth_type PASS",
        Authentication::Ah(_) => "auth_type AH",
    }
}

/// Different passwords, or kinds of authentication.
pub(super) fn authentication(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    for (member, first) in router.odd(|member| member.instance.authentication) {
        let (ours, theirs) = (&member.instance.authentication, &first.instance.authentication);
        let same_kind = kind(ours) == kind(theirs);
        let keyword = if same_kind { "auth_pass" } else { "auth_type" };
        let at =
            |block: super::Block<'_>| block.inner("authentication").value(keyword).or_else(|| block.head());
        let (message, text) = if same_kind {
            ("the password is not the one of another node".to_owned(), "another password there".to_owned())
        } else {
            let message = format!("{} here, {} on another node", kind(ours), kind(theirs));
            (message, format!("{} there", kind(theirs)))
        };
        found.push(
            cluster
                .finding_at(Code::ClusterAuthentication, member, at(cluster.block(member)), &message)
                .severity(Severity::Error)
                .elsewhere(first.node, at(cluster.block(first)), text)
                .hint(TWO_MASTERS),
        );
    }
}

/// Different checksums of version 3 over IPv4.
pub(super) fn checksums(cluster: &Cluster<'_>, router: &Router<'_>, found: &mut Vec<ClusterFinding>) {
    let is_v3 =
        |member: &Member<'_>| member.instance.version == Version::V3 && member.instance.family == Family::V4;
    let all = router.members.iter().all(is_v3);
    for (member, first) in router.odd(|member| member.instance.checksum_v3).filter(|_| all) {
        let (ours, other) = match member.instance.checksum_v3 {
            ChecksumV3::AsV2 => ("without", "with"),
            ChecksumV3::PseudoHeader => ("with", "without"),
        };
        let message =
            format!("the checksum is computed {ours} the IP addresses here, {other} them on another node");
        found.push(
            cluster
                .finding(Code::ClusterChecksum, member, "v3_checksum_as_v2", &message)
                .severity(Severity::Error)
                .elsewhere(
                    first.node,
                    cluster.block(first).value_or_head("v3_checksum_as_v2"),
                    format!("{other} them there"),
                )
                .hint(TWO_MASTERS)
                .mend("v3_checksum_as_v2 must be the same on every node"),
        );
    }
}
