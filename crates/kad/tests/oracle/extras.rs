//! What an instance does on its interfaces beyond its addresses: other addresses are kept when the first of their
//! network leaves, and interfaces that carry no adverts hear of it now and then.

use std::time::Duration;

use netlab::{Mark, Signal, poll_until};

use crate::stage::{SOON, Stage, Who, both};
use crate::story::Play;
use crate::wire::TOLERANCE;

fn conf(more: &str, lines: &str) -> String {
    format!(
        "vrrp_instance V1 {{
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.1
    {more}
    virtual_ipaddress {{
    {lines}
    }}
}}
"
    )
}

/// A second interface.
fn add_d0(stage: &Stage) {
    stage.ip("link add d0 address 02:00:00:00:01:01 type veth peer name d1 address 02:00:00:00:01:02");
    stage.ip("link set d0 addrgenmode none");
    stage.ip("link set d1 addrgenmode none");
    stage.ip("link set d1 up");
    stage.ip("link set d0 up");
}

fn promotes(stage: &Stage) -> bool {
    let file = "/proc/sys/net/ipv4/conf/eth0/promote_secondaries";
    stage.alpha.run("cat", &[file]).unwrap().stdout.trim() == "1"
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn secondary_addresses_are_promoted_while_somebody_asks_for_it() {
    let quiet = "garp_master_repeat 1\n garp_master_delay 0";
    let asked = conf(&format!("promote_secondaries\n {quiet}"), "10.80.0.100/24\n 10.80.0.101/24");
    let not_asked = conf(quiet, "10.80.0.100/24\n 10.80.0.101/24");
    both(|stage| {
        stage.alpha.run("sysctl", &["-q", "-w", "net.ipv4.conf.eth0.promote_secondaries=0"]).unwrap();
        let mut play = Play::begin(stage, &asked);
        play.line("Entering MASTER STATE");
        play.adverts(1);
        assert!(promotes(stage), "{}", stage.who);
        // The first goes, and the other stays.
        play.daemon.rewrite(&asked.replace("10.80.0.100/24\n", "")).unwrap();
        play.daemon.proc().signal(Signal::HUP).unwrap();
        let holds = |ip: &str| stage.alpha.has_address(ip.parse().unwrap()).unwrap();
        assert!(poll_until(SOON, || !holds("10.80.0.100")), "{}", stage.who);
        play.adverts(2);
        assert!(holds("10.80.0.101") && promotes(stage), "{}", stage.who);
        if stage.who == Who::Kad {
            play.daemon.rewrite(&not_asked).unwrap();
            play.daemon.proc().signal(Signal::HUP).unwrap();
            assert!(poll_until(SOON, || !promotes(stage)), "nobody asks any more");
            play.daemon.rewrite(&asked).unwrap();
            play.daemon.proc().signal(Signal::HUP).unwrap();
            assert!(poll_until(SOON, || promotes(stage)));
        }
        play.end();
        assert!(!promotes(stage), "{}: after the end", stage.who);
    });
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn other_interfaces_hear_of_a_master_now_and_then() {
    let more = "garp_master_repeat 1\n garp_master_delay 0\n garp_extra_if all 1";
    let lines = "10.77.0.100\n 10.77.0.101 dev d0\n 10.77.0.102 dev d0";
    let (keepalived, kad) = both(|stage| {
        add_d0(stage);
        let mut play = Play::begin(stage, &conf(more, lines));
        play.line("Entering MASTER STATE");
        for _ in 0..4 {
            play.line("gratuitous ARPs on d0 for 10.77.0.10");
        }
        let log = play.end().log;
        let told = log.into_iter().filter(|line| line.contains("Sending/queueing"));
        told.take(5).collect::<Vec<_>>()
    });
    assert_eq!(keepalived, kad);
    // All of the new master, and then the first on the other interface.
    assert_eq!(kad.iter().filter(|line| line.ends_with("for 10.77.0.101")).count(), 3, "{kad:#?}");
}

/// kad alone: the spaced queue of 2.2.7 forgets what waits in it.
#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn interfaces_of_a_group_wait_for_each_other() {
    let group = "garp_group {\n garp_interval 0.25\n interfaces {\n eth0\n d0\n }\n}\n";
    let more = "garp_master_repeat 3\n garp_master_delay 0";
    let conf = format!("{group}{}", conf(more, "10.77.0.100\n 10.77.0.101 dev d0"));
    let stage = Stage::new(Who::Kad);
    add_d0(&stage);
    let capture = stage.listen();
    let _daemon = stage.start(&conf);
    let mut seen = Vec::new();
    let announced = |frame: &netlab::Frame| {
        let announced = frame.announcement()?;
        assert_eq!(announced.address.to_string(), "10.77.0.100", "the other is on d0");
        seen.push(frame.at);
        (seen.len() == 3).then_some(())
    };
    capture.wait_for(Mark::START, "announcements", SOON, announced).unwrap();
    for (number, at) in seen.iter().enumerate() {
        // Between two of ours is one of d0.
        let apart = (*at - seen[0]).abs_diff(Duration::from_millis(500) * number as u32);
        assert!(apart < TOLERANCE, "{seen:?}");
    }
}
