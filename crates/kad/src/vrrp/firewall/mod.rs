//! The firewall: who is not to be reached by a virtual address is not, as long as he holds it.
//!
//! What an instance wants in the sets follows from its state and the host's interfaces ([`mod@wanted`]); here it is
//! compared with what is there, and the difference goes to the kernel, at most one transaction before the addresses of
//! a turn come and one after they left. The layout of tables, chains and sets is keepalived's ([`layout`]).

mod access;
mod expressions;
mod layout;
mod life;
mod vmacs;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};

use kaconf::model;
use tracing::{debug, warn};
use vrrp_linux::netlink::nftables::{NftBatch, NftElement, NftError, NftFamily};

use vrrp_linux::IfIndex;

use super::instance::{Instance, InstanceId};
use super::interfaces::Interfaces;
use access::Access;
use layout::{Layout, Part, Parts, Set};
pub(super) use life::decide;
pub(super) use wanted::Guarded;
use wanted::wanted;

/// Elements in one transaction: all of it goes through one send buffer.
const ELEMENTS: usize = 2_048;

#[derive(Debug)]
pub(super) struct Firewall {
    access: Access,
    layout: Layout,
    /// What was made of the layout.
    parts: Parts,
    /// What is in the sets, and how many instances want it there.
    present: BTreeMap<Guarded, u32>,
    /// What VMACs want of it.
    vmacs: BTreeMap<IfIndex, Vec<Guarded>>,
    vmacs_changed: bool,
    /// Instances of which something changed in this turn.
    touched: Vec<InstanceId>,
    /// What nobody wants any more, once the addresses of this turn are gone.
    leaving: BTreeSet<Guarded>,
}

impl Firewall {
    pub(super) fn new(model: &model::Firewall) -> Self {
        Self {
            access: Access::default(),
            layout: Layout::new(model),
            parts: Parts::new(),
            present: BTreeMap::new(),
            vmacs: BTreeMap::new(),
            vmacs_changed: false,
            touched: Vec::new(),
            leaving: BTreeSet::new(),
        }
    }

    /// An instance takes its addresses.
    pub(super) fn close(&mut self, id: InstanceId, instance: &Instance) {
        if is_guarded(&instance.model) {
            debug!("({}) setting firewall drop rule", instance.name());
            self.touch(id);
        }
    }

    /// An instance gave its addresses up.
    pub(super) fn open_up(&mut self, id: InstanceId, instance: &Instance) {
        if is_guarded(&instance.model) {
            debug!("({}) removing firewall drop rule", instance.name());
            self.touch(id);
        }
    }

    /// Something changed that decides what an instance wants.
    pub(super) fn touch(&mut self, id: InstanceId) {
        if self.touched.last() != Some(&id) {
            self.touched.push(id);
        }
    }

    /// Before the addresses of a turn come: what guards them is there.
    pub(super) fn guard(&mut self, instances: &mut [Instance], interfaces: &Interfaces) {
        if self.touched.is_empty() {
            return;
        }
        let mut coming = Vec::new();
        for id in std::mem::take(&mut self.touched) {
            let Some(instance) = instances.get_mut(id.index()) else { continue };
            let wanted = wanted(instance, interfaces, &self.layout);
            self.exchange(&instance.guarded, &wanted, &mut coming);
            instance.guarded = wanted;
        }
        self.put(&coming);
    }

    /// VMACs came, went or changed.
    pub(super) fn vmacs_changed(&mut self) {
        self.vmacs_changed = true;
    }

    /// What one VMAC wants, at once.
    fn guard_vmac(&mut self, index: IfIndex, wanted: Vec<Guarded>) {
        let mut coming = Vec::new();
        let before = self.vmacs.remove(&index).unwrap_or_default();
        self.exchange(&before, &wanted, &mut coming);
        self.vmacs.insert(index, wanted);
        self.put(&coming);
    }

    /// What all VMACs want.
    fn replace_vmacs(&mut self, wanted: BTreeMap<IfIndex, Vec<Guarded>>) {
        let (before, mut coming) = (std::mem::take(&mut self.vmacs), Vec::new());
        for (index, old) in &before {
            self.exchange(old, wanted.get(index).map_or(&[], Vec::as_slice), &mut coming);
        }
        for (_, new) in wanted.iter().filter(|(index, _)| !before.contains_key(index)) {
            self.exchange(&[], new, &mut coming);
        }
        self.vmacs = wanted;
        self.put(&coming);
    }

