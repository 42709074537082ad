//! Octets that ipvsadm 1.31, keepalived 2.4.3 and Linux 6.1 said, and the laws of the codec.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::{
    DaemonRole, Destination, Family, Forwarding, FwMark, Info, Op, Persistence, Protocol, Scheduler, Service,
    ServiceFlags, ServiceId, Stats, SyncDaemon, Tunnel, TunnelFlags, TunnelKind, Unknown, Weight,
};

/// The number that the kernel gave the family when these were captured.
const FAMILY: u16 = 0x20;
/// Where the body of a message begins.
const HEADER: usize = 16;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|digit| Some(digit.to_digit(16)? as u8)).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// The octets of a change, without sequence number and port number.
fn said(change: &Op) -> Vec<u8> {
    let mut octets = Vec::new();
    op(FAMILY, change).unwrap().write(0, true, &mut octets).unwrap();
    octets
}

/// A captured message without sequence number and port number, which are its sender's own.
fn captured(text: &str) -> Vec<u8> {
    let mut octets = hex(text);
    octets[8..16].fill(0);
    octets
}

fn web() -> ServiceId {
    ServiceId::address(Protocol::Tcp, "10.0.0.1:80".parse().unwrap())
}

#[test]
fn a_service_is_said_as_ipvsadm_says_it() {
    let new = Op::NewService(Service::new(web(), Scheduler::RR));
    let ipvsadm = "68000000 2000 0500 b4f7026b 80004026 01010000 54000180 06000100 02000000 06000200 06000000 \
        14000300 0a000001000000000000000000000000 06000400 00500000 07000600 72720000 0c000700 00000000 ffffffff \
        08000800 00000000 08000900 ffffffff";
    assert_eq!(said(&new), captured(ipvsadm));
}

#[test]
fn a_persistent_service_and_a_mark_are_said_as_keepalived_says_them() {
    let id = ServiceId::address(Protocol::Tcp, "192.168.9.100:80".parse().unwrap());
    let new = Service::new(id, Scheduler::WRR).persistent(Duration::from_secs(50));
    let keepalived = "68000000 2000 0500 b6f7026b e20080d7 01010000 54000180 06000100 02000000 06000200 06000000 \
        14000300 c0a80964000000000000000000000000 06000400 00500000 08000600 77727200 0c000700 01000000 ffffffff \
        08000800 32000000 08000900 ffffffff";
    assert_eq!(said(&Op::NewService(new)), captured(keepalived));

    let mark = ServiceId::fwmark(Family::V4, FwMark::new(7).unwrap());
    let keepalived = "4c000000 2000 0500 b9f7026b e20080d7 01010000 38000180 06000100 02000000 08000500 07000000 \
        07000600 6d680000 0c000700 00000000 ffffffff 08000800 00000000 08000900 ffffffff";
    assert_eq!(said(&Op::NewService(Service::new(mark, Scheduler::MH))), captured(keepalived));
}

/// keepalived repeats the whole service where its name would do; the destination is the same.
#[test]
fn a_destination_is_said_as_keepalived_says_it() {
    let mark = ServiceId::fwmark(Family::V4, FwMark::new(7).unwrap());
    let new = Destination::new("127.0.0.4:0".parse().unwrap(), Forwarding::DirectRoute);
    let destination = hex(
        "48000280 06000b00 02000000 14000100 7f000004000000000000000000000000 06000200 00000000 08000300 03000000 \
         08000400 01000000 08000500 00000000 08000600 00000000",
    );
    assert!(said(&Op::NewDestination(mark, new)).ends_with(&destination));
}

