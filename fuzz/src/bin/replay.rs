//! Runs the fuzz targets over stored inputs, without a fuzzer: `replay` runs all of `corpus/`,
//! `replay TARGET FILE...` these files (a crash, say).
//!
//! A broken law is a panic, followed by the name of the input, and a failing exit.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kad_fuzz::{TARGETS, Target};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let done = match arguments.next() {
        None => corpus(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus"))),
        Some(name) => match TARGETS.iter().find(|(target, _)| name == *target) {
            Some((name, target)) => files(name, *target, arguments.map(PathBuf::from)),
            None => {
                let known = TARGETS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
                eprintln!("no target {}, there are: {}", name.display(), known.join(", "));
                return ExitCode::FAILURE;
            }
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Every target over its directory; one without inputs is an error, for it would prove nothing.
fn corpus(root: &Path) -> io::Result<()> {
    for (name, target) in TARGETS {
        let directory = root.join(name);
        let entries = std::fs::read_dir(&directory)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", directory.display())))?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        if paths.is_empty() {
            return Err(io::Error::other(format!("{}: no inputs", directory.display())));
        }
        paths.sort();
        files(name, *target, paths)?;
    }
    Ok(())
}

fn files(name: &str, target: Target, paths: impl IntoIterator<Item = PathBuf>) -> io::Result<()> {
    let mut count = 0;
    for path in paths {
        let octets = std::fs::read(&path)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
        // Says which input it was, should the target panic.
        let announce = Announce(&path);
        target(&octets);
        drop(announce);
        count += 1;
    }
    println!("{name}: {count} inputs");
    Ok(())
}

/// Names the input whose target panicked.
struct Announce<'a>(&'a Path);

impl Drop for Announce<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("input: {}", self.0.display());
        }
    }
}
