//! The dump files after the same events: counters, JSON, and the state that users search for.
//!
//! keepalived writes them to `/tmp` whatever the lab; both daemons are told another place by `TMPDIR`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use netlab::{Proc, poll_until};

use vrrp_wire::{Auth, Password};

use crate::stage::{SOON, Stage, both};
use crate::voice::advert_of;
use crate::wire::difference;

const CONF: &str = "global_defs {
    router_id host
    vrrp_rx_bufs_policy ADVERT
    vrrp_rx_bufs_multiplier 40
    vrrp_netlink_cmd_rcv_bufs 200000
    vrrp_priority 2
    process_names
    smtp_server 192.0.2.25
    notification_email_from a@example.net
    notification_email {
        b@example.net
    }
}
vrrp_instance V1 {
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
    smtp_alert
    notify_fault '/usr/bin/true one two' root
    notify_deleted /usr/bin/true
    notify /usr/bin/true root root
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
        Self::start_with(stage, CONF)
    }

    fn start_with(stage: &Stage, conf: &str) -> Self {
        let folder = stage.alpha.scratch("dumps").unwrap();
        let file = folder.join("keepalived.conf");
        fs::write(&file, conf).unwrap();
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

/// What V1 hears: every reason to refuse an advert, and some that it takes.
fn heard() -> Vec<Vec<u8>> {
    let list = [[10, 77, 0, 100], [10, 77, 0, 101]];
    let pass = |word: &[u8]| Auth::Pass(Password::new(word));
    let good = |priority| advert_of(2, 100, priority, &list, pass(b"secret1"));
    let change = |place: usize, octet: u8| {
        let mut packet = good(250);
        packet[place] = octet;
        packet
    };
    let mut short = good(250);
    short.truncate(short.len() - 4);
    vec![
        // TTL, version, type, count, checksum, length.
        change(8, 254),
        change(20, 0x31),
        change(20, 0x22),
        change(23, 3),
        change(26, 0x12),
        short,
        // No password, a wrong one, another interval.
        advert_of(2, 100, 250, &list, Auth::None),
        advert_of(2, 100, 250, &list, pass(b"secret2")),
        advert_of(2, 200, 250, &list, pass(b"secret1")),
        // Two that are as they should be.
        good(150),
        good(0),
    ]
}

struct Dumps {
    stats: Vec<String>,
    json: Vec<String>,
    topology: Vec<String>,
}

fn dumps(stage: &Stage) -> Dumps {
    let dumper = Dumper::start(stage);
    dumper.proc.wait_for("(V1) Entering MASTER STATE", SOON).unwrap();
    dumper.proc.wait_for("(V2) Entering MASTER STATE", SOON).unwrap();
    for packet in heard() {
        stage.eve_sends(&packet);
        poll_until(Duration::from_millis(30), || false);
    }
    let both_there = |text: &str| text.matches("Priority Zero").count() == 2;
    let stats = dumper.dump("USR2", "keepalived.stats", both_there);
    let data = dumper.dump("USR1", "keepalived.data", |text| text.contains("< Interfaces >"));
    let json = dumper.dump(JSON, "keepalived.json", |text| text.ends_with('\n'));
    dumper.proc.terminate(SOON).unwrap();
    let members = json.replace(",\"", "\n\"").replace('{', "{\n");
    Dumps { stats: lines(&stats), json: lines(&members), topology: topology(&data) }
}

/// Lines, without what no two runs have alike (times, and how many adverts were sent so far), and what is meant to differ.
fn lines(text: &str) -> Vec<String> {
    let mut section = "";
    let mut lines = Vec::new();
    // As keepalived says since 2.4, with the six lines after it.
    let since_24 =
        |line: &str| line.contains("auth_ext_") || line.trim() == "Authentication Extension Errors:";
    let of_a_trailer = ["Missing", "Malformed", "Unknown Key", "Invalid HMAC", "Stale", "Replay"];
    for line in text.lines() {
        let name = line.trim().split(':').next().unwrap_or_default();
        if since_24(line) || of_a_trailer.contains(&name) {
            continue;
        }
        if line.trim_end().ends_with(':') {
            section = line.trim();
        }
        lines.push(match line.split_once([':', '=']) {
            Some((key @ ("\"last_transition\"" | "\"advert_sent\""), _)) => format!("{key}: N"),
            Some((key, _)) if ["Last transition", "Read timeout"].contains(&key.trim()) => {
                format!("{key}: N")
            }
            // keepalived drops an advert of another interval without counting it, kad counts it.
            Some((key @ "\"advert_interval_err\"", _)) => key.to_owned(),
            Some((key, _)) if key.trim() == "Advertisement Interval" => key.to_owned(),
            Some((key, _)) if key.trim() == "Sent" && section == "Advertisements:" => format!("{key}: N"),
            Some(("\"auth_data\"", masked)) => {
                // A password is nobody's business; keepalived masks it since 2.4.
                format!("\"auth_data\":{}", masked.replace("secret1", "********"))
            }
            _ => line.to_owned(),
        });
    }
    lines
}

/// Lines of the topology that are not in both or not the same in both, by what they begin with, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("fd_in ", "a descriptor number"),
    ("Password = ", "masked, as keepalived does since 2.4"),
    ("Replace symlinks in script paths", SINCE),
    ("keep script symlinks", SINCE),
    ("Use VRRPv2 checksum for VRRPv3", SINCE),
    ("VRRPv3 uses VRRPv2 checksum", SINCE),
    ("json_version", SINCE),
    ("iproute ", SINCE),
    ("Flags of interface faults", SINCE),
    ("Last advert sent", SINCE),
    ("libnftnl version", "a library that kad has not"),
    ("SNMP ", "not part of kad yet"),
    ("DBus ", "not part of kad yet"),
    ("Default script uid:gid", "scripts are run by a part of its own"),
    ("Group = ", SINCE),
    ("Not IPv6 forwarding", "interfaces of hosts, not of routers"),
];

