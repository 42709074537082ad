//! The queue between an event loop and the thread that writes its log.
//!
//! A pipe is the queue: bounded, without a lock the two could wait for each other on, and its octets are the
//! kernel's. A record is one atomic write; when it does not fit it is counted, and the next that does brings the
//! count along.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};

use super::clock::Stamp;
use super::writer::Writer;
use super::{MAX_LINE, Severity};
use crate::text::cut;

/// Octets the queue holds: some ten thousand lines. The most an ordinary user may ask for.
const CAPACITY: usize = 1 << 20;

/// Octets before the text of a record: length, kind, severity, lost, seconds, nanoseconds.
const HEAD: usize = 20;

/// Stack of the writing thread, octets.
const STACK: usize = 128 * 1024;

/// What a record asks of the writing thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Line,
    Rename,
    Flush,
}

/// The sending half.
pub(super) struct Queue {
    pipe: OwnedFd,
    lost: AtomicU32,
    flushed: Arc<Flushed>,
}

/// Counts the flushes that were done.
#[derive(Default)]
struct Flushed {
    done: Mutex<u32>,
    more: Condvar,
}

impl Queue {
    /// Starts the writing thread.
    ///
    /// # Errors
    /// No pipe or no thread to be had.
    pub(super) fn start(writer: Writer) -> io::Result<Self> {
        let (reader, pipe) = pipe_with(PipeFlags::CLOEXEC)?;
        // Less than asked for is still a queue.
        let _size = fcntl_setpipe_size(&pipe, CAPACITY);
        rustix::io::ioctl_fionbio(&pipe, true)?;
        let flushed = Arc::new(Flushed::default());
        let theirs = Arc::clone(&flushed);
        thread::Builder::new()
            .name("log".into())
            .stack_size(STACK)
            .spawn(move || drain(&File::from(reader), writer, &theirs))?;
        Ok(Self { pipe, lost: AtomicU32::new(0), flushed })
    }

    /// Queues a line, or counts it as lost.
    pub(super) fn line(&self, severity: Severity, stamp: Stamp, message: &str) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if !self.put(Kind::Line, severity, lost, stamp, message) {
            self.lost.fetch_add(lost.saturating_add(1), Ordering::Relaxed);
        }
    }

    /// Queues another suffix of ident and file name.
    pub(super) fn rename(&self, suffix: &str) {
        // Lost only when ten thousand lines wait; then the lines carry the old ident.
        let _queued = self.put(Kind::Rename, Severity::Info, 0, super::clock::now(), suffix);
    }

    /// Waits until all that is queued is written, at most `limit`.
    pub(super) fn flush(&self, limit: Duration) {
        let done = self.flushed.done.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *done;
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if self.put(Kind::Flush, Severity::Info, lost, super::clock::now(), "") {
            // A timeout is no failure: the sink is stuck, and the process ends all the same.
            let _ended = self.flushed.more.wait_timeout_while(done, limit, |done| *done == before);
        }
    }

    /// Writes one record; false when it does not fit.
    fn put(&self, kind: Kind, severity: Severity, lost: u32, stamp: Stamp, text: &str) -> bool {
        let text = cut(text, MAX_LINE).as_bytes();
        let mut record = [0; HEAD + MAX_LINE];
        // Not cut short: MAX_LINE is below u16::MAX.
        record[0..2].copy_from_slice(&(text.len() as u16).to_ne_bytes());
        record[2] = match kind {
            Kind::Line => 0,
            Kind::Rename => 1,
            Kind::Flush => 2,
        };
        record[3] = match severity {
            Severity::Error => 3,
            Severity::Warning => 4,
            Severity::Info => 6,
            Severity::Debug => 7,
        };
        record[4..8].copy_from_slice(&lost.to_ne_bytes());
        record[8..16].copy_from_slice(&stamp.seconds.to_ne_bytes());
        record[16..20].copy_from_slice(&stamp.nanos.to_ne_bytes());
        record[HEAD..HEAD + text.len()].copy_from_slice(text);
        let record = &record[..HEAD + text.len()];
        // At most PIPE_BUF octets: all of them or none (pipe(7)).
        rustix::io::retry_on_intr(|| rustix::io::write(&self.pipe, record)).is_ok()
    }
}

/// Writes what comes until the sending half is gone.
fn drain(mut pipe: &File, mut writer: Writer, flushed: &Flushed) {
    let mut head = [0; HEAD];
    let mut text = [0; MAX_LINE];
    while pipe.read_exact(&mut head).is_ok() {
        let len = usize::from(u16::from_ne_bytes([head[0], head[1]])).min(MAX_LINE);
        if pipe.read_exact(&mut text[..len]).is_err() {
            return;
        }
        let lost = u32::from_ne_bytes([head[4], head[5], head[6], head[7]]);
        let [.., a, b, c, d] = head;
        let nanos = u32::from_ne_bytes([a, b, c, d]);
        let seconds = i64::from_ne_bytes([
            head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15],
        ]);
        let stamp = Stamp { seconds, nanos };
        if lost > 0 {
            writer.line(Severity::Warning, stamp, &format!("{lost} log messages lost"));
        }
        let text = str::from_utf8(&text[..len]).unwrap_or_default();
        match head[2] {
            0 => writer.line(severity(head[3]), stamp, text),
            1 => writer.rename(text),
            _ => {
                *flushed.done.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                flushed.more.notify_all();
            }
        }
    }
}

fn severity(code: u8) -> Severity {
    match code {
        3 => Severity::Error,
        4 => Severity::Warning,
        7 => Severity::Debug,
        _ => Severity::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A queue whose thread was never started.
    fn stuck() -> (Queue, OwnedFd) {
        let (reader, pipe) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).unwrap();
        (Queue { pipe, lost: AtomicU32::new(0), flushed: Arc::default() }, reader)
    }

    #[test]
    fn a_full_queue_counts_and_never_waits() {
        let (queue, reader) = stuck();
        let stamp = Stamp { seconds: 0, nanos: 0 };
        for _ in 0..10_000 {
            queue.line(Severity::Info, stamp, "Entering MASTER STATE");
        }
        let lost = queue.lost.load(Ordering::Relaxed);
        assert!((1..10_000).contains(&lost), "{lost}");
        // Once there is room, the next record brings the count along, and it starts anew.
        let mut some = vec![0; 32 * 1024];
        rustix::io::read(&reader, &mut some[..]).unwrap();
        queue.line(Severity::Info, stamp, "x");
        assert_eq!(queue.lost.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_flush_of_a_stuck_queue_is_bounded() {
        let (queue, _reader) = stuck();
        queue.flush(Duration::from_millis(10));
    }
}