    /// Counts who wants what; gives what nobody wanted before.
    fn exchange(&mut self, before: &[Guarded], wanted: &[Guarded], coming: &mut Vec<Guarded>) {
        for new in wanted.iter().filter(|new| before.binary_search(new).is_err()) {
            let users = self.present.entry(new.clone()).or_default();
            *users += 1;
            // What somebody else gave up in this turn is still there.
            if *users == 1 && !self.leaving.remove(new) {
                coming.push(new.clone());
            }
        }
        for old in before.iter().filter(|old| wanted.binary_search(old).is_err()) {
            self.release(old);
        }
    }

    /// After the addresses of a turn left: what guarded them leaves as well.
    pub(super) fn unguard(&mut self) {
        if self.leaving.is_empty() {
            return;
        }
        let leaving: Vec<Guarded> = std::mem::take(&mut self.leaving).into_iter().collect();
        for leaving in leaving.chunks(ELEMENTS) {
            let mut batch = NftBatch::new();
            for (set, elements) in by_set(leaving) {
                batch.remove_elements(&self.layout.table(set.family()), set.name(), &elements);
            }
            self.apply(&batch);
        }
    }

    fn release(&mut self, guarded: &Guarded) {
        let Some(users) = self.present.get_mut(guarded) else { return };
        *users -= 1;
        if *users == 0 {
            self.present.remove(guarded);
            self.leaving.insert(guarded.clone());
        }
    }

    fn put(&mut self, coming: &[Guarded]) {
        for coming in coming.chunks(ELEMENTS) {
            let mut batch = NftBatch::new();
            for guarded in coming {
                self.layout.make(guarded.set, &mut self.parts, &mut batch);
            }
            for (set, elements) in by_set(coming) {
                batch.add_elements(&self.layout.table(set.family()), set.name(), &elements);
            }
            self.apply(&batch);
        }
    }

    /// The tables that were made go; they may be gone.
    fn clear(&mut self, batch: &mut NftBatch) {
        for family in [NftFamily::V4, NftFamily::V6] {
            if self.parts.contains(&Part::Table(family)) {
                batch.add_table(&self.layout.table(family));
                batch.remove_table(&self.layout.table(family));
            }
        }
        self.parts = Parts::new();
    }

    /// All that is wanted.
    fn fill(&mut self, batch: &mut NftBatch) {
        let present: Vec<Guarded> = self.present.keys().cloned().collect();
        for guarded in &present {
            self.layout.make(guarded.set, &mut self.parts, batch);
        }
        for (set, elements) in by_set(&present) {
            batch.add_elements(&self.layout.table(set.family()), set.name(), &elements);
        }
    }

    fn apply(&mut self, batch: &NftBatch) {
        if batch.is_empty() {
            return;
        }
        match self.access.ask(|socket| socket.apply(batch)) {
            None | Some(Ok(())) => {}
            // `nft flush ruleset` and its like: all is made anew.
            Some(Err(NftError::NotThere | NftError::Exists)) => self.restore(),
            Some(Err(error)) => self.access.complain(error),
        }
    }

    fn restore(&mut self) {
        warn!("the nftables table {} is not as it was left: making it anew", self.layout.name());
        let mut batch = NftBatch::new();
        self.clear(&mut batch);
        self.fill(&mut batch);
        if let Some(Err(error)) = self.access.ask(|socket| socket.apply(&batch)) {
            self.access.complain(error);
        }
    }
}

/// Packets to the addresses of such an instance are dropped.
pub(super) fn is_guarded(model: &model::Instance) -> bool {
    model.accept == model::Accept::OwnerOnly && !model.priority.is_owner()
}

fn by_set(guarded: &[Guarded]) -> BTreeMap<Set, Vec<NftElement>> {
    let mut sets: BTreeMap<Set, Vec<NftElement>> = BTreeMap::new();
    for guarded in guarded {
        sets.entry(guarded.set).or_default().push(guarded.element.clone());
    }
    sets
}