/// What keepalived 2.4.3 says and 2.2.7 does not, the oracle being that.
const SINCE: &str = "said by keepalived since 2.4; the oracle is 2.2.7";

/// Counters and values of VMACs, which belong to interfaces that have some.
const OF_VMACS: [&str; 5] = [
    "Reset ARP config counter",
    "Original arp_ignore",
    "Original arp_filter",
    "Original promote_secondaries",
    "Reset promote_secondaries counter",
];

/// The data dump, but for what is left out on purpose.
fn topology(data: &str) -> Vec<String> {
    let mut lines = lines(data);
    lines.retain(|line| {
        let mut openings = LEFT_OUT.iter().map(|(opening, _)| opening).chain(&OF_VMACS);
        !openings.any(|opening| line.trim().starts_with(opening))
    });
    for line in &mut lines {
        // The names of 2.4 for what 2.2.7 calls otherwise.
        *line = line.replace("interface and track script faults", "tracker faults");
        if line.trim().starts_with("MAC = ") || line.contains("IPv6 address = fe80") {
            // The other end of eth0 has an address of its own in every lab.
            *line = line.split('=').next().unwrap().to_owned();
        }
    }
    lines
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn counters_json_and_state() {
    let (c, k) = both(dumps);
    for (what, c, k) in
        [("stats", &c.stats, &k.stats), ("json", &c.json, &k.json), ("data", &c.topology, &k.topology)]
    {
        assert!(c == k, "keepalived.{what}:\n{}", difference(c, k));
    }
}

/// keepalived 2.2.7 drops adverts of another list, so that two routers with different lists are both masters; since
/// 2.3.3 it counts them and lets them count, and so does kad.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn another_list_of_addresses_is_counted() {
    let (keepalived, kad) = both(|stage| {
        let dumper = Dumper::start(stage);
        dumper.proc.wait_for("(V1) Entering MASTER STATE", SOON).unwrap();
        let list = [[10, 77, 0, 100], [10, 77, 0, 102]];
        let auth = Auth::Pass(Password::new(b"secret1"));
        stage.eve_sends(&advert_of(2, 100, 250, &list, auth));
        let stats = dumper.dump("USR2", "keepalived.stats", |text| text.contains("    Address List: 1"));
        stats.matches("Released master: 1").count()
    });
    assert_eq!((keepalived, kad), (0, 1), "who left its place to the other");
}

