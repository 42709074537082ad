//! Interfaces of our own: `use_vmac`, `use_vmac_addr`, `use_ipvlan`.
//!
//! [`spec`] says what the configuration asks for; [`align`] brings the host in line, whenever the configuration or
//! an interface changed. What a killed predecessor left is taken over when it fits and removed when it does not.

mod align;
mod make;
mod mark;
mod settings;
mod spec;

use std::collections::{BTreeMap, BTreeSet};

use kaconf::model::{self, VmacKind};
use tracing::warn;
use vrrp_linux::IfIndex;
use vrrp_types::Family;

use super::interfaces::Interfaces;
use mark::Maker;
use settings::Settings;
use spec::Spec;

pub(super) use spec::Key;

/// What was asked for, what was made, and what must be put back.
#[derive(Debug, Default)]
pub(super) struct Vmacs {
    entries: BTreeMap<Key, Entry>,
    /// In which they are made, so that names and numbers come out as keepalived's.
    order: Vec<Key>,
    settings: Settings,
    maker: Option<Maker>,
    /// An interface came, went or changed.
    pub(super) stale: bool,
    /// Removed, and the kernel has yet to say so: what it says of them before is old.
    leaving: BTreeSet<IfIndex>,
    /// Reports are read of what was just made: how it came up is nobody's news.
    settling: bool,
    /// What is made now is made again, and its users wait for it: people are told.
    following: bool,
}

#[derive(Debug)]
struct Entry {
    spec: Spec,
    /// While it is there.
    link: Option<Made>,
    /// It could not be made, and that was said.
    failed: bool,
}

#[derive(Clone, Copy, Debug)]
struct Made {
    index: IfIndex,
    /// The interface below, as the kernel sees it: below a macvlan that is the macvlan's own.
    parent: IfIndex,
}

/// A VMAC for those who need to know of all: what it is called stands in the table of interfaces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vmac {
    pub(super) index: IfIndex,
    /// The interface that IGMP and MLD belong to.
    pub(super) parent: IfIndex,
    /// Whose group memberships it has.
    pub(super) family: Family,
    /// Addresses of the other family belong to its instance.
    pub(super) both_families: bool,
    /// A macvlan, with a hardware address of its own.
    pub(super) macvlan: bool,
}

impl Entry {
    fn vmac(&self, key: &Key) -> Option<Vmac> {
        self.link.map(|made| Vmac {
            index: made.index,
            parent: made.parent,
            family: self.spec.family,
            both_families: self.spec.both_families,
            macvlan: key.mac().is_some(),
        })
    }
}

impl Vmacs {
    /// All that are there.
    pub(super) fn iter(&self) -> impl Iterator<Item = Vmac> {
        self.entries.iter().filter_map(|(key, entry)| entry.vmac(key))
    }

    /// The one of this key, once it is there.
    pub(super) fn get(&self, key: &Key) -> Option<Vmac> {
        self.entries.get(key)?.vmac(key)
    }

    /// What an instance's own interface is called, or will be.
    pub(super) fn name_of<'a>(
        &'a self,
        model: &model::Instance,
        interfaces: &'a Interfaces,
    ) -> Option<&'a str> {
        let key = Key::of_instance(model)?;
        let there = interfaces.vmac(&key).map(|interface| interface.link.name.as_str());
        let given = self.entries.get(&key).and_then(|entry| entry.spec.name.as_ref());
        there.or(given.map(|name| name.as_str()))
    }

    /// Whether this interface was made by us, or taken over.
    pub(super) fn owns(&self, index: IfIndex) -> bool {
        self.iter().any(|vmac| vmac.index == index)
    }

    /// The interfaces below those of IPv4, which must not answer ARP for them.
    fn arp_bases(&self) -> Vec<IfIndex> {
        let arp = |vmac: &Vmac| vmac.macvlan && vmac.family == Family::V4;
        self.iter().filter(arp).map(|vmac| vmac.parent).collect()
    }

    /// Whether something that happened to this interface matters here.
    pub(super) fn concerns(&self, index: IfIndex, name: &str) -> bool {
        self.entries.iter().any(|(key, entry)| {
            key.base.as_str() == name
                || entry.link.is_some_and(|made| made.index == index || made.parent == index)
        })
    }

    pub(super) fn is_leaving(&self, index: IfIndex) -> bool {
        self.leaving.contains(&index)
    }

    /// The kernel says that an interface is gone: whether it was removed here.
    pub(super) fn has_left(&mut self, index: IfIndex) -> bool {
        self.leaving.remove(&index)
    }

    pub(super) fn is_settling(&self, index: IfIndex) -> bool {
        self.settling && self.owns(index)
    }

    /// Everything was read again.
    pub(super) fn look_again(&mut self) {
        self.stale = true;
        self.leaving.clear();
    }

    /// What is written beside an interface of ours on this one.
    fn mark(&mut self, parent: IfIndex) -> Option<String> {
        if self.maker.is_none() {
            let made = Maker::new();
            self.maker = made.map_err(|error| warn!("VMACs cannot be marked as ours: {error}")).ok();
        }
        let found = self.settings.found(parent);
        self.maker.as_ref().map(|maker| maker.mark(&found))
    }
}

/// Whether adverts leave and come by the interface below (`vmac_xmit_base`).
pub(super) fn transmits_by_base(model: &model::Instance) -> bool {
    matches!(&model.vmac, Some(vmac) if matches!(vmac.kind, VmacKind::Macvlan { xmit_base: true, .. }))
}

/// Whether adverts leave with an address of the VMAC: its own link-local one.
pub(super) fn speaks_from_own(model: &model::Instance) -> bool {
    model.family == Family::V6 && model.vmac.is_some() && !transmits_by_base(model)
}

/// An ipvlan without an address of the instance's family cannot speak.
pub(super) fn is_misconfigured(model: &model::Instance) -> bool {
    match model.vmac.as_ref().map(|vmac| vmac.kind) {
        Some(VmacKind::Ipvlan { address: None, .. }) => model.family == Family::V4,
        Some(VmacKind::Ipvlan { address: Some(address), .. }) => Family::of(address.ip()) != model.family,
        Some(VmacKind::Macvlan { .. }) | None => false,
    }
}
