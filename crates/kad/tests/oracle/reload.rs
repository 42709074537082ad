//! SIGHUP while master: what changed goes out, what did not change is not touched.

use std::collections::BTreeMap;
use std::time::Duration;

use netlab::Signal;

use crate::stage::{Stage, Who, both};
use crate::story::{Play, Story};
use crate::wire::{TOLERANCE, difference};

/// Between two adverts.
const PERIOD: Duration = Duration::from_millis(400);

/// The group's address, behind which an advert begins: version and type, VRID, priority.
const GROUP: &str = "e0000012";

fn instance(name: &str, vrid: u8, priority: u8, addresses: &[&str]) -> String {
    format!(
        "vrrp_instance {name} {{
    interface eth0
    virtual_router_id {vrid}
    priority {priority}
    version 3
    advert_int 0.4
    garp_master_repeat 2
    garp_master_delay 0
    virtual_ipaddress {{
        {}
    }}
}}
",
        addresses.join("\n        ")
    )
}

/// What was said of each instance and of each address, in order, without what is meant to differ: keepalived repeats
/// its advert after a reload, begins its schedule anew and counts its IPv4 packets from 1 again; kad goes on with both
/// as if nothing had been.
fn said(story: &Story) -> Vec<String> {
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for shot in &story.frames {
        let text = anonymous(&shot.text);
        let subject = match text.find(GROUP) {
            Some(place) => format!("VRID {}", &text[place + GROUP.len()..][2..4]),
            None => text.split(": ").next().unwrap().to_owned(),
        };
        of.entry(subject).or_default().push(text);
    }
    for frames in of.values_mut() {
        frames.dedup_by(|next, last| next == last && next.starts_with("advert"));
    }
    of.into_values().flatten().collect()
}

/// A frame without the IPv4 identification, and the header's checksum that follows from it.
fn anonymous(frame: &str) -> String {
    let mut text = frame.to_owned();
    if text.starts_with("advert") {
        let octets = text.find(": ").unwrap() + 2;
        for place in [18, 24] {
            text.replace_range(octets + 2 * place..octets + 2 * place + 4, "....");
        }
    }
    text
}

/// The longest time that the adverts of VRID 51 paused.
fn longest_pause(story: &Story) -> Duration {
    let first = format!("{GROUP}3133");
    let own = story.frames.iter().filter(|shot| shot.text.contains(&first));
    let at: Vec<Duration> = own.map(|shot| shot.at).collect();
    at.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap()
}

/// Plays with one file, then with another, and compares what was said and what alpha holds in the end.
fn same_reload(what: &str, first: &str, second: &str) {
    let (keepalived, kad) = both(|stage| {
        let mut play = Play::begin(stage, first);
        for _ in 0..first.matches("vrrp_instance").count() {
            play.line("setting VIPs.");
        }
        play.adverts(1);
        play.pass(PERIOD / 2);
        play.daemon.rewrite(second).unwrap();
        play.daemon.proc().signal(Signal::HUP).unwrap();
        play.line("Reloading ...");
        for _ in first.matches("vrrp_instance").count()..second.matches("vrrp_instance").count() {
            play.line("setting VIPs.");
        }
        play.adverts(8);
        let held = stage.ip("-4 -oneline address show dev eth0");
        let mut held: Vec<String> = held.lines().map(str::to_owned).collect();
        held.sort();
        (play.end(), held)
    });
    let ((c, c_held), (k, k_held)) = (keepalived, kad);
    assert!(c_held == k_held, "{what}: the addresses\n{}", difference(&c_held, &k_held));
    assert!(said(&c) == said(&k), "{what}: the frames\n{}", difference(&said(&c), &said(&k)));
    let pause = longest_pause(&k);
    assert!(pause < PERIOD + TOLERANCE, "{what}: no advert for {pause:?}");
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn nothing_changed() {
    let conf = instance("V1", 51, 200, &["10.77.0.100", "10.77.0.101/24"]);
    same_reload("no change", &conf, &conf);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn another_name() {
    let conf = instance("V1", 51, 200, &["10.77.0.100"]);
    same_reload("name", &conf, &conf.replace("V1", "W"));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_address_comes_and_another_goes() {
    let first = instance("V1", 51, 200, &["10.77.0.100", "10.77.0.101"]);
    let second = instance("V1", 51, 200, &["10.77.0.100", "10.77.0.102"]);
    same_reload("addresses", &first, &second);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn another_priority() {
    let first = instance("V1", 51, 200, &["10.77.0.100"]);
    same_reload("priority", &first, &first.replace("200", "150"));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_instance_goes() {
    let stays = instance("V1", 51, 200, &["10.77.0.100"]);
    let both = format!("{stays}{}", instance("V2", 52, 199, &["10.77.0.101"]));
    same_reload("removed", &both, &stays);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_first_of_two_goes() {
    let stays = instance("V1", 51, 200, &["10.77.0.100"]);
    let both = format!("{}{stays}", instance("V0", 50, 201, &["10.77.0.101"]));
    same_reload("the first removed", &both, &stays);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_instance_comes_and_their_order_changes() {
    let (first, second) =
        (instance("V1", 51, 200, &["10.77.0.100"]), instance("V2", 52, 199, &["10.77.0.101"]));
    same_reload("added", &first, &format!("{second}{first}"));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_address_moves_from_one_instance_to_another() {
    let of = |one: &[&str], two: &[&str]| {
        format!("{}{}", instance("V1", 51, 200, one), instance("V2", 52, 199, two))
    };
    let first = of(&["10.77.0.100", "10.77.0.102"], &["10.77.0.101"]);
    same_reload("moved", &first, &of(&["10.77.0.100"], &["10.77.0.101", "10.77.0.102"]));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn excluded_addresses_come() {
    let first = instance("V1", 51, 200, &["10.77.0.100"]);
    let excluded = "virtual_ipaddress_excluded {\n        10.77.0.110/24\n    }\n    virtual_ipaddress {";
    same_reload("excluded", &first, &first.replace("virtual_ipaddress {", excluded));
}

/// Announcements still wait for their turn when the instances get other numbers.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn announcements_that_wait_do_not_outlive_their_instances() {
    let stage = Stage::new(Who::Kad);
    let addresses: Vec<String> = (100..200).map(|number| format!("10.77.1.{number}")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let spaced = "global_defs {\n vrrp_garp_interval 0.0001\n}\n".to_owned();
    let two = spaced.clone()
        + &instance("V1", 51, 200, &["10.77.0.100"])
        + &instance("V2", 52, 200, &addresses).replace("repeat 2", "repeat 200");
    let one = spaced + &instance("V1", 51, 200, &["10.77.0.100"]);
    let mut play = Play::begin(&stage, &one);
    play.line("(V1) Entering MASTER STATE");
    for _ in 0..3 {
        for (conf, said) in [(&two, "(V2) Entering MASTER STATE"), (&one, "(V2) removed from the config")] {
            play.daemon.rewrite(conf).unwrap();
            play.daemon.proc().signal(Signal::HUP).unwrap();
            play.line(said);
        }
        play.line("Reload complete");
    }
    let story = play.end();
    assert!(
        !story.log.iter().any(|line| line.contains("died") || line.contains("panicked")),
        "{:?}",
        story.log
    );
}
