//! The FIFOs that VRRP writes to, `notify_fifo` and `vrrp_notify_fifo`, and the scripts that read them.

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use kaconf::model::{self, Global, Script, Scripts};
use tracing::{info, warn};

use crate::exec::{Class, Exec, News, Outcome, Program, Report, Run, RunId, Who};
use crate::fifo::{Fifo, Setting};

/// One FIFO and its script.
#[derive(Debug, Default)]
struct Pipe {
    fifo: Option<Fifo>,
    script: Option<Script>,
    running: Option<RunId>,
}

/// All of them, in the order they are written to.
#[derive(Debug, Default)]
pub(super) struct Pipes {
    all: Pipe,
    vrrp: Pipe,
}

impl Pipes {
    fn each(&mut self) -> [&mut Pipe; 2] {
        [&mut self.all, &mut self.vrrp]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.fifo.is_none() && self.vrrp.fifo.is_none()
    }

    /// Goes over to what a configuration says; gives the scripts that are to end.
    pub(super) fn change(&mut self, global: &Global, bell: &OwnedFd) -> Vec<RunId> {
        let fifos = &global.fifos;
        let all = self.all.change(&fifos.all, "", &global.scripts, bell);
        let vrrp = self.vrrp.change(&fifos.vrrp, "vrrp_", &global.scripts, bell);
        all.into_iter().chain(vrrp).collect()
    }

    /// Writes a line to each.
    pub(super) fn write(&mut self, line: &str) {
        for fifo in self.each().into_iter().filter_map(|pipe| pipe.fifo.as_mut()) {
            fifo.write(line);
        }
    }

    /// Starts the scripts of those that were opened.
    pub(super) fn start_scripts(&mut self, exec: &mut Exec, rules: &Scripts) {
        for pipe in self.each() {
            if pipe.fifo.as_ref().and_then(Fifo::opened) == Some(true) {
                pipe.start_script(exec, rules);
            }
        }
    }

    /// Takes a report; false if it is not about one of the scripts.
    pub(super) fn heard(&mut self, report: &Report) -> bool {
        let Some(pipe) = self.each().into_iter().find(|pipe| pipe.running == Some(report.id)) else {
            return false;
        };
        if let News::Ended(outcome) = report.news {
            pipe.running = None;
            match outcome {
                Outcome::NotStarted(refusal) => warn!("the script of a notify fifo is not run: {refusal}"),
                _ => info!("vrrp notify fifo script terminated"),
            }
        }
        true
    }

    /// Closes them, and gives the scripts that are to end.
    pub(super) fn close(&mut self, limit: Duration) -> Vec<RunId> {
        let until = crate::clock::now() + limit;
        let left = |until: Instant| until.saturating_duration_since(crate::clock::now());
        let mut scripts = Vec::new();
        for pipe in self.each() {
            if let Some(fifo) = pipe.fifo.take() {
                fifo.close(left(until));
            }
            scripts.extend(pipe.running);
        }
        scripts
    }
}

impl Pipe {
    fn change(
        &mut self,
        wanted: &model::Fifo,
        of: &'static str,
        rules: &Scripts,
        bell: &OwnedFd,
    ) -> Option<RunId> {
        let setting = wanted.path.as_ref().map(|path| {
            let owner = Who::of(wanted.user.as_deref(), wanted.group.as_deref(), rules);
            Setting { path: path.clone(), owner, of }
        });
        if setting.as_ref() == self.fifo.as_ref().map(|fifo| &fifo.setting) && wanted.script == self.script {
            return None;
        }
        self.script = wanted.script.clone();
        let before = self.fifo.take();
        if let Some(setting) = setting {
            let path = setting.path.clone();
            let opened = bell.try_clone().and_then(|bell| Fifo::open(setting, bell, before));
            self.fifo = opened.map_err(|error| warn!("notify fifo {}: {error}", path.display())).ok();
        }
        self.running.take()
    }

    /// The script is told the path.
    fn start_script(&mut self, exec: &mut Exec, rules: &Scripts) {
        let (Some(fifo), Some(script)) = (&self.fifo, &self.script) else { return };
        let path = fifo.setting.path.to_string_lossy();
        let program = Program::of(script, rules).with_arguments([&*path]);
        match exec.start(Run { program, limit: None, class: Class::Watched }) {
            Ok(id) => self.running = Some(id),
            Err(error) => warn!("the script of notify fifo {path} is not run: {error}"),
        }
    }
}
