//! The judgement of one event: who is master, who holds what, what the client believes, and when.

use std::time::{Duration, Instant};

use super::report::{Event, ScenarioError, Side, Takeover};
use super::scene::{Act, Other, PATIENCE, Scene, index, rival, spoken_by};
use crate::{Frame, LabError, Mark};

/// A takeover may be this much later than the protocol says: a loaded machine, and the time to bring an address up.
const SLACK: Duration = Duration::from_millis(500);
/// No takeover may be earlier than this before the protocol says.
const EARLY: Duration = Duration::from_millis(2);
/// A daemon may take this long to read its configuration and begin.
const STARTUP: Duration = Duration::from_secs(2);
/// A client that is told of the new master follows within this time.
const CLIENT_TOLD: Duration = Duration::from_millis(500);
/// What happens within this time happens at once.
const MOMENT: Duration = Duration::from_millis(20);
/// A client that is not told finds out by itself in this time, and hardly before a second.
const CLIENT_ALONE: Duration = Duration::from_secs(20);

/// What the wire says of a takeover.
struct OnTheWire {
    first: Instant,
    waited: Option<Duration>,
}

impl Scene {
    /// Judges an event that makes `master` the master: it advertises, holds the addresses, the other one is as it
    /// should be, the client's packets go to the master and are answered, the time is the protocol's, and nothing
    /// else moved.
    pub(super) fn judge(&mut self, act: Act, master: Side, other: Other) -> Result<(), ScenarioError> {
        let event = act.event;
        let lab = |source| ScenarioError::Lab { event, source };
        let wire = self.on_the_wire(act, master).map_err(lab)?;
        let held = self.router(master).wait_active(PATIENCE).map_err(lab)?.max(act.begin);
        let mut settled = held.max(wire.first);
        if other == Other::Idle {
            settled = settled.max(self.router(rival(master)).wait_idle(PATIENCE).map_err(lab)?);
        }
        let client = self.client_follows(act, master, other).map_err(lab)?;
        let silence = self.pings.longest_silence(act.begin);
        self.judge_quiet(event, master, other, settled)?;
        self.judge_addresses(event, master, other)?;
        self.judge_turns(act, master)?;
        let takeover = Takeover {
            event,
            master,
            settled: settled.saturating_duration_since(act.begin),
            waited: wire.waited,
            theory: self.theory(event, master),
            client: client.map(|at| at.saturating_duration_since(act.begin)),
            silence,
        };
        self.judge_time(&takeover)?;
        self.judge_announcement(&takeover, wire.first)?;
        self.takeovers.push(takeover);
        Ok(())
    }

    /// Waits for the first advert of the new master, and reads how long it waited since the last of the old one.
    fn on_the_wire(&self, act: Act, master: Side) -> Result<OnTheWire, LabError> {
        let wire = self.wire(master);
        let begin = |frame: &&Frame| frame.at >= act.begin;
        let first = wire.wait_for(act.wires[index(master)], "the master's advert", self.limit(), |frame| {
            let frame = Some(frame).filter(begin)?;
            spoken_by(frame, master).then_some(frame.at)
        });
        let first = first?;
        let since_an_advert =
            matches!(act.event, Event::Crash | Event::Stop | Event::LinkDown | Event::Partition);
        let heard = wire.since(Mark::START);
        let of_another = |frame: &&Frame| frame.advert().is_some() && !spoken_by(frame, master);
        let last = heard.iter().rev().filter(of_another).find(|frame| frame.at < first);
        let waited = last.filter(|_| since_an_advert).map(|last| first.saturating_duration_since(last.at));
        Ok(OnTheWire { first, waited })
    }

    fn judge_addresses(&self, event: Event, master: Side, other: Other) -> Result<(), ScenarioError> {
        let lab = |source| ScenarioError::Lab { event, source };
        let wrong = |side, what| ScenarioError::Addresses { event, side, what, logs: self.lab.log_tail() };
        if !self.router(master).holds_all().map_err(lab)? {
            return Err(wrong(master, "is master and lacks an address"));
        }
        let rival = rival(master);
        if other == Other::Idle && !self.router(rival).holds_none().map_err(lab)? {
            return Err(wrong(rival, "is not master and has an address"));
        }
        if other == Other::Unaware && !self.router(rival).holds_all().map_err(lab)? {
            return Err(wrong(rival, "does not hear the master and lacks an address"));
        }
        Ok(())
    }

