//! Finding processes without being told of them.
//!
//! A list of numbers costs little; to look at a process costs more. So one is looked at when it is new, for a while
//! after that (it may not have become its program yet), and otherwise seldom. Those that count are looked at each
//! time, and a descriptor tells at once when one ends.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::census::Census;
use super::proc::{self, Interest};

/// From one list of numbers to the next.
const EACH: Duration = Duration::from_millis(500);

/// How long a process is young.
const YOUTH: Duration = Duration::from_secs(3);

/// From one look at all processes to the next.
const ALL: Duration = Duration::from_secs(15);

/// So many descriptors are held at most; whoever has none is looked at each time.
const HELD: usize = 256;

/// What is remembered between two looks.
#[derive(Debug)]
pub(super) struct Scan {
    /// When each process was first seen.
    seen: BTreeMap<i32, Instant>,
    /// Of those that count, `held` at most.
    descriptors: BTreeMap<i32, OwnedFd>,
    held: usize,
    next: Instant,
    next_all: Instant,
}

impl Scan {
    /// `census` has just been taken.
    pub(super) fn new(census: &Census, now: Instant) -> Self {
        Self::holding(HELD, census, now)
    }

    fn holding(held: usize, census: &Census, now: Instant) -> Self {
        let seen = proc::pids().into_iter().map(|pid| (pid, now)).collect();
        let mut new =
            Self { seen, descriptors: BTreeMap::new(), held, next: now + EACH, next_all: now + ALL };
        new.hold(census);
        new
    }

    /// When to look again.
    pub(super) fn due(&self) -> Instant {
        self.next
    }

    pub(super) fn descriptors(&self) -> impl Iterator<Item = (i32, &OwnedFd)> {
        self.descriptors.iter().map(|(pid, descriptor)| (*pid, descriptor))
    }

    /// A descriptor said so.
    pub(super) fn ended(&mut self, pid: i32, census: &mut Census, now: Instant) {
        self.descriptors.remove(&pid);
        // Its number may be somebody else's already.
        self.seen.remove(&pid);
        census.ended(pid, now);
    }

    /// Looks again if it is time.
    pub(super) fn look(&mut self, census: &mut Census, interest: Interest, now: Instant) {
        if now < self.next {
            return;
        }
        self.next = now + EACH;
        let all = now >= self.next_all;
        if all {
            self.next_all = now + ALL;
        }
        let before = std::mem::take(&mut self.seen);
        for pid in proc::pids() {
            let first = before.get(&pid).copied();
            self.seen.insert(pid, first.unwrap_or(now));
            let counts = census.counts_for_any(pid);
            if counts && !self.descriptors.contains_key(&pid) && has_ended(pid) {
                // As a descriptor would have said, though its parent has not noticed.
                census.ended(pid, now);
                continue;
            }
            let young = first.is_none_or(|first| now.duration_since(first) < YOUTH);
            if young || counts || all {
                Self::look_at(pid, first.is_some(), census, interest, now);
            }
        }
        let gone: Vec<i32> = census.pids().filter(|pid| !self.seen.contains_key(pid)).collect();
        gone.into_iter().for_each(|pid| self.ended(pid, census, now));
        self.hold(census);
    }

    fn look_at(pid: i32, known: bool, census: &mut Census, interest: Interest, now: Instant) {
        let Some(look) = proc::look(pid, interest) else { return };
        if known {
            return census.looks(pid, &look, now);
        }
        match proc::parent(pid) {
            // It has ended; and one that was there before is told of by its descriptor.
            Some((_, true)) | None => {}
            Some((parent, false)) => census.found(pid, Some(parent), &look, now),
        }
    }

    /// Holds descriptors of processes that count, and of no other.
    fn hold(&mut self, census: &Census) {
        self.descriptors.retain(|pid, _| census.counts_for_any(*pid));
        for pid in census.pids() {
            if self.descriptors.len() >= self.held {
                return;
            }
            if !self.descriptors.contains_key(&pid)
                && let Some(descriptor) =
                    Pid::from_raw(pid).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok())
            {
                self.descriptors.insert(pid, descriptor);
            }
        }
    }
}

fn has_ended(pid: i32) -> bool {
    proc::parent(pid).is_none_or(|(_, ended)| ended)
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};

    use kaconf::model::{ParamMatch, TrackProcess};

    use super::super::pattern::Look;
    use super::*;

    /// Those that have no descriptor are missed all the same, also while their parent does not reap them.
    #[test]
    fn more_processes_than_descriptors() {
        let argument = format!("100000.{}", std::process::id());
        let start = |_| Command::new("sleep").arg(&argument).spawn().unwrap();
        let mut children: Vec<Child> = (0..3).map(start).collect();
        let mut model = TrackProcess::new("t");
        model.process = "sleep".into();
        model.parameters = vec![argument.as_str().into()];
        model.param_match = ParamMatch::Exact;
        model.full_command = true;
        let cmdline = format!("sleep\0{argument}\0").into_bytes();
        let look = Look { comm: None, cmdline: Some(cmdline) };
        let pid = |child: &Child| i32::try_from(child.id()).unwrap();
        let found: Vec<_> = children.iter().map(|child| (pid(child), look.clone())).collect();
        let mut census = Census::new(vec![model], &found);
        let interest = Interest::new(census.wants(), census.length());
        let now = crate::clock::now();

        let mut scan = Scan::holding(1, &census, now);
        assert_eq!((census.pids().count(), scan.descriptors().count()), (3, 1));
        let held: Vec<i32> = scan.descriptors().map(|(pid, _)| pid).collect();
        let without = children.iter_mut().find(|child| !held.contains(&pid(child))).unwrap();
        without.kill().unwrap();
        let ended = pid(without);
        assert!(netlab::poll_until(Duration::from_secs(10), || has_ended(ended)));
        scan.look(&mut census, interest, now + EACH);
        assert_eq!((census.pids().count(), census.counts_for_any(ended)), (2, false));
        // And one of the others has its descriptor once the first has ended.
        scan.ended(held[0], &mut census, now);
        scan.look(&mut census, interest, now + 2 * EACH);
        assert_eq!(scan.descriptors().count(), 1);
        for mut child in children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}
