//! Which processes count for which trackers. Pure: it is told of processes, and tells of quorums.

use std::collections::BTreeMap;
use std::time::Instant;

use kaconf::model::TrackProcess;

use super::pattern::{Look, Pattern};
use super::quorum::{Cause, Quorum};

/// One `vrrp_track_process`.
#[derive(Clone, Debug)]
pub(super) struct Tracker {
    pub(super) model: TrackProcess,
    pattern: Pattern,
    pub(super) quorum: Quorum,
}

/// All of them, and who counts.
#[derive(Debug, Default)]
pub(super) struct Census {
    trackers: Vec<Tracker>,
    /// For which trackers a process counts, by their places; never none.
    counted: BTreeMap<i32, Vec<usize>>,
    /// Trackers that turned, in order.
    turned: Vec<usize>,
}

impl Census {
    /// Of these trackers, with all processes there are. No delay applies to one that is new.
    pub(super) fn new(models: Vec<TrackProcess>, found: &[(i32, Look)]) -> Self {
        let trackers = models.into_iter().map(|model| Tracker {
            pattern: Pattern::of(&model),
            quorum: Quorum::new(&model, 0),
            model,
        });
        let mut new = Self { trackers: trackers.collect(), ..Self::default() };
        new.counted = new.all_of(found);
        for (place, count) in new.counts().into_iter().enumerate() {
            let tracker = &mut new.trackers[place];
            tracker.quorum = Quorum::new(&tracker.model, count);
        }
        new
    }

    /// Trackers that are the same as before keep what was told of them, and the delays that run.
    pub(super) fn carry(&mut self, before: &Self, now: Instant) {
        for place in 0..self.trackers.len() {
            let tracker = &mut self.trackers[place];
            if let Some(old) = before.trackers.iter().find(|old| old.model == tracker.model) {
                let count = tracker.quorum.count();
                let cause = if count < old.quorum.count() { Cause::Ended } else { Cause::Forked };
                tracker.quorum = old.quorum.clone();
                self.set(place, count, cause, now);
            }
        }
    }

    pub(super) fn trackers(&self) -> &[Tracker] {
        &self.trackers
    }

    /// Processes that count.
    pub(super) fn pids(&self) -> impl Iterator<Item = i32> {
        self.counted.keys().copied()
    }

    pub(super) fn counts_for_any(&self, pid: i32) -> bool {
        self.counted.contains_key(&pid)
    }

    /// Whether a tracker of command lines, and one of short names, is there.
    pub(super) fn wants(&self) -> (bool, bool) {
        let full = self.trackers.iter().any(|tracker| tracker.pattern.full_command);
        (full, self.trackers.iter().any(|tracker| !tracker.pattern.full_command))
    }

    /// How much of a command line tells.
    pub(super) fn length(&self) -> usize {
        self.trackers.iter().map(|tracker| tracker.pattern.length()).max().unwrap_or(0)
    }

    /// When a delay ends.
    pub(super) fn due(&self) -> Option<Instant> {
        self.trackers.iter().filter_map(|tracker| tracker.quorum.due()).min()
    }

    /// The trackers that turned since this was last asked: name, and whether up.
    pub(super) fn take_turned(&mut self) -> Vec<(Box<str>, bool)> {
        let turned = std::mem::take(&mut self.turned);
        let told = |place: usize| {
            let tracker = &self.trackers[place];
            (tracker.model.name.clone(), tracker.quorum.is_up())
        };
        turned.into_iter().map(told).collect()
    }

    /// A process forked: its child counts for what it counts for.
    pub(super) fn forked(&mut self, parent: i32, child: i32, now: Instant) {
        if let Some(places) = self.counted.get(&parent).cloned() {
            self.put(child, places, Cause::Forked, now);
        }
    }

    /// A process looks like this now. Trackers that cannot tell from that leave it as it is.
    pub(super) fn looks(&mut self, pid: i32, look: &Look, now: Instant) {
        let before = self.counted.get(&pid).cloned().unwrap_or_default();
        let counts = |place: &usize| {
            let told = self.trackers[*place].pattern.matches(look);
            told.unwrap_or_else(|| before.contains(place))
        };
        let places = (0..self.trackers.len()).filter(counts).collect();
        self.put(pid, places, Cause::Became, now);
    }

    /// A process was found that was not there at the last look; `parent` is whose child it is.
    pub(super) fn found(&mut self, pid: i32, parent: Option<i32>, look: &Look, now: Instant) {
        let places = self.of(look);
        let before = parent.and_then(|parent| self.counted.get(&parent));
        let cause =
            if before.is_some_and(|before| *before == places) { Cause::Forked } else { Cause::Became };
        self.put(pid, places, cause, now);
    }

    /// A process ended.
    pub(super) fn ended(&mut self, pid: i32, now: Instant) {
        self.put(pid, Vec::new(), Cause::Ended, now);
    }

