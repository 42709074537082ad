//! The runner: forks, sees to time limits, reaps, reports. It ends when its owner does.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process_group, waitpid};
use rustix::process::{Rlimit, setpriority_process, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::{flag, low_level};
use vrrp_linux::{Hitch, Launch, Launcher, Poll};

use super::account::Accounts;
use super::runs::{End, Runs, Step};
use super::wire::{self, MAX_MESSAGE, Manners, Order, Resource};
use super::{News, Outcome, Refusal, Report, Run, RunId};
use crate::clock;
use crate::exit::Exit;

/// What wakes it.
const OWNER: u64 = 0;
const CHILD: u64 = 1;

/// How long watched programs may take to end when the owner is gone.
const FAREWELL: Duration = Duration::from_secs(3);

/// The role: its owner is at the other end of standard input.
pub(crate) fn run() -> ExitCode {
    let ended = inherited().and_then(|socket| Runner::new(socket)?.live());
    if ended.is_ok() { Exit::Ok.into() } else { Exit::Fatal.into() }
}

/// Takes standard input over; /dev/null takes its place, so that no program inherits it.
fn inherited() -> io::Result<OwnedFd> {
    let socket = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
    rustix::stdio::dup2_stdin(&std::fs::File::open("/dev/null")?)?;
    // Who ends it is its owner; what a terminal or a service manager sends to all is not meant for it.
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2] {
        flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    Ok(socket)
}

/// Its state.
#[derive(Debug)]
pub(super) struct Runner {
    /// `None` once the owner is gone.
    owner: Option<OwnedFd>,
    children: UnixStream,
    poll: Poll,
    launcher: Launcher,
    accounts: Accounts,
    runs: Runs,
    /// Reports that the owner has not taken yet: a few for each run, so they are bounded as those are.
    reports: VecDeque<Vec<u8>>,
    space: Vec<u8>,
}

impl Runner {
    /// One for the owner at the other end of `socket`.
    pub(super) fn new(socket: OwnedFd) -> io::Result<Self> {
        let (children, ring) = UnixStream::pair()?;
        children.set_nonblocking(true)?;
        ring.set_nonblocking(true)?;
        low_level::pipe::register(SIGCHLD, ring)?;
        let mut poll = Poll::new()?;
        poll.add(&socket, OWNER)?;
        poll.add(&children, CHILD)?;
        Ok(Self {
            owner: Some(socket),
            children,
            poll,
            launcher: Launcher::new()?,
            accounts: Accounts::default(),
            runs: Runs::default(),
            reports: VecDeque::new(),
            space: vec![0; MAX_MESSAGE],
        })
    }

    /// Until the owner is gone, and those it waited for are.
    pub(super) fn live(mut self) -> io::Result<()> {
        let mut ready = Vec::new();
        let mut end = None;
        while self.owner.is_some() || end.is_some_and(|end| clock::now() < end && self.has_watched()) {
            ready.clear();
            let due = self.runs.due().into_iter().chain(end).min();
            let limit = due.map(|due| due.saturating_duration_since(clock::now()));
            self.poll.wait(self.retry(limit), &mut ready)?;
            if ready.contains(&CHILD) {
                self.reap();
            }
            if ready.contains(&OWNER) && !self.hear() {
                self.owner = None;
                end = Some(clock::now() + FAREWELL);
                self.runs.watched().into_iter().for_each(|id| self.terminate(id));
            }
            self.see_to_limits(clock::now());
            self.flush();
        }
        Ok(())
    }

    fn has_watched(&self) -> bool {
        !self.runs.watched().is_empty()
    }

    /// Reports that wait are offered again soon: the owner's not reading is no event.
    fn retry(&self, limit: Option<Duration>) -> Option<Duration> {
        const SOON: Duration = Duration::from_millis(20);
        if self.reports.is_empty() { limit } else { Some(limit.unwrap_or(SOON).min(SOON)) }
    }

    /// Takes what the owner says; false when it is gone.
    fn hear(&mut self) -> bool {
        while let Some(owner) = &self.owner {
            match wire::take(owner, &mut self.space) {
                Ok(None) => return true,
                Ok(Some(Order::Run(id, run))) => self.start(id, &run),
                Ok(Some(Order::Terminate(id))) => self.terminate(id),
                Ok(Some(Order::ForgetAccounts)) => self.accounts.forget(),
                Ok(Some(Order::Manners(manners))) => behave(&manners),
                Err(_) => return false,
            }
        }
        false
    }

    fn start(&mut self, id: RunId, run: &Run) {
        let started = self.accounts.numbers(&run.program.who).and_then(|(uid, gid)| {
            let launch = Launch { command: &run.program.command, uid, gid };
            let pid = self.launcher.start(&launch);
            pid.map_err(|error| Refusal::NoProcess(error.raw_os_error().unwrap_or(libc::EINVAL)))
        });
        match started {
            Ok(pid) => {
                let pid = pid.as_raw_nonzero().get();
                self.runs.add(pid, id, run.class, run.limit, clock::now());
                self.report(id, News::Started(pid));
            }
            Err(refusal) => self.report(id, News::Ended(Outcome::NotStarted(refusal))),
        }
    }

    fn terminate(&mut self, id: RunId) {
        if let Some(pid) = self.runs.terminate(id, clock::now()) {
            signal(pid, Signal::TERM);
        }
    }

    fn see_to_limits(&mut self, now: Instant) {
        for (id, pid, step) in self.runs.steps(now) {
            if step == Step::KillAgain {
                self.report(id, News::Unkillable(pid));
            }
            signal(pid, if step == Step::Terminate { Signal::TERM } else { Signal::KILL });
        }
    }

    /// Looks which have ended.
    fn reap(&mut self) {
        let mut octets = [0; 256];
        while matches!(self.children.read(&mut octets), Ok(count) if count > 0) {}
        let mut ended = Vec::new();
        for pid in self.runs.pids() {
            let Some(child) = Pid::from_raw(pid) else { continue };
            // One at a time: a child that is not a run is not ours to reap.
            if let Ok(Some((_, status))) = waitpid(Some(child), WaitOptions::NOHANG) {
                let code = status.exit_status().map(End::Code);
                ended.extend(code.or(status.terminating_signal().map(End::Signal)).map(|end| (pid, end)));
            }
        }
        // A hitch was written before its child could end; but that end may be one to be heard of next time.
        while let Some((pid, hitch)) = self.launcher.hitch() {
            match hitch {
                Hitch::ByShell => self.runs.note_shell(pid),
                Hitch::Execute(errno) => self.runs.note_refusal(pid, Refusal::Execute(errno.0)),
                Hitch::Group(errno) | Hitch::Groups(errno) | Hitch::User(errno) => {
                    self.runs.note_refusal(pid, Refusal::Identity(errno.0));
                }
                _ => {}
            }
        }
        for (pid, end) in ended {
            let Some((id, outcome, leaves_others)) = self.runs.end(pid, end) else { continue };
            if leaves_others {
                signal(pid, Signal::KILL);
            }
            self.report(id, News::Ended(outcome));
        }
    }

    fn report(&mut self, id: RunId, news: News) {
        if let Ok(octets) = wire::encode(&Report { id, news }) {
            self.reports.push_back(octets);
        }
    }

    fn flush(&mut self) {
        let Some(owner) = &self.owner else { return self.reports.clear() };
        while let Some(report) = self.reports.front() {
            match wire::post(owner.as_fd(), report) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // An owner that is gone is seen by its end of the socket.
                Ok(()) | Err(_) => drop(self.reports.pop_front()),
            }
        }
    }
}

/// To a whole group; one that is gone is nothing to worry about.
fn signal(pid: i32, signal: Signal) {
    if let Some(group) = Pid::from_raw(pid) {
        let _sent = kill_process_group(group, signal);
    }
}

/// Programs are scheduled as they would be without a daemon that wants to be punctual. What is refused stays.
fn behave(manners: &Manners) {
    let _ordinary = vrrp_linux::be_ordinary();
    let _nice = setpriority_process(None, manners.nice);
    let mut cpus = CpuSet::new();
    let known = manners.cpus.iter().map(|cpu| usize::from(*cpu)).filter(|cpu| *cpu < CpuSet::MAX_CPU);
    known.for_each(|cpu| cpus.set(cpu));
    let _cpus = sched_setaffinity(None, &cpus);
    for limit in &manners.limits {
        let which = which(limit.which);
        let _limited = setrlimit(which, Rlimit { current: limit.current, maximum: limit.maximum });
    }
}

/// The kernel's name of a limit.
pub(super) fn which(resource: Resource) -> rustix::process::Resource {
    match resource {
        Resource::Core => rustix::process::Resource::Core,
        Resource::OpenFiles => rustix::process::Resource::Nofile,
        Resource::RealTime => rustix::process::Resource::Rttime,
    }
}
