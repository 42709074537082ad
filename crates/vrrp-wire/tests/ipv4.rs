//! The IPv4 header around a message: what is stepped over, what is refused.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{centis, hex, vrid};
use vrrp_types::Version;
use vrrp_wire::{Advert, DecodeError, Ipv4Packet, Policy};

type Change = fn(&mut Vec<u8>);

#[test]
fn what_a_receiver_makes_of_the_header() {
    let packet = "45c0002000010000ff70d0980a010001e0000012 3134c80100321198 0a01006e";
    let parsed = |change: Change| {
        let mut packet = hex(packet);
        change(&mut packet);
        Ipv4Packet::parse(&packet).and_then(|ip| ip.vrid().and_then(|_| ip.message().map(<[u8]>::len)))
    };
    let cases: [(&str, Change, Result<usize, DecodeError>); 18] = [
        ("as sent", |_| {}, Ok(12)),
        ("empty", Vec::clear, Err(DecodeError::Truncated { need: 20, have: 0 })),
        ("IP header cut", |p| p.truncate(19), Err(DecodeError::Truncated { need: 20, have: 19 })),
        ("VRRP header cut", |p| p.truncate(27), Err(DecodeError::Truncated { need: 28, have: 27 })),
        ("IP version 6", |p| p[0] = 0x65, Err(DecodeError::IpVersion(6))),
        ("four words", |p| p[0] = 0x44, Err(DecodeError::IpHeaderLength(16))),
        ("options beyond the end", |p| p[0] = 0x4f, Err(DecodeError::Truncated { need: 60, have: 32 })),
        ("TCP", |p| p[9] = 6, Err(DecodeError::Protocol(6))),
        ("VRID 0", |p| p[21] = 0, Err(DecodeError::VridZero)),
        ("longer than received", |p| p[3] = 33, Err(DecodeError::TotalLength { total: 33, received: 32 })),
        ("shorter than its header", |p| p[3] = 19, Err(DecodeError::TotalLength { total: 19, received: 32 })),
        ("padded to an Ethernet frame", |p| p.resize(46, 0), Ok(12)),
        ("padded to a tagged frame", |p| p.resize(42, 0), Ok(12)),
        ("padded beyond", |p| p.resize(47, 0), Err(DecodeError::TotalLength { total: 32, received: 47 })),
        ("don't fragment", |p| p[6] = 0x40, Ok(12)),
        ("more to come", |p| p[6] = 0x20, Err(DecodeError::Fragment)),
        ("at an offset", |p| p[7] = 0x01, Err(DecodeError::Fragment)),
        ("AH, VRRP header behind it cut", |p| p[9] = 51, Err(DecodeError::Truncated { need: 52, have: 32 })),
    ];
    for (what, change, want) in cases {
        assert_eq!(parsed(change), want, "{what}");
    }
}

#[test]
fn options_in_the_ip_header_are_stepped_over() {
    let packet = hex("46c0002400010000ff7000000a010001e0000012 94040000 3134c80100321198 0a01006e");
    let packet = Ipv4Packet::parse(&packet).unwrap();
    assert_eq!(packet.vrid(), Ok(vrid(52)));
    let policy = Policy::multicast(Version::V3, centis(50));
    assert!(Advert::parse(packet.message().unwrap(), &packet.arrival(), &policy).is_ok());
}

/// A packet whose length lies is still charged to the virtual router it names.
#[test]
fn a_lying_length_does_not_hide_the_virtual_router() {
    let packet = hex("45c000ff00010000ff70d0980a010001e0000012 3134c80100321198 0a01006e");
    let packet = Ipv4Packet::parse(&packet).unwrap();
    assert_eq!(packet.vrid(), Ok(vrid(52)));
    assert_eq!(packet.message(), Err(DecodeError::TotalLength { total: 255, received: 32 }));
    assert!(!packet.header_checksum_holds());
}
