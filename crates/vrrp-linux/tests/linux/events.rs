//! What the monitor tells, and that it tells when it lost something.

use std::net::IpAddr;

use vrrp_linux::{Address, AddressOp, Event, Monitor, Netlink};

use crate::pair::{Pair, ip, readable_now, wait};

/// Reads until an event is `wanted`; events of other tests' interfaces pass by.
fn next<T>(monitor: &mut Monitor, wanted: impl Fn(Event) -> Option<T>) -> T {
    let mut events = Vec::new();
    for _ in 0..1000 {
        monitor.read(&mut events).unwrap();
        if let Some(found) = events.drain(..).find_map(&wanted) {
            return found;
        }
        wait(&*monitor);
    }
    panic!("a thousand readings and not the one")
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_link_goes_down_comes_back_and_goes_for_good() {
    let pair = Pair::new("ev");
    let mut monitor = Monitor::open(None).unwrap();
    let (index, near, far) = (pair.near.index, pair.near.name.clone(), &pair.far.name);
    let state = |up: bool| {
        move |event| match event {
            Event::Link(link) if link.index == index && link.is_up() == up => Some(()),
            _ => None,
        }
    };
    ip(&format!("link set {far} down")); // the carrier, as when a cable is pulled
    next(&mut monitor, state(false));
    ip(&format!("link set {far} up"));
    next(&mut monitor, state(true));
    ip(&format!("link set {near} down"));
    next(&mut monitor, state(false));
    ip(&format!("link del {near}"));
    let gone = next(&mut monitor, |event| match event {
        Event::LinkGone { index: gone, name } if gone == index => Some(name),
        _ => None,
    });
    assert_eq!(gone, near);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn leaving_a_bridge_is_not_leaving_the_world() {
    let pair = Pair::new("evb");
    let near = &pair.near;
    ip("link add kt-evb-b type bridge");
    ip(&format!("link set {} master kt-evb-b", near.name));
    let mut monitor = Monitor::open(None).unwrap();
    ip(&format!("link set {} nomaster", near.name));
    let master = next(&mut monitor, |event| match event {
        Event::LinkGone { index, .. } if index == near.index => panic!("it is still there"),
        Event::Link(link) if link.index == near.index && link.master.is_none() => Some(link.master),
        _ => None,
    });
    assert_eq!(master, None);
    ip("link del kt-evb-b");
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn addresses_are_told_as_they_come_and_go() {
    let pair = Pair::new("eva");
    let mut monitor = Monitor::open(None).unwrap();
    let mut netlink = Netlink::open().unwrap();
    for network in ["10.98.0.1/24", "2001:db8:98::1/64"] {
        let address = Address {
            proto: Some(Address::PROTO_KEEPALIVED),
            ..Address::new(pair.near.index, network.parse().unwrap())
        };
        assert_eq!(netlink.apply(&[AddressOp::Add(address.clone())]), [Ok(())]);
        let told = next(&mut monitor, |event| match event {
            Event::AddressAdded(added) if added.is_same(&address) => Some(added),
            _ => None,
        });
        assert_eq!(told.proto, address.proto);
        assert_eq!(netlink.apply(&[AddressOp::Remove(address.clone())]), [Ok(())]);
        next(&mut monitor, |event| match event {
            Event::AddressRemoved(removed) if removed.is_same(&address) => Some(()),
            _ => None,
        });
    }
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn lost_events_are_told_and_later_ones_still_come() {
    let pair = Pair::new("evo");
    let mut monitor = Monitor::open(Some(4096)).unwrap();
    let mut netlink = Netlink::open().unwrap();
    let many: Vec<_> = (1..200)
        .map(|n| Address::new(pair.near.index, format!("10.99.0.{n}/32").parse().unwrap()))
        .map(AddressOp::Add)
        .collect();
    assert!(netlink.apply(&many).iter().all(Result::is_ok));
    next(&mut monitor, |event| (event == Event::Overrun).then_some(()));
    // Other tests' events share the small buffer, so it may run over again: then the next removal is tried.
    let heard = (1..20).any(|n| {
        while readable_now(&monitor) {
            monitor.read(&mut Vec::new()).unwrap();
        }
        ip(&format!("addr del 10.99.0.{n}/32 dev {}", pair.near.name));
        next(&mut monitor, |event| match event {
            Event::AddressRemoved(address) => (address.ip() == IpAddr::from([10, 99, 0, n])).then_some(true),
            Event::Overrun => Some(false),
            _ => None,
        })
    });
    assert!(heard);
}
