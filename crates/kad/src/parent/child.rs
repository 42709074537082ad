//! The VRRP process as its parent sees it: started, watched, restarted.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::backoff::Backoff;
use super::heartbeat::{Beat, Heartbeat};
use super::process::Process;
use crate::ipc::{self, Bundle, FromChild, Order, ParentLink};
use crate::pidfile::PidFile;
use crate::role::{self, Role};

/// How long a child may take until its first configuration runs.
const START_LIMIT: Duration = Duration::from_secs(30);

/// How long a killed child may take to be gone.
pub(super) const KILLED: Duration = Duration::from_secs(5);

/// A child that runs.
#[derive(Debug)]
pub(super) struct Up {
    process: Process,
    link: ParentLink,
    /// The other side of the link has closed: nothing to wait for there.
    hung_up: bool,
    started: Instant,
    heartbeat: Heartbeat,
    running: bool,
    /// It was asked to stop, and is killed when it still is there then.
    stop_by: Option<Instant>,
    debugger_noted: bool,
}

/// What there is to say of a child.
#[derive(Debug)]
pub(super) enum News {
    /// It said something.
    Said(FromChild),
    /// It ended.
    Ended {
        /// Its number.
        pid: u32,
        /// How.
        status: ExitStatus,
        /// How long it ran.
        ran: Duration,
    },
}

/// Whether a child is there.
#[derive(Debug)]
enum State {
    /// It is not wanted.
    Absent,
    /// It waits for its restart.
    Waiting(Instant),
    /// It runs.
    Up(Box<Up>),
}

/// The place of a child.
#[derive(Debug)]
pub(super) struct Slot {
    state: State,
    backoff: Backoff,
    limit: Duration,
    console: bool,
    pid_file: Option<PidFile>,
}

impl Slot {
    /// An empty place; its child may be silent for `limit`, and has our standard error if it has a `console`.
    pub(super) fn new(limit: Duration, console: bool) -> Self {
        Self { state: State::Absent, backoff: Backoff::default(), limit, console, pid_file: None }
    }

    /// Gives the pid file the child's number is written to.
    pub(super) fn set_pid_file(&mut self, file: PidFile) {
        self.pid_file = Some(file);
    }

    /// Whether it has its pid file.
    pub(super) fn has_pid_file(&self) -> bool {
        self.pid_file.is_some()
    }

    /// Whether the child runs, or will be restarted.
    pub(super) fn is_wanted(&self) -> bool {
        !matches!(self.state, State::Absent)
    }

    /// The child, if it runs.
    pub(super) fn up(&self) -> Option<&Up> {
        match &self.state {
            State::Up(up) => Some(up),
            _ => None,
        }
    }

    /// Starts the child with a configuration.
    ///
    /// # Errors
    /// No process to be had; the place is empty then.
    pub(super) fn start(&mut self, arguments: &[OsString], bundle: &Bundle, now: Instant) -> io::Result<()> {
        self.state = State::Absent;
        let (link, theirs) = ipc::pair()?;
        let mut command = role::command(arguments, Role::Vrrp);
        command.stdin(Stdio::from(theirs)).stdout(Stdio::null());
        if !self.console {
            command.stderr(Stdio::null());
        }
        let process = Process::start(command)?;
        if let Some(file) = &self.pid_file
            && let Err(error) = file.write(process.pid())
        {
            tracing::warn!("cannot write the pid file of the VRRP process: {error}");
        }
        tracing::info!("Starting VRRP child process, pid={}", process.pid());
        let files: Vec<_> =
            [bundle.as_fd()].into_iter().chain(self.pid_file.as_ref().map(AsFd::as_fd)).collect();
        // A child that is gone already is found by its end.
        let _sent = link.send(Order::Load, &files);
        let heartbeat = Heartbeat::new(self.limit.max(START_LIMIT), now);
        let up = Up {
            process,
            link,
            hung_up: false,
            started: now,
            heartbeat,
            running: false,
            stop_by: None,
            debugger_noted: false,
        };
        self.state = State::Up(Box::new(up));
        Ok(())
    }

    /// Tells the child, if there is one.
    pub(super) fn tell(&self, order: Order, bundle: Option<&Bundle>) {
        if let Some(up) = self.up() {
            let files: Vec<_> = bundle.map(AsFd::as_fd).into_iter().collect();
            if let Err(error) = up.link.send(order, &files) {
                // Of a child that is gone or hangs; its end or the heartbeat says so, too.
                tracing::warn!("cannot tell the VRRP process ({order:?}): {error}");
            }
        }
    }

    /// Asks the child to stop within `patience`, or forgets the restart it waits for.
    pub(super) fn stop(&mut self, patience: Duration, now: Instant) {
        match &mut self.state {
            State::Up(up) => {
                up.stop_by = Some(now + patience);
                // By both ways: the link is read in order, the signal reaches one that does not read.
                let _asked = up.link.send(Order::Stop, &[]);
                up.process.signal(Signal::TERM);
            }
            _ => self.state = State::Absent,
        }
    }

