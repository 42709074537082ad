//! `promote_secondaries`: when the first address of a network leaves an interface, the kernel takes the others with it
//! unless it is told to make the next one the first. Set while an instance asks for it, put back when none does.

use std::collections::{BTreeMap, BTreeSet};

use tracing::warn;
use vrrp_linux::IfIndex;
use vrrp_linux::sysctl::Conf;
use vrrp_types::Family;

use super::driver::Driver;
use super::instance::Instance;

const SETTING: &str = "promote_secondaries";

/// Interfaces where it was set, and what it was before.
#[derive(Debug, Default)]
pub(super) struct Promotion {
    before: BTreeMap<IfIndex, i32>,
    /// Where it was set by others.
    found: BTreeSet<IfIndex>,
}

impl Driver {
    /// Sets it where it is asked for, and puts it back where it no longer is.
    pub(super) fn align_promotion(&mut self) {
        // A VMAC has it anyway.
        let asks =
            self.instances.iter().filter(|one| one.model.promote_secondaries && one.model.vmac.is_none());
        let wanted: BTreeSet<IfIndex> = asks.filter_map(|instance| instance.interface).collect();
        let put_back: Vec<_> =
            self.promotion.before.keys().filter(|index| !wanted.contains(index)).copied().collect();
        for index in put_back {
            if let Some(value) = self.promotion.before.remove(&index) {
                write(self.interfaces.get(index).map(|interface| interface.link.name.as_str()), value);
            }
        }
        for index in wanted {
            let Some(interface) = self.interfaces.get(index) else { continue };
            let name = interface.link.name.as_str();
            let value = Conf::new(Family::V4, name).and_then(|conf| conf.get(SETTING));
            if let Ok(1) = value {
                let others = !self.promotion.before.contains_key(&index);
                self.promotion.found.extend(others.then_some(index));
            } else if let Ok(value) = value {
                write(Some(name), 1);
                self.promotion.before.entry(index).or_insert(value);
            }
        }
    }

    /// Whether it was set without us, and how many instances ask for it beyond that.
    pub(super) fn promotion_of(&self, index: IfIndex) -> (bool, usize) {
        if !self.promotion.before.contains_key(&index) {
            let own = self.promotion.found.contains(&index);
            return (own, 0);
        }
        let asks = |one: &&Instance| one.model.promote_secondaries && one.interface == Some(index);
        (false, self.instances.iter().filter(asks).count())
    }

    /// Puts it back everywhere.
    pub(super) fn end_promotion(&mut self) {
        for (index, value) in std::mem::take(&mut self.promotion.before) {
            write(self.interfaces.get(index).map(|interface| interface.link.name.as_str()), value);
        }
    }
}

/// An interface that is gone has no settings.
fn write(interface: Option<&str>, value: i32) {
    let Some(interface) = interface else { return };
    if let Err(error) = Conf::new(Family::V4, interface).and_then(|conf| conf.set(SETTING, value)) {
        warn!("promote_secondaries of {interface} cannot be set to {value}: {error}");
    }
}