    /// Everything was looked at again, for something may have been missed.
    pub(super) fn recount(&mut self, found: &[(i32, Look)], now: Instant) {
        self.counted = self.all_of(found);
        for (place, count) in self.counts().into_iter().enumerate() {
            let more = count > self.trackers[place].quorum.count();
            let cause = if more { Cause::Forked } else { Cause::Ended };
            self.set(place, count, cause, now);
        }
    }

    /// Time has gone by.
    pub(super) fn tick(&mut self, now: Instant) {
        for (place, tracker) in self.trackers.iter_mut().enumerate() {
            if tracker.quorum.tick(now) {
                self.turned.push(place);
            }
        }
    }

    fn of(&self, look: &Look) -> Vec<usize> {
        let matches = |place: &usize| self.trackers[*place].pattern.matches(look) == Some(true);
        (0..self.trackers.len()).filter(matches).collect()
    }

    fn all_of(&self, found: &[(i32, Look)]) -> BTreeMap<i32, Vec<usize>> {
        let all = found.iter().map(|(pid, look)| (*pid, self.of(look)));
        all.filter(|(_, places)| !places.is_empty()).collect()
    }

    fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0u32; self.trackers.len()];
        self.counted.values().flatten().for_each(|place| counts[*place] += 1);
        counts
    }

    /// A process counts for these and no others.
    fn put(&mut self, pid: i32, places: Vec<usize>, cause: Cause, now: Instant) {
        let before = if places.is_empty() {
            self.counted.remove(&pid)
        } else {
            self.counted.insert(pid, places.clone())
        };
        let before = before.unwrap_or_default();
        for place in before.iter().filter(|place| !places.contains(place)) {
            self.set(*place, self.trackers[*place].quorum.count() - 1, cause, now);
        }
        for place in places.iter().filter(|place| !before.contains(place)) {
            self.set(*place, self.trackers[*place].quorum.count() + 1, cause, now);
        }
    }

    fn set(&mut self, place: usize, count: u32, cause: Cause, now: Instant) {
        if self.trackers[place].quorum.set(count, cause, now) {
            self.turned.push(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> TrackProcess {
        let mut model = TrackProcess::new(name);
        model.process = name.into();
        model
    }

    fn look(comm: &str) -> Look {
        Look { comm: Some(comm.into()), cmdline: None }
    }

    #[test]
    fn a_life_under_a_shell() {
        let now = crate::clock::now();
        let mut census = Census::new(vec![named("p")], &[(1, look("sh"))]);
        assert!(!census.trackers()[0].quorum.is_up());
        // The shell forks, and its child becomes the program.
        census.forked(1, 2, now);
        assert_eq!(census.take_turned(), []);
        census.looks(2, &look("p"), now);
        assert_eq!(census.take_turned(), [("p".into(), true)]);
        // Which forks a worker, and ends before it.
        census.forked(2, 3, now);
        census.ended(2, now);
        assert_eq!(census.take_turned(), []);
        assert_eq!(census.pids().collect::<Vec<_>>(), [3]);
        // The worker becomes something else.
        census.looks(3, &look("other"), now);
        assert_eq!(census.take_turned(), [("p".into(), false)]);
        census.ended(3, now);
        assert_eq!((census.take_turned(), census.pids().count()), (Vec::new(), 0));
    }

    #[test]
    fn one_that_runs_its_own_program_again_counts_once() {
        let now = crate::clock::now();
        let mut census = Census::new(vec![named("p")], &[(2, look("p"))]);
        census.looks(2, &look("p"), now);
        census.looks(2, &look("p"), now);
        assert_eq!(census.trackers()[0].quorum.count(), 1);
    }

    #[test]
    fn a_short_name_says_nothing_of_a_command_line() {
        let now = crate::clock::now();
        let mut full = named("/bin/p");
        full.full_command = true;
        let line = |text: &str| Look { comm: None, cmdline: Some(text.into()) };
        let mut census = Census::new(vec![full], &[(2, line("/bin/p\0"))]);
        census.looks(2, &look("renamed"), now);
        assert_eq!((census.take_turned(), census.trackers()[0].quorum.count()), (Vec::new(), 1));
        census.looks(2, &line("/bin/q\0"), now);
        assert_eq!(census.take_turned(), [("/bin/p".into(), false)]);
    }

    #[test]
    fn after_a_gap_everything_is_counted_anew() {
        let now = crate::clock::now();
        let mut census = Census::new(vec![named("p"), named("q")], &[(2, look("p")), (3, look("q"))]);
        census.recount(&[(4, look("q")), (5, look("q"))], now);
        assert_eq!(census.take_turned(), [("p".into(), false)]);
        assert_eq!(census.trackers()[1].quorum.count(), 2);
    }
}
