//! Whose routes are where, so that thousands of reports about thousands of routes are not each compared with all.

use std::collections::BTreeMap;

use vrrp_linux::RouteKey;

use super::anywhere;
use super::line::{Placed, Sent};
use crate::vrrp::instance::InstanceId;

/// A line: of an instance, or a static one, by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) id: Option<InstanceId>,
    pub(super) number: usize,
}

impl Owner {
    pub(super) const fn of(id: InstanceId, number: usize) -> Self {
        Self { id: Some(id), number }
    }
}

/// Who may be meant by a report. Whether the route is really there is the line's to say.
#[derive(Debug, Default)]
pub(super) struct Places {
    owners: BTreeMap<RouteKey, Vec<Owner>>,
}

impl Places {
    pub(super) fn of(&self, key: &RouteKey) -> impl Iterator<Item = Owner> {
        self.owners.get(&anywhere(*key)).into_iter().flatten().copied()
    }

    /// What is no route that was set is passed over.
    pub(super) fn add(&mut self, placed: &Placed, owner: Owner) {
        if let Some(Sent::Route(route, _)) = &placed.sent {
            let owners = self.owners.entry(anywhere(route.key())).or_default();
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
    }

    pub(super) fn remove(&mut self, placed: &Placed, owner: Owner) {
        let Some(Sent::Route(route, _)) = &placed.sent else { return };
        let key = anywhere(route.key());
        if let Some(owners) = self.owners.get_mut(&key) {
            owners.retain(|other| *other != owner);
            if owners.is_empty() {
                self.owners.remove(&key);
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.owners.clear();
    }
}
