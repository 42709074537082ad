//! What happens to instances and groups, told to whoever the configuration names: scripts, FIFOs, mail.
//!
//! One stream of events comes in, while actions are carried out; what it means is worked out at once, and leaves at
//! the end of the turn, when all adverts have. Nothing here waits: scripts are run by another process, FIFOs and mail
//! have threads of their own, and what has no room is lost and said. The words are keepalived's.

mod calls;
mod event;
mod lanes;
mod letters;
mod pipes;
mod repeat;
mod stop;

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use kaconf::model::{Global, Notify, Scripts, SyncGroup};
use rustix::event::{EventfdFlags, eventfd};
use vrrp_fsm::{Event, Instant, State};

use crate::exec::{Exec, Program, Report};

use super::instance::Instance;

use calls::Calls;
use event::{Kind, Line};
use letters::Letters;
use pipes::Pipes;

pub(in crate::vrrp) use event::Told;
pub(in crate::vrrp) use repeat::Kept;

/// What is to be told at the end of the turn.
#[derive(Debug)]
enum Job {
    Call(calls::Lane, calls::Call),
    Line(String),
    Mail(String, &'static str),
}

/// What is told, and to whom.
#[derive(Debug)]
pub(in crate::vrrp) struct Notices {
    rules: Scripts,
    calls: Calls,
    pipes: Pipes,
    letters: Letters,
    jobs: VecDeque<Job>,
    /// How many of them, in front, are about groups and go before what is said of instances.
    in_front: usize,
    /// Rung by the threads of FIFOs.
    bell: OwnedFd,
}

impl Notices {
    /// As a configuration wants it.
    ///
    /// # Errors
    /// Out of file descriptors.
    pub(in crate::vrrp) fn new(global: &Global) -> io::Result<Self> {
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let mut pipes = Pipes::default();
        pipes.change(global, &bell);
        Ok(Self {
            rules: global.scripts.clone(),
            calls: Calls::default(),
            pipes,
            letters: Letters::new(global),
            jobs: VecDeque::new(),
            in_front: 0,
            bell,
        })
    }

    /// As another configuration wants it, from now on. What did not change is not touched: a FIFO stays open, and its
    /// script goes on.
    pub(in crate::vrrp) fn change(&mut self, global: &Global, exec: &mut Exec) {
        self.rules = global.scripts.clone();
        for script in self.pipes.change(global, &self.bell) {
            exec.terminate(script);
        }
        self.letters.change(global);
    }

    /// An instance entered a state.
    pub(in crate::vrrp) fn entered(&mut self, instance: &Instance, state: State) {
        if let Some(told) = Told::entered(state) {
            self.instance(instance, told);
        }
    }

    /// What a machine reports may be something to tell.
    pub(in crate::vrrp) fn reported(&mut self, instance: &Instance, event: Event) {
        match event {
            Event::LowerPriorityHeard(_) => self.instance(instance, Told::LowerPriority),
            // That of an owner is not the sum of what is tracked, and keepalived is silent about it.
            Event::PriorityChanged { .. }
                if instance.model.notify_priority_changes && !instance.model.priority.is_owner() =>
            {
                let told = if instance.is_master() { Told::MasterPriority } else { Told::BackupPriority };
                self.instance(instance, told);
            }
            _ => {}
        }
    }

    /// Something happened to an instance.
    pub(in crate::vrrp) fn instance(&mut self, instance: &Instance, told: Told) {
        let model = &instance.model;
        let script = script(&model.notify, told);
        let told = match told {
            // Before there was notify_deleted, an instance that a reload took away was said to be in FAULT.
            Told::Deleted if !model.notify.tells_deletion => Told::Fault,
            told => told,
        };
        let line = Line {
            kind: Kind::Instance,
            name: &model.name,
            told,
            priority: instance.machine.priority().get(),
        };
        self.tell(line, script, model.notify.any.as_deref(), model.smtp_alert);
    }

    /// A group has its first state. keepalived tells that before it tells of its members.
    pub(in crate::vrrp) fn group_began(&mut self, group: &SyncGroup, told: Told) {
        self.ahead(|notices| notices.group(group, told));
    }

    /// Says something before all that is said of instances in this turn.
    fn ahead(&mut self, tell: impl FnOnce(&mut Self)) {
        let behind = self.jobs.split_off(self.in_front);
        tell(self);
        self.in_front = self.jobs.len();
        self.jobs.extend(behind);
    }

