//! The side of whoever has programs to run.

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::process::{getpriority_process, getrlimit};
use rustix::thread::{CpuSet, sched_getaffinity};
use vrrp_linux::Poll;

use super::wire::{self, Limit, MAX_MESSAGE, Manners, Order, Resource};
use super::{ExecError, News, Outcome, Report, Run, RunId, runner};
use crate::clock;
use crate::role::{self, Role};

/// Runs at one time, of one owner.
const MAX_RUNS: usize = 4096;

/// A runner that died so soon is not started again at once.
const TOO_SOON: Duration = Duration::from_secs(1);

impl Manners {
    /// Those of this process, now. To be taken before it takes more than others have.
    pub(crate) fn here() -> Self {
        let limits = [Resource::Core, Resource::OpenFiles, Resource::RealTime].map(|which| {
            let limit = getrlimit(runner::which(which));
            Limit { which, current: limit.current, maximum: limit.maximum }
        });
        let cpus = sched_getaffinity(None)
            .map(|cpus| (0..CpuSet::MAX_CPU as u16).filter(|cpu| cpus.is_set(usize::from(*cpu))).collect());
        Self {
            nice: getpriority_process(None).unwrap_or(0),
            limits: limits.into(),
            cpus: cpus.unwrap_or_default(),
        }
    }
}

/// Runs programs without ever waiting. It is readable, as a descriptor, when [`Exec::hear`] has something to tell.
#[derive(Debug)]
pub(crate) struct Exec {
    manners: Manners,
    /// The one descriptor for whoever waits: a runner that is started again is another socket.
    poll: Poll,
    socket: Option<OwnedFd>,
    child: Option<Child>,
    started: Option<Instant>,
    runs: BTreeSet<RunId>,
    /// What the runner has had no room for yet.
    orders: VecDeque<Vec<u8>>,
    next: u64,
    space: Vec<u8>,
}

impl Exec {
    /// Without a runner, until there is something to run.
    ///
    /// # Errors
    /// Out of file descriptors.
    pub(crate) fn new(manners: Manners) -> io::Result<Self> {
        Ok(Self {
            manners,
            poll: Poll::new()?,
            socket: None,
            child: None,
            started: None,
            runs: BTreeSet::new(),
            orders: VecDeque::new(),
            next: 0,
            space: vec![0; MAX_MESSAGE],
        })
    }

    /// Starts the runner unless it runs. To be called ahead of the first [`Self::start`] where a millisecond matters
    /// then.
    ///
    /// # Errors
    /// No process to be had, or the last one died at once.
    pub(crate) fn prepare(&mut self) -> Result<(), ExecError> {
        if self.socket.is_some() {
            return Ok(());
        }
        if self.started.is_some_and(|started| clock::now().saturating_duration_since(started) < TOO_SOON) {
            return Err(ExecError::NoRunner(io::ErrorKind::ConnectionReset.into()));
        }
        let (ours, theirs) = pair().map_err(ExecError::NoRunner)?;
        // No closure runs between fork and exec, so that it is a `posix_spawn`, whose price is the same in a process of
        // any size.
        let mut command = role::command(&role::arguments(), Role::Runner);
        command.stdin(Stdio::from(theirs)).stdout(Stdio::null()).stderr(Stdio::null());
        self.started = Some(clock::now());
        let child = command.spawn().map_err(ExecError::NoRunner)?;
        self.child = Some(child);
        self.attach(ours).map_err(|error| {
            // Nothing runs yet that could be lost.
            self.bury(&mut Vec::new());
            ExecError::NoRunner(error)
        })
    }

    /// Starts another runner in the place of one that died, unless that was at once: then the next run does.
    /// True if it did.
    ///
    /// # Errors
    /// As those of [`Self::prepare`].
    pub(crate) fn renew(&mut self) -> Result<bool, ExecError> {
        let died = self.started.is_some() && self.socket.is_none();
        if died { self.prepare().map(|()| true) } else { Ok(false) }
    }

    /// Takes a runner at the other end of a socket.
    pub(super) fn attach(&mut self, socket: OwnedFd) -> io::Result<()> {
        self.poll.add(&socket, 0)?;
        self.socket = Some(socket);
        self.order(&Order::Manners(self.manners.clone()))?;
        Ok(())
    }

    /// Runs a program; a report will tell of its end, whatever happens.
    ///
    /// # Errors
    /// It is not run, and no report will come.
    pub(crate) fn start(&mut self, run: Run) -> Result<RunId, ExecError> {
        self.prepare()?;
        if self.runs.len() >= MAX_RUNS {
            return Err(ExecError::TooMany);
        }
        let id = RunId(self.next);
        self.order(&Order::Run(id, run)).map_err(|_| ExecError::TooLong)?;
        self.next += 1;
        self.runs.insert(id);
        Ok(id)
    }

    /// Ends a program and what it started: SIGTERM, a second later SIGKILL. Its end is reported as of any.
    pub(crate) fn terminate(&mut self, id: RunId) {
        if self.runs.contains(&id) {
            // Too long it cannot be.
            let _told = self.order(&Order::Terminate(id));
        }
    }

    /// Users and groups may be others now: they are looked up again.
    pub(crate) fn forget_accounts(&mut self) {
        if self.socket.is_some() {
            let _told = self.order(&Order::ForgetAccounts);
        }
    }

    /// How many run, or wait to.
    #[cfg(test)]
    pub(super) fn running(&self) -> usize {
        self.runs.len()
    }

    fn order(&mut self, order: &Order) -> io::Result<()> {
        let octets = wire::encode(order)?;
        if octets.len() > MAX_MESSAGE {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.orders.push_back(octets);
        self.flush();
        Ok(())
    }

    fn flush(&mut self) {
        let Some(socket) = &self.socket else { return };
        while let Some(order) = self.orders.front() {
            match wire::post(socket.as_fd(), order) {
                // It answers each run that it takes: then there is room, and we are awake.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // A runner that is gone is seen by its end of the socket.
                Ok(()) | Err(_) => drop(self.orders.pop_front()),
            }
        }
    }

    /// Takes what there is to tell.
    pub(crate) fn hear(&mut self, reports: &mut Vec<Report>) {
        while let Some(socket) = &self.socket {
            match wire::take::<Report>(socket, &mut self.space) {
                Ok(None) => break,
                Ok(Some(report)) => {
                    if matches!(report.news, News::Ended(_)) && !self.runs.remove(&report.id) {
                        continue;
                    }
                    reports.push(report);
                }
                Err(_) => self.bury(reports),
            }
        }
        self.flush();
    }

    /// The runner is gone, and nobody knows of its runs.
    fn bury(&mut self, reports: &mut Vec<Report>) {
        self.socket = None;
        self.orders.clear();
        if let Some(mut child) = self.child.take() {
            // It closed its end by dying, or is of no use.
            let _killed = child.kill();
            let _status = child.wait();
        }
        let lost = std::mem::take(&mut self.runs);
        reports.extend(lost.into_iter().map(|id| Report { id, news: News::Ended(Outcome::Lost) }));
    }
}

impl AsFd for Exec {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.poll.as_fd()
    }
}

/// A connected pair.
pub(super) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?)
}
