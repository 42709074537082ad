//! What no history may show.
//!
//! Some laws hold always: addresses follow the state, every change is told, nobody sleeps for ever. The laws
//! of calm hold when nothing has happened for long enough that the protocol's timers explain nothing any
//! more: then each virtual router has one master, the right one, and no state changes.

use core::time::Duration;

use vrrp_fsm::{Action, Config, Instant, Priority, State, Version, Vrid};

use super::{Group, Lan};
use crate::Violation;
use crate::node::{Host, NodeId, Router};

impl Lan {
    /// Whether the LAN carries everything to everyone, and soon enough.
    pub(super) fn is_fine(&self) -> bool {
        self.weather.is_fine(self.shortest) && self.cuts.is_empty() && self.parted.is_empty()
    }

    pub(super) fn trouble_until(&mut self, at: Instant) {
        self.troubled = self.troubled.max(at);
    }

    /// How long nothing has happened.
    fn calm(&self) -> Duration {
        self.now.saturating_since(self.troubled)
    }

    /// The longest that members may need to agree. Each summand is the worst case of one thing that may have
    /// begun only when the one before it ended.
    pub(super) fn reckon_settling(&mut self) {
        for host in &self.hosts {
            for router in &host.routers {
                self.groups.entry(router.member.vrid).or_default();
            }
        }
        let hosts = &self.hosts;
        for (vrid, group) in &mut self.groups {
            let configs =
                || hosts.iter().filter_map(|host| host.find(*vrid)).map(|router| &router.member.config);
            let longest = configs().map(|config| config.advert_int).max();
            let down = configs().map(|config| master_down(config, longest)).max().unwrap_or_default();
            let delay = configs().map(|config| config.preempt_delay).max().unwrap_or_default();
            // A silent master is missed, the delay runs, the takeover comes, and owners quarrel.
            group.settles_in = down * 3 + delay;
        }
        let vrids: Vec<Vrid> = self.groups.keys().copied().collect();
        for vrid in vrids {
            self.count_holders(vrid);
        }
    }

    /// Whether an action may follow what its router did before.
    pub(super) fn check_order(
        &self,
        node: NodeId,
        vrid: Vrid,
        before: State,
        action: Action,
    ) -> Result<(), Violation> {
        let Some(router) = self.hosts[node.index()].find(vrid) else {
            return Ok(());
        };
        let (told, holds) = (router.told, router.holds);
        let in_place = match action {
            Action::AddAddresses => !holds && told == State::Master,
            Action::RemoveAddresses => holds && told != State::Master,
            Action::Announce { rounds } => holds && rounds > 0,
            Action::Entered(state) => state != told,
            // Whoever sends was master or becomes it; a farewell comes before a master leaves.
            Action::Send(Priority::STOP) => {
                before == State::Master && router.machine.state() != State::Master
            }
            Action::Send(_) => before == State::Master || router.machine.state() == State::Master,
            Action::Report(_) => true,
        };
        if !in_place {
            return Err(Violation::OutOfPlace { node, vrid, action, state: told });
        }
        let calm = self.calm();
        match action {
            Action::Entered(state) if calm > self.settles_in(vrid) => {
                Err(Violation::Unexplained { node, vrid, state, calm })
            }
            _ => Ok(()),
        }
    }

    /// What holds of a router after each of its steps.
    pub(super) fn check_router(&self, node: NodeId, vrid: Vrid) -> Result<(), Violation> {
        let Some(router) = self.hosts[node.index()].find(vrid) else {
            return Ok(());
        };
        let (state, told, held) = (router.machine.state(), router.told, router.holds);
        if held != (state == State::Master) {
            return Err(Violation::AddressesDoNotFollowState { node, vrid, held, state });
        }
        if told != state {
            return Err(Violation::StateNotTold { node, vrid, told, state });
        }
        let takes_part = matches!(state, State::Backup | State::Master);
        if takes_part && router.machine.deadline().is_none() {
            return Err(Violation::Asleep { node, vrid, state });
        }
        Ok(())
    }

    /// What holds of a sync group whenever it has done what it decided.
    pub(super) fn check_group(&self, node: NodeId) -> Result<(), Violation> {
        let host = &self.hosts[node.index()];
        let state = |router: &Router| router.machine.state();
        let Some(first) = host.routers.first().map(state) else { return Ok(()) };
        if host.routers.iter().any(|router| state(router) == State::Init) {
            return Ok(());
        }
        match host.routers.iter().find(|router| state(router) != first) {
            Some(other) => {
                let (vrid, state) = (other.member.vrid, state(other));
                Err(Violation::TornApart { node, vrid, state, others: first })
            }
            None => Ok(()),
        }
    }

    /// The laws of calm.
    pub(super) fn check(&self) -> Result<(), Violation> {
        let calm = self.calm();
        for (vrid, group) in &self.groups {
            if calm > group.settles_in {
                self.check_calm(*vrid, group, calm)?;
            }
        }
        Ok(())
    }

    fn check_calm(&self, vrid: Vrid, group: &Group, calm: Duration) -> Result<(), Violation> {
        let mut able = self.able(vrid).peekable();
        if able.peek().is_none() {
            return Ok(());
        }
        let masters = group.watch.holders;
        let (1, Some((master, its))) = (masters, able.find(|(_, router)| router.holds)) else {
            return Err(Violation::NotOneMaster { vrid, masters, calm });
        };
        let better =
            |(_, other): &(NodeId, &Router)| other.machine.config().preempt && rank(other) > rank(its);
        match self.able(vrid).find(better) {
            Some((better, _)) => Err(Violation::WrongMaster { vrid, master, better, calm }),
            None => Ok(()),
        }
    }

    /// The routers that take part in a virtual router now.
    fn able(&self, vrid: Vrid) -> impl Iterator<Item = (NodeId, &Router)> {
        let takes_part = |host: &&Host| host.running && host.linked;
        let routers = self.hosts.iter().filter(takes_part);
        routers
            .filter_map(move |host| Some((host.id, host.find(vrid)?)))
            .filter(|(_, router)| matches!(router.machine.state(), State::Backup | State::Master))
    }
}

/// An owner is one even after it stepped down before another.
fn rank(router: &Router) -> Priority {
    let configured = router.machine.config().priority;
    if configured.is_owner() { configured } else { router.machine.priority() }
}

/// Of the lowest priority, after the slowest master.
fn master_down(config: &Config, longest: Option<vrrp_fsm::Interval>) -> Duration {
    let interval = match config.version {
        Version::V2 => config.advert_int,
        Version::V3 => longest.unwrap_or(config.advert_int),
    };
    let adverts = u32::from(config.down_timer_adverts.get()).max(3);
    interval.duration() * adverts + interval.skew(config.version, Priority::new(1))
}
