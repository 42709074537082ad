//! A process on a host: its log as it comes, its end, and its crash.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use rustix::process::Signal;
use rustix::process::pidfd_send_signal;

use crate::enter::Entry;
use crate::feed::{Mark, Missed};
use crate::log::{self, Line, Lines, Logs};
use crate::{LabError, tree, wait};

/// How long the kernel may take to start a process or to bury it.
const KERNEL_TIMEOUT: Duration = Duration::from_secs(10);

/// A process on a host of the lab, with all that it starts.
///
/// Dropping it kills the whole tree.
#[derive(Debug)]
pub struct Proc {
    name: String,
    /// `nsenter`, which waits for the process itself and ends as it ends.
    outer: Mutex<Child>,
    outer_pid: u32,
    log: Lines,
    logs: Arc<Logs>,
}

impl Proc {
    /// Starts `inner` in the namespaces of `entry`, in a process group of its own: the terminal's Ctrl-C is not
    /// for it.
    pub(crate) fn spawn(
        name: &str,
        entry: &Entry,
        inner: &Command,
        logs: &Arc<Logs>,
    ) -> Result<Self, LabError> {
        let mut command = entry.wrap(inner)?;
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut outer = command.spawn().map_err(LabError::io(format!("start {name}")))?;
        let log = log::lines(2);
        if let Some(pipe) = outer.stdout.take() {
            collect(pipe, &log);
        }
        if let Some(pipe) = outer.stderr.take() {
            collect(pipe, &log);
        }
        logs.add(name, Arc::clone(&log));
        let outer_pid = outer.id();
        Ok(Self { name: name.to_owned(), outer: Mutex::new(outer), outer_pid, log, logs: Arc::clone(logs) })
    }

    /// The name it was given, as it stands in errors.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Process id as the lab's user sees it (inside the lab it has another). `None` once it has ended.
    pub fn id(&self) -> Option<u32> {
        let mut found = None;
        // nsenter needs a moment to start it.
        wait::poll_until(KERNEL_TIMEOUT, || {
            found = tree::children(self.outer_pid).first().copied();
            found.is_some() || !self.is_running()
        });
        found
    }

    /// Every process of the tree, the first one first: a daemon's parent and its children.
    pub fn tree(&self) -> Vec<u32> {
        self.id().map(|pid| [vec![pid], tree::descendants(pid)].concat()).unwrap_or_default()
    }

    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        matches!(self.outer().try_wait(), Ok(None))
    }

    /// The position after its last log line.
    pub fn mark(&self) -> Mark {
        self.log.mark()
    }

    /// Its log lines from `mark` on, as far as they are remembered (20,000 lines).
    pub fn lines_since(&self, mark: Mark) -> Vec<Line> {
        self.log.since(mark)
    }

    /// The log lines from `mark` on and the position behind them, as soon as there is one: to follow a log. No
    /// lines if `timeout` passes or the process ends first.
    pub fn follow(&self, mark: Mark, timeout: Duration) -> (Vec<Line>, Mark) {
        self.log.batch(mark, timeout)
    }

    /// Waits for a log line that contains `text`, however old.
    ///
    /// # Errors
    /// [`LabError::Timeout`], or [`LabError::Ended`] if the process ends without it.
    pub fn wait_for(&self, text: &str, timeout: Duration) -> Result<Line, LabError> {
        self.wait_for_after(Mark::START, text, timeout)
    }

    /// Waits for a log line at or after `mark` that contains `text`.
    ///
    /// # Errors
    /// [`LabError::Timeout`], or [`LabError::Ended`] if the process ends without it.
    pub fn wait_for_after(&self, mark: Mark, text: &str, timeout: Duration) -> Result<Line, LabError> {
        let found = self.log.wait(mark, timeout, |line| line.text.contains(text).then(|| line.clone()));
        found.map_err(|missed| self.missed(missed, format!("its log line {text:?}"), timeout))
    }

    /// Sends a signal to the process, not to those it started.
    ///
    /// # Errors
    /// [`LabError::Ended`] if there is nothing left to signal.
    pub fn signal(&self, signal: Signal) -> Result<(), LabError> {
        let handle = self.id().and_then(wait::handle);
        let ended = || self.missed(Missed::Ended, format!("it could be sent {signal:?}"), Duration::ZERO);
        let handle = handle.ok_or_else(ended)?;
        pidfd_send_signal(&handle, signal)
            .map_err(|errno| LabError::io(format!("signal {}", self.name))(errno.into()))
    }

    /// Kills the process and all that it started as a power cut would: none sees another one die. When this
    /// returns they are gone, zombies included.
    ///
    /// # Errors
    /// [`LabError::Timeout`] if the kernel does not end them.
    pub fn kill_tree(&self) -> Result<(), LabError> {
        let members = self.tree();
        let dead = tree::kill(self.outer_pid, KERNEL_TIMEOUT);
        let _ = self.outer().wait();
        if dead && wait::poll_until(KERNEL_TIMEOUT, || !members.iter().any(|&pid| tree::exists(pid))) {
            return Ok(());
        }
        Err(self.missed(Missed::TimedOut, "its end by SIGKILL".to_owned(), KERNEL_TIMEOUT))
    }

    /// Asks the process to stop (SIGTERM) and waits until it has.
    ///
    /// # Errors
    /// [`LabError::Timeout`] if it does not stop.
    pub fn terminate(&self, timeout: Duration) -> Result<ExitStatus, LabError> {
        if self.is_running() {
            // It may end of its own accord meanwhile; how it ended is then told by what follows.
            let _ = self.signal(Signal::TERM);
        }
        self.wait_exit(timeout)
    }

    /// Waits until the process has ended of its own accord.
    ///
    /// # Errors
    /// [`LabError::Timeout`] if it does not end.
    pub fn wait_exit(&self, timeout: Duration) -> Result<ExitStatus, LabError> {
        let status = wait::exit_status(&mut self.outer(), timeout);
        let status = status.map_err(LabError::io(format!("wait for {}", self.name)))?;
        status.ok_or_else(|| self.missed(Missed::TimedOut, "its end".to_owned(), timeout))
    }

    /// The error that `what` did not come: the process ended, or let the time pass.
    pub(crate) fn missing(&self, what: &str, waited: Duration) -> LabError {
        let missed = if self.is_running() { Missed::TimedOut } else { Missed::Ended };
        self.missed(missed, what.to_owned(), waited)
    }

    fn missed(&self, missed: Missed, what: String, waited: Duration) -> LabError {
        let logs = self.logs.tail();
        match missed {
            Missed::Ended => LabError::Ended { process: self.name.clone(), what, logs },
            Missed::TimedOut => LabError::Timeout { what: format!("{}: {what}", self.name), waited, logs },
        }
    }

    fn outer(&self) -> MutexGuard<'_, Child> {
        self.outer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Proc {
    fn drop(&mut self) {
        if self.is_running() {
            tree::kill(self.outer_pid, KERNEL_TIMEOUT);
            let _ = self.outer().wait();
        }
    }
}

fn collect(pipe: impl std::io::Read + Send + 'static, log: &Lines) {
    let (push, close) = (Arc::clone(log), Arc::clone(log));
    log::read(pipe, move |line| push.push(line), move || close.close());
}
