//! What instances track: through here every source of truth says what it knows, whatever it is.
//!
//! Whoever watches something (interfaces here, scripts, files and processes elsewhere) calls
//! [`Driver::tracker_changed`] with a [`TrackerKey`] and a [`Status`], as often as it likes and at any time, also before
//! the instances begin. The registry knows who follows that tracker, by itself or through its sync group, with which
//! weight, and tells their machines the new effective priority and the faults [`Faults::TRACKED`] and
//! [`Faults::AWAITED`]; nobody else is touched. A tracker of which nothing was said is [`Status::Unknown`]: those who
//! cannot do without it wait for it silently in Fault, unless it came with a reload. The arithmetic is
//! [`vrrp_fsm::Weight`].

mod registry;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use kaconf::model::{self, Config};
use tracing::{debug, info};
use vrrp_fsm::{Faults, Input, Instant, Status};

pub(super) use registry::Trackers;

use super::driver::Driver;
use super::instance::InstanceId;
use super::interfaces::Interface;
use super::routing;

/// What kind of thing is tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TrackerKind {
    /// `track_interface`: up, or down, or not there, which is down.
    Interface,
    /// `vrrp_script`
    Script,
    /// `track_file`: its status is a number.
    File,
    /// `vrrp_track_process`: up while as many run as should.
    Process,
    /// `bfd_instance`: up while the session is.
    Bfd,
}

/// One tracker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TrackerKey {
    pub(super) kind: TrackerKind,
    pub(super) name: Box<str>,
}

impl TrackerKey {
    fn new(kind: TrackerKind, name: &str) -> Self {
        Self { kind, name: name.into() }
    }

    pub(super) fn interface(name: &str) -> Self {
        Self::new(TrackerKind::Interface, name)
    }

    pub(super) fn script(name: &str) -> Self {
        Self::new(TrackerKind::Script, name)
    }

    pub(super) fn file(name: &str) -> Self {
        Self::new(TrackerKind::File, name)
    }

    pub(super) fn process(name: &str) -> Self {
        Self::new(TrackerKind::Process, name)
    }

    pub(super) fn bfd(name: &str) -> Self {
        Self::new(TrackerKind::Bfd, name)
    }
}

/// Every tracker that a configuration declares, followed or not.
fn declared(config: &Config) -> BTreeSet<TrackerKey> {
    let scripts = config.track_scripts.iter().map(|script| TrackerKey::script(&script.name));
    let files = config.track_files.iter().map(|file| TrackerKey::file(&file.name));
    let processes = config.track_processes.iter().map(|process| TrackerKey::process(&process.name));
    let bfds = config.bfds.iter().map(|bfd| TrackerKey::bfd(&bfd.name));
    scripts.chain(files).chain(processes).chain(bfds).collect()
}

/// Faults that the registry decides.
const FROM_TRACKERS: Faults = Faults::TRACKED.union(Faults::AWAITED);

impl Driver {
    /// Takes from a configuration what can be tracked, and the groups.
    pub(super) fn declare_trackers(&mut self, config: &mut Config) {
        self.trackers.declare(declared(config));
        self.delays.declare(std::mem::take(&mut config.interface_delays));
        self.take_groups(std::mem::take(&mut config.sync_groups));
    }

    /// Follows the instances that were just put in place; `started` is whether this is a reload.
    pub(super) fn align_trackers(&mut self, started: bool) {
        let instances = self.instances.iter().map(|instance| &instance.model);
        let statics = &self.routing.statics;
        let needed = |instance: &model::Instance| {
            routing::needed(instance).chain(statics.needed(&instance.name)).collect()
        };
        self.trackers.align(instances, self.groups.iter().map(|group| &group.model), needed, started);
        self.delays.align(self.instances.iter().map(|instance| &instance.model));
        for interface in self.interfaces.iter() {
            self.delays.seen(&interface.link.name, interface.link.is_up());
        }
        let followed: Vec<_> = self.trackers.interfaces().cloned().collect();
        for key in followed {
            self.trackers.set(&key, self.status_of_interface(&key.name));
        }
    }

    /// Anything may have happened to any interface.
    pub(super) fn interfaces_changed(&mut self, now: Instant) {
        let followed: Vec<_> = self.trackers.interfaces().cloned().collect();
        for key in followed {
            self.interface_changed(now, &key.name);
        }
    }

    /// Whether an interface counts as up: changes may have to last.
    pub(super) fn is_up(&self, interface: &Interface) -> bool {
        self.delays.believed(&interface.link.name, interface.link.is_up())
    }

    fn status_of_interface(&self, name: &str) -> Status {
        let up = self.interfaces.find(name).is_some_and(|interface| self.is_up(interface));
        if up { Status::Up } else { Status::Down }
    }

    /// Something may have happened to the interface of this name.
    pub(super) fn interface_changed(&mut self, now: Instant, name: &str) {
        let key = TrackerKey::interface(name);
        if self.trackers.is_followed(&key) {
            self.tracker_changed(now, &key, self.status_of_interface(name));
        }
    }

    /// A source of truth knows something. What it said before costs nothing to say again.
    pub(super) fn tracker_changed(&mut self, now: Instant, key: &TrackerKey, status: Status) {
        for id in self.trackers.set(key, status) {
            self.retrack(id, now);
        }
    }

    /// Compares a machine with what it tracks, and tells it the difference.
    pub(super) fn retrack(&mut self, id: InstanceId, now: Instant) {
        for (key, status, faulty) in self.trackers.turned(id) {
            mention(self.instances[id.index()].name(), &key, status, faulty);
        }
        let machine = &self.instances[id.index()].machine;
        let tally = self.trackers.tally(id, machine.config().priority);
        let present = machine.faults() & FROM_TRACKERS;
        // The priority first: who comes back waits as long as its new one says.
        if machine.priority() != tally.priority() {
            self.feed(id, now, Input::Priority(tally.priority()));
        }
        let (appeared, cleared) = (tally.faults & !present, present & !tally.faults);
        if !appeared.is_empty() {
            self.feed(id, now, Input::Fault(appeared));
        }
        if !cleared.is_empty() {
            self.feed(id, now, Input::Cleared(cleared));
        }
    }
}

/// Why an instance cannot serve, or that this is no reason any more.
fn mention(instance: &str, key: &TrackerKey, status: Status, faulty: bool) {
    let name = &key.name;
    match (key.kind, faulty) {
        (TrackerKind::Interface, true) => {
            let state = if status == Status::Up { "up" } else { "down" };
            info!("({instance}): entering FAULT state (interface {name} {state})");
        }
        (TrackerKind::Script, true) => info!("({instance}): entering FAULT state due to script {name}"),
        (TrackerKind::File, true) => {
            let number = if let Status::Number(number) = status { number } else { 0 };
            info!("({instance}): entering FAULT state (tracked file {name} has status {number})");
        }
        (TrackerKind::Process, true) => {
            info!("({instance}) entering FAULT state (tracked process {name} quorum not achieved)");
        }
        (TrackerKind::Bfd, true) => info!("({instance}): entering FAULT state due to BFD {name}"),
        (TrackerKind::File, false) => debug!("({instance}): tracked file {name} leaving FAULT state"),
        (TrackerKind::Interface | TrackerKind::Script | TrackerKind::Process | TrackerKind::Bfd, false) => {
            debug!("({instance}): {name} is no reason for FAULT any more")
        }
    }
}
