//! Two C keepalived live through the failover scenario: the proof that the harness judges rightly, and the
//! yardstick for whoever takes a keepalived's place.

use netlab::peer::PeerKind;
use netlab::scenario::{Event, Protocol, failover};
use vrrp_types::Interval;

fn play(protocol: &Protocol) {
    let pair = PeerKind::Keepalived;
    let report = failover(&pair, &pair, protocol).unwrap_or_else(|error| panic!("{error}"));
    println!("{report}");
    let events: Vec<Event> = report.takeovers.iter().map(|takeover| takeover.event).collect();
    let whole = [
        Event::Start,
        Event::Crash,
        Event::ReturnFromCrash,
        Event::Stop,
        Event::ReturnFromStop,
        Event::LinkDown,
        Event::LinkUp,
        Event::Partition,
        Event::Healing,
    ];
    assert_eq!(events, whole);
}

fn tenth() -> Interval {
    Interval::from_centis(10).expect("a tenth of a second is an interval")
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn v3_at_a_tenth_of_a_second() {
    play(&Protocol::v3(tenth()));
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn v3_over_ipv6() {
    play(&Protocol::v3(tenth()).over_ipv6());
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn v3_by_unicast() {
    play(&Protocol::v3(tenth()).by_unicast());
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn v2_with_a_password() {
    play(&Protocol::v2().with_password("1111"));
}