#[test]
fn what_the_kernel_lists_is_understood() {
    let listed = hex(
        "01010000 2c010100 06000100 02000000 06000200 06000000 14000300 0a000001000000000000000000000000 \
         06000400 00500000 07000600 72720000 0c000700 02000000ffffffff 08000800 00000000 08000900 ffffffff \
         5c000a00 08000100 00000000 08000200 00000000 08000300 00000000 0c000400 0000000000000000 \
         0c000500 0000000000000000 08000600 00000000 08000700 00000000 08000800 00000000 08000900 00000000 \
         08000a00 00000000 7c000c00 0c000100 0500000000000000 0c000200 0700000000000000 \
         0c000300 0000000000000000 0c000400 0000000001000000 0c000500 0000000000000000 0c000600 0300000000000000 \
         0c000700 0000000000000000 0c000800 0000000000000000 0c000900 0000000000000000 0c000a00 0000000000000000",
    );
    let found = service(&listed).unwrap();
    assert_eq!(found.service, Service::new(web(), Scheduler::RR));
    let stats = found.stats;
    assert_eq!((stats.connections, stats.packets_in, stats.octets_in), (5, 7, 1 << 32));
    assert_eq!(stats.rates.connections, 3);

    let listed = hex(
        "05010000 48000200 14000100 0a000002000000000000000000000000 06000200 00500000 08000300 00000000 \
         08000400 05000000 08000500 00000000 08000600 00000000 06000b00 02000000",
    );
    let found = destination(&listed, Family::V4).unwrap();
    let expected = Destination::new("10.0.0.2:80".parse().unwrap(), Forwarding::Masquerade);
    assert_eq!(found.destination, expected.with_weight(Weight::new(5)));
    assert_eq!((found.active, found.stats), (0, Stats::default()));

    let listed = hex("0e010000 08000100 01020100 08000200 00100000");
    assert_eq!(info(&listed), Ok(Info { version: (1, 2, 1), connection_table: 4096 }));

    let controller = hex("01020000 09000200 49505653 00000000 06000100 20000000 08000300 01000000");
    assert_eq!(family_number(&controller), Ok(FAMILY));
}

/// Kernels before 4.1 have no counters of 64 bits.
#[test]
fn narrow_counters_are_taken_where_there_are_no_wide_ones() {
    let listed = hex(
        "01010000 54000100 06000100 02000000 08000500 07000000 07000600 72720000 0c000700 02000000ffffffff \
         08000800 00000000 08000900 ffffffff 1c000a00 08000100 09000000 08000200 0b000000 08000300 0d000000 ",
    );
    let stats = service(&listed).unwrap().stats;
    assert_eq!((stats.connections, stats.packets_in, stats.packets_out), (9, 11, 13));
}

#[test]
fn names_that_the_kernel_would_cut_are_refused() {
    for engine in ["", "sixteen-octets--", "a\0b"] {
        let service = Service::new(web(), Scheduler::RR).with_engine(engine);
        assert!(op(FAMILY, &Op::NewService(service)).is_err(), "{engine:?}");
    }
    assert_eq!(Scheduler::new("sixteen-octets--"), None);
    assert_eq!(Scheduler::new("wrr"), Some(Scheduler::WRR));
}

fn addresses() -> impl Strategy<Value = SocketAddr> {
    (any::<IpAddr>(), any::<u16>()).prop_map(SocketAddr::from)
}

fn ids() -> impl Strategy<Value = ServiceId> {
    let protocol = prop::sample::select(&[Protocol::Tcp, Protocol::Udp, Protocol::Sctp, Protocol::Other(99)]);
    let mark = (any::<bool>(), 1..=u32::MAX).prop_map(|(v4, mark)| {
        ServiceId::fwmark(if v4 { Family::V4 } else { Family::V6 }, FwMark::new(mark).unwrap())
    });
    prop_oneof![(protocol, addresses()).prop_map(|(protocol, at)| ServiceId::address(protocol, at)), mark]
}

fn unknown_above(last: u16) -> impl Strategy<Value = Vec<Unknown>> {
    let one = (last + 1..0x3fff, prop::collection::vec(any::<u8>(), 0..20));
    prop::collection::vec(one.prop_map(|(kind, value)| Unknown { kind, value: value.into() }), 0..3)
}

