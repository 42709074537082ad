//! The parent: it starts the other processes, watches them, and passes on what they are told.
//!
//! It holds no configuration but its own few settings, opens no network socket, and waits for nothing but events:
//! one thread, one poll(2). There is no parsing here; `reading` has a process for that.

mod backoff;
mod child;
mod heartbeat;
mod marker;
mod process;
mod reading;
mod reload;
mod scripts;
mod start;
mod stop;
mod timetable;

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::background::Launcher;
use crate::cli::Options;
use crate::exit::Exit;
use crate::ipc::{FromChild, Order, ParentPart};
use crate::log::{self, Mode, Process as LogProcess};
use crate::namespace::Entered;
use crate::pidfile::PidFile;
use crate::signals::{Signal, Signals};
use crate::systemd::Systemd;
use crate::{clock, dump};
use child::{News, Slot};
use reading::{Prepared, Reading};
use scripts::Ceremony;
use stop::Stopping;
use timetable::Timetable;

/// How long the last lines of the log may take to be written.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The parent of a running daemon.
struct Parent {
    options: Options,
    arguments: Vec<OsString>,
    signals: Signals,
    systemd: Systemd,
    /// Waits for our word, until it has it.
    launcher: Option<Launcher>,
    namespace: Option<Entered>,
    pid_file: Option<PidFile>,
    /// The configuration that runs.
    current: Prepared,
    /// The one the child is going over to.
    offered: Option<Prepared>,
    reading: Option<Reading>,
    /// How often the configuration was read.
    readings: u32,
    /// Says when the next reload is due.
    timetable: Option<Timetable>,
    /// A reload was asked for while one ran.
    reload_again: bool,
    vrrp: Slot,
    /// The startup and the shutdown script.
    ceremony: Ceremony,
    stopping: Option<Stopping>,
    started_up: bool,
}

/// Runs the parent until the daemon ends.
pub(crate) fn run(options: Options, arguments: Vec<OsString>, launcher: Option<Launcher>) -> ExitCode {
    log::init(&options, LogProcess::Parent, Mode::Queued);
    let systemd = Systemd::from_env();
    let exit = match Parent::start(options, arguments, systemd, launcher) {
        Ok(parent) => parent.live(),
        Err(exit) => exit,
    };
    tracing::info!("Stopped kad v{}", env!("CARGO_PKG_VERSION"));
    log::flush(LAST_LINES);
    exit.into()
}

impl Parent {
    /// The loop.
    fn live(mut self) -> Exit {
        loop {
            let now = clock::now();
            self.signals(now);
            self.child_news(now);
            self.hear_scripts();
            self.look_at_timetable(now);
            self.read_on(now);
            self.vrrp.beat(now);
            self.start_what_is_due(now);
            self.stop_on(now);
            if let Some(exit) = self.has_stopped()
                && self.shut_down()
            {
                self.clear_up();
                return exit;
            }
            if let Err(error) = self.wait(now) {
                tracing::error!("cannot wait for events: {error}");
                self.vrrp.kill();
                self.clear_up();
                return Exit::Program;
            }
        }
    }

