//! Suites of tests that are marked `#[ignore]`, because they need namespaces of the kernel and other daemons.
//!
//! `--workspace` with the name of a test program, not `--package`: so the build is the one the unit tests made.

use super::marks;
use super::pure::tests;
use crate::exec;
use crate::needs::own_network;
use crate::repo;
use crate::tally::Verdict;

/// How many tests run side by side where each has daemons of its own: they wait more than they work, but timers of
/// 10 ms want a processor when they are due.
const THREADS: usize = 6;

pub(super) fn linux() -> Verdict {
    in_own_network("linux")
}

pub(super) fn processes() -> Verdict {
    in_own_network("processes")
}

pub(super) fn netlab() -> Verdict {
    ignored("netlab", THREADS, &[])
}

pub(super) fn interop() -> Verdict {
    ignored("interop", THREADS, &[])
}

pub(super) fn oracle() -> Verdict {
    ignored("oracle", 6, &[])
}

/// The tests of the demonstration; it is played beside them too, see `demo`.
pub(super) fn demo() -> Verdict {
    ignored("demo", THREADS, &[])
}

pub(super) fn hostile() -> Verdict {
    ignored("hostile", 1, &[])
}

/// In a guest kernel, entered by the test program and not by cargo.
pub(super) fn guest() -> Verdict {
    if !rustix::process::geteuid().is_root() {
        return Verdict::skipped("skipped: only root can end a guest kernel with all its processes");
    }
    let (Some(variable), Ok(xtask)) = (runner_variable(), std::env::current_exe()) else {
        return Verdict::failure("cannot run here: how to start a test program is not known");
    };
    let environment = [(&*variable, &*format!("{} guest --", xtask.display()))];
    ignored_with("--features ipvs-netlink/tokio", "guest", 1, &environment)
}

/// The tests that say in their `#[ignore]` that this suite runs them.
fn ignored(suite: &str, threads: usize, environment: &[(&str, &str)]) -> Verdict {
    ignored_with("", suite, threads, environment)
}

/// The same with more options for cargo.
fn ignored_with(more: &str, suite: &str, threads: usize, environment: &[(&str, &str)]) -> Verdict {
    let programs: Vec<_> = marks::programs().into_iter().filter(|(_, of)| of == suite).collect();
    if programs.is_empty() {
        return Verdict::failure("no test program has a test of this suite");
    }
    let programs: Vec<_> = programs.iter().map(|(program, _)| format!("--test {program}")).collect();
    let options = format!("--ignored --test-threads={threads}");
    let programs = programs.join(" ");
    tests(&format!("test --workspace --no-fail-fast {more} {programs} -- {options}"), environment)
}

/// The same in a fresh network namespace, entered by the test program and not by cargo.
fn in_own_network(suite: &str) -> Verdict {
    let Some(variable) = runner_variable() else {
        return Verdict::failure("cannot run here: rustc -vV does not say for what it compiles");
    };
    ignored(suite, THREADS, &[(&variable, own_network())])
}

/// The variable by which cargo is told under which command to start a test program.
fn runner_variable() -> Option<String> {
    let text = exec::probe(repo::command("rustc", ["-vV"]))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "))?;
    Some(format!("CARGO_TARGET_{}_RUNNER", host.trim().replace(['-', '.'], "_").to_uppercase()))
}
