//! Gratuitous ARPs and unsolicited neighbour advertisements: who is told of the addresses, and when.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use kaconf::model::{GarpGroup, Global};
use tracing::debug;
use vrrp_fsm::{Instant, Pacer};
use vrrp_linux::{Frame, FrameBatch, FrameSender, IfIndex, SocketError};

use super::instance::{Instance, InstanceId};
use super::interfaces::Interfaces;
use extra::Extra;
pub(super) use lanes::Lane;
use lanes::Lanes;

mod extra;
mod lanes;

/// An address of an instance.
type Key = (InstanceId, u32);

/// Frames that may wait for one system call.
const FRAMES: usize = 128;

#[derive(Debug)]
pub(super) struct Announcer {
    sender: FrameSender,
    batch: FrameBatch,
    /// Bursts that this turn of the event loop called for.
    bursts: Vec<(InstanceId, u32)>,
    /// Instances that announce the address they speak from.
    returning: Vec<InstanceId>,
    /// Least spacing of announcements.
    lanes: Lanes,
    /// What waits on each lane, of IPv4 and of IPv6.
    paced: BTreeMap<(Lane, bool), Pacer<Key>>,
    /// `garp_extra_if`
    extra: Extra,
    /// Interfaces whose IPv6 forwarding was looked up in this turn.
    routers: BTreeMap<IfIndex, bool>,
}

impl Announcer {
    pub(super) fn open() -> Result<Self, SocketError> {
        Ok(Self {
            sender: FrameSender::open()?,
            batch: FrameBatch::new(FRAMES),
            bursts: Vec::new(),
            returning: Vec::new(),
            lanes: Lanes::default(),
            paced: BTreeMap::new(),
            extra: Extra::default(),
            routers: BTreeMap::new(),
        })
    }

    /// `vrrp_garp_interval`, `vrrp_gna_interval`, `garp_group`
    pub(super) fn set_spacing(&mut self, global: &Global, groups: Vec<GarpGroup>) {
        if self.lanes.set(global, groups) {
            self.paced.clear();
        }
    }

    /// An instance is master: from now on it refreshes what is known of its other interfaces.
    pub(super) fn begin(&mut self, id: InstanceId, instance: &Instance) {
        self.extra.begin(id, instance);
    }

    /// Announce all addresses of an instance, once they are in place. Asked for twice in a turn it is one burst.
    pub(super) fn queue(&mut self, id: InstanceId, rounds: u32) {
        match self.bursts.iter_mut().find(|(waiting, _)| *waiting == id) {
            Some((_, waiting)) => *waiting = rounds.max(*waiting),
            None => self.bursts.push((id, rounds)),
        }
    }

    /// A unicast instance came back from Fault: its peers may have forgotten where it is.
    pub(super) fn queue_source(&mut self, id: InstanceId) {
        self.returning.push(id);
    }

    /// The instance is no longer master.
    pub(super) fn cancel(&mut self, id: InstanceId) {
        self.bursts.retain(|(waiting, _)| *waiting != id);
        self.extra.end(id);
        for pacer in self.paced.values_mut() {
            pacer.cancel(|(waiting, _)| waiting == id);
        }
    }

    /// Instances were renumbered.
    pub(super) fn forget(&mut self) {
        self.bursts.clear();
        self.returning.clear();
        self.paced.clear();
        self.extra.forget();
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.paced.values().filter_map(Pacer::deadline).chain(self.extra.deadline()).min()
    }

    /// What an interface waits for.
    pub(super) fn lane(&self, on: IfIndex, interfaces: &Interfaces) -> Lane {
        self.lanes.lane(on, interfaces)
    }

    /// Every `garp_group`.
    pub(super) fn groups(&self) -> impl Iterator<Item = Lane> + use<> {
        self.lanes.groups()
    }

    /// How far apart announcements of a family are there, if anything is said of it.
    pub(super) fn interval(&self, lane: Lane, v6: bool) -> Option<Duration> {
        self.lanes.interval(lane, v6)
    }

    pub(super) fn is_spaced(&self, lane: Lane) -> bool {
        [false, true].into_iter().any(|v6| self.interval(lane, v6).is_some())
    }

    /// When the next may leave there, if one has left of late.
    pub(super) fn next(&self, lane: Lane, v6: bool) -> Option<Instant> {
        self.paced.get(&(lane, v6)).map(Pacer::next)
    }

