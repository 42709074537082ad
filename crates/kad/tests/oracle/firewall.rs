//! Packets to the virtual addresses: the same tables as keepalived's in every state, and what they do.

use std::net::IpAddr;
use std::time::Duration;

use netlab::{Signal, poll_until};

use crate::stage::{SOON, Stage, Who, both};
use crate::story::Play;
use crate::voice;
use crate::wire::difference;

/// Sets that keepalived 2.4 has in its IPv6 table and 2.2.7, the oracle, has not.
const SETS_SINCE_2_4: [&str; 2] = ["\tset parent_link_local {", "\tset mld-report {"];
/// The same of rules: what they look like, and what 2.2.7 has in their place.
const RULES_SINCE_2_4: [(&str, Option<&str>); 2] = [
    ("icmpv6 type nd-neighbor-advert meta oifkind", None),
    ("type @mld-report", Some("type mld2-listener-report")),
];

fn instance(name: &str, vrid: u8, more: &str, addresses: &str) -> String {
    format!(
        "vrrp_instance {name} {{
    state BACKUP
    interface eth0
    virtual_router_id {vrid}
    priority 200
    version 3
    advert_int 0.3
    garp_master_repeat 1
    garp_master_delay 0
    {more}
    virtual_ipaddress {{
        {addresses}
    }}
}}
"
    )
}

/// The rules of alpha, table by table: which of two comes first depends on who was master first.
fn tables(stage: &Stage) -> Vec<String> {
    let text = stage.alpha.run("nft", &["-s", "list", "ruleset"]).unwrap().stdout;
    let mut tables: Vec<String> = text.split("table ").skip(1).map(|table| older(stage.who, table)).collect();
    tables.sort();
    tables
}

fn older(who: Who, table: &str) -> String {
    if who == Who::Keepalived || !table.starts_with("ip6 ") {
        return table.to_owned();
    }
    assert!(table.contains(SETS_SINCE_2_4[0]) && table.contains(RULES_SINCE_2_4[0].0), "{table}");
    let (mut older, mut in_new_set) = (String::new(), false);
    for line in table.split_inclusive('\n') {
        in_new_set |= SETS_SINCE_2_4.iter().any(|set| line.starts_with(set));
        match RULES_SINCE_2_4.iter().find(|(newer, _)| line.contains(newer)) {
            _ if in_new_set => {}
            Some((newer, Some(instead))) => older += &line.replace(newer, instead),
            Some((_, None)) => {}
            None => older += line,
        }
        // A set ends with a blank line.
        in_new_set &= line != "\n";
    }
    older
}

fn same(what: &str, when: &[&str], keepalived: &[Vec<String>], kad: &[Vec<String>]) {
    for ((when, c), k) in when.iter().zip(keepalived).zip(kad) {
        let lines = |tables: &[String]| -> Vec<String> {
            tables.iter().flat_map(|table| table.lines()).map(str::to_owned).collect()
        };
        assert!(c == k, "{what}, {when}:\n{}", difference(&lines(c), &lines(k)));
    }
}

/// The tables while backup, while master, after a better one spoke, and after the stop.
fn reign(stage: &Stage, conf: &str) -> Vec<Vec<String>> {
    let mut play = Play::begin(stage, conf);
    play.line("(init)");
    let mut seen = vec![tables(stage)];
    play.line("(V1) setting VIPs.");
    for more in 1..conf.matches("vrrp_instance").count() {
        play.daemon.proc().wait_for(&format!("(V{}) setting VIPs.", more + 1), SOON).unwrap();
    }
    play.adverts(1);
    seen.push(tables(stage));
    play.eve_repeats(&voice::advert(3, 30, 250), Duration::from_millis(100), 3);
    poll_until(SOON, || !stage.alpha.has_address("10.77.0.100".parse().unwrap()).unwrap());
    seen.push(tables(stage));
    play.end();
    seen.push(tables(stage));
    seen
}

