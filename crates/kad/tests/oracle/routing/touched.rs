//! Somebody else touches what the kernel routes by: deletes a line, takes an interface away, kills the daemon.

use netlab::poll_until;

use super::{Difference, STATICS, WATCHED_ROUTE, WATCHED_RULE, add_d0, kernel, same, virtuals, with_statics};
use crate::stage::{SOON, Stage, both};
use crate::story::Play;

/// Somebody removes something of a master: it yields and comes back with all of it, or takes no notice.
fn deleted_by_hand(routes: &str, rules: &str, delete: &str, noticed: bool) {
    let conf = virtuals(routes, rules).replace("advert_int 0.1", "advert_int 0.3");
    let (keepalived, kad) = both(|stage| {
        let mut play = Play::begin(stage, &conf);
        play.line("Entering MASTER STATE");
        play.adverts(1);
        let held = kernel(stage);
        stage.ip(delete);
        play.adverts(3);
        let back = poll_until(SOON, || !noticed || kernel(stage) == held);
        assert!(back, "{}: {delete}\n{}", stage.who, Difference(&held, &kernel(stage)));
        let after = kernel(stage);
        assert_eq!(after == held, noticed, "{}: {delete}", stage.who);
        (play.end().log, after)
    });
    let entered = |log: &[String]| log.iter().filter(|line| line.contains("Entering MASTER STATE")).count();
    let times = if noticed { 2 } else { 1 };
    assert_eq!((entered(&keepalived.0), entered(&kad.0)), (times, times), "{delete}");
    // keepalived removes them when it starts, too, and says so.
    let told = |log: &[String]| -> Vec<String> {
        let told = log.iter().filter(|line| line.contains("Virtual R"));
        told.skip_while(|line| line.contains("removing")).cloned().collect()
    };
    assert_eq!(told(&keepalived.0), told(&kad.0), "{delete}");
    same(delete, &keepalived.1, &kad.1);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_route_that_somebody_deletes() {
    deleted_by_hand(WATCHED_ROUTE, WATCHED_RULE, "route del 10.90.0.0/24", true);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_rule_that_somebody_deletes() {
    deleted_by_hand(WATCHED_ROUTE, WATCHED_RULE, "rule del preference 100", true);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_route_that_nobody_tracks_may_be_deleted() {
    let route = format!("{WATCHED_ROUTE} no_track");
    deleted_by_hand(&route, WATCHED_RULE, "route del 10.90.0.0/24", false);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn static_lines_are_put_back() {
    let conf = with_statics(STATICS);
    let held = |stage: &Stage| {
        add_d0(stage);
        let mut play = Play::begin(stage, &conf);
        play.line("Entering MASTER STATE");
        play.adverts(2);
        let held = kernel(stage);
        for deletion in [
            "address del 10.91.0.1/24 dev eth0",
            "route del 10.92.1.0/24",
            "-6 route del fd92::/64",
            "rule del preference 200",
            // The kernel does not tell of the routes that go with it.
            "link set d0 down",
            "link del d0",
        ] {
            stage.ip(deletion);
            match deletion {
                "link set d0 down" => drop(stage.ip("link set d0 up")),
                "link del d0" => add_d0(stage),
                _ => {}
            }
            let back = poll_until(SOON, || kernel(stage) == held);
            assert!(back, "{}: {deletion}\n{}", stage.who, Difference(&held, &kernel(stage)));
        }
        play.end();
        held
    };
    held(&Stage::new(crate::stage::Who::Kad));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_a_killed_one_left_is_not_doubled() {
    let conf = virtuals(&format!("{WATCHED_ROUTE}\nfd90::/64 via fd77::9 dev eth0"), WATCHED_RULE);
    let conf = format!("{STATICS}{conf}").replace("advert_int 0.1", "advert_int 0.3");
    let stage = Stage::new(crate::stage::Who::Kad);
    add_d0(&stage);
    let before = kernel(&stage);
    let mut daemon = stage.start(&conf);
    daemon.proc().wait_for("Entering MASTER STATE", SOON).unwrap();
    let is_held = || kernel(&stage).iter().any(|line| line.contains("fd90::/64"));
    assert!(poll_until(SOON, is_held), "{:#?}", kernel(&stage));
    let held = kernel(&stage);
    daemon.proc().kill_tree().unwrap();
    assert_eq!(kernel(&stage), held, "a killed daemon cannot remove anything");
    daemon.restart().unwrap();
    daemon.proc().wait_for("Entering BACKUP STATE (init)", SOON).unwrap();
    let virtual_ones = |line: &&String| line.contains("90::/64") || line.contains("10.90.0.0");
    let left: Vec<_> = kernel(&stage).into_iter().filter(|line| virtual_ones(&line)).collect();
    assert_eq!(left, [] as [String; 0], "nobody is master");
    daemon.proc().wait_for("Entering MASTER STATE", SOON).unwrap();
    assert!(poll_until(SOON, || kernel(&stage) == held), "{}", Difference(&held, &kernel(&stage)));
    daemon.proc().terminate(SOON).unwrap();
    same("kad, before and after", &before, &kernel(&stage));
}

/// Who cannot use what it holds yields: `d0` is not its own interface, but something of it goes over `d0`.
fn falls_with_d0(what: &str, conf: &str) {
    let (keepalived, kad) = both(|stage| {
        add_d0(stage);
        let mut play = Play::begin(stage, conf);
        play.line("Entering MASTER STATE");
        play.adverts(2);
        stage.ip("link set d0 down");
        play.line("Entering FAULT STATE");
        stage.ip("link set d0 up");
        play.line("Entering MASTER STATE");
        play.adverts(2);
        let held = kernel(stage);
        play.end();
        held
    });
    same(what, &keepalived, &kad);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_interface_of_a_route_is_followed() {
    falls_with_d0("a route", &virtuals("10.90.0.0/24 dev d0 metric 7", WATCHED_RULE));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_interface_of_a_rule_is_followed() {
    falls_with_d0("a rule", &virtuals(WATCHED_ROUTE, "from 10.90.0.0/16 iif d0 table 1000 preference 100"));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_interface_of_a_group_s_static_route_is_followed() {
    let group = "track_group tg {\n group {\n V1\n }\n}\n";
    let statics = "static_routes {\n 10.92.1.0/24 dev d0 metric 7 track_group tg\n}\n";
    falls_with_d0("a static route", &with_statics(&format!("{group}{statics}")));
}

/// What is set over an interface and not tracked goes with it, and comes back with it.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_route_that_went_with_its_interface_comes_back() {
    let stage = Stage::new(crate::stage::Who::Kad);
    add_d0(&stage);
    let routes = "10.90.0.0/24 dev d0 no_track\n fd90::/64 dev d0 no_track";
    let mut play = Play::begin(&stage, &virtuals(routes, WATCHED_RULE));
    play.line("Entering MASTER STATE");
    play.adverts(2);
    let held = kernel(&stage);
    stage.ip("link set d0 down");
    assert!(poll_until(SOON, || kernel(&stage) != held));
    stage.ip("link set d0 up");
    assert!(poll_until(SOON, || kernel(&stage) == held), "{}", Difference(&held, &kernel(&stage)));
    let log = play.end().log;
    assert_eq!(log.iter().filter(|line| line.contains("Entering MASTER")).count(), 1, "{log:#?}");
}

/// kad alone: keepalived does not know an IPv6 route again that has no metric, for the kernel gives it one.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_ipv6_route_without_a_metric_is_missed_too() {
    let stage = Stage::new(crate::stage::Who::Kad);
    let mut play = Play::begin(&stage, &virtuals("fd90::/64 via fd77::9", WATCHED_RULE));
    play.line("Entering MASTER STATE");
    play.adverts(2);
    let held = kernel(&stage);
    stage.ip("-6 route del fd90::/64");
    play.line("Entering BACKUP STATE");
    play.line("Entering MASTER STATE");
    assert!(poll_until(SOON, || kernel(&stage) == held), "{}", Difference(&held, &kernel(&stage)));
    play.end();
}
