//! A batch of messages on their way out, shared by packets and frames: one arena, no allocation after set-up.

use std::io;
use std::os::fd::BorrowedFd;

use crate::raw::{CONTROL_LEN, NAME_LEN, Octets};
use crate::sys::{self, MessageTable, Outgoing};

/// The batch has no room for one more message: send it, then push again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the batch is full")]
pub struct BatchFull;

/// One message that did not leave.
#[derive(Debug)]
pub struct SendFailure {
    /// Its position in the batch, counted from 0 in the order of the pushes.
    pub index: usize,
    /// What the kernel answered, e.g. "network is down". `WouldBlock`: the socket's buffer is full.
    pub error: io::Error,
}

/// What became of a batch.
#[derive(Debug)]
#[must_use = "a message that failed was not sent"]
pub struct SendReport<'a> {
    /// How many messages left.
    pub sent: usize,
    /// Those that did not, in the order of the pushes.
    pub failures: &'a [SendFailure],
}

#[derive(Debug)]
struct Slot {
    name: Octets<NAME_LEN>,
    control: Octets<CONTROL_LEN>,
    start: usize,
    end: usize,
}

#[derive(Debug)]
pub(crate) struct Outbox {
    slots: Vec<Slot>,
    arena: Vec<u8>,
    failures: Vec<SendFailure>,
    table: MessageTable,
    /// The batch was sent: the next push starts a new one.
    spent: bool,
    messages_max: usize,
    octets_max: usize,
}

impl Outbox {
    pub(crate) fn new(messages: usize, octets: usize) -> Self {
        Self {
            slots: Vec::with_capacity(messages),
            arena: Vec::with_capacity(octets),
            failures: Vec::with_capacity(messages),
            table: MessageTable::new(messages),
            spent: false,
            messages_max: messages,
            octets_max: octets,
        }
    }

    /// Grows to at least this much in all; what is in the batch stays.
    pub(crate) fn reserve(&mut self, messages: usize, octets: usize) {
        self.messages_max = self.messages_max.max(messages);
        self.octets_max = self.octets_max.max(octets);
        self.slots.reserve(self.messages_max.saturating_sub(self.slots.len()));
        self.arena.reserve(self.octets_max.saturating_sub(self.arena.len()));
        self.failures.reserve(self.messages_max.saturating_sub(self.failures.len()));
        self.table.reserve(self.messages_max);
    }

    pub(crate) fn len(&self) -> usize {
        if self.spent { 0 } else { self.slots.len() }
    }

    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.arena.clear();
        self.failures.clear();
        self.spent = false;
    }

    /// Appends a message of `len` zeroed octets and lends them to `fill`.
    pub(crate) fn push(
        &mut self,
        name: Octets<NAME_LEN>,
        control: Octets<CONTROL_LEN>,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<(), BatchFull> {
        if self.spent {
            self.clear();
        }
        let start = self.arena.len();
        let end = start.checked_add(len).filter(|end| *end <= self.octets_max).ok_or(BatchFull)?;
        if self.slots.len() >= self.messages_max {
            return Err(BatchFull);
        }
        self.arena.resize(end, 0);
        fill(&mut self.arena[start..end]);
        self.slots.push(Slot { name, control, start, end });
        Ok(())
    }

    pub(crate) fn send(&mut self, fd: BorrowedFd<'_>) -> SendReport<'_> {
        if self.spent {
            self.clear();
        }
        let Self { slots, arena, failures, table, .. } = self;
        let messages = slots.iter().map(|slot| Outgoing {
            name: slot.name.as_slice(),
            control: slot.control.as_slice(),
            octets: &arena[slot.start..slot.end],
        });
        let sent = sys::send(fd, table, messages, |index, error| failures.push(SendFailure { index, error }));
        self.spent = true;
        SendReport { sent, failures: &self.failures }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(outbox: &mut Outbox, len: usize) -> Result<(), BatchFull> {
        outbox.push(Octets::EMPTY, Octets::EMPTY, len, |octets| octets.fill(0xa5))
    }

    #[test]
    fn both_limits_hold_and_both_can_grow() {
        let mut outbox = Outbox::new(2, 100);
        assert_eq!(push(&mut outbox, 60), Ok(()));
        assert_eq!(push(&mut outbox, 60), Err(BatchFull)); // octets
        assert_eq!(push(&mut outbox, 40), Ok(()));
        assert_eq!(push(&mut outbox, 0), Err(BatchFull)); // messages
        assert_eq!(push(&mut outbox, usize::MAX), Err(BatchFull));
        outbox.reserve(3, 200);
        assert_eq!(push(&mut outbox, 100), Ok(()));
        assert_eq!(outbox.len(), 3);
        outbox.clear();
        assert_eq!(outbox.len(), 0);
    }

    #[test]
    fn filling_within_the_limits_allocates_nothing() {
        let mut outbox = Outbox::new(4, 64);
        let room = |outbox: &Outbox| (outbox.slots.capacity(), outbox.arena.capacity());
        let before = room(&outbox);
        for _ in 0..3 {
            while push(&mut outbox, 16).is_ok() {}
            outbox.clear();
        }
        assert_eq!(room(&outbox), before);
    }
}
