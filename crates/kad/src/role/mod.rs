//! Which process this one is.
//!
//! A child is the same binary with the same arguments and one more at the end, `--kad-role=ROLE`, so that `ps`
//! tells who is who and the options are read again, not handed over.

mod adopt;
mod command;
mod turns;

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;
use std::time::Duration;

use rustix::process::Signal as KernelSignal;

use crate::cli::{Command, Options};
use crate::exit::Exit;
use crate::ipc::ChildLink;
use crate::log::{self, Mode, Process};
use crate::signals::{Signal, Signals};
use crate::{background, demo, exec, parent, reader, vrrp};

pub(crate) use adopt::{adopt, set_umask, take_name, take_process};
pub(crate) use command::command;
pub(crate) use turns::Turns;

/// How long the last lines of a log may take to be written.
const LAST_LINES: Duration = Duration::from_secs(1);

/// What starts the last argument of a process that was not started by a user.
const ROLE: &[u8] = b"--kad-role=";

/// A process that kad starts of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The parent, in the background.
    Daemon,
    /// Reads the configuration, checks it, ends.
    Reader,
    /// The VRRP process.
    Vrrp,
    /// Runs programs for another process.
    Runner,
}

impl Role {
    const ALL: [Self; 4] = [Self::Daemon, Self::Reader, Self::Vrrp, Self::Runner];

    const fn name(self) -> &'static str {
        match self {
            Self::Daemon => "daemon",
            Self::Reader => "reader",
            Self::Vrrp => "vrrp",
            Self::Runner => "runner",
        }
    }

    fn argument(self) -> OsString {
        let mut word = OsStr::from_bytes(ROLE).to_owned();
        word.push(self.name());
        word
    }

    /// The role an argument names.
    fn of(argument: &OsStr) -> Option<Self> {
        let name = argument.as_bytes().strip_prefix(ROLE)?;
        Self::ALL.into_iter().find(|role| role.name().as_bytes() == name)
    }
}

/// What a child process is given.
#[derive(Debug)]
pub(crate) struct Child {
    /// The command line.
    pub(crate) options: Options,
    /// The way to the parent.
    pub(crate) link: ChildLink,
    /// Its signals.
    pub(crate) signals: Signals,
}

/// The command line of this process as its user gave it.
pub(crate) fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.last().is_some_and(|last| Role::of(last).is_some()) {
        arguments.pop();
    }
    arguments
}

/// Runs the role the arguments ask for.
pub(crate) fn dispatch(mut arguments: Vec<OsString>) -> ExitCode {
    let role = arguments.last().and_then(|last| Role::of(last));
    if role.is_some() {
        arguments.pop();
    }
    let options = match Options::read(&arguments) {
        Ok(options) => options,
        Err(error) => {
            // Nowhere to say that standard error is closed.
            let _printed = error.print();
            return refused(&error, &arguments).into();
        }
    };
    take_name(arguments.first().map(OsString::as_os_str));
    match role {
        None => {
            // What the starter left open is not for a daemon to keep: a lock, or the end of somebody's pipe.
            let _marked = vrrp_linux::close_inherited_on_exec();
            user(options, &arguments)
        }
        Some(Role::Daemon) => background::daemon(options, arguments),
        Some(Role::Reader) => reader::run(&options),
        Some(Role::Vrrp) => child(options, vrrp::run),
        Some(Role::Runner) => exec::runner(),
    }
}

/// How a process ends whose command line was not taken. A command's verdict may be 1, so there it is another code.
fn refused(error: &clap::Error, arguments: &[OsString]) -> Exit {
    match arguments.get(1) {
        _ if !error.use_stderr() => Exit::Ok,
        Some(first) if !first.as_bytes().starts_with(b"-") => Exit::Config,
        _ => Exit::Fatal,
    }
}

