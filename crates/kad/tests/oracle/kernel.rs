//! What the kernel holds: every option of the lines of `virtual_ipaddress`, what is left after a stop, and what becomes
//! of addresses that somebody else touches.

use std::net::IpAddr;
use std::process::Command;

use netlab::{Proc, Signal, poll_until};

use crate::stage::{SOON, Stage, both};
use crate::story::Play;
use crate::wire::{compare_frames, difference, on_time};

/// Lines of IPv4 addresses. `d0` is a second interface of alpha.
const V4: &str = "10.77.0.100
    10.77.0.101/24
    10.77.0.102/24 dev eth0
    10.77.0.103/24 dev d0
    10.77.0.104/24 scope link
    10.80.0.105/24 scope host
    10.81.0.106/24 scope site
    10.82.0.107/24 scope 100
    10.77.0.108/24 brd 10.77.0.255
    10.77.0.109/24 broadcast 10.77.0.254
    10.77.0.110/24 brd +
    10.77.0.111/24 brd -
    10.77.0.112/24 label eth0:vip
    10.77.0.113 peer 10.99.0.1
    10.77.0.114 peer 10.99.1.0/24
    10.84.0.104/24 scope link
    10.77.0.115/24 noprefixroute
    10.78.0.116/24 noprefixroute
    10.79.0.117/24
    10.77.0.118/24 no_track
    10.83.0.119/24 brd + dev d0 scope link label d0:1
    10.77.0.120/24 preferred_lft 1000
    10.77.0.121/24 preferred_lft 0
    10.77.0.122/24 preferred_lft forever";

/// Lines of IPv6 addresses.
const V6: &str = "fe80::100
    fd77::100
    fd77::101/64
    fd77::102/64 dev d0
    fd77::103/64 home
    fd77::104/64 -nodad
    fd77::105/64 mngtmpaddr
    fd77::106/64 noprefixroute
    fd78::107/64 noprefixroute
    fd79::108/64
    fd77::109 preferred_lft forever
    fd77::110 preferred_lft 1000
    fd77::111/64 preferred_lft 0
    fd77::112/64 preferred_lft 1000
    fd77::113 peer fd99::1
    fd77::114/64 scope link
    fd77::115/64 no_track
    fe80::116/64";

fn conf(more: &str, lines: &str) -> String {
    format!(
        "vrrp_instance V1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.1
    garp_master_repeat 1
    garp_master_delay 0
    {more}
    virtual_ipaddress {{
    {lines}
    }}
}}
"
    )
}

/// A second interface, with addresses.
fn add_d0(stage: &Stage) {
    stage.ip("link add d0 address 02:00:00:00:01:01 type veth peer name d1 address 02:00:00:00:01:02");
    // No link-local addresses of the kernel's own, which would come in their time.
    stage.ip("link set d0 addrgenmode none");
    stage.ip("link set d1 addrgenmode none");
    stage.ip("link set d1 up");
    stage.ip("link set d0 up");
    stage.ip("address add 10.88.0.1/24 dev d0");
}

/// All addresses and routes of alpha, without what counts down.
fn kernel(stage: &Stage) -> Vec<String> {
    let mut lines = Vec::new();
    for what in ["-oneline address show", "-4 route show table all", "-6 route show table all"] {
        // Of d1, the other end of d0, the kernel makes something when it comes to it.
        let told = |line: &&str| !line.contains("d1") && !line.starts_with("multicast");
        lines.extend(stage.ip(what).lines().filter(told).map(|line| {
            let words = line.split_whitespace().map(|word| match word.strip_suffix("sec") {
                Some(number) if number.parse::<u32>().is_ok_and(|left| left > 900) => "TIME",
                _ => word,
            });
            words.filter(|word| *word != "\\").collect::<Vec<_>>().join(" ")
        }));
    }
    lines.sort();
    lines
}

/// What the kernel holds before, while and after alpha is master.
fn reign(stage: &Stage, conf: &str) -> [Vec<String>; 3] {
    add_d0(stage);
    let before = kernel(stage);
    let mut play = Play::begin(stage, conf);
    play.line("Entering MASTER STATE");
    play.adverts(2);
    let held = kernel(stage);
    play.end();
    [before, held, kernel(stage)]
}

