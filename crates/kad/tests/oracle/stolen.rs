//! Whoever takes an address away, networkd, NetworkManager or a hand: it comes back, or the peer has it.

use std::time::Duration;

use netlab::peer::Daemon;
use netlab::{Host, Lab, poll_until};

use crate::stage::{SOON, Stage, Who};

/// How long what is back must stay.
const SETTLED: Duration = Duration::from_millis(300);

fn instance(name: &str, vrid: u8, priority: u8, interface: &str, more: &str, addresses: &str) -> String {
    format!(
        "vrrp_instance {name} {{
    interface {interface}
    virtual_router_id {vrid}
    priority {priority}
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

/// Runs words of a shell's `ip` and `sysctl` on a host, line by line.
fn run(host: &Host, lines: &str) {
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        host.run(words[0], &words[1..]).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}

fn pair(near: &str, far: &str, address: &str) -> String {
    format!(
        "ip link add {near} type veth peer name {far}
        ip link set {far} up
        ip link set {near} up
        ip address add {address} dev {near}"
    )
}

/// Every address that a host has, by itself.
fn addresses(host: &Host) -> Vec<String> {
    let text = host.run("ip", &["-o", "address", "show"]).unwrap().stdout;
    let word = |line: &str| {
        line.split_whitespace().nth(3).and_then(|word| word.split('/').next()).map(str::to_owned)
    };
    text.lines().filter_map(word).collect()
}

/// What is done to the interfaces `d0` and `d2` of a host.
fn thefts() -> Vec<(&'static str, String)> {
    let again =
        |near: &str, far: &str, address: &str| format!("ip link del {near}\n{}", pair(near, far, address));
    let off_and_on = |device: &str| {
        format!(
            "sysctl -qw net.ipv6.conf.{device}.disable_ipv6=1
            sysctl -qw net.ipv6.conf.{device}.disable_ipv6=0"
        )
    };
    vec![
        ("an IPv4 address is deleted", "ip address del 10.77.1.100/24 dev d0".into()),
        ("an IPv6 address is deleted", "ip address del fd77::102/128 dev d0".into()),
        ("an excluded one is deleted", "ip address del fd77::100/128 dev d0".into()),
        ("one of another interface is deleted", "ip address del fd78::100/128 dev d2".into()),
        (
            "all are flushed, and the host's own set again",
            "ip address flush dev d0
            ip address add 10.77.1.1/24 dev d0
            ip address add fe80::1/64 dev d0"
                .into(),
        ),
        ("all of another interface are flushed", "ip address flush dev d2".into()),
        ("the interface is down and up", "ip link set d0 down\nip link set d0 up".into()),
        ("another interface is down and up", "ip link set d2 down\nip link set d2 up".into()),
        ("the interface is made anew", again("d0", "d1", "10.77.1.1/24")),
        ("another interface is made anew", again("d2", "d3", "10.78.0.1/24")),
        ("IPv6 is switched off and on", off_and_on("d0")),
        ("IPv6 of another interface is switched off and on", off_and_on("d2")),
    ]
}

/// Each theft is suffered by instances of either family, with addresses of both and elsewhere, and by such as do not
/// follow their interface.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_takes_an_address_away_does_not_keep_it() {
    let excluded = "virtual_ipaddress_excluded {\n fd77::100\n 10.78.0.100 dev d2\n fd78::100 dev d2\n }";
    let conf = "global_defs {\n dynamic_interfaces\n}\n".to_owned()
        + &instance("V1", 51, 200, "d0", excluded, "10.77.1.100/24")
        + &instance("V2", 52, 200, "d0", "", "fe80::102\n fd77::102")
        + &instance(
            "V3",
            53,
            200,
            "d0",
            "dont_track_primary\n virtual_ipaddress_excluded {\n fd77::103\n }",
            "10.77.1.103",
        )
        + &instance("V4", 54, 200, "d0", "dont_track_primary", "fe80::104\n fd77::104");
    let wanted = [
        "10.77.1.100",
        "fd77::100",
        "10.78.0.100",
        "fd78::100",
        "fe80::102",
        "fd77::102",
        "10.77.1.103",
        "fd77::103",
        "fe80::104",
        "fd77::104",
    ];
    let stage = Stage::new(Who::Kad);
    run(&stage.alpha, "sysctl -qw net.ipv6.conf.default.accept_dad=0");
    run(&stage.alpha, &(pair("d0", "d1", "10.77.1.1/24") + "\n" + &pair("d2", "d3", "10.78.0.1/24")));
    let daemon = stage.start(&conf);
    let missing = || {
        let there = addresses(&stage.alpha);
        wanted.into_iter().filter(|address| !there.iter().any(|one| one == address)).collect::<Vec<_>>()
    };
    let all = |when: &str| {
        for _ in 0..2 {
            let back = poll_until(SOON, || missing().is_empty());
            assert!(back, "{when}: {:?} missing\n{}", missing(), stage.lab.log_tail());
            poll_until(SETTLED, || false);
        }
    };
    all("at first");
    for (theft, lines) in thefts() {
        run(&stage.alpha, &lines);
        all(theft);
    }
    daemon.proc().terminate(SOON).unwrap();
    let left: Vec<_> =
        addresses(&stage.alpha).into_iter().filter(|one| wanted.contains(&one.as_str())).collect();
    assert!(left.is_empty(), "left after a stop: {left:?}");
}

/// With a peer: in the end one of the two has it, and not both.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn with_a_peer_one_of_the_two_has_the_address() {
    let conf = |priority| {
        let excluded = "virtual_ipaddress_excluded {\n fd77::100\n }";
        instance("V1", 51, priority, "eth0", excluded, "10.77.0.100/24")
            + &instance("V2", 52, priority, "eth0", "", "fe80::102\n fd77::102")
    };
    let wanted = ["10.77.0.100", "fd77::100", "fe80::102", "fd77::102"];
    let lab = Lab::new("stolen").unwrap();
    let alpha = lab.host("alpha", &["10.77.0.1/24", "fd77::1/64"]).unwrap();
    let beta = lab.host("beta", &["10.77.0.2/24", "fd77::2/64"]).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_kad"));
    let _daemons = [(&alpha, 200), (&beta, 100)]
        .map(|(host, priority)| Daemon::start(host, "kad", program, &conf(priority)).unwrap());
    let holders = || {
        let (a, b) = (addresses(&alpha), addresses(&beta));
        let count = |there: &[String], one: &str| there.iter().filter(|address| *address == one).count();
        wanted.map(|address| (address, count(&a, address), count(&b, address)))
    };
    let one_each = |when: &str| {
        for _ in 0..2 {
            let settled = poll_until(SOON, || holders().iter().all(|(_, a, b)| a + b == 1));
            assert!(settled, "{when}: (address, alpha, beta) {:?}\n{}", holders(), lab.log_tail());
            poll_until(SETTLED, || false);
        }
    };
    one_each("at first");
    for (theft, lines) in [
        ("one is deleted", "ip address del 10.77.0.100/24 dev eth0"),
        ("all are flushed", "ip address flush dev eth0"),
        (
            "the host's own are back",
            "ip address add 10.77.0.1/24 dev eth0\nip address add fe80::1/64 dev eth0",
        ),
        ("the interface is down", "ip link set eth0 down"),
        ("and up", "ip link set eth0 up"),
        ("IPv6 is off", "sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1"),
        ("and on", "sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0\nip address add fe80::1/64 dev eth0"),
    ] {
        run(&alpha, lines);
        // Without IPv6 a master of IPv4 holds what it can.
        if theft != "IPv6 is off" && theft != "the interface is down" {
            one_each(theft);
        }
    }
}

