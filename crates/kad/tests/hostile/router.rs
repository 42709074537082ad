//! kad under attack, and what can be measured of it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use netlab::{Host, Mark, Proc, poll_until};

const SOON: Duration = Duration::from_secs(12);

/// A kad with one instance of each kind.
pub(crate) struct Router {
    name: String,
    proc: Proc,
    folder: PathBuf,
}

/// What must not change.
#[derive(Debug)]
pub(crate) struct Measure {
    processes: Vec<u32>,
    memory: u64,
}

impl Router {
    pub(crate) fn start(host: &Host, priority: u8) -> Self {
        let folder = host.scratch("kad").unwrap();
        let file = folder.join("keepalived.conf");
        fs::write(&file, conf(priority)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_kad"));
        command.args(["-n", "-l", "-G", "-f"]).arg(file).env("TMPDIR", &folder);
        for (flag, file) in [("-p", "p.pid"), ("-r", "r.pid"), ("-c", "c.pid")] {
            command.arg(flag).arg(folder.join(file));
        }
        Self { name: host.name().to_owned(), proc: host.spawn("kad", &command).unwrap(), folder }
    }

    pub(crate) fn proc(&self) -> &Proc {
        &self.proc
    }

    /// Waits until all its instances are in a state.
    pub(crate) fn settle(&self, state: &str) {
        for instance in ["V1", "V2", "V3"] {
            self.proc.wait_for(&format!("({instance}) Entering {state} STATE"), SOON).unwrap();
        }
    }

    pub(crate) fn measure(&self) -> Measure {
        let processes = self.proc.tree();
        let memory = processes.iter().map(|&process| anonymous_memory(process)).sum();
        Measure { processes, memory }
    }

    /// The same processes, as small as before, in the same states, and few words about it all.
    pub(crate) fn is_unmoved(&self, before: &Measure, mark: Mark, growth: u64) {
        let now = self.measure();
        let name = &self.name;
        assert_eq!(now.processes, before.processes, "{name}: a process ended");
        println!("{name}: memory {} then {}", before.memory, now.memory);
        assert!(now.memory <= before.memory + growth, "{name}: {before:?}, then {now:?}");
        let lines = self.proc.lines_since(mark);
        for line in &lines {
            let text = &line.text;
            assert!(!text.contains(" STATE") && !text.contains("panicked"), "{name}: {text}");
        }
        println!("{name}: {} log lines", lines.len());
        assert!(lines.len() < 100, "{name}: {} lines of log, the last {:?}", lines.len(), lines.last());
    }

    /// Once it is over it costs no more than a daemon at peace.
    pub(crate) fn is_idle(&self) {
        let window = Duration::from_secs(1);
        let idle = poll_until(SOON, || {
            let before = self.processor_time();
            poll_until(window, || false);
            self.processor_time().saturating_sub(before) < window / 10
        });
        assert!(idle, "{}: still busy", self.name);
    }

    fn processor_time(&self) -> Duration {
        Duration::from_nanos(self.proc.tree().into_iter().map(nanoseconds_run).sum())
    }

    /// Every reason to refuse a packet is counted under its name.
    pub(crate) fn has_counted(&self) {
        let pid = self.proc.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", "USR2", &pid]).status().unwrap().success());
        let mut stats = String::new();
        let there = poll_until(SOON, || {
            stats = fs::read_to_string(self.folder.join("keepalived.stats")).unwrap_or_default();
            stats.matches("Priority Zero").count() == 3
        });
        assert!(there, "{}: {stats:?}", self.name);
        println!("{}: {stats}", self.name);
        for counter in ["Length", "TTL", "Type Mismatch", "Failure", "Invalid Type"] {
            let opening = format!("{counter}: ");
            let counts = stats.lines().filter_map(|line| line.trim().strip_prefix(&opening));
            let sum: u64 = counts.map(|count| count.parse::<u64>().unwrap()).sum();
            assert!(sum > 100, "{}: {counter} counted {sum}\n{stats}", self.name);
        }
    }
}

pub(crate) fn anonymous_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

/// Of all its threads.
fn nanoseconds_run(process: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let times = threads.map(|thread| fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap());
    times.map(|text| text.split(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

fn conf(priority: u8) -> String {
    let instance = |name: &str, vrid: u8, words: &str, address: &str| {
        format!(
            "vrrp_instance {name} {{
    interface eth0
    virtual_router_id {vrid}
    priority {priority}
    {words}
    virtual_ipaddress {{
        {address}
    }}
}}
"
        )
    };
    let password =
        "version 2\n    advert_int 1\n    authentication {\n auth_type PASS\n auth_pass secret\n }";
    instance("V1", 51, "version 3\n    advert_int 0.1", "10.77.0.100")
        + &instance("V2", 52, password, "10.77.0.101")
        + &instance("V3", 53, "version 3\n    advert_int 0.1", "fe80::100")
}
