//! Who is told what: scripts, FIFOs and mail, from start to stop, of keepalived and of kad.

mod groups;
mod mail;
mod own;
mod witness;

use std::fs;
use std::os::unix::fs::MetadataExt;

use netlab::Signal;

use crate::stage::{Stage, both};
use crate::story::Play;
use crate::voice::advert;
use crate::wire::difference;

use witness::{Heard, Witness};

/// Every event goes to two FIFOs, and to scripts that tell which of them was called.
const GLOBAL: &str = "global_defs {
    enable_script_security
    script_user root
    notify_fifo @/all
    vrrp_notify_fifo @/vrrp
    fifo_write_vrrp_states_on_reload
}
";

fn instance(name: &str, vrid: u8, more: &str) -> String {
    // The address of which eve's adverts tell, for VRID 51.
    let host = vrid + 49;
    format!(
        "vrrp_instance {name} {{
    interface eth0
    virtual_router_id {vrid}
    priority 200
    version 3
    advert_int 0.3
    garp_master_delay 0
    notify \"@/note any\"
    notify_master \"@/note {name} own-master\"
    notify_backup \"@/note {name} own-backup\"
    notify_fault \"@/note {name} own-fault\"
    notify_stop \"@/note {name} own-stop\"
    {more}
    virtual_ipaddress {{
        10.77.0.{host}
    }}
}}
"
    )
}

/// Plays with both, and gives what each told.
fn told(conf: &str, play: impl Fn(&mut Play<'_>, &Witness<'_>) + Sync) -> (Heard, Heard) {
    told_from(|_| {}, conf, play)
}

/// The same, with something done before they start.
fn told_from(
    prepare: impl Fn(&Stage) + Sync,
    conf: &str,
    play: impl Fn(&mut Play<'_>, &Witness<'_>) + Sync,
) -> (Heard, Heard) {
    both(|stage| {
        prepare(stage);
        let witness = Witness::new(stage);
        let mut story = Play::begin(stage, &witness.place(conf));
        play(&mut story, &witness);
        let _story = story.end();
        witness.end()
    })
}

/// The same lines in the same order, and of each instance the same calls in the same order.
fn same(what: &str, lanes: &[&str], (c, k): &(Heard, Heard)) {
    assert!(c.all == k.all, "{what}: notify_fifo\n{}", difference(&c.all, &k.all));
    assert!(c.vrrp == k.vrrp, "{what}: vrrp_notify_fifo\n{}", difference(&c.vrrp, &k.vrrp));
    for lane in lanes {
        let (of_c, of_k) = (c.calls_of(lane), k.calls_of(lane));
        assert!(of_c == of_k, "{what}: calls of {lane}\n{}", difference(&of_c, &of_k));
    }
    let (of_c, of_k) = (sorted(&c.calls), sorted(&k.calls));
    assert!(of_c == of_k, "{what}: all calls\n{}", difference(&of_c, &of_k));
}

fn sorted(calls: &[String]) -> Vec<String> {
    let mut calls = calls.to_vec();
    calls.sort();
    calls
}

