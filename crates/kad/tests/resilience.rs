//! What must not move an election: a process that stood still, neighbours that are dead, a reload of hundreds of
//! addresses, a child that was killed.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use netlab::peer::Daemon;
use netlab::{Capture, Host, Lab, LabError, Mark};
use rustix::process::{Pid, Signal, kill_process};

const LONG: Duration = Duration::from_secs(15);

/// A configuration of VRRPv3 instances on eth0: VRID, priority, interval, and what else stands in the block.
fn conf(instances: &[(u8, u8, &str, String)]) -> String {
    let block = |(vrid, priority, interval, rest): &(u8, u8, &str, String)| {
        format!(
            "vrrp_instance V{vrid} {{\n interface eth0\n version 3\n virtual_router_id {vrid}\n priority {priority}\n \
             advert_int {interval}\n {rest}\n}}\n"
        )
    };
    instances.iter().map(block).collect()
}

fn addresses(range: impl Iterator<Item = u8>) -> String {
    let lines: String = range.map(|host| format!("  10.77.1.{host}\n")).collect();
    format!("virtual_ipaddress {{\n{lines} }}")
}

fn start(host: &Host, conf: &str) -> Result<Daemon, LabError> {
    Daemon::start(host, "kad", Path::new(env!("CARGO_BIN_EXE_kad")), conf)
}

/// Sends a signal to every process of the daemon, the children first.
fn signal_all(daemon: &Daemon, signal: Signal) {
    for id in daemon.proc().tree().into_iter().rev() {
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw).expect("a process number");
        kill_process(pid, signal).expect("the process is there");
    }
}

/// Waits for that many more adverts of a VRID.
fn adverts(capture: &Capture, vrid: u8, count: usize) -> Result<Vec<Instant>, LabError> {
    let (mark, mut seen) = (capture.mark(), Vec::new());
    capture.wait_for(mark, "adverts", LONG, |frame| {
        seen.extend(frame.advert().filter(|advert| advert.vrid.get() == vrid).map(|_| frame.at));
        (seen.len() >= count).then_some(())
    })?;
    Ok(seen)
}