fn same_reign(what: &str, conf: &str) {
    let (keepalived, kad) = both(|stage| reign(stage, conf));
    same(what, &["backup", "master", "backup again", "stopped"], &keepalived, &kad);
    assert!(kad[1].is_empty() == what.starts_with("nobody"), "{what}: {:?}", kad[1]);
    assert!(kad[3].is_empty(), "{what}, left after a stop: {:?}", kad[3]);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_tables_of_both_families() {
    let conf =
        instance("V1", 51, "no_accept\n virtual_ipaddress_excluded {\n 10.77.0.101/24\n }", "10.77.0.100")
            + &instance("V2", 52, "no_accept", "fe80::100\n fd77::101/64\n fd77::102")
            + &instance("V3", 53, "no_accept\n dont_track_primary", "fe80::103")
            + &instance("V4", 54, "accept", "10.77.0.104")
            + &instance("V5", 55, "no_accept\n virtual_ipaddress_excluded {\n fd77::106\n }", "10.77.0.105");
    same_reign("both families", &conf);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_the_configuration_says_of_the_tables() {
    let globals = "global_defs {
    nftables my_rules
    nftables_priority 7
    nftables_counters
    nftables_ifindex
}
";
    let conf = globals.to_owned()
        + &instance("V1", 51, "strict_mode", "10.77.0.100")
        + &instance("V2", 52, "no_accept\n dont_track_primary", "fe80::103\n fd77::103");
    same_reign("settings", &conf);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_tables_of_vmacs() {
    let conf = instance("V1", 51, "use_vmac", "10.77.0.100")
        + &instance("V2", 53, "use_vmac\n virtual_ipaddress_excluded {\n fd77::103\n }", "10.77.0.103")
        + &instance("V3", 54, "use_vmac own.name\n vmac_xmit_base\n no_accept", "10.77.0.104")
        + &instance("V4", 52, "use_vmac\n no_accept", "fe80::100\n fd77::101");
    same_reign("VMACs", &conf);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn nobody_is_guarded_who_accepts() {
    same_reign("nobody", &instance("V1", 51, "", "10.77.0.100"));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_reload_changes_what_changed() {
    let guarded = |addresses| instance("V1", 51, "no_accept", addresses);
    let second = instance("V2", 52, "no_accept", "10.77.0.110\n 10.77.0.111");
    let first = instance("V1", 51, "", "10.77.0.100\n 10.77.0.101") + &second;
    // What accepted, then did not, then accepts, keepalived does not guard the next time.
    let steps = [
        ("no longer accepted", guarded("10.77.0.100\n 10.77.0.102") + &second, "10.77.0.102"),
        ("addresses come and go", guarded("10.77.0.100\n 10.77.0.103") + &second, "10.77.0.103"),
        ("accepted again", instance("V1", 51, "", "10.77.0.100\n 10.77.0.104") + &second, "10.77.0.104"),
    ];
    let (keepalived, kad) = both(|stage| {
        let mut play = Play::begin(stage, &first);
        play.daemon.proc().wait_for("(V1) setting VIPs.", SOON).unwrap();
        play.daemon.proc().wait_for("(V2) setting VIPs.", SOON).unwrap();
        play.adverts(1);
        let mut seen = vec![tables(stage)];
        for (_, conf, comes) in &steps {
            play.daemon.rewrite(conf).unwrap();
            play.daemon.proc().signal(Signal::HUP).unwrap();
            stage.alpha.wait_for_address(comes.parse().unwrap(), SOON).unwrap();
            // keepalived reads its own file again while addresses are there already.
            play.adverts(4);
            seen.push(tables(stage));
        }
        play.end();
        seen.push(tables(stage));
        seen
    });
    let when: Vec<&str> =
        ["first"].into_iter().chain(steps.iter().map(|(what, ..)| *what)).chain(["stopped"]).collect();
    same("reload", &when, &keepalived, &kad);
}

fn answers(stage: &Stage, to: &str) -> bool {
    stage.eve.run("ping", &["-n", "-c", "1", "-W", "1", to]).is_ok()
}

/// Eve asks; a neighbour finds the address in either case.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn who_does_not_accept_is_found_and_not_answered() {
    let conf = instance("V1", 51, "no_accept", "10.77.0.100")
        + &instance("V2", 52, "no_accept", "fe80::102\n fd77::102")
        + &instance("V3", 53, "accept", "10.77.0.103")
        + &instance("V4", 54, "accept", "fe80::104\n fd77::104");
    let (keepalived, kad) = both(|stage| {
        let play = Play::begin(stage, &conf);
        for number in 1..=4 {
            play.daemon.proc().wait_for(&format!("(V{number}) setting VIPs."), SOON).unwrap();
        }
        for (address, answered) in [
            ("10.77.0.103", true),
            ("fd77::104", true),
            ("fe80::104%eth0", true),
            ("10.77.0.100", false),
            ("fd77::102", false),
            ("fe80::102%eth0", false),
            ("10.77.0.1", true),
        ] {
            // A busy machine may be late; who is silent is silent each time.
            let heard =
                if answered { poll_until(SOON, || answers(stage, address)) } else { answers(stage, address) };
            assert_eq!(heard, answered, "{}: {address}", stage.who);
        }
        let neighbours = stage.eve.run("ip", &["neigh"]).unwrap().stdout;
        let found = ["10.77.0.100 ", "fd77::102 ", "fe80::102 "].map(|address| {
            neighbours.lines().any(|line| line.starts_with(address) && line.contains("02:00:00:00:00:01"))
        });
        play.end();
        found
    });
    assert_eq!((keepalived, kad), ([true; 3], [true; 3]), "an address was not found");
}

fn vip() -> IpAddr {
    "10.77.0.100".parse().unwrap()
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_a_killed_one_left_is_replaced() {
    let conf = instance("V1", 51, "no_accept", "10.77.0.100");
    let (keepalived, kad) = both(|stage| {
        let mut daemon = stage.start(&conf);
        stage.alpha.wait_for_address(vip(), SOON).unwrap();
        let first = tables(stage);
        daemon.proc().kill_tree().unwrap();
        assert_eq!(tables(stage), first, "{}: a killed daemon cannot remove anything", stage.who);
        // Somebody else's element, so that one sees whether the table is another.
        stage.alpha.run("nft", &["add element ip keepalived vips { 10.77.0.77 }"]).unwrap();
        daemon.restart().unwrap();
        daemon.proc().wait_for("Deleting old ip keepalived table", SOON).unwrap();
        daemon.proc().wait_for("setting VIPs.", SOON).unwrap();
        stage.alpha.wait_for_address(vip(), SOON).unwrap();
        let second = tables(stage);
        daemon.proc().terminate(SOON).unwrap();
        [first, second, tables(stage)]
    });
    same("killed", &["before", "after", "stopped"], &keepalived, &kad);
    assert_eq!(kad[0], kad[1], "the table is another after a kill and a restart");
    assert!(kad[2].is_empty());
}

/// `systemctl reload nftables` begins with `flush ruleset`; keepalived does not get over it.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_ruleset_that_somebody_flushed_is_made_anew() {
    let first = instance("V1", 51, "no_accept", "10.77.0.100");
    let second = first.replace("10.77.0.100", "10.77.0.100\n 10.77.0.101");
    let stage = Stage::new(Who::Kad);
    let daemon = stage.start(&first);
    stage.alpha.wait_for_address(vip(), SOON).unwrap();
    stage.alpha.run("nft", &["flush ruleset"]).unwrap();
    daemon.rewrite(&second).unwrap();
    daemon.proc().signal(Signal::HUP).unwrap();
    daemon.proc().wait_for("is not as it was left: making it anew", SOON).unwrap();
    let whole = poll_until(SOON, || tables(&stage).join("").contains("10.77.0.100, 10.77.0.101"));
    assert!(whole, "{:?}", tables(&stage));
    daemon.proc().terminate(SOON).unwrap();
    assert!(tables(&stage).is_empty());
}
