//! Captures of `ip link` on Linux 6.18, statistics and the like cut out.

use super::super::message::hex;
use super::*;

fn parse(capture: &str) -> Link {
    Link::parse(&hex(capture)).unwrap()
}

#[test]
fn the_loopback() {
    let lo = parse(concat!(
        "00000403010000000800000000000000",
        "070003006c6f0000",
        "08000d00e803000005001000020000000800040000000100",
        "0a000100000000000000000000000a00020000000000000000000000"
    ));
    assert_eq!((lo.index.get(), lo.name.as_str(), lo.mtu, lo.arphrd), (1, "lo", 65536, 772));
    assert_eq!(lo.flags, LinkFlags::LOOPBACK);
    assert!(!lo.is_up() && !lo.takes_announcements());
}

/// `ip link add va type veth peer name vb; ip link set vb master br0`
#[test]
fn a_veth_in_a_bridge() {
    let vb = parse(concat!(
        "00000100020000004310010000000000",
        "0700030076620000",
        "08000d00e803000005001000060000000800040 0dc050000",
        "08000a0005000000",
        "0a000100020000000002 0000",
        "0a000200ffffffffffff0000",
        "10001200090001007665746800000000",
        "0800050003000000"
    ));
    assert_eq!((vb.index.get(), vb.mtu, vb.kind.as_deref()), (2, 1500, Some("veth")));
    assert_eq!(vb.mac, Some([2, 0, 0, 0, 0, 2]));
    assert_eq!((vb.master, vb.link), (IfIndex::new(5), IfIndex::new(3)));
    assert!(vb.is_up() && vb.takes_announcements());
    assert!(vb.flags.contains(LinkFlags::LOWER_UP | LinkFlags::MULTICAST | LinkFlags::BROADCAST));
}

/// `ip link add link va name vm address 00:00:5e:00:01:33 type macvlan mode private`
#[test]
fn a_macvlan_that_is_down() {
    let vm = parse(concat!(
        "00000100040000000210000000000000",
        "07000300766d0000",
        "08000d00e80300000500100002000000",
        "08000400dc050000",
        "0a00010000005e0001330000",
        "0a000200ffffffffffff0000",
        "100012000c0001006d6163766c616e00",
        "0800050003000000"
    ));
    assert_eq!((vm.name.as_str(), vm.kind.as_deref()), ("vm", Some("macvlan")));
    assert_eq!(vm.mac, Some([0, 0, 0x5e, 0, 1, 0x33]));
    assert!(!vm.is_up());
}

/// `ip link set vb netns other`, then the end that stayed.
#[test]
fn a_number_of_another_namespace_is_not_taken_for_one_of_this() {
    let here = "000001000300000043100100000000000700030076610000 0800050002000000";
    assert_eq!(parse(here).link, IfIndex::new(2));
    assert_eq!(parse(&format!("{here} 0800250000000000")).link, None);
}

#[test]
fn up_takes_a_carrier_too() {
    let mut link = parse("00000100020000000110000000000000070003007662 0000");
    assert!(link.flags.contains(LinkFlags::UP) && !link.is_up());
    link.flags |= LinkFlags::RUNNING;
    assert!(link.is_up());
}

#[test]
fn announcements_need_ethernet_and_arp() {
    let mut link = parse("0000010002000000431001000000000007000300766200000a000100020000000002 0000");
    assert!(link.takes_announcements());
    link.flags |= LinkFlags::NOARP;
    assert!(!link.takes_announcements());
}

#[test]
fn what_does_not_speak_of_the_interface_is_passed_over() {
    for (why, capture) in [
        ("a bridge of its port", "07000100020000004310010000000000070003007662 0000"),
        ("a wireless event", "000001000200000043100100000000000700030076620000 08000b0000000000"),
        ("no name", "00000100020000004310010000000000"),
        ("no index", "00000100000000004310010000000000070003007662 0000"),
        ("a negative index", "00000100ffffffff4310010000000000070003007662 0000"),
        ("cut short", "000001000200"),
        ("nothing", ""),
    ] {
        assert_eq!(Link::parse(&hex(capture)), None, "{why}");
    }
}
