//! Elections against a second router, whose adverts are the scenario: what is answered, when, and what is logged.

use std::time::Duration;

use vrrp_wire::{Auth, Password};

use crate::stage::both;
use crate::story::{Play, Story};
use crate::voice::{advert, advert_from, advert_of, headed};
use crate::wire::{Late, compare_frames, difference, on_time};

/// The usual instance of these scenarios: VRRPv3, 0.3 s, priority 200.
fn conf(more: &str) -> String {
    format!(
        "vrrp_instance V1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.3
    garp_master_repeat 2
    garp_master_delay 0
    {more}
    virtual_ipaddress {{
        10.77.0.100
    }}
}}
"
    )
}

const PERIOD: Duration = Duration::from_millis(300);

fn same_story(what: &str, conf: &str, play: impl Fn(&mut Play<'_>) + Sync) {
    on_time(|| {
        let (keepalived, kad) = both(|stage| {
            let mut story = Play::begin(stage, conf);
            play(&mut story);
            story.end()
        });
        compare_stories(what, &keepalived, &kad)
    });
}

fn compare_stories(what: &str, keepalived: &Story, kad: &Story) -> Result<(), Late> {
    assert!(keepalived.log == kad.log, "{what}: the logs differ\n{}", difference(&keepalived.log, &kad.log));
    compare_frames(what, &keepalived.frames, &kad.frames)
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_master_hears_lower_zero_and_higher() {
    let conf = conf("garp_lower_prio_repeat 2\n garp_lower_prio_delay 1");
    same_story("rivals", &conf, |play| {
        play.line("Entering MASTER STATE");
        play.adverts(1);
        play.pass(PERIOD / 2);
        play.stage.eve_sends(&advert(3, 30, 100));
        play.adverts(2);
        play.pass(PERIOD / 2);
        play.stage.eve_sends(&advert(3, 30, 0));
        play.adverts(5);
        play.pass(PERIOD / 2);
        play.eve_repeats(&advert(3, 30, 210), PERIOD, 3);
        play.line("Entering BACKUP STATE");
        play.stage.eve_sends(&advert(3, 30, 0));
        play.line("Entering MASTER STATE");
        play.adverts(2);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_master_that_does_not_answer_lower() {
    same_story("lower_prio_no_advert", &conf("lower_prio_no_advert"), |play| {
        play.line("Entering MASTER STATE");
        play.adverts(1);
        play.pass(PERIOD / 2);
        play.stage.eve_sends(&advert(3, 30, 100));
        play.adverts(2);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_master_that_speaks_before_it_yields() {
    same_story("higher_prio_send_advert", &conf("higher_prio_send_advert"), |play| {
        play.line("Entering MASTER STATE");
        play.adverts(1);
        play.pass(PERIOD / 2);
        play.stage.eve_sends(&advert(3, 30, 210));
        play.line("Entering BACKUP STATE");
        play.line("Entering MASTER STATE");
        play.adverts(1);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn a_backup_takes_over_a_lower_master() {
    same_story("preempt", &conf(""), |play| {
        play.line("(init)");
        play.eve_repeats(&advert(3, 30, 100), PERIOD, 4);
        play.line("Entering MASTER STATE");
        play.adverts(2);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn nopreempt() {
    same_story("nopreempt", &conf("nopreempt"), |play| {
        play.line("(init)");
        play.eve_repeats(&advert(3, 30, 100), PERIOD, 6);
        play.line("Entering MASTER STATE");
        play.adverts(2);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn preempt_delay() {
    same_story("preempt_delay", &conf("preempt_delay 1"), |play| {
        play.line("(init)");
        play.eve_repeats(&advert(3, 30, 100), PERIOD, 6);
        play.line("Entering MASTER STATE");
        play.adverts(2);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_interval_is_learned() {
    same_story("interval", &conf(""), |play| {
        play.line("(init)");
        play.eve_repeats(&advert(3, 60, 220), 2 * PERIOD, 3);
        play.line("Entering MASTER STATE");
        play.adverts(2);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn down_timer_adverts() {
    same_story("down_timer_adverts", &conf("down_timer_adverts 6"), |play| {
        play.line("(init)");
        play.eve_repeats(&advert(3, 30, 220), PERIOD, 2);
        play.line("Entering MASTER STATE");
        play.adverts(2);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn startup_delay() {
    let conf = format!("global_defs {{\n vrrp_startup_delay 1.5\n }}\n{}", conf(""));
    same_story("vrrp_startup_delay", &conf, |play| {
        play.line("Startup complete");
        play.eve_repeats(&advert(3, 30, 220), PERIOD, 2);
        play.line("Entering MASTER STATE");
        play.adverts(2);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn strict() {
    let conf = format!("global_defs {{\n vrrp_strict\n }}\n{}", conf("garp_lower_prio_repeat 3"));
    same_story("vrrp_strict", &conf, |play| {
        play.line("Entering MASTER STATE");
        play.adverts(1);
        play.pass(PERIOD / 2);
        play.stage.eve_sends(&advert(3, 30, 100));
        play.adverts(2);
    });
}

/// One difference is meant: keepalived takes an owner through BACKUP, for a microsecond; kad makes it master at once, as
/// RFC 9568 section 6.4.1 says.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn an_owner_meets_a_rival() {
    let conf = conf("").replace("priority 200", "priority 255");
    on_time(|| {
        let (mut keepalived, kad) = both(|stage| {
            let mut play = Play::begin(stage, &conf);
            play.line("Entering MASTER STATE");
            play.adverts(1);
            play.pass(PERIOD / 2);
            play.stage.eve_sends(&advert(3, 30, 254));
            play.adverts(2);
            play.end()
        });
        let passed: Vec<String> = keepalived.log.drain(..2).collect();
        assert_eq!(passed, ["(V1) Entering BACKUP STATE (init)", "(V1) Receive advertisement timeout"]);
        compare_stories("owner", &keepalived, &kad)
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn the_higher_address_wins_among_equals() {
    same_story("equal priority", &conf(""), |play| {
        play.line("Entering MASTER STATE");
        play.adverts(1);
        play.pass(PERIOD / 2);
        play.stage.eve_sends(&advert_from([10, 76, 0, 1], 200));
        play.adverts(2);
        play.pass(PERIOD / 2);
        play.stage.eve_sends(&advert_from([10, 77, 0, 9], 200));
        play.line("Entering BACKUP STATE");
        // A backup does not look at the address.
        play.stage.eve_sends(&advert_from([10, 76, 0, 1], 200));
        play.line("Entering MASTER STATE");
        play.adverts(1);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v2_with_a_password() {
    let auth = "authentication {\n auth_type PASS\n auth_pass secret1\n }";
    let conf = conf(auth).replace("version 3", "version 2").replace("advert_int 0.3", "advert_int 1");
    let list: &[[u8; 4]] = &[[10, 77, 0, 100]];
    let rival = |priority, word: &[u8]| advert_of(2, 100, priority, list, Auth::Pass(Password::new(word)));
    same_story("v2 PASS rivals", &conf, |play| {
        play.line("Entering MASTER STATE");
        play.pass(PERIOD);
        play.stage.eve_sends(&rival(250, b"other"));
        play.stage.eve_sends(&rival(150, b"secret1"));
        play.adverts(1);
        play.pass(PERIOD);
        play.stage.eve_sends(&rival(250, b"secret1"));
        play.line("Entering BACKUP STATE");
        play.stage.eve_sends(&rival(0, b"secret1"));
        play.line("Entering MASTER STATE");
        play.adverts(1);
    });
}

/// Who answers with which number is in the frames.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn v2_with_authentication_headers() {
    let auth = "authentication {\n auth_type AH\n auth_pass secret12\n }";
    let conf = conf(auth).replace("version 3", "version 2").replace("advert_int 0.3", "advert_int 1");
    let rival = |priority, number| headed(priority, *b"secret12", number);
    same_story("v2 AH rivals", &conf, |play| {
        play.line("Entering MASTER STATE");
        play.adverts(1);
        play.pass(PERIOD);
        // Another key, an old number, none of both; then a lower one that is answered two numbers higher.
        play.stage.eve_sends(&headed(250, *b"secret13", 9));
        play.stage.eve_sends(&rival(250, 1));
        play.stage.eve_sends(&advert_of(2, 100, 250, &[[10, 77, 0, 100]], Auth::None));
        play.stage.eve_sends(&rival(150, 40));
        play.adverts(2);
        play.pass(PERIOD);
        play.stage.eve_sends(&rival(250, 50));
        play.line("Entering BACKUP STATE");
        play.stage.eve_sends(&rival(0, 51));
        play.line("Entering MASTER STATE");
        play.adverts(1);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn one_of_two_instances_yields() {
    let other = conf("").replace("V1", "V2").replace("virtual_router_id 51", "virtual_router_id 52");
    let other = other.replace("10.77.0.100", "10.77.0.101").replace("priority 200", "priority 190");
    let conf = format!("{}{other}", conf(""));
    same_story("two instances", &conf, |play| {
        play.line("(V1) Entering MASTER STATE");
        play.line("(V2) Entering MASTER STATE");
        play.adverts(2);
        play.pass(PERIOD / 2);
        play.eve_repeats(&advert(3, 30, 210), PERIOD, 3);
        play.line("(V1) Entering MASTER STATE");
        play.adverts(2);
    });
}
