//! Captures of `ip addr` on Linux 6.18, and requests laid beside keepalived's.

use proptest::prelude::*;

use super::super::message::{hex, messages};
use super::*;

const NODAD: AddressFlags = AddressFlags::NODAD;

fn on(interface: u32, network: &str) -> Address {
    Address::new(IfIndex::new(interface).unwrap(), network.parse().unwrap())
}

fn parse(capture: &str) -> Address {
    Address::parse(&hex(capture)).unwrap()
}

/// `ip addr add 10.1.0.100/24 brd 10.1.0.255 dev va label va:1`
#[test]
fn a_reported_ipv4_address() {
    let reported = parse(concat!(
        "0218800003000000",
        "080001000a010064 080002000a010064 080004000a0100ff",
        "0900030076613a3100000000 0800080080000000",
        "14000600ffffffffffffffffdef00200def00200"
    ));
    let expected = Address {
        broadcast: Some([10, 1, 0, 255].into()),
        label: Some("va:1".into()),
        flags: AddressFlags::PERMANENT,
        ..on(3, "10.1.0.100/24")
    };
    assert_eq!(reported, expected);
}

/// `ip addr add 10.2.0.1 peer 10.2.0.2/24 dev va scope link`
#[test]
fn a_reported_address_with_a_peer() {
    let reported = parse(concat!(
        "021880fd03000000",
        "080001000a020002 080002000a020001 0700030076610000 0800080080000000",
        "14000600ffffffffffffffffdef00200def00200"
    ));
    assert_eq!(reported.network, "10.2.0.1/32".parse().unwrap());
    assert_eq!(reported.peer, Some("10.2.0.2/24".parse().unwrap()));
    assert_eq!(reported.scope, 253);
}

/// `ip addr add 2001:db8::100/64 dev va nodad noprefixroute preferred_lft 0 valid_lft forever`
#[test]
fn a_reported_ipv6_address() {
    let reported = parse(concat!(
        "0a40a20003000000",
        "1400010020010db8000000000000000000000100",
        "1400060000000000ffffffffdef00200def00200 08000800a2020000"
    ));
    let flags = NODAD | AddressFlags::DEPRECATED | AddressFlags::PERMANENT | AddressFlags::NOPREFIXROUTE;
    assert_eq!(reported, Address { preferred: Some(0), flags, ..on(3, "2001:db8::100/64") });
}

/// The kernel's own link-local address: `IFA_PROTO` says so, `0x800` is an unnamed flag to old tables.
#[test]
fn a_reported_address_of_the_kernels() {
    let reported = parse(concat!(
        "0a40c0fd02000000",
        "14000100fe80000000000000000000fffe000002",
        "14000600ffffffffffffffffddf00200ddf00200 08000800c0000000 05000b0003000000"
    ));
    assert_eq!((reported.proto, reported.scope), (Some(3), 253));
    assert!(reported.flags.contains(AddressFlags::TENTATIVE));
}

fn added(address: &Address) -> Vec<u8> {
    let mut out = Vec::new();
    address.encode_add(7, true, &mut out).unwrap();
    out
}

fn removed(address: &Address) -> Vec<u8> {
    let mut out = Vec::new();
    address.encode_remove(8, false, &mut out).unwrap();
    out
}

/// What keepalived puts into the same request, and `IFA_ADDRESS` always, which it leaves to the kernel to fill in.
#[test]
fn the_request_that_adds() {
    let four = Address {
        broadcast: Some([10, 1, 0, 255].into()),
        label: Some("va:1".into()),
        proto: Some(Address::PROTO_KEEPALIVED),
        ..on(3, "10.1.0.100/24")
    };
    let expected = concat!(
        "4400000014000506 0700000000000000", // RTM_NEWADDR, REQUEST ACK EXCL CREATE
        "0218000003000000",
        "080002000a010064 080001000a010064 080004000a0100ff",
        "0900030076613a3100000000 05000b0012000000"
    );
    assert_eq!(added(&four), hex(expected));

    let six = Address { preferred: Some(0), flags: NODAD, ..on(3, "fe80::1234/128") };
    let expected = concat!(
        "5c00000014000506 0700000000000000",
        "0a80000003000000",
        "14000200fe800000000000000000000000001234 14000100fe800000000000000000000000001234",
        "1400060000000000ffffffff0000000000000000 0800080002000000"
    );
    assert_eq!(added(&six), hex(expected));
}

