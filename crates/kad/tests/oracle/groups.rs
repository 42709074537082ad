//! Sync groups: what happens to one member happens to all, whatever it was.
//!
//! Compared is what is told of each instance and of the group, each in its order. keepalived does not tell of the
//! farewell of a member that others drag along, kad does.

use std::collections::BTreeMap;
use std::time::Duration;

use netlab::Signal;
use vrrp_wire::Auth;

use crate::stage::{Stage, Who, both};
use crate::story::{Play, Story};
use crate::voice::advert_of;
use crate::wire::difference;

/// A group of V1 on eth0 and V2 on d0.
fn conf(group: &str, v1: &str, v2: &str) -> String {
    let instance = |name: &str, interface: &str, vrid: u8, more: &str| {
        format!(
            "vrrp_instance {name} {{
    state BACKUP
    interface {interface}
    virtual_router_id {vrid}
    priority 200
    version 3
    advert_int 0.3
    garp_master_repeat 1
    garp_master_delay 0
    {more}
    virtual_ipaddress {{
        10.77.0.{vrid}
    }}
}}
"
        )
    };
    let (v1, v2) = (instance("V1", "eth0", 51, v1), instance("V2", "d0", 52, v2));
    format!("vrrp_sync_group G {{\n    group {{\n        V1\n        V2\n    }}\n    {group}\n}}\n{v1}{v2}")
}

/// A second interface, with a cable to pull: the other end is d1.
pub(crate) fn add_d0(stage: &Stage) {
    stage.ip("link add d0 address 02:00:00:00:01:01 type veth peer name d1");
    stage.ip("address add 10.88.0.1/24 dev d0");
    stage.ip("link set d1 up");
    stage.ip("link set d0 up");
}

/// Parts of lines that one of them says more often, in other words or at another place.
const NOT_COMPARED: [&str; 5] = [
    ") sent 0 priority",
    ") removing VIPs.",
    " entering FAULT state",
    " FAULT STATE (init)",
    " is configured on VRRP instance and sync group",
];

/// What was told of each, in order.
fn told(story: &Story) -> BTreeMap<String, Vec<String>> {
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in &story.log {
        let subject = ["(V1)", "(V2)", "VRRP_Group("].iter().find(|opening| line.starts_with(**opening));
        let Some(subject) = subject else { continue };
        // How often a member that waits for the others runs out of patience is a matter of time.
        let lines = of.entry((*subject).to_owned()).or_default();
        let again = line.ends_with("Receive advertisement timeout") && lines.last() == Some(line);
        let unlike = NOT_COMPARED.iter().any(|part| line.contains(part));
        if !again && !unlike {
            lines.push(line.clone());
        }
    }
    of
}

/// keepalived moves the group silently, and does not tell its scripts, when an address is taken away.
const SILENT: &str = "stolen";