    /// Waits for the next event or deadline.
    fn wait(&self, now: Instant) -> std::io::Result<()> {
        let mut fds = Vec::with_capacity(5);
        fds.push(PollFd::new(&self.signals, PollFlags::IN));
        fds.push(PollFd::new(&self.ceremony, PollFlags::IN));
        fds.extend(self.timetable.as_ref().map(|timetable| PollFd::new(timetable, PollFlags::IN)));
        fds.extend(self.reading.as_ref().map(|reading| PollFd::new(reading, PollFlags::IN)));
        if let Some(up) = self.vrrp.up() {
            fds.push(PollFd::new(up.process(), PollFlags::IN));
            fds.extend(up.link().map(|link| PollFd::new(link, PollFlags::IN)));
        }
        let deadlines = [
            self.vrrp.deadline(),
            self.timetable.as_ref().and_then(|timetable| timetable.deadline(now)),
            self.reading.as_ref().map(Reading::deadline),
            self.stopping.as_ref().filter(|_| self.vrrp.up().is_some()).map(Stopping::deadline),
        ];
        let timeout = deadlines.into_iter().flatten().min().map(|deadline| {
            // A millisecond more, so that a deadline is not waited for in several short turns.
            let wait = deadline.saturating_duration_since(now) + Duration::from_millis(1);
            Timespec::try_from(wait).unwrap_or(Timespec { tv_sec: 1, tv_nsec: 0 })
        });
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn signals(&mut self, now: Instant) {
        let came: Vec<Signal> = self.signals.pending().collect();
        for signal in came {
            match signal {
                Signal::Stop => self.stop(Exit::Ok, now),
                Signal::Reload => self.reload(now),
                Signal::DumpData => {
                    self.dump();
                    self.vrrp.tell(Order::DumpData, None);
                }
                Signal::DumpStats => self.vrrp.tell(Order::DumpStats, None),
                Signal::ClearStats => self.vrrp.tell(Order::ClearStats, None),
                Signal::DumpJson => self.vrrp.tell(Order::DumpJson, None),
                Signal::Overtime => {}
            }
        }
    }

    fn child_news(&mut self, now: Instant) {
        while let Some(news) = self.vrrp.news(now) {
            match news {
                News::Said(FromChild::Running) => self.came_up(),
                News::Said(FromChild::Reloaded { kept, added, removed }) => {
                    tracing::debug!("VRRP instances: {kept} kept, {added} added, {removed} removed");
                    self.take_offered();
                }
                News::Said(FromChild::Refused(reason)) => self.offer_refused(&reason),
                News::Said(FromChild::Pong(_)) => {}
                News::Ended { pid, status, ran } => self.child_ended(pid, status, ran, now),
            }
        }
    }

    /// All that was wanted runs.
    fn came_up(&mut self) {
        if !std::mem::replace(&mut self.started_up, true) {
            tracing::info!("Startup complete");
        }
        // Of a child that was restarted while a reload runs: ready is said at the end of that.
        if self.reading.is_none() && self.offered.is_none() {
            self.systemd.ready();
        }
        if let Some(launcher) = self.launcher.take() {
            launcher.running();
        }
    }

    fn child_ended(&mut self, pid: u32, status: ExitStatus, ran: Duration, now: Instant) {
        // What it was going over to may be what it died of: the next one gets what ran before.
        self.drop_offered("the VRRP process died of it, or with it");
        if self.stopping.is_some() || !self.wants_vrrp(&self.current.part) {
            return;
        }
        match (status.code(), status.signal()) {
            (Some(code), _) => {
                if let Some((name, exit)) = Exit::permanent(code) {
                    tracing::error!("pid {pid} exited with permanent error {name}. Terminating");
                    self.systemd.failed(if exit == Exit::MissingPermission {
                        libc::EPERM
                    } else {
                        libc::EINVAL
                    });
                    self.stop(exit, now);
                    return;
                }
                if code != 0 {
                    tracing::error!("pid {pid} exited with status {code}");
                }
            }
            (None, signal) => tracing::error!("pid {pid} exited due to signal {}", signal.unwrap_or(0)),
        }
        if self.options.dont_respawn {
            tracing::error!("VRRP child process({pid}) died: Exiting");
            self.stop(Exit::Ok, now);
            return;
        }
        let wait = self.vrrp.wait_for_restart(ran, now);
        tracing::error!("VRRP child process({pid}) died: Respawning");
        if !wait.is_zero() {
            tracing::warn!(
                "Restart of VRRP process delayed {} seconds to limit respawn rate",
                wait.as_secs()
            );
        }
    }

    fn start_what_is_due(&mut self, now: Instant) {
        if self.stopping.is_none() && self.vrrp.is_restart_due(now) {
            self.start_vrrp(now);
        }
    }

    fn start_vrrp(&mut self, now: Instant) {
        if let Err(error) = self.vrrp.start(&self.arguments, &self.current.bundle, now) {
            tracing::error!("cannot start the VRRP process: {error}");
            let _wait = self.vrrp.wait_for_restart(Duration::ZERO, now);
        }
    }

    /// Whether a configuration calls for a VRRP process.
    fn wants_vrrp(&self, part: &ParentPart) -> bool {
        !self.options.no_vrrp && (part.instances > 0 || self.options.all)
    }

    /// The parent's own dump.
    fn dump(&self) {
        let part = &self.current.part;
        let names = part
            .data_use_instance
            .then(|| (self.options.namespace_or(part.net_namespace.as_deref()), part.instance.as_deref()));
        tracing::info!("Printing parent data for process({}) on signal", std::process::id());
        let configured = part.state_dump_file.as_deref();
        let path = dump::path(configured, "_parent", names.unwrap_or_default(), "data");
        let child = self.vrrp.up().map(|up| up.process().pid());
        let written = dump::replace(&path, |out| {
            out.write_all(part.dump.as_bytes())?;
            writeln!(out, "------< Parent >------")?;
            writeln!(out, " Version = kad v{}", env!("CARGO_PKG_VERSION"))?;
            writeln!(out, " Process id = {}", std::process::id())?;
            writeln!(out, " Configuration file = {}", self.options.config_file.display())?;
            writeln!(out, " VRRP instances = {}", part.instances)?;
            match child {
                Some(pid) => writeln!(out, " VRRP process id = {pid}"),
                None => writeln!(out, " VRRP process = not running"),
            }
        });
        if let Err(error) = written {
            tracing::warn!("cannot write {}: {error}", path.display());
        }
    }
}
