//! Reading large configurations: `-t`, its time and its memory, and how both grow.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::daemon::{Program, Programs};
use super::table::{Table, figure, ratio};
use super::{Depth, note, stats};
use crate::{exec, repo};

/// What a file is full of.
#[derive(Clone, Copy)]
enum Kind {
    Instances,
    /// With four real servers each.
    VirtualServers,
}

impl Kind {
    fn name(self, count: u32) -> String {
        match self {
            Self::Instances => format!("{count} instances"),
            Self::VirtualServers => format!("{count} virtual servers × 4"),
        }
    }

    fn text(self, count: u32) -> String {
        match self {
            Self::Instances => instances(count),
            Self::VirtualServers => virtual_servers(count),
        }
    }
}

/// One run of `-t`.
struct Run {
    /// Processor time, ms.
    cpu: f64,
    /// From start to end, ms.
    wall: f64,
    /// Most memory resident, kB.
    memory: f64,
}

/// Both programs, small and large files.
pub(super) fn measure(programs: &Programs, depth: Depth) -> io::Result<Table> {
    let mut table = Table::new(&[
        "configuration",
        "size, kB",
        "",
        "runs",
        "processor time: median, ms",
        "wall: median",
        "most memory, kB",
    ]);
    let files = [
        (Kind::Instances, 1000),
        (Kind::Instances, 5000),
        (Kind::VirtualServers, 1000),
        (Kind::VirtualServers, 10_000),
    ];
    for (kind, count) in files {
        let text = kind.text(count);
        let file = written(&text)?;
        let mut medians = Vec::new();
        for program in programs.both() {
            note(&format!("config, {}, {}", kind.name(count), program.name));
            let runs = depth.pick(9, 3);
            let outcomes = (0..runs).map(|_| once(program, &file)).collect::<io::Result<Vec<_>>>()?;
            let median =
                |part: fn(&Run) -> f64| stats::median(&outcomes.iter().map(part).collect::<Vec<_>>());
            let figures = [median(|run| run.cpu), median(|run| run.wall), median(|run| run.memory)];
            let mut row = vec![kind.name(count), (text.len() / 1000).to_string(), program.name.to_owned()];
            row.push(runs.to_string());
            row.extend(figures.iter().map(|value| figure(*value)));
            table.row(row);
            medians.push(figures);
        }
        fs::remove_file(&file)?;
        let [kad, other] = medians[..] else { continue };
        let mut row = vec![kind.name(count), String::new(), "**kad / keepalived**".to_owned(), String::new()];
        row.extend(kad.iter().zip(other).map(|(kad, other)| ratio(*kad, other)));
        table.row(row);
    }
    Ok(table.note(
        "`-t` on one file. Processor time is user and system, by the shell; memory the maximum resident set, by GNU \
         time. One address an instance, `dynamic_interfaces`; a TCP_CHECK a real server.",
    ))
}

fn once(program: &Program, file: &Path) -> io::Result<Run> {
    let file = file.to_string_lossy();
    let script = "{ TIMEFORMAT='%U %S %R'; time /usr/bin/time -f %M \"$0\" -t -f \"$1\"; } 2>&1 | tail -n 2";
    let text = exec::probe(repo::command("bash", ["-c", script, &program.file.to_string_lossy(), &file]));
    let text = text.ok_or_else(|| io::Error::other("no GNU time: apt-get install time"))?;
    let figures: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [memory, user, system, wall] = figures[..] else {
        return Err(io::Error::other(format!("{} -t: {}", program.name, text.trim())));
    };
    Ok(Run { cpu: (user + system) * 1e3, wall: wall * 1e3, memory })
}

/// A file of this text, for this process alone.
fn written(text: &str) -> io::Result<PathBuf> {
    let file = std::env::temp_dir().join(format!("kad-compare-{}.conf", std::process::id()));
    fs::write(&file, text)?;
    Ok(file)
}

fn instances(count: u32) -> String {
    let mut text = String::from("global_defs {\n    router_id compare\n    dynamic_interfaces\n}\n");
    for index in 0..count {
        let (vrid, net) = (index % 255 + 1, index / 255);
        let _infallible = write!(
            text,
            "vrrp_instance VI_{index} {{\n    state BACKUP\n    interface eth{net}\n    virtual_router_id {vrid}\n    \
             priority 100\n    advert_int 1\n    virtual_ipaddress {{\n        10.{net}.{vrid}.1/24\n    }}\n}}\n"
        );
    }
    text
}

fn virtual_servers(count: u32) -> String {
    format!("global_defs {{\n    router_id compare\n}}\n{}", servers_alone(count))
}

/// Virtual servers, for a file that has something else too.
pub(super) fn servers_alone(count: u32) -> String {
    let mut text = String::new();
    for index in 0..count {
        let (high, low) = (index / 250, index % 250);
        let _infallible = write!(
            text,
            "virtual_server 10.{high}.{low}.1 80 {{\n    delay_loop 6\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n"
        );
        for server in 0..4 {
            let _infallible = write!(
                text,
                "    real_server 192.168.{server}.{} 80 {{\n        weight 1\n        TCP_CHECK {{\n            \
                 connect_timeout 3\n        }}\n    }}\n",
                low + 1
            );
        }
        text.push_str("}\n");
    }
    text
}
