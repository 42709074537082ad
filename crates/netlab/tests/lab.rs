//! The lab itself: what it builds can be seen, cut and healed, and it leaves nothing behind.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use netlab::{Change, Frame, Host, Lab, LabError, Mark};

type Outcome = Result<(), Box<dyn Error>>;

/// Environment variable by which this program tells itself that it is a child.
const ROLE: &str = "NETLAB_TEST_ROLE";
const LONG: Duration = Duration::from_secs(20);
const OFTEN: Duration = Duration::from_millis(10);

struct Lan {
    alpha: Host,
    beta: Host,
    client: Host,
    lab: Lab,
}

fn lan(name: &str) -> Result<Lan, LabError> {
    let lab = Lab::new(name)?;
    let alpha = lab.host("alpha", &["10.77.0.1/24", "fd77::1/64"])?;
    let beta = lab.host("beta", &["10.77.0.2/24", "fd77::2/64"])?;
    let client = lab.client("client", &["10.77.0.9/24", "fd77::9/64"])?;
    Ok(Lan { alpha, beta, client, lab })
}

const fn v4(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 77, 0, last))
}

const fn v6(last: u16) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, last))
}

fn eth0(wanted: bool) -> impl FnMut(&Change) -> bool {
    move |change| matches!(change, Change::Link { interface, up } if interface == "eth0" && *up == wanted)
}

