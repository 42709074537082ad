//! `cargo xtask`: the project's own commands.
//!
//! `cargo xtask test` installs what the tests need and runs every suite; `.ci/run` calls exactly that. Nothing the
//! daemon does is here.
#![forbid(unsafe_code)]

mod clock;
mod compare;
mod docs;
mod exec;
mod guest;
mod interrupt;
mod needs;
mod repo;
mod report;
mod suites;
mod tally;
#[cfg(test)]
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use suites::SUITES;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the tests need that is missing, then run every suite.
    Test {
        /// Run these suites only; may be given more than once.
        #[arg(long, value_name = "SUITE", value_parser = suites::names())]
        only: Vec<String>,
        /// Print the suites and what each is for.
        #[arg(long)]
        list: bool,
    },
    /// Measure kad beside the installed keepalived and write docs/benchmarks.md.
    Compare(compare::Options),
    /// Run a program in a guest kernel that has IPVS, as root, with this host's files.
    Guest(guest::Options),
    /// Write docs/config/ anew from the table of keywords.
    Docs(docs::Options),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    if matches!(command, Task::Test { list: true, .. }) {
        report::list(SUITES);
        return ExitCode::SUCCESS;
    }
    if let Err(error) = interrupt::watch() {
        eprintln!("cannot watch for signals: {error}");
        return ExitCode::FAILURE;
    }
    match command {
        Task::Test { only, .. } => test(&only),
        Task::Compare(options) => compare::run(&options),
        Task::Docs(options) => docs::run(&options),
        Task::Guest(options) => guest::run(&options),
    }
}

/// Runs the chosen suites in the order of the table; the last line printed is the count.
fn test(only: &[String]) -> ExitCode {
    let chosen = SUITES.iter().filter(|suite| only.is_empty() || only.iter().any(|name| name == suite.name));
    let chosen: Vec<_> = chosen.collect();
    let mut installer = needs::Installer::default();
    installer.provide(&chosen);
    let mut results = Vec::new();
    for suite in chosen {
        if interrupt::seen() {
            break;
        }
        report::heading(suite);
        let start = clock::now();
        let verdict = match installer.unmet(suite) {
            Some(reason) => tally::Verdict::failure(format!("cannot run here: {reason}")),
            None => (suite.run)(),
        };
        results.push(report::Row { suite, verdict, took: clock::now() - start });
    }
    report::summary(&results)
}