    /// Something happened to a group.
    pub(in crate::vrrp) fn group(&mut self, group: &SyncGroup, told: Told) {
        let line = Line { kind: Kind::Group, name: &group.name, told, priority: 0 };
        let notify = &group.notify;
        self.tell(line, script(notify, told), notify.any.as_deref(), group.smtp_alert);
    }

    /// A reload took an instance away. One in FAULT was as good as gone already, unless it wants to be told.
    pub(in crate::vrrp) fn deleted(&mut self, instance: &Instance, was_faulty: bool) {
        if instance.model.notify.tells_deletion || !was_faulty {
            self.instance(instance, Told::Deleted);
        }
    }

    /// The state of a group once more, for FIFOs alone.
    pub(super) fn repeat_group(&mut self, group: &SyncGroup, state: State) {
        let Some(told) = Told::entered(state) else { return };
        let line = Line { kind: Kind::Group, name: &group.name, told, priority: 0 };
        self.ahead(|notices| notices.line(line));
    }

    /// The state of an instance once more, for FIFOs alone.
    pub(super) fn repeat(&mut self, instance: &Instance) {
        let Some(told) = Told::entered(instance.machine.state()) else { return };
        let priority = instance.machine.priority().get();
        self.line(Line { kind: Kind::Instance, name: &instance.model.name, told, priority });
    }

    fn tell(
        &mut self,
        line: Line<'_>,
        own: Option<&kaconf::model::Script>,
        any: Option<&kaconf::model::Script>,
        mails: bool,
    ) {
        let Line { kind, name, told, priority } = line;
        if let Some(own) = own {
            let program = Program::of(own, &self.rules);
            self.jobs.push_back(Job::Call(calls::Lane::own(kind, name, told), calls::Call::new(program)));
        }
        if let Some(any) = any.filter(|_| told.is_for_any()) {
            let priority = priority.to_string();
            let arguments = [kind.word(), name, told.word(), &priority];
            let program = Program::of(any, &self.rules).with_arguments(arguments);
            self.jobs.push_back(Job::Call(calls::Lane::any(kind, name), calls::Call::new(program)));
        }
        self.line(line);
        if mails && let Some((subject, body)) = self.letters.letter(line) {
            self.jobs.push_back(Job::Mail(subject, body));
        }
    }

    fn line(&mut self, line: Line<'_>) {
        if !self.pipes.is_empty() {
            self.jobs.push_back(Job::Line(line.to_string()));
        }
    }

    /// Tells what there is to tell; the adverts of this turn have left.
    pub(in crate::vrrp) fn flush(&mut self, exec: &mut Exec, now: Instant) {
        self.in_front = 0;
        for job in self.jobs.drain(..) {
            match job {
                Job::Call(lane, call) => self.calls.push(lane, call, now),
                Job::Line(line) => self.pipes.write(&line),
                Job::Mail(subject, body) => self.letters.send(subject, body),
            }
        }
        self.calls.run(exec, now);
    }

    /// Takes a report of a program; false if it is not about one of these.
    pub(in crate::vrrp) fn program(&mut self, report: &Report) -> bool {
        self.calls.heard(report) || self.pipes.heard(report)
    }

    /// A FIFO was opened, and its script can be started.
    pub(in crate::vrrp) fn rung(&mut self, exec: &mut Exec) {
        let mut count = [0; 8];
        // Nothing to read is nothing that rang.
        let _count = rustix::io::read(&self.bell, &mut count);
        self.pipes.start_scripts(exec, &self.rules);
    }

    /// When there is something to do, whatever else happens.
    pub(in crate::vrrp) fn deadline(&self, now: Instant) -> Option<Instant> {
        self.calls.deadline(now)
    }
}

/// The script that stands for an event.
fn script(notify: &Notify, told: Told) -> Option<&kaconf::model::Script> {
    let script = match told {
        Told::Master => &notify.master,
        Told::Backup => &notify.backup,
        Told::Fault => &notify.fault,
        Told::Stop => &notify.stop,
        Told::Deleted => &notify.deleted,
        Told::LowerPriority => &notify.lower_priority,
        Told::MasterPriority | Told::BackupPriority => return None,
    };
    script.as_deref()
}

impl AsFd for Notices {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}
