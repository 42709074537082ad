//! When which instance wants to be woken: one queue for all of them.
//!
//! An advert moves the deadline of a backup further away, thousands of times a second. So the queue is lazy: an
//! entry says "not later than", and only a deadline that comes nearer makes a new one. Who pops an entry asks
//! the machine for its deadline again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use vrrp_fsm::Instant;

use super::instance::InstanceId;

#[derive(Debug, Default)]
pub(super) struct Wakeups {
    heap: BinaryHeap<Reverse<(Instant, InstanceId)>>,
    /// The entry that counts for each instance; others of it in the heap are stale.
    queued: Vec<Option<Instant>>,
}

impl Wakeups {
    /// The instance must be looked at by `deadline`.
    pub(super) fn set(&mut self, id: InstanceId, deadline: Option<Instant>) {
        if self.queued.len() <= id.index() {
            self.queued.resize(id.index() + 1, None);
        }
        let Some(deadline) = deadline else { return };
        let queued = &mut self.queued[id.index()];
        if queued.is_none_or(|queued| deadline < queued) {
            *queued = Some(deadline);
            self.heap.push(Reverse((deadline, id)));
        }
    }

    /// The next entry.
    pub(super) fn peek(&mut self) -> Option<(Instant, InstanceId)> {
        while let Some(&Reverse((at, id))) = self.heap.peek() {
            if self.queued[id.index()] == Some(at) {
                return Some((at, id));
            }
            self.heap.pop();
        }
        None
    }

    /// Takes the next entry away; the caller sets it again from the machine's deadline.
    pub(super) fn pop(&mut self) -> Option<InstanceId> {
        let (_, id) = self.peek()?;
        self.heap.pop();
        self.queued[id.index()] = None;
        Some(id)
    }

    /// Forgets everything; instances were renumbered.
    pub(super) fn clear(&mut self) {
        self.heap.clear();
        self.queued.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(nanos: u64) -> Instant {
        Instant::from_nanos(nanos)
    }

    #[test]
    fn a_later_deadline_costs_no_entry_and_an_earlier_one_wins() {
        let (a, b) = (InstanceId::new(0), InstanceId::new(1));
        let mut wakeups = Wakeups::default();
        wakeups.set(a, Some(at(10)));
        wakeups.set(b, Some(at(30)));
        for later in 11..1_000 {
            wakeups.set(a, Some(at(later)));
        }
        assert_eq!(wakeups.heap.len(), 2);
        wakeups.set(b, Some(at(5)));
        assert_eq!((wakeups.peek(), wakeups.pop()), (Some((at(5), b)), Some(b)));
        assert_eq!((wakeups.peek(), wakeups.pop()), (Some((at(10), a)), Some(a)));
        assert_eq!(wakeups.pop(), None, "the stale entry of b is gone");
    }

    #[test]
    fn no_deadline_leaves_the_entry_to_be_found_stale_by_the_machine() {
        let id = InstanceId::new(0);
        let mut wakeups = Wakeups::default();
        wakeups.set(id, Some(at(10)));
        wakeups.set(id, None);
        assert_eq!(wakeups.pop(), Some(id));
        assert_eq!(wakeups.peek(), None);
    }
}