/// Sends a signal to all processes of a daemon but the parent.
fn signal_children(daemon: &Daemon, signal: &str) {
    for pid in daemon.proc().tree().into_iter().skip(1) {
        let sent = std::process::Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

/// The process hears of the theft after it was given the new configuration, and before it has taken it over.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn what_is_taken_away_in_the_middle_of_a_reload_comes_back() {
    let stage = Stage::new(Who::Kad);
    let conf =
        |priority| instance("V1", 51, priority, "eth0", "", "10.77.0.100/24\n 10.77.0.101/24 no_track");
    let daemon = stage.start(&conf(200));
    let wanted = ["10.77.0.100", "10.77.0.101"];
    let all_there = || {
        let there = addresses(&stage.alpha);
        wanted.iter().all(|address| there.iter().any(|one| one == address))
    };
    assert!(poll_until(SOON, all_there), "{}", stage.lab.log_tail());
    for (round, address) in (0..).zip(wanted) {
        let mark = daemon.proc().mark();
        signal_children(&daemon, "-STOP");
        daemon.rewrite(&conf(201 + round)).unwrap();
        daemon.proc().signal(netlab::Signal::HUP).unwrap();
        daemon.proc().wait_for_after(mark, "Reloading ...", SOON).unwrap();
        // The parent hands it over without a word.
        poll_until(SETTLED, || false);
        run(&stage.alpha, &format!("ip address del {address}/24 dev eth0"));
        signal_children(&daemon, "-CONT");
        daemon.proc().wait_for_after(mark, "Reload complete", SOON).unwrap();
        assert!(poll_until(SOON, all_there), "{address} is lost\n{}", stage.lab.log_tail());
    }
    daemon.proc().terminate(SOON).unwrap();
}
