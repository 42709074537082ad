//! One virtual router: its state, its timers, and the one match through which every input goes.
//!
//! What a state does is in the files beside this one: `backup`, `master`, `fault`, `owner`.

mod backup;
mod fault;
mod master;
mod owner;
mod reconfigure;
#[cfg(test)]
mod tests;

use core::net::IpAddr;
use core::time::Duration;

use crate::time::Timer;
use crate::{
    Action, Actions, Config, ConfigError, Event, Faults, Input, Instant, Interval, Lead, Member, Membership,
    Priority,
};
use master::{Bursts, Farewell};
use owner::Rival;

/// State of a virtual router (RFC 9568 section 6.3, and keepalived's Fault).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Not taking part: not started, held back, or stopped.
    Init,
    /// Listening to a master, ready to take over.
    Backup,
    /// Holding the addresses and advertising.
    Master,
    /// Unable to serve.
    Fault,
}

/// The master a router last listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Master {
    /// Where its adverts come from.
    pub address: IpAddr,
    /// The priority of the last one.
    pub priority: Priority,
}

/// The election machine of one virtual router.
///
/// ```text
///              Start                      timeout
///      Init ----------> Backup  -------------------> Master
///       ^  \              ^  ^                         |
///       |   \ owner       |  +--- better advert -------+
///  Stop |    \            |       address lost         |
///       |     +-----------|--------------------> Master|
///       |                 | cleared                    |
///   (any state)         Fault <------ Fault -----------+  (from Backup and Init too)
/// ```
#[derive(Clone, Debug)]
pub struct Machine {
    config: Config,
    state: State,
    /// The effective priority; see [`Config::priority`].
    priority: Priority,
    source: Option<IpAddr>,
    faults: Faults,
    master: Option<Master>,
    /// Master_Adver_Interval: learned in VRRPv3, our own otherwise.
    master_interval: Interval,
    /// The one timer of the state: end of the hold in Init, master down in Backup, next advert in Master.
    timer: Timer,
    /// When a lower master has been tolerated long enough.
    preempt_at: Timer,
    bursts: Bursts,
    rival: Rival,
    last_advert: Instant,
    membership: Membership,
    /// A backup whose master-down time is over, but whose group is not ready.
    wants_master: bool,
    /// A backup that has accepted a master since it became one.
    follows: bool,
}

