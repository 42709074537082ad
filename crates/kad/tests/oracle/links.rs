//! The interface under an instance: it goes down and up, comes late, vanishes, and comes back.

use std::time::Duration;

use crate::stage::{Stage, both};
use crate::story::{Play, Story};
use crate::wire::difference;

fn conf(interface: &str, more: &str) -> String {
    format!(
        "vrrp_instance V1 {{
    state BACKUP
    interface {interface}
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.3
    garp_master_repeat 2
    garp_master_delay 0
    {more}
    virtual_ipaddress {{
        10.77.0.100
    }}
}}
"
    )
}

fn told(conf: &str, play: impl Fn(&mut Play<'_>) + Sync) -> (Story, Story) {
    both(|stage| {
        let mut story = Play::begin(stage, conf);
        play(&mut story);
        story.end()
    })
}

fn same_log(what: &str, keepalived: &Story, kad: &Story) {
    assert!(keepalived.log == kad.log, "{what}: the logs differ\n{}", difference(&keepalived.log, &kad.log));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_cable_is_pulled_and_plugged_in_again() {
    let (keepalived, kad) = told(&conf("eth0", ""), |play| {
        play.line("setting VIPs.");
        play.adverts(1);
        play.pass(Duration::from_millis(150));
        play.stage.alpha.link_down().unwrap();
        play.line("Entering FAULT STATE");
        play.pass(Duration::from_millis(300));
        play.stage.alpha.link_up().unwrap();
        play.line("Entering BACKUP STATE");
        play.line("setting VIPs.");
        play.adverts(1);
    });
    same_log("link", &keepalived, &kad);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_interface_is_set_down_and_up() {
    let (keepalived, kad) = told(&conf("eth0", ""), |play| {
        play.line("setting VIPs.");
        play.adverts(1);
        play.stage.alpha.iface_down().unwrap();
        play.line("Entering FAULT STATE");
        play.pass(Duration::from_millis(300));
        play.stage.alpha.iface_up().unwrap();
        play.line("Entering BACKUP STATE");
        play.line("setting VIPs.");
        play.adverts(1);
    });
    same_log("interface", &keepalived, &kad);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn dont_track_primary() {
    let (keepalived, kad) = told(&conf("eth0", "dont_track_primary"), |play| {
        play.line("setting VIPs.");
        play.adverts(1);
        play.pass(Duration::from_millis(150));
        play.stage.alpha.link_down().unwrap();
        play.pass(Duration::from_millis(600));
        play.stage.alpha.link_up().unwrap();
        play.adverts(2);
    });
    same_log("dont_track_primary", &keepalived, &kad);
    assert!(!kad.log.iter().any(|line| line.contains("FAULT")), "{:?}", kad.log);
}

/// What becomes of the instance. How the coming and going of interfaces is worded is each daemon's own.
fn transitions(story: &Story) -> Vec<String> {
    let told = |line: &&String| {
        line.starts_with("(V1) ") && !line.contains("(init)") && !line.contains("FAULT state")
            || line.starts_with("Sending ")
    };
    story.log.iter().filter(told).cloned().collect()
}

fn plug_in_d0(stage: &Stage) {
    stage.ip("link add d0 address 02:00:00:00:01:01 type veth peer name d1");
    stage.ip("address add 10.88.0.1/24 dev d0");
    stage.ip("link set d1 up");
    stage.ip("link set d0 up");
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_interface_that_comes_goes_and_is_renamed() {
    let dynamic = format!("global_defs {{\n dynamic_interfaces\n}}\n{}", conf("d0", ""));
    let (keepalived, kad) = told(&dynamic, |play| {
        play.line("FAULT");
        plug_in_d0(play.stage);
        play.line("Entering BACKUP STATE");
        play.line("setting VIPs.");
        play.stage.ip("link del d0");
        play.line("Entering FAULT STATE");
        plug_in_d0(play.stage);
        play.line("Entering BACKUP STATE");
        play.line("setting VIPs.");
        play.stage.ip("link set d0 down");
        play.stage.ip("link set d0 name d9");
        play.stage.ip("link set d9 up");
        play.line("Entering FAULT STATE");
        play.stage.ip("link set d9 down");
        play.stage.ip("link set d9 name d0");
        play.stage.ip("link set d0 up");
        play.line("Entering BACKUP STATE");
        play.line("setting VIPs.");
    });
    let (c, k) = (transitions(&keepalived), transitions(&kad));
    assert!(c == k, "dynamic_interfaces: the transitions differ\n{}", difference(&c, &k));
}

/// A unicast instance that leaves FAULT tells where its own address is: its peers may have forgotten.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_cable_of_a_unicast_instance() {
    let peer = "unicast_peer {\n 10.77.0.2\n }";
    let (keepalived, kad) = told(&conf("eth0", peer), |play| {
        play.line("setting VIPs.");
        play.adverts(1);
        play.pass(Duration::from_millis(150));
        play.stage.alpha.link_down().unwrap();
        play.line("Entering FAULT STATE");
        play.pass(Duration::from_millis(300));
        play.stage.alpha.link_up().unwrap();
        play.line("Entering BACKUP STATE");
        play.line("setting VIPs.");
        play.adverts(2);
    });
    same_log("unicast link", &keepalived, &kad);
    let announced = |story: &Story| -> Vec<String> {
        let own = story.frames.iter().filter(|shot| shot.text.starts_with("announce"));
        own.map(|shot| shot.text.clone()).collect()
    };
    let (c, k) = (announced(&keepalived), announced(&kad));
    assert!(c == k, "unicast link: the announcements\n{}", difference(&c, &k));
}
