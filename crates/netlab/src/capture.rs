//! A running capture: every frame that passed, as bytes, with the kernel's time.

use std::process::{ChildStdout, Command};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::LabError;
use crate::clock::Clock;
use crate::enter::Entry;
use crate::feed::{Feed, Mark, Missed};
use crate::frame::Frame;
use crate::log::Logs;
use crate::pcap::Pcap;
use crate::stream::Stream;

/// Frames remembered of one capture.
const FRAMES: usize = 100_000;

/// A running capture. Dropping it ends it.
#[derive(Debug)]
pub struct Capture {
    what: String,
    frames: Arc<Feed<Frame>>,
    stream: Stream,
    logs: Arc<Logs>,
}

impl Capture {
    pub(crate) fn start(
        entry: &Entry,
        interface: &str,
        filter: &str,
        clock: Clock,
        logs: &Arc<Logs>,
    ) -> Result<Self, LabError> {
        if entry.rootless {
            return Err(LabError::NeedsRoot { peer: "tcpdump" });
        }
        let mut command = Command::new("tcpdump");
        // -Z root: stay root, who alone may enter this program's folders. -s and -B: a burst of a thousand frames
        // must find room, and the ring is divided into slots of the longest frame.
        command.args([
            "-i",
            interface,
            "-n",
            "-U",
            "--immediate-mode",
            "-Z",
            "root",
            "-s",
            "2048",
            "-B",
            "16384",
        ]);
        command.args(["--time-stamp-precision=nano", "-w", "-"]).arg(filter);
        let (stream, out) = Stream::start(entry, &command)?;
        let frames = Arc::new(Feed::new(1, FRAMES));
        let writer = Arc::clone(&frames);
        thread::spawn(move || {
            read(out, &writer, clock);
            writer.close();
        });
        stream.wait_for_notice("listening on")?;
        Ok(Self { what: format!("{interface} ({filter})"), frames, stream, logs: Arc::clone(logs) })
    }

    /// The position after the last frame.
    pub fn mark(&self) -> Mark {
        self.frames.mark()
    }

    /// The frames from `mark` on, as far as they are remembered (100,000).
    pub fn since(&self, mark: Mark) -> Vec<Frame> {
        self.frames.since(mark)
    }

    /// Waits for a frame at or after `mark` of which `pick` makes something; `what` names it in the error.
    ///
    /// # Errors
    /// [`LabError::Timeout`], or [`LabError::Ended`] if the capture ends.
    pub fn wait_for<R>(
        &self,
        mark: Mark,
        what: &str,
        timeout: Duration,
        pick: impl FnMut(&Frame) -> Option<R>,
    ) -> Result<R, LabError> {
        self.frames.wait(mark, timeout, pick).map_err(|missed| match missed {
            Missed::Ended => self.stream.ended(what),
            Missed::TimedOut => LabError::Timeout {
                what: format!("{what} on {}", self.what),
                waited: timeout,
                logs: self.logs.tail(),
            },
        })
    }
}

/// Reads until the stream ends or breaks; either way nothing more comes.
fn read(out: ChildStdout, frames: &Feed<Frame>, clock: Clock) {
    let Ok(mut pcap) = Pcap::open(out) else { return };
    while let Ok(Some(record)) = pcap.next() {
        frames.push(Frame { at: clock.monotonic(record.wall), bytes: record.bytes });
    }
}
