//! Links made, changed and removed, with `ip -d link` as the witness.

use vrrp_linux::sysctl::Conf;
use vrrp_linux::{AddrGen, Inet4, Link, LinkChange, Netlink, NetlinkError, NewLink, Stacked};
use vrrp_types::Family;

use crate::pair::{Pair, ip};

const MAC: [u8; 6] = [0, 0, 0x5e, 0, 1, 0x33];

fn macvlan(on: &Link, name: &str) -> NewLink {
    NewLink {
        name: name.into(),
        parent: on.index,
        stacked: Stacked::PRIVATE,
        mac: Some(MAC),
        group: 7,
        master: None,
    }
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_macvlan_comes_changes_and_goes() {
    let pair = Pair::new("mv");
    let mut netlink = Netlink::open().unwrap();
    let new = macvlan(&pair.near, "kt-mv-v");
    netlink.create_link(&new).unwrap();
    assert_eq!(netlink.create_link(&new), Err(NetlinkError::Exists));
    let link = netlink.link("kt-mv-v").unwrap();
    assert_eq!(
        (link.mac, link.stacked, link.link),
        (Some(MAC), Some(Stacked::PRIVATE), Some(pair.near.index))
    );
    assert_eq!((link.group, link.alias.as_deref(), link.is_up()), (7, None, false));

    let change = LinkChange {
        alias: Some("whose it is".into()),
        group: Some(8),
        inet4: vec![(Inet4::ArpIgnore, 1), (Inet4::AcceptLocal, 1)],
        addr_gen: Some(AddrGen::None),
        ..LinkChange::default()
    };
    netlink.change_link(link.index, &change).unwrap();
    netlink.change_link(link.index, &LinkChange { up: Some(true), ..LinkChange::default() }).unwrap();
    let link = netlink.link("kt-mv-v").unwrap();
    assert_eq!((link.group, link.alias.as_deref()), (8, Some("whose it is")));
    assert!(link.is_up(), "{link:?}");
    let shown = ip("-d link show kt-mv-v");
    for words in ["macvlan mode private", "group 8", "alias whose it is", "addrgenmode none"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    assert!(!ip("-6 address show dev kt-mv-v").contains("fe80"), "an address of the virtual MAC");
    let conf = Conf::new(Family::V4, "kt-mv-v").unwrap();
    for setting in [Inet4::ArpIgnore, Inet4::AcceptLocal] {
        assert_eq!(conf.get(setting.name()).unwrap(), 1, "{}", setting.name());
    }
    // Also as a list and as a report tell it.
    assert!(netlink.links().unwrap().contains(&link));

    netlink.remove_link(link.index).unwrap();
    assert_eq!(netlink.link("kt-mv-v"), Err(NetlinkError::NoInterface));
    assert_eq!(netlink.remove_link(link.index), Err(NetlinkError::NoInterface));
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn what_cannot_be_said_or_made_is_refused() {
    let pair = Pair::new("mx");
    let mut netlink = Netlink::open().unwrap();
    for name in ["", "longer-than-it-may-be", "with\0zero"] {
        assert_eq!(
            netlink.create_link(&macvlan(&pair.near, name)),
            Err(NetlinkError::Unencodable),
            "{name:?}"
        );
    }
    let long = LinkChange { alias: Some("x".repeat(255)), ..LinkChange::default() };
    assert_eq!(netlink.change_link(pair.near.index, &long), Err(NetlinkError::Unencodable));
    let gone = pair.near.clone();
    drop(pair);
    assert_eq!(netlink.create_link(&macvlan(&gone, "kt-mx-v")), Err(NetlinkError::NoInterface));
}

#[test]
#[ignore = "needs a network namespace: cargo xtask test --only linux"]
fn a_group_goes_at_once() {
    let pair = Pair::new("mg");
    let mut netlink = Netlink::open().unwrap();
    for (number, group) in [(1, 77), (2, 77), (3, 78)] {
        let mac = Some([0, 0, 0x5e, 0, 1, number]);
        let new = NewLink { mac, group, ..macvlan(&pair.near, &format!("kt-mg-{number}")) };
        netlink.create_link(&new).unwrap();
    }
    netlink.remove_links_of_group(77).unwrap();
    let left: Vec<_> = (1..4).map(|number| netlink.link(&format!("kt-mg-{number}")).is_ok()).collect();
    assert_eq!(left, [false, false, true]);
    assert_eq!(netlink.remove_links_of_group(77), Err(NetlinkError::NoInterface));
}