/// Groups, and what is tracked by them and by their members, with one member in FAULT.
const GROUPS: &str = "interface_up_down_delays {
    d0 0.4 0.2
}
vrrp_sync_group G {
    group {
        V1
        V2
    }
    sync_group_tracking_weight
    track_interface {
        d2 weight -30
    }
}
vrrp_instance V1 {
    interface eth0
    virtual_router_id 51
    track_interface {
        d0 weight 10
        d2
    }
    virtual_ipaddress {
        10.77.0.51
    }
}
vrrp_instance V2 {
    interface d0
    virtual_router_id 52
    dont_track_primary
    track_interface {
        eth0 weight 5 reverse
    }
    virtual_ipaddress {
        10.77.0.52
    }
}
";

/// Sections and lines that tell of groups and of tracking.
fn of_groups(data: &str) -> Vec<String> {
    let mut section = "";
    let mut told = Vec::new();
    for line in topology(data) {
        if line.starts_with("------<") {
            section = if line.contains("Sync groups") { "groups" } else { "" };
        }
        let words = [
            "Sync group = ",
            "Tracked ",
            "Tracking ",
            "weight ",
            "State = ",
            "Wantstate",
            "debounce",
            "Seen up",
        ];
        if section == "groups" || words.iter().any(|word| line.contains(word)) {
            told.push(line);
        }
    }
    told
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn groups_and_what_is_tracked() {
    let (keepalived, kad) = both(|stage| {
        crate::groups::add_d0(stage);
        stage.ip("link add d2 type veth peer name d3");
        stage.ip("link set d2 up");
        let dumper = Dumper::start_with(stage, GROUPS);
        dumper.proc.wait_for("FAULT", SOON).unwrap();
        poll_until(Duration::from_millis(200), || false);
        let data = dumper.dump("USR1", "keepalived.data", |text| text.contains("< Interfaces >"));
        dumper.proc.terminate(SOON).unwrap();
        of_groups(&data)
    });
    assert!(keepalived == kad, "{}", difference(&keepalived, &kad));
}

/// Instances and addresses with VMACs.
const VMACS: &str = "vrrp_instance V1 {
    interface eth0
    use_vmac
    virtual_router_id 51
    priority 200
    advert_int 0.4
    version 3
    virtual_ipaddress {
        10.77.0.51/24
        10.88.0.51/24 dev d0 use_vmac
    }
}
vrrp_instance V2 {
    interface eth0
    use_vmac own
    vmac_xmit_base
    virtual_router_id 52
    priority 200
    advert_int 0.4
    version 3
    virtual_ipaddress {
        fe80::52
    }
}
";

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn vmacs() {
    let (keepalived, kad) = both(|stage| {
        crate::groups::add_d0(stage);
        let dumper = Dumper::start_with(stage, VMACS);
        dumper.proc.wait_for("(V1) Entering MASTER STATE", SOON).unwrap();
        dumper.proc.wait_for("(V2) Entering MASTER STATE", SOON).unwrap();
        let data = dumper.dump("USR1", "keepalived.data", |text| text.contains("< Interfaces >"));
        let json = dumper.dump(JSON, "keepalived.json", |text| text.ends_with('\n'));
        dumper.proc.terminate(SOON).unwrap();
        let members = json.replace(",\"", "\n\"").replace('{', "{\n");
        // Of reverse paths keepalived tells otherwise; an address on a VMAC is followed by the
        // interface below, which is up and down with it.
        let otherwise = ["Flags:", "rp_filter ", "Tracking VRRP", "V1, weight", "V2, weight"];
        let mut topology = topology(&data);
        topology.retain(|line| !otherwise.iter().any(|words| line.trim().starts_with(words)));
        (topology, lines(&members))
    });
    assert!(keepalived.1 == kad.1, "json:\n{}", difference(&keepalived.1, &kad.1));
    assert!(keepalived.0 == kad.0, "data:\n{}", difference(&keepalived.0, &kad.0));
}
