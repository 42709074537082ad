//! False takeovers while every core is busy: four endless loops on the machine's cores, the programs at normal
//! priority.

use std::io;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::capture::{Capture, Pace};
use super::conf::{HIGH, LOW, Work};
use super::cpu::{Observation, times};
use super::daemon::{Daemon, Program, Programs};
use super::table::{Table, figure};
use super::world::{Side, World};
use super::{Depth, note, wait};
use crate::repo;

const LOOPS: usize = 4;
/// Until the second gratuitous ARP is over and the backup has settled.
const SETTLE: Duration = Duration::from_millis(2500);

/// Both programs at the two loads that matter.
pub(super) fn measure(programs: &Programs, depth: Depth) -> io::Result<Table> {
    let span = Duration::from_secs(depth.pick(30, 10));
    let mut table = Table::new(&[
        "instances × interval",
        "",
        "false takeovers",
        "adverts of the backup",
        "jitter p50, ms",
        "p99",
        "max",
        "mean gap, ms",
        "lost by the capture",
    ]);
    for work in [Work::v3(50, 10), Work::v3(250, 10)] {
        for program in programs.both() {
            note(&format!("load, {}, {}", work.name(), program.name));
            let (takeovers, seen) = once(program, work, span)?;
            table.row(vec![
                work.name(),
                program.name.to_owned(),
                takeovers.to_string(),
                seen.false_adverts.to_string(),
                figure(seen.jitter_p50),
                figure(seen.jitter_p99),
                figure(seen.jitter_max),
                figure(seen.mean_gap),
                seen.lost.to_string(),
            ]);
        }
    }
    let seconds = span.as_secs();
    Ok(table.note(&format!(
        "{LOOPS} endless loops for {seconds} s, all at normal priority and in one scheduling group. False takeovers: \
         how often an instance of the backup became master in that time, by its log."
    )))
}

fn once(program: &Program, work: Work, span: Duration) -> io::Result<(usize, Observation)> {
    let world = World::new(work.interfaces())?;
    let mut master = Daemon::start(&world, Side::Master, program, work, HIGH)?;
    master.all_enter("MASTER", work)?;
    let mut backup = Daemon::start(&world, Side::Backup, program, work, LOW)?;
    backup.all_enter("BACKUP", work)?;
    wait::pass(SETTLE);
    let capture = Capture::start(&world, Pace::Later)?;
    let before = backup.entered("MASTER")?;
    let loops = Loops::start()?;
    wait::pass(span);
    drop(loops);
    let takeovers = backup.entered("MASTER")? - before;
    let mut seen = Observation::default();
    times(&mut seen, &capture.finish()?, work);
    Ok((takeovers, seen))
}

/// The endless loops, until dropped.
struct Loops(Vec<Child>);

impl Loops {
    fn start() -> io::Result<Self> {
        let mut loops = Self(Vec::new());
        for _ in 0..LOOPS {
            let mut command = repo::command("sh", ["-c", "while :; do :; done"]);
            loops.0.push(command.stdin(Stdio::null()).spawn()?);
        }
        Ok(loops)
    }
}

impl Drop for Loops {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _gone = child.kill();
            let _reaped = child.wait();
        }
    }
}
