//! What the kernel routes by: routes and rules of a master and static ones, whoever touches them.

use std::fmt;

use netlab::{Signal, poll_until};

use crate::stage::{SOON, Stage, both};
use crate::story::Play;

/// All of the grammar that the kernel of this host can do. `d0` is a second interface of alpha.
const ROUTES: &str = "10.90.0.0/24 via 10.77.0.9
    src 10.77.0.100 to 10.90.1.0/24 via 10.77.0.9 dev eth0
    10.90.2.0/24 dev eth0 scope link table 1000 metric 5 tos 4
    10.90.3.0/24 via 10.77.0.9 mtu lock 1400 advmss 1300 rtt 300ms rttvar 200ms rto_min 400 window 9000 cwnd lock 12 ssthresh 70 reordering 4 hoplimit 9 initcwnd 7 initrwnd 8 quickack 1 features ecn congctl cubic realms 3/4
    10.90.4.0/24 nexthop via 10.77.0.8 dev eth0 weight 3 nexthop via 10.77.0.9 dev eth0 onlink
    10.90.5.0/24 via 10.77.0.8 or 10.77.0.9
    blackhole 10.90.6.0/24
    unreachable 10.90.7.0/24
    prohibit 10.90.8.0/24 metric 7
    throw 10.90.9.0/24 table 1000
    10.90.10.0/24 via inet6 fd77::9 dev eth0
    10.90.11.0/24 encap ip id 5 dst 1.2.3.4 src 1.2.3.5 tos 4 ttl 9 via 10.77.0.9 dev eth0
    10.90.12.0/24 via 10.99.0.9 dev eth0 onlink
    10.90.13.0/24 dev d0
    append 10.90.13.0/24 via 10.88.0.9 metric 20
    add 10.90.14.0/24 dev d0 no_track
    10.90.15.0/24 via 10.88.0.9 protocol 77 no_track
    local 10.90.16.0/24 dev d0 table 1000
    default via 10.77.0.9 metric 900
    fd90::/64 via fd77::9 pref high
    fd90:1::/64 dev d0 metric 7
    fd90:2::/64 from fd77::/64 via fd77::9 dev eth0
    fd90:3::/64 nexthop via fd77::8 dev eth0 nexthop via fd77::9 dev eth0 weight 2
    fd90:4::/64 encap ip6 id 5 dst fd77::7 tc 4 hoplimit 6 via fd77::9 dev eth0
    unreachable fd90:5::/64 table 1000
    fd90:6::/64 via fd77::9 mtu 1400 advmss 1300";

const RULES: &str = "from 10.90.0.0/16 table 1000 preference 100
    to 10.90.1.0/24 lookup main preference 101
    not from 10.90.2.0/24 to 10.90.3.0/24 tos 4 table 1000 preference 102
    fwmark 1/3 iif eth0 table 1000 preference 103
    fwmark 7 oif d0 table 1000 preference 104
    from 10.90.4.0/24 goto 400 preference 105
    from 10.90.5.0/24 blackhole preference 106
    from 10.90.6.0/24 unreachable preference 107
    from 10.90.7.0/24 prohibit preference 108
    from 10.90.8.0/24 nop preference 400
    from 10.90.9.0/24 realms 1/2 table 1000 preference 109
    from all table 1000 suppress_prefixlength 4 preference 110
    from all table 1000 suppress_ifgroup 3 preference 111
    uidrange 5-50 ipproto 6 sport 10-20 dport 30-31 table 1000 preference 112
    l3mdev preference 113
    from 10.90.10.0/24 table 1000 preference 114 no_track
    from fd90::/64 table 1000 preference 100
    to fd90:1::/64 unreachable preference 101
    from 10.90.11.0/24 table 1000
    from fd90:2::/64 table 1000";

fn conf(blocks: &str) -> String {
    format!(
        "{blocks}
vrrp_instance V1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.1
    garp_master_repeat 1
    garp_master_delay 0
    virtual_ipaddress {{
        10.77.0.100
    }}
"
    )
}

