//! In which order scripts run: one after the other on a lane, lanes beside each other.
//!
//! A lane is what must not overtake itself: the scripts of one instance that stand for its state. A script that does
//! not end holds the next one up for a while only; what is waited for too long begins beside it, as all do in C
//! keepalived. Nothing is started here.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use vrrp_fsm::Instant;

/// How long one waits for the one before it.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// As many wait on a lane: an instance that changes its state so often has more to tell than anybody can hear.
const WAITING_MAX: usize = 32;

/// What waits, and since when.
#[derive(Debug)]
struct Waiting<T> {
    item: T,
    since: Instant,
}

#[derive(Debug)]
struct Lane<T> {
    running: usize,
    waiting: VecDeque<Waiting<T>>,
}

/// Lanes by their name; `T` is what is run.
#[derive(Debug)]
pub(super) struct Lanes<K, T> {
    lanes: BTreeMap<K, Lane<T>>,
    /// Those that had no room to wait.
    dropped: u64,
}

impl<K, T> Default for Lanes<K, T> {
    fn default() -> Self {
        Self { lanes: BTreeMap::new(), dropped: 0 }
    }
}

impl<K: Ord + Clone, T> Lanes<K, T> {
    /// Something is to be run; gives it back if that may be at once. The oldest that waits gives way to it where too
    /// many do.
    pub(super) fn push(&mut self, lane: &K, item: T, now: Instant) -> Option<T> {
        let entry = self.lanes.entry(lane.clone());
        let lane = entry.or_insert_with(|| Lane { running: 0, waiting: VecDeque::new() });
        if lane.running == 0 {
            lane.running = 1;
            return Some(item);
        }
        if lane.waiting.len() >= WAITING_MAX {
            lane.waiting.pop_front();
            self.dropped += 1;
        }
        lane.waiting.push_back(Waiting { item, since: now });
        None
    }

    /// Whether something waits on a lane.
    pub(super) fn waits(&self, lane: &K) -> bool {
        self.lanes.get(lane).is_some_and(|lane| !lane.waiting.is_empty())
    }

    /// What ran has ended; gives what may run now.
    pub(super) fn ended(&mut self, name: &K) -> Option<T> {
        let lane = self.lanes.get_mut(name)?;
        lane.running = lane.running.saturating_sub(1);
        if lane.running > 0 {
            return None;
        }
        match lane.waiting.pop_front() {
            Some(next) => {
                lane.running = 1;
                Some(next.item)
            }
            None => {
                self.lanes.remove(name);
                None
            }
        }
    }

    /// Those that have waited too long, which may run now.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<(K, T)> {
        self.release(|waiting| now.saturating_since(waiting.since) >= PATIENCE)
    }

    /// All that wait: nobody will be there to start them later.
    pub(super) fn all(&mut self) -> Vec<(K, T)> {
        self.release(|_| true)
    }

    fn release(&mut self, may: impl Fn(&Waiting<T>) -> bool) -> Vec<(K, T)> {
        let mut released = Vec::new();
        for (name, lane) in &mut self.lanes {
            while lane.waiting.front().is_some_and(&may) {
                lane.running += 1;
                released.extend(lane.waiting.pop_front().map(|next| (name.clone(), next.item)));
            }
        }
        released
    }

    /// When [`Self::overdue`] has something to give.
    pub(super) fn due(&self) -> Option<Instant> {
        let first = self.lanes.values().filter_map(|lane| lane.waiting.front());
        first.map(|waiting| waiting.since.saturating_add(PATIENCE)).min()
    }

    /// How many had no room to wait, since this was asked last.
    pub(super) fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.dropped)
    }

    /// Whether nothing runs or waits.
    pub(super) fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::from_nanos(seconds * 1_000_000_000)
    }

    #[test]
    fn one_after_the_other_on_a_lane_and_lanes_beside_each_other() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.push(&"a", 1, at(0)), Some(1));
        assert_eq!(lanes.push(&"a", 2, at(0)), None);
        assert_eq!(lanes.push(&"b", 3, at(0)), Some(3));
        assert_eq!(lanes.push(&"a", 4, at(0)), None);
        assert_eq!(lanes.ended(&"a"), Some(2));
        assert_eq!(lanes.ended(&"b"), None);
        assert_eq!(lanes.ended(&"a"), Some(4));
        assert_eq!(lanes.ended(&"a"), None);
        assert!(lanes.is_empty());
    }

    #[test]
    fn what_does_not_end_is_not_waited_for_for_ever() {
        let mut lanes = Lanes::default();
        assert_eq!(lanes.push(&"a", 1, at(0)), Some(1));
        assert_eq!(lanes.push(&"a", 2, at(10)), None);
        assert_eq!(lanes.due(), Some(at(40)));
        assert_eq!(lanes.overdue(at(39)), []);
        assert_eq!(lanes.overdue(at(40)), [("a", 2)]);
        // Two run; a third waits for both.
        assert_eq!(lanes.push(&"a", 3, at(41)), None);
        assert_eq!(lanes.ended(&"a"), None);
        assert_eq!(lanes.ended(&"a"), Some(3));
    }

    #[test]
    fn where_too_many_wait_the_last_ones_are_kept() {
        let mut lanes = Lanes::default();
        for item in 0..100 {
            let _first = lanes.push(&"a", item, at(0));
        }
        assert_eq!(lanes.take_dropped(), 99 - WAITING_MAX as u64);
        assert_eq!(lanes.take_dropped(), 0);
        let left: Vec<_> = lanes.all().into_iter().map(|(_, item)| item).collect();
        assert_eq!(left, (100 - WAITING_MAX..100).collect::<Vec<_>>());
    }

    proptest! {
        /// Whatever comes and ends in whatever order: on each lane what is run is run in the order it came, and all
        /// of it.
        #[test]
        fn order_is_kept(steps in prop::collection::vec((0..3u8, any::<bool>()), 0..60)) {
            let mut lanes = Lanes::default();
            let mut ran: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
            let mut pushed: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
            let mut running: BTreeMap<u8, usize> = BTreeMap::new();
            for (number, (lane, push)) in steps.into_iter().enumerate() {
                let started = if push {
                    pushed.entry(lane).or_default().push(number);
                    lanes.push(&lane, number, at(0))
                } else if running.get(&lane) == Some(&1) {
                    running.insert(lane, 0);
                    lanes.ended(&lane)
                } else {
                    None
                };
                if let Some(item) = started {
                    ran.entry(lane).or_default().push(item);
                    *running.entry(lane).or_default() += 1;
                }
                prop_assert!(running.values().all(|count| *count <= 1));
            }
            for lane in 0..3 {
                while let Some(item) = lanes.ended(&lane) {
                    ran.entry(lane).or_default().push(item);
                }
                prop_assert_eq!(ran.get(&lane), pushed.get(&lane));
            }
            prop_assert!(lanes.is_empty());
        }
    }
}
