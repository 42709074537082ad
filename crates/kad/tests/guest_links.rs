//! `use_ipvlan`, and VMACs on a VLAN on a bond, beside C keepalived, in a kernel that knows them: what is made, what is
//! sent, what is left.
//!
//! It runs in the guest kernel, where system calls take their time: nothing is timed here.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use netlab::peer::Daemon;
use netlab::{Frame, Lab, Mark};

/// Bound of every wait for something that is sure to come.
const SOON: Duration = Duration::from_secs(40);

/// What was seen of one daemon.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    links: Vec<String>,
    addresses: Vec<String>,
    /// Of the first advert: from the link-layer addresses on, without what counts.
    advert: Vec<u8>,
    announcement: Vec<u8>,
}

fn words(text: &str) -> Vec<String> {
    let line = |line: &str| {
        let words: Vec<_> = line.split_whitespace().filter(|word| *word != "\\").collect();
        let end = words.iter().position(|word| *word == "alias").unwrap_or(words.len());
        words[..end].join(" ")
    };
    text.lines().map(line).collect()
}

/// Whether a frame has an 802.1Q tag, and the frame without.
fn untagged(bytes: &[u8]) -> (bool, Vec<u8>) {
    match bytes.get(12..14) {
        Some([0x81, 0]) => (true, [&bytes[..12], &bytes[16..]].concat()),
        _ => (false, bytes.to_vec()),
    }
}

fn play(program: &Path, make: &[&str], conf: &str, vip: IpAddr) -> Seen {
    let lab = Lab::new("ipvlan").unwrap();
    let alpha = lab.host("alpha", &["10.77.0.1/24", "fd77::1/64"]).unwrap();
    let eve = lab.host("eve", &["10.77.0.2/24", "fd77::2/64"]).unwrap();
    let ip = |arguments: &str| {
        let arguments: Vec<_> = arguments.split_whitespace().collect();
        words(&alpha.run("ip", &arguments).unwrap().stdout)
    };
    for line in make {
        ip(line);
    }
    let before = ip("-o address show");
    let capture = lab.capture(&alpha, "ether src 02:00:00:00:00:01 or ether[6:4] == 0x00005e00").unwrap();
    let daemon = Daemon::start(&alpha, "subject", program, conf).unwrap();
    alpha.wait_for_address(vip, SOON).unwrap();
    // The first frame that has these octets in these places.
    let first = |what: &str, places: &[(usize, &[u8])]| {
        let wanted = |frame: &Frame| {
            let (tag, bytes) = untagged(&frame.bytes);
            let has = |(at, octets): &(usize, &[u8])| bytes.get(*at..at + octets.len()) == Some(*octets);
            places.iter().all(has).then_some((tag, bytes))
        };
        capture.wait_for(Mark::START, what, SOON, wanted).unwrap()
    };
    let (tag, advert) = match vip {
        IpAddr::V4(_) => first("an advert", &[(12, &[8, 0]), (23, &[112])]),
        IpAddr::V6(_) => first("an advert", &[(12, &[0x86, 0xdd]), (20, &[112])]),
    };
    let (_, announcement) = match vip {
        IpAddr::V4(ip) => first("an ARP request", &[(12, &[8, 6]), (28, &ip.octets())]),
        // ICMPv6 of type 136, and its target: an advert has its first address in the same place.
        IpAddr::V6(ip) => {
            let places: [(usize, &[u8]); 4] =
                [(12, &[0x86, 0xdd]), (20, &[58]), (54, &[136]), (62, &ip.octets())];
            first("a neighbour advertisement", &places)
        }
    };
    let seen = Seen {
        links: ip("-d -o link show"),
        addresses: ip("-o address show"),
        advert: advert[..14].to_vec(),
        announcement,
    };
    if !tag {
        let ping = if vip.is_ipv4() { "ping" } else { "ping6" };
        eve.run(ping, &["-c", "1", "-W", "9", &vip.to_string()]).unwrap();
    }
    daemon.proc().terminate(SOON).unwrap();
    assert_eq!(ip("-o address show"), before, "what is left by {}", program.display());
    seen
}

fn same(more: &str, vip: &str, made: &str) {
    let conf = format!(
        "vrrp_instance V1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.5
    {more}
    virtual_ipaddress {{
        {vip}
    }}
}}
"
    );
    both(&[], &conf, vip, made);
}

fn both(make: &[&str], conf: &str, vip: &str, made: &str) {
    let vip = vip.split(['/', ' ', '\n']).next().unwrap().parse().unwrap();
    let keepalived = play(Path::new("keepalived"), make, conf, vip);
    let kad = play(Path::new(env!("CARGO_BIN_EXE_kad")), make, conf, vip);
    assert_eq!(keepalived, kad, "{conf}");
    assert!(kad.links.iter().any(|link| link.contains(made)), "{kad:?}");
}

#[test]
#[ignore = "needs ipvlans: cargo xtask test --only guest"]
fn an_ipvlan_with_an_address() {
    same("use_ipvlan 10.77.0.51/24", "10.77.0.100/24", "ipvlan mode l2 bridge");
}

#[test]
#[ignore = "needs ipvlans: cargo xtask test --only guest"]
fn an_ipvlan_with_a_name_and_a_mode() {
    same("use_ipvlan own 10.77.0.51/24 private", "10.77.0.100/24", "ipvlan mode l2 private");
}

#[test]
#[ignore = "needs ipvlans: cargo xtask test --only guest"]
fn an_ipvlan_of_ipv6() {
    same("use_ipvlan", "fe80::100\n fd77::100/64", "ipvlan mode l2 bridge");
}

#[test]
#[ignore = "needs VLANs and bonds: cargo xtask test --only guest"]
fn a_vmac_on_a_vlan_on_a_bond() {
    let conf = "vrrp_instance V1 {
    state BACKUP
    interface bond0.7
    use_vmac
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.5
    virtual_ipaddress {
        10.99.0.100/24
    }
}
";
    let make = [
        "link add bond0 type bond mode active-backup miimon 100",
        "link set eth0 down",
        "link set eth0 master bond0",
        // An address that comes by itself would come at a moment of its own.
        "link set bond0 addrgenmode none",
        "link set bond0 up",
        "link add link bond0 name bond0.7 type vlan id 7",
        "link set bond0.7 addrgenmode none",
        "link set bond0.7 up",
        "address add 10.99.0.1/24 dev bond0.7",
    ];
    both(&make, conf, "10.99.0.100", "vrrp.51@bond0.7");
}
