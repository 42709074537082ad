//! Instances that would share a VMAC without being in one sync group.

use std::collections::HashMap;

use vrrp_types::{Family, Vrid};

use super::reader::Reader;
use crate::code::{Class, Code};
use crate::diag::Diagnostic;
use crate::model::{Instance, InterfaceName, SyncGroup, VmacKind};

/// What two VMACs must not share.
type Key<'a> = (&'a InterfaceName, Family, Vrid, Option<[u8; 6]>);

impl Reader<'_> {
    /// Reports instances with addresses on the VMAC of an earlier one.
    pub(super) fn report_vmac_conflicts(&mut self, instances: &[Instance], groups: &[SyncGroup]) {
        let members = groups
            .iter()
            .enumerate()
            .flat_map(|(number, group)| group.members.iter().map(move |member| (&**member, number)));
        let group_of: HashMap<&str, usize> = members.collect();
        let mut seen: HashMap<Key<'_>, usize> = HashMap::new();
        for (index, instance) in instances.iter().enumerate() {
            let group = group_of.get(&*instance.name);
            for key in vmacs(instance) {
                let first = *seen.entry(key).or_insert(index);
                let other = &instances[first];
                if first == index || (group.is_some() && group == group_of.get(&*other.name)) {
                    continue;
                }
                let message = format!(
                    "({}) uses a VMAC of {} on {}, the instance will be in FAULT: put both into one sync group",
                    instance.name, other.name, key.0
                );
                let mut diagnostic = Diagnostic::new(Code::Vmac, None, message);
                // A configuration test of keepalived makes no interfaces, and does not see that they are the same.
                diagnostic.class = Class::None;
                self.context.sink.push(diagnostic);
                break;
            }
        }
    }
}

/// The VMACs an instance has: its own, and those of its addresses.
fn vmacs(instance: &Instance) -> impl Iterator<Item = Key<'_>> {
    let mac = match instance.vmac.as_ref().map(|vmac| vmac.kind) {
        Some(VmacKind::Macvlan { mac, .. }) => Some(mac),
        _ => None,
    };
    let own = instance.interface.as_ref().zip(mac);
    let own = own.map(|(interface, mac)| (interface, instance.family, instance.vrid, mac));
    let addresses = instance.addresses.iter().chain(&instance.excluded).filter_map(move |address| {
        let family = Family::of(address.address.ip());
        let interface = address.device.as_ref().or(instance.interface.as_ref())?;
        let elsewhere = Some(interface) != instance.interface.as_ref() || family != instance.family;
        let has_own = address.use_vmac || (instance.vmac_addresses && elsewhere);
        has_own.then_some((interface, family, instance.vrid, mac.flatten()))
    });
    own.into_iter().chain(addresses)
}
