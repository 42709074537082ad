//! The machines and the world: feeds inputs, carries out actions.
//!
//! A turn of the event loop collects what is to be sent, and [`Driver::settle`] does it in the order that a
//! takeover needs: all adverts, then all addresses, then all announcements. There is no protocol logic here.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use kaconf::model::{Global, Mode};
use vrrp_fsm::{Action, Actions, Event, Input, Instant, State};
use vrrp_linux::{Monitor, Netlink};

use crate::cli::Options;
use crate::exec::Exec;

use super::announcer::Announcer;
use super::debounce::Delays;
use super::dump::Clerk;
use super::firewall::Firewall;
use super::groups::Group;
use super::instance::{Instance, InstanceId};
use super::interfaces::Interfaces;
use super::kernel::Kernel;
use super::notify::Notices;
use super::outbox::Outbox;
use super::owed::Owed;
use super::promote::Promotion;
use super::receivers::Receivers;
use super::routing::Routing;
use super::start::StartError;
use super::tracking::Trackers;
use super::vmac::Vmacs;
use super::wakeups::Wakeups;
use super::watch::Watch;
use super::{clock, journal, proof};

#[derive(Debug)]
pub(super) struct Driver {
    pub(super) options: Options,
    pub(super) global: Global,
    /// See [`kaconf::model::Config::doubts`], of the configuration that runs.
    pub(super) doubts: Vec<Box<str>>,
    pub(super) instances: Vec<Instance>,
    /// Whose virtual address an address is.
    pub(super) virtuals: BTreeMap<IpAddr, Vec<InstanceId>>,
    pub(super) groups: Vec<Group>,
    pub(super) trackers: Trackers,
    /// Of interfaces whose changes must last.
    pub(super) delays: Delays,
    pub(super) interfaces: Interfaces,
    pub(super) kernel: Kernel,
    /// Addresses that could not be set yet.
    pub(super) owed: Owed,
    pub(super) promotion: Promotion,
    /// Routes and rules, and what is static.
    pub(super) routing: Routing,
    pub(super) firewall: Firewall,
    pub(super) vmacs: Vmacs,
    pub(super) monitor: Monitor,
    pub(super) receivers: Receivers,
    pub(super) outbox: Outbox,
    pub(super) announcer: Announcer,
    pub(super) wakeups: Wakeups,
    /// What runs scripts.
    pub(super) exec: Exec,
    /// Writes dump files.
    pub(super) clerk: Clerk,
    pub(super) watch: Watch,
    /// What is told to scripts, FIFOs and by mail.
    pub(super) notices: Notices,
    /// An interface came or went: the sockets must follow.
    pub(super) sockets_stale: bool,
}

impl Driver {
    /// Opens what the process needs of the kernel; there are no instances yet.
    pub(super) fn open(options: Options, global: Global, exec: Exec) -> Result<Self, StartError> {
        let buffer = global.netlink_monitor_buffer.map(|(octets, _)| octets);
        // The monitor first: what changes while the kernel is read is reported afterwards.
        let monitor = Monitor::open(buffer)?;
        let mut kernel = Kernel::new(Netlink::open()?);
        let interfaces = kernel.read()?;
        let announcer = Announcer::open()?;
        let firewall = Firewall::new(&global.firewall);
        let notices = Notices::new(&global).map_err(StartError::Poll)?;
        Ok(Self {
            options,
            global,
            doubts: Vec::new(),
            instances: Vec::new(),
            virtuals: BTreeMap::new(),
            groups: Vec::new(),
            trackers: Trackers::default(),
            delays: Delays::default(),
            interfaces,
            kernel,
            owed: Owed::default(),
            promotion: Promotion::default(),
            routing: Routing::default(),
            firewall,
            vmacs: Vmacs::default(),
            monitor,
            receivers: Receivers::default(),
            outbox: Outbox::default(),
            announcer,
            wakeups: Wakeups::default(),
            exec,
            clerk: Clerk::default(),
            watch: Watch::new().map_err(StartError::Poll)?,
            notices,
            sockets_stale: false,
        })
    }

    /// Numbers of all instances.
    pub(super) fn ids(&self) -> impl Iterator<Item = InstanceId> + use<> {
        (0..self.instances.len()).map(InstanceId::new)
    }

    /// Tells one machine something, and does what it answers.
    pub(super) fn feed(&mut self, id: InstanceId, now: Instant, input: Input) {
        match self.instances[id.index()].group {
            Some(group) => self.feed_member(group, id, now, input),
            None => drop(self.feed_alone(id, now, input)),
        }
    }

    /// The same, and its sync group does not hear of it; gives what the other members are to be told at least.
    pub(super) fn feed_alone(&mut self, id: InstanceId, now: Instant, input: Input) -> Option<Input> {
        let machine = &mut self.instances[id.index()].machine;
        let (before, waited) = (machine.state(), machine.is_waiting());
        let actions = machine.step(now, input);
        let failed = waited && machine.state() == State::Fault && !machine.is_waiting();
        self.carry_out(id, before, &actions);
        if failed {
            // It was in Fault already, but nobody was told: it might have been well.
            entered(&mut self.instances[id.index()], State::Init, State::Fault);
            self.notices.entered(&self.instances[id.index()], State::Fault);
        }
        vrrp_fsm::echo(&actions)
    }

