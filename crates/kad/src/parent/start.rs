//! From the first line of the log to the first child.

use std::ffi::OsString;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Resource, Rlimit};

use super::Parent;
use super::child::Slot;
use super::reading::{Prepared, Reading};
use super::scripts::Ceremony;
use crate::background::Launcher;
use crate::cli::Options;
use crate::exit::Exit;
use crate::ipc::ParentPart;
use crate::namespace::{self, Entered};
use crate::pidfile::{self, PidFile};
use crate::role::{set_umask, take_process};
use crate::signals::{Signal, Signals};
use crate::systemd::Systemd;
use crate::{clock, log};

/// How long a VRRP process whose parent was killed may take to go.
const ORPHAN: Duration = Duration::from_secs(5);

impl Parent {
    /// Starts the daemon up to its children.
    ///
    /// # Errors
    /// With what the process ends; the reason is in the log.
    pub(super) fn start(
        options: Options,
        arguments: Vec<OsString>,
        systemd: Systemd,
        launcher: Option<Launcher>,
    ) -> Result<Self, Exit> {
        set_umask(options.umask);
        say_who_we_are(&options, &arguments);
        core_dumps(&options);
        let started =
            Signals::take(options.ignore_sigint).map_err(|error| fatal(&format!("no signals: {error}")));
        let mut signals = started?;
        let (current, reload_again) = match first_configuration(&arguments, &mut signals) {
            Ok(first) => first,
            Err(exit) => {
                systemd.failed(libc::EINVAL);
                return Err(exit);
            }
        };
        let namespace = take_names(&options, &current.part)?;
        let limit = Duration::from_millis(options.heartbeat_limit_ms);
        let ceremony =
            Ceremony::new().map_err(|error| fatal(&format!("cannot wait for scripts: {error}")))?;
        let vrrp = Slot::new(limit, options.dont_fork);
        let mut parent = Self {
            options,
            arguments,
            signals,
            systemd,
            launcher,
            namespace,
            pid_file: None,
            current,
            offered: None,
            reading: None,
            readings: 1,
            timetable: None,
            reload_again,
            vrrp,
            ceremony,
            stopping: None,
            started_up: false,
        };
        if let Err(exit) = parent.take_pid_files() {
            parent.clear_up();
            return Err(exit);
        }
        parent.mark_read();
        parent.follow_timetable();
        parent.start_up();
        Ok(parent)
    }

    fn take_pid_files(&mut self) -> Result<(), Exit> {
        let paths = pidfile::Paths::new(&self.options, &self.current.part);
        if paths.in_directory {
            pidfile::make_directory(std::path::Path::new(pidfile::PID_DIRECTORY));
        }
        let file = PidFile::take(&paths.parent).map_err(|error| fatal(&error.to_string()))?;
        file.write(std::process::id())
            .map_err(|error| fatal(&format!("cannot write the pid file: {error}")))?;
        self.pid_file = Some(file);
        if self.wants_vrrp(&self.current.part) {
            let file =
                PidFile::take_from_orphan(&paths.vrrp, ORPHAN).map_err(|error| fatal(&error.to_string()))?;
            self.vrrp.set_pid_file(file);
        }
        Ok(())
    }

    /// The pid file of a VRRP process that is wanted only now.
    pub(super) fn take_vrrp_pid_file(&mut self) {
        if !self.vrrp.has_pid_file() {
            let paths = pidfile::Paths::new(&self.options, &self.current.part);
            match PidFile::take_from_orphan(&paths.vrrp, ORPHAN) {
                Ok(file) => self.vrrp.set_pid_file(file),
                Err(error) => tracing::warn!("{error}"),
            }
        }
    }

    pub(super) fn start_children(&mut self) {
        say_what_is_not_served(&self.options, &self.current.part);
        if self.wants_vrrp(&self.current.part) {
            self.start_vrrp(clock::now());
        } else {
            tracing::warn!("Nothing to do: the configuration calls for no process; a reload may add some");
            self.came_up();
        }
    }
}

