//! Everything at once: many instances on four LANs with scripts and files, links that flap, files that change, and a
//! reload every second. Nothing may end, grow or be left over, and each address has one master in the end.
//!
//! In short by default; `KAD_STRESS=1000x60` is the whole of it: 1,000 instances for a minute.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use netlab::{Host, Lab, Mark, Proc, Signal, poll_until};

/// Bound of every wait for something that is sure to come.
const SOON: Duration = Duration::from_secs(30);
/// LANs, and interfaces of a host.
const LANS: usize = 4;
/// Between two changes of a link or a file.
const STEP: Duration = Duration::from_millis(250);
/// Changes between two reloads.
const STEPS: usize = 4;
/// What the memory of a daemon may grow by in the longer part of the run, and the part of it that may come on top.
const GROWTH: u64 = 512 * 1024;
const GROWTH_PART: u64 = 10;

/// How many instances, for how long.
fn size() -> (usize, Duration) {
    let text = std::env::var("KAD_STRESS").unwrap_or("200x10".into());
    let (instances, seconds) = text.split_once('x').unwrap();
    (instances.parse().unwrap(), Duration::from_secs(seconds.parse().unwrap()))
}

struct Node {
    host: Host,
    folder: PathBuf,
    priority: u8,
    instances: usize,
    daemon: Proc,
}

/// What must be the same in the end, and what may grow a little.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    /// By process, the files it has open.
    open: BTreeMap<u32, usize>,
}

impl Node {
    fn start(host: Host, priority: u8, instances: usize) -> Self {
        let folder = host.scratch("stress").unwrap();
        for file in 0..4 {
            fs::write(folder.join(format!("weight{file}")), "0\n").unwrap();
        }
        fs::write(folder.join("keepalived.conf"), conf(&folder, priority, instances, 0)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_kad"));
        command.args(["-n", "-l", "-G", "-f"]).arg(folder.join("keepalived.conf"));
        for (flag, file) in [("-p", "p.pid"), ("-r", "r.pid"), ("-c", "c.pid")] {
            command.arg(flag).arg(folder.join(file));
        }
        let daemon = host.spawn("kad", command.env("TMPDIR", &folder)).unwrap();
        Self { host, folder, priority, instances, daemon }
    }

    fn reload(&self, variant: usize) {
        let conf = conf(&self.folder, self.priority, self.instances, variant);
        fs::write(self.folder.join("keepalived.conf"), conf).unwrap();
        self.daemon.signal(Signal::HUP).unwrap();
    }

    fn link(&self, lan: usize, state: &str) {
        self.host.run("ip", &["link", "set", &format!("lan{lan}"), state]).unwrap();
    }

    fn write(&self, file: usize, weight: i32) {
        fs::write(self.folder.join(format!("weight{file}")), format!("{weight}\n")).unwrap();
    }

    fn addresses(&self) -> Vec<String> {
        let text = self.host.run("ip", &["-o", "-4", "address"]).unwrap().stdout;
        let word = |line: &str| line.split_whitespace().nth(3).map(str::to_owned);
        text.lines().filter_map(word).filter(|address| address.ends_with("/32")).collect()
    }

    fn held(&self) -> Held {
        let open =
            |process: u32| fs::read_dir(format!("/proc/{process}/fd")).map(Iterator::count).unwrap_or(0);
        Held { open: self.daemon.tree().into_iter().map(|process| (process, open(process))).collect() }
    }

    fn memory(&self) -> u64 {
        self.daemon.tree().into_iter().map(super::router::anonymous_memory).sum()
    }
}

/// Three of them: as it began; with other priorities and one more address each; with another instance and without one.
fn conf(folder: &Path, priority: u8, instances: usize, variant: usize) -> String {
    let mut text = String::from(
        "global_defs {\n script_user root\n vrrp_garp_master_repeat 1\n dynamic_interfaces\n}\n",
    );
    for number in 0..4 {
        let file = folder.join(format!("weight{number}"));
        text += &format!(
            "vrrp_script S{number} {{\n script \"/bin/true\"\n interval 1\n}}\n\
             track_file F{number} {{\n file \"{}\"\n weight 1\n}}\n",
            file.display()
        );
    }
    for number in 0..instances {
        let (lan, vrid) = (number % LANS, number / LANS + 1);
        if variant == 2 && vrid == 1 {
            continue;
        }
        text += &instance(lan, vrid, priority + variant as u8, variant == 1);
    }
    if variant == 2 {
        text += &instance(0, 255, priority, false);
    }
    text
}

fn instance(lan: usize, vrid: usize, priority: u8, more: bool) -> String {
    let accept = if vrid.is_multiple_of(8) { "no_accept" } else { "accept" };
    let more = if more { format!("10.{}.2.{vrid}", 100 + lan) } else { String::new() };
    let which = vrid % 4;
    format!(
        "vrrp_instance I{lan}_{vrid} {{
    interface lan{lan}
    virtual_router_id {vrid}
    priority {priority}
    advert_int 1
    version 3
    {accept}
    garp_master_delay 0
    track_script {{\n S{which}\n }}
    track_file {{\n F{which}\n }}
    virtual_ipaddress {{\n 10.{}.1.{vrid}\n {more}\n }}
}}
",
        100 + lan
    )
}

