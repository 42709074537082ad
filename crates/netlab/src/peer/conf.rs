//! A router's [`Spec`] in keepalived's language and in FRR's.

use std::fmt::Write as _;

use super::{Proof, Spec};

pub(crate) fn keepalived(spec: &Spec) -> String {
    let Spec { vrid, priority, version, interval, .. } = spec;
    let mut conf = format!(
        "vrrp_instance VI_1 {{\n    state BACKUP\n    interface eth0\n    virtual_router_id {vrid}\n    \
         priority {priority}\n    version {version}\n    advert_int {interval}\n"
    );
    if spec.vmac {
        conf.push_str("    use_vmac\n");
    }
    if let Some((ours, theirs)) = spec.unicast {
        let _ = writeln!(conf, "    unicast_src_ip {ours}\n    unicast_peer {{\n        {theirs}\n    }}");
    }
    let password = |kind, password| {
        format!("    authentication {{\n        auth_type {kind}\n        auth_pass {password}\n    }}\n")
    };
    conf += &match &spec.proof {
        None => String::new(),
        Some(Proof::Password(word)) => password("PASS", word),
        Some(Proof::Header(word)) => password("AH", word),
        Some(Proof::Trailer(key)) => {
            format!("    auth_hmac {{\n        key 1 {key}\n        active_key 1\n    }}\n")
        }
    };
    conf.push_str("    virtual_ipaddress {\n");
    for (address, length) in &spec.addresses {
        let _ = writeln!(conf, "        {address}/{length}");
    }
    conf.push_str("    }\n}\n");
    conf
}

/// FRR counts in milliseconds. The addresses' prefix lengths are those of the macvlan.
pub(crate) fn frr(spec: &Spec) -> String {
    let Spec { vrid, priority, version, interval, .. } = spec;
    let millis = interval.duration().as_millis();
    let mut conf = format!(
        "interface eth0\n vrrp {vrid} version {version}\n vrrp {vrid} priority {priority}\n \
         vrrp {vrid} advertisement-interval {millis}\n"
    );
    for (address, _) in &spec.addresses {
        let family = if address.is_ipv4() { "ip" } else { "ipv6" };
        let _ = writeln!(conf, " vrrp {vrid} {family} {address}");
    }
    conf
}

#[cfg(test)]
mod tests {
    use vrrp_types::{Interval, Priority, Version, Vrid};

    use super::*;

    fn spec() -> Spec {
        Spec {
            vrid: Vrid::new(51).unwrap(),
            priority: Priority::new(200),
            version: Version::V2,
            interval: Interval::DEFAULT,
            addresses: vec![([10, 77, 0, 100].into(), 24)],
            unicast: Some(([10, 77, 0, 1].into(), [10, 77, 0, 2].into())),
            proof: Some(Proof::Password("1111".to_owned())),
            vmac: false,
        }
    }

    #[test]
    fn keepalived_reads_this() {
        let expected = "\
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 2
    advert_int 1
    unicast_src_ip 10.77.0.1
    unicast_peer {
        10.77.0.2
    }
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        10.77.0.100/24
    }
}
";
        assert_eq!(keepalived(&spec()), expected);
    }

    #[test]
    fn a_vmac_is_asked_for() {
        let conf = keepalived(&Spec { vmac: true, ..spec() });
        assert!(conf.contains("advert_int 1\n    use_vmac\n"), "{conf}");
    }

    #[test]
    fn frr_reads_this() {
        let addresses = vec![("fe80::100".parse().unwrap(), 64), ("fd77::100".parse().unwrap(), 64)];
        let interval = Interval::from_centis(10).unwrap();
        let expected = "\
interface eth0
 vrrp 51 version 3
 vrrp 51 priority 200
 vrrp 51 advertisement-interval 100
 vrrp 51 ipv6 fe80::100
 vrrp 51 ipv6 fd77::100
";
        assert_eq!(frr(&Spec { version: Version::V3, interval, addresses, ..spec() }), expected);
    }
}
