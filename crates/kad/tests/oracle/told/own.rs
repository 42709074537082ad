//! What kad promises beyond keepalived: order on each target, and a reload that touches nothing it need not.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use super::{GLOBAL, Witness, instance, reload};
use crate::stage::{Stage, Who};
use crate::story::Play;
use crate::voice::advert;
use crate::wire::TOLERANCE;

/// A script that takes its time is not overtaken by the next one of its instance, nor does it hold up others.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn scripts_of_one_target_run_one_after_the_other() {
    let stage = Stage::new(Who::Kad);
    let witness = Witness::new(&stage);
    witness.script("slow", "@/note begin $1\nwhile [ ! -e @/gate ]; do sleep 0.02; done\n@/note end $1");
    let conf = format!("{GLOBAL}{}", instance("V1", 51, ""));
    let conf = conf.replace("note V1 own-backup", "slow backup").replace("note V1 own-master", "slow master");
    let mut play = Play::begin(&stage, &witness.place(&conf));
    witness.wait_for("begin backup", 1);
    play.line("Entering MASTER STATE");
    witness.wait_for("any INSTANCE V1 MASTER 200", 1);
    fs::write(witness.path("gate"), "").unwrap();
    witness.wait_for("end master", 1);
    let _story = play.end();
    let heard = witness.end();
    let slow: Vec<_> =
        heard.calls.iter().filter(|call| call.starts_with("begin") || call.starts_with("end")).collect();
    assert_eq!(slow, ["begin backup", "end backup", "begin master", "end master"]);
}

/// A FIFO and the script that reads it go on through a reload that says nothing of them.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_reload_leaves_a_fifo_and_its_script_alone() {
    let stage = Stage::new(Who::Kad);
    let witness = Witness::new(&stage);
    witness.script("copy", "@/note copy\nexec cat \"$1\" > @/copied");
    let global = GLOBAL
        .replace("notify_fifo @/all", "notify_fifo @/all2\n    notify_fifo_script \"@/copy\"")
        .replace("fifo_write_vrrp_states_on_reload", "");
    let conf = format!("{global}{}", instance("V1", 51, ""));
    let mut play = Play::begin(&stage, &witness.place(&conf));
    witness.wait_for("any INSTANCE V1 MASTER 200", 1);
    let before = fs::metadata(witness.path("all2")).unwrap();
    assert_eq!(before.mode() & 0o777, 0o600);
    reload(&mut play, &witness.place(&conf.replace("own-stop", "own-other-stop")));
    play.line("Reload complete");
    assert_eq!(fs::metadata(witness.path("all2")).unwrap().ino(), before.ino());
    let _story = play.end();
    assert!(!witness.path("all2").exists());
    let copied = fs::read_to_string(witness.path("copied")).unwrap();
    let states: Vec<_> = copied.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    assert_eq!(states, ["BACKUP", "MASTER", "STOP"]);
    let heard = witness.end();
    assert_eq!(heard.calls_of("copy").len(), 1);
    assert_eq!(heard.calls_of("V1").last().map(String::as_str), Some("V1 own-other-stop"));
    assert_eq!(heard.vrrp, copied.lines().collect::<Vec<_>>());
}

/// Scripts that hang, a mail server that does not answer and a FIFO that nobody reads: adverts leave as ever, and the
/// stop is not held up for long.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn whoever_does_not_listen_delays_no_advert() {
    let stage = Stage::new(Who::Kad);
    let witness = Witness::new(&stage);
    witness.script("hang", "exec sleep 600");
    let mail = "notification_email {\n ops@a.example\n }\n smtp_server 10.77.0.99\n smtp_alert\n notify_fifo @/unread";
    let global = GLOBAL.replace("notify_fifo @/all", mail).replace("vrrp_notify_fifo @/vrrp", "");
    let more = "notify_master_rx_lower_pri \"@/hang\"";
    let conf = format!("{global}{}", instance("V1", 51, more)).replace("advert_int 0.3", "advert_int 0.05");
    let conf = conf.replace("note V1", "hang V1").replace("note any", "hang");
    let mut play = Play::begin(&stage, &witness.place(&conf));
    play.line("setting VIPs.");
    let packet = advert(3, 5, 50);
    play.eve_repeats(&packet, Duration::from_millis(1), 500);
    play.adverts(60);
    let story = play.end_within(Duration::from_secs(4));
    let adverts = story.frames.iter().filter(|frame| frame.text.starts_with("advert "));
    let at: Vec<Duration> = adverts.map(|frame| frame.at).collect();
    let pause = at.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(pause < TOLERANCE, "no advert for {pause:?}");
}
