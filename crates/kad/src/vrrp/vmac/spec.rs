//! Which interfaces of their own the instances and their addresses ask for. Pure: the host decides nothing here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

use ipnetwork::IpNetwork;
use kaconf::model::{self, Global, InterfaceName, IpvlanMode, VirtualAddress, VmacKind};
use vrrp_linux::Stacked;
use vrrp_types::{Family, Vrid};

/// How names begin by default.
const PREFIX: &str = "vrrp";

/// What two users of one VMAC have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::vrrp) struct Key {
    /// The interface below.
    pub(in crate::vrrp) base: InterfaceName,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Macvlan([u8; 6]),
    Ipvlan(u8, Vrid),
}

impl Key {
    /// The interface that an instance speaks by; `None` when it is the one it was given.
    pub(in crate::vrrp) fn of_instance(model: &model::Instance) -> Option<Self> {
        let base = model.interface.clone()?;
        let what = match model.vmac.as_ref()?.kind {
            VmacKind::Macvlan { mac, .. } => {
                What::Macvlan(mac.unwrap_or_else(|| virtual_mac(model.family, model.vrid)))
            }
            VmacKind::Ipvlan { .. } => What::Ipvlan(version(model.family), model.vrid),
        };
        Some(Self { base, what })
    }

    /// The interface made for an address; `None` when it is on the instance's or on its `dev` itself.
    ///
    /// An address of the instance's family on the instance's interface is on the instance's VMAC.
    pub(in crate::vrrp) fn of_address(model: &model::Instance, address: &VirtualAddress) -> Option<Self> {
        let family = Family::of(address.address.ip());
        let here = address.device.is_none() || address.device == model.interface;
        let macvlan = matches!(&model.vmac, Some(vmac) if matches!(vmac.kind, VmacKind::Macvlan { .. }));
        if here && macvlan && family == model.family {
            return Self::of_instance(model);
        }
        let everywhere = model.vmac_addresses && (!here || family != model.family);
        if !address.use_vmac && !everywhere {
            return None;
        }
        let base = address.device.clone().or_else(|| model.interface.clone())?;
        let given = model.vmac.as_ref().and_then(|vmac| match vmac.kind {
            VmacKind::Macvlan { mac, .. } => mac,
            VmacKind::Ipvlan { .. } => None,
        });
        let mac = given.unwrap_or_else(|| virtual_mac(family, model.vrid));
        Some(Self { base, what: What::Macvlan(mac) })
    }

    /// Its hardware address, where that is its own.
    pub(in crate::vrrp) fn mac(&self) -> Option<[u8; 6]> {
        match self.what {
            What::Macvlan(mac) => Some(mac),
            What::Ipvlan(..) => None,
        }
    }
}

/// The virtual router's own hardware address (RFC 9568 section 7.3).
pub(in crate::vrrp) const fn virtual_mac(family: Family, vrid: Vrid) -> [u8; 6] {
    let family = match family {
        Family::V4 => 1,
        Family::V6 => 2,
    };
    [0, 0, 0x5e, 0, family, vrid.get()]
}

const fn version(family: Family) -> u8 {
    match family {
        Family::V4 => 4,
        Family::V6 => 6,
    }
}

/// Which link-local address an IPv6 VMAC has. The kernel would make one of the virtual MAC, which every router of
/// the LAN would have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkLocal {
    None,
    /// That of the interface below.
    OfBase,
    Given(Ipv6Addr),
}

/// An interface that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spec {
    /// The instance that asks for it.
    pub(super) owner: Box<str>,
    pub(super) family: Family,
    pub(super) vrid: Vrid,
    pub(super) stacked: Stacked,
    pub(super) name: Option<InterfaceName>,
    pub(super) prefix: Box<str>,
    pub(super) group: Option<u32>,
    /// IPv6 is not switched off there.
    pub(super) speaks_ipv6: bool,
    /// Addresses of the other family belong to its instance.
    pub(super) both_families: bool,
    pub(super) link_local: LinkLocal,
    /// The address of an ipvlan.
    pub(super) address: Option<IpNetwork>,
    /// `netlink_notify_msg`
    pub(super) notify: bool,
}

