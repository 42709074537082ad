//! What is watched beside the network: scripts, files, processes.
//!
//! Here is when they are looked at and what was seen; what follows from that is the registry's
//! ([`super::tracking`]). Whatever may block is done by others: programs by [`crate::exec`], files and `/proc` by
//! threads that only post what they found.

mod counter;
mod files;
mod number;
mod post;
pub(super) mod processes;
pub(super) mod scripts;

use std::collections::BTreeSet;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use kaconf::model::{Config, TrackFile, TrackProcess};
use tracing::{error, warn};
use vrrp_fsm::{Instant, Status};
use vrrp_linux::Poll;

use super::clock;
use super::driver::Driver;
use super::tracking::TrackerKey;
use crate::exec::Report;
use files::Files;
use post::{Inbound, Outbound, Post};
pub(super) use processes::Gauge;
use processes::{Processes, Tracked};
use scripts::Scripts;

/// How long the start waits until what is tracked has been looked at once.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// All that is watched.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) scripts: Scripts,
    pub(super) files: Vec<TrackFile>,
    pub(super) processes: Vec<Tracked>,
    file_thread: Option<Files>,
    process_thread: Option<Processes>,
    out: Outbound,
    posts: Inbound,
    /// Number of the last list that a thread was given.
    list: u64,
    /// Lists that have not been looked at yet.
    awaited: BTreeSet<u64>,
}

impl Watch {
    /// Watches nothing yet, and has no thread.
    ///
    /// # Errors
    /// Out of file descriptors.
    pub(super) fn new() -> io::Result<Self> {
        let (out, posts) = post::queue()?;
        Ok(Self {
            scripts: Scripts::default(),
            files: Vec::new(),
            processes: Vec::new(),
            file_thread: None,
            process_thread: None,
            out,
            posts,
            list: 0,
            awaited: BTreeSet::new(),
        })
    }

    /// When there is something to do.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.scripts.deadline()
    }

    /// Gives the thread the files to watch; `initialise` is the umask of those that are to be written first.
    fn watch_files(&mut self, files: Vec<TrackFile>, initialise: Option<u32>) {
        if files == self.files {
            return;
        }
        if self.file_thread.is_none() {
            match Files::start(self.out.clone()) {
                Ok(thread) => self.file_thread = Some(thread),
                Err(error) => return error!("Unable to monitor track files: {error}"),
            }
        }
        // Only now: what nobody watches is tried again with the next configuration.
        self.files.clone_from(&files);
        let list = self.next_list();
        self.file_thread.iter().for_each(|thread| thread.watch(list, files.clone(), initialise));
    }

    /// Gives the thread the processes to watch.
    fn watch_processes(&mut self, models: Vec<TrackProcess>, buffer: Option<u32>) {
        if models.iter().eq(self.processes.iter().map(|(model, _)| model)) {
            return;
        }
        if self.process_thread.is_none() {
            match Processes::start(self.out.clone(), buffer) {
                Ok(thread) => self.process_thread = Some(thread),
                Err(error) => return error!("Unable to monitor processes: {error}"),
            }
        }
        self.processes = models.into_iter().map(|model| (model, Arc::<Gauge>::default())).collect();
        let list = self.next_list();
        self.process_thread.iter().for_each(|thread| thread.watch(list, self.processes.clone()));
    }

    fn next_list(&mut self) -> u64 {
        self.list += 1;
        self.awaited.insert(self.list);
        self.list
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.posts.as_fd()
    }
}

