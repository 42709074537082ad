//! Addresses on their way into and out of the kernel: collected during a turn, applied in one go.

use std::collections::BTreeMap;
use std::net::IpAddr;

use tracing::{debug, info, warn};
use vrrp_linux::{Address, AddressOp, IfIndex, Netlink, NetlinkError};

use super::instance::{Instance, InstanceId};
use super::interfaces::Interfaces;

/// Which address of which instance an operation is for.
#[derive(Clone, Copy, Debug)]
struct Owner {
    id: InstanceId,
    number: usize,
}

/// What came of an address beyond that it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An address that this instance could not set before is set.
    Arrived(InstanceId),
    /// One could not be set.
    Owed,
}

#[derive(Debug)]
pub(super) struct Kernel {
    netlink: Netlink,
    owners: Vec<Owner>,
    operations: Vec<AddressOp>,
    outcomes: Vec<Outcome>,
    /// Removals of ours that the kernel has yet to report: they are nobody's loss. Kept by address, so that a reload
    /// that renumbers the instances changes nothing here.
    reports_due: ReportsDue,
}

type ReportsDue = BTreeMap<(IfIndex, IpAddr), u32>;

impl Kernel {
    pub(super) fn new(netlink: Netlink) -> Self {
        Self {
            netlink,
            owners: Vec::new(),
            operations: Vec::new(),
            outcomes: Vec::new(),
            reports_due: BTreeMap::new(),
        }
    }

    /// For requests that are answered here and now.
    pub(super) fn netlink(&mut self) -> &mut Netlink {
        &mut self.netlink
    }

    /// Reads all links and addresses. What was to be reported before is forgotten: the tables know it.
    pub(super) fn read(&mut self) -> Result<Interfaces, NetlinkError> {
        self.reports_due.clear();
        Interfaces::read(&mut self.netlink)
    }

    /// Puts all addresses of an instance on their interfaces, or those that are not there yet.
    pub(super) fn add_all(&mut self, id: InstanceId, instance: &mut Instance, interfaces: &Interfaces) {
        let (carried, excluded) = (!instance.model.addresses.is_empty(), !instance.model.excluded.is_empty());
        let name = instance.name();
        if carried {
            debug!("({name}) setting VIPs.");
        }
        if excluded {
            debug!("({name}) setting E-VIPs.");
        }
        for number in 0..instance.held.len() {
            self.add(id, number, instance, interfaces);
        }
    }

    fn add(&mut self, id: InstanceId, number: usize, instance: &mut Instance, interfaces: &Interfaces) {
        if instance.held[number].on.is_some() {
            return;
        }
        let Some(on) = place(instance, number, interfaces) else {
            self.outcomes.push(Outcome::Owed);
            if !std::mem::replace(&mut instance.held[number].owed, true) {
                let (name, ip) = (instance.name(), instance.held[number].model.address.ip());
                warn!("({name}) cannot set {ip}: its interface does not exist");
            }
            return;
        };
        let held = &mut instance.held[number];
        held.on = Some(on);
        self.owners.push(Owner { id, number });
        self.operations.push(AddressOp::Add(held.on_interface(on)));
    }

    /// Tries those again that could not be set; whether there are any.
    pub(super) fn add_owed(
        &mut self,
        id: InstanceId,
        instance: &mut Instance,
        interfaces: &Interfaces,
    ) -> bool {
        let owed = |number: &usize| instance.held[*number].owed && instance.held[*number].on.is_none();
        let owed: Vec<usize> = (0..instance.held.len()).filter(owed).collect();
        for number in &owed {
            self.add(id, *number, instance, interfaces);
        }
        !owed.is_empty()
    }