/// All that the instances ask for, in their order, and behind each what its addresses ask for. What two ask for is
/// made once, as the first asks for it.
pub(super) fn all<'a>(
    global: &Global,
    models: impl Iterator<Item = &'a model::Instance>,
) -> Vec<(Key, Spec)> {
    let (mut specs, mut known) = (Vec::new(), BTreeSet::new());
    for model in models {
        if let Some(key) = Key::of_instance(model).filter(|key| known.insert(key.clone())) {
            specs.push((key, of_instance(global, model)));
        }
        for address in model.addresses.iter().chain(&model.excluded) {
            let key = Key::of_address(model, address);
            if let Some(key) = key.filter(|key| known.insert(key.clone())) {
                specs.push((key, of_address(global, model, Family::of(address.address.ip()))));
            }
        }
    }
    specs
}

/// Numbers of the instances that would use a VMAC on which an earlier one has addresses, and are in no sync group with
/// that: whichever let go of it would take it from the other.
pub(super) fn in_conflict<'a>(
    instances: impl Iterator<Item = (&'a model::Instance, Option<usize>)>,
) -> BTreeSet<usize> {
    let mut users: BTreeMap<Key, Vec<Option<usize>>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for (number, (model, group)) in instances.enumerate() {
        let lines = model.addresses.iter().chain(&model.excluded);
        let of_addresses: BTreeSet<Key> = lines.filter_map(|line| Key::of_address(model, line)).collect();
        let own = Key::of_instance(model);
        let others = own.iter().chain(&of_addresses).filter_map(|key| users.get(key)).flatten();
        if others.into_iter().any(|other| group.is_none() || *other != group) {
            found.insert(number);
        }
        for key in of_addresses {
            users.entry(key).or_default().push(group);
        }
    }
    found
}

fn of_instance(global: &Global, model: &model::Instance) -> Spec {
    let vmac = model.vmac.as_ref();
    let kind = vmac.map(|vmac| vmac.kind);
    let mut spec = blank(model, model.family, global.vmac_prefix.as_deref());
    spec.name = vmac.and_then(|vmac| vmac.name.clone());
    spec.group = vmac.and_then(|vmac| vmac.group);
    let other = |line: &VirtualAddress| Family::of(line.address.ip()) != model.family;
    spec.both_families = model.excluded.iter().any(other);
    spec.speaks_ipv6 |= spec.both_families;
    match kind {
        Some(VmacKind::Macvlan { xmit_base, netlink_notify, .. }) => {
            spec.notify = netlink_notify;
            spec.link_local = match model.source {
                _ if xmit_base || model.family == Family::V4 => LinkLocal::None,
                Some(IpAddr::V6(source)) => LinkLocal::Given(source),
                _ => LinkLocal::OfBase,
            };
        }
        Some(VmacKind::Ipvlan { address, mode }) => {
            spec.stacked = Stacked::ipvlan(match mode {
                IpvlanMode::Bridge => 0,
                IpvlanMode::Private => 1,
                IpvlanMode::Vepa => 2,
            });
            spec.address = address;
            spec.link_local = LinkLocal::None;
        }
        None => {}
    }
    spec
}

fn of_address(global: &Global, model: &model::Instance, family: Family) -> Spec {
    let prefix = global.vmac_addr_prefix.as_deref().or(global.vmac_prefix.as_deref());
    blank(model, family, prefix)
}

fn blank(model: &model::Instance, family: Family, prefix: Option<&str>) -> Spec {
    Spec {
        owner: model.name.clone(),
        family,
        vrid: model.vrid,
        stacked: Stacked::PRIVATE,
        name: None,
        prefix: prefix.unwrap_or(PREFIX).into(),
        group: None,
        speaks_ipv6: family == Family::V6,
        both_families: false,
        link_local: if family == Family::V6 { LinkLocal::OfBase } else { LinkLocal::None },
        address: None,
        notify: false,
    }
}

