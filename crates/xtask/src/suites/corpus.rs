//! Configurations found in the wild. They are other people's, so they are not part of the repository: the suite is
//! skipped where they are not at hand.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::pure::tests;
use crate::exec;
use crate::repo::{self, command, find};
use crate::tally::Verdict;

/// Names the directory that holds them.
const VARIABLE: &str = "KAD_CORPUS";
/// Where they are looked for otherwise, beside the repository.
const BESIDE: &str = "../shared/corpus/wild";

/// How long all of them may take.
const LIMIT: Duration = Duration::from_secs(300);
/// How many of the exit codes must be C keepalived's; of those found in the wild, all.
const LEAST_PERCENT: u64 = 98;

pub(super) fn run() -> Verdict {
    let set = env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let directory = match set {
        // One that was asked for and is not there is an error.
        Some(path) if !path.is_dir() => {
            return Verdict::failure(format!("{VARIABLE}={}: no such directory", path.display()));
        }
        Some(path) => path,
        None => match repo::root().join(BESIDE).canonicalize() {
            Ok(path) => path,
            Err(_) => {
                return Verdict::skipped(format!("skipped: no {BESIDE} here, and {VARIABLE} is not set"));
            }
        },
    };
    let judge = directory.join("../../tools/corpus-verdicts");
    let directory = directory.to_string_lossy();
    // The parser's test reads the project's own files without a corpus; the daemon's needs one.
    let mut verdict = tests(
        "test --workspace --no-fail-fast --test corpus --test format -- --include-ignored",
        &[("KACONF_CORPUS", &directory), (VARIABLE, &directory)],
    );
    if judge.exists() && rustix::process::geteuid().is_root() && find("unshare").is_some() {
        verdict.add(verdicts(&judge));
    }
    verdict
}

/// Holds the exit codes of `kad -t` against those that were recorded of C keepalived, by the program beside them.
fn verdicts(judge: &Path) -> Verdict {
    let kad = repo::target_directory().join("debug/kad");
    let (end, lines) =
        exec::run_and_read(command(&judge.to_string_lossy(), [&*kad.to_string_lossy()]), LIMIT);
    let agreement = lines.last().and_then(|line| agreement(line));
    let mut verdict = Verdict::default();
    match agreement {
        Some((agree, of)) if end.success() && agree * 100 >= of * LEAST_PERCENT && of > 0 => verdict.pass(),
        Some((agree, of)) => verdict.fail(format!("{agree} of {of} exit codes are those of C keepalived")),
        None => verdict.fail(format!("{} did not say how many agree", judge.display())),
    }
    for line in lines.iter().filter(|line| line.starts_with("BROKE") || line.starts_with("differs  wild/")) {
        verdict.fail(line.clone());
    }
    verdict
}

/// `agree A of B`
fn agreement(line: &str) -> Option<(u64, u64)> {
    let (agree, of) = line.strip_prefix("agree ")?.split_once(" of ")?;
    Some((agree.parse().ok()?, of.trim().parse().ok()?))
}
