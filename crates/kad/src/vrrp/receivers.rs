//! The receiving sockets, one per interface, family and protocol, and which instance an advert is for.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};

use kaconf::model::{Global, Mode};
use vrrp_linux::{IfIndex, Receiver, RxOptions, SocketError};
use vrrp_types::{Family, Vrid};

use super::buffers;
use super::instance::{Instance, InstanceId};
use super::interfaces::Interfaces;

/// A place to listen: an interface (or all, for unicast without one), a family and an IP protocol.
pub(super) type Place = (Option<IfIndex>, Family, u8);

#[derive(Debug)]
pub(super) struct Slot {
    pub(super) receiver: Receiver,
    /// Octets the kernel may queue, if not as many as it does by itself.
    pub(super) buffer: Option<u32>,
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
        interfaces: &Interfaces,
        global: &Global,
    ) -> Aligned {
        let name_of = |index| interfaces.get(index).map(|interface| interface.link.name.clone());
        let join_groups = !global.disable_local_igmp;
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
            let buffer = buffers::of_socket(&listeners, instances, interfaces, global);
            if self.slots[number].is_none() {
                let name = place.0.and_then(name_of).unwrap_or_default();
                let interface = place.0.map(|index| (index, name.as_str()));
                let options = RxOptions { buffer, protocol: place.2 };
                match Receiver::open(place.1, interface, &options) {
                    Ok(receiver) => {
                        self.slots[number] =
                            Some(Slot { receiver, buffer, groups: Vec::new(), listeners: Vec::new() });
                        aligned.opened.push(number);
                    }
                    Err(error) => aligned.failures.push(error),
                }
            }
            if let Some(slot) = &mut self.slots[number] {
                slot.resize(buffer, &mut aligned.failures);
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

    /// The socket of a place, and what it was given.
    pub(super) fn slot_at(&self, place: Place) -> Option<&Slot> {
        self.slot(*self.numbers.get(&place)?)
    }

    /// The socket of a place.
    pub(super) fn at(&self, place: Place) -> Option<BorrowedFd<'_>> {
        self.fd(*self.numbers.get(&place)?)
    }

    pub(super) fn fd(&self, number: usize) -> Option<BorrowedFd<'_>> {
        self.slot(number).map(|slot| slot.receiver.as_fd())
    }
}

impl Slot {
    /// Follows a reload. What a socket was given stays when nobody asks for anything any more.
    fn resize(&mut self, buffer: Option<u32>, failures: &mut Vec<SocketError>) {
        if let Some(octets) = buffer.filter(|_| buffer != self.buffer) {
            failures.extend(self.receiver.resize(octets).err());
            self.buffer = buffer;
        }
    }

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
