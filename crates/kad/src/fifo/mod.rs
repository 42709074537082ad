//! A FIFO that lines are written to, by a thread of its own.
//!
//! Whoever has something to tell hands a line over and goes on: a FIFO that nobody reads fills up, then the queue to
//! the thread does, and then lines are lost, counted and said. What the lines say is not known here.

mod file;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;
use std::{io, os::fd::OwnedFd};

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use tracing::{debug, warn};

use crate::exec::Who;

use file::FifoFile;

/// Lines that wait while nobody reads, beyond what the kernel keeps.
const LINES: usize = 4096;

/// How long the last lines of one may take, where another one waits for its end.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Stack of the thread, octets. Names are looked up on it.
const STACK: usize = 256 * 1024;

/// What a FIFO is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) path: PathBuf,
    /// Whose it is made.
    pub(crate) owner: Who,
    /// What stands before "notify fifo" in what is said of it: nothing, `vrrp_` or `lvs_`.
    pub(crate) of: &'static str,
}

/// The way to a FIFO. Dropped, it ends in the background; [`Fifo::close`] waits for that.
#[derive(Debug)]
pub(crate) struct Fifo {
    pub(crate) setting: Setting,
    lines: Option<SyncSender<Box<str>>>,
    opened: Receiver<bool>,
    ended: Receiver<()>,
    /// Readable once the thread shall not wait for readers any longer.
    hurry: Arc<OwnedFd>,
    lost: u64,
}

impl Fifo {
    /// Makes and opens a FIFO in the background, when one that was before it has ended; `wake`, an event counter, is
    /// told when that is done, well or not.
    ///
    /// # Errors
    /// No thread or descriptor to be had.
    pub(crate) fn open(setting: Setting, wake: OwnedFd, before: Option<Self>) -> io::Result<Self> {
        let (lines, orders) = sync_channel(LINES);
        let (say_opened, opened) = sync_channel(1);
        let (say_ended, ended) = sync_channel(1);
        let flags = EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK;
        let hurry = Arc::new(eventfd(0, flags)?);
        let (theirs, what) = (Arc::clone(&hurry), setting.clone());
        thread::Builder::new().name("fifo".into()).stack_size(STACK).spawn(move || {
            if let Some(before) = before {
                before.close(LAST_LINES);
            }
            let file = FifoFile::open(&what);
            if let Err(error) = &file {
                warn!("{error}");
            }
            let _told = say_opened.send(file.is_ok());
            // A counter that is full has woken whoever waits.
            let _woken = rustix::io::write(&wake, &1u64.to_ne_bytes());
            if let Ok(file) = file {
                serve(&what, &file, &orders, &theirs);
                file.remove();
            }
            let _told = say_ended.send(());
        })?;
        Ok(Self { setting, lines: Some(lines), opened, ended, hurry, lost: 0 })
    }

    /// Whether it was opened, told once.
    pub(crate) fn opened(&self) -> Option<bool> {
        self.opened.try_recv().ok()
    }

    /// Writes a line, which ends with a line feed, or loses it.
    pub(crate) fn write(&mut self, line: &str) {
        let Some(lines) = &self.lines else { return };
        match lines.try_send(line.into()) {
            Ok(()) => self.mention_lost(),
            Err(TrySendError::Full(_)) => {
                let Setting { path, of, .. } = &self.setting;
                if self.lost == 0 {
                    warn!("{of}notify fifo {} is full, nobody reads it: events are lost", path.display());
                }
                self.lost += 1;
            }
            // It could not be opened, which was said then.
            Err(TrySendError::Disconnected(_)) => self.lines = None,
        }
    }

    fn mention_lost(&mut self) {
        if self.lost > 0 {
            let Setting { path, of, .. } = &self.setting;
            warn!("{of}notify fifo {}: {} events were lost", path.display(), self.lost);
            self.lost = 0;
        }
    }

    /// Ends it: what waits is written as far as there is room, and a FIFO that was made here is removed. Waits for that
    /// no longer than `limit`.
    pub(crate) fn close(mut self, limit: Duration) {
        self.mention_lost();
        self.lines = None;
        self.hurry();
        let _ended = self.ended.recv_timeout(limit);
    }

    fn hurry(&self) {
        let _woken = rustix::io::write(&*self.hurry, &1u64.to_ne_bytes());
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        self.hurry();
    }
}

/// Writes what comes until nothing more will.
fn serve(setting: &Setting, file: &FifoFile, lines: &Receiver<Box<str>>, hurry: &OwnedFd) {
    let mut complained = false;
    for line in lines {
        let outcome = write(file, line.as_bytes(), hurry);
        let Setting { path, of, .. } = setting;
        match outcome {
            Ok(true) => {}
            Ok(false) => debug!("{of}notify fifo {}: full at the end", path.display()),
            Err(error) if !std::mem::replace(&mut complained, true) => {
                warn!("{of}notify fifo write error: {error}");
            }
            Err(_) => {}
        }
    }
}

/// Writes a line whole, waiting for room; false if there is none and nobody wants to wait any longer.
fn write(file: &FifoFile, line: &[u8], hurry: &OwnedFd) -> io::Result<bool> {
    let mut rest = line;
    loop {
        match rustix::io::write(file, rest) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                let mut fds = [PollFd::new(file, PollFlags::OUT), PollFd::new(hurry, PollFlags::IN)];
                // Interrupted or not: the next turn tries again.
                let _ready = poll(&mut fds, None);
                if !fds[1].revents().is_empty() && fds[0].revents().is_empty() {
                    return Ok(false);
                }
            }
            Err(error) => return Err(error.into()),
        }
        if rest.is_empty() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests;
