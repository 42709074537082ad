//! Bounded waiting for what sends no event, and for processes.

use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::clock;

/// How often a condition is looked at that nobody announces.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Asks `condition` every few milliseconds until it holds; `false` once `timeout` has passed without it.
///
/// For the few things of the kernel that send no event. Everything else in this crate waits for its event.
pub fn poll_until(timeout: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = clock::deadline(timeout);
    loop {
        if condition() {
            return true;
        }
        let left = clock::remaining(deadline);
        if left.is_zero() {
            return false;
        }
        thread::park_timeout(left.min(LOOK_EVERY));
    }
}

/// A handle of a process, by which it can be waited for though it is no child of ours. `None` if it is gone.
pub(crate) fn handle(pid: u32) -> Option<OwnedFd> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    pidfd_open(pid, PidfdFlags::empty()).ok()
}

/// Whether the process behind `handle` ended within `timeout`.
pub(crate) fn ended(handle: impl AsFd, timeout: Duration) -> bool {
    let deadline = clock::deadline(timeout);
    loop {
        let mut fds = [PollFd::new(&handle, PollFlags::IN)];
        let left = Timespec::try_from(clock::remaining(deadline)).ok();
        match poll(&mut fds, left.as_ref()) {
            Ok(ready) => return ready > 0,
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// How `child` ended, if it did within `timeout`.
pub(crate) fn exit_status(child: &mut Child, timeout: Duration) -> std::io::Result<Option<ExitStatus>> {
    if let Some(status) = child.try_wait()? {
        return Ok(Some(status));
    }
    match handle(child.id()) {
        Some(handle) if !ended(&handle, timeout) => Ok(None),
        _ => child.wait().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn conditions_are_asked_until_they_hold_or_time_is_up() {
        let mut asked = 0;
        assert!(poll_until(Duration::from_secs(20), || {
            asked += 1;
            asked == 3
        }));
        assert!(!poll_until(Duration::from_millis(12), || false));
    }

    #[test]
    fn children_are_waited_for_with_a_bound() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        assert!(exit_status(&mut child, Duration::from_millis(10)).unwrap().is_none());
        drop(child.stdin.take());
        let status = exit_status(&mut child, Duration::from_secs(20)).unwrap().unwrap();
        assert!(status.success());
    }
}