    /// Does what a machine asked for, or notes it for [`Self::settle`].
    pub(super) fn carry_out(&mut self, id: InstanceId, before: State, actions: &Actions) {
        let instance = &mut self.instances[id.index()];
        for action in actions {
            match *action {
                Action::Send(priority) => {
                    self.outbox.push(id, instance, priority);
                    if priority.is_stop() {
                        tracing::debug!("({}) sent 0 priority", instance.name());
                    }
                }
                Action::Entered(state) => {
                    entered(instance, before, state);
                    if !instance.machine.is_waiting() {
                        self.notices.entered(instance, state);
                    }
                    if before == State::Fault && matches!(instance.model.mode, Mode::Unicast { .. }) {
                        self.announcer.queue_source(id);
                    }
                }
                Action::AddAddresses => {
                    self.firewall.close(id, instance);
                    self.kernel.add_all(id, instance, &self.interfaces);
                    self.routing.begin(id, instance);
                    self.announcer.begin(id, instance);
                }
                Action::RemoveAddresses => {
                    self.announcer.cancel(id);
                    self.routing.end(id, instance);
                    if self.options.release_vips {
                        super::kernel::claim_all(instance, &self.interfaces);
                    }
                    self.kernel.remove_all(id, instance);
                    self.firewall.open_up(id, instance);
                }
                Action::Announce { rounds } => self.announcer.queue(id, rounds),
                Action::Report(event) => {
                    journal::report(instance, event);
                    if let Event::IntervalLearned { to, .. } = event {
                        self.delays.shorten(&instance.model, to);
                    }
                    self.notices.reported(instance, event);
                    proof::follow(instance, event);
                }
            }
        }
        self.wakeups.set(id, instance.machine.deadline());
    }

    /// Ends a turn: what it called for leaves now.
    pub(super) fn settle(&mut self, now: Instant) {
        self.outbox.flush(&mut self.instances);
        self.guard_vmacs();
        self.firewall.guard(&mut self.instances, &self.interfaces);
        self.routing.withdraw(self.kernel.netlink(), false);
        self.kernel.apply(&mut self.instances, false);
        self.firewall.unguard();
        self.routing.install(self.kernel.netlink(), &mut self.instances, &self.interfaces);
        self.note_owed(now);
        self.announcer.run(now, &self.instances, &self.interfaces);
        self.notices.flush(&mut self.exec, now);
    }

    /// Ticks every machine whose time has come, and every master whose advert may leave with theirs.
    pub(super) fn tick(&mut self, now: Instant) {
        self.retry_owed(now);
        self.links_settle(now);
        while let Some((at, id)) = self.wakeups.peek() {
            let machine = &self.instances[id.index()].machine;
            let early = at > now
                && machine.state() == State::Master
                && machine.timer() == Some(at)
                && at <= now.saturating_add(machine.config().advert_slack);
            if at > now && !early {
                return;
            }
            self.wakeups.pop();
            self.feed(id, now, Input::Tick);
        }
    }

    /// How long nothing needs to be done.
    pub(super) fn idle_for(&mut self, now: Instant) -> Option<Duration> {
        let machines = self.wakeups.peek().map(|(at, _)| at);
        let others = [
            self.announcer.deadline(),
            self.watch.deadline(),
            self.notices.deadline(now),
            self.owed.deadline(),
            self.delays.deadline(),
        ];
        let next = machines.into_iter().chain(others.into_iter().flatten()).min()?;
        Some(next.saturating_since(now))
    }

    /// Takes leave: farewells first, then the addresses.
    pub(super) fn stop(&mut self, now: Instant) {
        for id in self.ids() {
            self.feed(id, now, Input::Stop);
        }
        self.outbox.flush(&mut self.instances);
        self.routing.withdraw(self.kernel.netlink(), self.options.dont_release_vrrp);
        self.kernel.apply(&mut self.instances, self.options.dont_release_vrrp);
        self.remove_statics();
        self.end_promotion();
        if !self.options.dont_release_vrrp {
            self.remove_vmacs();
        }
        self.stop_watching();
        self.firewall.end();
    }

    /// Builds the table of virtual addresses anew.
    pub(super) fn index_addresses(&mut self) {
        self.virtuals.clear();
        for (index, instance) in self.instances.iter().enumerate() {
            for held in &instance.held {
                let ids = self.virtuals.entry(held.model.address.ip()).or_default();
                ids.push(InstanceId::new(index));
            }
        }
    }
}

fn entered(instance: &mut Instance, before: State, state: State) {
    journal::entered(instance, before, state);
    if state == State::Master {
        instance.stats.became_master += 1;
        instance.proof.begin_term();
    }
    if before == State::Master {
        instance.stats.released_master += 1;
    }
    instance.complained.clear();
    instance.mute = false;
    instance.last_transition = clock::wall_seconds();
}
