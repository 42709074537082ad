//! What an instance counts.

use vrrp_wire::Counter;

/// Counters of one instance since it started, or since they were last cleared.
#[derive(Clone, Debug, Default)]
pub(super) struct Stats {
    pub(super) adverts_received: u64,
    pub(super) adverts_sent: u64,
    pub(super) became_master: u64,
    pub(super) released_master: u64,
    pub(super) priority_zero_received: u64,
    pub(super) priority_zero_sent: u64,
    refused: [u64; Counter::ALL.len()],
}

impl Stats {
    pub(super) fn refuse(&mut self, counter: Counter) {
        self.refused[counter.index()] += 1;
    }

    pub(super) fn refused(&self, counter: Counter) -> u64 {
        self.refused[counter.index()]
    }
}
