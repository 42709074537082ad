//! `garp_extra_if`: a master speaks on its own interface every interval, but on others that hold its addresses only when
//! it becomes master; switches there forget where it is. So one address on each is announced now and then.

use std::collections::{BTreeMap, BTreeSet};

use vrrp_fsm::Instant;

use crate::vrrp::instance::{Instance, InstanceId};
use crate::vrrp::vmac;

/// When each master is due.
#[derive(Debug, Default)]
pub(super) struct Extra {
    /// Became master in this turn.
    begun: Vec<InstanceId>,
    due: BTreeMap<InstanceId, Instant>,
}

impl Extra {
    pub(super) fn begin(&mut self, id: InstanceId, instance: &Instance) {
        if !instance.model.garp_extra.every.is_zero() && !self.due.contains_key(&id) {
            self.begun.push(id);
        }
    }

    pub(super) fn end(&mut self, id: InstanceId) {
        self.begun.retain(|begun| *begun != id);
        self.due.remove(&id);
    }

    pub(super) fn forget(&mut self) {
        self.begun.clear();
        self.due.clear();
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.values().min().copied()
    }

    /// Those whose time has come; the first one is after the second burst of a new master.
    pub(super) fn due(&mut self, now: Instant, instances: &[Instance]) -> Vec<InstanceId> {
        for id in std::mem::take(&mut self.begun) {
            let Some(Instance { model, .. }) = instances.get(id.index()) else { continue };
            let first = now.saturating_add(model.garp.delay).saturating_add(model.garp_extra.every);
            self.due.insert(id, first);
        }
        // Nobody is waited for who is no more.
        self.due.retain(|id, _| id.index() < instances.len());
        let mut due = Vec::new();
        for (id, at) in self.due.iter_mut().filter(|(_, at)| **at <= now) {
            let Some(instance) = instances.get(id.index()) else { continue };
            *at = now.saturating_add(instance.model.garp_extra.every);
            due.push(*id);
        }
        due
    }
}

/// Numbers of the addresses to announce: the first on each other interface that is a VMAC, or on any if so configured.
pub(super) fn addresses(instance: &Instance) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    // Adverts by the interface below say nothing of the VMAC.
    seen.extend(instance.interface.filter(|_| !vmac::transmits_by_base(&instance.model)));
    let all = instance.model.garp_extra.all;
    let held = instance.held.iter().enumerate().filter_map(|(number, held)| {
        let own = instance.interface.filter(|_| instance.model.vmac.is_some());
        let is_vmac = held.vmac.is_some() || held.on == own && own.is_some();
        held.on.filter(|_| all || is_vmac).map(|on| (number, on))
    });
    held.filter(|(_, on)| seen.insert(*on)).map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use kaconf::model::{self, GarpExtra, InterfaceName, VirtualAddress};

    use super::*;

    /// An instance on interface 2 with addresses on these.
    fn instance(all: bool, on: &[u32]) -> Instance {
        let vrid = vrrp_types::Vrid::new(51).unwrap();
        let mut model = model::Instance::new("V1", vrid, vrrp_types::Family::V4, [224, 0, 0, 18].into());
        for number in 0..on.len() {
            model.addresses.push(VirtualAddress::new(format!("10.0.0.{number}/32").parse().unwrap()));
        }
        model.garp_extra = GarpExtra { every: Duration::from_secs(10), all };
        model.interface = InterfaceName::new("eth0");
        let mut instance = Instance::new(model).unwrap();
        instance.interface = vrrp_linux::IfIndex::new(2);
        for (held, on) in instance.held.iter_mut().zip(on) {
            held.on = vrrp_linux::IfIndex::new(*on);
        }
        instance
    }

    #[test]
    fn one_address_on_each_other_interface() {
        assert_eq!(addresses(&instance(true, &[2, 3, 3, 4, 2])), [1, 3]);
        assert_eq!(
            addresses(&instance(true, &[2, 0])),
            [] as [usize; 0],
            "one that is not there is not announced"
        );
        assert_eq!(addresses(&instance(false, &[2, 3, 4])), [] as [usize; 0], "none is a VMAC");
    }

    #[test]
    fn the_first_is_after_the_second_burst() {
        let instances = [instance(true, &[3])];
        let (id, at) = (InstanceId::new(0), |secs: u64| Instant::from_nanos(secs * 1_000_000_000));
        let mut extra = Extra::default();
        extra.begin(id, &instances[0]);
        assert_eq!(extra.due(at(0), &instances), []);
        assert_eq!(extra.deadline(), Some(at(15)));
        assert_eq!(extra.due(at(14), &instances), []);
        assert_eq!(extra.due(at(15), &instances), [id]);
        assert_eq!(extra.due(at(24), &instances), []);
        assert_eq!(extra.due(at(25), &instances), [id]);
        extra.end(id);
        assert_eq!((extra.due(at(99), &instances), extra.deadline()), (vec![], None));
    }

    #[test]
    fn one_that_is_no_more_is_not_due() {
        let instances = [instance(true, &[3]), instance(true, &[3])];
        let at = |secs: u64| Instant::from_nanos(secs * 1_000_000_000);
        let mut extra = Extra::default();
        extra.begin(InstanceId::new(1), &instances[1]);
        assert_eq!(extra.due(at(0), &instances), []);
        extra.begin(InstanceId::new(0), &instances[0]);
        assert_eq!((extra.due(at(99), &[]), extra.deadline()), (vec![], None));
    }
}
