//! `track_file`: a thread that watches directories and reads what lies in them.
//!
//! Whatever a path leads to (a file system that does not answer, a FIFO), only this thread meets it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use kaconf::model::TrackFile;
use rustix::fs::Mode;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use tracing::{info, warn};
use vrrp_fsm::Status;
use vrrp_linux::Poll;

use super::post::{Bell, Outbound, Post};
use super::{Deserted, number};
use crate::vrrp::tracking::TrackerKey;

/// What wakes the thread.
const LIST: u64 = 0;
const INOTIFY: u64 = 1;

/// How often a directory that is not there is looked for.
const AGAIN: Duration = Duration::from_secs(1);

/// What is of interest in a directory: files that were written, and that came or went; and its own end.
const INTEREST: WatchFlags = WatchFlags::CLOSE_WRITE
    .union(WatchFlags::DELETE)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE_SELF);

/// A list to watch from now on.
#[derive(Debug)]
struct List {
    number: u64,
    files: Vec<TrackFile>,
    /// The daemon starts: files are initialised.
    initialise: Option<u32>,
}

/// The process's handle of the thread.
#[derive(Debug)]
pub(super) struct Files {
    lists: Sender<List>,
    bell: Bell,
}

impl Files {
    /// Starts the thread.
    ///
    /// # Errors
    /// Out of file descriptors or threads.
    pub(super) fn start(out: Outbound) -> io::Result<Self> {
        let bell = Bell::new()?;
        let (send, lists) = channel();
        let mut poll = Poll::new()?;
        poll.add(&bell, LIST)?;
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        poll.add(&inotify, INOTIFY)?;
        let inner = bell.clone();
        super::thread("track_file", move || {
            Watcher { files: Vec::new(), inotify, out }.live(&mut poll, &lists, &inner);
        })?;
        Ok(Self { lists: send, bell })
    }

    /// Watches these from now on; `initialise` is the umask for those that are to be written first.
    pub(super) fn watch(&self, number: u64, files: Vec<TrackFile>, initialise: Option<u32>) {
        let _heard = self.lists.send(List { number, files, initialise });
        self.bell.ring();
    }
}

/// One file.
#[derive(Debug)]
struct Watched {
    name: Box<str>,
    typed: Box<str>,
    /// As it was resolved: directory and name.
    place: Option<(PathBuf, PathBuf)>,
    descriptor: Option<i32>,
    /// What was told of it.
    told: Option<i64>,
}

impl Watched {
    /// Finds out where it is. A link is followed once, now; a name that is not there is awaited in its directory.
    fn resolve(&mut self) {
        let typed = Path::new(&*self.typed);
        let real = std::fs::canonicalize(typed).ok().or_else(|| {
            let directory = typed.parent().filter(|parent| !parent.as_os_str().is_empty());
            let directory = std::fs::canonicalize(directory.unwrap_or(Path::new("."))).ok()?;
            Some(directory.join(typed.file_name()?))
        });
        self.place = real.and_then(|real| Some((real.parent()?.to_owned(), real.file_name()?.into())));
    }

    fn path(&self) -> Option<PathBuf> {
        self.place.as_ref().map(|(directory, name)| directory.join(name))
    }
}

struct Watcher {
    files: Vec<Watched>,
    inotify: OwnedFd,
    out: Outbound,
}

impl Watcher {
    fn live(mut self, poll: &mut Poll, lists: &Receiver<List>, bell: &Bell) {
        let mut ready = Vec::new();
        loop {
            ready.clear();
            let lost = self.files.iter().any(|file| file.descriptor.is_none());
            if poll.wait(lost.then_some(AGAIN), &mut ready).is_err() {
                return;
            }
            let mut settled = None;
            if ready.contains(&LIST) {
                bell.hear();
                match super::last(lists) {
                    Ok(Some(list)) => {
                        settled = Some(list.number);
                        self.take(list);
                    }
                    Ok(None) => {}
                    Err(Deserted) => return,
                }
            }
            if ready.contains(&INOTIFY) {
                self.hear();
            }
            if lost && settled.is_none() {
                self.attach();
            }
            if let Some(number) = settled
                && !self.out.post(Post::Settled(number))
            {
                return;
            }
        }
    }

    fn take(&mut self, list: List) {
        let mut told: HashMap<_, _> = self
            .files
            .drain(..)
            .map(|file| {
                if let Some(descriptor) = file.descriptor {
                    // Twice for two files of one directory: the second is refused.
                    let _removed = inotify::remove_watch(&self.inotify, descriptor);
                }
                ((file.name, file.typed), file.told)
            })
            .collect();
        for file in list.files {
            if let Some(umask) = list.initialise {
                initialise(&file, umask);
            }
            let told = told.remove(&(file.name.clone(), file.path.clone())).flatten();
            self.files.push(Watched {
                name: file.name,
                typed: file.path,
                place: None,
                descriptor: None,
                told,
            });
        }
        self.attach();
    }

