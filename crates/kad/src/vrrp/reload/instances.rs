//! Old instances go, those that stay go on, new ones begin.

use std::time::Duration;

use tracing::{info, warn};
use vrrp_fsm::{Input, Instant, State};
use vrrp_wire::ChecksumRule;

use crate::vrrp::addresses::Held;
use crate::vrrp::driver::Driver;
use crate::vrrp::instance::{Instance, InstanceId};
use crate::vrrp::notify::Kept;
use crate::vrrp::reception::may_be_old_unicast;

use super::identity::pair;

impl Driver {
    /// Puts the new instances in place of the old ones; gives how many went on.
    ///
    /// All removals come before all additions, and their reports are heard in between: an address that moves from
    /// one instance to another is otherwise taken for one that somebody removed.
    pub(super) fn exchange(&mut self, now: Instant, old: Vec<Instance>, fresh: Vec<Instance>) -> usize {
        let (pairs, gone) = pair(old, fresh);
        let (fresh, stay): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let goes_on: Vec<bool> = stay.iter().map(Option::is_some).collect();
        self.trackers.detach();
        // What waits there has the old numbers.
        self.announcer.forget();
        let mut stay = self.retire(now, gone, stay.into_iter().flatten()).into_iter();
        self.wakeups.clear();
        self.announcer.forget();
        self.routing.forget();
        let (mut kept, mut begin) = (Vec::new(), Vec::new());
        self.instances.clear();
        for (number, (new, goes_on)) in fresh.into_iter().zip(goes_on).enumerate() {
            let id = InstanceId::new(number);
            self.instances.push(new);
            match goes_on.then(|| stay.next()).flatten() {
                Some(old) => {
                    let state = old.machine.state();
                    self.continue_from(id, old);
                    kept.push((id, state));
                }
                None => begin.push(id),
            }
        }
        self.index_addresses();
        self.align_trackers(true);
        let groups: Vec<State> = self.groups.iter().map(|group| group.machine.state()).collect();
        self.align_groups(now);
        self.watch_routing();
        self.routing.withdraw(self.kernel.netlink(), false);
        self.kernel.apply(&mut self.instances, false);
        self.plan_vmacs();
        self.locate_instances();
        self.hear_of_vmacs(now);
        for (id, _) in &kept {
            self.go_on(*id, now);
        }
        for id in self.ids() {
            self.look_around(id, now);
        }
        self.settle_groups(now);
        self.sockets_stale = true;
        // An owner speaks as soon as it begins: the socket it speaks through must be there.
        for failure in self.open_lanes() {
            warn!("adverts cannot be sent: {failure}");
        }
        self.repeat_groups(&groups);
        let mut still = Kept::new(&kept);
        self.align_promotion();
        for id in begin {
            self.repeat_instances(&mut still, Some(id));
            self.begin(id, now, Duration::ZERO);
        }
        self.repeat_instances(&mut still, None);
        kept.len()
    }

    /// Instances that the new configuration does not have say farewell; gives those that stay, in their order.
    ///
    /// These are there all the while: what is heard of the kernel may be about them.
    fn retire(
        &mut self,
        now: Instant,
        gone: Vec<Instance>,
        stay: impl Iterator<Item = Instance>,
    ) -> Vec<Instance> {
        let leaving = gone.len();
        self.instances = gone;
        self.instances.extend(stay);
        // Each for itself: their groups go on without them, or are yet to be put together.
        for instance in &mut self.instances {
            instance.group = None;
        }
        self.index_addresses();
        for id in self.ids().take(leaving) {
            info!("({}) removed from the configuration", self.instances[id.index()].name());
            let faulty = self.instances[id.index()].machine.state() == State::Fault;
            self.feed(id, now, Input::Stop);
            self.notices.deleted(&self.instances[id.index()], faulty);
        }
        self.settle(now);
        // Heard now, while it is known whose removals these are.
        self.hear_kernel(now);
        // What it calls for has the numbers of now.
        self.settle(now);
        self.instances.split_off(leaving)
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
        (new.base, new.interface) = (old.base, old.interface);
        (new.source, new.speaks_from) = (old.source, old.speaks_from);
        new.stats = old.stats;
        new.guarded = old.guarded;
        new.proof.go_on_from(old.proof);
        new.checked_sender = old.checked_sender;
        new.last_transition = old.last_transition;
        let fresh = std::mem::take(&mut new.lines);
        new.lines = self.routing.exchange(old.lines, fresh);
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
            let effective = self.trackers.tally(id, config.priority).priority();
            // Checked when the new instance was made.
            if let Ok(actions) = instance.machine.reconfigure(now, config, effective) {
                self.carry_out(id, before, &actions);
            }
        }
        self.firewall.touch(id);
        let instance = &mut self.instances[id.index()];
        // The kernel may have taken some without a word, with an address that went.
        self.routing.complete(id, instance, true);
        if instance.is_master() {
            self.announcer.begin(id, instance);
        }
        if instance.is_master() && instance.held.iter().any(|held| held.on.is_none()) {
            self.kernel.add_all(id, instance, &self.interfaces);
            self.feed(id, now, Input::AddressesAdded);
        }
    }
}
