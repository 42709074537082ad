//! From the start of a program to the first advert of every instance, and what is on disk.

use std::collections::HashSet;
use std::io;
use std::time::Duration;

use super::capture::{Capture, Pace};
use super::conf::{HIGH, Work};
use super::daemon::{Daemon, Program, Programs};
use super::table::{Table, figure, ratio};
use super::takeover::wall_clock;
use super::world::Side;
use super::world::World;
use super::{Depth, note, stats};
use crate::{exec, repo};

/// Over the timers, no start takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts, then sizes.
pub(super) fn measure(programs: &Programs, depth: Depth) -> io::Result<Vec<Table>> {
    let mut table = Table::new(&[
        "instances × interval",
        "",
        "runs",
        "timers give, ms",
        "excess of the first: median, ms",
        "of the last: median",
        "max",
    ]);
    for work in [Work::v3(1, 100), Work::v3(250, 100), Work::v3(1000, 100), Work::v3(1000, 1000)] {
        for program in programs.both() {
            note(&format!("start, {}, {}", work.name(), program.name));
            let runs = depth.pick(5, 2);
            let outcomes = (0..runs).map(|_| once(program, work)).collect::<io::Result<Vec<_>>>()?;
            let firsts: Vec<_> = outcomes.iter().map(|(first, _)| *first).collect();
            let lasts: Vec<_> = outcomes.iter().map(|(_, last)| *last).collect();
            table.row(vec![
                work.name(),
                program.name.to_owned(),
                runs.to_string(),
                format!("{:.2}", work.down(HIGH).as_secs_f64() * 1e3),
                figure(stats::median(&firsts)),
                figure(stats::median(&lasts)),
                figure(stats::max(&lasts)),
            ]);
        }
    }
    let table = table.note(
        "Alone on the link. Excess: from the start of the program to the first advert, of the first instance and of \
         the last, less Master_Down_Interval.",
    );
    Ok(vec![table, sizes(programs)?])
}

/// Excess of the first and of the last instance, ms.
fn once(program: &Program, work: Work) -> io::Result<(f64, f64)> {
    let world = World::new(work.interfaces())?;
    let capture = Capture::start(&world, Pace::Live)?;
    let started = wall_clock()? + work.down(HIGH);
    let _master = Daemon::start(&world, Side::Master, program, work, HIGH)?;
    let wanted = usize::from(work.instances);
    let mut heard = HashSet::new();
    let mut looked = 0;
    let (first, last) = capture.wait_for("all instances", work.down(HIGH) + PATIENCE, |adverts| {
        let mut last = None;
        for advert in &adverts[looked..] {
            if heard.insert((advert.source, advert.vrid)) {
                last = Some(advert.at);
            }
        }
        looked = adverts.len();
        (heard.len() >= wanted).then(|| Some((adverts.first()?.at, last?)))?
    })?;
    let excess = |at: Duration| (at.as_secs_f64() - started.as_secs_f64()) * 1e3;
    Ok((excess(first), excess(last)))
}

fn sizes(programs: &Programs) -> io::Result<Table> {
    let mut table = Table::new(&["", "program, kB", "shared objects", "their size, kB"]);
    let mut totals = Vec::new();
    for program in programs.both() {
        let own = std::fs::metadata(&program.file)?.len();
        let objects = shared_objects(program);
        let theirs =
            objects.iter().map(|path| Ok(std::fs::metadata(path)?.len())).sum::<io::Result<u64>>()?;
        totals.push((own + theirs) as f64);
        table.row(vec![
            program.name.to_owned(),
            (own / 1000).to_string(),
            objects.len().to_string(),
            (theirs / 1000).to_string(),
        ]);
    }
    let all = totals.first().zip(totals.get(1)).map_or_else(String::new, |(kad, other)| ratio(*kad, *other));
    Ok(table.note(&format!("Program and shared objects together, kad / keepalived: {all}. kB: 1000 octets.")))
}

/// The files that the dynamic linker loads.
fn shared_objects(program: &Program) -> Vec<String> {
    let text = exec::probe(repo::command("ldd", [&*program.file.to_string_lossy()])).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')))
        .map(str::to_owned)
        .collect()
}
