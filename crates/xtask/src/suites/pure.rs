//! Suites of test programs that need nothing but a processor.

use std::time::Duration;

use crate::exec;
use crate::repo::{cargo, find};
use crate::tally::{Runner, Verdict};

/// Compiling is in it.
const LIMIT: Duration = Duration::from_secs(1200);
/// How many histories the simulation tries a law with: built for speed it does so in half a minute.
const SEEDS: &str = "5000";

pub(super) fn unit() -> Verdict {
    // nextest runs the tests of all crates side by side, cargo test crate after crate.
    if find("cargo-nextest").is_some() {
        let options = "--no-fail-fast --no-tests fail --status-level slow --final-status-level fail";
        let mut command = cargo(&format!("nextest run --workspace {options}"));
        command.env("NEXTEST_HIDE_PROGRESS_BAR", "1").env("CARGO_TERM_COLOR", "never");
        let (end, lines) = exec::run_and_read(command, LIMIT);
        return Verdict::of_tests(&end, &lines, Runner::Nextest);
    }
    tests("test --workspace --lib --bins --tests --examples --no-fail-fast", &[])
}

pub(super) fn doctest() -> Verdict {
    tests("test --workspace --doc --no-fail-fast", &[])
}

pub(super) fn sim() -> Verdict {
    tests("test --release --package vrrp-sim --tests", &[("VRRP_SIM_SEEDS", SEEDS)])
}

/// Under `cargo test` criterion runs each benchmark once, and measures nothing.
pub(super) fn benches() -> Verdict {
    counted("test --workspace --no-fail-fast --bench *", &[], Runner::Criterion)
}

/// Runs a `cargo test` of Rust's own test programs.
pub(super) fn tests(arguments: &str, environment: &[(&str, &str)]) -> Verdict {
    counted(arguments, environment, Runner::Libtest)
}

fn counted(arguments: &str, environment: &[(&str, &str)], runner: Runner) -> Verdict {
    let mut command = cargo(arguments);
    command.env("CARGO_TERM_COLOR", "never").envs(environment.iter().copied());
    let (end, lines) = exec::run_and_read(command, LIMIT);
    Verdict::of_tests(&end, &lines, runner)
}
