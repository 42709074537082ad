//! Logs: the `tracing` macros in front, syslog, console and file behind.
//!
//! A line is its message alone: no target, no level, no span. Short-lived processes write at once. A process with
//! an event loop puts its lines into a bounded queue, and a thread of its own writes them: a log call never
//! waits, and what does not fit is counted and said.

pub(crate) mod clock;
mod facade;
mod names;
mod queue;
mod writer;

use std::fmt::Write as _;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::cli::Options;
use queue::Queue;
use writer::Writer;

/// Longest message, octets; a longer one is cut. Below PIPE_BUF with its head, so that a line enters the queue
/// whole or not at all.
const MAX_LINE: usize = 2000;

/// Whose log it is: part of the ident and of the file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// The parent, and what runs before it.
    Parent,
    /// The VRRP process.
    Vrrp,
}

/// How lines reach their sinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Written by the caller, at once.
    Direct,
    /// Written by a thread, from a bounded queue.
    Queued,
}

/// Importance of a line, as syslog counts it (RFC 3164 section 4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Severity {
    Error = 3,
    Warning = 4,
    Info = 6,
    Debug = 7,
}

impl Severity {
    /// Detail lines are `info` for syslog, as keepalived's are: `-D` decides, not a filter of the syslog daemon.
    fn of(level: tracing::Level) -> Self {
        match level {
            tracing::Level::ERROR => Self::Error,
            tracing::Level::WARN => Self::Warning,
            tracing::Level::INFO | tracing::Level::DEBUG => Self::Info,
            tracing::Level::TRACE => Self::Debug,
        }
    }
}

/// The output of this process, set once.
static OUTPUT: OnceLock<Output> = OnceLock::new();

enum Output {
    Direct(Mutex<Writer>),
    Queued(Queue),
}

impl Output {
    fn line(&self, severity: Severity, message: &str) {
        match self {
            Self::Direct(writer) => {
                let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                writer.line(severity, clock::now(), message);
            }
            Self::Queued(queue) => queue.line(severity, clock::now(), message),
        }
    }
}

/// Sets the log of this process up. Later calls change nothing.
///
/// The queue's thread is started here, so it keeps the normal scheduling that the process has now.
pub(crate) fn init(options: &Options, process: Process, mode: Mode) {
    let direct = || Output::Direct(Mutex::new(Writer::new(options, process)));
    let output = match mode {
        Mode::Direct => direct(),
        // No thread to be had: better a log that may wait than none.
        Mode::Queued => Queue::start(Writer::new(options, process)).map_or_else(|_| direct(), Output::Queued),
    };
    if OUTPUT.set(output).is_ok() {
        let level = match options.log_detail {
            0 => LevelFilter::INFO,
            1 => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        };
        // It is set nowhere else, so this cannot fail.
        let _ours = tracing::subscriber::set_global_default(facade::Facade::new(level));
        log_panics();
    }
}

/// Names the network namespace and the instance in ident and file name from here on.
pub(crate) fn rename(namespace: Option<&str>, instance: Option<&str>) {
    let mut suffix = String::new();
    for part in [namespace, instance].into_iter().flatten() {
        // A write to a String cannot fail.
        let _infallible = write!(suffix, "_{part}");
    }
    match OUTPUT.get() {
        Some(Output::Direct(writer)) => writer.lock().unwrap_or_else(PoisonError::into_inner).rename(&suffix),
        Some(Output::Queued(queue)) => queue.rename(&suffix),
        None => {}
    }
}

/// Waits until what was logged is written, at most `limit`. Nothing logged after this is sure to be written.
pub(crate) fn flush(limit: Duration) {
    if let Some(Output::Queued(queue)) = OUTPUT.get() {
        queue.flush(limit);
    }
}

fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!("defect: {panic}");
        flush(Duration::from_millis(200));
        before(panic);
    }));
}

#[cfg(test)]
mod tests;
