//! What leaves the host: adverts and announcements, octet by octet and in order, from start to farewell.

use netlab::{Mark, Signal};

use crate::stage::{SOON, Stage, both};
use crate::wire::{Shot, compare_frames, on_time, shots, wait_for_adverts};

/// From the start until so many adverts were sent, then a clean stop.
fn life(stage: &Stage, conf: &str, adverts: usize) -> Vec<Shot> {
    let capture = stage.listen();
    let daemon = stage.start(conf);
    wait_for_adverts(&capture, Mark::START, adverts);
    daemon.proc().signal(Signal::TERM).unwrap();
    daemon.proc().wait_exit(SOON).unwrap_or_else(|error| panic!("{}: {error}", stage.who));
    shots(&capture.since(Mark::START))
}

fn same_life(what: &str, conf: &str, adverts: usize) {
    on_time(|| {
        let (keepalived, kad) = both(|stage| life(stage, conf, adverts));
        assert!(keepalived.len() > adverts, "{what}: {keepalived:?}");
        compare_frames(what, &keepalived, &kad)
    });
}

/// An instance of one `virtual_ipaddress` block on eth0; `more` is keywords of the instance.
fn instance(version: u8, interval: &str, more: &str, addresses: &str) -> String {
    let addresses =
        addresses.split_whitespace().fold(String::new(), |all, one| format!("{all}        {one}\n"));
    format!(
        "vrrp_instance V1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version {version}
    advert_int {interval}
    {more}
    virtual_ipaddress {{
{addresses}    }}
}}
"
    )
}

/// Many addresses.
fn many(count: u32) -> String {
    (0..count).map(|number| format!("10.77.{}.{} ", 1 + number / 200, 1 + number % 200)).collect()
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v2() {
    same_life("v2", &instance(2, "1", "garp_master_delay 0", "10.77.0.100 10.77.0.101"), 4);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v2_with_a_password() {
    let auth = "authentication {\n auth_type PASS\n auth_pass secret1\n }";
    same_life("v2 PASS", &instance(2, "1", auth, "10.77.0.100"), 3);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v2_with_an_authentication_header() {
    let auth = "authentication {\n auth_type AH\n auth_pass secret12\n }";
    same_life("v2 AH", &instance(2, "1", auth, "10.77.0.100 10.77.0.101"), 3);
}

/// The TTL is none of the signed octets there, and one number serves all peers.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn unicast_with_an_authentication_header() {
    let auth = "unicast_peer {\n 10.77.0.2\n 10.77.0.3\n }\n unicast_ttl 64\n garp_master_delay 0
        authentication {\n auth_type AH\n auth_pass abc\n }";
    same_life("unicast AH", &instance(2, "1", auth, "10.77.0.100"), 6);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v3() {
    let conf = instance(3, "0.3", "garp_master_delay 1", "10.77.0.100/24 10.77.0.101 10.77.0.102/16");
    same_life("v3", &conf, 7);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v3_at_a_tenth_of_a_second() {
    // No second burst: it would be due at the same moment as an advert, and who is first is nobody's promise.
    same_life("v3 0.1 s", &instance(3, "0.1", "garp_master_delay 0", "10.77.0.100"), 20);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v3_over_ipv6() {
    let conf = instance(3, "0.3", "garp_master_delay 1", "fe80::100 fd77::100/64 fd77::101");
    same_life("v3 IPv6", &conf, 7);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v2_over_ipv6() {
    same_life("v2 IPv6", &instance(2, "1", "", "fe80::100 fd77::100/64"), 3);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn unicast_v2() {
    let peers = "unicast_src_ip 10.77.0.1\n unicast_peer {\n 10.77.0.2\n 10.77.0.3\n }\n unicast_ttl 64\n garp_master_delay 0";
    same_life("unicast v2", &instance(2, "1", peers, "10.77.0.100"), 6);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn unicast_v3() {
    let peers = "unicast_peer {\n 10.77.0.2\n 10.77.0.3\n }\n unicast_ttl 7";
    same_life("unicast v3", &instance(3, "0.3", peers, "10.77.0.100"), 8);
}

/// Where in the text of an IPv6 frame its hop limit stands, after 21 octets.
fn hop_limit(shot: &Shot) -> std::ops::Range<usize> {
    let octets = shot.text.find(": ").unwrap() + 2;
    octets + 42..octets + 44
}

/// One difference is meant: keepalived leaves the hop limit to its kernel (64) unless `unicast_ttl` says otherwise, kad
/// sends the 255 that RFC 9568 section 5.1.2.3 wants and that it sends over IPv4.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn unicast_over_ipv6() {
    let peers = "unicast_src_ip fd77::1\n unicast_peer {\n fd77::2\n }";
    let conf = instance(3, "0.3", peers, "fe80::100 fd77::100");
    on_time(|| {
        let (mut keepalived, kad) = both(|stage| life(stage, &conf, 5));
        for shot in keepalived.iter_mut().filter(|shot| shot.text.starts_with("advert")) {
            let place = hop_limit(shot);
            assert_eq!(&shot.text[place.clone()], "40");
            shot.text.replace_range(place, "ff");
        }
        compare_frames("unicast IPv6", &keepalived, &kad)
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_multicast_source_of_its_own() {
    let conf = instance(3, "0.3", "mcast_src_ip 10.77.0.77", "10.77.0.100");
    same_life("mcast_src_ip", &conf, 5);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn excluded_addresses() {
    let excluded = "virtual_ipaddress_excluded {\n 10.77.0.110\n fd77::110/64\n }\n garp_master_delay 1";
    same_life("excluded", &instance(3, "0.3", excluded, "10.77.0.100"), 6);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn many_addresses() {
    let conf = instance(3, "0.7", "garp_master_repeat 2\n garp_master_delay 1", &many(200));
    same_life("200 addresses", &conf, 3);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_owner() {
    let conf = instance(3, "0.3", "", "10.77.0.100").replace("priority 200", "priority 255");
    same_life("owner", &conf.replace("state BACKUP", "state MASTER"), 5);
}
