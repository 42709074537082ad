//! The stored inputs of the fuzz targets, replayed without a fuzzer.

use std::time::Duration;

use super::pure::tests;
use crate::exec;
use crate::repo::cargo;
use crate::tally::{Runner, Verdict};

const LIMIT: Duration = Duration::from_secs(600);

pub(super) fn replay() -> Verdict {
    let mut command = cargo("run --manifest-path fuzz/Cargo.toml --bin replay");
    command.env("CARGO_TERM_COLOR", "never");
    let (end, lines) = exec::run_and_read(command, LIMIT);
    let mut verdict = Verdict::of_tests(&end, &lines, Runner::Replay);
    // That targets, seeds and entry points go together.
    verdict.add(tests("test --manifest-path fuzz/Cargo.toml --tests", &[]));
    verdict
}
