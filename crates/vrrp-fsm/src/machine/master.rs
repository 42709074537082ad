//! Master: holding the addresses, advertising and announcing them (RFC 9568 section 6.4.3).

use core::cmp::Ordering;
use core::net::IpAddr;
use core::time::Duration;

use super::{Machine, Master, State};
use crate::time::Timer;
use crate::{Action, Actions, Event, Heard, Instant, Interval, Priority};

/// Whether a master that leaves tells so: one that yields to a better one has been told itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Farewell {
    /// An advert of priority 0.
    Said,
    /// Nothing.
    Silent,
}

/// When the addresses are announced again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bursts {
    second: Timer,
    refresh: Timer,
    lower_prio: Timer,
}

impl Default for Bursts {
    fn default() -> Self {
        Self { second: Timer::OFF, refresh: Timer::OFF, lower_prio: Timer::OFF }
    }
}

impl Bursts {
    pub(super) fn next(&self) -> Timer {
        self.second.min(self.refresh).min(self.lower_prio)
    }
}

fn after(now: Instant, delay: Duration) -> Timer {
    if delay.is_zero() { Timer::OFF } else { Timer::at(now.saturating_add(delay)) }
}

impl Machine {
    pub(super) fn become_master(&mut self, now: Instant, out: &mut Actions) {
        self.restore_ownership(out);
        // The advert goes first: the old master must let go of the addresses before they are announced.
        self.advertise(now, out);
        self.enter(State::Master, out);
        let (from, to) = (self.master_interval, self.config.advert_int);
        if from != to {
            self.master_interval = to;
            out.push(Action::Report(Event::IntervalReset { from, to }));
        }
        out.push(Action::AddAddresses);
        self.begin_announcing(now, out);
    }

    pub(super) fn begin_announcing(&mut self, now: Instant, out: &mut Actions) {
        let plan = self.config.announcements;
        out.push(Action::Announce { rounds: plan.repeat.max(1) });
        self.bursts.second = after(now, plan.delay);
        self.bursts.refresh = if plan.refresh.is_zero() {
            Timer::OFF
        } else {
            after(now, plan.delay.saturating_add(plan.refresh))
        };
    }

    /// Leaves for another state; the addresses go after the word that they do.
    pub(super) fn leave_master(&mut self, state: State, farewell: Farewell, out: &mut Actions) {
        self.bursts = Bursts::default();
        self.forget_rival();
        self.enter(state, out);
        if farewell == Farewell::Said {
            out.push(Action::Send(Priority::STOP));
        }
        out.push(Action::RemoveAddresses);
    }

    pub(super) fn yield_to_backup(
        &mut self,
        now: Instant,
        wait: Duration,
        farewell: Farewell,
        out: &mut Actions,
    ) {
        self.leave_master(State::Backup, farewell, out);
        self.timer = Timer::at(now.saturating_add(wait));
    }

    /// Sends an advert out of turn; the next one is due a whole interval later.
    fn advertise(&mut self, now: Instant, out: &mut Actions) {
        out.push(Action::Send(self.priority));
        self.last_advert = now;
        self.timer = Timer::at(now.saturating_add(self.config.advert_int.duration()));
    }

    /// As [`Self::advertise`], but the schedule stays.
    pub(super) fn advertise_once_more(&mut self, now: Instant, out: &mut Actions) {
        out.push(Action::Send(self.priority));
        self.last_advert = now;
    }

    pub(super) fn tick_as_master(&mut self, now: Instant, out: &mut Actions) {
        if self.timer.is_due(now.saturating_add(self.config.advert_slack)) {
            if let Some(stalled) = self.stalled_too_long(now) {
                return self.give_up(now, stalled, out);
            }
            self.advertise_in_turn(now, out);
            self.count_towards_rival(now);
        }
        self.watch_rival(now, out);
        self.announce_in_turn(now, out);
    }

    /// Others have taken over while this router stood still.
    fn give_up(&mut self, now: Instant, stalled: Duration, out: &mut Actions) {
        out.push(Action::Report(Event::StalledTooLong(stalled)));
        self.yield_to_backup(now, self.master_down(), Farewell::Silent, out);
    }

    /// The schedule is absolute: a late advert does not delay the next, and those that were missed are skipped.
    fn advertise_in_turn(&mut self, now: Instant, out: &mut Actions) {
        let interval = self.config.advert_int.duration().as_nanos() as u64;
        let due = self.timer.moment().unwrap_or(now).as_nanos();
        let missed = now.as_nanos().saturating_sub(due) / interval;
        self.advertise_once_more(now, out);
        self.timer =
            Timer::at(Instant::from_nanos(due.saturating_add((missed + 1).saturating_mul(interval))));
    }

