//! The runs of a runner and their time limits: who is to be signalled when. It signals nobody itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{Class, Outcome, Refusal, RunId};

/// From SIGTERM to SIGKILL when a time limit has passed.
const GRACE: Duration = Duration::from_secs(2);
/// From SIGTERM to SIGKILL when the owner wants it to end.
const SHORT_GRACE: Duration = Duration::from_secs(1);
/// From SIGKILL until it is sent again.
const KILLED: Duration = Duration::from_secs(2);
/// And once more, for as long as it takes.
const STUCK: Duration = Duration::from_secs(10);

/// How far the end of a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Terminating,
    Killing,
}

/// What is to be done to the group of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Terminate,
    Kill,
    /// It was killed before.
    KillAgain,
}

#[derive(Debug)]
struct Live {
    id: RunId,
    class: Class,
    stage: Stage,
    due: Option<Instant>,
    by_shell: bool,
    refusal: Option<Refusal>,
}

/// All that run, by process number.
#[derive(Debug, Default)]
pub(super) struct Runs {
    live: BTreeMap<i32, Live>,
}

/// How a process ended, as its parent hears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Code(i32),
    Signal(i32),
}

impl Runs {
    pub(super) fn pids(&self) -> Vec<i32> {
        self.live.keys().copied().collect()
    }

    pub(super) fn add(&mut self, pid: i32, id: RunId, class: Class, limit: Option<Duration>, now: Instant) {
        let due = limit.and_then(|limit| now.checked_add(limit));
        let live = Live { id, class, stage: Stage::Running, due, by_shell: false, refusal: None };
        self.live.insert(pid, live);
    }

    /// The shell runs it: its codes 126 and 127 say that it does not.
    pub(super) fn note_shell(&mut self, pid: i32) {
        if let Some(live) = self.live.get_mut(&pid) {
            live.by_shell = true;
        }
    }

    /// It could not become the program. Its end may be heard of much later than this.
    pub(super) fn note_refusal(&mut self, pid: i32, refusal: Refusal) {
        if let Some(live) = self.live.get_mut(&pid) {
            live.refusal = Some(refusal);
        }
    }

    /// Begins to end a run; gives its process, unless its end has begun already.
    pub(super) fn terminate(&mut self, id: RunId, now: Instant) -> Option<i32> {
        let (pid, live) = self.live.iter_mut().find(|(_, live)| live.id == id)?;
        if live.stage != Stage::Running {
            return None;
        }
        (live.stage, live.due) = (Stage::Terminating, Some(now + SHORT_GRACE));
        Some(*pid)
    }

    /// All whose results were waited for, and now are by nobody.
    pub(super) fn watched(&self) -> Vec<RunId> {
        self.live.values().filter(|live| live.class == Class::Watched).map(|live| live.id).collect()
    }

    /// When something is to be done next.
    pub(super) fn due(&self) -> Option<Instant> {
        self.live.values().filter_map(|live| live.due).min()
    }

    /// What is to be done now.
    pub(super) fn steps(&mut self, now: Instant) -> Vec<(RunId, i32, Step)> {
        let mut steps = Vec::new();
        for (pid, live) in &mut self.live {
            if live.due.is_none_or(|due| due > now) {
                continue;
            }
            let (step, stage, wait) = match live.stage {
                Stage::Running => (Step::Terminate, Stage::Terminating, GRACE),
                Stage::Terminating => (Step::Kill, Stage::Killing, KILLED),
                Stage::Killing => (Step::KillAgain, Stage::Killing, STUCK),
            };
            (live.stage, live.due) = (stage, Some(now + wait));
            steps.push((live.id, *pid, step));
        }
        steps
    }

    /// One has ended; gives what that means, and whether what it started is to be killed.
    pub(super) fn end(&mut self, pid: i32, end: End) -> Option<(RunId, Outcome, bool)> {
        let live = self.live.remove(&pid)?;
        let asked_to = match (live.stage, end) {
            (Stage::Terminating, End::Signal(signal)) => signal == libc::SIGTERM,
            (Stage::Killing, End::Signal(signal)) => matches!(signal, libc::SIGTERM | libc::SIGKILL),
            _ => false,
        };
        let outcome = match (live.refusal, end) {
            (Some(refusal), _) => Outcome::NotStarted(refusal),
            (None, End::Signal(_)) if asked_to => Outcome::TimedOut,
            (None, End::Signal(signal)) => Outcome::Signaled(signal),
            (None, End::Code(126 | 127)) if live.by_shell => Outcome::NotStarted(Refusal::Shell),
            (None, End::Code(code)) => Outcome::Exited(code),
        };
        Some((live.id, outcome, asked_to))
    }
}
