//! What the kernel routes by: routes and rules of a master and static ones, whoever touches them.

mod reloads;
mod touched;

use std::fmt;

use crate::stage::{Stage, both};
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
