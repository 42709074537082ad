//! A new configuration for a running process: the difference, and nothing else.
//!
//! Instances are matched as keepalived matches them: by VRID, family, interface and manner of speaking, not by
//! name. One that matches keeps its state, timers and counters; what is new starts, what is gone stops.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use kaconf::model::{self, Config, Mode};
use tracing::{info, warn};
use vrrp_fsm::{Input, Instant};
use vrrp_types::{Family, Vrid};

use vrrp_wire::ChecksumRule;

use crate::ipc::FromChild;

use super::addresses::Held;
use super::clock;
use super::driver::Driver;
use super::instance::{Instance, InstanceId};
use super::reception::may_be_old_unicast;
use super::start::{StartError, check_interface};

#[derive(PartialEq, Eq, Hash)]
enum Manner {
    Multicast { group: IpAddr },
    Unicast { source: Option<IpAddr> },
}

/// What makes an instance the same one before and after a reload.
#[derive(PartialEq, Eq, Hash)]
struct Identity<'a> {
    vrid: Vrid,
    family: Family,
    interface: Option<&'a model::InterfaceName>,
    manner: Manner,
}

impl<'a> Identity<'a> {
    fn of(model: &'a model::Instance) -> Self {
        Self {
            vrid: model.vrid,
            family: model.family,
            interface: model.interface.as_ref(),
            manner: match model.mode {
                Mode::Multicast { group } => Manner::Multicast { group },
                Mode::Unicast { .. } => Manner::Unicast { source: model.source },
            },
        }
    }
}

impl Driver {
    /// Takes over a configuration. An error leaves everything as it was.
    pub(super) fn reload(&mut self, config: Config) -> Result<FromChild, StartError> {
        let Config { global, instances, doubts, .. } = config;
        self.refuse_accidents(&instances, &doubts)?;
        let mut fresh = Vec::with_capacity(instances.len());
        let dynamic = std::mem::replace(&mut self.global.dynamic_interfaces, global.dynamic_interfaces);
        for model in instances {
            let checked = check_interface(self, &model).and_then(|()| Ok(Instance::new(model)?));
            match checked {
                Ok(instance) => fresh.push(instance),
                Err(error) => {
                    self.global.dynamic_interfaces = dynamic;
                    return Err(error);
                }
            }
        }
        // Nothing fails from here on.
        let now = clock::now();
        self.announcer.set_spacing(global.garp_interval, global.gna_interval);
        (self.global, self.doubts) = (global, doubts);
        let old = std::mem::take(&mut self.instances);
        let before = old.len();
        let kept = self.exchange(now, old, fresh);
        let total = self.instances.len();
        self.settle(now);
        Ok(kept_of(kept, total, before - kept))
    }

    /// Whoever breaks a line that names an instance or an address has not asked for its end. Findings that the
    /// running configuration had too are lived with.
    fn refuse_accidents(&self, fresh: &[model::Instance], doubts: &[Box<str>]) -> Result<(), StartError> {
        let Some(doubt) = doubts.iter().find(|doubt| !self.doubts.contains(doubt)) else { return Ok(()) };
        let found: HashMap<_, _> = fresh.iter().map(|new| (Identity::of(new), new)).collect();
        for old in &self.instances {
            let name = old.name();
            let loss = match found.get(&Identity::of(&old.model)) {
                None => format!("({name}) would be removed"),
                Some(new) => {
                    let lost = |held: &&Held| {
                        let ip = held.model.address.ip();
                        !new.addresses.iter().chain(&new.excluded).any(|line| line.address.ip() == ip)
                    };
                    match old.held.iter().find(lost) {
                        Some(held) => format!("({name}) would lose {}", held.model.address.ip()),
                        None => continue,
                    }
                }
            };
            return Err(StartError::Doubtful { loss, doubt: doubt.clone() });
        }
        Ok(())
    }

    /// Puts the new instances in place of the old ones; gives how many went on.
    ///
    /// All removals come before all additions, and their reports are heard in between: an address that moves from
    /// one instance to another is otherwise taken for one that somebody removed.
    fn exchange(&mut self, now: Instant, old: Vec<Instance>, fresh: Vec<Instance>) -> usize {
        let (pairs, gone) = pair(old, fresh);
        self.retire(now, gone);
        self.wakeups.clear();
        self.announcer.forget();
        let (mut kept, mut begin) = (Vec::new(), Vec::new());
        self.instances.clear();
        for (number, (new, old)) in pairs.into_iter().enumerate() {
            let id = InstanceId::new(number);
            self.instances.push(new);
            match old {
                Some(old) => {
                    self.continue_from(id, old);
                    kept.push(id);
                }
                None => begin.push(id),
            }
        }
        self.index_addresses();
        self.kernel.apply(&mut self.instances, false);
        self.hear_kernel(now);
        for id in &kept {
            self.go_on(*id, now);
        }
        for id in self.ids() {
            self.refresh(id, now);
        }
        self.sockets_stale = true;
        // An owner speaks as soon as it begins: the socket it speaks through must be there.
        for failure in self.open_lanes() {
            warn!("adverts cannot be sent: {failure}");
        }
        for id in begin {
            self.begin(id, now, Duration::ZERO);
        }
        kept.len()
    }