    fn announce_in_turn(&mut self, now: Instant, out: &mut Actions) {
        let plan = self.config.announcements;
        let mut rounds = 0;
        if self.bursts.second.is_due(now) {
            self.bursts.second = Timer::OFF;
            rounds = plan.repeat.max(1);
        }
        if self.bursts.lower_prio.is_due(now) {
            self.bursts.lower_prio = Timer::OFF;
            rounds = rounds.max(plan.lower_prio_repeat);
        }
        if self.bursts.refresh.is_due(now) {
            self.bursts.refresh = after(now, plan.refresh);
            rounds = rounds.max(plan.refresh_repeat.max(1));
        }
        if rounds > 0 {
            out.push(Action::Announce { rounds });
        }
    }

    /// `timer_expired_backup`: others have long taken over, and without preemption they keep it.
    fn stalled_too_long(&self, now: Instant) -> Option<Duration> {
        let priority = self.config.timer_expired_backup.filter(|_| !self.config.preempt)?;
        let interval = self.config.advert_int;
        let limit = interval.duration() * 3 + interval.skew(self.config.version, priority);
        let silent = now.saturating_since(self.last_advert);
        (silent > limit).then_some(silent)
    }

    pub(super) fn hear_as_master(&mut self, now: Instant, heard: Heard, out: &mut Actions) {
        if heard.priority.is_stop() {
            out.push(Action::Report(Event::PriorityZero));
            self.advertise(now, out);
            return;
        }
        if let Some(stalled) = self.stalled_too_long(now) {
            self.give_up(now, stalled, out);
            return self.hear_as_backup(now, heard, out);
        }
        self.consider_rival(heard, out);
        match self.rank(heard) {
            Ordering::Greater => self.yield_to(now, heard, out),
            Ordering::Less => self.assert_mastership(now, heard, out),
            Ordering::Equal => out.push(Action::Report(Event::OwnAddressHeard(heard))),
        }
    }

    /// Whether the sender goes before us: by priority, then by address. Equal only from our own address.
    pub(super) fn rank(&self, heard: Heard) -> Ordering {
        heard.priority.cmp(&self.priority).then_with(|| match (heard.source, self.source) {
            (IpAddr::V4(theirs), Some(IpAddr::V4(ours))) => theirs.cmp(&ours),
            (IpAddr::V6(theirs), Some(IpAddr::V6(ours))) => theirs.cmp(&ours),
            (IpAddr::V4(_) | IpAddr::V6(_), _) => Ordering::Equal,
        })
    }

    fn yield_to(&mut self, now: Instant, heard: Heard, out: &mut Actions) {
        if self.config.higher_prio_send_advert || self.stood_in_for(heard) {
            self.advertise_once_more(now, out);
        }
        out.push(Action::Report(if heard.priority > self.priority {
            Event::HigherPriorityHeard(heard)
        } else {
            Event::SamePriorityHigherAddress(heard)
        }));
        self.learn_interval(heard, out);
        self.master = Some(Master { address: heard.source, priority: heard.priority });
        self.yield_to_backup(now, self.master_down(), Farewell::Silent, out);
        self.follows = true;
    }

    /// Whether the sender is the master that fell silent when this router took over, and may never have known: then
    /// nobody but this router can tell it that its neighbours look for the addresses in the wrong place.
    fn stood_in_for(&self, heard: Heard) -> bool {
        let silent = |master: Master| master.priority >= self.priority && !master.priority.is_stop();
        let back = self.master.is_some_and(|master| master.address == heard.source && silent(master));
        back && !self.config.lower_prio_no_advert
    }

    /// The sync group gives up, and who made it do so has been told.
    pub(super) fn follow_to_backup(&mut self, now: Instant, out: &mut Actions) {
        self.yield_to_backup(now, self.master_down(), Farewell::Silent, out);
    }

    /// Another router that should be a backup believes to be master: tell it, and tell the neighbours again.
    fn assert_mastership(&mut self, now: Instant, heard: Heard, out: &mut Actions) {
        out.push(Action::Report(Event::LowerPriorityHeard(heard)));
        if !self.config.lower_prio_no_advert {
            self.advertise(now, out);
            self.count_towards_rival(now);
        }
        self.announce_again(now, out);
    }

    /// Somebody else may have told the neighbours that the addresses are there.
    pub(super) fn announce_again(&mut self, now: Instant, out: &mut Actions) {
        let plan = self.config.announcements;
        if plan.lower_prio_repeat > 0 {
            out.push(Action::Announce { rounds: plan.lower_prio_repeat });
            self.bursts.lower_prio = after(now, plan.lower_prio_delay);
        }
    }

    /// The address is gone from under us: let the others have it, and come back if nobody wants it.
    pub(super) fn address_lost(&mut self, now: Instant, out: &mut Actions) {
        self.yield_to_backup(now, self.skew(), Farewell::Said, out);
    }

    pub(super) const fn own_interval(&self) -> Interval {
        self.config.advert_int
    }
}
