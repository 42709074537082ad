//! The host in line with the configuration: what is missing is made, what is too much removed, what differs changed.

use std::collections::BTreeMap;

use tracing::{debug, info, warn};
use vrrp_fsm::Instant;
use vrrp_linux::{IfIndex, Link, LinkChange, NetlinkError};

use super::spec::{self, Key, Spec};
use super::{Entry, Made, mark};
use crate::vrrp::driver::Driver;

impl Driver {
    /// The configuration is new: what it does not ask for goes, and what it asks for comes.
    pub(in crate::vrrp) fn plan_vmacs(&mut self) {
        let conflicts =
            spec::in_conflict(self.instances.iter().map(|instance| (&instance.model, instance.group)));
        for (number, instance) in self.instances.iter_mut().enumerate() {
            instance.vmac_in_conflict = conflicts.contains(&number);
        }
        let specs = spec::all(&self.global, self.instances.iter().map(|instance| &instance.model));
        self.vmacs.order = specs.iter().map(|(key, _)| key.clone()).collect();
        let mut entries: BTreeMap<Key, Entry> =
            specs.into_iter().map(|(key, spec)| (key, Entry { spec, link: None, failed: false })).collect();
        for (key, old) in std::mem::take(&mut self.vmacs.entries) {
            let Some(made) = old.link else { continue };
            // One of another name or kind goes, and is made anew.
            match entries.get_mut(&key).filter(|new| self.still_fits(&new.spec, &old.spec, made)) {
                Some(new) => new.link = Some(made),
                None => self.remove_vmac(&key, &old.spec, made),
            }
        }
        self.vmacs.entries = entries;
        self.align_vmacs();
        self.remove_abandoned();
    }

    /// Whether what was made for the old wish is what the configuration wants now.
    fn still_fits(&self, spec: &Spec, old: &Spec, made: Made) -> bool {
        let named = match &spec.name {
            Some(name) => self.name_of(made.index) == name.as_str(),
            None => true,
        };
        named && (spec.stacked, spec.address) == (old.stacked, old.address)
    }

    /// Interfaces changed: brings the host in line, and tells the instances.
    pub(in crate::vrrp) fn follow_interfaces(&mut self, now: Instant) {
        /// Readings: whoever changes interfaces without end does not keep the timers from running.
        const ROUNDS: usize = 4;
        self.vmacs.following = true;
        for _ in 0..ROUNDS {
            if !self.vmacs.stale {
                break;
            }
            self.align_vmacs();
            self.hear_of_vmacs(now);
        }
        self.vmacs.following = false;
        for id in self.ids() {
            let instance = &self.instances[id.index()];
            if instance.model.vmac.is_some() {
                self.refresh(id, now);
            }
            let instance = &mut self.instances[id.index()];
            let waits = instance.held.iter().any(|held| {
                held.on.is_none() && held.vmac.as_ref().is_some_and(|key| self.interfaces.vmac(key).is_some())
            });
            if waits && instance.is_master() {
                let rounds = instance.model.garp.repeat.max(1);
                self.kernel.add_all(id, instance, &self.interfaces);
                self.announcer.queue(id, rounds);
            }
        }
    }

    /// Takes the reports of what was just done, which are no news of the interfaces that were made.
    pub(in crate::vrrp) fn hear_of_vmacs(&mut self, now: Instant) {
        self.vmacs.settling = true;
        self.hear_kernel(now);
        self.vmacs.settling = false;
    }

    /// Brings the host in line, as far as its interfaces allow.
    pub(in crate::vrrp) fn align_vmacs(&mut self) {
        self.vmacs.stale = false;
        for key in &self.vmacs.order.clone() {
            self.align_vmac(key);
        }
        let uses = self.vmacs.arp_bases();
        self.vmacs.settings.release(|base| uses.contains(&base), self.kernel.netlink());
        self.firewall.vmacs_changed();
    }