    /// Kills the child.
    pub(super) fn kill(&self) {
        if let Some(up) = self.up() {
            up.process.signal(Signal::KILL);
        }
    }

    /// Lets the place be empty from now on.
    pub(super) fn leave(&mut self) {
        self.state = State::Absent;
    }

    /// Waits for the restart of a child that had run for `ran`; the wait.
    pub(super) fn wait_for_restart(&mut self, ran: Duration, now: Instant) -> Duration {
        let wait = self.backoff.after(ran);
        self.state = State::Waiting(now + wait);
        wait
    }

    /// Does not wait any longer: there is something new to try.
    pub(super) fn hurry(&mut self, now: Instant) {
        if matches!(self.state, State::Waiting(_)) {
            self.state = State::Waiting(now);
        }
    }

    /// Whether a restart is due.
    pub(super) fn is_restart_due(&self, now: Instant) -> bool {
        matches!(self.state, State::Waiting(until) if now >= until)
    }

    /// The next news.
    pub(super) fn news(&mut self, now: Instant) -> Option<News> {
        let State::Up(up) = &mut self.state else { return None };
        if let Some(message) = up.recv() {
            up.heartbeat.heard();
            if message == FromChild::Running && !up.running {
                up.running = true;
                up.heartbeat = Heartbeat::new(self.limit, now);
            }
            return Some(News::Said(message));
        }
        let status = up.process.ended()?;
        let (pid, ran) = (up.process.pid(), now.saturating_duration_since(up.started));
        self.state = State::Absent;
        if let Some(file) = &self.pid_file {
            file.clear();
        }
        Some(News::Ended { pid, status, ran })
    }

    /// Kills a child that was asked to stop and takes too long; its end is news. True when it does so.
    pub(super) fn end_patience(&mut self, now: Instant) -> bool {
        let State::Up(up) = &mut self.state else { return false };
        if up.stop_by.is_none_or(|stop_by| now < stop_by) {
            return false;
        }
        tracing::warn!("the VRRP process does not stop, killing it");
        up.process.signal(Signal::KILL);
        // Should it outlive that, it is asked for again, not all the time.
        up.stop_by = Some(now + KILLED);
        true
    }

    /// Asks whether the child lives, when it is time to. One that is silent is killed; its end is news.
    pub(super) fn beat(&mut self, now: Instant) {
        let limit = self.limit;
        let State::Up(up) = &mut self.state else { return };
        match up.heartbeat.beat(now) {
            None => {}
            // Not sent is not answered either.
            Some(Beat::Ping(number)) => drop(up.link.send(Order::Ping(number), &[])),
            Some(Beat::Silent) if up.process.is_traced() => up.note_debugger(),
            Some(Beat::Silent) => {
                let silent = if up.running { limit } else { limit.max(START_LIMIT) };
                tracing::error!(
                    "VRRP child process({}) has not answered for {} s, killing it",
                    up.process.pid(),
                    silent.as_secs_f32()
                );
                up.process.signal(Signal::KILL);
            }
        }
    }

    /// When [`Self::beat`], the end of patience or a restart is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Absent => None,
            State::Waiting(until) => Some(*until),
            State::Up(up) => Some(up.stop_by.unwrap_or(up.heartbeat.deadline()).min(up.heartbeat.deadline())),
        }
    }

    /// Removes the pid file.
    pub(super) fn remove_pid_file(&mut self) {
        if let Some(file) = self.pid_file.take() {
            file.remove();
        }
    }
}

impl Up {
    /// Its process, to wait for its end.
    pub(super) fn process(&self) -> &Process {
        &self.process
    }

    /// Its link, to wait for what it says, while it can say something.
    pub(super) fn link(&self) -> Option<&ParentLink> {
        (!self.hung_up).then_some(&self.link)
    }

    /// Whether its first configuration runs.
    pub(super) fn is_running(&self) -> bool {
        self.running
    }

    /// Whether it was asked to stop.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop_by.is_some()
    }

    fn note_debugger(&mut self) {
        if !std::mem::replace(&mut self.debugger_noted, true) {
            tracing::warn!("VRRP child process({}) does not answer; a debugger holds it", self.process.pid());
        }
    }

    fn recv(&mut self) -> Option<FromChild> {
        if self.hung_up {
            return None;
        }
        match self.link.recv() {
            Ok(message) => message,
            Err(error) => {
                if error.kind() != io::ErrorKind::UnexpectedEof {
                    tracing::error!("the VRRP process says what cannot be understood: {error}");
                    self.process.signal(Signal::KILL);
                }
                self.hung_up = true;
                None
            }
        }
    }
}
