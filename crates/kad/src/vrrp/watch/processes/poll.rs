//! Waiting for a few descriptors and for any number of processes to end.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};

/// What became ready.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ready {
    pub(super) bell: bool,
    pub(super) monitor: bool,
    /// Processes that ended.
    pub(super) ended: Vec<i32>,
}

/// Waits for at most so long; an interruption is as good as an end of the wait.
pub(super) fn wait<'a>(
    bell: impl AsFd,
    monitor: Option<impl AsFd>,
    processes: impl Iterator<Item = (i32, &'a OwnedFd)>,
    limit: Option<Duration>,
) -> Ready {
    let (pids, descriptors): (Vec<i32>, Vec<&OwnedFd>) = processes.unzip();
    let mut all = vec![PollFd::new(&bell, PollFlags::IN)];
    all.extend(monitor.iter().map(|monitor| PollFd::new(monitor, PollFlags::IN)));
    let first = all.len();
    all.extend(descriptors.into_iter().map(|descriptor| PollFd::new(descriptor, PollFlags::IN)));
    let limit = limit.map(|limit| Timespec {
        tv_sec: i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: limit.subsec_nanos().into(),
    });
    if rustix::event::poll(&mut all, limit.as_ref()).is_err() {
        return Ready::default();
    }
    let ready: Vec<bool> = all.iter().map(|one| !one.revents().is_empty()).collect();
    Ready {
        bell: ready[0],
        monitor: first == 2 && ready[1],
        ended: pids
            .into_iter()
            .zip(&ready[first..])
            .filter(|(_, ready)| **ready)
            .map(|(pid, _)| pid)
            .collect(),
    }
}