    fn align_vmac(&mut self, key: &Key) {
        let base = self.interfaces.find(key.base.as_str()).map(|base| base.link.clone());
        let Some(entry) = self.vmacs.entries.get(key) else { return };
        let (made, spec) = (entry.link, entry.spec.clone());
        let there = made.is_some_and(|made| self.interfaces.get(made.index).is_some());
        if let Some(made) = made.filter(|_| !there) {
            self.forget_vmac(key, made.index);
        }
        match (made.filter(|_| there), base) {
            (Some(made), Some(base)) if parent(&base) == made.parent => self.keep_vmac(key, made, &base),
            (Some(made), base) => {
                self.remove_vmac(key, &spec, made);
                if let Some(base) = base {
                    self.make_vmac(key, &base);
                }
            }
            (None, Some(base)) => self.make_vmac(key, &base),
            (None, None) => {}
        }
    }

    /// One that is there: what somebody changed of it, or of the interface below, is followed or put back.
    fn keep_vmac(&mut self, key: &Key, made: Made, base: &Link) {
        let Some(spec) = self.vmacs.entries.get(key).map(|entry| entry.spec.clone()) else { return };
        let Some(link) = self.interfaces.get(made.index).map(|found| found.link.clone()) else { return };
        self.delays.inherit(&link.name, &base.name);
        let change = self.difference(key, &spec, &link, base);
        if change != LinkChange::default() {
            debug!("({}): Success updating VMAC interface {}", spec.owner, link.name);
            if let Err(error) = self.kernel.netlink().change_link(made.index, &change) {
                warn!("({}) VMAC interface {} cannot be changed: {error}", spec.owner, link.name);
            }
        }
        self.give_addresses(key, &spec, made.index, base);
    }

    /// What of an interface is not as it should be.
    pub(super) fn difference(&self, key: &Key, spec: &Spec, link: &Link, base: &Link) -> LinkChange {
        let group = spec.group.unwrap_or(base.group);
        let vrf = self.vrf_of(base);
        let mode = key.mac().map(|_| spec.stacked);
        LinkChange {
            mac: key.mac().filter(|mac| link.mac != Some(*mac)),
            stacked: mode.filter(|mode| link.stacked != Some(*mode)),
            group: Some(group).filter(|group| link.group != *group),
            master: Some(vrf).filter(|vrf| self.vrf_of(link) != *vrf),
            ..LinkChange::default()
        }
    }

    /// The VRF that an interface belongs to; a bridge or a bond is none.
    pub(super) fn vrf_of(&self, link: &Link) -> Option<IfIndex> {
        let master = self.interfaces.get(link.master?)?;
        (master.link.kind.as_deref() == Some("vrf")).then_some(master.link.index)
    }

    /// Takes an interface of ours from the host.
    fn remove_vmac(&mut self, key: &Key, spec: &Spec, made: Made) {
        let owner = &spec.owner;
        let name = self.name_of(made.index).to_owned();
        match self.drop_link(made.index) {
            Ok(()) => debug!("({owner}) Success removing VMAC interface {name}"),
            Err(NetlinkError::NoInterface) => {}
            Err(error) => warn!("({owner}) Error removing VMAC interface {name}: {error}"),
        }
        self.forget_vmac(key, made.index);
        if spec.notify {
            self.make_kernel_tell_of(made.parent);
        }
    }

    /// Removes an interface, and expects to hear of it.
    pub(super) fn drop_link(&mut self, index: IfIndex) -> Result<(), NetlinkError> {
        self.kernel.netlink().remove_link(index)?;
        self.interfaces.remove(index);
        self.vmacs.leaving.insert(index);
        Ok(())
    }

