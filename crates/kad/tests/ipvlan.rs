//! `use_ipvlan`, beside C keepalived, in a kernel that knows ipvlans: what is made, what is sent, what is left.
//!
//! It runs in the guest kernel, where system calls take their time: nothing is timed here.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use netlab::peer::Daemon;
use netlab::{Lab, Mark};

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

fn play(program: &Path, conf: &str, vip: IpAddr) -> Seen {
    let lab = Lab::new("ipvlan").unwrap();
    let alpha = lab.host("alpha", &["10.77.0.1/24", "fd77::1/64"]).unwrap();
    let eve = lab.host("eve", &["10.77.0.2/24", "fd77::2/64"]).unwrap();
    let ip = |arguments: &str| {
        let arguments: Vec<_> = arguments.split_whitespace().collect();
        words(&alpha.run("ip", &arguments).unwrap().stdout)
    };
    let before = ip("-o address show");
    let capture = lab.capture(&alpha, "ether src 02:00:00:00:00:01").unwrap();
    let daemon = Daemon::start(&alpha, "subject", program, conf).unwrap();
    alpha.wait_for_address(vip, SOON).unwrap();
    let advert =
        capture.wait_for(Mark::START, "an advert", SOON, |frame| frame.advert().map(|_| frame.bytes.clone()));
    let told = |frame: &netlab::Frame| frame.announcement().is_some_and(|told| told.address == vip);
    let announcement =
        capture.wait_for(Mark::START, "it", SOON, |frame| told(frame).then(|| frame.bytes.clone()));
    let seen = Seen {
        links: ip("-d -o link show type ipvlan"),
        addresses: ip("-o address show"),
        advert: advert.unwrap()[..14].to_vec(),
        announcement: announcement.unwrap(),
    };
    eve.run(if vip.is_ipv4() { "ping" } else { "ping6" }, &["-c", "1", "-W", "9", &vip.to_string()]).unwrap();
    daemon.proc().terminate(SOON).unwrap();
    assert_eq!(ip("-o address show"), before, "what is left by {}", program.display());
    seen
}

fn same(more: &str, vip: &str, group_word: &str) {
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
    let vip = vip.split(['/', ' ', '\n']).next().unwrap().parse().unwrap();
    let keepalived = play(Path::new("keepalived"), &conf, vip);
    let kad = play(Path::new(env!("CARGO_BIN_EXE_kad")), &conf, vip);
    assert_eq!(keepalived, kad, "{more}");
    assert!(kad.links.len() == 1 && kad.links[0].contains(group_word), "{kad:?}");
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
