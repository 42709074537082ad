//! Where a scenario is played: a LAN of two hosts, on the first of them either keepalived or kad.
//!
//! Hosts are numbered alike in every lab, so both daemons have the same addresses and the same Ethernet address,
//! and what they send can be compared octet by octet. The second host, eve, says whatever a scenario wants said.

use std::fmt;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use netlab::peer::Daemon;
use netlab::{Capture, Host, Lab, Proc};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use socket2::{Domain, Protocol, Socket, Type};

/// Bound of every wait for something that is sure to come.
pub(crate) const SOON: Duration = Duration::from_secs(12);

/// What alpha sends that the protocol is about, from its own Ethernet address or a virtual one: adverts (bare and
/// behind an authentication header), ARP, and neighbour advertisements.
const SENT: &str = "(ether src 02:00:00:00:00:01 or ether[6:4] == 0x00005e00) and \
                    (ip proto 112 or ip proto 51 or (arp and not src host 0.0.0.0 and arp[24:4] == arp[14:4]) or \
                    (ip6 and (ip6[6] == 112 or (ip6[6] == 58 and ip6[40] == 136))))";

/// Which daemon plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Keepalived,
    Kad,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keepalived => "keepalived",
            Self::Kad => "kad",
        })
    }
}

/// A LAN with one of the daemons on it.
pub(crate) struct Stage {
    pub(crate) who: Who,
    pub(crate) alpha: Host,
    pub(crate) eve: Host,
    voice: Socket,
    _presence: Proc,
    pub(crate) lab: Lab,
}

impl Stage {
    pub(crate) fn new(who: Who) -> Self {
        let lab = Lab::new(&who.to_string()).unwrap();
        let alpha = lab.host("alpha", &["10.77.0.1/24", "fd77::1/64"]).unwrap();
        let eve = lab.host("eve", &["10.77.0.2/24", "fd77::2/64"]).unwrap();
        let mut idle = Command::new("sleep");
        idle.arg("600");
        let presence = eve.spawn("presence", &idle).unwrap();
        let voice = within(presence.id().unwrap(), || {
            let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(255))).unwrap();
            socket.set_multicast_if_v4(&Ipv4Addr::new(10, 77, 0, 2)).unwrap();
            socket
        });
        Self { who, alpha, eve, voice, _presence: presence, lab }
    }

    /// The daemon's program.
    pub(crate) fn program(&self) -> PathBuf {
        match self.who {
            Who::Keepalived => "keepalived".into(),
            Who::Kad => Path::new(env!("CARGO_BIN_EXE_kad")).to_owned(),
        }
    }

    pub(crate) fn start(&self, conf: &str) -> Daemon {
        Daemon::start(&self.alpha, "subject", &self.program(), conf).unwrap()
    }

    /// What alpha sends from now on.
    pub(crate) fn listen(&self) -> Capture {
        self.lab.capture(&self.alpha, SENT).unwrap()
    }

    /// Eve sends an IPv4 packet, header and all.
    pub(crate) fn eve_sends(&self, packet: &[u8]) {
        let to = Ipv4Addr::new(packet[16], packet[17], packet[18], packet[19]);
        self.voice.send_to(packet, &SocketAddrV4::new(to, 0).into()).unwrap();
    }

    /// Runs `ip` on alpha.
    pub(crate) fn ip(&self, arguments: &str) -> String {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        self.alpha.run("ip", &words).unwrap_or_else(|error| panic!("{}: {error}", self.who)).stdout
    }
}

/// Makes something, such as a socket, in the network namespace of a process. It stays there.
pub(crate) fn within<R: Send>(process: u32, make: impl FnOnce() -> R + Send) -> R {
    let inside = || {
        let namespace = File::open(format!("/proc/{process}/ns/net")).unwrap();
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        make()
    };
    thread::scope(|scope| scope.spawn(inside).join().unwrap())
}

/// Plays a scenario with keepalived and with kad, at the same time.
pub(crate) fn both<R: Send>(play: impl Fn(&Stage) -> R + Sync) -> (R, R) {
    thread::scope(|scope| {
        let keepalived = scope.spawn(|| play(&Stage::new(Who::Keepalived)));
        let kad = scope.spawn(|| play(&Stage::new(Who::Kad)));
        (keepalived.join().unwrap(), kad.join().unwrap())
    })
}