/// What a user started.
fn user(options: Options, arguments: &[OsString]) -> ExitCode {
    let mut out = std::io::stdout();
    if options.help {
        use clap::CommandFactory as _;
        let _printed = Options::command().print_help();
        return Exit::Ok.into();
    }
    if options.version {
        crate::stderr::say(format_args!("kad v{}", env!("CARGO_PKG_VERSION")));
        return Exit::Ok.into();
    }
    if let Some(name) = &options.signum {
        return match Signal::number_of(name) {
            Some(number) => {
                let _printed = writeln!(out, "{number}");
                Exit::Ok.into()
            }
            None => {
                crate::stderr::say(format_args!(
                    "Unknown signal '{name}'; use STOP, RELOAD, DATA, STATS, STATS_CLEAR or JSON"
                ));
                Exit::Fatal.into()
            }
        };
    }
    if options.genhash {
        crate::stderr::say(format_args!("kad cannot act as genhash yet; use keepalived's"));
        return Exit::Fatal.into();
    }
    match &options.command {
        Some(Command::Demo { arguments }) => return demo::run(arguments),
        Some(Command::Explain(explain)) => return explain.run(),
        Some(Command::Completions(completions)) => return completions.run(),
        Some(Command::Check(check)) => return check.run(),
        Some(Command::Dump(dump)) => return dump.run(),
        Some(Command::Fmt(fmt)) => return fmt.run(),
        None => {}
    }
    if let Some(word) = mistyped_command(arguments, &options) {
        say_commands(&word);
        return Exit::Config.into();
    }
    if !options.unexpected.is_empty() {
        let words: Vec<_> = options.unexpected.iter().map(|word| word.to_string_lossy()).collect();
        // As keepalived: said, and no reason not to start.
        let _printed = writeln!(out, "Unexpected argument(s): {}", words.join(" "));
    }
    if options.config_test.is_some() {
        return reader::test(&options);
    }
    if options.dont_fork {
        parent::run(options, arguments.to_vec(), None)
    } else {
        background::launch(&options, arguments)
    }
}

/// Says which commands there are instead of one that is none.
fn say_commands(word: &str) {
    use clap::CommandFactory as _;
    let commands = Options::command();
    let names: Vec<_> = commands.get_subcommands().map(clap::Command::get_name).collect();
    let meant = kaconf::keywords::suggest_value(&names, word);
    let known = meant.map_or_else(
        || format!("there is '{}'", names.join("', '")),
        |meant| format!("did you mean '{meant}'"),
    );
    crate::stderr::say(format_args!(
        "unknown command '{word}': {known}; options begin with '-' (kad --help)"
    ));
}

/// A first word that is no option: keepalived would start all the same, but here commands stand there.
fn mistyped_command(arguments: &[OsString], options: &Options) -> Option<String> {
    let first = arguments.get(1)?;
    let stray = options.unexpected.first() == Some(first) && !first.as_bytes().starts_with(b"-");
    stray.then(|| first.to_string_lossy().into_owned())
}

/// Sets a child process up and runs it.
fn child(options: Options, run: fn(Child) -> ExitCode) -> ExitCode {
    // The end of the link says the same; this works for a child that is stuck, too.
    let _bound = rustix::process::set_parent_process_death_signal(Some(KernelSignal::TERM));
    set_umask(options.umask);
    let ready = ChildLink::take_stdin().and_then(|link| Ok((link, Signals::take(options.ignore_sigint)?)));
    log::init(&options, Process::Vrrp, Mode::Queued);
    let code = match ready {
        Ok((link, signals)) => run(Child { options, link, signals }),
        Err(error) => {
            tracing::error!("cannot set the process up: {error}");
            Exit::Program.into()
        }
    };
    log::flush(LAST_LINES);
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_found_again_in_its_argument() {
        for role in Role::ALL {
            assert_eq!(Role::of(&role.argument()), Some(role));
        }
        for word in ["--kad-role=", "--kad-role=vrrpx", "--kad-role", "vrrp", ""] {
            assert_eq!(Role::of(OsStr::new(word)), None, "{word}");
        }
    }
}
