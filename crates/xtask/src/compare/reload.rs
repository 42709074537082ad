//! SIGHUP: the longest time a receiver waits for an advert while the master reads its file again.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use super::capture::{Advert, Capture, Pace};
use super::conf::{HIGH, LOW, Work};
use super::config;
use super::daemon::{Daemon, Program, Programs};
use super::table::{Table, figure};
use super::takeover::wall_clock;
use super::world::{Side, World};
use super::{Depth, note, stats, wait};

/// What is reloaded.
#[derive(Clone, Copy)]
struct Scene {
    work: Work,
    /// Beside the instances, with four real servers each.
    virtual_servers: u32,
}

/// What a series of reloads came to.
#[derive(Default)]
struct Outcome {
    /// The longest interval of each span without a reload, ms.
    quiet: Vec<f64>,
    /// The longest interval across each reload, ms.
    across: Vec<f64>,
    /// How often an instance of the backup took over.
    takeovers: usize,
}

/// Both scenes, both programs.
pub(super) fn measure(programs: &Programs, depth: Depth) -> io::Result<Table> {
    let mut table = Table::new(&[
        "instances × interval",
        "virtual servers × 4",
        "",
        "reloads",
        "longest interval without: median, ms",
        "max",
        "across a reload: median",
        "max",
        "takeovers",
    ]);
    let scenes = [
        Scene { work: Work::v3(1000, 1000), virtual_servers: 0 },
        Scene { work: Work::v3(50, 10), virtual_servers: 10_000 },
    ];
    for scene in scenes {
        for program in programs.both() {
            let runs = depth.pick(20, 5);
            note(&format!("reload, {}, {}, {runs} reloads", scene.work.name(), program.name));
            let outcome = series(program, scene, runs)?;
            table.row(vec![
                scene.work.name(),
                scene.virtual_servers.to_string(),
                program.name.to_owned(),
                runs.to_string(),
                figure(stats::median(&outcome.quiet)),
                figure(stats::max(&outcome.quiet)),
                figure(stats::median(&outcome.across)),
                figure(stats::max(&outcome.across)),
                outcome.takeovers.to_string(),
            ]);
        }
    }
    Ok(table.note(
        "The same file again, the adverts of all instances at the receiver, by the kernel's time stamps. The virtual \
         servers are in the file alone (`-P`). Takeovers: by a backup of the same program on the receiver's side, \
         whose Master_Down_Interval at 10 ms is 36 ms.",
    ))
}

fn series(program: &Program, scene: Scene, runs: usize) -> io::Result<Outcome> {
    let Scene { work, virtual_servers } = scene;
    let world = World::new(work.interfaces())?;
    let more = config::servers_alone(virtual_servers);
    let mut master = Daemon::start_beside(&world, Side::Master, program, work, HIGH, &more)?;
    master.all_enter("MASTER", work)?;
    let mut backup = Daemon::start(&world, Side::Backup, program, work, LOW)?;
    backup.all_enter("BACKUP", work)?;
    let span = (3 * work.interval).max(Duration::from_millis(500));
    // The second burst of gratuitous ARP is over then.
    wait::pass(Duration::from_secs(2));
    let before = backup.entered("MASTER")?;
    let capture = Capture::start(&world, Pace::Later)?;
    let mut spans = Vec::new();
    for _ in 0..runs {
        let begin = wall_clock()?;
        wait::pass(span);
        let asked = wall_clock()?;
        master.reload()?;
        wait::pass(span);
        spans.push((begin, asked, wall_clock()?));
    }
    let adverts = capture.finish()?.adverts;
    let mut outcome = Outcome { takeovers: backup.entered("MASTER")? - before, ..Outcome::default() };
    for (begin, asked, end) in spans {
        outcome.quiet.push(longest(&adverts, begin, asked));
        outcome.across.push(longest(&adverts, asked, end));
    }
    Ok(outcome)
}

/// The longest time between two adverts of one instance of the master that has something in common with a span, ms.
fn longest(adverts: &[Advert], from: Duration, to: Duration) -> f64 {
    let mut last = HashMap::new();
    let mut longest = Duration::ZERO;
    for advert in adverts.iter().filter(|advert| Side::Master.has(advert.source)) {
        let before = last.insert((advert.source, advert.vrid), advert.at);
        if let Some(before) = before.filter(|before| *before < to && advert.at > from) {
            longest = longest.max(advert.at.saturating_sub(before));
        }
    }
    longest.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_interval_of_one_instance_counts() {
        let master = Side::Master.address(0);
        let advert = |ms: u64, vrid: u8, source| Advert {
            at: Duration::from_millis(ms),
            source,
            vrid,
            priority: HIGH,
        };
        let adverts = [
            advert(0, 1, master),
            advert(5, 2, master),
            advert(10, 1, master),
            advert(12, 1, Side::Backup.address(0)),
            advert(40, 1, master),
            advert(45, 2, master),
            advert(50, 1, master),
        ];
        let of =
            |from: u64, to: u64| longest(&adverts, Duration::from_millis(from), Duration::from_millis(to));
        assert_eq!(of(0, 5), 10.0, "the second instance begins then");
        assert_eq!(of(0, 10), 40.0, "of the second");
        assert_eq!(of(45, 60), 10.0);
        assert_eq!(of(60, 70), 0.0);
    }
}
