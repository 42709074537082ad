//! The scripts that are told: which of them run, which wait for others, and what became of them.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tracing::{debug, warn};
use vrrp_fsm::Instant;

use crate::exec::{Class, Exec, News, Outcome, Program, Refusal, Report, Run, RunId};

use super::event::{Kind, Told};
use super::lanes::{Lanes, PATIENCE};

/// Scripts begun in one turn: a thousand instances may change at once, and adverts are due all the while.
const BEGUN_MAX: usize = 32;

/// From one such turn to the next.
const BREATH: Duration = Duration::from_millis(1);

/// Which scripts run one after the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lane {
    kind: Kind,
    name: Box<str>,
    which: Which,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Which {
    /// Those of one state each: `notify_master` and so on.
    Own,
    /// `notify`
    Any,
    /// `notify_master_rx_lower_pri`: as often as such adverts come.
    LowerPriority,
}

impl Lane {
    /// That of the script for one event.
    pub(super) fn own(kind: Kind, name: &str, told: Told) -> Self {
        let which = if told == Told::LowerPriority { Which::LowerPriority } else { Which::Own };
        Self { kind, name: name.into(), which }
    }

    /// That of `notify`.
    pub(super) fn any(kind: Kind, name: &str) -> Self {
        Self { kind, name: name.into(), which: Which::Any }
    }
}

/// A script that is to be run.
#[derive(Debug)]
pub(super) struct Call {
    program: Program,
}

impl Call {
    pub(super) fn new(program: Program) -> Self {
        Self { program }
    }
}

/// Calls that run, and those that do not yet.
#[derive(Debug, Default)]
pub(super) struct Calls {
    lanes: Lanes<Lane, Call>,
    /// May run, and wait for a turn with room for them.
    ready: VecDeque<(Lane, Call)>,
    running: BTreeMap<RunId, (Lane, Box<str>)>,
}

impl Calls {
    pub(super) fn push(&mut self, lane: Lane, call: Call, now: Instant) {
        if lane.which == Which::LowerPriority && self.lanes.waits(&lane) {
            // One that has not begun will find what this one would.
            return;
        }
        if let Some(call) = self.lanes.push(&lane, call, now) {
            self.ready.push_back((lane, call));
        }
        let dropped = self.lanes.take_dropped();
        if dropped > 0 {
            warn!("too many notify scripts wait for those before them: {dropped} are not run");
        }
    }

    /// Begins what may begin.
    pub(super) fn run(&mut self, exec: &mut Exec, now: Instant) {
        for (lane, call) in self.lanes.overdue(now) {
            let (name, script, patience) = (&lane.name, &call.program.command[0], PATIENCE.as_secs());
            warn!("({name}) script {script} has waited {patience} s for the one before it, which still runs");
            self.ready.push_back((lane, call));
        }
        for _ in 0..BEGUN_MAX {
            let Some((lane, call)) = self.ready.pop_front() else { return };
            self.begin(lane, call, exec);
        }
    }

    /// Begins everything, whatever runs already: there is no later.
    pub(super) fn run_all(&mut self, exec: &mut Exec) {
        self.ready.extend(self.lanes.all());
        while let Some((lane, call)) = self.ready.pop_front() {
            self.begin(lane, call, exec);
        }
    }

    fn begin(&mut self, lane: Lane, call: Call, exec: &mut Exec) {
        let path = call.program.command.first().cloned().unwrap_or_default();
        match exec.start(Run { program: call.program, limit: None, class: Class::Free }) {
            Ok(id) => drop(self.running.insert(id, (lane, path))),
            Err(error) => {
                warn!("({}) notify script {path} is not run: {error}", lane.name);
                self.ended(&lane);
            }
        }
    }

    fn ended(&mut self, lane: &Lane) {
        if let Some(next) = self.lanes.ended(lane) {
            self.ready.push_back((lane.clone(), next));
        }
    }

    /// Takes a report; false if it is not about one of these.
    pub(super) fn heard(&mut self, report: &Report) -> bool {
        let News::Ended(outcome) = report.news else { return self.running.contains_key(&report.id) };
        let Some((lane, path)) = self.running.remove(&report.id) else { return false };
        mention(&lane.name, &path, outcome);
        self.ended(&lane);
        true
    }

    /// When [`Self::run`] has something to do.
    pub(super) fn deadline(&self, now: Instant) -> Option<Instant> {
        let ready = (!self.ready.is_empty()).then(|| now.saturating_add(BREATH));
        ready.into_iter().chain(self.lanes.due()).min()
    }

    /// Whether all that was to be run has ended.
    pub(super) fn is_done(&self) -> bool {
        self.lanes.is_empty() && self.ready.is_empty()
    }

    /// Whether something has not begun: it waits for one before it, or for a turn with room for it.
    pub(super) fn has_waiting(&self) -> bool {
        !self.ready.is_empty() || self.lanes.due().is_some()
    }

    /// All that run.
    pub(super) fn running(&self) -> impl Iterator<Item = RunId> {
        self.running.keys().copied()
    }
}

/// How a script ended is its own business, but that it never began is not.
fn mention(name: &str, path: &str, outcome: Outcome) {
    match outcome {
        Outcome::NotStarted(Refusal::Execute(errno)) => {
            let why = std::io::Error::from_raw_os_error(errno);
            warn!("({name}) Error exec-ing command '{path}', error {errno}: {why}");
        }
        Outcome::NotStarted(refusal) => warn!("({name}) notify script {path} is not run: {refusal}"),
        Outcome::Lost => debug!("({name}) what became of notify script {path} is not known"),
        outcome => debug!("({name}) notify script {path}: {outcome:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::Who;

    /// At the end only what has not begun is begun: none of those is to be forgotten.
    #[test]
    fn what_waits_for_a_turn_has_not_begun() {
        let mut calls = Calls::default();
        let now = Instant::from_nanos(0);
        assert!(!calls.has_waiting());
        let program = Program { command: vec!["/bin/true".into()], who: Who::default() };
        calls.push(Lane::any(Kind::Instance, "A"), Call::new(program), now);
        assert!(calls.has_waiting());
        // As if it had begun.
        calls.ready.clear();
        assert!(!calls.has_waiting());
    }
}