    /// Waits until the client's packets go to the master and are answered.
    ///
    /// A crashed router still answers for the addresses, so that the client, unless told, never looks for another.
    fn client_follows(&self, act: Act, master: Side, other: Other) -> Result<Option<Instant>, LabError> {
        let router = self.router(master);
        let untold = other == Other::Crashed && router.quirks().announcement_lost;
        let follows = match untold {
            true => None,
            false => {
                let target = self.protocol.target();
                Some(self.client.wait_for_neighbour(target, router.mac(), CLIENT_ALONE)?.max(act.begin))
            }
        };
        self.pings.wait_for_answer(self.pings.mark(), PATIENCE)?;
        Ok(follows)
    }

    /// The client heard of the takeover. There is nothing to hear where a master, after a partition, knew of no
    /// other; and where the other one announced itself in the same moment, either may have been heard last.
    fn judge_announcement(&self, takeover: &Takeover, first: Instant) -> Result<(), ScenarioError> {
        let &Takeover { event, master, settled, .. } = takeover;
        let late = takeover.client.unwrap_or_default().saturating_sub(settled);
        let silent = event == Event::Healing || self.router(master).quirks().announcement_lost;
        if late > CLIENT_TOLD && !silent && !self.crossed(master, first) {
            return Err(ScenarioError::Client { event, late, logs: self.lab.log_tail() });
        }
        Ok(())
    }

    /// Whether the other router announced the address just before the master's first advert, or after it.
    fn crossed(&self, master: Side, first: Instant) -> bool {
        let (mac, address) = (self.router(rival(master)).mac(), self.protocol.target());
        self.wire(master).since(Mark::START).iter().any(|frame| {
            let told = frame.announcement().is_some_and(|told| told.mac == mac && told.address == address);
            told && frame.at + MOMENT > first
        })
    }

    /// Two more adverts of the master, and none of the other one since all was settled.
    fn judge_quiet(
        &self,
        event: Event,
        master: Side,
        other: Other,
        settled: Instant,
    ) -> Result<(), ScenarioError> {
        let wire = self.wire(master);
        let mark = wire.mark();
        let mut adverts = 0;
        let second = wire.wait_for(mark, "two more adverts of the master", self.limit(), |frame| {
            adverts += usize::from(spoken_by(frame, master));
            (adverts == 2).then_some(frame.at)
        });
        let second = second.map_err(|source| ScenarioError::Lab { event, source })?;
        let between = |frame: &Frame| settled < frame.at && frame.at <= second;
        let rival = rival(master);
        let spoke = |frame: &Frame| between(frame) && spoken_by(frame, rival);
        if other != Other::Unaware && wire.since(Mark::START).iter().any(spoke) {
            return Err(ScenarioError::TwoMasters { event, side: rival, logs: self.lab.log_tail() });
        }
        Ok(())
    }

    /// Each router turned at most once, and the right way. But a router that comes back from a crash first gives up
    /// what the crash left; and the lower one may try its luck when it happened to start first, or when the master
    /// is of a kind that speaks late.
    fn judge_turns(&self, act: Act, master: Side) -> Result<(), ScenarioError> {
        let event = act.event;
        for side in [Side::Left, Side::Right] {
            let (gained, lost) = self.router(side).turns_since(act.begin);
            let alone = event == Event::Start || self.router(master).quirks().first_advert_late;
            let tried = usize::from(side != master && alone);
            let may_gain = usize::from(side == master) + tried;
            let may_lose = usize::from(side != master || event == Event::ReturnFromCrash) + tried;
            if gained > may_gain || lost > may_lose {
                return Err(ScenarioError::Flapping { event, side, gained, lost, logs: self.lab.log_tail() });
            }
        }
        Ok(())
    }

    fn judge_time(&self, takeover: &Takeover) -> Result<(), ScenarioError> {
        let &Takeover { event, theory, .. } = takeover;
        let (waited, slack) = match takeover.waited {
            Some(waited) => (waited, SLACK),
            None => (takeover.settled, SLACK + STARTUP),
        };
        let early = match event {
            // The backup hears the master after an interval at most.
            Event::Healing => theory,
            Event::LinkUp if self.router(takeover.master).quirks().resumes_at_once => theory,
            _ => EARLY,
        };
        if waited + early < theory || waited > theory + slack {
            return Err(ScenarioError::Time { event, waited, theory, logs: self.lab.log_tail() });
        }
        Ok(())
    }
}
