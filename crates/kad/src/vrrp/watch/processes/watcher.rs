//! The thread: waits for events of processes, and posts what follows from them.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use tracing::{debug, info, warn};
use vrrp_fsm::Status;
use vrrp_linux::{ProcessEvent, ProcessMonitor};

use super::super::post::{Bell, Outbound, Post};
use super::super::{Deserted, last};
use super::Tracked;
use super::census::Census;
use super::pattern::Look;
use super::poll::wait;
use super::proc::{self, Interest};
use super::scan::Scan;
use crate::clock;
use crate::vrrp::tracking::TrackerKey;

/// How long the kernel may take to say that it will tell of processes: as in keepalived.
const ACKNOWLEDGED: Duration = Duration::from_millis(100);

/// How long to let things settle when events were lost.
const SETTLE: Duration = Duration::from_secs(1);

/// A list to watch from now on.
#[derive(Debug)]
pub(super) struct List {
    pub(super) number: u64,
    pub(super) tracked: Vec<Tracked>,
}

/// How it is known which processes there are.
#[derive(Debug)]
enum Way {
    /// Nothing is asked for.
    None,
    /// The kernel tells; and when everything is to be looked at again, for it was too fast.
    Events { monitor: ProcessMonitor, recount: Option<Instant> },
    /// It is looked for.
    Scan(Scan),
}

pub(super) struct Watcher {
    tracked: Vec<Tracked>,
    census: Census,
    way: Way,
    buffer: Option<u32>,
    out: Outbound,
    bell: Bell,
}

impl Watcher {
    pub(super) fn new(out: Outbound, bell: Bell, buffer: Option<u32>) -> Self {
        Self { tracked: Vec::new(), census: Census::default(), way: Way::None, buffer, out, bell }
    }

    /// Until nobody listens any more.
    pub(super) fn live(mut self, lists: &Receiver<List>) {
        loop {
            let ready = self.wait();
            let now = clock::now();
            for pid in ready.ended {
                if let Way::Scan(scan) = &mut self.way {
                    scan.ended(pid, &mut self.census, now);
                }
            }
            if ready.monitor {
                self.hear(now);
            }
            self.look(now);
            self.census.tick(now);
            self.tell();
            if ready.bell {
                self.bell.hear();
                let list = match last(lists) {
                    Ok(Some(list)) => list,
                    Ok(None) => continue,
                    Err(Deserted) => return,
                };
                self.take(list.tracked);
                if !self.out.post(Post::Settled(list.number)) {
                    return;
                }
            }
        }
    }

    fn wait(&self) -> super::poll::Ready {
        let (monitor, scan, due) = match &self.way {
            Way::None => (None, None, None),
            Way::Events { monitor, recount } => (Some(monitor), None, *recount),
            Way::Scan(scan) => (None, Some(scan), Some(scan.due())),
        };
        let due = due.into_iter().chain(self.census.due()).min();
        let limit = due.map(|due| due.saturating_duration_since(clock::now()));
        wait(&self.bell, monitor, scan.into_iter().flat_map(Scan::descriptors), limit)
    }

    fn interest(&self) -> Interest {
        Interest::new(self.census.wants(), self.census.length())
    }

    /// Another list: everything is looked at once, and told.
    fn take(&mut self, tracked: Vec<Tracked>) {
        if tracked.is_empty() {
            (self.tracked, self.census, self.way) = (tracked, Census::default(), Way::None);
            return;
        }
        let mut early = Vec::new();
        if matches!(self.way, Way::None) {
            self.way = self.listen(&mut early);
        }
        self.tracked = tracked;
        let models: Vec<_> = self.tracked.iter().map(|(model, _)| model.clone()).collect();
        let blank = Census::new(models.clone(), &[]);
        let before = std::mem::take(&mut self.census);
        self.census = Census::new(models, &all(Interest::new(blank.wants(), blank.length())));
        let now = clock::now();
        self.census.carry(&before, now);
        // What was heard meanwhile may be known already, which does no harm.
        early.into_iter().for_each(|event| self.happened(event, now));
        let _told = self.census.take_turned();
        if let Way::Scan(scan) = &mut self.way {
            *scan = Scan::new(&self.census, now);
        }
        self.show();
        for tracker in self.census.trackers() {
            self.post(&tracker.model.name, tracker.quorum.is_up());
        }
    }

