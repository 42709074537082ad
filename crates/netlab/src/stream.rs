//! A tool that runs on and whose standard output is a stream of observations: a monitor, a capture, a probe.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Signal, pidfd_send_signal};

use crate::enter::Entry;
use crate::feed::Mark;
use crate::log::{self, Lines};
use crate::{LabError, tool, tree, wait};

/// How long a tool may take to start or to end.
pub(crate) const TOOL_TIMEOUT: Duration = Duration::from_secs(20);

/// A running tool. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Stream {
    shown: String,
    outer: Child,
    errors: Lines,
}

impl Stream {
    /// Starts `inner` in the namespaces of `entry`; its standard output is the caller's to read.
    pub(crate) fn start(entry: &Entry, inner: &Command) -> Result<(Self, ChildStdout), LabError> {
        let shown = tool::show(inner);
        let io = LabError::io(format!("start `{shown}`"));
        let mut command = entry.wrap(inner)?;
        command.env("LC_ALL", "C").process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut outer = command.spawn().map_err(io)?;
        let errors = log::lines(1);
        let (out, err) = (outer.stdout.take(), outer.stderr.take());
        let stream = Self { shown, outer, errors };
        match (out, err) {
            (Some(out), Some(err)) => {
                stream.collect_errors(err);
                Ok((stream, out))
            }
            _ => Err(stream.ended("it had its pipes")),
        }
    }

    fn collect_errors(&self, pipe: impl Read + Send + 'static) {
        let (push, close) = (Arc::clone(&self.errors), Arc::clone(&self.errors));
        log::read(pipe, move |line| push.push(line), move || close.close());
    }

    /// Waits until the tool says `text` on standard error.
    pub(crate) fn wait_for_notice(&self, text: &str) -> Result<(), LabError> {
        let found =
            self.errors.wait(Mark::START, TOOL_TIMEOUT, |line| line.text.contains(text).then_some(()));
        found.map_err(|_| self.ended(&format!("it said {text:?}")))
    }

    /// Sends Ctrl-C and waits for the end.
    pub(crate) fn interrupt(&mut self) {
        let inner = tree::children(self.outer.id());
        for handle in inner.into_iter().filter_map(wait::handle) {
            let _ = pidfd_send_signal(&handle, Signal::INT);
        }
        let _ = wait::exit_status(&mut self.outer, TOOL_TIMEOUT);
    }

    /// The error that the tool ended before `what`.
    pub(crate) fn ended(&self, what: &str) -> LabError {
        let errors: Vec<String> = self.errors.tail(20).into_iter().map(|line| line.text).collect();
        LabError::Ended { process: self.shown.clone(), what: what.to_owned(), logs: errors.join("\n") }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if matches!(self.outer.try_wait(), Ok(None)) {
            tree::kill(self.outer.id(), TOOL_TIMEOUT);
            let _ = self.outer.wait();
        }
    }
}
