//! A daemon with keepalived's command line.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Host, LabError, Proc};

/// keepalived, or a program that takes its place, running a configuration text on a host.
///
/// The configuration and the pid files lie in a folder that outlives the process, so that a restart finds what a
/// crash left, as on a real host.
#[derive(Debug)]
pub struct Daemon {
    host: Host,
    name: String,
    program: OsString,
    folder: PathBuf,
    proc: Proc,
}

impl Daemon {
    /// Starts the system's keepalived.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] if it is not installed.
    pub fn keepalived(host: &Host, conf: &str) -> Result<Self, LabError> {
        Self::start(host, "keepalived", "keepalived".as_ref(), conf)
    }

    /// Starts the program at `binary` in keepalived's place; `name` names it in errors.
    ///
    /// # Errors
    /// [`LabError::ToolMissing`] if there is no such program.
    pub fn start(host: &Host, name: &str, binary: &Path, conf: &str) -> Result<Self, LabError> {
        let folder = host.scratch(name)?;
        write(&folder.join("keepalived.conf"), conf)?;
        let program = binary.as_os_str().to_owned();
        let proc = host.spawn(name, &command(&program, &folder))?;
        Ok(Self { host: host.clone(), name: name.to_owned(), program, folder, proc })
    }

    /// Starts it again, with the same configuration and pid files.
    ///
    /// # Errors
    /// As [`Daemon::start`].
    pub fn restart(&mut self) -> Result<(), LabError> {
        self.proc = self.host.spawn(&self.name, &command(&self.program, &self.folder))?;
        Ok(())
    }

    /// Writes another configuration; it is read at the next restart or SIGHUP.
    ///
    /// # Errors
    /// [`LabError::Io`].
    pub fn rewrite(&self, conf: &str) -> Result<(), LabError> {
        write(&self.conf(), conf)
    }

    /// The configuration file.
    pub fn conf(&self) -> PathBuf {
        self.folder.join("keepalived.conf")
    }

    /// The process, with its log.
    pub fn proc(&self) -> &Proc {
        &self.proc
    }
}

/// In the foreground, detailed log to stderr and nowhere else (`-G`: without it the C library writes every line to
/// the console of a machine that has no /dev/log), pid files of its own.
fn command(program: &OsString, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["-n", "-l", "-G", "-D", "-f"]).arg(folder.join("keepalived.conf"));
    for (flag, file) in [("-p", "keepalived.pid"), ("-r", "vrrp.pid"), ("-c", "checkers.pid")] {
        command.arg(flag).arg(folder.join(file));
    }
    command
}

pub(super) fn write(file: &Path, text: &str) -> Result<(), LabError> {
    fs::write(file, text).map_err(LabError::io(format!("write {}", file.display())))
}
