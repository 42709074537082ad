//! When it is worth letting a few adverts gather before they are read.
//!
//! Under a thousand instances adverts come in swarms, microseconds apart. To wake up for each costs more than to
//! hear it. So while they come that densely, the loop does not look at its sockets for a moment; no timer waits
//! for that, and nothing is heard later than [`PAUSE`].

use std::time::Duration;

use vrrp_fsm::Instant;

/// How long adverts may wait in their socket.
const PAUSE: Duration = Duration::from_micros(200);
/// Two readings closer together than this are one swarm.
const SWARM: Duration = Duration::from_micros(400);
/// A reading of as many was worth waking up for.
const WORTHWHILE: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Gather {
    last: Option<Instant>,
}

impl Gather {
    /// After a turn that read so many adverts: how long to leave the sockets alone.
    pub(super) fn after(&mut self, now: Instant, adverts: usize) -> Option<Duration> {
        if adverts == 0 {
            return None;
        }
        let swarm = self.last.replace(now).is_some_and(|last| now.saturating_since(last) < SWARM);
        (swarm && adverts < WORTHWHILE).then_some(PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(micros: u64) -> Instant {
        Instant::from_nanos(micros * 1_000)
    }

    #[test]
    fn only_a_swarm_is_worth_a_pause() {
        let mut gather = Gather::default();
        for (at, adverts, pauses) in [
            (0, 1, false),
            (10_000, 1, false),
            (10_100, 2, true),
            (10_300, 20, false),
            (10_310, 0, false),
            (10_600, 3, true),
            (11_200, 1, false),
        ] {
            assert_eq!(gather.after(micros(at), adverts).is_some(), pauses, "{at}");
        }
    }
}
