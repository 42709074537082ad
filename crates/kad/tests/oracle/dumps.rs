//! The dump files after the same events: counters, JSON, and the state that users search for.
//!
//! keepalived writes them to `/tmp` whatever the lab; both daemons are told another place by `TMPDIR`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use netlab::{Proc, poll_until};

use crate::stage::{SOON, Stage, both};
use crate::voice::{advert, advert_from};
use crate::wire::difference;

const CONF: &str = "vrrp_instance V1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 2
    advert_int 1
    garp_master_delay 1
    authentication {
        auth_type PASS
        auth_pass secret1
    }
    virtual_ipaddress {
        10.77.0.100/24 dev eth0 label eth0:vip
        10.77.0.101
    }
    virtual_ipaddress_excluded {
        10.77.0.110
        fd77::110/64
    }
}
vrrp_instance V2 {
    state BACKUP
    interface eth0
    virtual_router_id 52
    priority 100
    version 3
    advert_int 0.4
    preempt_delay 3
    virtual_ipaddress {
        fe80::100
        fd77::100
    }
}
";

/// SIGRTMIN+2, which asks for the JSON file.
const JSON: &str = "36";

struct Dumper {
    proc: Proc,
    folder: PathBuf,
}

impl Dumper {
    fn start(stage: &Stage) -> Self {
        let folder = stage.alpha.scratch("dumps").unwrap();
        let file = folder.join("keepalived.conf");
        fs::write(&file, CONF).unwrap();
        let mut command = Command::new(stage.program());
        command.args(["-n", "-l", "-G", "-D", "-f"]).arg(file).env("TMPDIR", &folder);
        for (flag, file) in [("-p", "p.pid"), ("-r", "r.pid"), ("-c", "c.pid")] {
            command.arg(flag).arg(folder.join(file));
        }
        Self { proc: stage.alpha.spawn("dumper", &command).unwrap(), folder }
    }

    /// Asks for a dump by a signal's number and returns the file once it is whole.
    fn dump(&self, signal: &str, file: &str, whole: impl Fn(&str) -> bool) -> String {
        let path = self.folder.join(file);
        let _ = fs::remove_file(&path);
        let pid = self.proc.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let mut text = String::new();
        let there = poll_until(SOON, || {
            text = fs::read_to_string(&path).unwrap_or_default();
            whole(&text)
        });
        assert!(there, "{file} of {}: {text:?}", self.proc.name());
        text
    }
}

/// A broken advert of V1, and why it is.
fn broken() -> Vec<Vec<u8>> {
    let good = advert(2, 100, 150);
    let change = |place: usize, octet: u8| {
        let mut packet = good.clone();
        packet[place] = octet;
        packet
    };
    vec![
        change(8, 254),                  // TTL
        good.clone(),                    // no password
        change(20, 0x31),                // version 3
        change(20, 0x22),                // type 2
        good[..good.len() - 4].to_vec(), // too short
        advert(2, 200, 150),             // interval
        advert_from([10, 77, 0, 3].into(), 2, 100, 150, &[[10, 77, 0, 9]]),
    ]
}

struct Dumps {
    stats: Vec<String>,
    json: Vec<String>,
    states: Vec<String>,
}

fn dumps(stage: &Stage) -> Dumps {
    let dumper = Dumper::start(stage);
    dumper.proc.wait_for("(V1) Entering MASTER STATE", SOON).unwrap();
    dumper.proc.wait_for("(V2) Entering MASTER STATE", SOON).unwrap();
    for packet in broken() {
        stage.eve_sends(&packet);
        poll_until(Duration::from_millis(30), || false);
    }
    let stats = dumper.dump("USR2", "keepalived.stats", |text| text.matches("Priority Zero").count() == 2);
    let data = dumper.dump("USR1", "keepalived.data", |text| text.contains("Interfaces"));
    let json = dumper.dump(JSON, "keepalived.json", |text| text.ends_with('\n'));
    dumper.proc.terminate(SOON).unwrap();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    Dumps { stats: lines(&stats), json: keys(&json), states: lines(&data) }
}

/// A line for every member of the JSON text.
fn keys(json: &str) -> Vec<String> {
    json.replace(",\"", "\n\"").replace('{', "{\n").lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn counters_json_and_state() {
    let (c, k) = both(dumps);
    let mut report = String::new();
    for (what, c, k) in
        [("stats", &c.stats, &k.stats), ("json", &c.json, &k.json), ("data", &c.states, &k.states)]
    {
        if c != k {
            report += &format!("{what}:\n{}", difference(c, k));
        }
    }
    assert!(report.is_empty(), "{report}");
}
