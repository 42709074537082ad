//! The sinks of one process: syslog, console, file.
//!
//! A sink that is not there, or fails, is passed over in silence: a log has nowhere to complain.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rustix::fs::{Mode, OFlags};

use crate::cli::{Facility, Options};

use super::clock::{Stamp, Style, Written, local, zone};
use super::{Process, Severity, names};

/// Where syslog listens.
const SYSLOG: &str = "/dev/log";

/// Writes lines to the sinks the options ask for.
pub(super) struct Writer {
    process: Process,
    ident: String,
    zone: TimeZone,
    console: bool,
    syslog: Option<Syslog>,
    file: Option<LogFile>,
    line: String,
}

impl Writer {
    pub(super) fn new(options: &Options, process: Process) -> Self {
        // Under -t the messages alone are the result.
        let test = options.config_test.is_some();
        let mut writer = Self {
            process,
            ident: names::ident(process, ""),
            zone: zone(),
            console: options.log_console && !test,
            syslog: (!options.no_syslog && !test)
                .then(|| Syslog::new(Path::new(SYSLOG), options.log_facility)),
            file: options.log_file.clone().filter(|_| !test).map(|base| LogFile { base, file: None }),
            line: String::with_capacity(256),
        };
        writer.rename("");
        writer
    }

    /// A writer to a syslog at a place of its own, and to nothing else.
    #[cfg(test)]
    pub(super) fn to_syslog(options: &Options, process: Process, path: &Path) -> Self {
        let syslog = Some(Syslog::new(path, options.log_facility));
        Self { syslog, console: false, file: None, ..Self::new(options, process) }
    }

    /// Takes another `_NAMESPACE_INSTANCE` into ident and file name.
    pub(super) fn rename(&mut self, suffix: &str) {
        self.ident = names::ident(self.process, suffix);
        if let Some(file) = &mut self.file {
            file.open(self.process, suffix);
        }
    }

    /// Writes one line to every sink.
    pub(super) fn line(&mut self, severity: Severity, stamp: Stamp, message: &str) {
        let at = local(stamp, &self.zone);
        // Several lines in one message would be taken for several messages, or for forged ones.
        let message = message.trim_end_matches('\n');
        for (style, sink) in [(Style::Console, self.console), (Style::File, self.file.is_some())] {
            if sink {
                self.line.clear();
                let _infallible = writeln!(self.line, "{}: {}", Written(at, style), OneLine(message));
                match (style, &mut self.file) {
                    (Style::File, Some(file)) => file.write(self.line.as_bytes()),
                    _ => drop(std::io::stderr().write_all(self.line.as_bytes())),
                }
            }
        }
        if let Some(syslog) = &mut self.syslog {
            self.line.clear();
            let priority = syslog.facility.0 << 3 | severity as u8;
            let (at, pid) = (Written(at, Style::Syslog), std::process::id());
            let _infallible =
                write!(self.line, "<{priority}>{at} {}[{pid}]: {}", self.ident, OneLine(message));
            syslog.send(self.line.as_bytes());
        }
    }
}

/// A message with its control characters made visible, as syslog daemons write them.
struct OneLine<'a>(&'a str);

impl std::fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for piece in self.0.split_inclusive(|c: char| c.is_control() && c != '\t') {
            match piece.chars().next_back() {
                Some(last) if last.is_control() && last != '\t' => {
                    f.write_str(&piece[..piece.len() - last.len_utf8()])?;
                    write!(f, "#{:03o}", u32::from(last))?;
                }
                _ => f.write_str(piece)?,
            }
        }
        Ok(())
    }
}

/// The syslog socket, connected again when the daemon behind it was restarted.
pub(super) struct Syslog {
    path: PathBuf,
    pub(super) facility: Facility,
    socket: Option<UnixDatagram>,
}

impl Syslog {
    pub(super) fn new(path: &Path, facility: Facility) -> Self {
        Self { path: path.into(), facility, socket: None }
    }

    /// Sends one datagram; never blocks. A lost one is not worth a wait.
    pub(super) fn send(&mut self, line: &[u8]) {
        for _attempt in 0..2 {
            if self.socket.is_none() {
                self.socket = self.connect();
            }
            match self.socket.as_ref().map(|socket| socket.send(line)) {
                Some(Err(error)) if error.kind() != std::io::ErrorKind::WouldBlock => self.socket = None,
                _ => return,
            }
        }
    }

    fn connect(&self) -> Option<UnixDatagram> {
        let socket = UnixDatagram::unbound().ok()?;
        socket.set_nonblocking(true).ok()?;
        socket.connect(&self.path).ok()?;
        Some(socket)
    }
}

/// The log file.
struct LogFile {
    base: PathBuf,
    file: Option<File>,
}

impl LogFile {
    /// Opens the file of this name for appending; the directory of a relative one is TMPDIR or /tmp, so a
    /// symbolic link is not followed there.
    fn open(&mut self, process: Process, suffix: &str) {
        let directory = crate::dump::directory();
        let path = names::file(&self.base, &directory, process, suffix);
        let nofollow = if self.base.is_relative() { OFlags::NOFOLLOW } else { OFlags::empty() };
        // Not to wait for the reader of a pipe that somebody put there.
        let flags = OFlags::WRONLY
            | OFlags::CREATE
            | OFlags::APPEND
            | OFlags::CLOEXEC
            | OFlags::NOCTTY
            | OFlags::NONBLOCK
            | nofollow;
        let opened = rustix::fs::open(&path, flags, Mode::RUSR | Mode::WUSR).ok().map(File::from);
        self.file = opened.filter(|file| file.metadata().is_ok_and(|found| found.is_file()));
    }

    fn write(&mut self, line: &[u8]) {
        if let Some(file) = &mut self.file {
            // A full disk is no reason to end.
            let _written = file.write_all(line);
        }
    }
}
