//! What happens to one file, by inotify(7): it is written, it comes and goes, its directory goes.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

/// Octets of events read at once: many, and one with the longest name.
const EVENTS: usize = 4096;
/// Readings in one go: whoever writes without end does not keep the parent.
const READINGS: usize = 64;

/// The last that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seen {
    /// Nothing of interest.
    Nothing,
    /// There is something new to read.
    Written,
    /// The file is gone.
    Removed,
    /// The directory is gone, and with it everything that could be seen.
    DirectoryGone,
}

/// A file that is watched, be it there or not.
#[derive(Debug)]
pub(super) struct Watch {
    inotify: OwnedFd,
}

impl Watch {
    /// Watches the directory: what is written to a file in it is told there too.
    ///
    /// # Errors
    /// There is no such directory, or the user has no more watches.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let inotify = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let events = WatchFlags::CLOSE_WRITE
            | WatchFlags::MOVED_TO
            | WatchFlags::MOVED_FROM
            | WatchFlags::DELETE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        add_watch(&inotify, path.parent().unwrap_or(Path::new("/")), events)?;
        Ok(Self { inotify })
    }

    /// What was seen since the last call, the last of it.
    pub(super) fn seen(&self, path: &Path) -> Seen {
        let name = path.file_name().unwrap_or_default();
        let mut space = [MaybeUninit::uninit(); EVENTS];
        let mut reader = Reader::new(&self.inotify, &mut space);
        let mut last = Seen::Nothing;
        for _ in 0..READINGS * EVENTS {
            let event = match reader.next() {
                Ok(event) => event,
                Err(Errno::INTR) => continue,
                Err(_) => break,
            };
            let flags = event.events();
            let gone =
                ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::IGNORED | ReadFlags::UNMOUNT;
            if flags.intersects(gone) {
                return Seen::DirectoryGone;
            }
            // Some were lost: the file may be any.
            if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                last = Seen::Written;
            }
            if event.file_name().is_none_or(|of| OsStr::from_bytes(of.to_bytes()) != name) {
                continue;
            }
            last = if flags.intersects(ReadFlags::DELETE | ReadFlags::MOVED_FROM) {
                Seen::Removed
            } else {
                Seen::Written
            };
        }
        last
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

/// Opens a file to read; a pipe that somebody put there is not waited for.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}
