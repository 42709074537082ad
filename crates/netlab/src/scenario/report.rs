//! What a scenario found: times, or the first thing that went wrong.

use std::fmt;
use std::time::Duration;

use vrrp_types::Priority;

use super::Protocol;
use crate::{LabError, Summary};

/// What is done to the routers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// Both routers start.
    Start,
    /// The master's processes die at once, and leave its addresses where they are.
    Crash,
    /// The crashed router starts again.
    ReturnFromCrash,
    /// The master is asked to stop.
    Stop,
    /// The stopped router starts again.
    ReturnFromStop,
    /// The master's cable is pulled.
    LinkDown,
    /// The cable is plugged in again.
    LinkUp,
    /// The two routers no longer hear each other; the client hears both.
    Partition,
    /// They hear each other again.
    Healing,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "first election",
            Self::Crash => "crash of the master",
            Self::ReturnFromCrash => "return from the crash",
            Self::Stop => "clean stop of the master",
            Self::ReturnFromStop => "return from the stop",
            Self::LinkDown => "link of the master down",
            Self::LinkUp => "link up again",
            Self::Partition => "partition",
            Self::Healing => "healing",
        })
    }
}

/// One of the two routers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The one with the higher priority.
    Left,
    /// The other one.
    Right,
}

impl Side {
    /// Its priority: 200 or 100.
    pub const fn priority(self) -> Priority {
        match self {
            Self::Left => Priority::new(200),
            Self::Right => Priority::new(100),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Left => "left",
            Self::Right => "right",
        })
    }
}

/// How one event ended: one master, and the client at its door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Takeover {
    /// What was done.
    pub event: Event,
    /// Who is master now.
    pub master: Side,
    /// From the event to the moment when the master held the addresses, and the other one, if it can, did not.
    pub settled: Duration,
    /// Between the adverts that begin and end the wait of the new master: from the last advert of the old master
    /// (its farewell, after a clean stop) to the first of the new one, by the kernel's clock. `None` where
    /// no wait begins with an advert.
    pub waited: Option<Duration>,
    /// What `waited`, or else `settled`, is by the protocol.
    pub theory: Duration,
    /// From the event to the moment when the client's packets went to the master. `None` where that cannot be
    /// expected: after a crash, of a peer whose only announcement may get lost.
    pub client: Option<Duration>,
    /// The client's longest time without an answer since the event.
    pub silence: Duration,
}

/// What a scenario found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The left router's program.
    pub left: String,
    /// The right router's program.
    pub right: String,
    /// The dialect.
    pub protocol: Protocol,
    /// Every event in its order.
    pub takeovers: Vec<Takeover>,
    /// The client's pings.
    pub pings: Summary,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} and {}, {}", self.left, self.right, self.protocol)?;
        writeln!(
            f,
            "{:<26} {:<6} {:>9} {:>9} {:>9} {:>9} {:>9}  (seconds)",
            "event", "master", "theory", "waited", "settled", "client", "silence"
        )?;
        for t in &self.takeovers {
            let secs = |time: Duration| format!("{:.4}", time.as_secs_f64());
            let secs_or_none = |time: Option<Duration>| time.map_or_else(|| "-".to_owned(), secs);
            writeln!(
                f,
                "{:<26} {:<6} {:>9} {:>9} {:>9} {:>9} {:>9}",
                t.event.to_string(),
                t.master.to_string(),
                secs(t.theory),
                secs_or_none(t.waited),
                secs(t.settled),
                secs_or_none(t.client),
                secs(t.silence)
            )?;
        }
        write!(f, "pings: {} sent, {} lost", self.pings.sent, self.pings.lost())
    }
}

/// Why a scenario did not go as it must.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// Something did not happen, or could not be done.
    #[error("{event}: {source}")]
    Lab {
        /// Where in the scenario.
        event: Event,
        /// What.
        source: LabError,
    },
    /// A takeover outside the time that the protocol gives.
    #[error("{event}: the new master waited {waited:?}, the protocol gives it {theory:?}\n{logs}")]
    Time {
        /// Where in the scenario.
        event: Event,
        /// By the adverts on the wire, or by the addresses where there are none.
        waited: Duration,
        /// What the timers give.
        theory: Duration,
        /// The last log lines.
        logs: String,
    },
    /// The client's packets went to the old master for too long: nobody told it of the new one.
    #[error("{event}: the client followed {late:?} after the takeover, as if nobody had told it\n{logs}")]
    Client {
        /// Where in the scenario.
        event: Event,
        /// From the takeover to the right neighbour entry.
        late: Duration,
        /// The last log lines.
        logs: String,
    },
    /// A router does not hold what it should, or holds what it should not.
    #[error("{event}: {side} {what}\n{logs}")]
    Addresses {
        /// Where in the scenario.
        event: Event,
        /// Which router.
        side: Side,
        /// What is wrong.
        what: &'static str,
        /// The last log lines.
        logs: String,
    },
    /// A router speaks as master that should not.
    #[error("{event}: {side} advertises beside the master\n{logs}")]
    TwoMasters {
        /// Where in the scenario.
        event: Event,
        /// The wrong one.
        side: Side,
        /// The last log lines.
        logs: String,
    },
    /// A router became master or backup more often than it should.
    #[error("{event}: {side} gained the addresses {gained} times and lost them {lost} times\n{logs}")]
    Flapping {
        /// Where in the scenario.
        event: Event,
        /// Which router.
        side: Side,
        /// Times it gained them.
        gained: usize,
        /// Times it lost them.
        lost: usize,
        /// The last log lines.
        logs: String,
    },
}
