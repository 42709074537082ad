//! `kad fmt`: configuration files in their canonical layout.
//!
//! The layout is `kaconf`'s business; here are files, what to do with them, and the verdict.

mod diff;
mod replace;

use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgAction, Args};

use crate::cli::DEFAULT_CONFIG;

/// What stands for standard input.
const STDIN: &str = "-";
/// What it is called.
const STDIN_NAME: &str = "<stdin>";

/// What is larger is no configuration: keepalived would take minutes for it.
const OCTETS_MAX: u64 = 64 << 20;

/// The exit codes. That of a wrong command line is 2, too.
const FINE: u8 = 0;
const WOULD_CHANGE: u8 = 1;
const FAILED: u8 = 2;

/// The arguments of `kad fmt`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Fmt {
    /// Configuration files, laid out in place; - is standard input, laid out on standard output
    #[arg(value_name = "FILE", default_value = DEFAULT_CONFIG)]
    files: Vec<PathBuf>,
    /// Change nothing: show what would change, and end with 1 if anything would
    #[arg(long, conflicts_with = "stdout")]
    check: bool,
    /// Change nothing: write the result to standard output
    #[arg(long)]
    stdout: bool,
    /// Print this help
    #[arg(short = 'h', long, action = ArgAction::HelpLong)]
    help: Option<bool>,
}

impl Fmt {
    /// Lays out each file; one that cannot be read or written keeps no other from it.
    pub(crate) fn run(&self) -> ExitCode {
        let mut worst = FINE;
        for path in &self.files {
            let verdict = match self.file(path) {
                Ok(verdict) => verdict,
                Err(error) => {
                    crate::stderr::say(format_args!("kad fmt: {}: {error}", shown(path)));
                    FAILED
                }
            };
            worst = worst.max(verdict);
        }
        worst.into()
    }

    fn file(&self, path: &Path) -> io::Result<u8> {
        let stdin = path == Path::new(STDIN);
        let text = if stdin { read(io::stdin().lock())? } else { read_file(path)? };
        let canonical = kaconf::format(&text);
        if self.check {
            if canonical == text {
                return Ok(FINE);
            }
            let name = shown(path);
            print(&diff::unified(&name, &text, &canonical))?;
            return Ok(WOULD_CHANGE);
        }
        if stdin || self.stdout {
            print(&canonical)?;
        } else if canonical != text {
            replace::replace(path, &canonical)?;
        }
        Ok(FINE)
    }
}

fn shown(path: &Path) -> String {
    if path == Path::new(STDIN) { STDIN_NAME.to_owned() } else { path.display().to_string() }
}

/// Reads a plain file: what waits for a writer, or never ends, is not one.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("is not a regular file"));
    }
    read(File::open(path)?)
}

fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    from.take(OCTETS_MAX + 1).read_to_end(&mut text)?;
    if text.len() as u64 > OCTETS_MAX {
        return Err(io::Error::other(format!(
            "is larger than {OCTETS_MAX} octets, too large for a configuration"
        )));
    }
    Ok(text)
}

fn print(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        // Who closed it has seen enough; the verdict stays what it is.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
