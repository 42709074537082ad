//! Reloads: only the difference is done, and it ends where a fresh start does.

use netlab::{Signal, poll_until};

use super::{STATICS, WATCHED_ROUTE, WATCHED_RULE, add_d0, kernel, same, virtuals, with_statics};
use crate::stage::{SOON, Stage, both};
use crate::story::Play;

/// Each of these after the one before; the last is what a fresh start is compared with.
const RELOADS: [(&str, &str); 5] = [
    ("10.90.0.0/24 via 10.77.0.9\n10.90.1.0/24 via 10.77.0.9", "from 10.90.0.0/16 table 1000 preference 100"),
    (
        "10.90.0.0/24 via 10.77.0.9\n10.90.1.0/24 via 10.77.0.8\n10.90.2.0/24 dev eth0 scope link",
        "from 10.90.0.0/16 table 1000 preference 100\nfrom 10.91.0.0/16 table 1000 preference 101",
    ),
    ("fd90::/64 via fd77::9", "from 10.90.0.0/16 table 1001 preference 100"),
    ("fd90::/64 via fd77::8\n10.90.0.0/24 nexthop via 10.77.0.8 nexthop via 10.77.0.9", ""),
    (
        "fd90::/64 via fd77::8 mtu 1400\n10.90.0.0/24 nexthop via 10.77.0.7 nexthop via 10.77.0.9",
        "from fd90::/64 table 1000 preference 100",
    ),
];

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn reloads_end_where_a_fresh_start_does() {
    let confs = RELOADS.map(|(routes, rules)| virtuals(routes, rules));
    let conf = |number: usize| confs[number].replace("virtual_rules {\n\n}\n", "");
    let (keepalived, kad) = both(|stage| {
        let mut play = Play::begin(stage, &conf(0));
        play.line("Entering MASTER STATE");
        play.adverts(2);
        let mut seen = vec![kernel(stage)];
        for number in 1..RELOADS.len() {
            let before = kernel(stage);
            play.daemon.rewrite(&conf(number)).unwrap();
            play.daemon.proc().signal(Signal::HUP).unwrap();
            assert!(poll_until(SOON, || kernel(stage) != before), "{}: reload {number}", stage.who);
            play.adverts(3);
            seen.push(kernel(stage));
        }
        let log = play.end().log;
        let entered = log.iter().filter(|line| line.contains("Entering")).count();
        // Backup, then master, and that is all.
        assert_eq!(entered, 2, "{}: {log:#?}", stage.who);
        seen
    });
    for (number, (c, k)) in keepalived.iter().zip(&kad).enumerate() {
        same(&format!("after reload {number}"), c, k);
    }
    let stage = Stage::new(crate::stage::Who::Kad);
    let mut play = Play::begin(&stage, &conf(RELOADS.len() - 1));
    play.line("Entering MASTER STATE");
    play.adverts(2);
    same("after reloads and after a start", &kad[RELOADS.len() - 1], &kernel(&stage));
    play.end();
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn static_lines_change_with_a_reload() {
    let changes: [(&str, &str); 4] = [
        ("10.92.0.0/24 via 10.91.0.9 dev eth0\n", ""),
        ("10.91.0.1/24 dev eth0\n", "10.91.3.1/24 dev eth0\n"),
        ("fd92::/64 via fd91::9 dev d0", "fd92::/64 via fd91::8 dev d0 metric 9\n 10.92.3.0/24 dev eth0"),
        ("from 10.92.0.0/16 table 1000 preference 200", "from 10.92.0.0/16 table 1001 preference 201"),
    ];
    let mut statics = STATICS.to_owned();
    let mut confs = vec![with_statics(&statics)];
    for (from, to) in changes {
        assert!(statics.contains(from), "{from}");
        statics = statics.replace(from, to);
        confs.push(with_statics(&statics));
    }
    let (keepalived, kad) = both(|stage| {
        add_d0(stage);
        let mut play = Play::begin(stage, &confs[0]);
        play.line("Entering MASTER STATE");
        play.adverts(2);
        let mut seen = vec![kernel(stage)];
        for conf in &confs[1..] {
            let before = kernel(stage);
            play.daemon.rewrite(conf).unwrap();
            play.daemon.proc().signal(Signal::HUP).unwrap();
            assert!(poll_until(SOON, || kernel(stage) != before), "{}: {conf}", stage.who);
            play.adverts(3);
            seen.push(kernel(stage));
        }
        play.end();
        seen
    });
    for (number, (c, k)) in keepalived.iter().zip(&kad).enumerate() {
        same(&format!("after reload {number}"), c, k);
    }
}

/// kad alone: keepalived replaces every route of an instance at every reload.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_reload_that_adds_lines_touches_no_other() {
    let stage = Stage::new(crate::stage::Who::Kad);
    add_d0(&stage);
    let conf = |route: &str, fixed: &str| {
        let routes =
            format!("{WATCHED_ROUTE}\nfd90::/64 via fd77::9 dev eth0\n10.90.4.0/24 dev d0 mtu 1400\n{route}");
        STATICS.replace("static_routes {\n", &format!("static_routes {{\n{fixed}\n"))
            + &virtuals(&routes, WATCHED_RULE)
    };
    let mut play = Play::begin(&stage, &conf("", ""));
    play.line("Entering MASTER STATE");
    play.adverts(2);
    let mut watch = std::process::Command::new("ip");
    watch.args(["monitor", "route", "rule", "address"]);
    let monitor = stage.alpha.spawn("monitor", &watch).unwrap();
    // Not before it listens.
    let probe = || {
        stage.ip("route replace 10.95.0.0/24 dev d0");
        stage.ip("route del 10.95.0.0/24 dev d0");
        monitor.lines_since(netlab::Mark::START).iter().any(|line| line.text.contains("10.95.0.0"))
    };
    assert!(poll_until(SOON, probe));
    play.daemon.rewrite(&conf("10.90.5.0/24 dev d0", "10.92.5.0/24 dev d0")).unwrap();
    play.daemon.proc().signal(Signal::HUP).unwrap();
    let there = |what: &str| kernel(&stage).iter().any(|line| line.contains(what));
    assert!(poll_until(SOON, || there("10.90.5.0") && there("10.92.5.0")));
    play.adverts(3);
    stage.ip("route add 10.96.0.0/24 dev d0");
    monitor.wait_for("10.96.0.0", SOON).unwrap();
    let seen: Vec<_> =
        monitor.lines_since(netlab::Mark::START).iter().map(|line| line.text.clone()).collect();
    let probes = |line: &&String| !line.contains("10.95.0.0") && !line.contains("10.96.0.0");
    let mut touched: Vec<_> = seen
        .iter()
        .filter(probes)
        .filter_map(|line| line.split_whitespace().find(|word| word.contains('/')))
        .collect();
    touched.sort_unstable();
    assert_eq!(touched, ["10.90.5.0/24", "10.92.5.0/24"], "{seen:#?}");
    play.end();
}