fn said(daemon: &Daemon, mark: Mark, text: &str) -> usize {
    daemon.proc().lines_since(mark).iter().filter(|line| line.text.contains(text)).count()
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_backup_that_stood_still_hears_what_waited_before_it_judges() -> Result<(), LabError> {
    let lab = Lab::new("stall")?;
    let (left, right) = (lab.host("left", &["10.77.0.1/24"])?, lab.host("right", &["10.77.0.2/24"])?);
    let _master = start(&left, &conf(&[(51, 200, "0.1", addresses(1..=1))]))?;
    let backup = start(&right, &conf(&[(51, 100, "0.1", addresses(1..=1))]))?;
    left.wait_for_address([10, 77, 1, 1].into(), LONG)?;
    let capture = lab.capture(&right, "proto 112")?;
    adverts(&capture, 51, 3)?;
    for _ in 0..3 {
        let mark = backup.proc().mark();
        signal_all(&backup, Signal::STOP);
        // Ten intervals: its master-down timer has long run out.
        adverts(&capture, 51, 10)?;
        signal_all(&backup, Signal::CONT);
        adverts(&capture, 51, 5)?;
        assert_eq!(said(&backup, mark, "Entering MASTER"), 0, "{}", lab.log_tail());
    }
    Ok(())
}

/// A master stands still until the other one has taken over, and goes on: there are two masters for less than an
/// interval, whichever of them must yield, and the log says why.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_master_that_stood_still_is_one_of_two_for_less_than_an_interval() -> Result<(), LabError> {
    let vip = [10, 77, 1, 1].into();
    for (stalled, other, more) in [(200, 100, ""), (100, 200, "nopreempt\n ")] {
        let lab = Lab::new("stall")?;
        let (left, right) = (lab.host("left", &["10.77.0.1/24"])?, lab.host("right", &["10.77.0.2/24"])?);
        let master = start(&left, &conf(&[(51, stalled, "0.3", addresses(1..=1))]))?;
        left.wait_for_address(vip, LONG)?;
        let backup = start(&right, &conf(&[(51, other, "0.3", format!("{more}{}", addresses(1..=1)))]))?;
        backup.proc().wait_for("master set to 10.77.0.1", LONG)?;
        signal_all(&master, Signal::STOP);
        right.wait_for_address(vip, LONG)?;
        let (log, awake) = (master.proc().mark(), netlab::now());
        signal_all(&master, Signal::CONT);
        let (loser, winner) = if stalled > other { (&right, &left) } else { (&left, &right) };
        let yielded = loser.wait_for_no_address(vip, LONG)?;
        let both = yielded.saturating_duration_since(awake);
        assert!(both < Duration::from_millis(300), "two masters for {both:?}\n{}", lab.log_tail());
        assert!(winner.has_address(vip)?, "{}", lab.log_tail());
        master.proc().wait_for_after(log, "the process was not scheduled for", LONG)?;
    }
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn addresses_move_between_masters_by_the_hundred() -> Result<(), LabError> {
    let lab = Lab::new("move")?;
    let host = lab.host("left", &["10.77.0.1/16"])?;
    let before = [(51, 200, "0.1", addresses(1..=120)), (52, 200, "0.1", addresses(121..=121))];
    let after = [(51, 200, "0.1", addresses(1..=1)), (52, 200, "0.1", addresses(2..=121))];
    let daemon = start(&host, &conf(&before))?;
    host.wait_for_address([10, 77, 1, 120].into(), LONG)?;
    host.wait_for_address([10, 77, 1, 121].into(), LONG)?;
    // The log comes behind the deeds.
    daemon.proc().wait_for("(V51) Entering MASTER", LONG)?;
    daemon.proc().wait_for("(V52) Entering MASTER", LONG)?;
    let mark = daemon.proc().mark();
    daemon.rewrite(&conf(&after))?;
    daemon.proc().signal(netlab::Signal::HUP)?;
    daemon.proc().wait_for_after(mark, "Reload complete", LONG)?;
    let capture = lab.capture(&host, "proto 112")?;
    adverts(&capture, 52, 10)?;
    assert_eq!(said(&daemon, mark, "STATE"), 0, "{}", lab.log_tail());
    for last in 1..=121 {
        assert!(host.has_address([10, 77, 1, last].into())?, "10.77.1.{last} is gone");
    }
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn dead_peers_of_one_instance_do_not_silence_another() -> Result<(), LabError> {
    let lab = Lab::new("dead")?;
    let host = lab.host("left", &["10.77.0.1/16"])?;
    let peers: String = (1..=40).map(|host| format!("  10.77.9.{host}\n")).collect();
    let unicast = format!("unicast_peer {{\n{peers} }}\n {}", addresses(2..=2));
    let _daemon = start(&host, &conf(&[(51, 200, "0.1", addresses(1..=1)), (52, 200, "0.01", unicast)]))?;
    host.wait_for_address([10, 77, 1, 2].into(), LONG)?;
    host.wait_for_address([10, 77, 1, 1].into(), LONG)?;
    let capture = lab.capture(&host, "proto 112 and dst host 224.0.0.18")?;
    let times = adverts(&capture, 51, 60)?;
    let longest = times.windows(2).map(|pair| pair[1].saturating_duration_since(pair[0])).max();
    assert!(longest < Some(Duration::from_millis(250)), "a gap of {longest:?} where 100 ms are due");
    Ok(())
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_owner_whose_child_was_killed_keeps_its_address_once_it_is_back() -> Result<(), LabError> {
    let lab = Lab::new("owner")?;
    let host = lab.host("left", &["10.77.0.1/16"])?;
    let daemon = start(&host, &conf(&[(51, 255, "0.1", addresses(1..=3))]))?;
    host.wait_for_address([10, 77, 1, 3].into(), LONG)?;
    // The log comes behind the deeds.
    daemon.proc().wait_for("Entering MASTER", LONG)?;
    let mark = daemon.proc().mark();
    let child = daemon.proc().tree().into_iter().last().expect("the VRRP process");
    let child = i32::try_from(child).ok().and_then(Pid::from_raw).expect("a process number");
    kill_process(child, Signal::KILL).expect("the process is there");
    daemon.proc().wait_for_after(mark, "Entering MASTER", LONG)?;
    let capture = lab.capture(&host, "proto 112")?;
    adverts(&capture, 51, 10)?;
    assert_eq!(said(&daemon, mark, "Entering"), 1, "{}", lab.log_tail());
    Ok(())
}

/// While the network is split the client learns the other master's address; when it has healed the better master
/// hears of the other by an advert, before or when it yields, and says so to client, log and FIFO.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn after_a_split_the_neighbours_are_told_again() -> Result<(), LabError> {
    let vip = [10, 77, 0, 100].into();
    let lab = Lab::new("split")?;
    let (left, right) = (lab.host("left", &["10.77.0.1/24"])?, lab.host("right", &["10.77.0.2/24"])?);
    // Not one of the lab's clients, which soon doubt what they know of their neighbours.
    let client = lab.host("client", &["10.77.0.9/24"])?;
    let fifo = left.scratch("fifo")?.join("told");
    let address = String::from("virtual_ipaddress {\n 10.77.0.100\n }");
    let better = format!(
        "global_defs {{\n vrrp_notify_fifo {}\n}}\n{}",
        fifo.display(),
        conf(&[(51, 200, "0.1", address.clone())])
    );
    let survivor = start(&left, &better)?;
    left.wait_for_address(vip, LONG)?;
    let mut read = Command::new("cat");
    read.arg(&fifo);
    let told = left.spawn("fifo", &read)?;
    let other = start(&right, &conf(&[(51, 100, "0.1", address)]))?;
    other.proc().wait_for("master set to 10.77.0.1", LONG)?;
    let pings = client.ping(vip, Duration::from_millis(20))?;
    client.wait_for_neighbour(vip, left.mac(), LONG)?;
    for _ in 0..4 {
        let (log, events) = (survivor.proc().mark(), told.mark());
        lab.partition(&[&left], &[&right, &client])?;
        client.wait_for_neighbour(vip, right.mac(), LONG)?;
        lab.heal()?;
        let healed = netlab::now();
        client.wait_for_neighbour(vip, left.mac(), LONG)?;
        let late = healed.elapsed();
        assert!(late < Duration::from_secs(1), "{late:?}\n{}", lab.log_tail());
        survivor.proc().wait_for_after(
            log,
            "with lower priority 100, ours 200, forcing new election",
            LONG,
        )?;
        told.wait_for_after(events, "INSTANCE \"V51\" MASTER_RX_LOWER_PRI 200", LONG)?;
        assert_eq!(said(&survivor, log, "STATE"), 0, "{}", lab.log_tail());
        right.wait_for_no_address(vip, LONG)?;
    }
    drop(pings);
    Ok(())
}