/// A cable between the two hosts for each LAN.
fn cable(a: &Host, b: &Host) -> [Proc; 2] {
    let presence = |host: &Host| {
        let mut idle = Command::new("sleep");
        idle.arg("600");
        host.spawn("presence", &idle).unwrap()
    };
    let both = [presence(a), presence(b)];
    let [near, far] = [&both[0], &both[1]].map(|proc| proc.id().unwrap().to_string());
    for lan in 0..LANS {
        let name = format!("lan{lan}");
        let link = ["ip", "link", "add", &name, "type", "veth", "peer", "name", &name, "netns", &far];
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{near}/ns/net")).args(link);
        assert!(command.status().unwrap().success(), "no cable for LAN {lan}");
        for (host, last) in [(a, 1), (b, 2)] {
            host.run("ip", &["address", "add", &format!("10.{}.0.{last}/24", 100 + lan), "dev", &name])
                .unwrap();
            host.run("ip", &["link", "set", &name, "up"]).unwrap();
        }
    }
    both
}

/// Links flap, files change, and every so often both are told of another file.
fn disturb(nodes: [&Node; 2], time: Duration) {
    let begin = netlab::now();
    let mut round = 0;
    while begin.elapsed() < time {
        for step in 0..STEPS {
            let lan = (round + step) % LANS;
            nodes[round % 2].link(lan, "down");
            nodes[step % 2].write(step, [0, 60, -60, 3][(round + step) % 4]);
            poll_until(STEP, || false);
            nodes[round % 2].link(lan, "up");
        }
        round += 1;
        nodes[0].reload(round % 3);
        if round.is_multiple_of(2) {
            nodes[1].reload(round % 3);
        }
    }
    for node in nodes {
        node.reload(0);
        (0..STEPS).for_each(|file| node.write(file, 0));
    }
}

/// Every address on one host and not on both.
fn one_master_each(nodes: [&Node; 2], lab: &Lab, when: &str) {
    let expected = nodes[0].instances;
    let counts = || {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for address in nodes.iter().flat_map(|node| node.addresses()) {
            *counts.entry(address).or_default() += 1;
        }
        counts
    };
    let mut last = BTreeMap::new();
    // Twice with an interval between: not on the way from one to the other.
    for _ in 0..2 {
        let settled = poll_until(SOON, || {
            last = counts();
            last.len() == expected && last.values().all(|count| *count == 1)
        });
        let odd: Vec<_> = last.iter().filter(|(_, count)| **count != 1).collect();
        assert!(settled, "{when}: {} of {expected} addresses, {odd:?}\n{}", last.len(), lab.log_tail());
        poll_until(Duration::from_millis(1_200), || false);
    }
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only hostile"]
fn many_instances_under_stress() {
    let (instances, time) = size();
    let lab = Lab::new("stress").unwrap();
    let alpha = lab.host("alpha", &["10.77.0.1/24"]).unwrap();
    let beta = lab.host("beta", &["10.77.0.2/24"]).unwrap();
    let _presences = cable(&alpha, &beta);
    let (alpha, beta) = (Node::start(alpha, 150, instances), Node::start(beta, 100, instances));
    let nodes = [&alpha, &beta];
    one_master_each(nodes, &lab, "at first");
    // What is made once is made in the first part.
    disturb(nodes, time / 3);
    one_master_each(nodes, &lab, "after a third");
    let before = nodes.map(|node| (node.held(), node.memory()));
    disturb(nodes, time - time / 3);
    one_master_each(nodes, &lab, "at last");
    for (node, (held, memory)) in nodes.into_iter().zip(before) {
        let name = node.host.name();
        let mut now = node.held();
        // A script may run at the moment.
        poll_until(SOON, || {
            now = node.held();
            now == held
        });
        assert_eq!(now, held, "{name}: processes and their open files");
        let grown = node.memory();
        println!("{name}: {instances} instances, memory {memory} then {grown}, open files {held:?}");
        assert!(grown <= memory + GROWTH + memory / GROWTH_PART, "{name}: memory {memory}, then {grown}");
        let lines = node.daemon.lines_since(Mark::START);
        let bad =
            lines.iter().find(|line| line.text.contains("panicked") || line.text.contains("Respawning"));
        assert!(bad.is_none(), "{name}: {bad:?}");
        let reloads = lines.iter().filter(|line| line.text.contains("Reload complete")).count();
        println!("{name}: {reloads} reloads");
        assert!(reloads as u64 * 4 > time.as_secs(), "{name}: only {reloads} reloads in {time:?}");
        node.daemon.terminate(SOON).unwrap();
        assert!(node.addresses().is_empty(), "{name}: left after a stop: {:?}", node.addresses());
        let rules = node.host.run("nft", &["list", "ruleset"]).unwrap().stdout;
        assert!(rules.is_empty(), "{name}: left after a stop\n{rules}");
    }
}
