//! Everything that a daemon puts into the kernel, at once: after `kill -9` of the whole tree and a restart nothing is
//! there twice, with another file nothing is left of it, and in the end the host is as it was.

use netlab::poll_until;

use crate::stage::{SOON, Stage, Who};
use crate::wire::difference;

/// Addresses, routes, rules, VMACs, nftables, static ones and virtual ones, of both families.
fn everything() -> String {
    "static_ipaddress {
    10.77.0.200/24 dev eth0
    fd77::200/64 dev eth0
}
static_routes {
    10.91.0.0/24 via 10.77.0.9 dev eth0
    fd91::/64 via fd77::9 dev eth0
}
static_rules {
    from 10.91.0.0/24 table 1000 preference 200
}
"
    .to_owned()
        + &instance(
            "V1",
            51,
            "no_accept
            virtual_ipaddress_excluded {
                fd77::100
            }
            virtual_routes {
                10.90.0.0/24 via 10.77.0.9 dev eth0
                10.90.1.0/24 dev eth0 scope link table 1000
                fd90::/64 via fd77::9 dev eth0
            }
            virtual_rules {
                from 10.90.0.0/24 table 1000 preference 100
                from fd90::/64 table 1000 preference 100
            }",
            "10.77.0.100/24",
        )
        + &instance("V2", 52, "use_vmac", "10.77.0.102/24")
        + &instance("V3", 53, "use_vmac named\n no_accept", "fe80::103\n fd77::103")
        + &instance("V4", 54, "use_vmac\n vmac_xmit_base", "10.77.0.104")
}

fn instance(name: &str, vrid: u8, more: &str, addresses: &str) -> String {
    format!(
        "vrrp_instance {name} {{
    state BACKUP
    interface eth0
    virtual_router_id {vrid}
    priority 200
    version 3
    advert_int 0.1
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

/// "3: eth0: ..." without the number, and without the process in the mark of a VMAC.
fn unnumbered(line: &str) -> String {
    let rest =
        line.split_once(": ").filter(|(number, _)| number.parse::<u32>().is_ok_and(|number| number < 1_000));
    let words = rest.map_or(line, |(_, rest)| rest).split_whitespace();
    words.map(|word| if word.starts_with("kad/") { "kad/" } else { word }).collect::<Vec<_>>().join(" ")
}

/// All that alpha's kernel has of what daemons touch. Numbers of interfaces are left out.
fn kernel(stage: &Stage) -> Vec<String> {
    let mut lines = Vec::new();
    for what in [
        "-o link show",
        "-o address show",
        "-4 route show table all",
        "-6 route show table all",
        "-4 rule show",
        "-6 rule show",
    ] {
        // The kernel keeps some for itself, and forgets them when it likes.
        let own = |line: &&str| line.starts_with("multicast") || line.starts_with("broadcast");
        let mut text: Vec<String> =
            stage.ip(what).lines().filter(|line| !own(line)).map(unnumbered).collect();
        text.sort();
        lines.append(&mut text);
    }
    let rules = stage.alpha.run("nft", &["-s", "list", "ruleset"]).unwrap().stdout;
    let mut tables: Vec<&str> = rules.split("table ").skip(1).collect();
    tables.sort_unstable();
    lines.extend(tables.iter().flat_map(|table| table.lines()).map(str::to_owned));
    for file in ["arp_ignore", "arp_filter", "rp_filter", "promote_secondaries", "accept_local"] {
        for place in ["all", "eth0"] {
            let name = format!("net.ipv4.conf.{place}.{file}");
            lines.push(stage.alpha.run("sysctl", &[&name]).unwrap().stdout.trim().to_owned());
        }
    }
    lines
}

fn same(what: &str, before: &[String], after: &[String]) {
    assert!(before == after, "{what}:\n{}", difference(before, after));
}

/// What the kernel has once it is `expected`, or in the end.
fn once(stage: &Stage, expected: &[String]) -> Vec<String> {
    poll_until(SOON, || kernel(stage) == expected);
    kernel(stage)
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn nothing_is_left_or_doubled_of_all_that_there_is() {
    let stage = Stage::new(Who::Kad);
    let before = kernel(&stage);
    let masters = |daemon: &netlab::peer::Daemon, names: &[&str]| {
        for name in names {
            daemon.proc().wait_for(&format!("({name}) Entering MASTER STATE"), SOON).unwrap();
        }
        for address in ["10.77.0.100", "fd77::100"] {
            stage.alpha.wait_for_address(address.parse().unwrap(), SOON).unwrap();
        }
    };
    let mut daemon = stage.start(&everything());
    masters(&daemon, &["V1", "V2", "V3", "V4"]);
    let reign = kernel(&stage);
    assert!(reign.len() > before.len() + 60, "{}", reign.join("\n"));

    // The same file: all is there once.
    for _ in 0..2 {
        daemon.proc().kill_tree().unwrap();
        same("killed", &reign, &kernel(&stage));
        daemon.restart().unwrap();
        masters(&daemon, &["V1", "V2", "V3", "V4"]);
        same("killed and restarted", &reign, &once(&stage, &reign));
    }

    // Another file, after a clean stop and after a kill: nothing tells the one from the other.
    daemon.proc().terminate(SOON).unwrap();
    same("stopped", &before, &once(&stage, &before));
    let other = instance("V9", 59, "", "10.77.0.109");
    let alone = |daemon: &netlab::peer::Daemon| {
        daemon.proc().wait_for("(V9) Entering MASTER STATE", SOON).unwrap();
        stage.alpha.wait_for_address("10.77.0.109".parse().unwrap(), SOON).unwrap();
    };
    daemon.rewrite(&other).unwrap();
    daemon.restart().unwrap();
    alone(&daemon);
    let fresh = kernel(&stage);
    daemon.proc().terminate(SOON).unwrap();
    daemon.rewrite(&everything()).unwrap();
    daemon.restart().unwrap();
    masters(&daemon, &["V1", "V2", "V3", "V4"]);
    daemon.proc().kill_tree().unwrap();
    daemon.rewrite(&other).unwrap();
    daemon.restart().unwrap();
    alone(&daemon);
    same("killed, and another file", &fresh, &once(&stage, &fresh));
    daemon.proc().terminate(SOON).unwrap();
    same("in the end", &before, &once(&stage, &before));
}

/// Two daemons in one namespace: what the one that lives has set is not taken for a dead one's.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_living_one_is_not_robbed() {
    let stage = Stage::new(Who::Kad);
    let routes = "virtual_routes {\n 10.90.0.0/24 via 10.77.0.9 dev eth0\n }";
    let first = stage.start(&instance("V1", 51, routes, "10.77.0.100"));
    stage.alpha.wait_for_address("10.77.0.100".parse().unwrap(), SOON).unwrap();
    let program = stage.program();
    let other = instance("V9", 59, "", "10.77.0.109");
    let second = netlab::peer::Daemon::start(&stage.alpha, "second", &program, &other).unwrap();
    stage.alpha.wait_for_address("10.77.0.109".parse().unwrap(), SOON).unwrap();
    let there = kernel(&stage).join("\n");
    assert!(there.contains("10.77.0.100/32") && there.contains("10.90.0.0/24"), "{there}");
    let told = |text: &str| {
        first.proc().lines_since(netlab::Mark::START).iter().any(|line| line.text.contains(text))
    };
    assert!(!told("removed from eth0"), "{}", stage.lab.log_tail());
    second.proc().terminate(SOON).unwrap();
    first.proc().terminate(SOON).unwrap();
}
