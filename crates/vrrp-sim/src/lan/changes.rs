//! What befalls the LAN, carried out.

use core::time::Duration;

use vrrp_fsm::{Faults, Input, Instant, State, SyncGroup, Vrid};

use super::Lan;
use crate::node::{Host, NodeId, Router, Stall, Waiting};
use crate::{Change, Violation, Wakes, Weather, What};

impl Lan {
    /// Does something to the LAN at this moment.
    ///
    /// # Errors
    /// [`Violation`] when a machine answers what it must not.
    pub fn apply(&mut self, change: Change) -> Result<(), Violation> {
        self.timeline.note(self.now, What::Changed(change));
        self.trouble_until(self.now);
        match change {
            Change::Start { node, hold } => self.start(node, hold)?,
            Change::Stop(node) => self.stop(node)?,
            Change::Crash(node) => self.crash(node),
            Change::LinkDown(node) => self.set_link(node, false)?,
            Change::LinkUp(node) => self.set_link(node, true)?,
            Change::Stall { node, lasting, wakes } => self.stall(node, lasting, wakes),
            Change::Cut { from, to } => {
                if from != to {
                    self.cuts.insert((from, to));
                }
            }
            Change::Mend { from, to } => {
                self.cuts.remove(&(from, to));
            }
            Change::Weather(weather) => self.weather = weather,
            Change::Priority { node, vrid, priority } => {
                self.tell(node, Some(vrid), Input::Priority(priority))?;
            }
            Change::Fails { node, vrid } => {
                self.tell(node, Some(vrid), Input::Fault(Faults::TRACKED))?;
            }
            Change::Recovers { node, vrid } => {
                self.tell(node, Some(vrid), Input::Cleared(Faults::TRACKED))?;
            }
            Change::CutOff { from, to, vrid } => {
                if from != to {
                    self.parted.insert((from, to, vrid));
                }
            }
            Change::AddressLost { node, vrid } => self.tell(node, Some(vrid), Input::AddressLost)?,
            Change::Heal => self.heal()?,
        }
        self.check()
    }

    /// Arranges for something to be done at a moment; one that is past is now.
    pub fn schedule(&mut self, at: Instant, change: Change) {
        let place = self.arrange(at.max(self.now));
        self.changes.insert(place, change);
    }

    fn start(&mut self, node: NodeId, hold: Duration) -> Result<(), Violation> {
        let now = self.now;
        let Some(host) = self.hosts.get_mut(node.index()).filter(|host| !host.running) else {
            return Ok(());
        };
        host.running = true;
        let linked = host.linked;
        let mut vrids = Vec::new();
        for router in &mut host.routers {
            router.machine = router.fresh.clone();
            router.told = State::Init;
            vrids.push((router.member.vrid, router.member.family()));
        }
        host.group = host.group.map(|_| SyncGroup::new());
        let membership = host.membership();
        self.trouble_until(now.saturating_add(hold));
        for (vrid, family) in &vrids {
            self.feed(node, *vrid, Input::Membership(membership))?;
            self.feed(node, *vrid, Input::Source(Some(node.address(*family))))?;
            if !linked {
                self.feed(node, *vrid, Input::Fault(Faults::INTERFACE_DOWN))?;
            }
        }
        for (vrid, _) in vrids {
            self.feed(node, vrid, Input::Start { hold })?;
        }
        Ok(())
    }

    fn stop(&mut self, node: NodeId) -> Result<(), Violation> {
        let Some(host) = self.hosts.get_mut(node.index()).filter(|host| host.running) else {
            return Ok(());
        };
        if host.stall.is_some() {
            host.keep(Waiting::Stop);
            return Ok(());
        }
        self.shut_down(node)
    }

    /// The node reads the signal that tells it to stop.
    pub(super) fn shut_down(&mut self, node: NodeId) -> Result<(), Violation> {
        self.feed_all(node, Input::Stop)?;
        self.hosts[node.index()].running = false;
        self.hosts[node.index()].waiting.clear();
        Ok(())
    }

    fn crash(&mut self, node: NodeId) {
        let Some(host) = self.hosts.get_mut(node.index()).filter(|host| host.running) else {
            return;
        };
        host.running = false;
        host.stall = None;
        host.waiting.clear();
        let mut vrids = Vec::new();
        for router in &mut host.routers {
            router.machine = router.fresh.clone();
            router.holds = false;
            router.told = State::Init;
            vrids.push(router.member.vrid);
        }
        for vrid in vrids {
            self.count_holders(vrid);
        }
    }

    fn set_link(&mut self, node: NodeId, up: bool) -> Result<(), Violation> {
        let Some(host) = self.hosts.get_mut(node.index()).filter(|host| host.linked != up) else {
            return Ok(());
        };
        host.linked = up;
        let down = Faults::INTERFACE_DOWN;
        self.tell(node, None, if up { Input::Cleared(down) } else { Input::Fault(down) })
    }

    fn stall(&mut self, node: NodeId, lasting: Duration, wakes: Wakes) {
        let until = self.now.saturating_add(lasting);
        let Some(host) = self.hosts.get_mut(node.index()).filter(|host| host.running) else {
            return;
        };
        // One that stands still already does so for as long as the longer of both.
        let until = host.stall.map_or(until, |stall| stall.until.max(until));
        host.stall = Some(Stall { until, wakes });
        self.trouble_until(until);
    }

    fn heal(&mut self) -> Result<(), Violation> {
        self.weather = Weather::FINE;
        self.cuts.clear();
        self.parted.clear();
        self.air.retain(|_, flight| !flight.troubled);
        for index in 0..self.hosts.len() {
            let node = self.hosts[index].id;
            self.wake(node)?;
            self.set_link(node, true)?;
            self.tell(node, None, Input::Cleared(Faults::TRACKED))?;
            self.start(node, Duration::ZERO)?;
        }
        // Trouble that lay ahead is over, but for the holds that still run.
        self.troubled = self.now;
        let held = |host: &Host| host.next().filter(|_| host.routers.iter().any(Router::is_held_back));
        if let Some(end) = self.hosts.iter().filter_map(held).max() {
            self.trouble_until(end);
        }
        Ok(())
    }

    /// An input that is not a packet; waits if the node stands still.
    fn tell(&mut self, node: NodeId, vrid: Option<Vrid>, input: Input) -> Result<(), Violation> {
        let Some(host) = self.hosts.get_mut(node.index()).filter(|host| host.running) else {
            return Ok(());
        };
        if host.stall.is_some() {
            host.keep(Waiting::Input(vrid, input));
            return Ok(());
        }
        self.hand_over(node, vrid, input)
    }
}
