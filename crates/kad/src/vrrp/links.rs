//! Links that come, go, are renamed, rise and fall, and what that means for the instances on them and for those that
//! follow them.

use tracing::info;
use vrrp_fsm::{Faults, Instant};
use vrrp_linux::{IfIndex, Link};

use super::addresses::Held;
use super::debounce::Delays;
use super::driver::Driver;
use super::instance::InstanceId;
use super::interfaces::Interface;
use super::tracking::TrackerKey;

impl Driver {
    pub(super) fn link_changed(&mut self, now: Instant, link: Link) {
        let (index, name, up) = (link.index, link.name.clone(), link.is_up());
        if self.vmacs.is_leaving(index) {
            return;
        }
        self.vmacs.stale |= self.vmacs.concerns(index, &name);
        if self.vmacs.is_settling(index) {
            self.interfaces.update(link);
            return;
        }
        let before = self.interfaces.update(link);
        let renamed = before.as_ref().filter(|before| before.name != name).map(|before| before.name.clone());
        let appeared = before.is_none() || renamed.is_some();
        let mut switched = before.as_ref().is_some_and(|before| before.is_up() != up);
        if up && (appeared || switched) {
            // The kernel took what went over it when it fell, and does not wait to see whether it stays up.
            self.routing_over(index, &name);
            self.align_promotion();
        }
        if appeared {
            self.delays.seen(&name, up);
        } else if switched {
            switched = !self.delays.holds_back(now, &name, up);
        }
        if !appeared && !switched {
            return;
        }
        let concerned = self.concerned_by(index, &name);
        let followed = self.trackers.is_followed(&TrackerKey::interface(&name));
        if followed || !concerned.is_empty() {
            match (&renamed, before) {
                (Some(old), _) => info!("Interface name has changed from {old} to {name}"),
                (None, None) => info!("Interface {name} added"),
                (None, Some(_)) => {}
            }
        }
        if switched {
            self.link_switched(now, &name, up, concerned);
        } else {
            concerned.into_iter().for_each(|id| self.refresh(id, now));
            self.interface_changed(now, &name);
        }
        if let Some(old) = renamed {
            self.delays.gone(&old);
            self.interface_changed(now, &old);
        }
        if appeared {
            self.complete_masters(&name);
        }
    }

    /// Instances on an interface, or on one of its name.
    fn concerned_by(&self, index: IfIndex, name: &str) -> Vec<InstanceId> {
        let of_interest = |id: &InstanceId| {
            let instance = &self.instances[id.index()];
            instance.stands_on(index)
                || instance.model.interface.as_ref().is_some_and(|wanted| wanted.as_str() == name)
        };
        self.ids().filter(of_interest).collect()
    }

    /// An interface now counts as up, or as down.
    fn link_switched(&mut self, now: Instant, name: &str, up: bool, concerned: Vec<InstanceId>) {
        if !concerned.is_empty() || self.trackers.is_followed(&TrackerKey::interface(name)) {
            info!("Netlink reports {name} {}", if up { "up" } else { "down" });
        }
        concerned.into_iter().for_each(|id| self.refresh(id, now));
        self.interface_changed(now, name);
    }

    /// Changes of interfaces that have lasted long enough count now.
    pub(super) fn links_settle(&mut self, now: Instant) {
        for (name, up) in self.delays.due(now) {
            let Some(index) = self.interfaces.find(&name).map(|interface| interface.link.index) else {
                continue;
            };
            let concerned = self.concerned_by(index, &name);
            self.link_switched(now, &name, up, concerned);
        }
    }

    /// An interface is there that was not: masters put the addresses there that they could not before.
    fn complete_masters(&mut self, name: &str) {
        for id in self.ids() {
            let instance = &mut self.instances[id.index()];
            let waits = |held: &Held| {
                held.on.is_none() && held.model.device.as_ref().is_some_and(|device| device.as_str() == name)
            };
            if instance.is_master() && instance.held.iter().any(waits) {
                let rounds = instance.model.garp.repeat.max(1);
                self.firewall.touch(id);
                self.kernel.add_all(id, instance, &self.interfaces);
                self.announcer.queue(id, rounds);
            }
        }
    }

    pub(super) fn link_gone(&mut self, now: Instant, index: IfIndex, name: &str) {
        if self.vmacs.has_left(index) {
            return;
        }
        self.vmacs.stale |= self.vmacs.concerns(index, name);
        self.interfaces.remove(index);
        self.delays.gone(name);
        self.receivers.drop_interface(index);
        self.kernel.forget_interface(index);
        self.statics_left(index);
        let mut concerned = Vec::new();
        for (number, instance) in self.instances.iter_mut().enumerate() {
            for held in instance.held.iter_mut().filter(|held| held.on == Some(index)) {
                held.on = None;
                self.firewall.touch(InstanceId::new(number));
            }
            if instance.stands_on(index) {
                concerned.push(InstanceId::new(number));
            }
        }
        if !concerned.is_empty() || self.trackers.is_followed(&TrackerKey::interface(name)) {
            info!("Interface {name} deleted");
        }
        for id in concerned {
            self.refresh(id, now);
        }
        self.interface_changed(now, name);
    }
}

/// What the interface an instance was given and its own one make impossible.
pub(super) fn link_faults(
    delays: &Delays,
    model: &kaconf::model::Instance,
    base: Option<&Interface>,
    own: Option<&Interface>,
) -> Faults {
    let is_up = |interface: &Interface| delays.believed(&interface.link.name, interface.link.is_up());
    // What stands on an interface goes down with it, and is given as much time.
    let spared = base.is_some_and(|base| is_up(base) && !base.link.is_up());
    let up = |interface: Option<&Interface>| interface.is_some_and(|interface| spared || is_up(interface));
    match (&model.interface, base) {
        (None, _) => Faults::empty(),
        (Some(_), None) => Faults::NO_INTERFACE,
        // Without the interface that is to be its own it has nothing to speak by.
        (Some(_), Some(_)) if model.dont_track_primary => {
            if own.is_some() {
                Faults::empty()
            } else {
                Faults::INTERFACE_DOWN
            }
        }
        (Some(_), Some(_)) if model.vmac.is_none() => {
            if up(base) {
                Faults::empty()
            } else {
                Faults::INTERFACE_DOWN
            }
        }
        (Some(_), Some(_)) => {
            let below = if up(base) { Faults::empty() } else { Faults::BASE_DOWN };
            if up(own) { below } else { below | Faults::INTERFACE_DOWN }
        }
    }
}