fn services() -> impl Strategy<Value = Service> {
    let persistence = prop::option::of((1..=u32::MAX, 0..=128_u8));
    let engine = prop::option::of("[a-z]{1,15}");
    let flags = prop::sample::subsequence(vec![4_u32, 8, 16, 32, 64], 0..5);
    (ids(), prop::sample::select(Scheduler::KNOWN), flags, persistence, engine, unknown_above(12)).prop_map(
        |(id, scheduler, flags, persistence, engine, unknown)| {
            let mut service = Service::new(id, scheduler);
            service.flags = ServiceFlags::from_bits_retain(flags.into_iter().sum());
            service.persistence = persistence.map(|(secs, prefix)| Persistence {
                timeout: Duration::from_secs(secs.into()),
                prefix: if id.family() == Family::V4 { prefix.min(32) } else { prefix },
            });
            service.engine = engine.map(Into::into);
            service.unknown = unknown;
            service
        },
    )
}

fn destinations() -> impl Strategy<Value = Destination> {
    let tunnel = (0..4_u8, any::<u16>(), any::<u16>()).prop_map(|(kind, port, flags)| {
        let kind = [TunnelKind::Ipip, TunnelKind::Gue, TunnelKind::Gre, TunnelKind::Other(9)][kind as usize];
        Forwarding::Tunnel(Tunnel { kind, port, flags: TunnelFlags::from_bits_retain(flags) })
    });
    let plain = prop::sample::select(&[
        Forwarding::Masquerade,
        Forwarding::Local,
        Forwarding::DirectRoute,
        Forwarding::Bypass,
        Forwarding::Other(6),
    ]);
    (addresses(), prop_oneof![plain, tunnel], any::<u32>(), any::<(u32, u32)>(), unknown_above(15)).prop_map(
        |(address, forwarding, weight, (upper, lower), unknown)| {
            let destination = Destination::new(address, forwarding).with_weight(Weight::new(weight));
            Destination { unknown, ..destination.with_thresholds(upper, lower) }
        },
    )
}

proptest! {
    #[test]
    fn a_service_comes_back_as_it_was_said(new in services()) {
        let octets = said(&Op::NewService(new.clone()));
        prop_assert_eq!(service(&octets[HEADER..]).unwrap().service, new);
    }

    #[test]
    fn a_destination_comes_back_as_it_was_said(of in ids(), new in destinations()) {
        let octets = said(&Op::SetDestination(of, new.clone()));
        prop_assert_eq!(destination(&octets[HEADER..], of.family()).unwrap().destination, new);
    }

    #[test]
    fn a_daemon_comes_back_as_it_was_said(
        master in any::<bool>(),
        interface in "[a-z0-9]{1,15}",
        sync_id in any::<u8>(),
        group in prop::option::of(any::<IpAddr>()),
        rest in any::<(Option<u16>, Option<u16>, Option<u8>)>(),
    ) {
        let role = if master { DaemonRole::Master } else { DaemonRole::Backup };
        let mut new = SyncDaemon::new(role, &interface, sync_id);
        (new.group, (new.max_len, new.port, new.ttl)) = (group, rest);
        let octets = said(&Op::NewDaemon(new.clone()));
        prop_assert_eq!(daemon(&octets[HEADER..]).unwrap(), new);
    }

    #[test]
    fn any_octets_are_an_answer_or_an_error(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (service(&octets), destination(&octets, Family::V6), daemon(&octets));
        let _ = (timeouts(&octets), info(&octets), family_number(&octets));
        let taken: usize = messages(&octets).map(|message| HEADER + message.body.len()).sum();
        prop_assert!(taken <= octets.len());
    }

    /// A real answer with a piece changed: what is cut or lies about its length ends in an error or in less.
    #[test]
    fn a_damaged_answer_does_no_harm(
        new in services(), at in any::<prop::sample::Index>(), octet in any::<u8>(), cut in any::<prop::sample::Index>()
    ) {
        let mut octets = said(&Op::NewService(new));
        let at = at.index(octets.len());
        octets[at] = octet;
        octets.truncate(cut.index(octets.len()) + 1);
        for message in messages(&octets) {
            let _ = (service(message.body), verdict(&message));
        }
    }
}