    /// Removes many interfaces in one go, by a group that is theirs alone; whether it was done.
    fn remove_together(&mut self, all: &[IfIndex]) -> bool {
        let taken: Vec<u32> = self.interfaces.iter().map(|interface| interface.link.group).collect();
        let free = (1..u32::MAX).rev().find(|group| !taken.contains(group));
        let (Some(group), [_, _, ..]) = (free, all) else { return false };
        let change = LinkChange { group: Some(group), ..LinkChange::default() };
        let netlink = self.kernel.netlink();
        let gone = |error| error == NetlinkError::NoInterface;
        all.iter().all(|index| netlink.change_link(*index, &change).map_or_else(gone, |()| true))
            && netlink.remove_links_of_group(group).is_ok()
    }

    /// The kernel reports an interface whose group is set, though to what it was: some drivers do not tell of
    /// promiscuity.
    pub(super) fn make_kernel_tell_of(&mut self, index: IfIndex) {
        let Some(group) = self.interfaces.get(index).map(|found| found.link.group) else { return };
        let change = LinkChange { group: Some(group), ..LinkChange::default() };
        let _ = self.kernel.netlink().change_link(index, &change);
    }

    /// It is gone, and what was on it.
    fn forget_vmac(&mut self, key: &Key, index: IfIndex) {
        self.interfaces.remove(index);
        self.interfaces.vmacs.remove(key);
        self.receivers.drop_interface(index);
        self.kernel.forget_interface(index);
        self.sockets_stale = true;
        for instance in &mut self.instances {
            for held in instance.held.iter_mut().filter(|held| held.on == Some(index)) {
                held.on = None;
            }
        }
        if let Some(entry) = self.vmacs.entries.get_mut(key) {
            entry.link = None;
        }
    }

    /// Removes what predecessors that were killed left and nobody uses.
    fn remove_abandoned(&mut self) {
        let links = self.interfaces.iter().map(|interface| &interface.link);
        let ours = |link: &&Link| link.stacked.is_some() && !self.vmacs.owns(link.index);
        let abandoned: Vec<Link> = links
            .filter(ours)
            .filter(|link| link.alias.as_deref().is_some_and(mark::is_abandoned))
            .cloned()
            .collect();
        for link in &abandoned {
            info!("removing interface {} that a predecessor left", link.name);
            if let (Some(found), Some(parent)) = (link.alias.as_deref().and_then(mark::read), link.link) {
                self.vmacs.settings.inherit(parent, &found);
            }
            if let Err(error) = self.drop_link(link.index) {
                warn!("interface {} cannot be removed: {error}", link.name);
            }
        }
        if !abandoned.is_empty() {
            let uses = self.vmacs.arp_bases();
            self.vmacs.settings.release(|base| uses.contains(&base), self.kernel.netlink());
            if uses.is_empty() {
                self.vmacs.settings.restore_reverse_path(&self.interfaces, self.kernel.netlink());
            }
        }
    }

    /// The end: everything goes, and the host is as it was.
    pub(in crate::vrrp) fn remove_vmacs(&mut self) {
        self.vmacs.settings.restore_reverse_path(&self.interfaces, self.kernel.netlink());
        let entries = std::mem::take(&mut self.vmacs.entries);
        let made = entries.iter().filter_map(|(key, entry)| Some((key, &entry.spec, entry.link?)));
        let made: Vec<_> = made.collect();
        if self.remove_together(&made.iter().map(|(_, _, made)| made.index).collect::<Vec<_>>()) {
            for (_, spec, made) in made {
                debug!("({}) Success removing VMAC interface {}", spec.owner, self.name_of(made.index));
                if spec.notify {
                    self.make_kernel_tell_of(made.parent);
                }
            }
        } else {
            made.into_iter().for_each(|(key, spec, made)| self.remove_vmac(key, spec, made));
        }
        self.vmacs.settings.release(|_| false, self.kernel.netlink());
    }
}

/// What the kernel puts an interface on that is made on `base`: on a macvlan, on what that is on itself.
pub(super) fn parent(base: &Link) -> IfIndex {
    base.link.filter(|_| base.stacked.is_some()).unwrap_or(base.index)
}
