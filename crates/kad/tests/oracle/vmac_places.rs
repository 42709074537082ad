//! VMACs on interfaces of other kinds, and on the way from one host to another. On a VLAN and a bond, which not every
//! kernel knows, they are in `guest_links.rs`.

use std::path::Path;

use netlab::peer::Daemon;
use netlab::{Frame, Lab, Mac, Mark, poll_until};

use crate::stage::{SOON, Stage, Who, both};
use crate::story::Play;
use crate::vmac::{instance, kernel, until_carried};
use crate::wire::difference;

/// The VMAC, and what is below it, while master; and what is left.
fn on(stage: &Stage, interface: &str, make: &[&str]) -> [Vec<String>; 3] {
    for line in make {
        stage.ip(line);
    }
    stage.ip(&format!("address add 10.99.0.1/24 dev {interface}"));
    until_carried(stage);
    // A bridge has timers that run.
    let state = || -> Vec<String> {
        kernel(stage).into_iter().filter(|line| !line.contains("forward_delay")).collect()
    };
    let before = state();
    let conf =
        instance("use_vmac", "10.99.0.100/24").replace("interface eth0", &format!("interface {interface}"));
    let mut play = Play::begin(stage, &conf);
    play.line("Entering MASTER STATE");
    play.line("Sending gratuitous ARP on vrrp.51 for 10.99.0.100");
    let held = state();
    play.end();
    [before, held, state()]
}

fn same_on(interface: &str, make: &[&str]) {
    let (c, k) = both(|stage| on(stage, interface, make));
    // keepalived 2.2.7 does not put back `arp_ignore` and `arp_filter`.
    assert!(c[1] == k[1], "{interface}:\n{}", difference(&c[1], &k[1]));
    assert!(k[0] == k[2], "{interface}: what is left\n{}", difference(&k[0], &k[2]));
    assert!(k[1].iter().any(|line| line.contains(": vrrp.51@")), "{interface}: {:#?}", k[1]);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn on_a_bridge() {
    same_on(
        "br7",
        &[
            "link add br7 address 02:00:00:00:07:01 type bridge forward_delay 0",
            "link add p7 address 02:00:00:00:07:02 type veth peer name q7 address 02:00:00:00:07:03",
            "link set p7 master br7 up",
            "link set q7 up",
            "link set br7 up",
        ],
    );
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn on_another_macvlan() {
    same_on(
        "mv7",
        &[
            "link add link eth0 name mv7 address 02:00:00:00:07:04 type macvlan mode bridge",
            "link set mv7 up",
        ],
    );
}

/// Two hosts share an address and its Ethernet address: one is killed, and the switch knows at once where it is now.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_switch_learns_the_move() {
    let lab = Lab::new("move").unwrap();
    let hosts = [("left", "10.77.0.1/24"), ("right", "10.77.0.2/24")]
        .map(|(name, address)| lab.host(name, &[address]).unwrap());
    let program = Path::new(env!("CARGO_BIN_EXE_kad"));
    let mac = Mac([0, 0, 0x5e, 0, 1, 0x33]);
    let vip = "10.77.0.100".parse().unwrap();
    let start = |host, priority: &str| {
        let conf = instance("use_vmac", "10.77.0.100/24").replace("priority 200", priority);
        Daemon::start(host, "kad", program, &conf).unwrap()
    };
    let better = start(&hosts[0], "priority 200");
    hosts[0].wait_for_address(vip, SOON).unwrap();
    let other = start(&hosts[1], "priority 100");
    other.proc().wait_for("Entering BACKUP STATE", SOON).unwrap();
    // A backup that has joined the group does not speak from the virtual address.
    assert!(poll_until(SOON, || lab.learned(mac).unwrap().as_deref() == Some("left")), "{}", lab.log_tail());
    let capture = lab.capture(&hosts[1], "ether src 00:00:5e:00:01:33").unwrap();
    better.proc().kill_tree().unwrap();
    let first = |frame: &Frame| Some(frame.advert().is_some());
    let advert = capture.wait_for(Mark::START, "its first frame", SOON, first).unwrap();
    assert!(advert, "a backup said something before it took over");
    assert_eq!(lab.learned(mac).unwrap().as_deref(), Some("right"));
    other.proc().terminate(SOON).unwrap();
}

/// The interface below takes another name, and its old one again. keepalived 2.2.7 does not find back to it.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_interface_below_is_renamed() {
    let stage = Stage::new(Who::Kad);
    let conf = instance("use_vmac", "10.77.0.100/24");
    let mut play = Play::begin(&stage, &format!("global_defs {{\n dynamic_interfaces\n}}\n{conf}"));
    play.line("setting VIPs.");
    stage.ip("link set eth0 name lan");
    play.line("Entering FAULT STATE");
    assert!(poll_until(SOON, || stage.ip("link show type macvlan").is_empty()), "the VMAC stays");
    stage.ip("link set lan name eth0");
    play.line("Entering BACKUP STATE");
    play.line("setting VIPs.");
    stage.alpha.wait_for_address("10.77.0.100".parse().unwrap(), SOON).unwrap();
    play.end();
}

/// The cable of the interface below: what is said of it.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_cable_below() {
    let (keepalived, kad) = both(|stage| {
        let mut play = Play::begin(stage, &instance("use_vmac", "10.77.0.100/24"));
        play.line("setting VIPs.");
        play.adverts(1);
        play.pass(std::time::Duration::from_millis(150));
        stage.alpha.link_down().unwrap();
        play.line("Entering FAULT STATE");
        play.pass(std::time::Duration::from_millis(300));
        stage.alpha.link_up().unwrap();
        play.line("Entering BACKUP STATE");
        play.line("setting VIPs.");
        play.adverts(1);
        play.end()
    });
    assert!(keepalived.log == kad.log, "{}", difference(&keepalived.log, &kad.log));
}

/// The interface below may be down for a while (`interface_up_down_delays`), and the VMAC with it.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_cable_below_for_a_moment() {
    let stage = Stage::new(Who::Kad);
    let delays = "interface_up_down_delays {\n eth0 0.6 0.1\n}\n";
    let mut play = Play::begin(&stage, &format!("{delays}{}", instance("use_vmac", "10.77.0.100/24")));
    play.line("setting VIPs.");
    stage.alpha.link_down().unwrap();
    stage.alpha.wait_for_link("vrrp.51", false, SOON).unwrap();
    stage.alpha.link_up().unwrap();
    stage.alpha.wait_for_link("vrrp.51", true, SOON).unwrap();
    play.adverts(5);
    let story = play.end();
    assert!(!story.log.iter().any(|line| line.contains("Entering FAULT")), "{:#?}", story.log);
}