fn reload(play: &mut Play<'_>, conf: &str) {
    play.daemon.rewrite(conf).unwrap();
    play.daemon.proc().signal(Signal::HUP).unwrap();
    play.line("Reloading ...");
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn start_takeover_fault_return_and_stop() {
    let conf = format!("{GLOBAL}{}{}", instance("V1", 51, ""), instance("V2", 52, ""));
    let heard = told(&conf, |play, witness| {
        witness.wait_for_all("V1", "MASTER", 1);
        witness.wait_for_all("V2", "MASTER", 1);
        play.stage.eve_sends(&advert(3, 30, 250));
        witness.wait_for_all("V1", "BACKUP", 2);
        witness.wait_for_all("V1", "MASTER", 2);
        play.stage.alpha.link_down().unwrap();
        witness.wait_for_all("V1", "FAULT", 1);
        witness.wait_for_all("V2", "FAULT", 1);
        play.stage.alpha.link_up().unwrap();
        witness.wait_for_all("V1", "MASTER", 3);
        witness.wait_for_all("V2", "MASTER", 2);
    });
    same("life", &["any INSTANCE V1", "any INSTANCE V2", "V1", "V2"], &heard);
    assert_eq!(heard.1.all.last().map(String::as_str), Some("INSTANCE \"V2\" STOP 200"));
    assert_eq!(heard.1.calls_of("V1 own-stop").len(), 1);
}

/// One deleted as instances always were, one that wants to know, one that comes, and one whose notify alone changes.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_reload_takes_instances_away_and_brings_others() {
    let (one, three) =
        (instance("V1", 51, ""), instance("V3", 53, "notify_deleted \"@/note V3 own-deleted\""));
    let first = format!("{GLOBAL}{one}{}{three}", instance("V2", 52, ""));
    let second = format!("{GLOBAL}{}{}", one.replace("own-stop", "own-other-stop"), instance("V4", 54, ""));
    let heard = told(&first, |play, witness| {
        for name in ["V1", "V2", "V3"] {
            witness.wait_for_all(name, "MASTER", 1);
            witness.wait_for_line(&format!("INSTANCE \"{name}\" MASTER 200"));
        }
        reload(play, &witness.place(&second));
        witness.wait_for("any INSTANCE V2 FAULT 200", 1);
        witness.wait_for("any INSTANCE V3 DELETED 200", 1);
        witness.wait_for("V3 own-deleted", 1);
        witness.wait_for_all("V4", "MASTER", 1);
    });
    let (c, mut k) = heard;
    assert_eq!(k.calls_of("V1").last().map(String::as_str), Some("V1 own-other-stop"));
    // keepalived repeats the states of all but those that are master.
    for lines in [&mut k.all, &mut k.vrrp] {
        let again = lines.iter().rposition(|line| line == "INSTANCE \"V1\" MASTER 200").unwrap();
        assert_eq!(lines.iter().filter(|line| *line == "INSTANCE \"V1\" MASTER 200").count(), 2);
        lines.remove(again);
    }
    same("reload", &["any INSTANCE V1", "any INSTANCE V4", "V1", "V3", "V4"], &(c, k));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_states_of_backups_are_said_again_at_a_reload() {
    let slow = |name, vrid| instance(name, vrid, "").replace("advert_int 0.3", "advert_int 5");
    let first = format!("{GLOBAL}{}", slow("V1", 51));
    // One that comes, so that it is seen when the reload is done.
    let second = format!("{first}{}", slow("V2", 52));
    let heard = told(&first, |play, witness| {
        witness.wait_for_all("V1", "BACKUP", 1);
        witness.wait_for_line("INSTANCE \"V1\" BACKUP 200");
        reload(play, &witness.place(&second));
        witness.wait_for_all("V2", "BACKUP", 1);
    });
    same("states", &["any INSTANCE V1", "any INSTANCE V2", "V1", "V2"], &heard);
    let of_first: Vec<_> = heard.1.all.iter().filter(|line| line.contains("V1")).collect();
    let want = ["BACKUP", "BACKUP", "STOP"].map(|state| format!("INSTANCE \"V1\" {state} 200"));
    assert_eq!(of_first, want.iter().collect::<Vec<_>>());
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_master_hears_a_lower_priority() {
    let more = "notify_master_rx_lower_pri \"@/note V1 own-lower\"";
    let conf = format!("{GLOBAL}{}{}", instance("V1", 51, more), instance("V2", 52, ""));
    let heard = told(&conf, |play, witness| {
        witness.wait_for_all("V1", "MASTER", 1);
        witness.wait_for_all("V2", "MASTER", 1);
        for count in 1..3 {
            play.stage.eve_sends(&advert(3, 30, 50));
            witness.wait_for("V1 own-lower", count);
        }
    });
    same("lower priority", &["any INSTANCE V1", "V1"], &heard);
    let line = "INSTANCE \"V1\" MASTER_RX_LOWER_PRI 200";
    assert_eq!(heard.1.vrrp.iter().filter(|said| *said == line).count(), 2);
}

/// Priorities are told to FIFOs alone.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_priority_changes() {
    let tracked = "track_file F {\n    file @/weight\n    weight 1\n}\n";
    let more = "notify_priority_changes\n    track_file {\n        F\n    }";
    let conf = format!("{GLOBAL}{tracked}{}{}", instance("V1", 51, more), instance("V2", 52, ""));
    let heard = both(|stage| {
        let witness = Witness::new(stage);
        std::fs::write(witness.path("weight"), "5\n").unwrap();
        let mut play = Play::begin(stage, &witness.place(&conf));
        witness.wait_for("any INSTANCE V1 MASTER 205", 1);
        witness.wait_for("any INSTANCE V2 MASTER 200", 1);
        std::fs::write(witness.path("weight"), "-50\n").unwrap();
        play.line("Changing effective priority from 205 to 150");
        std::fs::write(witness.path("weight"), "10\n").unwrap();
        play.line("to 210");
        let _story = play.end();
        witness.end()
    });
    same("priority", &["any INSTANCE V1", "V1"], &heard);
    let said = heard.1.all.iter().filter(|line| line.contains("MASTER_PRIORITY")).collect::<Vec<_>>();
    assert!(said.len() >= 2, "{said:?}");
    assert_eq!(said.last().map(|line| line.as_str()), Some("INSTANCE \"V1\" MASTER_PRIORITY 210"));
}

/// As whom scripts run, and whose FIFOs are.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn users_and_groups() {
    let global = GLOBAL
        .replace("script_user root", "script_user games")
        .replace("notify_fifo @/all", "notify_fifo @/all nobody daemon")
        .replace("vrrp_notify_fifo @/vrrp nobody daemon", "vrrp_notify_fifo @/vrrp");
    let conf = format!("{global}{}", instance("V1", 51, ""))
        .replace("notify_backup \"@/note V1 own-backup\"", "notify_backup \"@/whose default\"")
        .replace("notify_master \"@/note V1 own-master\"", "notify_master \"@/whose named\" mail man");
    let heard = both(|stage| {
        let witness = Witness::new(stage);
        witness.script("whose", "@/note $1 $(id -u) $(id -g) $(id -G) $(umask)");
        let play = Play::begin(stage, &witness.place(&conf));
        witness.wait_for("any INSTANCE V1 MASTER 200", 1);
        let fifos = ["all", "vrrp"].map(|name| {
            let fifo = fs::metadata(witness.path(name)).unwrap();
            format!("{name} {} {} {:o}", fifo.uid(), fifo.gid(), fifo.mode())
        });
        let _story = play.end();
        let mut heard = witness.end();
        heard.calls.extend(fifos);
        heard
    });
    same("users", &["any", "default", "named"], &heard);
    assert_eq!(heard.1.calls_of("named").len(), 1);
}