impl Machine {
    /// A router that has not started.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        let config = config.checked()?;
        Ok(Self {
            state: State::Init,
            priority: config.priority,
            source: None,
            faults: Faults::empty(),
            master: None,
            master_interval: config.advert_int,
            timer: Timer::OFF,
            preempt_at: Timer::OFF,
            bursts: Bursts::default(),
            rival: Rival::None,
            last_advert: Instant::default(),
            membership: Membership::Alone,
            wants_master: false,
            follows: false,
            config,
        })
    }

    /// Takes one input. Total: every pair of state and input is legal at any `now`. Never blocks, allocates or
    /// panics.
    #[must_use]
    pub fn step(&mut self, now: Instant, input: Input) -> Actions {
        let mut out = Actions::new();
        self.transition(now, input, &mut out);
        out
    }

    fn transition(&mut self, now: Instant, input: Input, out: &mut Actions) {
        use {Input as I, State as S};
        match (self.state, input) {
            (S::Init, I::Start { hold }) if hold.is_zero() => self.begin(now, out),
            (S::Init, I::Start { hold }) => self.timer = Timer::at(now.saturating_add(hold)),
            (S::Init, I::Tick) if self.timer.is_due(now) => self.begin(now, out),
            (S::Backup, I::Tick) if self.timer.is_due(now) => self.take_over(now, out),
            (S::Master, I::Tick) => self.tick_as_master(now, out),
            (S::Backup, I::Advert(heard)) => self.hear_as_backup(now, heard, out),
            (S::Master, I::Advert(heard)) => self.hear_as_master(now, heard, out),
            (S::Master, I::AddressLost) => self.address_lost(now, out),
            (S::Master, I::AddressesAdded) => self.begin_announcing(now, out),
            (S::Master, I::BeforeReload) => self.advertise_once_more(now, out),
            (S::Backup, I::Follow(Lead::Master)) => self.become_master(now, out),
            (S::Master, I::Follow(Lead::Backup)) => self.follow_to_backup(now, out),
            (S::Master, I::RivalHeard) => self.announce_again(now, out),
            (_, I::Membership(membership)) => self.membership = membership,
            (_, I::Priority(priority)) => self.set_priority(now, priority, out),
            (_, I::Source(source)) => self.source = source,
            (_, I::Fault(faults)) => self.add_faults(faults, out),
            (_, I::Cleared(faults)) => self.clear_faults(now, faults, out),
            (_, I::Stop) => self.stop(out),
            (S::Init | S::Fault, I::Advert(_))
            | (S::Init | S::Backup | S::Fault, I::Tick | I::AddressLost | I::BeforeReload | I::RivalHeard)
            | (S::Init | S::Backup | S::Fault, I::AddressesAdded)
            | (S::Init | S::Backup | S::Fault, I::Follow(Lead::Backup))
            | (S::Init | S::Master | S::Fault, I::Follow(Lead::Master))
            | (S::Backup | S::Master | S::Fault, I::Start { .. }) => {}
        }
    }

    /// Call [`Self::step`] with [`Input::Tick`] no later than this. A query, so there is no timer to cancel.
    #[inline]
    pub fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Init | State::Backup => self.timer.moment(),
            State::Master => self.timer.min(self.bursts.next()).min(self.rival.timer()).moment(),
            State::Fault => None,
        }
    }

    /// Present state.
    pub const fn state(&self) -> State {
        self.state
    }

    /// Effective priority: what an advert sent now carries.
    pub const fn priority(&self) -> Priority {
        self.priority
    }

    /// Why it cannot serve; empty when it can.
    pub const fn faults(&self) -> Faults {
        self.faults
    }

    /// Whether it is in Fault only because nothing was heard yet of what it tracks: nobody needs to be told.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.state, State::Fault) && Faults::WAITING.contains(self.faults)
    }

    /// Whether it goes with others.
    pub const fn membership(&self) -> Membership {
        self.membership
    }

    /// What its sync group has to know of it.
    pub const fn as_member(&self) -> Member {
        Member {
            state: self.state,
            wants_master: self.wants_master,
            follows: self.follows,
            faults: self.faults,
        }
    }

    /// The master it last listened to; itself it does not count.
    pub const fn master(&self) -> Option<Master> {
        self.master
    }

    /// Master_Adver_Interval: the interval that the master-down time is made of.
    pub const fn master_interval(&self) -> Interval {
        self.master_interval
    }

    /// What it was configured with.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// When the Advert timer or the Master-down timer of the present state runs out.
    pub const fn timer(&self) -> Option<Instant> {
        self.timer.moment()
    }

    /// When it last sent an advert; the beginning of time if it never has.
    pub const fn last_advert(&self) -> Instant {
        self.last_advert
    }

    /// Skew_Time: the better the priority, the sooner (RFC 9568 section 6.1).
    pub const fn skew(&self) -> Duration {
        self.master_interval.skew(self.config.version, self.priority)
    }

    /// Master_Down_Interval: how long the master may be silent.
    pub fn master_down(&self) -> Duration {
        self.master_interval.duration() * u32::from(self.config.down_timer_adverts.get()) + self.skew()
    }

    /// The hold is over, or there was none.
    fn begin(&mut self, now: Instant, out: &mut Actions) {
        self.timer = Timer::OFF;
        if self.faults.is_empty() {
            self.rejoin(now, out);
        } else {
            self.enter_fault(out);
        }
    }

    /// From Init or Fault into the election: the owner at once, others after listening for a master. An owner that
    /// goes with others that are not waits like them.
    fn rejoin(&mut self, now: Instant, out: &mut Actions) {
        self.master_interval = self.config.advert_int;
        if self.priority.is_owner() && self.membership != Membership::Member {
            self.become_master(now, out);
        } else {
            self.enter_backup(now, self.master_down(), out);
        }
    }

    /// RFC 9568 section 6.4: Shutdown event, in whatever state.
    fn stop(&mut self, out: &mut Actions) {
        if self.state == State::Master {
            self.leave_master(State::Init, Farewell::Said, out);
        } else if self.state != State::Init {
            self.enter(State::Init, out);
        }
        self.timer = Timer::OFF;
    }

    /// The one place where the state changes.
    fn enter(&mut self, state: State, out: &mut Actions) {
        self.state = state;
        self.preempt_at = Timer::OFF;
        (self.wants_master, self.follows) = (false, false);
        out.push(Action::Entered(state));
    }

    fn set_priority(&mut self, now: Instant, priority: Priority, out: &mut Actions) {
        let priority = self.effective(priority);
        if self.config.priority.is_owner() || priority == self.priority {
            return;
        }
        let before = self.master_down();
        out.push(Action::Report(Event::PriorityChanged { from: self.priority, to: priority }));
        self.priority = priority;
        self.shift_master_down(now, before);
    }

    /// A backup whose master-down time changed keeps the silence it has already listened to.
    fn shift_master_down(&mut self, now: Instant, before: Duration) {
        if let (State::Backup, Some(was)) = (self.state, self.timer.moment()) {
            let silent_since = Instant::from_nanos(was.as_nanos().saturating_sub(before.as_nanos() as u64));
            self.timer = Timer::at(silent_since.saturating_add(self.master_down()).max(now));
        }
    }
}
