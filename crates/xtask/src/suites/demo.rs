//! The demonstration, run as a new user runs it: it must succeed and leave nothing behind. Then its own tests, which
//! play it without root, interrupt it and forbid it what it needs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::live;
use crate::exec;
use crate::repo::{cargo, command, target_directory};
use crate::tally::Verdict;

/// An optimised build of the daemon with all it is made of.
const BUILD: Duration = Duration::from_secs(900);
/// It takes about half a minute.
const SHOW: Duration = Duration::from_secs(180);
/// Every process of the demonstration has this in its environment, so what is left of it can be told.
const MARK: &str = "KAD_XTASK_DEMO";

pub(super) fn run() -> Verdict {
    let built = exec::run(cargo("build --release"), BUILD);
    if !built.success() {
        return Verdict::failure(format!("it does not build: {built}"));
    }
    let binary = target_directory().join("release/kad");
    let mut verdict = Verdict::default();
    play(&mut verdict, "demo", command(&binary.to_string_lossy(), ["demo"]));
    verdict.add(live::demo());
    verdict
}

fn play(verdict: &mut Verdict, name: &str, mut command: Command) {
    let mark = format!("{name}-{}", std::process::id());
    let namespaces = named_namespaces();
    let end = exec::run(
        {
            command.env(MARK, &mark);
            command
        },
        SHOW,
    );
    if end.success() {
        verdict.pass();
    } else {
        verdict.fail(format!("{name}: {end}"));
    }
    let processes = left_processes(&mark);
    let namespaces: Vec<_> = named_namespaces().difference(&namespaces).cloned().collect();
    if processes.is_empty() && namespaces.is_empty() {
        verdict.pass();
    } else {
        verdict.fail(format!("{name} left behind: processes {processes:?}, namespaces {namespaces:?}"));
    }
}

/// Processes with our mark, as `pid (name)`.
fn left_processes(mark: &str) -> Vec<String> {
    let wanted = format!("{MARK}={mark}");
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| has_mark(path, wanted.as_bytes())).map(|path| describe(&path)).collect()
}

fn has_mark(process: &Path, wanted: &[u8]) -> bool {
    fs::read(process.join("environ"))
        .is_ok_and(|text| text.split(|&octet| octet == 0).any(|item| item == wanted))
}

fn describe(process: &Path) -> String {
    let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
    format!("{} ({})", process.file_name().unwrap_or_default().to_string_lossy(), name.trim_end())
}

/// Namespaces that outlive their processes: those with a name, and others that are mounted somewhere.
fn named_namespaces() -> BTreeSet<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let mounted =
        mounts.lines().filter(|line| line.contains(" - nsfs ")).filter_map(|line| line.split(' ').nth(4));
    mounted.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::process::Stdio;

    #[test]
    fn a_process_that_is_left_is_found_by_its_mark() {
        let mark = format!("test-{}", std::process::id());
        assert_eq!(left_processes(&mark), <[String; 0]>::default());
        // Its word means that it is started, not only forked.
        let mut child = Command::new("sh")
            .args(["-c", "echo; exec sleep 60"])
            .env(MARK, &mark)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
        let left = left_processes(&mark);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(left[0].starts_with(&child.id().to_string()), "{left:?}");
    }
}
