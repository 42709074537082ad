//! `vrrp_script`: when which one runs, and what its end means.

use std::collections::BTreeSet;
use std::time::Duration;

use kaconf::model::{Scripts as Rules, TrackScript};
use tracing::{error, info, warn};
use vrrp_fsm::{Instant, Status};

use super::counter::{Counter, First};
use crate::exec::{Class, Exec, News, Outcome, Program, Refusal, Report, Run, RunId};
use crate::vrrp::tracking::TrackerKey;

/// From one start to the next, if there is time: programs that all begin at once compete with the adverts for the
/// processors. What was started apart stays apart.
const PACE: Duration = Duration::from_millis(1);
/// Scripts started in one turn where there is less time: a start is a few microseconds, and adverts come in between.
const STARTS: usize = 4;

/// One script.
#[derive(Debug)]
pub(in crate::vrrp) struct Script {
    pub(in crate::vrrp) model: TrackScript,
    pub(in crate::vrrp) program: Program,
    counter: Counter,
    running: Option<(RunId, Instant)>,
    /// The last code it ended with; a change is said.
    code: i32,
    due: Instant,
}

impl Script {
    fn new(model: TrackScript, program: Program, now: Instant, reload: bool) -> Self {
        let first = match (model.init_fail, reload) {
            (true, _) => First::AssumedDown,
            (false, true) => First::AwaitedWhileRunning,
            (false, false) => First::Awaited,
        };
        let counter = Counter::new(model.rise, model.fall, first);
        Self { model, program, counter, running: None, code: 0, due: now }
    }

    pub(in crate::vrrp) fn key(&self) -> TrackerKey {
        TrackerKey::script(&self.model.name)
    }

    pub(in crate::vrrp) fn status(&self) -> Status {
        self.counter.status()
    }

    fn limit(&self) -> Duration {
        self.model.timeout.filter(|timeout| !timeout.is_zero()).unwrap_or(self.model.interval)
    }

    /// A run has taken longer than it may.
    fn is_overdue(&self, now: Instant) -> bool {
        self.running.is_some_and(|(_, began)| now.saturating_since(began) >= self.limit())
    }

    /// `result`, as dumps show it.
    pub(in crate::vrrp) fn result(&self) -> u32 {
        self.counter.result()
    }

    pub(in crate::vrrp) fn is_up(&self) -> bool {
        self.counter.is_up()
    }

    /// In keepalived's words.
    pub(in crate::vrrp) fn first(&self) -> &'static str {
        match self.counter.first() {
            First::Awaited => "INIT",
            First::AssumedDown => "INIT/FAILED",
            First::AwaitedWhileRunning => "INIT/RELOAD",
            First::Known => "unknown",
        }
    }

    /// In keepalived's words.
    pub(in crate::vrrp) fn state(&self, now: Instant) -> &'static str {
        match self.running {
            None => "idle",
            Some(_) if self.is_overdue(now) => "requested termination",
            Some(_) => "running",
        }
    }

    /// A run has ended; true if there is something to tell.
    fn ended(&mut self, outcome: Outcome) -> bool {
        let name = &self.model.name;
        let (success, how) = match outcome {
            Outcome::Exited(code) => {
                self.note_code(code);
                (code == 0, format!("failed (exited with status {code})"))
            }
            Outcome::Signaled(signal) => (false, format!("failed (due to signal {signal})")),
            Outcome::TimedOut => (false, "timed_out".to_owned()),
            Outcome::NotStarted(Refusal::NoProcess(_)) => {
                info!("Failed fork process");
                return false;
            }
            // As keepalived: what cannot be run is not the fault of the server it looks after.
            Outcome::NotStarted(refusal) => {
                error!("Error exec-ing command '{}': {refusal}", command(&self.program));
                self.note_code(0);
                (true, String::new())
            }
            Outcome::Lost => {
                warn!("Script {name}: its end was not seen, for what runs scripts had to be started again");
                return false;
            }
        };
        let name = self.model.name.clone();
        let turned = self.counter.ended(success);
        if turned {
            let how = if success { "succeeded" } else { &*how };
            info!("VRRP_Script({name}) {how}");
        }
        turned
    }

    fn note_code(&mut self, code: i32) {
        if code != self.code {
            info!("Script `{}` now returning {code}", self.model.name);
            self.code = code;
        }
    }
}

