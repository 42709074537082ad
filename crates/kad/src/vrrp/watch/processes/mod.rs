//! `vrrp_track_process`: a thread that knows which processes run.
//!
//! The kernel tells it of each process that begins, changes and ends, if it can be heard. Where it cannot (in another
//! network or process namespace than the first, or without CONFIG_PROC_EVENTS), the thread holds a descriptor of each
//! process that counts, so that its end is known at once, and looks into `/proc` now and then for new ones.

mod census;
mod pattern;
mod poll;
mod proc;
mod quorum;
mod scan;
mod watcher;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};

use kaconf::model::TrackProcess;

use super::post::{Bell, Outbound};
use watcher::{List, Watcher};

/// What dumps show of one tracker. The thread writes, the process reads.
#[derive(Debug, Default)]
pub(in crate::vrrp) struct Gauge {
    count: AtomicU32,
    up: AtomicBool,
    fork_delay: AtomicBool,
    terminate_delay: AtomicBool,
}

impl Gauge {
    fn set(&self, quorum: &quorum::Quorum) {
        self.count.store(quorum.count(), Ordering::Relaxed);
        self.up.store(quorum.is_up(), Ordering::Relaxed);
        self.fork_delay.store(quorum.fork_due.is_some(), Ordering::Relaxed);
        self.terminate_delay.store(quorum.terminate_due.is_some(), Ordering::Relaxed);
    }

    /// How many processes count.
    pub(in crate::vrrp) fn count(&self) -> u32 {
        self.count.load(Ordering::Relaxed)
    }

    /// Whether that is as it should be.
    pub(in crate::vrrp) fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// Whether `fork_delay` and `terminate_delay` run.
    pub(in crate::vrrp) fn delays(&self) -> (bool, bool) {
        (self.fork_delay.load(Ordering::Relaxed), self.terminate_delay.load(Ordering::Relaxed))
    }
}

/// A tracker and what is known of it.
pub(in crate::vrrp) type Tracked = (TrackProcess, Arc<Gauge>);

/// The process's handle of the thread.
#[derive(Debug)]
pub(super) struct Processes {
    lists: Sender<List>,
    bell: Bell,
}

impl Processes {
    /// Starts the thread. As many octets of the kernel's events may wait as `buffer` says.
    ///
    /// # Errors
    /// Out of file descriptors or threads.
    pub(super) fn start(out: Outbound, buffer: Option<u32>) -> io::Result<Self> {
        let bell = Bell::new()?;
        let (send, lists) = channel();
        let inner = bell.clone();
        super::thread("track_process", move || Watcher::new(out, inner, buffer).live(&lists))?;
        Ok(Self { lists: send, bell })
    }

    /// Watches these from now on.
    pub(super) fn watch(&self, number: u64, tracked: Vec<Tracked>) {
        let _heard = self.lists.send(List { number, tracked });
        self.bell.ring();
    }
}
