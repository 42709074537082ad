//! Adverts on their way out: one socket and one batch for each family and manner of speaking, for the whole process.
//!
//! Unicast has sockets of its own: packets for peers that are not there pile up in them, and must not keep those
//! for the group from leaving.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use tracing::info;
use vrrp_fsm::Priority;
use vrrp_linux::{Sender, SocketError, TxBatch};
use vrrp_types::Family;

use super::instance::{Instance, InstanceId};

/// Packets and octets that may wait for one system call.
const PACKETS: usize = 256;
const OCTETS: usize = 32 * 1024;

#[derive(Debug)]
struct Lane {
    sender: Sender,
    batch: TxBatch,
    /// Whose packet each one in the batch is, and to which of its destinations.
    owners: Vec<(InstanceId, usize)>,
    failed: Vec<(InstanceId, usize, io::Error)>,
}

impl Lane {
    fn open(family: Family) -> Result<Self, SocketError> {
        Ok(Self {
            sender: Sender::open(family)?,
            batch: TxBatch::new(PACKETS, OCTETS),
            owners: Vec::with_capacity(PACKETS),
            failed: Vec::new(),
        })
    }

    fn flush(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let report = self.sender.send(&mut self.batch);
        for failure in report.failures {
            if let Some(&(id, destination)) = self.owners.get(failure.index) {
                let error = io::Error::from(failure.error.kind());
                let error = failure.error.raw_os_error().map_or(error, io::Error::from_raw_os_error);
                self.failed.push((id, destination, error));
            }
        }
        self.owners.clear();
        self.batch.clear();
    }
}

/// Adverts that wait to be sent together. A family and manner without instances has no socket.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    multicast_v4: Option<Lane>,
    multicast_v6: Option<Lane>,
    unicast_v4: Option<Lane>,
    unicast_v6: Option<Lane>,
}

impl Outbox {
    /// Opens the sending sockets that the instances need and are not open; gives what could not be had.
    pub(super) fn open(&mut self, instances: &[Instance]) -> Vec<SocketError> {
        let mut failures = Vec::new();
        for (family, unicast) in
            [(Family::V4, false), (Family::V6, false), (Family::V4, true), (Family::V6, true)]
        {
            let users =
                instances.iter().filter(|user| (user.family(), user.is_unicast()) == (family, unicast));
            let packets: usize = users.map(|user| user.template.packets().max(1)).sum();
            if packets > 0 {
                failures.extend(self.open_lane(family, unicast, packets).err());
            }
        }
        failures
    }

    fn open_lane(&mut self, family: Family, unicast: bool, packets: usize) -> Result<(), SocketError> {
        let lane = self.lane(family, unicast);
        let lane = match lane {
            Some(lane) => lane,
            None => lane.insert(Lane::open(family)?),
        };
        if unicast { lane.sender.make_room_for_peers(packets) } else { Ok(()) }
    }

    /// The socket for a family and manner of speaking.
    pub(super) fn fd(&self, family: Family, unicast: bool) -> Option<BorrowedFd<'_>> {
        let lane = match (family, unicast) {
            (Family::V4, false) => &self.multicast_v4,
            (Family::V6, false) => &self.multicast_v6,
            (Family::V4, true) => &self.unicast_v4,
            (Family::V6, true) => &self.unicast_v6,
        };
        lane.as_ref().map(|lane| lane.sender.as_fd())
    }

    fn lane(&mut self, family: Family, unicast: bool) -> &mut Option<Lane> {
        match (family, unicast) {
            (Family::V4, false) => &mut self.multicast_v4,
            (Family::V6, false) => &mut self.multicast_v6,
            (Family::V4, true) => &mut self.unicast_v4,
            (Family::V6, true) => &mut self.unicast_v6,
        }
    }

    fn lanes(&mut self) -> impl Iterator<Item = &mut Lane> {
        let Self { multicast_v4, multicast_v6, unicast_v4, unicast_v6 } = self;
        [multicast_v4, multicast_v6, unicast_v4, unicast_v6].into_iter().flatten()
    }

    /// Queues one advert of an instance, a packet for each destination.
    pub(super) fn push(&mut self, id: InstanceId, instance: &mut Instance, priority: Priority) {
        let Some(source) = instance.speaks_from else { return };
        let Some(lane) = self.lane(instance.family(), instance.is_unicast()) else { return };
        instance.template.begin(&mut instance.proof, priority, source);
        for destination in 0..instance.template.packets() {
            let (template, proof, interface) = (&instance.template, &instance.proof, instance.port());
            let push =
                |batch: &mut TxBatch| template.push(batch, proof, priority, source, interface, destination);
            if push(&mut lane.batch).is_err() {
                lane.flush();
                // An empty batch takes any advert: the longest is some four thousand octets.
                if push(&mut lane.batch).is_err() {
                    continue;
                }
            }
            if lane.owners.len() < lane.batch.len() {
                lane.owners.push((id, destination));
            }
        }
        instance.stats.adverts_sent += 1;
        if priority.is_stop() {
            instance.stats.priority_zero_sent += 1;
        }
    }

    /// Sends what waits. What could not leave is said once, until the state changes.
    pub(super) fn flush(&mut self, instances: &mut [Instance]) {
        for lane in self.lanes() {
            lane.flush();
            for (id, destination, error) in lane.failed.drain(..) {
                let instance = &mut instances[id.index()];
                // A farewell from an interface that is down is not missed.
                if instance.is_master() && !std::mem::replace(&mut instance.mute, true) {
                    let to = instance.template.destination(destination);
                    let name = instance.name();
                    info!(
                        "({name}): send advert to {to} error {} ({error})",
                        error.raw_os_error().unwrap_or(0)
                    );
                }
            }
        }
    }
}
