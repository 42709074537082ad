//! FRR's vrrpd beside C keepalived, in both roles: the harness knows a peer that moves no addresses.

use netlab::peer::PeerKind;
use netlab::scenario::{Protocol, failover};
use vrrp_types::Interval;

fn play(left: &PeerKind, right: &PeerKind, protocol: &Protocol) {
    let report = failover(left, right, protocol).unwrap_or_else(|error| panic!("{error}"));
    println!("{report}");
    assert_eq!(report.takeovers.len(), 9);
}

fn tenth() -> Protocol {
    Protocol::v3(Interval::from_centis(10).expect("a tenth of a second is an interval"))
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn frr_is_the_backup() {
    play(&PeerKind::Keepalived, &PeerKind::Frr, &tenth());
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn frr_is_the_master() {
    play(&PeerKind::Frr, &PeerKind::Keepalived, &tenth());
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn frr_is_the_backup_over_ipv6() {
    play(&PeerKind::Keepalived, &PeerKind::Frr, &tenth().over_ipv6());
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only netlab"]
fn frr_is_the_master_over_ipv6() {
    play(&PeerKind::Frr, &PeerKind::Keepalived, &tenth().over_ipv6());
}
