//! Configurations found in the wild. They are other people's, so they are not part of the repository: the suite is
//! skipped where they are not at hand.

use std::env;
use std::path::PathBuf;

use super::pure::tests;
use crate::repo;
use crate::tally::Verdict;

/// Names the directory that holds them.
const VARIABLE: &str = "KAD_CORPUS";
/// Where they are looked for otherwise, beside the repository.
const BESIDE: &str = "../shared/corpus/wild";

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
    let directory = directory.to_string_lossy();
    // The parser's test reads the project's own files without a corpus; the daemon's needs one.
    tests(
        "test --workspace --no-fail-fast --test corpus --test format -- --include-ignored",
        &[("KACONF_CORPUS", &directory), (VARIABLE, &directory)],
    )
}