impl Spec {
    /// The names it may have, in the order in which they are tried: `vrrp.51`, `vrrp1.51`, `vrrp2.51`, ...; of IPv6
    /// `vrrp6.51` is the second. A long prefix loses its end.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        let second = (self.family == Family::V6).then_some(6);
        let numbers = second.into_iter().chain((1..=u16::MAX).filter(move |number| Some(*number) != second));
        std::iter::once(None).chain(numbers.map(Some)).map(|number| self.called(number))
    }

    fn called(&self, number: Option<u16>) -> String {
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        let end = format!("{number}.{}", self.vrid);
        let room = 15_usize.saturating_sub(end.len());
        let prefix: String = self
            .prefix
            .char_indices()
            .take_while(|(at, c)| at + c.len_utf8() <= room)
            .map(|(_, c)| c)
            .collect();
        prefix + &end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vrid() -> Vrid {
        Vrid::new(51).unwrap()
    }

    fn spec(family: Family, prefix: &str) -> Spec {
        Spec {
            owner: "V1".into(),
            family,
            vrid: vrid(),
            stacked: Stacked::PRIVATE,
            name: None,
            prefix: prefix.into(),
            group: None,
            speaks_ipv6: false,
            both_families: false,
            link_local: LinkLocal::None,
            address: None,
            notify: false,
        }
    }

    #[test]
    fn names_in_the_order_in_which_they_are_tried() {
        for (family, prefix, expected) in [
            (Family::V4, "vrrp", ["vrrp.51", "vrrp1.51", "vrrp2.51", "vrrp3.51"]),
            (Family::V6, "vrrp", ["vrrp.51", "vrrp6.51", "vrrp1.51", "vrrp2.51"]),
            (
                Family::V4,
                "a-very-long-one",
                ["a-very-long-.51", "a-very-long1.51", "a-very-long2.51", "a-very-long3.51"],
            ),
        ] {
            assert_eq!(spec(family, prefix).names().take(4).collect::<Vec<_>>(), expected);
        }
        let names: Vec<_> = spec(Family::V6, "vrrp").names().take(9).collect();
        assert_eq!(names[6..], ["vrrp5.51", "vrrp7.51", "vrrp8.51"], "the sixth is not tried twice");
    }

    /// Instances with addresses on VMACs of other interfaces; the second uses that of the first.
    #[test]
    fn who_shares_a_vmac_must_share_a_group() {
        let instance = |name: &str, interface: &str, device: Option<&str>| {
            let mut model = model::Instance::new(name, vrid(), Family::V4, [224, 0, 0, 18].into());
            model.interface = InterfaceName::new(interface);
            model.vmac_addresses = true;
            let mut line = VirtualAddress::new("10.0.0.1/32".parse().unwrap());
            line.device = device.and_then(InterfaceName::new);
            model.addresses = vec![line];
            model
        };
        let first = instance("V1", "eth0", Some("lan"));
        let second = instance("V2", "eth1", Some("lan"));
        let elsewhere = instance("V3", "eth2", Some("wan"));
        for (groups, expected) in [
            ([None, None, None], &[1][..]),
            ([Some(0), Some(1), None], &[1][..]),
            ([Some(0), Some(0), None], &[][..]),
        ] {
            let all = [&first, &second, &elsewhere].into_iter().zip(groups);
            assert_eq!(in_conflict(all).into_iter().collect::<Vec<_>>(), expected, "{groups:?}");
        }
    }

    #[test]
    fn the_virtual_mac_has_family_and_router() {
        assert_eq!(virtual_mac(Family::V4, vrid()), [0, 0, 0x5e, 0, 1, 51]);
        assert_eq!(virtual_mac(Family::V6, vrid()), [0, 0, 0x5e, 0, 2, 51]);
    }
}
