//! The program starts itself again in namespaces of its own, so that whatever it starts there ends with it, however it
//! ends, and nothing of it is seen or left outside.

use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use super::{Options, daemon};
use crate::{exec, repo};

/// An optimised build of the daemon with all it is made of.
const BUILD: Duration = Duration::from_secs(1800);
/// Everything in full takes about half of this.
const LIMIT: Duration = Duration::from_secs(3600);
/// What is run here besides the two programs, and the Debian package it is in.
const TOOLS: [(&str, &str); 7] = [
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
    ("mount", "mount"),
    ("ip", "iproute2"),
    ("sysctl", "procps"),
    ("tcpdump", "tcpdump"),
    ("perf", "linux-perf"),
];

/// Outside: builds kad unless one is given, and starts this program again.
pub(super) fn enter(options: &Options) -> io::Result<ExitCode> {
    check()?;
    let kad = match &options.kad {
        Some(file) => file.canonicalize()?,
        None => build("kad")?,
    };
    // The bare sender is the bound for kad's sender, so it has to be as optimised.
    let own = build("xtask")?;
    let keepalived = daemon::installed(&options.keepalived)?;
    let mut command =
        repo::command("unshare", ["--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"]);
    command.arg(own).args(["compare", "--enclosed"]);
    command.arg("--kad").arg(kad).arg("--keepalived").arg(keepalived);
    for part in &options.only {
        command.args(["--only", part.name()]);
    }
    if options.quick {
        command.arg("--quick");
    }
    let end = exec::run(command, LIMIT);
    if end.success() {
        return Ok(ExitCode::SUCCESS);
    }
    Err(io::Error::other(format!("the measurement did not end well: {end}")))
}

/// Inside: a place for the namespaces' names and for files, that nobody else sees.
pub(super) fn prepare() -> io::Result<()> {
    done(repo::command("mount", ["-t", "tmpfs", "tmpfs", "/run"]))?;
    std::fs::create_dir("/run/netns")
}

/// Runs a short command that has to succeed.
pub(super) fn done(mut command: Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(io::Error::other(format!("{}: {}: {words}", command.get_program().display(), output.status)))
}

fn check() -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Err(io::Error::other("this needs root: raw sockets, namespaces, perf"));
    }
    for (tool, package) in TOOLS {
        if repo::find(tool).is_none() {
            return Err(io::Error::other(format!("{tool} is missing: apt-get install {package}")));
        }
    }
    Ok(())
}

/// The optimised program of that package.
fn build(package: &str) -> io::Result<PathBuf> {
    let end = exec::run(repo::cargo(&format!("build --release --package {package}")), BUILD);
    if end.success() {
        return Ok(repo::target_directory().join("release").join(package));
    }
    Err(io::Error::other(format!("{package} does not build: {end}")))
}
