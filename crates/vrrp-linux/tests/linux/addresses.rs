//! Addresses set and removed, with `ip addr` as the witness.

use vrrp_linux::sysctl::Conf;
use vrrp_linux::{Address, AddressFlags, AddressOp, Link, Netlink, NetlinkError};
use vrrp_types::Family;

use crate::pair::{Pair, ip, nowhere};

fn on(link: &Link, network: &str) -> Address {
    Address::new(link.index, network.parse().unwrap())
}

fn add(address: &Address) -> AddressOp {
    AddressOp::Add(address.clone())
}

fn remove(address: &Address) -> AddressOp {
    AddressOp::Remove(address.clone())
}

fn reported(netlink: &mut Netlink, address: &Address) -> Option<Address> {
    netlink.addresses().unwrap().into_iter().find(|one| one.is_same(address))
}

fn shown(link: &Link) -> String {
    ip(&format!("-o addr show dev {}", link.name))
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn addresses_come_and_go_with_all_that_is_said_of_them() {
    let pair = Pair::new("ad");
    let mut netlink = Netlink::open().unwrap();
    let four = Address {
        broadcast: Some([10, 93, 0, 255].into()),
        label: Some("kt-ad-n:1".into()),
        proto: Some(Address::PROTO_KEEPALIVED),
        scope: 253,
        ..on(&pair.near, "10.93.0.100/24")
    };
    let six = Address {
        flags: AddressFlags::NODAD | AddressFlags::NOPREFIXROUTE,
        preferred: Some(0),
        ..on(&pair.near, "2001:db8:93::100/64")
    };
    let peer = Some("10.94.0.2/24".parse().unwrap());
    let pointed = Address { peer, ..on(&pair.near, "10.94.0.1/32") };
    let all = [&four, &six, &pointed];

    assert_eq!(netlink.apply(&all.map(add)), [Ok(()); 3]);
    let text = shown(&pair.near);
    for words in [
        "inet 10.93.0.100/24 brd 10.93.0.255 scope link",
        "kt-ad-n:1",
        "inet6 2001:db8:93::100/64 scope global nodad deprecated noprefixroute",
        "inet 10.94.0.1 peer 10.94.0.2/24",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(!text.contains("tentative"), "{text}");
    let found = reported(&mut netlink, &four).unwrap();
    assert_eq!(found, Address { flags: AddressFlags::PERMANENT, ..four.clone() });
    let found = reported(&mut netlink, &six).unwrap();
    assert!(found.flags.contains(six.flags | AddressFlags::DEPRECATED));
    assert_eq!((found.preferred, found.valid), (Some(0), None));

    assert_eq!(netlink.apply(&all.map(add)), [Err(NetlinkError::Exists); 3]);
    assert_eq!(netlink.apply(&all.map(remove)), [Ok(()); 3]);
    assert_eq!(shown(&pair.near), "");
    assert_eq!(netlink.apply(&all.map(remove)), [Err(NetlinkError::AddressNotThere); 3]);
}

/// Several chunks, refusals among them, and the lists that go with them.
#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_thousand_changes_each_get_their_own_answer() {
    let pair = Pair::new("adk");
    let mut netlink = Netlink::open().unwrap();
    let wanted: Vec<Address> =
        (0..1000).map(|n| on(&pair.near, &format!("10.95.{}.{}/32", n / 250, n % 250))).collect();
    let taken = |n: usize| n % 7 == 3;
    for (n, address) in wanted.iter().enumerate().filter(|(n, _)| taken(*n)) {
        assert_eq!(netlink.apply(&[add(address)]), [Ok(())], "{n}");
    }
    let results = netlink.apply(&wanted.iter().map(add).collect::<Vec<_>>());
    for (n, result) in results.into_iter().enumerate() {
        assert_eq!(result, if taken(n) { Err(NetlinkError::Exists) } else { Ok(()) }, "{n}");
    }
    let listed = netlink.addresses().unwrap();
    assert_eq!(listed.iter().filter(|address| address.interface == pair.near.index).count(), 1000);
    assert_eq!(netlink.apply(&wanted.iter().map(remove).collect::<Vec<_>>()), vec![Ok(()); 1000]);
    assert_eq!(shown(&pair.near), "");
}

/// What a killed predecessor left may have another label, other flags and lifetimes.
#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn what_another_process_set_is_removed() {
    let pair = Pair::new("adl");
    let near = &pair.near.name;
    ip(&format!("addr add 10.96.0.100/24 brd + dev {near} label {near}:old"));
    ip(&format!("addr add 2001:db8:96::100/128 dev {near} nodad"));
    let mut netlink = Netlink::open().unwrap();
    let left = [on(&pair.near, "10.96.0.100/24"), on(&pair.near, "2001:db8:96::100/128")];
    assert_eq!(netlink.apply(&left.each_ref().map(remove)), [Ok(()); 2]);
    assert_eq!(shown(&pair.near), "");
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn an_interface_that_is_gone_is_named_so() {
    let pair = Pair::new("adn");
    let mut netlink = Netlink::open().unwrap();
    let lost = Address { interface: nowhere(), ..on(&pair.near, "10.97.0.1/32") };
    let kept = on(&pair.near, "10.97.0.1/32");
    let results = netlink.apply(&[add(&lost), add(&kept), remove(&lost), remove(&kept)]);
    let gone = Err(NetlinkError::NoInterface);
    assert_eq!(results, [gone, Ok(()), gone, Ok(())]);
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn links_are_told_as_they_are() {
    let pair = Pair::new("adi");
    let near = &pair.near.name;
    ip(&format!("link add link {near} name kt-adi-m address 00:00:5e:00:01:33 type macvlan mode private"));
    ip("link add kt-adi-b type bridge");
    ip("link set kt-adi-m master kt-adi-b");
    let links = Netlink::open().unwrap().links().unwrap();
    let link = |name: &str| links.iter().find(|link| link.name == name).unwrap();
    let (macvlan, bridge) = (link("kt-adi-m"), link("kt-adi-b"));
    assert_eq!((macvlan.kind.as_deref(), bridge.kind.as_deref()), (Some("macvlan"), Some("bridge")));
    assert_eq!((macvlan.link, macvlan.master), (Some(pair.near.index), Some(bridge.index)));
    assert_eq!(macvlan.mac, Some([0, 0, 0x5e, 0, 1, 0x33]));
    assert!(!macvlan.is_up() && macvlan.takes_announcements());
    assert!(pair.near.is_up() && pair.near.mac == Some([2, 0, 0, 0, 0, 1]) && pair.near.mtu == 1500);
    ip("link del kt-adi-b");
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn settings_of_an_interface_are_read_and_written() {
    let pair = Pair::new("sy");
    for (family, setting) in [(Family::V4, "promote_secondaries"), (Family::V6, "forwarding")] {
        let conf = Conf::new(family, &pair.near.name).unwrap();
        let before = conf.get(setting).unwrap();
        conf.set(setting, 1 - before).unwrap();
        assert_eq!(conf.get(setting).unwrap(), 1 - before, "{setting}");
    }
}
