//! The receiving sockets, one per interface, family and protocol, and which instance an advert is for.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};

use kaconf::model::Mode;
use vrrp_linux::{IfIndex, Receiver, RxOptions, SocketError};
use vrrp_types::{Family, Vrid};

use super::instance::{Instance, InstanceId};

/// A place to listen: an interface (or all, for unicast without one), a family and an IP protocol.
pub(super) type Place = (Option<IfIndex>, Family, u8);

#[derive(Debug)]
pub(super) struct Slot {
    pub(super) receiver: Receiver,
    groups: Vec<IpAddr>,
    /// Who hears a VRID, in its order; nearly always one.
    listeners: Vec<(Vrid, InstanceId)>,
}

/// Sockets by place. The number of a place never changes while the process runs, so that the event loop may
/// know a socket by it.
#[derive(Debug, Default)]
pub(super) struct Receivers {
    numbers: BTreeMap<Place, usize>,
    slots: Vec<Option<Slot>>,
}

/// What became of bringing the sockets in line.
#[derive(Debug, Default)]
pub(super) struct Aligned {
    /// Numbers of sockets that the event loop does not know yet.
    pub(super) opened: Vec<usize>,
    /// Sockets that could not be opened, or whose groups could not be joined; the others serve.
    pub(super) failures: Vec<SocketError>,
}

impl Receivers {
    /// Opens the sockets that the instances need and are not open, joins their groups, closes those that nobody
    /// needs, and builds the tables anew. A socket that stays open loses no packet.
    pub(super) fn align(
        &mut self,
        instances: &[Instance],
        name_of: impl Fn(IfIndex) -> Option<String>,
        join_groups: bool,
    ) -> Aligned {
        let mut aligned = Aligned::default();
        let mut wanted: BTreeMap<Place, Vec<InstanceId>> = BTreeMap::new();
        for (index, instance) in instances.iter().enumerate() {
            let missing = instance.model.interface.is_some() && instance.port().is_none();
            if !missing {
                wanted.entry(instance.place()).or_default().push(InstanceId::new(index));
            }
        }
        for (place, &number) in &self.numbers {
            if !wanted.contains_key(place) {
                self.slots[number] = None;
            }
        }
        for (place, listeners) in wanted {
            let number = self.number(place);
            if self.slots[number].is_none() {
                let name = place.0.and_then(&name_of).unwrap_or_default();
                let interface = place.0.map(|index| (index, name.as_str()));
                let configured =
                    listeners.iter().filter_map(|id| instances[id.index()].model.rx_buffer).max();
                let buffer = configured.or_else(|| swarm_buffer(listeners.len()));
                let options = RxOptions { buffer, protocol: place.2 };
                match Receiver::open(place.1, interface, &options) {
                    Ok(receiver) => {
                        self.slots[number] =
                            Some(Slot { receiver, groups: Vec::new(), listeners: Vec::new() });
                        aligned.opened.push(number);
                    }
                    Err(error) => aligned.failures.push(error),
                }
            }
            if let Some(slot) = &mut self.slots[number] {
                slot.align(place.0, &listeners, instances, join_groups, &mut aligned.failures);
            }
        }
        aligned
    }

    fn number(&mut self, place: Place) -> usize {
        let slots = &mut self.slots;
        *self.numbers.entry(place).or_insert_with(|| {
            slots.push(None);
            slots.len() - 1
        })
    }

    /// Forgets the socket of an interface that is gone: it is bound to nothing now.
    pub(super) fn drop_interface(&mut self, index: IfIndex) {
        for (place, &number) in &self.numbers {
            if place.0 == Some(index) {
                self.slots[number] = None;
            }
        }
    }

    pub(super) fn slot(&self, number: usize) -> Option<&Slot> {
        self.slots.get(number).and_then(Option::as_ref)
    }

    /// Numbers of all open sockets.
    pub(super) fn open_numbers(&self) -> Vec<usize> {
        (0..self.slots.len()).filter(|&number| self.slots[number].is_some()).collect()
    }

    /// The socket of a place.
    pub(super) fn at(&self, place: Place) -> Option<BorrowedFd<'_>> {
        self.fd(*self.numbers.get(&place)?)
    }

    pub(super) fn fd(&self, number: usize) -> Option<BorrowedFd<'_>> {
        self.slot(number).map(|slot| slot.receiver.as_fd())
    }
}

/// Octets that a socket needs so that a few adverts of each of many masters wait in it while the process is kept
/// from running; the system's default is enough for less than a hundred.
fn swarm_buffer(listeners: usize) -> Option<u32> {
    /// What the kernel counts for a short packet, times the adverts that make a master-down time.
    const OCTETS: usize = 3 * 1_024;
    (listeners > 64).then(|| u32::try_from(listeners.saturating_mul(OCTETS)).unwrap_or(u32::MAX))
}

impl Slot {
    fn align(
        &mut self,
        interface: Option<IfIndex>,
        listeners: &[InstanceId],
        instances: &[Instance],
        join_groups: bool,
        failures: &mut Vec<SocketError>,
    ) {
        let mut wanted = Vec::new();
        for id in listeners {
            if let Mode::Multicast { group } = instances[id.index()].model.mode
                && !wanted.contains(&group)
            {
                wanted.push(group);
            }
        }
        if let Some(interface) = interface.filter(|_| join_groups) {
            let (stay, leave): (Vec<_>, _) = self.groups.drain(..).partition(|group| wanted.contains(group));
            self.groups = stay;
            for group in leave {
                failures.extend(self.receiver.leave(group, interface).err());
            }
            // A group that could not be joined is tried again the next time.
            for group in wanted {
                if !self.groups.contains(&group) {
                    match self.receiver.join(group, interface) {
                        Ok(()) => self.groups.push(group),
                        Err(error) => failures.push(error),
                    }
                }
            }
        }
        self.listeners = listeners.iter().map(|id| (instances[id.index()].model.vrid, *id)).collect();
        self.listeners.sort_unstable();
    }

    /// Who may hear an advert of this VRID.
    pub(super) fn listeners(&self, vrid: Vrid) -> &[(Vrid, InstanceId)] {
        let start = self.listeners.partition_point(|(known, _)| *known < vrid);
        let length = self.listeners[start..].partition_point(|(known, _)| *known == vrid);
        &self.listeners[start..start + length]
    }
}