/// Below a link to a directory, as /bin is one on most hosts: 2.2.7 runs what is there, 2.4.3 does not.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_script_below_a_link() {
    let conf = format!("{GLOBAL}{}", instance("V1", 51, "")).replace("@/note", "@/link/note");
    let heard = both(|stage| {
        let witness = Witness::new(stage);
        std::os::unix::fs::symlink(".", witness.path("link")).unwrap();
        let play = Play::begin(stage, &witness.place(&conf));
        witness.wait_for_all("V1", "MASTER", 1);
        let _story = play.end();
        witness.end()
    });
    same("link", &["any", "V1"], &heard);
}

/// What runs before all and after all, and what it waits for.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn scripts_of_the_daemon() {
    let global = GLOBAL.replace(
        "enable_script_security",
        "startup_script \"@/note startup\"\n    shutdown_script \"@/note shutdown\"\n    enable_script_security",
    );
    let conf = format!("{global}{}", instance("V1", 51, ""));
    let heard = told(&conf, |_, witness| witness.wait_for_all("V1", "MASTER", 1));
    same("daemon", &["any", "V1"], &heard);
    let calls = &heard.1.calls;
    assert_eq!(calls.first().map(String::as_str), Some("startup"));
    assert_eq!(calls.last().map(String::as_str), Some("shutdown"));
}

/// One that does not end is ended, and the daemon starts all the same.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_startup_script_that_hangs() {
    let global = GLOBAL.replace(
        "enable_script_security",
        "startup_script \"/usr/bin/sleep 600\"\n    startup_script_timeout 1\n    enable_script_security",
    );
    let conf = format!("{global}{}", instance("V1", 51, ""));
    let heard = told(&conf, |play, witness| {
        play.line("startup script timed out");
        witness.wait_for_all("V1", "MASTER", 1);
    });
    same("hanging", &["any", "V1"], &heard);
}
