//! An append-only list that readers can wait on: log lines, kernel events, captured frames.
//!
//! It remembers a bounded number of entries; a position ([`Mark`]) stays valid when older ones fall out.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;

/// A position in a log or capture: "from here on".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(u64);

impl Mark {
    /// Before the first entry.
    pub const START: Self = Self(0);
}

/// Why a wait ended without its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    TimedOut,
    /// The source ended, so nothing more will come.
    Ended,
}

#[derive(Debug)]
pub(crate) struct Feed<T> {
    state: Mutex<State<T>>,
    bell: Condvar,
    limit: usize,
}

#[derive(Debug)]
struct State<T> {
    /// Number of the entry at the front.
    first: u64,
    entries: VecDeque<T>,
    writers: usize,
}

impl<T> Feed<T> {
    /// A feed of `writers` sources that keeps the last `limit` entries.
    pub(crate) fn new(writers: usize, limit: usize) -> Self {
        let state = State { first: 0, entries: VecDeque::new(), writers };
        Self { state: Mutex::new(state), bell: Condvar::new(), limit }
    }

    pub(crate) fn push(&self, entry: T) {
        let mut state = self.lock();
        if state.entries.len() == self.limit {
            state.entries.pop_front();
            state.first += 1;
        }
        state.entries.push_back(entry);
        self.bell.notify_all();
    }

    /// One of the writers has ended.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.writers = state.writers.saturating_sub(1);
        self.bell.notify_all();
    }

    /// The position after the last entry.
    pub(crate) fn mark(&self) -> Mark {
        let state = self.lock();
        Mark(state.first + state.entries.len() as u64)
    }

    /// The first `Some` that `pick` makes of an entry at or after `from`, waiting for entries to come.
    pub(crate) fn wait<R>(
        &self,
        from: Mark,
        timeout: Duration,
        mut pick: impl FnMut(&T) -> Option<R>,
    ) -> Result<R, Missed> {
        let deadline = clock::deadline(timeout);
        let mut next = from.0;
        let mut state = self.lock();
        loop {
            let skip = usize::try_from(next.saturating_sub(state.first)).unwrap_or(usize::MAX);
            if let Some(found) = state.entries.iter().skip(skip).find_map(&mut pick) {
                return Ok(found);
            }
            next = state.first + state.entries.len() as u64;
            if state.writers == 0 {
                return Err(Missed::Ended);
            }
            state = self.sleep(state, deadline)?;
        }
    }

    /// Waits until `done` holds for the whole list, trying again at every new entry and at least every
    /// `recheck`.
    pub(crate) fn until<R>(
        &self,
        timeout: Duration,
        recheck: Duration,
        mut done: impl FnMut() -> Option<R>,
    ) -> Result<R, Missed> {
        let deadline = clock::deadline(timeout);
        loop {
            let seen = self.mark();
            if let Some(result) = done() {
                return Ok(result);
            }
            let left = clock::remaining(deadline);
            if left.is_zero() {
                return Err(Missed::TimedOut);
            }
            let _ = self.wait(seen, left.min(recheck), |_| Some(()));
        }
    }

    fn sleep<'a>(
        &self,
        state: MutexGuard<'a, State<T>>,
        deadline: Instant,
    ) -> Result<MutexGuard<'a, State<T>>, Missed> {
        let left = clock::remaining(deadline);
        if left.is_zero() {
            return Err(Missed::TimedOut);
        }
        Ok(self.bell.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0)
    }

    /// A thread that panicked while it held the list left it whole: every change is one push.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Feed<T> {
    /// The entries at or after `from` that are still remembered.
    pub(crate) fn since(&self, from: Mark) -> Vec<T> {
        let state = self.lock();
        let skip = usize::try_from(from.0.saturating_sub(state.first)).unwrap_or(usize::MAX);
        state.entries.iter().skip(skip).cloned().collect()
    }

    /// The entries at or after `from` and the position behind them, as soon as there is one; none of them if
    /// `timeout` passes or the source ends first.
    pub(crate) fn batch(&self, from: Mark, timeout: Duration) -> (Vec<T>, Mark) {
        let _ = self.wait(from, timeout, |_| Some(()));
        let state = self.lock();
        let skip = usize::try_from(from.0.saturating_sub(state.first)).unwrap_or(usize::MAX);
        let end = state.first + state.entries.len() as u64;
        (state.entries.iter().skip(skip).cloned().collect(), Mark(end.max(from.0)))
    }

    /// The last `count` entries.
    pub(crate) fn tail(&self, count: usize) -> Vec<T> {
        let state = self.lock();
        let skip = state.entries.len().saturating_sub(count);
        state.entries.iter().skip(skip).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_waiter_is_woken_by_the_entry_it_wants() {
        let feed = Arc::new(Feed::new(1, 8));
        let writer = Arc::clone(&feed);
        let thread = thread::spawn(move || (0..5).for_each(|n| writer.push(n)));
        assert_eq!(feed.wait(Mark::START, LONG, |n| (*n == 4).then_some(*n)), Ok(4));
        thread.join().unwrap();
    }

    #[test]
    fn marks_outlive_the_entries_before_them() {
        let feed = Feed::new(1, 2);
        feed.push('a');
        let mark = feed.mark();
        "bcd".chars().for_each(|letter| feed.push(letter));
        assert_eq!(feed.since(Mark::START), ['c', 'd']);
        assert_eq!(feed.since(mark), ['c', 'd']);
        assert_eq!(feed.since(feed.mark()), Vec::<char>::new());
        assert_eq!(feed.tail(1), ['d']);
    }

    #[test]
    fn batches_follow_each_other_without_gap_or_overlap() {
        let feed = Arc::new(Feed::new(1, 1000));
        let writer = Arc::clone(&feed);
        let thread = thread::spawn(move || {
            (0..500).for_each(|n| writer.push(n));
            writer.close();
        });
        let (mut mark, mut all) = (Mark::START, Vec::new());
        while all.len() < 500 {
            let (batch, end) = feed.batch(mark, LONG);
            assert!(!batch.is_empty());
            all.extend(batch);
            mark = end;
        }
        thread.join().unwrap();
        assert_eq!(all, Vec::from_iter(0..500));
        assert_eq!(feed.batch(mark, LONG), (vec![], mark));
    }

    #[test]
    fn a_wait_ends_with_its_source_or_its_time() {
        let feed = Feed::new(2, 2);
        feed.close();
        let never = |_: &u8| None::<()>;
        assert_eq!(feed.wait(Mark::START, Duration::from_millis(1), never), Err(Missed::TimedOut));
        feed.close();
        assert_eq!(feed.wait(Mark::START, LONG, never), Err(Missed::Ended));
    }
}
