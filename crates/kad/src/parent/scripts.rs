//! `startup_script` and `shutdown_script`: the first before any child is started, the second when all have ended.
//!
//! Each gets as long as its timeout says; then it is terminated, and the daemon goes on without it.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use kaconf::model::{Script, Scripts};

use super::Parent;
use crate::exec::{Class, Exec, Manners, News, Outcome, Program, Report, Run, RunId};

/// When a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Startup,
    Shutdown,
}

impl When {
    const fn name(self) -> &'static str {
        match self {
            Self::Startup => "startup script",
            Self::Shutdown => "shutdown script",
        }
    }
}

/// The script that runs, if one does.
#[derive(Debug)]
pub(super) struct Ceremony {
    exec: Exec,
    running: Option<(RunId, When)>,
    /// The daemon stops once.
    shut_down: bool,
}

impl Ceremony {
    /// None runs.
    ///
    /// # Errors
    /// Out of file descriptors.
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self { exec: Exec::new(Manners::here())?, running: None, shut_down: false })
    }

    /// Starts a script; false if it does not run.
    fn begin(&mut self, script: &Script, rules: &Scripts, limit: Duration, when: When) -> bool {
        let what = when.name();
        tracing::debug!("Running {what} {}", script.program());
        let program = Program::of(script, rules);
        match self.exec.start(Run { program, limit: Some(limit), class: Class::Watched }) {
            Ok(id) => {
                self.running = Some((id, when));
                true
            }
            Err(error) => {
                tracing::warn!("Call of {what} {} failed: {error}", script.program());
                false
            }
        }
    }

    /// Whether the startup script still runs.
    pub(super) fn is_starting(&self) -> bool {
        matches!(self.running, Some((_, When::Startup)))
    }

    /// Ends a startup script that nobody needs any more.
    pub(super) fn give_up_starting(&mut self) {
        if let Some((id, When::Startup)) = self.running {
            self.exec.terminate(id);
        }
    }

    /// Hears what became of the script that runs; tells which has ended.
    fn ended(&mut self) -> Option<When> {
        // Heard in any case: what waits to be heard keeps the parent awake.
        let mut reports = Vec::new();
        self.exec.hear(&mut reports);
        let (id, when) = self.running?;
        let over = reports.iter().any(|report| report.id == id && is_over(when, report));
        if over {
            self.running = None;
        }
        over.then_some(when)
    }
}

/// Says how it went.
fn is_over(when: When, report: &Report) -> bool {
    let what = when.name();
    match report.news {
        News::Started(_) => return false,
        News::Unkillable(pid) => tracing::warn!("{what} (PID {pid}) failed to terminate after kill"),
        News::Ended(Outcome::Exited(0)) => tracing::debug!("{what} succeeded"),
        News::Ended(Outcome::Exited(code)) => tracing::warn!("{what} failed, status {code}"),
        News::Ended(Outcome::TimedOut) => tracing::warn!("{what} timed out"),
        News::Ended(Outcome::Signaled(signal)) => tracing::warn!("{what} was ended by signal {signal}"),
        News::Ended(Outcome::NotStarted(refusal)) => tracing::warn!("{what} is not run: {refusal}"),
        News::Ended(Outcome::Lost) => tracing::warn!("what became of the {what} is not known"),
    }
    true
}

impl AsFd for Ceremony {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.exec.as_fd()
    }
}

impl Parent {
    /// Starts the children, after the startup script if there is one.
    pub(super) fn start_up(&mut self) {
        let rules = &self.current.part.scripts;
        let begun = rules
            .startup
            .as_ref()
            .is_some_and(|script| self.ceremony.begin(script, rules, rules.startup_timeout, When::Startup));
        if !begun {
            self.start_children();
        }
    }

    /// Goes on when a script has ended.
    pub(super) fn hear_scripts(&mut self) {
        if self.ceremony.ended() == Some(When::Startup) && self.stopping.is_none() {
            self.start_children();
        }
    }

    /// Whether everything is over, the shutdown script too; begins that when all else has ended.
    pub(super) fn shut_down(&mut self) -> bool {
        if self.ceremony.running.is_some() {
            return false;
        }
        if std::mem::replace(&mut self.ceremony.shut_down, true) {
            return true;
        }
        let rules = &self.current.part.scripts;
        let begun = rules
            .shutdown
            .as_ref()
            .is_some_and(|script| self.ceremony.begin(script, rules, rules.shutdown_timeout, When::Shutdown));
        !begun
    }
}
