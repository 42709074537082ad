//! How long an address is without a master: after a crash, and after a clean stop.
//!
//! The protocol's timers give the least time; what a program adds to them is what is measured.

use std::io;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::capture::{Advert, Capture, Pace};
use super::conf::{HIGH, LOW, Work};
use super::daemon::{Daemon, Program, Programs};
use super::table::{Table, figure};
use super::world::{Side, World};
use super::{Depth, note, stats, wait};

/// Over the timers, no takeover takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What one crash or stop came to, ms.
#[derive(Clone, Copy, Debug)]
struct Outcome {
    /// Over what the timers give.
    excess: f64,
    /// From the signal to the advert of priority 0; nothing after a crash.
    farewell: Option<f64>,
}

/// All ends, programs and intervals.
pub(super) fn measure(programs: &Programs, depth: Depth) -> io::Result<Vec<Table>> {
    let works =
        [(Work::v2(1, 1000), 5), (Work::v3(1, 1000), 5), (Work::v3(1, 100), 10), (Work::v3(1, 10), 10)];
    let mut crash = Table::new(&HEAD);
    let mut stop = Table::new(&[&HEAD[..], &["SIGTERM → priority 0: median, ms", "max"]].concat());
    for (work, runs) in works {
        let runs = depth.pick(runs, 2);
        for program in programs.both() {
            note(&format!("takeover, {}, {}, {runs} runs each way", work.name(), program.name));
            let outcomes = repeat(runs, || after_crash(program, work))?;
            crash.row(cells(work, program, work.down(LOW), &outcomes));
            let outcomes = repeat(runs, || after_stop(program, work))?;
            let farewells: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.farewell).collect();
            let mut row = cells(work, program, work.skew(LOW), &outcomes);
            row.extend([figure(stats::median(&farewells)), figure(stats::max(&farewells))]);
            stop.row(row);
        }
    }
    Ok(vec![
        crash.note(
            "All processes of the master killed at once (SIGKILL). Excess: from its last advert to the first of the \
             backup, less Master_Down_Interval.",
        ),
        stop.note(
            "The master told to stop (SIGTERM). Excess: from its advert of priority 0 to the first of the backup, \
             less Skew_Time.",
        ),
    ])
}

const HEAD: [&str; 7] =
    ["instances × interval", "", "runs", "timers give, ms", "excess: min, ms", "median", "max"];

fn cells(work: Work, program: &Program, timers: Duration, outcomes: &[Outcome]) -> Vec<String> {
    let excess: Vec<_> = outcomes.iter().map(|outcome| outcome.excess).collect();
    vec![
        work.name(),
        program.name.to_owned(),
        outcomes.len().to_string(),
        format!("{:.2}", ms(timers)),
        figure(stats::min(&excess)),
        figure(stats::median(&excess)),
        figure(stats::max(&excess)),
    ]
}

fn repeat(runs: usize, mut once: impl FnMut() -> io::Result<Outcome>) -> io::Result<Vec<Outcome>> {
    (0..runs).map(|_| once()).collect()
}

fn after_crash(program: &Program, work: Work) -> io::Result<Outcome> {
    let mut scene = Scene::set(program, work)?;
    scene.master.crash()?;
    let (last, first) = scene.change(|advert| Side::Master.has(advert.source))?;
    Ok(Outcome { excess: ms(first - last) - ms(work.down(LOW)), farewell: None })
}

fn after_stop(program: &Program, work: Work) -> io::Result<Outcome> {
    let scene = Scene::set(program, work)?;
    let asked = wall_clock()?;
    scene.master.ask_to_stop()?;
    let (last, first) = scene.change(|advert| Side::Master.has(advert.source) && advert.priority == 0)?;
    let farewell = Some(ms(last.saturating_sub(asked)));
    Ok(Outcome { excess: ms(first - last) - ms(work.skew(LOW)), farewell })
}

/// A master and a backup that has heard it, with a capture.
struct Scene {
    capture: Capture,
    master: Daemon,
    work: Work,
    _backup: Daemon,
    _world: World,
}

impl Scene {
    fn set(program: &Program, work: Work) -> io::Result<Self> {
        let world = World::new(work.interfaces())?;
        let capture = Capture::start(&world, Pace::Live)?;
        let mut master = Daemon::start(&world, Side::Master, program, work, HIGH)?;
        master.all_enter("MASTER", work)?;
        let mut backup = Daemon::start(&world, Side::Backup, program, work, LOW)?;
        backup.all_enter("BACKUP", work)?;
        // It has to hear an advert, and the master's second announcement is not to fall into the takeover.
        wait::pass(work.interval.max(Duration::from_secs(1)) + work.interval / 2);
        let scene = Self { capture, master, work, _backup: backup, _world: world };
        scene.capture.clear();
        scene.capture.wait_for("an advert of the master", PATIENCE, |adverts| {
            adverts.iter().any(|advert| Side::Master.has(advert.source)).then_some(())
        })?;
        Ok(scene)
    }

    /// The times of the last advert that `counts`, and of the backup's first one.
    fn change(&self, counts: impl Fn(&Advert) -> bool) -> io::Result<(Duration, Duration)> {
        let limit = self.work.down(LOW) + PATIENCE;
        self.capture.wait_for("the backup's first advert", limit, |adverts| {
            let first = adverts.iter().position(|advert| Side::Backup.has(advert.source))?;
            let last = adverts[..first].iter().rfind(|advert| counts(advert))?;
            Some((last.at, adverts[first].at))
        })
    }
}

fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}

/// The time that captures are stamped with.
pub(super) fn wall_clock() -> io::Result<Duration> {
    Duration::try_from(clock_gettime(ClockId::Realtime)).map_err(io::Error::other)
}
