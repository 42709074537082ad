//! Steady state: processor time and system calls an advert, and how exact the adverts' times are.
//!
//! Each program is measured with itself on the other side. For the receiving side there is a fair sender too, the
//! bare one, which is also the bound for the sending side.

mod observe;
mod tables;

use std::fmt;
use std::io;
use std::time::Duration;

use super::conf::Work;
use super::daemon::{Program, Programs};
use super::{Depth, note, stats};
pub(super) use observe::{Observation, times};
pub(super) use tables::{call_table, cost_table, jitter_table};

/// How long each thing is watched.
#[derive(Clone, Copy, Debug)]
struct Spans {
    cost: Duration,
    calls: Duration,
    jitter: Duration,
}

/// Who sends to whom.
#[derive(Clone)]
enum Pairing {
    /// A program to itself.
    Own(Program),
    /// The bare sender, batched or not, to a program.
    Bare(Program, bool),
}

impl fmt::Display for Pairing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(program) => write!(out, "{0} to {0}", program.name),
            Self::Bare(program, false) => write!(out, "bare sender to {}", program.name),
            Self::Bare(program, true) => write!(out, "bare sender in batches to {}", program.name),
        }
    }
}

/// What came out for one piece of work: medians over the rounds.
pub(super) struct Case {
    work: Work,
    kad: Observation,
    keepalived: Observation,
    bare_to_kad: Observation,
    batched_to_kad: Observation,
    batched_to_keepalived: Observation,
}

/// Runs every piece of work in every pairing, the pairings in turn, so that a slow minute of the machine hits all.
pub(super) fn measure(programs: &Programs, depth: Depth) -> io::Result<Vec<Case>> {
    let works = depth.pick(
        vec![Work::v3(50, 10), Work::v3(250, 10), Work::v3(1000, 1000), Work::v3(1000, 100)],
        vec![Work::v3(250, 10), Work::v3(1000, 1000)],
    );
    works.into_iter().map(|work| case(programs, work, depth)).collect()
}

fn case(programs: &Programs, work: Work, depth: Depth) -> io::Result<Case> {
    let spans = depth.pick(
        Spans { cost: Duration::from_secs(4), calls: Duration::from_secs(2), jitter: Duration::from_secs(5) },
        Spans { cost: Duration::from_secs(3), calls: Duration::from_secs(2), jitter: Duration::from_secs(4) },
    );
    let (kad, keepalived) = (&programs.kad, &programs.keepalived);
    let pairings = [
        Pairing::Own(kad.clone()),
        Pairing::Own(keepalived.clone()),
        Pairing::Bare(kad.clone(), false),
        Pairing::Bare(kad.clone(), true),
        Pairing::Bare(keepalived.clone(), true),
    ];
    let mut rounds: [Vec<Observation>; 5] = Default::default();
    for round in 0..depth.pick(3, 1) {
        for (pairing, observations) in pairings.iter().zip(&mut rounds) {
            note(&format!("{}, {pairing}, round {}", work.name(), round + 1));
            observations.push(observe::observe(pairing, work, spans)?);
        }
    }
    let [kad, keepalived, bare_to_kad, batched_to_kad, batched_to_keepalived] =
        rounds.map(|rounds| middle(&rounds));
    Ok(Case { work, kad, keepalived, bare_to_kad, batched_to_kad, batched_to_keepalived })
}

/// The median of each figure over the rounds; of the greatest deviation the greatest.
fn middle(rounds: &[Observation]) -> Observation {
    let of = |figure: fn(&Observation) -> f64| stats::median(&rounds.iter().map(figure).collect::<Vec<_>>());
    Observation {
        rate: of(|one| one.rate),
        sent_us: of(|one| one.sent_us),
        received_us: of(|one| one.received_us),
        dropped: rounds.iter().map(|one| one.dropped).sum(),
        sent_calls: of(|one| one.sent_calls),
        received_calls: of(|one| one.received_calls),
        jitter_p50: of(|one| one.jitter_p50),
        jitter_p99: of(|one| one.jitter_p99),
        jitter_max: stats::max(&rounds.iter().map(|one| one.jitter_max).collect::<Vec<_>>()),
        mean_gap: of(|one| one.mean_gap),
        lost: rounds.iter().map(|one| one.lost).sum(),
        false_adverts: rounds.iter().map(|one| one.false_adverts).sum(),
    }
}