fn virtuals(routes: &str, rules: &str) -> String {
    format!("{}virtual_routes {{\n{routes}\n}}\nvirtual_rules {{\n{rules}\n}}\n}}\n", conf(""))
}

/// A second interface, with addresses.
fn add_d0(stage: &Stage) {
    stage.ip("link add d0 address 02:00:00:00:01:01 type veth peer name d1 address 02:00:00:00:01:02");
    stage.ip("link set d0 addrgenmode none");
    stage.ip("link set d1 addrgenmode none");
    stage.ip("link set d1 up");
    stage.ip("link set d0 up");
    stage.ip("address add 10.88.0.1/24 dev d0");
}

/// Routes and rules of alpha, and its IPv4 addresses, each kind in order.
fn kernel(stage: &Stage) -> Vec<String> {
    let mut lines = Vec::new();
    for what in [
        "-4 -details -oneline route show table all",
        "-6 -details -oneline route show table all",
        "-4 -details rule show",
        "-6 -details rule show",
        "-4 -oneline address show",
    ] {
        let text = stage.ip(what);
        let told = |line: &&str| !line.contains("d1") && !line.starts_with("multicast");
        // An interface that is made again has another number.
        let unnumbered = |line: &str| match line.split_once(": ") {
            Some((_, rest)) if what.contains("address") => rest.to_owned(),
            _ => line.to_owned(),
        };
        let spaced = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        lines.extend(text.lines().filter(told).map(|line| spaced(&unnumbered(line))));
    }
    lines.sort();
    lines
}

/// What is in one list and not in the other, for people.
struct Difference<'a>(&'a [String], &'a [String]);

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (sign, (some, others)) in [('-', (self.0, self.1)), ('+', (self.1, self.0))] {
            for line in some.iter().filter(|line| !others.contains(line)) {
                writeln!(f, "{sign} {line}")?;
            }
        }
        Ok(())
    }
}

fn same(what: &str, keepalived: &[String], kad: &[String]) {
    assert!(keepalived == kad, "{what}: keepalived (-) and kad (+)\n{}", Difference(keepalived, kad));
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

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn routes_and_rules_come_and_go_with_the_state() {
    let (keepalived, kad) = both(|stage| reign(stage, &virtuals(ROUTES, RULES)));
    same("as master", &keepalived[1], &kad[1]);
    let came = kad[1].iter().filter(|line| !kad[0].contains(line)).count();
    assert!(came > 40, "{came} lines came:\n{}", Difference(&kad[0], &kad[1]));
    same("kad, before and after", &kad[0], &kad[2]);
}

/// A few lines that keepalived 2.2.7 and kad both notice the loss of.
const WATCHED_ROUTE: &str = "10.90.0.0/24 via 10.77.0.9 dev eth0";
const WATCHED_RULE: &str = "from 10.90.0.0/16 table 1000 preference 100";

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

const STATICS: &str = "static_ipaddress {
    10.91.0.1/24 dev eth0
    10.91.1.1/24 brd + dev d0 label d0:s
    fd91::1/64 dev d0
}
static_routes {
    10.92.0.0/24 via 10.91.0.9 dev eth0
    10.92.1.0/24 dev d0 metric 7
    10.92.2.0/24 via 10.91.1.9 dev d0 src 10.91.1.1 table 1000
    fd92::/64 via fd91::9 dev d0
}
static_rules {
    from 10.92.0.0/16 table 1000 preference 200
    from fd92::/64 table 1000 preference 200
}
";

fn with_statics(statics: &str) -> String {
    format!("{}}}\n", conf(statics))
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn static_lines_are_there_as_long_as_the_daemon() {
    let conf = with_statics(STATICS);
    let (keepalived, kad) = both(|stage| reign(stage, &conf));
    same("while it runs", &keepalived[1], &kad[1]);
    let came = kad[1].iter().filter(|line| line.contains("9") && !kad[0].contains(line)).count();
    assert!(came >= 9, "{came} lines came:\n{}", Difference(&kad[0], &kad[1]));
    same("kad, before and after", &kad[0], &kad[2]);
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