    /// Watches the directories that are not watched yet, and reads their files.
    fn attach(&mut self) {
        for number in 0..self.files.len() {
            let file = &mut self.files[number];
            if file.descriptor.is_some() {
                continue;
            }
            file.resolve();
            if let Some((directory, _)) = &file.place {
                file.descriptor = inotify::add_watch(&self.inotify, directory, INTEREST).ok();
            }
            if file.descriptor.is_none() && file.told.is_none() {
                info!("track_file {}: the directory of {} is not there (yet)", file.name, file.typed);
            }
            self.read(number);
        }
    }

    /// Takes what the kernel saw.
    fn hear(&mut self) {
        let mut space = [MaybeUninit::uninit(); 4096];
        let mut events = Vec::new();
        let mut reader = inotify::Reader::new(&self.inotify, &mut space);
        // Ends at WouldBlock; whoever writes without end is read again at the next turn.
        while events.len() < 256 {
            let Ok(event) = reader.next() else { break };
            let name = event.file_name().map(|name| name.to_bytes().to_vec());
            events.push((event.wd(), event.events(), name));
        }
        for (descriptor, what, name) in events {
            if what.contains(ReadFlags::QUEUE_OVERFLOW) {
                (0..self.files.len()).for_each(|number| self.read(number));
            } else if what.intersects(ReadFlags::IGNORED | ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF) {
                self.lose(descriptor);
            } else if !what.contains(ReadFlags::ISDIR) {
                let gone = what.intersects(ReadFlags::DELETE | ReadFlags::MOVED_FROM);
                self.changed(descriptor, &name.unwrap_or_default(), gone);
            }
        }
    }

    /// The directory is not where it was: it is looked for again.
    fn lose(&mut self, descriptor: i32) {
        let of = |file: &&mut Watched| file.descriptor == Some(descriptor);
        self.files.iter_mut().filter(of).for_each(|file| file.descriptor = None);
        let _removed = inotify::remove_watch(&self.inotify, descriptor);
        self.attach();
    }

    fn changed(&mut self, descriptor: i32, name: &[u8], gone: bool) {
        for number in 0..self.files.len() {
            let file = &self.files[number];
            let is_it = file.place.as_ref().is_some_and(|(_, own)| own.as_os_str().as_bytes() == name);
            if file.descriptor == Some(descriptor) && is_it {
                if gone { self.tell(number, 0) } else { self.read(number) }
            }
        }
    }

    fn read(&mut self, number: usize) {
        let Some(path) = self.files[number].path() else { return self.tell(number, 0) };
        match self::read(&path) {
            Ok(value) => self.tell(number, value),
            Err(beyond) => {
                info!("{beyond} read from {} - ignoring", path.display());
                // Of one that never said anything else it is nothing.
                let known = self.files[number].told.unwrap_or(0);
                self.tell(number, known);
            }
        }
    }

    fn tell(&mut self, number: usize, value: i64) {
        let file = &mut self.files[number];
        if file.told.replace(value) != Some(value) {
            let _read = self.out.post(Post::Seen(TrackerKey::file(&file.name), Status::Number(value)));
        }
    }
}

/// What a file says; nothing that is no file says anything.
fn read(path: &Path) -> Result<i64, number::Beyond> {
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY | libc::O_CLOEXEC;
    // To open a device may do something; so it is looked at before, and again after.
    let is_file = |metadata: io::Result<std::fs::Metadata>| metadata.is_ok_and(|metadata| metadata.is_file());
    if !is_file(std::fs::metadata(path)) {
        return Ok(0);
    }
    let opened = File::options().read(true).custom_flags(flags).open(path);
    let Some(file) = opened.ok().filter(|file| is_file(file.metadata())) else { return Ok(0) };
    let mut octets = Vec::with_capacity(number::MAX);
    match file.take(number::MAX as u64).read_to_end(&mut octets) {
        Ok(_) => number::parse(&octets),
        Err(_) => Ok(0),
    }
}

/// `init_file`: written if it is not there, or is to be overwritten; it is replaced, not followed or truncated.
fn initialise(file: &TrackFile, umask: u32) {
    let Some(init) = file.init else { return };
    let path = Path::new(&*file.path);
    match std::fs::metadata(path) {
        Ok(_) if !init.overwrite => return,
        Ok(metadata) if !metadata.is_file() => {
            warn!("Cannot initialise track file {} - it is not a regular file", file.name);
            return;
        }
        Ok(_) | Err(_) => {}
    }
    let mode = Mode::from_raw_mode(0o666 & !umask);
    let written = crate::dump::replace_with_mode(path, mode, |out| writeln!(out, "{}", init.value));
    if let Err(error) = written {
        warn!("Unable to initialise track file {}: {error}", file.name);
    }
}

#[cfg(test)]
mod tests;
