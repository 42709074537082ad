//! The play itself: one act after the other, each waited for by what is seen.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::act::Act;
use super::cast::Side;
use super::error::DemoError;
use super::event::{Event, Order, Origin, State, What};
use super::lan::Lan;
use super::notice::Notice;
use super::story::Story;
use super::timeline::Timeline;
use super::verdict::{self, Verdict};
use crate::paint::Paint;

/// What has not happened this long after its time does not happen.
const PATIENCE: Duration = Duration::from_secs(6);

/// What runs, and what was seen of it.
#[derive(Debug)]
pub(super) struct Play {
    lan: Lan,
    notices: Receiver<Notice>,
    origin: Origin,
    order: Order,
    story: Story,
    timeline: Timeline,
    verdicts: Vec<Verdict>,
}

impl Play {
    pub(super) fn new(lan: Lan, notices: Receiver<Notice>, origin: Origin, paint: Paint) -> Self {
        Self {
            lan,
            notices,
            origin,
            order: Order::default(),
            story: Story::default(),
            timeline: Timeline::new(paint),
            verdicts: Vec::new(),
        }
    }

    /// Plays every act, until one does not come to its end.
    ///
    /// # Errors
    /// Whatever makes it pointless to go on; a takeover that fails is no error but a verdict.
    pub(super) fn run(&mut self) -> Result<(), DemoError> {
        show(&self.timeline.head())?;
        for act in Act::ALL {
            let verdict = self.act(act)?;
            show(&self.timeline.verdict(&verdict))?;
            let ended = verdict.took.is_some();
            self.verdicts.push(verdict);
            if !ended {
                return show(&format!("\nThe last log lines of both:\n{}", self.lan.log_tail()));
            }
        }
        Ok(())
    }

    pub(super) fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    pub(super) fn story(&self) -> &Story {
        &self.story
    }

    pub(super) fn lan(&self) -> &Lan {
        &self.lan
    }

    /// Waits until the person presses Enter or interrupts.
    pub(super) fn wait_for_person(&self) {
        loop {
            match self.notices.recv() {
                Ok(Notice::Enter | Notice::Signal(_)) | Err(_) => return,
                Ok(Notice::Saw(_) | Notice::WitnessEnded(_)) => {}
            }
        }
    }

    fn act(&mut self, act: Act) -> Result<Verdict, DemoError> {
        let begin = self.origin.elapsed();
        show(&self.timeline.heading(begin, act.heading()))?;
        self.do_it(act)?;
        let limit = begin + act.given() + PATIENCE;
        let end = self.watch(act, limit, |story| verdict::settled(story, act, begin))?;
        Ok(match end {
            Some(end) => verdict::judge(&self.story, act, begin, end),
            None => {
                let waited = (act.given() + PATIENCE).as_secs_f64();
                let why = format!("{} did not take over within {waited:.1} s", act.master().name());
                verdict::failed(&self.story, act, begin, why)
            }
        })
    }

    fn do_it(&mut self, act: Act) -> Result<(), DemoError> {
        match act {
            Act::Start => {
                let begin = self.origin.elapsed();
                self.lan.start(Side::Alpha)?;
                // The higher priority listens first, or the other one might be master for a moment.
                let listens = |what: &What| *what == What::State(Side::Alpha, State::Backup);
                self.watch(act, begin + PATIENCE, |story| story.first(begin, listens))?;
                self.lan.start(Side::Beta)
            }
            Act::AfterCrash | Act::AfterStop => self.lan.start(Side::Alpha),
            Act::Crash => self.lan.crash(Side::Alpha),
            Act::Stop => self.lan.stop(Side::Alpha),
            Act::Cut => self.lan.pull_cable(Side::Alpha),
            Act::Heal => self.lan.plug_cable(Side::Alpha),
        }
    }

    /// Shows what is seen until `done` makes something of it, or `limit` passes.
    fn watch<R>(
        &mut self,
        act: Act,
        limit: Duration,
        done: impl Fn(&Story) -> Option<R>,
    ) -> Result<Option<R>, DemoError> {
        loop {
            while let Some(event) = self.order.ripe(self.origin.elapsed()) {
                self.see(act, event)?;
                if let Some(result) = done(&self.story) {
                    return Ok(Some(result));
                }
            }
            let now = self.origin.elapsed();
            if now >= limit {
                return Ok(None);
            }
            let until = self.order.deadline().unwrap_or(limit).min(limit);
            match self.notices.recv_timeout(until.saturating_sub(now)) {
                Ok(Notice::Saw(event)) => self.order.push(event),
                Ok(Notice::Signal(number)) => return Err(DemoError::Interrupted(number)),
                Ok(Notice::WitnessEnded(why)) => return Err(DemoError::Witness(why)),
                Ok(Notice::Enter) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
            }
        }
    }

    fn see(&mut self, act: Act, event: Event) -> Result<(), DemoError> {
        self.story.push(event);
        show(&self.timeline.event(event))?;
        match event.what {
            What::Ended(side) if side == Side::Beta || !act.ends_alpha() => {
                Err(DemoError::Died { host: side.name(), log: self.lan.log_tail() })
            }
            _ => Ok(()),
        }
    }
}

/// Writes to standard output at once.
pub(super) fn show(text: &str) -> Result<(), DemoError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(DemoError::Output)
}
