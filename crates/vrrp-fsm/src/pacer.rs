//! Least spacing of announcements on one interface (`garp_interval`, `gna_interval`).
//!
//! Pure: it knows what is waiting and when the next may leave; sending is the driver's.

extern crate alloc;

use alloc::collections::VecDeque;
use core::time::Duration;

use crate::Instant;

/// Announcements that wait for their turn on one interface.
///
/// Each address waits at most once, with the rounds it still has to go: asking again while it waits raises
/// the rounds to the larger number instead of queueing twice, so the queue never outgrows the addresses.
#[derive(Clone, Debug)]
pub struct Pacer<K> {
    interval: Duration,
    next: Instant,
    waiting: VecDeque<(K, u32)>,
}

impl<K: PartialEq + Copy> Pacer<K> {
    /// One announcement every `interval`.
    pub const fn new(interval: Duration) -> Self {
        Self { interval, next: Instant::from_nanos(0), waiting: VecDeque::new() }
    }

    /// Announce `key` in so many rounds.
    pub fn push(&mut self, key: K, rounds: u32) {
        match self.waiting.iter_mut().find(|(waiting, _)| *waiting == key) {
            Some((_, left)) => *left = rounds.max(*left),
            None if rounds > 0 => self.waiting.push_back((key, rounds)),
            None => {}
        }
    }

    /// The next one, if its time has come. Rounds go over all addresses: a, b, c, a, b, c.
    pub fn pop(&mut self, now: Instant) -> Option<K> {
        if now < self.next {
            return None;
        }
        let (key, left) = self.waiting.pop_front()?;
        self.next = now.saturating_add(self.interval);
        if left > 1 {
            self.waiting.push_back((key, left - 1));
        }
        Some(key)
    }

    /// Forget those that match: their address is no longer ours to announce.
    pub fn cancel(&mut self, gone: impl Fn(K) -> bool) {
        self.waiting.retain(|(key, _)| !gone(*key));
    }

    /// Not before this the next one leaves.
    pub const fn next(&self) -> Instant {
        self.next
    }

    /// Nothing waits, and whatever came would leave at once: as good as a new one.
    pub fn is_idle(&self, now: Instant) -> bool {
        self.waiting.is_empty() && now >= self.next
    }

    /// When [`Self::pop`] will have something; `None` while nothing waits.
    pub fn deadline(&self) -> Option<Instant> {
        (!self.waiting.is_empty()).then_some(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn drain(pacer: &mut Pacer<char>, step_ms: u64) -> Vec<(u64, char)> {
        let mut sent = Vec::new();
        let mut ms = 0;
        while pacer.deadline().is_some() {
            while let Some(key) = pacer.pop(Instant::from_nanos(ms * 1_000_000)) {
                sent.push((ms, key));
            }
            ms += step_ms;
        }
        sent
    }

    #[test]
    fn rounds_go_over_all_addresses_with_the_spacing() {
        let mut pacer = Pacer::new(Duration::from_millis(10));
        pacer.push('a', 2);
        pacer.push('b', 2);
        assert_eq!(drain(&mut pacer, 5), [(0, 'a'), (10, 'b'), (20, 'a'), (30, 'b')]);
    }

    #[test]
    fn an_address_waits_only_once() {
        let mut pacer = Pacer::new(Duration::from_millis(1));
        for _ in 0..1_000 {
            pacer.push('a', 3);
        }
        assert_eq!(drain(&mut pacer, 1).len(), 3);
    }

    #[test]
    fn one_that_has_sent_is_not_idle_before_it_may_send_again() {
        let mut pacer = Pacer::new(Duration::from_millis(10));
        let at = |ms: u64| Instant::from_nanos(ms * 1_000_000);
        assert!(pacer.is_idle(at(0)));
        pacer.push('a', 1);
        assert!(!pacer.is_idle(at(0)));
        assert_eq!((pacer.pop(at(0)), pacer.next()), (Some('a'), at(10)));
        assert!(!pacer.is_idle(at(9)) && pacer.is_idle(at(10)));
        pacer.push('b', 1);
        assert_eq!((pacer.pop(at(9)), pacer.pop(at(10))), (None, Some('b')));
    }

    #[test]
    fn what_is_cancelled_is_not_announced() {
        let mut pacer = Pacer::new(Duration::from_millis(1));
        pacer.push('a', 3);
        pacer.push('b', 1);
        pacer.cancel(|key| key == 'a');
        assert_eq!(drain(&mut pacer, 1), [(0, 'b')]);
    }
}
