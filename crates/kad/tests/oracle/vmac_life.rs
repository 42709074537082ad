//! What becomes of VMACs: asked by ARP, left by a killed process, deleted, cut off, reloaded.

use std::net::Ipv4Addr;
use std::time::Duration;

use netlab::{Frame, Mark, Signal, poll_until};

use crate::stage::{SOON, Stage, Who, both};
use crate::story::Play;
use crate::vmac::{instance, kernel, prepare, settings};
use crate::wire::difference;

fn wait_for(stage: &Stage, address: &str) {
    stage.alpha.wait_for_address(address.parse().unwrap(), SOON).unwrap();
}

fn macvlans(stage: &Stage) -> Vec<String> {
    let links = stage.ip("-o link show type macvlan");
    links.lines().map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect()
}

/// Who asks for the address is answered by the virtual Ethernet address, and by no other.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn arp_is_answered_from_the_virtual_address() {
    both(|stage| {
        let daemon = stage.start(&instance("use_vmac", "10.77.0.100/24"));
        wait_for(stage, "10.77.0.100");
        let answers = stage.lab.capture(&stage.alpha, "arp[6:2] == 2").unwrap();
        let answered = |address: &str| {
            let from = answers.mark();
            stage.eve.run("ip", &["neigh", "flush", "all"]).unwrap();
            stage.eve.run("ping", &["-c", "1", "-W", "5", address]).unwrap();
            let address: Ipv4Addr = address.parse().unwrap();
            let of = |frame: &Frame| frame.bytes.get(28..32) == Some(&address.octets()[..]);
            answers.wait_for(from, "an answer", SOON, |frame| of(frame).then_some(())).unwrap();
            let frames = answers.since(from);
            frames
                .iter()
                .filter(|frame| of(frame))
                .map(|frame| frame.bytes[6..12].to_vec())
                .collect::<Vec<_>>()
        };
        assert_eq!(answered("10.77.0.100"), [[0, 0, 0x5e, 0, 1, 0x33]], "{}", stage.who);
        assert_eq!(answered("10.77.0.1"), [[2, 0, 0, 0, 0, 1]], "{}", stage.who);
        daemon.proc().terminate(SOON).unwrap();
    });
}

/// A process that was killed leaves a VMAC with an address: it is taken over, and nothing is left at the end.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_a_killed_one_left_is_taken_over() {
    let conf = instance("use_vmac", "10.77.0.100/24");
    let index = |stage: &Stage| stage.ip("-o link show vrrp.51").split(':').next().unwrap().to_owned();
    both(|stage| {
        prepare(stage);
        let before = kernel(stage);
        let mut daemon = stage.start(&conf);
        wait_for(stage, "10.77.0.100");
        let made = index(stage);
        daemon.proc().kill_tree().unwrap();
        daemon.restart().unwrap();
        daemon.proc().wait_for("Found matching interface vrrp.51", SOON).unwrap();
        daemon.proc().wait_for("Entering MASTER STATE", SOON).unwrap();
        assert_eq!(index(stage), made, "{}: another one", stage.who);
        daemon.proc().terminate(SOON).unwrap();
        assert!(macvlans(stage).is_empty(), "{}: a VMAC is left", stage.who);
        // keepalived puts back what it found itself, which is what its predecessor had set.
        if stage.who == Who::Kad {
            let own = |lines: Vec<String>| -> Vec<String> {
                let raised = |line: &String| line.contains("rp_filter") && !line.starts_with("all");
                lines.into_iter().filter(|line| !raised(line)).collect()
            };
            let (before, after) = (own(before), own(kernel(stage)));
            assert!(before == after, "{}", difference(&before, &after));
        }
    });
}

/// What a killed kad left and its successor has no use for goes.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_a_killed_one_left_and_nobody_wants_goes() {
    let stage = Stage::new(Who::Kad);
    prepare(&stage);
    let before = settings(&stage);
    let mut daemon = stage.start(&instance("use_vmac", "10.77.0.100"));
    wait_for(&stage, "10.77.0.100");
    daemon.proc().kill_tree().unwrap();
    daemon.rewrite(&instance("", "10.77.0.100")).unwrap();
    daemon.restart().unwrap();
    daemon.proc().wait_for("removing interface vrrp.51 that a predecessor left", SOON).unwrap();
    daemon.proc().wait_for("Entering MASTER STATE", SOON).unwrap();
    assert!(macvlans(&stage).is_empty());
    let own = |lines: Vec<String>| -> Vec<String> {
        lines.into_iter().filter(|line| line.contains("arp_") || line.starts_with("all")).collect()
    };
    let (before, after) = (own(before), own(settings(&stage)));
    assert!(before == after, "{}", difference(&before, &after));
    daemon.proc().terminate(SOON).unwrap();
}