    /// Sends what this turn called for, and what had to wait and no longer must.
    pub(super) fn run(&mut self, now: Instant, instances: &[Instance], interfaces: &Interfaces) {
        let due = self.extra.due(now, instances);
        if self.bursts.is_empty() && self.paced.is_empty() && self.returning.is_empty() && due.is_empty() {
            return;
        }
        self.routers.clear();
        for id in std::mem::take(&mut self.returning) {
            let Some(instance) = instances.get(id.index()) else { continue };
            if let (Some(IpAddr::V4(ip)), Some(on)) = (instance.source, instance.base) {
                self.send(IpAddr::V4(ip), on, interfaces);
            }
        }
        for (id, rounds) in std::mem::take(&mut self.bursts) {
            self.burst(id, rounds, instances, interfaces);
        }
        for id in due {
            let Some(instance) = instances.get(id.index()) else { continue };
            for number in extra::addresses(instance) {
                self.announce_later(id, instance, number, 1, interfaces);
            }
        }
        let places: Vec<_> = self.paced.keys().copied().collect();
        for place in places {
            while let Some((id, address)) = self.paced.get_mut(&place).and_then(|pacer| pacer.pop(now)) {
                if let Some(instance) = instances.get(id.index()) {
                    self.announce(instance, address as usize, interfaces);
                }
            }
        }
        // One that has nothing waiting is still remembered until it may send again.
        self.paced.retain(|_, pacer| !pacer.is_idle(now));
        self.flush();
    }

    /// Rounds go over all addresses: a, b, c, a, b, c.
    fn burst(&mut self, id: InstanceId, rounds: u32, instances: &[Instance], interfaces: &Interfaces) {
        let Some(instance) = instances.get(id.index()) else { return };
        for round in 0..rounds {
            for (number, held) in instance.held.iter().enumerate() {
                let Some(on) = held.on else { continue };
                let v6 = held.model.address.is_ipv6();
                if round == 0 {
                    self.announce_later(id, instance, number, rounds, interfaces);
                } else if self.lanes.of(on, v6, interfaces).is_none() {
                    self.announce(instance, number, interfaces);
                }
            }
        }
    }

    /// At once, or so often in its turn where announcements are spaced.
    fn announce_later(
        &mut self,
        id: InstanceId,
        instance: &Instance,
        number: usize,
        rounds: u32,
        interfaces: &Interfaces,
    ) {
        let Some(held) = instance.held.get(number) else { return };
        let Some(on) = held.on else { return };
        let v6 = held.model.address.is_ipv6();
        log(instance, held.model.address.ip(), on, interfaces);
        match self.lanes.of(on, v6, interfaces) {
            None => self.announce(instance, number, interfaces),
            Some((lane, spacing)) => {
                let pacer = self.paced.entry((lane, v6)).or_insert_with(|| Pacer::new(spacing));
                pacer.push((id, number as u32), rounds);
            }
        }
    }

    fn announce(&mut self, instance: &Instance, number: usize, interfaces: &Interfaces) {
        if let Some(held) = instance.held.get(number)
            && let Some(on) = held.on
        {
            self.send(held.model.address.ip(), on, interfaces);
        }
    }

    fn send(&mut self, ip: IpAddr, on: IfIndex, interfaces: &Interfaces) {
        let Some(interface) = interfaces.get(on) else { return };
        let (Some(mac), true) = (interface.link.mac, interface.link.takes_announcements()) else { return };
        let what = if ip.is_ipv4() { "gratuitous ARP" } else { "unsolicited Neighbour Advert" };
        debug!("Sending {what} on {} for {ip}", interface.link.name);
        let frame = match ip {
            IpAddr::V4(ip) => Frame::gratuitous_arp(mac, ip),
            IpAddr::V6(ip) => {
                Frame::neighbour_advertisement(mac, ip, self.is_router(on, &interface.link.name))
            }
        };
        if self.batch.push(on, &frame).is_err() {
            self.flush();
            // An empty batch takes one frame.
            let _ = self.batch.push(on, &frame);
        }
    }

    /// The Router flag says whether the host forwards on the interface.
    fn is_router(&mut self, index: IfIndex, name: &str) -> bool {
        *self.routers.entry(index).or_insert_with(|| {
            let conf = vrrp_linux::sysctl::Conf::new(vrrp_types::Family::V6, name);
            conf.and_then(|conf| conf.get("forwarding")).is_ok_and(|forwarding| forwarding != 0)
        })
    }

    fn flush(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let report = self.sender.send(&mut self.batch);
        if let Some(failure) = report.failures.first() {
            debug!("{} announcements could not be sent: {}", report.failures.len(), failure.error);
        }
        self.batch.clear();
    }
}

fn log(instance: &Instance, ip: IpAddr, on: IfIndex, interfaces: &Interfaces) {
    let what = if ip.is_ipv4() { "gratuitous ARPs" } else { "Unsolicited Neighbour Adverts" };
    let interface = interfaces.get(on).map_or("?", |interface| interface.link.name.as_str());
    debug!("({}) Sending/queueing {what} on {interface} for {ip}", instance.name());
}
