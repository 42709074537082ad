//! Which interfaces an instance follows because of its addresses, routes and rules, and of static ones in a
//! `track_group` it is in: without them what it holds is no use, so their failure is its own.

use kaconf::model::{Instance, InterfaceName, TrackGroup, VirtualAddress};

use super::line::Line;

/// The names, each as often as something needs it.
pub(in crate::vrrp) fn needed<'a>(instance: &'a Instance) -> impl Iterator<Item = InterfaceName> + use<'a> {
    let addresses = instance.addresses.iter().chain(&instance.excluded);
    // An address on a VMAC of its own needs the interface below, which is the instance's or its own `dev` too.
    let of_addresses = addresses.filter(|address| address.track).filter_map(|address| address.device.clone());
    // An instance that does not follow its interface does not do so because an address is there either.
    let own = instance.interface.as_ref().filter(|_| instance.dont_track_primary);
    let of_addresses = of_addresses.filter(move |device| Some(device) != own);
    let lines = Line::of_instance(instance).into_iter().filter(Line::is_tracked);
    let of_lines = lines.flat_map(|line| line.needs().cloned().collect::<Vec<_>>());
    of_addresses.chain(of_lines)
}

/// The same for what is static.
pub(super) fn needed_of_statics<'a>(
    addresses: impl Iterator<Item = &'a VirtualAddress>,
    lines: impl Iterator<Item = &'a Line>,
    groups: &[TrackGroup],
    instance: &str,
) -> Vec<InterfaceName> {
    let is_member = |group: Option<&str>| {
        let found = group.and_then(|name| groups.iter().find(|group| &*group.name == name));
        found.is_some_and(|group| group.members.iter().any(|member| &**member == instance))
    };
    let of_addresses = addresses
        .filter(|address| address.track && is_member(address.track_group.as_deref()))
        .filter_map(|address| address.device.clone());
    let of_lines = lines
        .filter(|line| line.is_tracked() && is_member(line.track_group()))
        // A rule is followed by where packets come in.
        .filter_map(|line| line.needs().next().cloned());
    of_addresses.chain(of_lines).collect()
}