/// Two daemons on one host with one virtual router: the second leaves the first's VMAC alone.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_a_living_one_uses_is_left_alone() {
    let stage = Stage::new(Who::Kad);
    let first = stage.start(&instance("use_vmac", "10.77.0.100"));
    wait_for(&stage, "10.77.0.100");
    let second = stage.start(&instance("use_vmac", "10.77.0.101"));
    second.proc().wait_for("Entering FAULT STATE", SOON).unwrap();
    second.proc().terminate(SOON).unwrap();
    assert_eq!(macvlans(&stage), ["vrrp.51@eth0:"]);
    assert!(stage.alpha.has_address("10.77.0.100".parse().unwrap()).unwrap());
    first.proc().terminate(SOON).unwrap();
    assert!(macvlans(&stage).is_empty());
}

/// Somebody deletes the VMAC of a master: it is made again, and the address is back.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn one_that_somebody_deletes_comes_back() {
    let (keepalived, kad) = both(|stage| {
        let mut play = Play::begin(stage, &instance("use_vmac", "10.77.0.100/24"));
        play.line("setting VIPs.");
        play.adverts(1);
        play.pass(Duration::from_millis(150));
        stage.ip("link del vrrp.51");
        play.line("Entering FAULT STATE");
        play.line("setting VIPs.");
        play.adverts(1);
        assert!(stage.alpha.has_address("10.77.0.100".parse().unwrap()).unwrap(), "{}", stage.who);
        play.end()
    });
    // kad does not try to send by an interface that is gone.
    let tried = |line: &&String| !line.contains("send advert error 19");
    let log: Vec<_> = keepalived.log.iter().filter(tried).cloned().collect();
    assert!(log == kad.log, "{}", difference(&log, &kad.log));
}

/// The cable of the interface below, and that interface deleted and made anew.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_interface_below_goes_down_and_away() {
    let (keepalived, kad) = both(|stage| {
        prepare(stage);
        let conf = instance("use_vmac", "10.88.0.100/24").replace("interface eth0", "interface d0");
        let mut play = Play::begin(stage, &format!("global_defs {{\n dynamic_interfaces\n}}\n{conf}"));
        play.line("setting VIPs.");
        stage.ip("link set d1 down");
        play.line("Entering FAULT STATE");
        stage.ip("link set d1 up");
        play.line("setting VIPs.");
        stage.ip("link del d0");
        play.line("Entering FAULT STATE");
        prepare(stage);
        play.line("setting VIPs.");
        wait_for(stage, "10.88.0.100");
        assert_eq!(macvlans(stage), ["vrrp.51@d0:"], "{}", stage.who);
        play.end()
    });
    let entered = |lines: &[String]| -> Vec<String> {
        lines.iter().filter(|line| line.contains(" Entering ")).cloned().collect()
    };
    let (c, k) = (entered(&keepalived.log), entered(&kad.log));
    assert!(c == k, "{}", difference(&keepalived.log, &kad.log));
}

/// Reloads with a VMAC and without: the other instance goes on.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_reload_touches_no_other() {
    let other = instance("", "10.77.0.200").replace("V1", "V2").replace("51", "52");
    let of = |more: &str| instance(more, "10.77.0.100") + &other;
    let (keepalived, kad) = both(|stage| {
        let daemon = stage.start(&of(""));
        let proc = daemon.proc();
        proc.wait_for("(V2) setting VIPs.", SOON).unwrap();
        proc.wait_for("(V1) setting VIPs.", SOON).unwrap();
        // keepalived 2.2.7 that renames a VMAC forgets to put the address on the new one.
        let renamed = [("use_vmac other", "other"), ("use_vmac other\n vmac_xmit_base", "other")];
        let renamed = renamed.into_iter().filter(|_| stage.who == Who::Kad);
        let mut seen = Vec::new();
        for (more, on) in [("use_vmac", "vrrp.51")].into_iter().chain(renamed).chain([("", "eth0")]) {
            daemon.rewrite(&of(more)).unwrap();
            proc.signal(Signal::HUP).unwrap();
            let there = |line: &str| {
                let words: Vec<_> = line.split_whitespace().collect();
                words.get(1) == Some(&on) && words.get(3) == Some(&"10.77.0.100/32")
            };
            let found = poll_until(SOON, || stage.ip("-o address show").lines().any(there));
            assert!(found, "{} {more:?}\n{}", stage.who, stage.lab.log_tail());
            seen.push(macvlans(stage));
        }
        let lines = proc.lines_since(Mark::START);
        let turns = |of: &str| lines.iter().filter(|line| line.text.contains(of)).count();
        assert_eq!(turns("(V2) Entering"), 2, "{}: V2 was touched", stage.who);
        proc.terminate(SOON).unwrap();
        (seen, turns("(V1) Entering MASTER"))
    });
    assert_eq!(keepalived.0, [vec!["vrrp.51@eth0:".to_owned()], vec![]]);
    let other = vec!["other@eth0:".to_owned()];
    assert_eq!(kad.0, [vec!["vrrp.51@eth0:".to_owned()], other.clone(), other, vec![]]);
    assert_eq!((keepalived.1, kad.1), (3, 3), "a new instance with a VMAC and one without, and no more");
}
