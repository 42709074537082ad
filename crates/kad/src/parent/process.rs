//! A process we started: its end is a file descriptor to wait for.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Child, Command, ExitStatus};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A running process, or one whose end nobody has asked for yet.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    pidfd: OwnedFd,
}

impl Process {
    /// Starts a command.
    ///
    /// # Errors
    /// No process to be had.
    pub(super) fn start(mut command: Command) -> io::Result<Self> {
        let mut child = command.spawn()?;
        // Closes the ends of pairs that now are the child's.
        drop(command);
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        match pid
            .ok_or(io::ErrorKind::InvalidData.into())
            .and_then(|pid| Ok(pidfd_open(pid, PidfdFlags::empty())?))
        {
            Ok(pidfd) => Ok(Self { child, pidfd }),
            Err(error) => {
                child.kill()?;
                child.wait()?;
                Err(error)
            }
        }
    }

    /// Its number.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, once it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        // ECHILD cannot be: nobody else waits for it.
        self.child.try_wait().ok().flatten()
    }

    /// Sends a signal; to one that has ended it is nothing.
    pub(super) fn signal(&self, signal: Signal) {
        let _sent = pidfd_send_signal(&self.pidfd, signal);
    }

    /// Kills it and sees to it that no zombie stays, should the kernel let it end.
    pub(super) fn kill(mut self) {
        self.signal(Signal::KILL);
        let limit = Timespec { tv_sec: 1, tv_nsec: 0 };
        let _ended = poll(&mut [PollFd::new(&self.pidfd, PollFlags::IN)], Some(&limit));
        let _status = self.ended();
    }

    /// Whether a debugger holds it.
    pub(super) fn is_traced(&self) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap_or_default();
        status.lines().filter_map(|line| line.strip_prefix("TracerPid:")).any(|tracer| tracer.trim() != "0")
    }
}

impl AsFd for Process {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}