fn same_reign(what: &str, conf: &str) {
    let (mut keepalived, kad) = both(|stage| reign(stage, conf));
    // keepalived 2.2.7 does not find an address with a peer again when it stops.
    keepalived[2].retain(|line| !line.contains("10.77.0.113"));
    for (when, (c, k)) in ["before", "while master", "after"].iter().zip(keepalived.iter().zip(&kad)) {
        assert!(c == k, "{what}, {when}:\n{}", difference(c, k));
    }
    assert!(kad[0] != kad[1], "{what}: nothing was added");
    // The kernel forgets the broadcast route of `brd -` later, or never, with either daemon.
    let addresses =
        |lines: &[String]| -> Vec<_> { lines.iter().filter(|line| line.contains(": ")).cloned().collect() };
    let (before, after) = (addresses(&kad[0]), addresses(&kad[2]));
    assert!(before == after, "{what}: what is left\n{}", difference(&before, &after));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn every_option_of_an_ipv4_line() {
    same_reign("IPv4", &conf("", V4));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn every_option_of_an_ipv6_line() {
    same_reign("IPv6", &conf("", V6));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn excluded_addresses_of_both_families() {
    let excluded =
        "virtual_ipaddress_excluded {\n 10.77.0.130/24 label eth0:ex\n fd77::130/64\n 10.77.0.131 dev d0\n }";
    same_reign("excluded", &conf(excluded, "10.77.0.100"));
}

fn vip() -> IpAddr {
    "10.77.0.100".parse().unwrap()
}

fn holds(stage: &Stage) -> bool {
    stage.alpha.has_address(vip()).unwrap()
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_a_killed_one_left_goes_at_the_next_start() {
    let conf =
        conf("", "10.77.0.100\n 10.77.0.101/24 label eth0:vip\n").replace("advert_int 0.1", "advert_int 0.3");
    both(|stage| {
        let mut daemon = stage.start(&conf);
        stage.alpha.wait_for_address(vip(), SOON).unwrap();
        daemon.proc().kill_tree().unwrap();
        assert!(holds(stage), "{}: a killed daemon cannot remove anything", stage.who);
        daemon.restart().unwrap();
        daemon.proc().wait_for("Entering BACKUP STATE (init)", SOON).unwrap();
        let gone = poll_until(SOON, || !holds(stage));
        assert!(gone, "{}: the address is still there", stage.who);
        daemon.proc().wait_for("Entering MASTER STATE", SOON).unwrap();
        daemon.proc().terminate(SOON).unwrap();
        assert!(!holds(stage), "{}: the address is left after a clean stop", stage.who);
    });
}

fn start_with(stage: &Stage, conf: &str, flags: &[&str]) -> Proc {
    let folder = stage.alpha.scratch("flags").unwrap();
    let file = folder.join("keepalived.conf");
    std::fs::write(&file, conf).unwrap();
    let mut command = Command::new(stage.program());
    command.args(["-n", "-l", "-G", "-D", "-f"]).arg(file).args(flags);
    for (flag, file) in [("-p", "p.pid"), ("-r", "r.pid"), ("-c", "c.pid")] {
        command.arg(flag).arg(folder.join(file));
    }
    stage.alpha.spawn("flags", &command).unwrap()
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn addresses_stay_when_they_are_not_to_be_released() {
    let conf = conf("", "10.77.0.100");
    both(|stage| {
        let proc = start_with(stage, &conf, &["--dont-release-vrrp"]);
        stage.alpha.wait_for_address(vip(), SOON).unwrap();
        proc.signal(Signal::TERM).unwrap();
        proc.wait_exit(SOON).unwrap();
        assert!(holds(stage), "{}: -V keeps the address", stage.who);
    });
}

fn deleted_by_hand(more: &str, line: &str) {
    let conf = conf(more, line).replace("advert_int 0.1", "advert_int 0.3");
    on_time(|| {
        let (keepalived, kad) = both(|stage| {
            let mut play = Play::begin(stage, &conf);
            play.line("setting VIPs.");
            play.adverts(1);
            play.pass(std::time::Duration::from_millis(150));
            stage.ip("address del 10.77.0.100/32 dev eth0");
            play.adverts(3);
            let back = holds(stage);
            (play.end(), back)
        });
        let ((c, c_back), (k, k_back)) = (keepalived, kad);
        assert!(c.log == k.log, "deleted {line}: the logs differ\n{}", difference(&c.log, &k.log));
        assert_eq!(c_back, k_back, "deleted {line}: whether it is back");
        compare_frames(line, &c.frames, &k.frames)
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_address_that_somebody_deletes() {
    deleted_by_hand("", "10.77.0.100");
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_address_that_nobody_tracks_may_be_deleted() {
    deleted_by_hand("", "10.77.0.100 no_track");
}