    /// Instances that the new configuration does not have say farewell.
    fn retire(&mut self, now: Instant, gone: Vec<Instance>) {
        self.instances = gone;
        self.index_addresses();
        for id in self.ids() {
            info!("({}) removed from the configuration", self.instances[id.index()].name());
            self.feed(id, now, Input::Stop);
        }
        self.settle(now);
        // Heard now, while it is known whose removals these are.
        self.hear_kernel(now);
    }

    /// The new instance takes over what the old one was doing; addresses it no longer has leave.
    fn continue_from(&mut self, id: InstanceId, old: Instance) {
        let new = &mut self.instances[id.index()];
        new.next = Some(std::mem::replace(&mut new.machine, old.machine).config().clone());
        let fresh = std::mem::replace(&mut new.template, old.template);
        new.template.replace(fresh);
        // A peer of old is still a peer of old.
        let group = matches!(old.policy.checksum, ChecksumRule::Group(_));
        if group && may_be_old_unicast(new) {
            new.policy.checksum = old.policy.checksum;
            new.template.sum_as_multicast(vrrp_wire::GROUP_V4);
        }
        new.interface = old.interface;
        (new.source, new.speaks_from) = (old.source, old.speaks_from);
        new.stats = old.stats;
        new.checked_sender = old.checked_sender;
        new.last_transition = old.last_transition;
        self.keep_addresses(id, old.held);
    }

    /// Addresses that stay stay where they are, and the others are removed.
    fn keep_addresses(&mut self, id: InstanceId, old: Vec<Held>) {
        let instance = &mut self.instances[id.index()];
        let mut gone = Vec::new();
        for held in old {
            let same = |new: &&mut Held| new.on.is_none() && new.is_alike(&held);
            match instance.held.iter_mut().find(same) {
                Some(new) => (new.on, new.found) = (held.on, held.found),
                None => gone.push(held),
            }
        }
        let stays = instance.held.len();
        instance.held.extend(gone);
        for number in stays..instance.held.len() {
            self.kernel.remove(id, number, instance);
        }
        instance.held.truncate(stays);
    }

    /// Tells the machine its new configuration; a master sets and announces the addresses that came.
    fn go_on(&mut self, id: InstanceId, now: Instant) {
        let instance = &mut self.instances[id.index()];
        let before = instance.machine.state();
        if let Some(config) = instance.next.take() {
            let effective = config.priority;
            // Checked when the new instance was made.
            if let Ok(actions) = instance.machine.reconfigure(now, config, effective) {
                self.carry_out(id, before, &actions);
            }
        }
        let instance = &mut self.instances[id.index()];
        if instance.is_master() && instance.held.iter().any(|held| held.on.is_none()) {
            let rounds = instance.model.garp.repeat.max(1);
            self.kernel.add_all(id, instance, &self.interfaces);
            self.announcer.queue(id, rounds);
        }
    }
}

/// For each new instance the old one that it continues, and the old ones that nobody continues.
fn pair(old: Vec<Instance>, fresh: Vec<Instance>) -> (Vec<(Instance, Option<Instance>)>, Vec<Instance>) {
    let numbers: HashMap<_, _> =
        old.iter().enumerate().map(|(number, old)| (Identity::of(&old.model), number)).collect();
    let partners: Vec<_> = fresh.iter().map(|new| numbers.get(&Identity::of(&new.model)).copied()).collect();
    let mut old: Vec<_> = old.into_iter().map(Some).collect();
    let mut partner = |number: Option<usize>| number.and_then(|number| old[number].take());
    let pairs = fresh.into_iter().zip(partners).map(|(new, number)| (new, partner(number))).collect();
    (pairs, old.into_iter().flatten().collect())
}

fn kept_of(kept: usize, total: usize, removed: usize) -> FromChild {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    FromChild::Reloaded { kept: count(kept), added: count(total - kept), removed: count(removed) }
}
