//! Sync groups and their members: who is told first, and of what.

use super::{GLOBAL, Witness, instance, reload, same, told, told_from};
use crate::stage::Stage;
use crate::voice::advert;

const GROUP: &str = "vrrp_sync_group G {
    group {
        V1
        V2
    }
    notify \"@/note any\"
    notify_master \"@/note G own-master\"
    notify_backup \"@/note G own-backup\"
    notify_fault \"@/note G own-fault\"
    notify_stop \"@/note G own-stop\"
}
";

const LANES: [&str; 6] = ["any INSTANCE V1", "any INSTANCE V2", "any GROUP G", "V1", "V2", "G"];

fn conf() -> String {
    // The first member is always the first to move.
    let first = instance("V1", 51, "").replace("priority 200", "priority 220");
    format!("{GLOBAL}{GROUP}{first}{}", instance("V2", 52, ""))
}

/// Waits until all scripts of the group and its members have been told a state so many times.
fn all(witness: &Witness<'_>, state: &str, times: usize) {
    let own = format!("own-{}", state.to_lowercase());
    for call in [format!("G {own}"), format!("V1 {own}"), format!("V2 {own}")] {
        witness.wait_for(&call, times);
    }
    for (whom, priority) in [("GROUP G", 0), ("INSTANCE V1", 220), ("INSTANCE V2", 200)] {
        witness.wait_for(&format!("any {whom} {state} {priority}"), times);
    }
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_group_from_start_to_stop() {
    let heard = told(&conf(), |play, witness| {
        all(witness, "MASTER", 1);
        play.stage.eve_sends(&advert(3, 30, 250));
        all(witness, "BACKUP", 2);
        all(witness, "MASTER", 2);
        play.stage.alpha.link_down().unwrap();
        all(witness, "FAULT", 1);
        play.stage.alpha.link_up().unwrap();
        all(witness, "MASTER", 3);
    });
    same("group", &LANES, &heard);
}

/// A group that stays where it is and one that comes.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_group_at_a_reload() {
    let first = format!("{}{}", conf(), instance("V3", 53, "")).replace("advert_int 0.3", "advert_int 5");
    let more = GROUP.replace("sync_group G", "sync_group H").replace("V1\n        V2", "V3\n        V4");
    let second = format!("{first}{more}{}", instance("V4", 54, "").replace("advert_int 0.3", "advert_int 5"));
    let heard = told(&first, |play, witness| {
        witness.wait_for("any GROUP G BACKUP 0", 1);
        witness.wait_for("any INSTANCE V3 BACKUP 200", 1);
        witness.wait_for_line("INSTANCE \"V3\" BACKUP 200");
        reload(play, &witness.place(&second));
        witness.wait_for("any GROUP H BACKUP 0", 1);
        witness.wait_for("any INSTANCE V4 BACKUP 200", 1);
    });
    same("group at reload", &LANES, &heard);
}

/// A group that cannot begin: its members are told first.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_group_that_cannot_begin() {
    let address = |stage: &Stage, what: &str| stage.ip(&format!("address {what} 10.77.0.1/24 dev eth0"));
    let without = |stage: &Stage| drop(address(stage, "del"));
    let heard = told_from(without, &conf(), |play, witness| {
        play.line("FAULT");
        all(witness, "FAULT", 1);
        address(play.stage, "add");
        all(witness, "MASTER", 1);
    });
    same("group that cannot begin", &LANES, &heard);
}