    /// What became of addresses since this was last asked.
    pub(super) fn take_outcomes(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.outcomes)
    }

    /// Takes away every address of an instance that is there.
    pub(super) fn remove_all(&mut self, id: InstanceId, instance: &mut Instance) {
        let name = instance.name();
        debug!("({name}) removing VIPs.");
        if !instance.model.excluded.is_empty() {
            debug!("({name}) removing E-VIPs.");
        }
        for number in 0..instance.held.len() {
            self.remove(id, number, instance);
        }
    }

    pub(super) fn remove(&mut self, id: InstanceId, number: usize, instance: &mut Instance) {
        let held = &mut instance.held[number];
        held.owed = false;
        let Some(on) = held.on.take() else { return };
        // An owner leaves what it found; who no longer owns it does not.
        if std::mem::take(&mut held.found) && instance.model.priority.is_owner() {
            return;
        }
        self.owners.push(Owner { id, number });
        self.operations.push(AddressOp::Remove(held.on_interface(on)));
    }

    /// Takes away what a predecessor that was killed left behind. An owner's address may be the host's own: there
    /// only what bears our mark goes.
    pub(super) fn remove_leftovers(&mut self, instances: &mut [Instance], interfaces: &Interfaces) {
        let mut operations: Vec<AddressOp> = Vec::new();
        for instance in instances.iter() {
            let owner = instance.machine.config().priority.is_owner();
            let before = operations.len();
            for number in 0..instance.held.len() {
                let Some(on) = place(instance, number, interfaces) else { continue };
                let held = &instance.held[number];
                let there = |address: &&Address| held.is(address) && (!owner || is_marked(address));
                let found = interfaces.get(on).and_then(|interface| interface.addresses.iter().find(there));
                operations.extend(found.cloned().map(AddressOp::Remove));
            }
            if operations.len() > before {
                info!("({}) removing VIPs.", instance.name());
            }
        }
        let outcomes = self.netlink.apply(&operations);
        for (operation, outcome) in operations.iter().zip(outcomes) {
            match outcome {
                Ok(()) => expect_report(&mut self.reports_due, operation),
                Err(error) => warn!("an address left by a predecessor could not be removed: {error}"),
            }
        }
    }

    /// An address is gone: whether it was we who removed it.
    pub(super) fn was_removed_by_us(&mut self, address: &Address) -> bool {
        let key = (address.interface, address.ip());
        let Some(due) = self.reports_due.get_mut(&key) else { return false };
        *due -= 1;
        if *due == 0 {
            self.reports_due.remove(&key);
        }
        true
    }

    /// An interface is gone, and no more reports come from there.
    pub(super) fn forget_interface(&mut self, index: IfIndex) {
        self.reports_due.retain(|(interface, _), _| *interface != index);
    }

    /// Makes changes here and now that are no instance's.
    pub(super) fn change(&mut self, operations: &[AddressOp]) -> Vec<Result<(), NetlinkError>> {
        let outcomes = self.netlink.apply(operations);
        for (operation, _) in operations.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_ok()) {
            expect_report(&mut self.reports_due, operation);
        }
        outcomes
    }

    /// Does what was collected. `keep` leaves addresses where they are (`--dont-release-vrrp`).
    pub(super) fn apply(&mut self, instances: &mut [Instance], keep: bool) {
        if self.operations.is_empty() {
            return;
        }
        if keep {
            self.operations.clear();
            self.owners.clear();
            return;
        }
        let outcomes = self.netlink.apply(&self.operations);
        for ((owner, operation), outcome) in
            self.owners.drain(..).zip(self.operations.drain(..)).zip(outcomes)
        {
            if outcome.is_ok() {
                expect_report(&mut self.reports_due, &operation);
            }
            let Some(instance) = instances.get_mut(owner.id.index()) else { continue };
            match operation {
                AddressOp::Add(address) => {
                    self.outcomes.extend(added(instance, owner, &address, outcome));
                }
                AddressOp::Remove(address) => removed(instance, &address, outcome),
            }
        }
    }
}

fn expect_report(due: &mut ReportsDue, operation: &AddressOp) {
    if let AddressOp::Remove(address) = operation {
        *due.entry((address.interface, address.ip())).or_default() += 1;
    }
}

/// `--release-vips`: what is where it would be put is ours, whoever put it there.
pub(super) fn claim_all(instance: &mut Instance, interfaces: &Interfaces) {
    for number in 0..instance.held.len() {
        let Some(on) = place(instance, number, interfaces) else { continue };
        let held = &mut instance.held[number];
        let there = interfaces.get(on).is_some_and(|found| found.addresses.iter().any(|a| held.is(a)));
        if held.on.is_none() && there {
            held.on = Some(on);
        }
    }
}

/// Whether a daemon of this kind put the address there (`IFA_PROTO`, since Linux 5.18).
pub(super) fn is_marked(address: &Address) -> bool {
    address.proto == Some(Address::PROTO_KEEPALIVED)
}

/// The interface of an address: the VMAC made for it, its own `dev`, or that of the instance.
pub(super) fn place(instance: &Instance, number: usize, interfaces: &Interfaces) -> Option<IfIndex> {
    let held = instance.held.get(number)?;
    if let Some(vmac) = &held.vmac {
        return interfaces.vmac(vmac).map(|interface| interface.link.index);
    }
    match &held.model.device {
        Some(device) => interfaces.find(device.as_str()).map(|interface| interface.link.index),
        None => instance.base,
    }
}

/// Notes what came of an address; what it is beyond that it is set as it should be.
fn added(
    instance: &mut Instance,
    place: Owner,
    address: &Address,
    outcome: Result<(), NetlinkError>,
) -> Option<Outcome> {
    let owner = instance.machine.config().priority.is_owner();
    let held = instance.held.get_mut(place.number)?;
    match outcome {
        Ok(()) => held.found = false,
        Err(NetlinkError::Exists) => held.found = owner,
        // It may be there all the same, and must be removed some day.
        Err(error @ (NetlinkError::Timeout | NetlinkError::Socket(_))) => {
            warn!("({}) whether {} is set is not known: {error}", instance.model.name, address.network);
        }
        Err(error) => {
            held.on = None;
            if !std::mem::replace(&mut held.owed, true) {
                warn!("({}) cannot set {}: {error}", instance.model.name, address.network);
            }
            return Some(Outcome::Owed);
        }
    }
    std::mem::take(&mut held.owed).then_some(Outcome::Arrived(place.id))
}

fn removed(instance: &Instance, address: &Address, outcome: Result<(), NetlinkError>) {
    let Err(error) = outcome else { return };
    if !matches!(error, NetlinkError::AddressNotThere | NetlinkError::NoInterface) {
        warn!("({}) cannot remove {}: {error}", instance.model.name, address.network);
    }
}