fn command(program: &Program) -> &str {
    program.command.first().map_or("", |program| program)
}

/// All that are tracked.
#[derive(Debug, Default)]
pub(in crate::vrrp) struct Scripts {
    all: Vec<Script>,
    /// When which one runs next.
    due: BTreeSet<(Instant, usize)>,
    /// From one start to the next.
    pace: Duration,
    /// None is started before.
    not_before: Instant,
}

impl Scripts {
    pub(in crate::vrrp) fn iter(&self) -> impl Iterator<Item = &Script> {
        self.all.iter()
    }

    /// When the next one is to be started.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| (*due).max(self.not_before))
    }

    /// Takes over what is tracked now. One of the same name and command goes on as it was.
    pub(super) fn align(
        &mut self,
        models: Vec<TrackScript>,
        rules: &Rules,
        now: Instant,
        reload: bool,
        exec: &mut Exec,
    ) {
        let mut old = std::mem::take(&mut self.all);
        for model in models {
            let Some(script) = &model.script else { continue };
            let program = Program::of(script, rules);
            let before = old.iter().position(|old| old.model.name == model.name && old.program == program);
            let mut new = Script::new(model, program, now, reload);
            if let Some(old) = before.map(|before| old.swap_remove(before)) {
                new.counter = old.counter.carry_to(new.model.rise, new.model.fall);
                (new.running, new.code) = (old.running, old.code);
                // An interval that became shorter counts at once.
                new.due = old.due.min(now.saturating_add(new.model.interval));
                if new.counter.first() == First::Known {
                    let good = if new.is_up() { "successful" } else { "unsuccessful" };
                    info!("VRRP_Script({}) considered {good} on reload", new.model.name);
                }
            }
            self.all.push(new);
        }
        for (run, _) in old.iter().filter_map(|old| old.running) {
            exec.terminate(run);
        }
        self.due = self.all.iter().enumerate().map(|(number, script)| (script.due, number)).collect();
        // All of them begin within half the shortest interval.
        let shortest = self.all.iter().map(|script| script.model.interval).min().unwrap_or_default();
        let count = u32::try_from(self.all.len()).unwrap_or(u32::MAX).max(1);
        self.pace = PACE.min(shortest / 2 / count);
    }

    /// Starts those whose time has come, a few at a time.
    pub(super) fn tick(&mut self, now: Instant, exec: &mut Exec) {
        for _ in 0..STARTS {
            let Some(&(due, number)) = self.due.first().filter(|(due, _)| *due <= now) else { return };
            if self.not_before > now {
                return;
            }
            self.not_before = self.not_before.max(due).saturating_add(self.pace);
            self.due.pop_first();
            let script = &mut self.all[number];
            // An interval of nothing is none. After a stall the missed runs are not made up for.
            script.due = now.saturating_add(script.model.interval.max(PACE));
            self.due.insert((script.due, number));
            start(script, now, exec);
        }
    }

    /// What became of a run; gives the script if there is something to tell.
    pub(super) fn report(&mut self, report: &Report) -> Option<&Script> {
        let of = |script: &&mut Script| script.running.is_some_and(|(run, _)| run == report.id);
        let script = self.all.iter_mut().find(of)?;
        let name = &script.model.name;
        match report.news {
            News::Started(_) => None,
            News::Unkillable(pid) => {
                info!("Script {name} child (PID {pid}) failed to terminate after kill");
                None
            }
            News::Ended(outcome) => {
                script.running = None;
                script.ended(outcome).then_some(script)
            }
        }
    }

    /// The process ends, and they with it.
    pub(super) fn stop(&mut self, exec: &mut Exec) {
        self.due.clear();
        for (run, _) in self.all.iter_mut().filter_map(|script| script.running.take()) {
            exec.terminate(run);
        }
    }
}

fn start(script: &mut Script, now: Instant, exec: &mut Exec) {
    let name = &script.model.name;
    if script.running.is_some() {
        let what = if script.is_overdue(now) { "being timed out" } else { "already running" };
        info!("Track script {name} is {what}, expect idle - skipping run");
        return;
    }
    let run = Run { program: script.program.clone(), limit: Some(script.limit()), class: Class::Watched };
    match exec.start(run) {
        Ok(run) => script.running = Some((run, now)),
        Err(error) => warn!("Track script {name} is not run: {error}"),
    }
}
