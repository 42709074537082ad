//! Memory of a master's processes in the steady state.

use std::io;
use std::time::Duration;

use super::conf::{HIGH, Work};
use super::daemon::{Daemon, Program, Programs};
use super::probe::{self, Memory};
use super::table::{Table, ratio};
use super::world::{Side, World};
use super::{note, wait};

/// Until what the start needed has been given back.
const SETTLE: Duration = Duration::from_millis(2500);

/// Both programs, small and large.
pub(super) fn measure(programs: &Programs) -> io::Result<Table> {
    let mut table = Table::new(&[
        "instances",
        "",
        "process",
        "anonymous, kB",
        "private dirty, kB",
        "proportional (PSS), kB",
        "resident, kB",
    ]);
    for work in [Work::v3(1, 1000), Work::v3(1000, 1000)] {
        let mut sums = Vec::new();
        for program in programs.both() {
            note(&format!("memory, {}, {}", work.name(), program.name));
            let processes = once(program, work)?;
            let mut sum = Memory::default();
            for (name, memory) in &processes {
                add(&mut sum, *memory);
                row(&mut table, work, program.name, name, *memory);
            }
            row(&mut table, work, program.name, "all", sum);
            sums.push(sum);
        }
        let [kad, other] = sums[..] else { continue };
        let share = |part: u64, whole: u64| ratio(part as f64, whole as f64);
        table.row(vec![
            work.instances.to_string(),
            "**kad / keepalived**".to_owned(),
            "all".to_owned(),
            share(kad.anonymous, other.anonymous),
            share(kad.private_dirty, other.private_dirty),
            share(kad.proportional, other.proportional),
            share(kad.resident, other.resident),
        ]);
    }
    Ok(table.note(
        "One address an instance. Anonymous: `RssAnon`; keepalived's child is a fork of its parent, and pages they \
         still share count in both. Private dirty and PSS (`smaps_rollup`) count nothing twice; of what a parent and \
         its fork share and have written, private dirty counts nothing at all. PSS and resident count pages of the \
         programs too, PSS divided among all who run them on the machine.",
    ))
}

fn once(program: &Program, work: Work) -> io::Result<Vec<(String, Memory)>> {
    let world = World::new(work.interfaces())?;
    let mut daemon = Daemon::start(&world, Side::Master, program, work, HIGH)?;
    daemon.all_enter("MASTER", work)?;
    wait::pass(SETTLE);
    let vrrp = daemon.vrrp()?;
    let mut processes = Vec::new();
    for pid in probe::tree(daemon.parent())? {
        let name = match pid {
            pid if pid == daemon.parent() => "parent".to_owned(),
            pid if pid == vrrp => "VRRP".to_owned(),
            _ => "other".to_owned(),
        };
        processes.push((name, probe::memory(pid)?));
    }
    daemon.stop()?;
    Ok(processes)
}

fn add(sum: &mut Memory, one: Memory) {
    sum.resident += one.resident;
    sum.anonymous += one.anonymous;
    sum.private_dirty += one.private_dirty;
    sum.proportional += one.proportional;
}

fn row(table: &mut Table, work: Work, program: &str, process: &str, memory: Memory) {
    let figures = [memory.anonymous, memory.private_dirty, memory.proportional, memory.resident];
    let mut cells = vec![work.instances.to_string(), program.to_owned(), process.to_owned()];
    cells.extend(figures.map(|figure| figure.to_string()));
    table.row(cells);
}