    /// Asks the kernel, and waits a moment for its answer.
    fn listen(&self, early: &mut Vec<ProcessEvent>) -> Way {
        match ProcessMonitor::open(self.buffer) {
            Ok(mut monitor) => {
                let end = clock::now() + ACKNOWLEDGED;
                loop {
                    let left = end.saturating_duration_since(clock::now());
                    wait(&monitor, None::<&Bell>, std::iter::empty(), Some(left));
                    if monitor.read(early).is_err() {
                        break;
                    }
                    if early.contains(&ProcessEvent::Listening) {
                        debug!("proc_events has confirmed it is configured");
                        return Way::Events { monitor, recount: None };
                    }
                    if left.is_zero() {
                        break;
                    }
                }
                info!(
                    "track_process: the kernel tells nothing of processes here: /proc is looked at instead"
                );
            }
            Err(error) => info!(
                "track_process: the kernel tells nothing of processes here ({error}): /proc is looked at instead"
            ),
        }
        Way::Scan(Scan::new(&self.census, clock::now()))
    }

    /// Takes the kernel's events.
    fn hear(&mut self, now: Instant) {
        let Way::Events { monitor, .. } = &mut self.way else { return };
        let mut events = Vec::new();
        if let Err(error) = monitor.read(&mut events) {
            warn!("track_process: events of the kernel cannot be read: {error}");
            self.way = Way::Scan(Scan::new(&self.census, now));
        }
        events.into_iter().for_each(|event| self.happened(event, now));
    }

    fn happened(&mut self, event: ProcessEvent, now: Instant) {
        match event {
            ProcessEvent::Forked { parent, child } => self.census.forked(parent, child, now),
            ProcessEvent::Executed(pid) => {
                if let Some(look) = proc::look(pid, self.interest()) {
                    self.census.looks(pid, &look, now);
                }
            }
            ProcessEvent::Renamed(pid, name) => {
                let end = name.iter().position(|octet| *octet == 0).unwrap_or(name.len());
                let look = Look { comm: Some(name[..end].to_vec()), cmdline: None };
                self.census.looks(pid, &look, now);
            }
            ProcessEvent::Ended(pid) => self.census.ended(pid, now),
            ProcessEvent::Overrun => {
                if let Way::Events { monitor, recount } = &mut self.way
                    && recount.is_none()
                {
                    info!("track_process: events of the kernel were lost: all processes are looked at again");
                    let _widened = monitor.widen();
                    *recount = Some(now + SETTLE);
                }
            }
            _ => {}
        }
    }

    /// Looks at processes, if it is time.
    fn look(&mut self, now: Instant) {
        let interest = self.interest();
        match &mut self.way {
            Way::Events { recount, .. } if recount.is_some_and(|due| due <= now) => {
                *recount = None;
                self.census.recount(&all(interest), now);
            }
            Way::Scan(scan) => scan.look(&mut self.census, interest, now),
            Way::Events { .. } | Way::None => {}
        }
    }

    /// Says and posts what turned.
    fn tell(&mut self) {
        // Who is told may look.
        self.show();
        for (name, up) in self.census.take_turned() {
            info!("Quorum {} for tracked process {name}", if up { "gained" } else { "lost" });
            self.post(&name, up);
        }
    }

    fn post(&self, name: &str, up: bool) {
        let status = if up { Status::Up } else { Status::Down };
        let _read = self.out.post(Post::Seen(TrackerKey::process(name), status));
    }

    fn show(&self) {
        for (tracker, (_, gauge)) in self.census.trackers().iter().zip(&self.tracked) {
            gauge.set(&tracker.quorum);
        }
    }
}

/// All processes, looked at now.
fn all(interest: Interest) -> Vec<(i32, Look)> {
    let look = |pid| Some((pid, proc::look(pid, interest)?));
    let alive = |(pid, _): &(i32, Look)| proc::parent(*pid).is_some_and(|(_, ended)| !ended);
    proc::pids().into_iter().filter_map(look).filter(alive).collect()
}

#[cfg(test)]
mod tests;