fn sh(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn hosts_reach_each_other_by_both_families() -> Outcome {
    let Lan { alpha, client, lab: _lab, .. } = lan("reach")?;
    for target in [v4(1), v6(1), alpha.link_local().into()] {
        let pings = client.ping(target, OFTEN)?;
        pings.wait_for_answer(Mark::START, LONG)?;
        assert_eq!(client.neighbour(target)?, Some(alpha.mac()), "{target}");
        let summary = pings.finish()?;
        assert!(summary.sent >= 1 && summary.answered >= 1, "{summary:?}");
    }
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn addresses_and_links_are_seen_as_they_change() -> Outcome {
    let Lan { alpha, lab: _lab, .. } = lan("seen")?;
    for (vip, address) in [("10.77.0.100/24", v4(100)), ("fd77::100/128", v6(0x100))] {
        assert!(!alpha.has_address(address)?);
        alpha.run("ip", &["address", "add", vip, "dev", "eth0"])?;
        let got = alpha.wait_for_address(address, LONG)?;
        assert!(alpha.has_address(address)?);
        alpha.run("ip", &["address", "del", vip, "dev", "eth0"])?;
        let lost = alpha.wait_for_no_address(address, LONG)?;
        assert!(got < lost && !alpha.has_address(address)?);
    }
    let mark = alpha.mark();
    alpha.link_down()?;
    alpha.wait_for_change(mark, "carrier lost", LONG, eth0(false))?;
    let mark = alpha.mark();
    alpha.link_up()?;
    alpha.wait_for_change(mark, "carrier back", LONG, eth0(true))?;
    alpha.iface_down()?;
    alpha.wait_for_no_address(v6(1), LONG)?;
    alpha.iface_up()?;
    alpha.wait_for_address(v6(1), LONG)?;
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn a_cut_is_one_way_and_a_partition_both() -> Outcome {
    let Lan { alpha, beta, client, lab } = lan("cut")?;
    // An ARP request for an address that nobody has is a broadcast.
    let ask = |host: &Host, to: &str| {
        host.run("sh", &["-c", &format!("ping -c 1 -W 0.05 {to} >/dev/null || true")]).map(drop)
    };
    let arp_from = |host: &Host| {
        let mac = host.mac().0;
        move |frame: &Frame| (frame.bytes.get(6..12) == Some(&mac[..])).then_some(())
    };
    let heard = |at: &Host, from: &Host, to: &str| -> Result<bool, LabError> {
        let capture = lab.capture(at, "arp")?;
        let control = lab.capture(&client, "arp")?;
        ask(from, to)?;
        control.wait_for(Mark::START, "an ARP request", LONG, arp_from(from))?;
        // What the client sends now follows the request through the switch, and is not cut.
        let mark = capture.mark();
        client.run("ip", &["neigh", "flush", "dev", "eth0"])?;
        ask(&client, "10.77.0.250")?;
        capture.wait_for(mark, "the client's ARP request", LONG, arp_from(&client))?;
        Ok(capture.since(Mark::START).iter().any(|frame| arp_from(from)(frame).is_some()))
    };
    assert!(heard(&beta, &alpha, "10.77.0.50")?);
    lab.cut(&[&alpha], &[&beta])?;
    assert!(!heard(&beta, &alpha, "10.77.0.51")?);
    assert!(heard(&alpha, &beta, "10.77.0.52")?);
    lab.partition(&[&alpha], &[&beta])?;
    assert!(!heard(&alpha, &beta, "10.77.0.53")?);
    lab.heal()?;
    assert!(heard(&alpha, &beta, "10.77.0.54")?);
    assert!(heard(&beta, &alpha, "10.77.0.55")?);
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn a_crash_lets_nobody_say_farewell() -> Outcome {
    let Lan { alpha, lab: _lab, .. } = lan("crash")?;
    let script = "trap 'echo parent leaves; exit 7' TERM; \
        sh -c 'trap \"echo child leaves\" TERM; echo up; while :; do sleep 0.05; done' & wait; echo alone";
    let daemon = alpha.spawn("daemon", &sh(script))?;
    daemon.wait_for("up", LONG)?;
    assert!(daemon.tree().len() >= 2, "{:?}", daemon.tree());
    daemon.kill_tree()?;
    let said: Vec<String> = daemon.lines_since(Mark::START).into_iter().map(|line| line.text).collect();
    assert_eq!((said, daemon.is_running()), (vec!["up".to_owned()], false));

    let daemon = alpha.spawn("daemon", &sh(script))?;
    daemon.wait_for("up", LONG)?;
    let status = daemon.terminate(LONG)?;
    daemon.wait_for("parent leaves", LONG)?;
    assert_eq!(status.code(), Some(7));
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn errors_show_the_last_lines_of_all_processes() -> Outcome {
    let Lan { alpha, beta, lab: _lab, .. } = lan("errors")?;
    let talker = alpha.spawn("talker", &sh("echo from alpha; exec sleep 60"))?;
    let other = beta.spawn("other", &sh("echo from beta; exit 1"))?;
    talker.wait_for("from alpha", LONG)?;
    let ended = other.wait_for("what it never says", LONG).unwrap_err();
    assert!(matches!(ended, LabError::Ended { .. }), "{ended}");
    let late = talker.wait_for("what it never says", Duration::from_millis(20)).unwrap_err().to_string();
    for part in ["alpha talker: its log line", "alpha talker: from alpha", "beta other: from beta"] {
        assert!(late.contains(part), "{part}: {late}");
    }
    Ok(())
}

/// In the child: a lab that a killed program leaves. It says what must vanish and waits to be killed.
fn hold_a_lab() -> Outcome {
    let Lan { alpha, lab: _lab, .. } = lan("held")?;
    let scratch = alpha.scratch("daemon")?;
    let daemon = alpha.spawn("daemon", &sh("(setsid sleep 600 &) ; echo up; exec sleep 600"))?;
    daemon.wait_for("up", LONG)?;
    println!("held {} {}", daemon.id().ok_or("no daemon")?, scratch.display());
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn a_killed_program_leaves_nothing() -> Outcome {
    if std::env::var_os(ROLE).is_some() {
        return hold_a_lab();
    }
    for signal in ["KILL", "INT", "TERM"] {
        let mut program = Command::new(std::env::current_exe()?)
            .args(["--include-ignored", "--exact", "--nocapture", "a_killed_program_leaves_nothing"])
            .env(ROLE, "hold")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = BufReader::new(program.stdout.take().ok_or("no output")?);
        let held = out.lines().map_while(Result::ok).find(|line| line.starts_with("held "));
        let held = held.ok_or("the child held no lab")?;
        let (pid, scratch) = held.trim_start_matches("held ").split_once(' ').ok_or("no scratch folder")?;
        let (daemon, folder) = (PathBuf::from(format!("/proc/{pid}")), Path::new(scratch));
        assert!(daemon.exists() && folder.is_dir(), "{held}");
        Command::new("sh").args(["-c", &format!("kill -{signal} {}", program.id())]).status()?;
        program.wait()?;
        assert!(netlab::poll_until(LONG, || !daemon.exists()), "the daemon outlives SIG{signal}");
        let lab = folder.parent().ok_or("no lab folder")?;
        assert!(netlab::poll_until(LONG, || !lab.exists()), "{} outlives SIG{signal}", lab.display());
    }
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn nothing_is_left_behind() -> Outcome {
    let Lan { alpha, lab, .. } = lan("gone")?;
    let scratch = alpha.scratch("daemon")?;
    let daemon = alpha.spawn("daemon", &sh("(setsid sleep 600 &) ; echo up; exec sleep 600"))?;
    daemon.wait_for("up", LONG)?;
    let pid = daemon.id().ok_or("no daemon")?;
    assert!(std::fs::exists(format!("/proc/{pid}"))? && scratch.is_dir());
    let namespace = std::fs::read_link(format!("/proc/{pid}/ns/net"))?;
    drop(lab);
    assert!(netlab::poll_until(LONG, || !std::fs::exists(format!("/proc/{pid}")).unwrap_or(true)));
    assert!(!std::fs::exists(scratch.parent().ok_or("no lab folder")?)?);
    let still = std::fs::read_dir("/proc")?
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path().join("ns/net")).ok())
        .any(|other| other == namespace);
    assert!(!still, "a process still holds {}", namespace.display());
    Ok(())
}
