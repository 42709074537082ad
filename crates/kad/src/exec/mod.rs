//! Running programs beside a process that must not wait: scripts, notifies, checks.
//!
//! A fork copies the page tables of the whole process, and loading a program waits for its disk. So a small process
//! of its own, the runner, forks, limits and reaps; whoever has a script to run holds an [`Exec`], hands it over, and
//! hears by an event what became of it. Nothing here knows what a program is for.

mod account;
mod owner;
mod runner;
mod runs;
mod wire;

use std::time::Duration;

use kaconf::model::{Script, Scripts};
use serde::{Deserialize, Serialize};

pub(crate) use account::Accounts;
pub(crate) use owner::Exec;
pub(crate) use runner::run as runner;
pub(crate) use wire::Manners;

/// One run, of all of one [`Exec`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct RunId(u64);

/// Whom a program runs as, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Who {
    /// `None` is the user keepalived_script.
    user: Option<Box<str>>,
    /// Root, if there is no keepalived_script: not with `enable_script_security`.
    or_ourselves: bool,
    /// `None` is the user's own.
    group: Option<Box<str>>,
}

impl Who {
    /// A user and a group of the configuration; where it names no user, `rules` do.
    pub(crate) fn of(user: Option<&str>, group: Option<&str>, rules: &Scripts) -> Self {
        let (user, group) =
            if user.is_some() { (user, group) } else { (rules.user.as_deref(), rules.group.as_deref()) };
        let or_ourselves = user.is_none() && !rules.security;
        Self { user: user.map(Box::from), or_ourselves, group: group.map(Box::from) }
    }
}

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Program {
    /// A path, not searched for, and the arguments.
    pub(crate) command: Vec<Box<str>>,
    pub(crate) who: Who,
}

impl Program {
    /// A script of the configuration; `rules` say whom it runs as where it does not.
    pub(crate) fn of(script: &Script, rules: &Scripts) -> Self {
        let who = Who::of(script.user.as_deref(), script.group.as_deref(), rules);
        Self { command: script.command.clone(), who }
    }

    /// User and group as far as the files of the host know them, for people.
    pub(crate) fn known_account(&self) -> Option<(u32, u32)> {
        account::in_files(&self.who)
    }

    /// The same with more arguments.
    pub(crate) fn with_arguments<'a>(mut self, more: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.extend(more.into_iter().map(Box::from));
        self
    }
}

/// What becomes of a program when its owner goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Class {
    /// Its result is waited for: it is terminated with its whole group, and killed a second later.
    Watched,
    /// It was told something: it may go on for as long as the runner does, and then gets SIGTERM.
    Free,
}

/// What is known of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) id: RunId,
    pub(crate) news: News,
}

/// See [`Report`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum News {
    /// It runs; the number of the process, and of its group.
    Started(i32),
    /// It was killed a while ago and has not ended. Told again each time that it is killed again.
    Unkillable(i32),
    /// It is over, and nothing more will be told of it.
    Ended(Outcome),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    /// With this code.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
    /// By the signal that followed from its time limit, or from [`Exec::terminate`].
    TimedOut,
    /// It never began. keepalived takes that for code 0.
    NotStarted(Refusal),
    /// The runner died, and what became of the program is not known.
    Lost,
}

/// Why a program could not be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is no such user")]
    NoUser,
    #[error("there is no such group")]
    NoGroup,
    #[error("its user or group cannot be looked up: {}", errno(.0))]
    LookUp(i32),
    #[error("no process to be had: {}", errno(.0))]
    NoProcess(i32),
    #[error("its user or group cannot be taken: {}", errno(.0))]
    Identity(i32),
    #[error("{}", errno(.0))]
    Execute(i32),
    /// Codes 126 and 127 of the shell.
    #[error("the shell cannot find or execute it")]
    Shell,
}

fn errno(number: &i32) -> std::io::Error {
    std::io::Error::from_raw_os_error(*number)
}

/// Why a run was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExecError {
    #[error("the process that runs scripts cannot be started: {0}")]
    NoRunner(std::io::Error),
    #[error("too many scripts wait to be run")]
    TooMany,
    #[error("the command is too long")]
    TooLong,
}

/// A run that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) program: Program,
    /// After this the whole group gets SIGTERM, 2 s later SIGKILL.
    pub(crate) limit: Option<Duration>,
    pub(crate) class: Class,
}

#[cfg(test)]
mod tests;
