//! Going to the background.
//!
//! The launcher starts the daemon as a process of its own and waits for one word from it: started by a unit or a
//! script, kad ends with 0 only once it runs, and with the daemon's exit code when it could not.

use std::ffi::OsString;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::process::{ExitCode, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pipe::{PipeFlags, pipe_with};

use crate::cli::Options;
use crate::exit::Exit;
use crate::parent;
use crate::role::{self, Role};

/// How long the launcher waits. Longer than a reader and a child may take together; a daemon that still starts
/// then goes on, and the log tells.
const PATIENCE: Timespec = Timespec { tv_sec: 75, tv_nsec: 0 };

/// The daemon's word to its launcher.
#[derive(Debug)]
pub(crate) struct Launcher {
    word: OwnedFd,
}

impl Launcher {
    /// Lets the launcher go, and the terminal with it.
    pub(crate) fn running(self) {
        // The launcher may be gone; that is its affair.
        let _said = rustix::io::write(&self.word, b"1");
        if let Ok(null) = File::options().write(true).open("/dev/null") {
            let _quiet = rustix::stdio::dup2_stderr(&null);
        }
    }
}

/// Starts the daemon and waits until it runs or ends.
pub(crate) fn launch(options: &Options, arguments: &[OsString]) -> ExitCode {
    let started = || -> std::io::Result<_> {
        let (hear, word) = pipe_with(PipeFlags::CLOEXEC)?;
        let mut command = role::command(&anchored(arguments, options)?, Role::Daemon);
        command.stdin(Stdio::from(word)).stdout(Stdio::null());
        // `command` holds the pipe's writing end; it must not outlive the start, or the pipe never ends.
        command.spawn().map(|daemon| (hear, daemon))
    };
    let (hear, mut daemon) = match started() {
        Ok(started) => started,
        Err(error) => {
            crate::stderr::say(format_args!("cannot start the daemon: {error}"));
            return Exit::Fatal.into();
        }
    };
    let mut octet = [0];
    let heard = loop {
        match poll(&mut [PollFd::new(&hear, PollFlags::IN)], Some(&PATIENCE)) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(0) => break Ok(1),
            Ok(_) => break rustix::io::read(hear.as_fd(), &mut octet),
            Err(error) => break Err(error),
        }
    };
    if matches!(heard, Ok(1..)) {
        return Exit::Ok.into();
    }
    // The pipe has ended, so the daemon has, or is about to.
    match daemon.wait().map(|status| status.code().and_then(|code| u8::try_from(code).ok())) {
        Ok(Some(code)) => code.into(),
        _ => Exit::Program.into(),
    }
}

/// The arguments with the configuration file named from the root: the daemon leaves this directory. Of an option
/// given twice the last counts.
fn anchored(arguments: &[OsString], options: &Options) -> std::io::Result<Vec<OsString>> {
    let mut anchored = arguments.to_vec();
    if options.config_file.is_relative() {
        anchored.push("-f".into());
        anchored.push(std::path::absolute(&options.config_file)?.into());
    }
    Ok(anchored)
}

/// The daemon itself: a session of its own, no directory held, standard input given up.
pub(crate) fn daemon(options: Options, arguments: Vec<OsString>) -> ExitCode {
    let detached = || -> std::io::Result<OwnedFd> {
        let word = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
        rustix::stdio::dup2_stdin(&File::open("/dev/null")?)?;
        rustix::process::setsid()?;
        rustix::process::chdir("/")?;
        Ok(word)
    };
    match detached() {
        Ok(word) => parent::run(options, arguments, Some(Launcher { word })),
        Err(error) => {
            crate::stderr::say(format_args!("cannot go to the background: {error}"));
            Exit::Fatal.into()
        }
    }
}
