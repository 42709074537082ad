//! What was seen, when, and in which order it is told.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::cast::Side;

/// Sources report within this time of what they saw; until then an earlier event may still come in.
pub(super) const HOLD: Duration = Duration::from_millis(60);

/// Something that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Since the demo's timeline began.
    pub(super) at: Duration,
    pub(super) what: What,
}

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// kad was started on a host.
    Started(Side),
    /// All processes of kad on a host are gone.
    Ended(Side),
    /// kad's log names its state.
    State(Side, State),
    /// The client's interface saw an advert, with this priority.
    Advert(Side, u8),
    /// The client's interface saw a gratuitous ARP that says: the shared address is here.
    Claim(Side),
    /// The host's kernel has (or no longer has) the shared address.
    Address(Side, bool),
    /// The host's kernel sees its cable in (or out).
    Cable(Side, bool),
    /// The ping of this number was answered, by this host.
    Answer(Side, u16),
}

/// What kad on a host says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It does not run.
    Off,
    /// It reads its configuration.
    Starting,
    Backup,
    Master,
    Fault,
}

impl State {
    /// The state a line of kad's log (or keepalived's) names.
    pub(super) fn in_log(line: &str) -> Option<Self> {
        let (_, rest) = line.split_once("(VI_1) Entering ")?;
        let (word, _) = rest.split_once(" STATE")?;
        match word {
            "BACKUP" => Some(Self::Backup),
            "MASTER" => Some(Self::Master),
            "FAULT" => Some(Self::Fault),
            _ => None,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Off => "-",
            Self::Starting => "start",
            Self::Backup => "BACKUP",
            Self::Master => "MASTER",
            Self::Fault => "FAULT",
        }
    }
}

/// The beginning of the timeline, on both faces of the monotonic clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    instant: Instant,
    nanos: u64,
}

impl Origin {
    pub(super) fn now() -> Self {
        Self { instant: crate::clock::now(), nanos: monotonic() }
    }

    /// The time since then; nothing is before.
    pub(super) fn since(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.instant)
    }

    /// The same for a reading of [`monotonic`] in another process.
    pub(super) fn since_nanos(&self, nanos: u64) -> Duration {
        Duration::from_nanos(nanos.saturating_sub(self.nanos))
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.since(crate::clock::now())
    }
}

/// The monotonic clock in nanoseconds, the same in every process of this machine.
pub(super) fn monotonic() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let secs = u64::try_from(now.tv_sec).unwrap_or_default();
    secs * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or_default()
}

/// Puts what several sources report in the order in which it happened.
#[derive(Debug, Default)]
pub(super) struct Order {
    waiting: BTreeMap<(Duration, u64), What>,
    count: u64,
}

impl Order {
    pub(super) fn push(&mut self, event: Event) {
        self.count += 1;
        self.waiting.insert((event.at, self.count), event.what);
    }

    /// The earliest event, once it is old enough that none before it can come.
    pub(super) fn ripe(&mut self, now: Duration) -> Option<Event> {
        let entry = self.waiting.first_entry()?;
        let at = entry.key().0;
        (at + HOLD <= now).then(|| Event { at, what: entry.remove() })
    }

    /// When the earliest event is ripe.
    pub(super) fn deadline(&self) -> Option<Duration> {
        self.waiting.keys().next().map(|(at, _)| *at + HOLD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_as_kad_and_keepalived_log_them() {
        let cases = [
            ("Sun Nov 22 20:00:00 2026: (VI_1) Entering BACKUP STATE (init)", Some(State::Backup)),
            ("(VI_1) Entering MASTER STATE", Some(State::Master)),
            ("(VI_1) Entering FAULT STATE", Some(State::Fault)),
            ("(VI_1) removing VIPs.", None),
            ("(VI_1) Entering", None),
            ("(VI_2) Entering MASTER STATE", None),
        ];
        for (line, expected) in cases {
            assert_eq!(State::in_log(line), expected, "{line}");
        }
    }

    #[test]
    fn late_reports_are_put_in_order() {
        let ms = Duration::from_millis;
        let event = |at, what| Event { at: ms(at), what };
        let (first, second) =
            (event(100, What::Claim(Side::Alpha)), event(120, What::Address(Side::Alpha, true)));
        let mut order = Order::default();
        order.push(second);
        order.push(first);
        assert_eq!(order.ripe(ms(120)), None);
        assert_eq!(order.deadline(), Some(ms(160)));
        assert_eq!(
            [order.ripe(ms(180)), order.ripe(ms(180)), order.ripe(ms(999))],
            [Some(first), Some(second), None]
        );
        assert_eq!(order.deadline(), None);
    }

    #[test]
    fn of_two_at_once_the_first_reported_is_first() {
        let mut order = Order::default();
        let events = [1, 0, 2].map(|n| Event { at: Duration::ZERO, what: What::Advert(Side::Beta, n) });
        events.into_iter().for_each(|event| order.push(event));
        assert_eq!(events.map(|_| order.ripe(HOLD)), events.map(Some));
    }
}
