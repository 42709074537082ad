//! A configuration being read by a process made for it.
//!
//! Whatever a file does to its reader, crash, hang or memory, it does to nobody else.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::process::Process;
use crate::exit::Exit;
use crate::ipc::{Bundle, ParentPart};
use crate::role::{self, Role};
use crate::signals::Signal;

/// How long a reading may take. The largest files known take a quarter of a second.
const LIMIT: Duration = Duration::from_secs(30);

/// The same where it is tested too, as keepalived has it.
const TEST_LIMIT: Duration = Duration::from_secs(5);

/// A configuration that was read and checked.
#[derive(Debug)]
pub(super) struct Prepared {
    /// For the children, sealed.
    pub(super) bundle: Bundle,
    /// For the parent.
    pub(super) part: ParentPart,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum Unread {
    /// The reader judged it; its messages are in the log.
    #[error("it cannot be run (exit code {})", .0.code())]
    Judged(Exit),
    /// `reload_check_config` found something.
    #[error("New config failed validation, see {} for details", .0.display())]
    Tested(PathBuf),
    /// The reader crashed or was killed.
    #[error("its reader was ended by signal {0}")]
    Crashed(i32),
    /// The reader ended in a way readers do not.
    #[error("its reader ended with code {0}")]
    Ended(i32),
    /// The reader did not come to an end.
    #[error("its reader took longer than {} s", .0.as_secs())]
    Hung(Duration),
    /// What the reader left behind cannot be used.
    #[error("its reader left nothing usable: {0}")]
    Unusable(#[from] io::Error),
}

impl Unread {
    /// Whether it was ended by a signal that was sent to all processes of the daemon, before it could take it: that
    /// says nothing of the file.
    pub(super) fn is_stray(&self) -> bool {
        let ours = ["RELOAD", "DATA", "STATS", "STATS_CLEAR", "JSON"];
        matches!(self, Self::Crashed(by) if ours.iter().any(|name| Signal::number_of(name) == Some(*by)))
    }

    /// With what a daemon ends that cannot start for it.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Judged(exit) => *exit,
            _ => Exit::Config,
        }
    }
}

/// A reader at work.
#[derive(Debug)]
pub(super) struct Reading {
    process: Process,
    bundle: Bundle,
    /// Where the complaints of a test are.
    log: Option<PathBuf>,
    limit: Duration,
    deadline: Instant,
}

impl Reading {
    /// Starts a reader.
    ///
    /// # Errors
    /// No process or memory to be had.
    pub(super) fn start(arguments: &[OsString], number: u32, now: Instant) -> io::Result<Self> {
        Self::begin(arguments.to_vec(), number, LIMIT, now)
    }

    /// Starts a reader that also tests as `-t` does, with every complaint in `log`, and refuses what has one.
    ///
    /// # Errors
    /// No process or memory to be had.
    pub(super) fn test(arguments: &[OsString], number: u32, log: &Path, now: Instant) -> io::Result<Self> {
        let mut arguments = arguments.to_vec();
        let mut option = OsString::from("--config-test=");
        option.push(log);
        arguments.push(option);
        let begun = Self::begin(arguments, number, TEST_LIMIT, now)?;
        Ok(Self { log: Some(log.into()), ..begun })
    }

    fn begin(mut arguments: Vec<OsString>, number: u32, limit: Duration, now: Instant) -> io::Result<Self> {
        let bundle = Bundle::create()?;
        arguments.push(format!("--kad-reading={number}").into());
        let mut command = role::command(&arguments, Role::Reader);
        command.stdin(Stdio::null()).stdout(Stdio::from(bundle.try_clone()?));
        Ok(Self { process: Process::start(command)?, bundle, log: None, limit, deadline: now + limit })
    }

    /// When it has taken too long.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Gives the result once there is one, and the reading back until then.
    pub(super) fn poll(mut self, now: Instant) -> Result<Result<Prepared, Unread>, Self> {
        match self.process.ended() {
            Some(status) => Ok(self.result(status)),
            None if now >= self.deadline => {
                let limit = self.limit;
                self.abandon();
                Ok(Err(Unread::Hung(limit)))
            }
            None => Err(self),
        }
    }

    /// Ends the reader.
    pub(super) fn abandon(self) {
        self.process.kill();
    }

    fn result(self, status: std::process::ExitStatus) -> Result<Prepared, Unread> {
        if let (Some(2 | 4..=6), Some(log)) = (status.code(), &self.log) {
            return Err(Unread::Tested(log.clone()));
        }
        match (status.code(), status.signal()) {
            (Some(0), _) => {
                self.bundle.seal()?;
                Ok(Prepared { part: self.bundle.parent_part()?, bundle: self.bundle })
            }
            (Some(2), _) => Err(Unread::Judged(Exit::Config)),
            (Some(6), _) => Err(Unread::Judged(Exit::NoConfig)),
            (Some(code), _) => Err(Unread::Ended(code)),
            (None, signal) => Err(Unread::Crashed(signal.unwrap_or(0))),
        }
    }
}

impl AsFd for Reading {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.process.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_for_all_is_told_from_a_crash() {
        for (unread, stray) in [
            (Unread::Crashed(libc::SIGHUP), true),
            (Unread::Crashed(libc::SIGUSR1), true),
            (Unread::Crashed(libc::SIGRTMAX() - 1), true),
            (Unread::Crashed(libc::SIGSEGV), false),
            (Unread::Crashed(libc::SIGKILL), false),
            (Unread::Ended(libc::SIGHUP), false),
        ] {
            assert_eq!(unread.is_stray(), stray, "{unread}");
        }
    }
}
