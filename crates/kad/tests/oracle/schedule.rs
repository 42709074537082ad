//! The schedule of announcements where keepalived 2.2.7 is no oracle: its refreshes wait for the next advert, and its
//! spaced queue forgets what waits in it. keepalived mended both later (2.3.2); kad is held to that.

use std::time::Duration;

use netlab::{Frame, Mark};

use crate::stage::{SOON, Stage, Who};
use crate::wire::TOLERANCE;

const CONF: &str = "vrrp_instance V1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 200
    version 3
    advert_int 0.3
    KEYWORDS
    virtual_ipaddress {
        ADDRESSES
    }
}
";

/// The first so many announcements of kad, each with its time since the first advert.
fn announcements(keywords: &str, addresses: &str, count: usize) -> Vec<(Duration, String)> {
    let (global, keywords) = keywords.split_once(';').unwrap();
    let conf = CONF.replace("KEYWORDS", keywords).replace("ADDRESSES", addresses);
    let conf = format!("global_defs {{\n{global}\n}}\n{conf}");
    let stage = Stage::new(Who::Kad);
    let capture = stage.listen();
    let _daemon = stage.start(&conf);
    let begin =
        capture.wait_for(Mark::START, "an advert", SOON, |frame| frame.advert().map(|_| frame.at)).unwrap();
    let mut seen = Vec::new();
    let enough = |frame: &Frame| {
        let announced = frame.announcement()?;
        seen.push((frame.at.saturating_duration_since(begin), announced.address.to_string()));
        (seen.len() == count).then_some(())
    };
    capture.wait_for(Mark::START, "announcements", SOON, enough).unwrap();
    seen
}

fn assert_schedule(seen: &[(Duration, String)], expected: &[(u64, &str)]) {
    assert_eq!(seen.len(), expected.len());
    for ((at, address), (due, whose)) in seen.iter().zip(expected) {
        let apart = at.abs_diff(Duration::from_millis(*due));
        assert!(address == whose && apart < TOLERANCE, "{whose} at {due} ms: {seen:#?}");
    }
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn announcements_again_and_again() {
    let keywords =
        ";garp_master_delay 1\n garp_master_repeat 3\n garp_master_refresh 1\n garp_master_refresh_repeat 2";
    let burst = |at| [(at, "10.77.0.100"), (at, "10.77.0.101")];
    let at = [0, 0, 0, 1000, 1000, 1000, 2000, 2000, 3000, 3000, 4000, 4000];
    let expected: Vec<_> = at.into_iter().flat_map(burst).collect();
    assert_schedule(&announcements(keywords, "10.77.0.100\n 10.77.0.101", expected.len()), &expected);
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only oracle"]
fn announcements_spaced() {
    let keywords = "vrrp_garp_interval 0.25; garp_master_delay 4\n garp_master_repeat 3";
    let expected: Vec<_> =
        (0..6).map(|n| (250 * n, ["10.77.0.100", "10.77.0.101"][n as usize % 2])).collect();
    assert_schedule(&announcements(keywords, "10.77.0.100\n 10.77.0.101", 6), &expected);
    let keywords = "vrrp_gna_interval 0.2; garp_master_delay 4\n garp_master_repeat 3";
    let expected: Vec<_> = (0..6).map(|n| (200 * n, ["fe80::100", "fd77::100"][n as usize % 2])).collect();
    assert_schedule(&announcements(keywords, "fe80::100\n fd77::100", 6), &expected);
}
