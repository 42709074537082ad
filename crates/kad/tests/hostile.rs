//! Floods of forged, broken and senseless packets against a master and a backup: nothing they do may change.
//!
//! Every packet of eve's is wrong in some way, and would move the election if it were believed: its priority is 254
//! or 0. So the proof is that nothing happens: no transition, adverts on time, no memory, no load once it is over.
#![expect(clippy::unwrap_used, reason = "a test fails by its panic")]

#[path = "hostile/forge.rs"]
mod forge;
#[path = "hostile/router.rs"]
mod router;
#[path = "hostile/stress.rs"]
mod stress;

use std::fs::File;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::os::fd::AsFd;
use std::process::Command;
use std::thread;
use std::time::Duration;

use netlab::{Host, Lab, Proc};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use socket2::{Domain, Protocol, Socket, Type};
use vrrp_linux::{Frame, FrameBatch, FrameSender, IfIndex};

use forge::{Flood, Forge, Kind};
use router::Router;

/// How long each kind of flood lasts.
const FLOOD: Duration = Duration::from_millis(2_000);
/// The same before memory is first measured.
const WARM_UP: Duration = Duration::from_millis(150);
/// Between two adverts of the master.
const PERIOD: Duration = Duration::from_millis(100);
/// What the memory of a daemon may grow by: pages of buffers that were not used before.
const GROWTH: u64 = 192 * 1024;

/// Eve's ways to the wire.
struct Eve {
    _presence: Proc,
    v4: Socket,
    v6: Socket,
    arp: FrameSender,
    interface: IfIndex,
    mac: [u8; 6],
}

impl Eve {
    fn new(host: &Host) -> Self {
        let mut idle = Command::new("sleep");
        idle.arg("300");
        let presence = host.spawn("presence", &idle).unwrap();
        let namespace = File::open(format!("/proc/{}/ns/net", presence.id().unwrap())).unwrap();
        let mac = host.mac().0;
        let open = move || {
            move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            let raw = |domain| Socket::new(domain, Type::RAW, Some(Protocol::from(255))).unwrap();
            let (v4, v6) = (raw(Domain::IPV4), raw(Domain::IPV6));
            let interface = IfIndex::of_name("eth0").unwrap();
            v4.set_multicast_if_v4(&forge::EVE_V4).unwrap();
            v6.set_multicast_if_v6(interface.get()).unwrap();
            Self { _presence: presence, v4, v6, arp: FrameSender::open().unwrap(), interface, mac }
        };
        // A socket stays in the namespace in which it was made, a thread need not.
        thread::spawn(open).join().unwrap()
    }

    /// Sends as fast as it goes; returns how many left.
    fn flood(&self, kind: Kind, time: Duration, forge: &mut Forge) -> u64 {
        let begin = netlab::now();
        let mut sent = 0;
        while begin.elapsed() < time {
            for _ in 0..64 {
                sent += u64::from(self.send(&forge.next(kind)));
            }
        }
        sent
    }

    /// What the kernel does not let out did not harm anybody.
    fn send(&self, flood: &Flood) -> bool {
        match flood {
            Flood::V4(packet) => {
                let to = IpAddr::from(<[u8; 4]>::try_from(&packet[16..20]).unwrap());
                self.v4.send_to(packet, &SocketAddr::new(to, 0).into()).is_ok()
            }
            Flood::V6(packet) => {
                let to = <[u8; 16]>::try_from(&packet[24..40]).unwrap();
                let to = SocketAddrV6::new(to.into(), 0, 0, self.interface.get());
                self.v6.send_to(packet, &to.into()).is_ok()
            }
            Flood::Arp(address) => {
                let mut batch = FrameBatch::new(1);
                batch.push(self.interface, &Frame::gratuitous_arp(self.mac, *address)).unwrap();
                self.arp.send(&mut batch).sent == 1
            }
        }
    }
}

#[test]
#[ignore = "needs namespaces: cargo xtask test --only hostile"]
fn floods_change_nothing() {
    let lab = Lab::new("hostile").unwrap();
    let alpha = lab.host("alpha", &["10.77.0.1/24", "fd77::1/64"]).unwrap();
    let beta = lab.host("beta", &["10.77.0.2/24", "fd77::2/64"]).unwrap();
    let eve = lab.host("eve", &["10.77.0.3/24", "fd77::3/64"]).unwrap();
    let heard = lab.capture(&alpha, "ether src 02:00:00:00:00:01 and ip proto 112 and ip[21] == 51").unwrap();
    let beta = Router::start(&beta, 100);
    let alpha = Router::start(&alpha, 200);
    alpha.settle("MASTER");
    beta.settle("BACKUP");

    let (eve, mut forge) = (Eve::new(&eve), Forge::new(0x5eed));
    for kind in Kind::ALL {
        eve.flood(kind, WARM_UP, &mut forge);
    }
    let before = [alpha.measure(), beta.measure()];
    let marks = [alpha.proc().mark(), beta.proc().mark()];
    for kind in Kind::ALL {
        let mark = heard.mark();
        let begin = netlab::now();
        let sent = eve.flood(kind, FLOOD, &mut forge);
        let took = begin.elapsed();
        println!("{kind:?}: {sent} packets in {took:?}");
        assert!(sent > 1_000, "{kind:?}: only {sent} packets left");
        let adverts = heard.since(mark);
        on_time(kind, &adverts.iter().map(|frame| frame.at).collect::<Vec<_>>(), took);
    }
    for ((router, before), mark) in [&alpha, &beta].into_iter().zip(before).zip(marks) {
        router.is_unmoved(&before, mark, GROWTH);
        router.is_idle();
    }
    for router in [&alpha, &beta] {
        router.has_counted();
    }
    believed_unbroken(&eve, &alpha);
}

/// The proof of the proof: what was broken above moves the election when it is whole.
fn believed_unbroken(eve: &Eve, alpha: &Router) {
    let mark = alpha.proc().mark();
    for flood in forge::believable() {
        assert!(eve.send(&flood));
    }
    for instance in ["V1", "V3"] {
        let line = format!("({instance}) Entering BACKUP STATE");
        alpha.proc().wait_for_after(mark, &line, Duration::from_secs(5)).unwrap();
    }
}

/// Adverts left at their times, as far as a busy machine lets anybody be on time.
fn on_time(kind: Kind, at: &[std::time::Instant], took: Duration) {
    let expected = took.as_secs_f64() / PERIOD.as_secs_f64();
    let count = at.len() as f64;
    assert!(
        (count - expected).abs() <= 2.0 + expected / 20.0,
        "{kind:?}: {count} adverts, not {expected:.1}"
    );
    let longest = at.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    println!("{kind:?}: longest pause between adverts {longest:?}");
    assert!(longest < 2 * PERIOD, "{kind:?}: no advert for {longest:?}");
}
