//! The tables from start to stop: what a predecessor left, what a reload changes, and that nothing is left.

use std::collections::{BTreeMap, BTreeSet};

use kaconf::model;
use tracing::info;
use vrrp_linux::netlink::nftables::{NftBatch, NftFamily};

use super::layout::{self, Layout, Set};
use super::{Firewall, is_guarded};
use crate::vrrp::instance::Instance;

impl Firewall {
    /// At start: what a predecessor left is not ours, and not to be added to. Where nobody needs a table it goes all
    /// the same if `estate` says that whoever made it is dead.
    pub(in crate::vrrp) fn begin(&mut self, model: &model::Firewall, instances: &[Instance], estate: bool) {
        let needed = instances.iter().any(|instance| needs(&instance.model));
        if !needed && !estate {
            return;
        }
        if needed && model.iptables.is_some() {
            info!("Not using iptables since iptables uses nf_tables - please update configuration");
        }
        let mut batch = NftBatch::new();
        for family in [NftFamily::V4, NftFamily::V6] {
            let table = self.layout.table(family);
            let there = self.access.ask(|socket| match needed {
                true => socket.has_table(&table),
                // Somebody else's table may have this name.
                false => Ok(socket.has_set(&table, Set::V4.name())?
                    || socket.has_set(&table, Set::VmacMapV4.name())?),
            });
            match there {
                Some(Ok(true)) => {
                    info!("Deleting old {} {} table", name_of(family), table.name);
                    batch.remove_table(&table);
                }
                Some(Err(error)) if needed => return self.access.complain(error),
                Some(Ok(false) | Err(_)) | None => {}
            }
        }
        self.apply(&batch);
    }

    /// At a reload: other settings are another layout, made anew in one transaction.
    pub(in crate::vrrp) fn configure(&mut self, model: &model::Firewall) {
        self.access.try_again();
        let layout = Layout::new(model);
        if layout == self.layout {
            return;
        }
        self.vmacs_changed = true;
        let mut batch = NftBatch::new();
        self.clear(&mut batch);
        self.layout = layout;
        self.fill(&mut batch);
        self.apply(&batch);
    }

    /// After a reload: tables that no instance has a use for go, and sets that nothing is in with the rules about them.
    pub(in crate::vrrp) fn tidy(&mut self, instances: &[Instance]) {
        if self.vmacs.is_empty() && !instances.iter().any(|instance| needs(&instance.model)) {
            self.end();
        } else if self.leaving.is_empty() {
            let made = std::mem::take(&mut self.parts);
            self.fill(&mut NftBatch::new());
            let used = std::mem::replace(&mut self.parts, made);
            if used != self.parts {
                let mut batch = NftBatch::new();
                self.clear(&mut batch);
                self.fill(&mut batch);
                self.apply(&batch);
            }
        }
    }

    /// At the end nothing is left.
    pub(in crate::vrrp) fn end(&mut self) {
        let mut batch = NftBatch::new();
        self.clear(&mut batch);
        (self.leaving, self.present) = (BTreeSet::new(), BTreeMap::new());
        self.apply(&batch);
    }
}

/// What the configuration leaves open is decided once it is known that a firewall is needed: nftables, whatever was
/// said of iptables.
pub(in crate::vrrp) fn decide(model: &mut model::Firewall, instances: &[Instance]) {
    if instances.iter().any(|instance| needs(&instance.model)) {
        model.iptables = None;
        model.nftables.get_or_insert_with(|| layout::TABLE.into());
    }
}

/// Whether such an instance has anything in the firewall.
fn needs(model: &model::Instance) -> bool {
    let mut lines = model.addresses.iter().chain(&model.excluded);
    is_guarded(model) || model.vmac.is_some() || model.vmac_addresses || lines.any(|line| line.use_vmac)
}

const fn name_of(family: NftFamily) -> &'static str {
    match family {
        NftFamily::V4 => "ip",
        NftFamily::V6 => "ip6",
    }
}
