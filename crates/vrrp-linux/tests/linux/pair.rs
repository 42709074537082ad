//! Two ends of a cable in the namespace of the test, and the waits, all bounded, that tests need.

use std::fs;
use std::os::fd::AsFd;
use std::process::Command;
use std::time::Duration;

use pnet::datalink::{self, Channel, DataLinkReceiver, DataLinkSender};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use vrrp_linux::{IfIndex, Link, LinkFlags, Monitor, Netlink};

/// No wait in these tests is for longer: whatever has not happened by then does not.
const PATIENCE: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };

/// How the names of all interfaces made here begin.
const PREFIX: &str = "kt-";

/// A veth pair, both ends up and without addresses; gone when dropped.
pub(crate) struct Pair {
    pub(crate) near: Link,
    pub(crate) far: Link,
}

impl Pair {
    /// `tag` makes the names, so it is another in each test.
    pub(crate) fn new(tag: &str) -> Self {
        refuse_a_namespace_in_use();
        let (near, far) = (format!("{PREFIX}{tag}-n"), format!("{PREFIX}{tag}-f"));
        let mut monitor = Monitor::open(None).unwrap();
        ip(&format!(
            "link add {near} address 02:00:00:00:00:01 type veth peer {far} address 02:00:00:00:00:02"
        ));
        for end in [&near, &far] {
            ip(&format!("link set {end} addrgenmode none"));
            // Senders here use addresses that no host has, which strict reverse path checks would drop.
            fs::write(format!("/proc/sys/net/ipv4/conf/{end}/rp_filter"), "0").unwrap();
            ip(&format!("link set {end} up"));
        }
        let (near, far) = until_up(&mut monitor, &near, &far);
        Self { near, far }
    }

    /// Until both ends carry packets again.
    pub(crate) fn until_up(&self) {
        until_up(&mut Monitor::open(None).unwrap(), &self.near.name, &self.far.name);
    }
}

fn until_up(monitor: &mut Monitor, near: &str, far: &str) -> (Link, Link) {
    let ready = || Some((running(near)?, running(far)?));
    loop {
        if let Some(both) = ready() {
            return both;
        }
        wait(&*monitor);
        monitor.read(&mut Vec::new()).unwrap();
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        // Gone already when the test itself deleted it.
        let _ = Command::new("ip").args(["link", "del", &self.near.name]).output();
    }
}

fn running(name: &str) -> Option<Link> {
    let links = Netlink::open().unwrap().links().unwrap();
    links
        .into_iter()
        .find(|link| link.name == name && link.is_up() && link.flags.contains(LinkFlags::LOWER_UP))
}

/// What these tests do to interfaces must not happen to a machine's own.
///
/// A new namespace has no Ethernet interface, so one that is not from here tells that this namespace is somebody's.
fn refuse_a_namespace_in_use() {
    for link in Netlink::open().unwrap().links().unwrap() {
        let ours = link.name.starts_with(PREFIX) || link.arphrd != libc::ARPHRD_ETHER;
        assert!(ours, "{} is here: this is no namespace for tests, run under `unshare -n`", link.name);
    }
}

/// `ip ARGUMENTS`, which must succeed; what it prints.
pub(crate) fn ip(arguments: &str) -> String {
    let done = Command::new("ip").args(arguments.split_whitespace()).output().unwrap();
    assert!(done.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// An index that no interface has.
pub(crate) fn nowhere() -> IfIndex {
    IfIndex::new(i32::MAX as u32).unwrap()
}

/// Until the socket is readable.
pub(crate) fn wait(socket: impl AsFd) {
    assert!(readable(socket, &PATIENCE), "nothing to read in {} s", PATIENCE.tv_sec);
}

/// Whether the socket is readable at this moment.
pub(crate) fn readable_now(socket: impl AsFd) -> bool {
    readable(socket, &Timespec { tv_sec: 0, tv_nsec: 0 })
}

fn readable(socket: impl AsFd, within: &Timespec) -> bool {
    poll(&mut [PollFd::new(&socket, PollFlags::IN)], Some(within)).unwrap() > 0
}

/// Sends frames as they are, by none of this crate's work.
pub(crate) fn put_on_the_cable(link: &Link, frames: &[&[u8]]) {
    let (mut sender, _) = channel(link);
    for frame in frames {
        sender.send_to(frame, None).unwrap().unwrap();
    }
}

fn channel(link: &Link) -> (Box<dyn DataLinkSender>, Box<dyn DataLinkReceiver>) {
    let interface = datalink::interfaces().into_iter().find(|one| one.name == link.name).unwrap();
    let read_timeout = Some(Duration::from_secs(PATIENCE.tv_sec as u64));
    let config = datalink::Config { read_timeout, ..Default::default() };
    match datalink::channel(&interface, config).unwrap() {
        Channel::Ethernet(sender, receiver) => (sender, receiver),
        _ => panic!("not an Ethernet channel"),
    }
}

/// A capture that is none of this crate's work, on one end of a cable.
pub(crate) struct Capture(Box<dyn DataLinkReceiver>);

impl Capture {
    pub(crate) fn on(link: &Link) -> Self {
        Self(channel(link).1)
    }

    /// The next frame that `wanted` takes; the kernel's own (IGMP, MLD, ND) pass by.
    pub(crate) fn next(&mut self, wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        for _ in 0..1000 {
            let frame = self.0.next().unwrap();
            if wanted(frame) {
                return frame.to_vec();
            }
        }
        panic!("a thousand frames and not the one")
    }
}

/// An IPv4 or IPv6 frame that carries VRRP.
pub(crate) fn is_vrrp(frame: &[u8]) -> bool {
    let protocol = match frame.get(12..14) {
        Some([0x08, 0x00]) => frame.get(14 + 9),
        Some([0x86, 0xdd]) => frame.get(14 + 6),
        _ => None,
    };
    protocol == Some(&112)
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|digit| Some(digit.to_digit(16)? as u8)).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