fn same(what: &str, conf: &str, play: impl Fn(&mut Play<'_>) + Sync) {
    same_from(what, conf, &|_| String::new(), play);
}

fn same_from(
    what: &str,
    conf: &str,
    prepare: &(impl Fn(&Stage) -> String + Sync),
    play: impl Fn(&mut Play<'_>) + Sync,
) {
    let (keepalived, kad) = both(|stage| {
        add_d0(stage);
        stage.ip("link add d2 type veth peer name d3");
        stage.ip("link set d3 up");
        stage.ip("link set d2 up");
        prepare(stage);
        let mut story = Play::begin(stage, conf);
        play(&mut story);
        story.end()
    });
    let (c, k) = (told(&keepalived), told(&kad));
    for subject in ["(V1)", "(V2)", "VRRP_Group("] {
        let lines = |of: &BTreeMap<String, Vec<String>>| of.get(subject).cloned().unwrap_or_default();
        let (c, mut k) = (lines(&c), lines(&k));
        if what == SILENT {
            k.retain(|line| line != TO_BACKUP);
        }
        assert!(c == k, "{what}: what is told of {subject}\n{}", difference(&c, &k));
        assert!(!k.is_empty(), "{what}: nothing is told of {subject}");
    }
}

const TO_MASTER: &str = "VRRP_Group(G) Syncing instances to MASTER state";
const TO_BACKUP: &str = "VRRP_Group(G) Syncing instances to BACKUP state";
const TO_FAULT: &str = "VRRP_Group(G) Syncing instances to FAULT state";

/// An advert for VRID 51, as a router of this priority would send it.
fn rival(priority: u8) -> Vec<u8> {
    advert_of(3, 30, priority, &[[10, 77, 0, 51]], Auth::None)
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_cable_of_one_member() {
    same("cable", &conf("", "", ""), |play| {
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
        play.stage.ip("link set d1 down");
        play.line(TO_FAULT);
        play.pass(Duration::from_millis(300));
        play.stage.ip("link set d1 up");
        play.line(TO_BACKUP);
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn both_cables_and_only_one_is_mended() {
    same("cables", &conf("", "", ""), |play| {
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
        play.stage.ip("link set d1 down");
        play.line(TO_FAULT);
        play.stage.alpha.link_down().unwrap();
        play.pass(Duration::from_millis(200));
        play.stage.ip("link set d1 up");
        play.pass(Duration::from_millis(300));
        play.stage.alpha.link_up().unwrap();
        play.line(TO_BACKUP);
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_member_that_cannot_begin() {
    let late = |stage: &Stage| stage.ip("link set d1 down");
    same_from("start", &conf("", "", ""), &late, |play| {
        play.line("FAULT");
        play.pass(Duration::from_millis(300));
        play.stage.ip("link set d1 up");
        play.line(TO_BACKUP);
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_better_master_of_one_member() {
    same("yield", &conf("", "", ""), |play| {
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
        play.eve_repeats(&rival(250), Duration::from_millis(200), 10);
        play.line(TO_BACKUP);
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_address_of_one_member_is_deleted() {
    same(SILENT, &conf("", "", ""), |play| {
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
        play.stage.ip("address del 10.77.0.51/32 dev eth0");
        play.line("(V1) Entering BACKUP STATE");
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_the_group_tracks_is_a_fault_of_all() {
    let track = "track_interface {\n        d2\n    }";
    let group = conf(track, "", "");
    same("group tracking", &group, |play| {
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
        play.stage.ip("link set d3 down");
        play.line(TO_FAULT);
        play.pass(Duration::from_millis(300));
        play.stage.ip("link set d3 up");
        play.line(TO_BACKUP);
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn weights_of_the_group_and_of_its_members() {
    let group = "sync_group_tracking_weight\n    track_interface {\n        d2 weight -30\n    }";
    let member = "track_interface {\n        d2 weight 5\n    }";
    same("weights", &conf(group, "", member), |play| {
        play.line(TO_MASTER);
        play.pass(Duration::from_millis(150));
        play.stage.ip("link set d3 down");
        play.line("Changing effective priority");
        play.pass(Duration::from_millis(150));
        play.stage.ip("link set d3 up");
        play.line("from 170 to 200");
        play.pass(Duration::from_millis(150));
    });
}

/// keepalived compares other octets than those of the address, and never notices that it is gone.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_source_address_of_a_member() {
    let stage = Stage::new(Who::Kad);
    add_d0(&stage);
    let source = "mcast_src_ip 10.88.0.1\n    track_src_ip";
    let mut play = Play::begin(&stage, &conf("", "", source));
    play.line(TO_MASTER);
    stage.ip("address del 10.88.0.1/24 dev d0");
    play.line(TO_FAULT);
    play.line("(V1) Entering FAULT STATE");
    stage.ip("address add 10.88.0.1/24 dev d0");
    play.line(TO_BACKUP);
    play.line(TO_MASTER);
    play.end();
}

/// The transitions told after a reload.
fn after_reload(first: &str, second: &str) -> Vec<String> {
    let stage = Stage::new(Who::Kad);
    add_d0(&stage);
    let mut play = Play::begin(&stage, first);
    play.line("(V1) setting VIPs.");
    play.adverts(1);
    play.pass(Duration::from_millis(600));
    play.daemon.rewrite(second).unwrap();
    play.daemon.proc().signal(Signal::HUP).unwrap();
    play.line("Reload");
    play.adverts(4);
    let lines = play.daemon.proc().lines_since(netlab::Mark::START);
    let text = lines.iter().map(|line| line.text.clone());
    let later = text.skip_while(|line| !line.contains("Reload")).filter(|line| line.contains("STATE"));
    let later = later.collect();
    play.end();
    later
}

/// A group that comes, goes or loses a member moves nobody who is well.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_reload_that_changes_groups_touches_no_instance() {
    let grouped = conf("", "", "");
    let (_, alone) = grouped.split_once("}\n    \n}\n").unwrap();
    let smaller = grouped.replacen("        V2\n", "", 1);
    let renamed = grouped.replacen("vrrp_sync_group G", "vrrp_sync_group H", 1);
    let reloads = [
        ("comes", alone, &*grouped),
        ("goes", &grouped, alone),
        ("loses a member", &grouped, &smaller),
        ("gets one", &smaller, &grouped),
        ("is renamed", &grouped, &renamed),
    ];
    std::thread::scope(|scope| {
        for (what, first, second) in reloads {
            scope.spawn(move || {
                let moved = after_reload(first, second);
                assert!(moved.is_empty(), "a group {what}: {moved:?}");
            });
        }
    });
}