/// Label, flags and lifetimes do not narrow it: an address left by another process is found all the same.
#[test]
fn the_request_that_removes() {
    let address =
        Address { label: Some("va:1".into()), flags: NODAD, preferred: Some(0), ..on(3, "10.1.0.100/24") };
    let expected = concat!(
        "2800000015000100 0800000000000000", // RTM_DELADDR, REQUEST
        "0218000003000000",
        "080002000a010064 080001000a010064"
    );
    assert_eq!(removed(&address), hex(expected));

    let with_peer = Address { peer: Some("10.2.0.2/24".parse().unwrap()), ..on(3, "10.2.0.1/32") };
    let expected =
        concat!("2800000015000100 0800000000000000", "0218000003000000", "080002000a020001 080001000a020002");
    assert_eq!(removed(&with_peer), hex(expected));
}

#[test]
fn what_cannot_be_said_is_refused() {
    let four = on(3, "10.1.0.100/24");
    let labelled = |label: &str| Address { label: Some(label.into()), ..four.clone() };
    let six_peer = Address { peer: Some("fe80::1/64".parse().unwrap()), ..four.clone() };
    for address in [labelled(""), labelled("sixteen octets!!"), labelled("a\0b"), six_peer] {
        let mut out = b"before".to_vec();
        assert_eq!(address.encode_add(1, true, &mut out), Err(NetlinkError::Unencodable), "{address:?}");
        assert_eq!(out, b"before");
    }
    // IPv6 addresses have neither label nor broadcast.
    let six = on(3, "fe80::1/64");
    let adorned = Address { label: Some("va:1".into()), broadcast: Some([10; 4].into()), ..six.clone() };
    assert_eq!(added(&adorned), added(&six));
}

#[test]
fn the_kernel_tells_addresses_apart_by_little() {
    let address = on(3, "10.1.0.100/24");
    let reported = Address { label: Some("va".into()), flags: AddressFlags::PERMANENT, ..address.clone() };
    assert!(address.is_same(&reported));
    for other in [on(4, "10.1.0.100/24"), on(3, "10.1.0.101/24"), on(3, "10.1.0.100/32")] {
        assert!(!address.is_same(&other), "{other:?}");
    }
    // With a peer the prefix length is the peer's.
    let peer = Some("10.2.0.2/24".parse().unwrap());
    let asked = Address { peer, ..on(3, "10.2.0.1/24") };
    assert!(asked.is_same(&Address { peer, ..on(3, "10.2.0.1/32") }));
    assert!(!asked.is_same(&on(3, "10.2.0.1/24")));
}

#[test]
fn other_families_and_junk_are_passed_over() {
    for (why, capture) in [
        ("a family that is not IP", "1c18800003000000080001000a010064"),
        ("no address", "0218800003000000"),
        ("no interface", "0218800000000000080001000a010064"),
        ("an IPv6 address of IPv4 length", "0a18800003000000080001000a010064"),
        ("a prefix longer than the address", "0221800003000000080001000a010064"),
        ("cut short", "02188000"),
        ("nothing", ""),
    ] {
        assert_eq!(Address::parse(&hex(capture)), None, "{why}");
    }
}

fn any_address() -> impl Strategy<Value = Address> {
    let ip = prop_oneof![
        (any::<[u8; 4]>(), 0..=32u8).prop_map(|(ip, prefix)| (IpAddr::from(ip), prefix)),
        (any::<[u8; 16]>(), 0..=128u8).prop_map(|(ip, prefix)| (IpAddr::from(ip), prefix)),
    ];
    let rest = (1..=i32::MAX as u32, any::<u8>(), any::<u32>(), any::<Option<u8>>(), any::<Option<u32>>());
    (ip, rest, "[a-z0-9:.]{1,15}").prop_map(
        |((ip, prefix), (index, scope, flags, proto, preferred), label)| Address {
            scope,
            flags: AddressFlags::from_bits_retain(flags),
            proto,
            preferred: preferred.filter(|secs| *secs != FOR_EVER),
            label: ip.is_ipv4().then_some(label),
            ..Address::new(IfIndex::new(index).unwrap(), IpNetwork::new(ip, prefix).unwrap())
        },
    )
}

proptest! {
    /// A request is laid out as the kernel's own report of the address, so it can be read as one.
    #[test]
    fn what_is_asked_reads_back(address in any_address()) {
        let octets = added(&address);
        let read: Vec<_> = messages(&octets).map(|message| Address::parse(message.body)).collect();
        prop_assert_eq!(read, [Some(address)]);
    }

    #[test]
    fn any_octets_are_read_without_panic(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        Address::parse(&octets);
    }
}