impl Driver {
    /// Watches what a configuration has and somebody follows; `reload` is whether instances run already.
    pub(super) fn watch_what_is_tracked(&mut self, config: &mut Config, now: Instant, reload: bool) {
        self.prepare_programs(config);
        self.watch_scripts(config, now, reload);
        let mut files = std::mem::take(&mut config.track_files);
        files.retain(|file| self.trackers.is_followed(&TrackerKey::file(&file.name)));
        let umask = self.options.umask.unwrap_or(config.global.umask);
        self.watch.watch_files(files, (!reload).then_some(umask));
        let mut processes = std::mem::take(&mut config.track_processes);
        processes.retain(|process| self.trackers.is_followed(&TrackerKey::process(&process.name)));
        let buffer = config.global.process_monitor_buffer.map(|(octets, _)| octets);
        self.watch.watch_processes(processes, buffer);
        if !reload {
            self.await_first_look(now);
        }
    }

    fn watch_scripts(&mut self, config: &mut Config, now: Instant, reload: bool) {
        let mut scripts = std::mem::take(&mut config.track_scripts);
        scripts.retain(|script| self.trackers.is_followed(&TrackerKey::script(&script.name)));
        self.watch.scripts.align(scripts, &config.global.scripts, now, reload, &mut self.exec);
        // What is not known yet may have been known of a script that was called the same.
        let known = self.watch.scripts.iter().map(|script| (script.key(), script.status()));
        let known: Vec<_> = known.filter(|(_, status)| *status != Status::Unknown).collect();
        for (key, status) in known {
            self.tracker_changed(now, &key, status);
        }
    }

    /// No instance runs yet: it may as well begin with the right priority.
    fn await_first_look(&mut self, now: Instant) {
        let Ok(mut poll) = Poll::new() else { return };
        if poll.add(&self.watch, 0).is_err() {
            return;
        }
        let end = now.saturating_add(FIRST_LOOK);
        while !self.watch.awaited.is_empty() {
            let left = end.saturating_since(clock::now());
            if left.is_zero() || poll.wait(Some(left), &mut Vec::new()).is_err() {
                return warn!("what is tracked takes long to be looked at: going on without it");
            }
            self.hear_watchers(now);
        }
    }

    /// Takes what the threads posted.
    pub(super) fn hear_watchers(&mut self, now: Instant) {
        for post in self.watch.posts.take() {
            match post {
                Post::Seen(key, status) if self.trackers.is_followed(&key) => {
                    self.tracker_changed(now, &key, status);
                }
                Post::Seen(..) => {}
                Post::Settled(list) => drop(self.watch.awaited.remove(&list)),
            }
        }
    }

    /// Does what is due. To be called when all that is due to the network has left.
    pub(super) fn look_at_what_is_watched(&mut self, now: Instant) {
        self.watch.scripts.tick(now, &mut self.exec);
    }

    /// Something became of a program that may be a script.
    pub(super) fn script_reported(&mut self, now: Instant, report: &Report) {
        if let Some(script) = self.watch.scripts.report(report) {
            let (key, status) = (script.key(), script.status());
            self.tracker_changed(now, &key, status);
        }
    }

    /// Watches no more.
    pub(super) fn stop_watching(&mut self) {
        self.watch.scripts.stop(&mut self.exec);
    }
}

/// Nobody will ever give a thread another list.
#[derive(Debug)]
struct Deserted;

/// The last of the lists that wait, which counts; none where one rang for what was taken the time before.
fn last<T>(lists: &Receiver<T>) -> Result<Option<T>, Deserted> {
    let mut last = None;
    loop {
        match lists.try_recv() {
            Ok(list) => last = Some(list),
            Err(TryRecvError::Empty) => return Ok(last),
            Err(TryRecvError::Disconnected) => return Err(Deserted),
        }
    }
}

/// Stack of a thread that reads a few octets; a process that keeps itself in memory keeps this, too.
const STACK: usize = 256 * 1024;

/// Starts a thread with nobody's haste.
fn thread(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let ordinary = move || {
        // Refused, it runs as the process does.
        let _ordinary = vrrp_linux::be_ordinary();
        run();
    };
    std::thread::Builder::new().name(name.into()).stack_size(STACK).spawn(ordinary)?;
    Ok(())
}
