//! What a simulation counts.

use core::time::Duration;

/// Of one virtual router on one node, since the LAN's beginning. A restart of the node does not reset it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Times it became master.
    pub entered_master: u64,
    /// Times it became backup.
    pub entered_backup: u64,
    /// Adverts it sent, farewells included.
    pub sent: u64,
    /// Farewells (priority 0) among them.
    pub farewells: u64,
    /// Adverts of others that passed every check.
    pub heard: u64,
    /// Packets it refused.
    pub refused: u64,
    /// Rounds of announcements (gratuitous ARP or unsolicited neighbour advertisement) it asked for.
    pub announced: u64,
}

/// Of one virtual router on the whole LAN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mastership {
    /// How long two or more nodes held the addresses, in all.
    pub shared: Duration,
    /// The longest time without a break that they did.
    pub longest_shared: Duration,
    /// How long no node held them, in all.
    pub vacant: Duration,
    /// The longest time without a break that none did.
    pub longest_vacant: Duration,
}

/// How many hold the addresses now, and for how long it has been so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    pub(crate) holders: usize,
    run: Duration,
    pub(crate) seen: Mastership,
}

impl Watch {
    /// So much time went by with the holders there are.
    pub(crate) fn pass(&mut self, span: Duration) {
        if self.holders == 1 {
            return;
        }
        self.run += span;
        let (total, longest) = if self.holders == 0 {
            (&mut self.seen.vacant, &mut self.seen.longest_vacant)
        } else {
            (&mut self.seen.shared, &mut self.seen.longest_shared)
        };
        *total += span;
        *longest = self.run.max(*longest);
    }

    pub(crate) fn set(&mut self, holders: usize) {
        if holders.min(2) != self.holders.min(2) {
            self.run = Duration::ZERO;
        }
        self.holders = holders;
    }
}
