//! Two routers, a client, and the wires between them. The judgement of an event is in `judge.rs`.

use std::time::{Duration, Instant};

use super::protocol::Protocol;
use super::report::{Event, Side, Takeover};
use crate::peer::{PeerKind, Router};
use crate::{Advert, Capture, Frame, Host, Lab, LabError, Mark, Pinger, clock};

/// Adverts of either version, also behind an authentication header, and announcements.
const FILTER: &str =
    "ip proto 112 or ip6 proto 112 or ip proto 51 or arp or (ip6 proto 58 and ip6[40] == 136)";
/// The client pings this often.
const PING_PERIOD: Duration = Duration::from_millis(20);
/// What has not happened this long after its time does not happen.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// What is true of the other router once one is master.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// It lives, or has stopped in good order, and gave the addresses up.
    Idle,
    /// It crashed: its kernel still answers for the addresses.
    Crashed,
    /// It does not hear the master and is one too.
    Unaware,
}

/// One event, from the moment it begins.
#[derive(Clone, Copy)]
pub(super) struct Act {
    pub(super) event: Event,
    pub(super) begin: Instant,
    pub(super) wires: [Mark; 2],
}

pub(super) struct Scene {
    pub(super) lab: Lab,
    pub(super) protocol: Protocol,
    pub(super) left: Router,
    pub(super) right: Router,
    pub(super) pings: Pinger,
    pub(super) takeovers: Vec<Takeover>,
    pub(super) client: Host,
    /// Captures at the ports of left and right.
    wires: [Capture; 2],
}

/// Makes one host know for ever where the other is. A partition is judged by adverts on the wire, and unicast to a
/// neighbour that no longer answers ARP does not reach the wire.
fn acquaint(host: &Host, other: &Host) -> Result<(), LabError> {
    let mac = other.mac().to_string();
    let of_subnets = other.addresses().iter().map(|(address, _)| address.to_string());
    for address in of_subnets.chain([other.link_local().to_string()]) {
        host.run("ip", &["neigh", "replace", &address, "lladdr", &mac, "nud", "permanent", "dev", "eth0"])?;
    }
    Ok(())
}

impl Scene {
    /// The LAN, the two routers started, and the act of their start.
    pub(super) fn open(
        left: &PeerKind,
        right: &PeerKind,
        protocol: &Protocol,
    ) -> Result<(Self, Act), LabError> {
        let lab = Lab::new("failover")?;
        let left_host = lab.host("left", &["10.77.0.1/24", "fd77::1/64"])?;
        let right_host = lab.host("right", &["10.77.0.2/24", "fd77::2/64"])?;
        let client = lab.client("client", &["10.77.0.9/24", "fd77::9/64"])?;
        if protocol.unicast {
            acquaint(&left_host, &right_host)?;
            acquaint(&right_host, &left_host)?;
        }
        let wires = [lab.capture(&left_host, FILTER)?, lab.capture(&right_host, FILTER)?];
        let pings = client.ping(protocol.target(), PING_PERIOD)?;
        let begin = clock::now();
        let act = Act { event: Event::Start, begin, wires: [Mark::START; 2] };
        let left = Router::start(left, &left_host, &protocol.spec(Side::Left, &left_host, &right_host)?)?;
        let right = Router::start(right, &right_host, &protocol.spec(Side::Right, &right_host, &left_host)?)?;
        let protocol = protocol.clone();
        Ok((Self { lab, protocol, left, right, pings, takeovers: Vec::new(), client, wires }, act))
    }

    /// Begins an event; what is done to the routers comes next.
    pub(super) fn begin(&self, event: Event) -> Act {
        let wires = self.wires.each_ref().map(Capture::mark);
        Act { event, begin: clock::now(), wires }
    }

    /// What the protocol gives an event.
    pub(super) fn theory(&self, event: Event, master: Side) -> Duration {
        match event {
            Event::Stop => self.protocol.skew(master.priority()),
            Event::Healing => self.protocol.interval.duration(),
            _ => self.protocol.master_down(master.priority()),
        }
    }

    pub(super) fn limit(&self) -> Duration {
        self.protocol.master_down(Side::Right.priority()) + PATIENCE
    }

    pub(super) fn router(&self, side: Side) -> &Router {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    pub(super) fn wire(&self, side: Side) -> &Capture {
        let [left, right] = &self.wires;
        match side {
            Side::Left => left,
            Side::Right => right,
        }
    }
}

pub(super) fn rival(side: Side) -> Side {
    match side {
        Side::Left => Side::Right,
        Side::Right => Side::Left,
    }
}

pub(super) fn index(side: Side) -> usize {
    match side {
        Side::Left => 0,
        Side::Right => 1,
    }
}

/// Whether the frame is an advert of this router as master; a farewell is not.
pub(super) fn spoken_by(frame: &Frame, side: Side) -> bool {
    let ours = |advert: Advert| advert.vrid == Protocol::vrid() && advert.priority == side.priority();
    frame.advert().is_some_and(ours)
}
