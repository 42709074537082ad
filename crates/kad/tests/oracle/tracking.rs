//! `track_interface` of an instance: every kind of weight, and an interface that goes and comes back.

use std::time::Duration;

use netlab::{Line, Mark};

use crate::groups::add_d0;
use crate::stage::both;
use crate::story::{Play, Story};
use crate::wire::difference;

/// An instance for each line; what they track is d0, and they are on eth0.
fn conf(lines: &[&str]) -> String {
    let instance = |(number, line): (usize, &&str)| {
        format!(
            "vrrp_instance W{number} {{
    state BACKUP
    interface eth0
    virtual_router_id {vrid}
    priority 100
    version 3
    advert_int 0.3
    garp_master_repeat 1
    garp_master_delay 0
    track_interface {{
        {line}
    }}
    virtual_ipaddress {{
        10.77.0.{vrid}
    }}
}}
",
            vrid = 50 + number
        )
    };
    lines.iter().enumerate().map(instance).collect()
}

/// What was told of one instance, but for its addresses.
fn told(story: &Story, number: usize) -> Vec<String> {
    let own = format!("(W{number}) ");
    let election = ["Entering", "priority from", "timeout"];
    let lines = story.log.iter().filter(|line| line.starts_with(&own));
    // How an instance that cannot begin is told of differs.
    let lines = lines.filter(|line| !line.ends_with("FAULT STATE (init)"));
    lines.filter(|line| election.iter().any(|word| line.contains(word))).cloned().collect()
}

fn same(lines: &[&str], play: impl Fn(&mut Play<'_>) + Sync) {
    let (keepalived, kad) = both(|stage| {
        add_d0(stage);
        let mut story = Play::begin(stage, &conf(lines));
        play(&mut story);
        story.end()
    });
    for (number, line) in lines.iter().enumerate() {
        let (c, k) = (told(&keepalived, number), told(&kad, number));
        assert!(c == k, "track_interface {line}:\n{}", difference(&c, &k));
        assert!(k.len() > 2, "track_interface {line}: nothing happened: {k:?}");
    }
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn every_kind_of_weight() {
    let lines = [
        "d0",
        "d0 weight 20",
        "d0 weight -20",
        "d0 weight 20 reverse",
        "d0 weight -20 reverse",
        "d0 weight 0 reverse",
        "d0 weight 253",
        "d0 weight -253",
    ];
    same(&lines, |play| {
        play.line("(W0) Entering MASTER STATE");
        play.pass(Duration::from_millis(400));
        play.stage.ip("link set d1 down");
        play.line("(W0) Entering FAULT STATE");
        play.pass(Duration::from_millis(1_500));
        play.stage.ip("link set d1 up");
        play.line("(W0) Entering MASTER STATE");
        play.pass(Duration::from_millis(400));
    });
}

/// How long each change that is delayed was waited for.
fn waits(log: &[Line]) -> Vec<Duration> {
    let delayed = log.iter().enumerate().filter(|(_, line)| line.text.contains("is delayed by"));
    delayed
        .filter_map(|(place, begun)| {
            let ended = log[place..].iter().find(|line| line.text.contains("Netlink reports"))?;
            Some(ended.at.saturating_duration_since(begun.at))
        })
        .collect()
}

/// A cable that is out for a moment only, and then for longer than the delay.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_change_of_an_interface_has_to_last() {
    let delays = "interface_up_down_delays {\n    d0 0.5 0.3\n}\n";
    let conf = format!("{delays}{}", conf(&["d0", "d0 weight 20"]));
    let (keepalived, kad) = both(|stage| {
        add_d0(stage);
        let mut play = Play::begin(stage, &conf);
        play.line("(W0) Entering MASTER STATE");
        play.pass(Duration::from_millis(400));
        play.stage.ip("link set d1 down");
        play.pass(Duration::from_millis(100));
        play.stage.ip("link set d1 up");
        play.pass(Duration::from_millis(700));
        play.stage.ip("link set d1 down");
        play.line("(W0) Entering FAULT STATE");
        play.stage.ip("link set d1 up");
        play.line("(W0) Entering MASTER STATE");
        play.pass(Duration::from_millis(400));
        let waits = waits(&play.daemon.proc().lines_since(Mark::START));
        (play.end(), waits)
    });
    let ((c, _), (k, waits)) = (keepalived, kad);
    for number in 0..2 {
        let (c, k) = (told(&c, number), told(&k, number));
        assert!(c == k, "delays:\n{}", difference(&c, &k));
    }
    let links = |story: &Story| -> Vec<String> {
        story.log.iter().filter(|line| line.starts_with("Netlink reports")).cloned().collect()
    };
    assert_eq!(links(&c), links(&k));
    let [.., down, up] = *waits else { panic!("{waits:?}") };
    assert!(down > Duration::from_millis(450) && up > Duration::from_millis(250), "{waits:?}");
}
