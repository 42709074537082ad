use super::super::pair;
use super::*;
use crate::{Errno, IfIndex, LinkFlags};

/// Reading needs no right, so this holds wherever the tests run.
#[test]
fn the_loopback_is_listed() {
    let mut netlink = Netlink::open().unwrap();
    let links = netlink.links().unwrap();
    let loopback = links.iter().find(|link| link.name == "lo").unwrap();
    assert!(loopback.flags.contains(LinkFlags::LOOPBACK));
    assert!(!loopback.takes_announcements());
    for address in netlink.addresses().unwrap() {
        assert!(links.iter().any(|link| link.index == address.interface), "{address:?}");
    }
}

fn addition(address: &str) -> Address {
    let nowhere = IfIndex::new(i32::MAX as u32).unwrap();
    Address::new(nowhere, address.parse().unwrap())
}

/// More than one chunk, to an interface that cannot be: each is refused, none is mistaken for another.
#[test]
fn every_refusal_finds_its_request() {
    let mut netlink = Netlink::open().unwrap();
    let good = addition("192.0.2.1/32");
    let bad = Address { label: Some("sixteen octets!!".into()), ..good.clone() };
    let unencodable = |n: usize| n % 50 == 2 || n == CHUNK - 1;
    let ops: Vec<_> = (0..CHUNK * 2 + 3)
        .map(|n| AddressOp::Add(if unencodable(n) { bad.clone() } else { good.clone() }))
        .collect();
    let results = netlink.apply(&ops);
    assert_eq!(results.len(), ops.len());
    for (n, result) in results.into_iter().enumerate() {
        match result {
            Err(NetlinkError::Unencodable) => assert!(unencodable(n), "{n}"),
            Err(NetlinkError::NoInterface | NetlinkError::NotPermitted) => assert!(!unencodable(n), "{n}"),
            other => panic!("{n}: {other:?}"),
        }
    }
    assert_eq!(netlink.apply::<AddressOp>(&[]), []);
    assert_eq!(netlink.apply(&[AddressOp::Add(bad)]), [Err(NetlinkError::Unencodable)]);
}

/// A netlink message from the kernel; `body` follows the header.
fn answer(kind: i32, flags: i32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let mut octets = (16 + body.len() as u32).to_ne_bytes().to_vec();
    octets.extend((kind as u16).to_ne_bytes());
    octets.extend((flags as u16).to_ne_bytes());
    octets.extend(sequence.to_ne_bytes());
    octets.extend([0; 4]);
    octets.extend(body);
    octets
}

fn refusal(sequence: u32, errno: i32) -> Vec<u8> {
    answer(libc::NLMSG_ERROR, 0, sequence, &(-errno).to_ne_bytes())
}

fn done(sequence: u32, flags: i32) -> Vec<u8> {
    answer(libc::NLMSG_DONE, flags, sequence, &0_i32.to_ne_bytes())
}

fn loopback_address(sequence: u32, flags: i32) -> Vec<u8> {
    let body = [2, 8, 0x80, 254, 1, 0, 0, 0, 8, 0, 2, 0, 127, 0, 0, 1];
    answer(libc::RTM_NEWADDR.into(), flags, sequence, &body)
}

/// A socket on which all that the kernel will say waits already. The other end is kept open by the caller.
fn told(datagrams: &[Vec<u8>]) -> (Netlink, OwnedFd) {
    let (kernel, socket) = pair();
    for datagram in datagrams {
        send(&kernel, datagram, SendFlags::empty()).unwrap();
    }
    let soon = Some(Duration::from_millis(20));
    set_socket_timeout(&socket, Timeout::Recv, soon).unwrap();
    (Netlink { socket, sequence: 0, room: vec![0; DATAGRAM_MAX].into() }, kernel)
}

#[test]
fn a_list_that_changed_meanwhile_is_read_again() {
    let intr = libc::NLM_F_DUMP_INTR;
    let (mut netlink, _kernel) = told(&[
        [loopback_address(1, 0), loopback_address(1, intr)].concat(),
        done(1, 0),
        loopback_address(2, 0),
        done(2, intr),
        [loopback_address(3, 0), done(3, 0)].concat(),
    ]);
    assert_eq!(netlink.addresses().unwrap().len(), 1);
    assert_eq!(netlink.sequence, 3);
}

#[test]
fn a_list_that_never_holds_still_is_given_up() {
    let restless: Vec<_> = (1..=READINGS).map(|sequence| done(sequence, libc::NLM_F_DUMP_INTR)).collect();
    let (mut netlink, _kernel) = told(&restless);
    assert_eq!(netlink.addresses(), Err(NetlinkError::Interrupted));
}

#[test]
fn a_list_refused_is_an_error() {
    let (mut netlink, _kernel) = told(&[refusal(1, libc::EPERM)]);
    assert_eq!(netlink.addresses(), Err(NetlinkError::NotPermitted));
    let (mut netlink, _kernel) = told(&[answer(libc::NLMSG_DONE, 0, 1, &(-libc::ENOMEM).to_ne_bytes())]);
    assert_eq!(netlink.links(), Err(NetlinkError::Refused(Errno(libc::ENOMEM))));
}

#[test]
fn answers_to_an_earlier_request_are_passed_over() {
    let (mut netlink, _kernel) = told(&[
        [loopback_address(u32::MAX, 0), loopback_address(u32::MAX, 0)].concat(),
        done(0, 0),
        [refusal(0, libc::EPERM), loopback_address(1, 0), done(1, 0)].concat(),
        // Now for the two changes, numbers 2 and 3.
        refusal(1, libc::EEXIST),
        refusal(2, libc::EEXIST),
        refusal(3, 0),
    ]);
    assert_eq!(netlink.addresses().unwrap().len(), 1);
    let ops = ["192.0.2.1/32", "192.0.2.2/32"].map(|text| AddressOp::Add(addition(text)));
    assert_eq!(netlink.apply(&ops), [Err(NetlinkError::Exists), Ok(())]);
}

#[test]
fn sequence_numbers_may_wrap() {
    let (mut netlink, _kernel) =
        told(&[refusal(u32::MAX, 0), refusal(0, libc::ENODEV), refusal(1, libc::EADDRNOTAVAIL)]);
    netlink.sequence = u32::MAX - 1;
    let ops = [1, 2, 3].map(|n| AddressOp::Remove(addition(&format!("192.0.2.{n}/32"))));
    let results = netlink.apply(&ops);
    assert_eq!(results, [Ok(()), Err(NetlinkError::NoInterface), Err(NetlinkError::AddressNotThere)]);
}

#[test]
fn a_silent_kernel_is_not_waited_for_without_end() {
    let (mut netlink, _kernel) = told(&[]);
    assert_eq!(netlink.links(), Err(NetlinkError::Timeout));
    let ops = [AddressOp::Add(addition("192.0.2.1/32"))];
    assert_eq!(netlink.apply(&ops), [Err(NetlinkError::Timeout)]);
}

#[test]
fn all_of_a_chunk_fits_one_send() {
    let mut octets = Vec::new();
    let longest = Address {
        peer: Some("2001:db8::1/64".parse().unwrap()),
        preferred: Some(1),
        proto: Some(Address::PROTO_KEEPALIVED),
        flags: crate::AddressFlags::NODAD,
        ..addition("2001:db8::2/128")
    };
    longest.encode_add(1, true, &mut octets).unwrap();
    assert!(octets.len() * CHUNK <= 32 * 1024, "{}", octets.len());
}