fn fatal(why: &str) -> Exit {
    tracing::error!("{why}");
    Exit::Fatal
}

fn say_who_we_are(options: &Options, arguments: &[OsString]) {
    tracing::info!("Starting kad v{}", env!("CARGO_PKG_VERSION"));
    let kernel = rustix::system::uname();
    tracing::info!(
        "Running on {} {} {}",
        kernel.sysname().to_string_lossy(),
        kernel.release().to_string_lossy(),
        kernel.version().to_string_lossy()
    );
    let words: Vec<String> = arguments.iter().map(|word| format!("'{}'", word.to_string_lossy())).collect();
    tracing::info!("Command line: {}", words.join(" "));
    tracing::info!("Configuration file {}", options.config_file.display());
}

/// Names what the configuration asks for and this version has not.
pub(super) fn say_what_is_not_served(options: &Options, part: &ParentPart) {
    if part.has_virtual_servers && !options.no_checkers {
        tracing::warn!("Virtual servers are not served by this version; VRRP runs without them");
    }
    if options.snmp {
        tracing::warn!("SNMP is not served by this version");
    }
}

/// `-m` and `-M`.
fn core_dumps(options: &Options) {
    if let Some(pattern) = &options.core_dump_pattern {
        let written = std::fs::write("/proc/sys/kernel/core_pattern", pattern.as_encoded_bytes());
        if let Err(error) = written {
            tracing::warn!("Unable to write core_pattern: {error}");
        }
    }
    if options.core_dump {
        let unlimited = Rlimit { current: None, maximum: None };
        if let Err(error) = rustix::process::setrlimit(Resource::Core, unlimited) {
            tracing::warn!("Unable to allow core dumps: {error}");
        }
    }
}

/// Reads the configuration for the first time; and whether a reload was asked for meanwhile.
fn first_configuration(arguments: &[OsString], signals: &mut Signals) -> Result<(Prepared, bool), Exit> {
    let mut reload = false;
    let start = || {
        Reading::start(arguments, 0, clock::now())
            .map_err(|error| fatal(&format!("cannot start a reader: {error}")))
    };
    let mut reading = start()?;
    loop {
        let now = clock::now();
        reading = match reading.poll(now) {
            Ok(Ok(prepared)) => return Ok((prepared, reload)),
            Ok(Err(unread)) if unread.is_stray() => start()?,
            Ok(Err(unread)) => {
                tracing::error!("The configuration cannot be used: {unread}");
                return Err(unread.exit());
            }
            Err(still) => still,
        };
        for signal in signals.pending() {
            match signal {
                Signal::Stop => {
                    reading.abandon();
                    return Err(Exit::Ok);
                }
                // The file may have been read already when it was changed.
                Signal::Reload => reload = true,
                _ => {}
            }
        }
        let wait = Timespec::try_from(reading.deadline().saturating_duration_since(now)).ok();
        let mut fds = [PollFd::new(&reading, PollFlags::IN), PollFd::new(&*signals, PollFlags::IN)];
        // Interrupted or not, the next turn looks.
        let _ready = poll(&mut fds, wait.as_ref());
    }
}

/// Ident, process name and network namespace.
fn take_names(options: &Options, part: &ParentPart) -> Result<Option<Entered>, Exit> {
    let name = options.namespace_or(part.net_namespace.as_deref());
    if let (Some(ours), Some(theirs)) = (&options.namespace, part.net_namespace.as_deref())
        && ours != theirs
    {
        tracing::info!("Overriding config net_namespace '{theirs}' with command line namespace '{ours}'");
    }
    set_umask(options.umask.or(Some(part.umask)));
    log::rename(name, part.instance.as_deref());
    take_process(&part.parent, part.process_names.then_some("keepalived"));
    let Some(name) = name else { return Ok(None) };
    match namespace::enter(name) {
        Ok(entered) => Ok(Some(entered)),
        Err(error) => Err(fatal(&format!("Unable to set network namespace {name} - exiting: {error}"))),
    }
}
