//! System calls of a process, counted by the kernel's own trace point: the process is not stopped for it, as strace
//! would, and does its usual work.

use std::io;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::probe::Pid;
use crate::repo;

/// Begins to count for a span of time.
pub(super) struct Counter(Child);

impl Counter {
    pub(super) fn start(pid: Pid, span: Duration) -> io::Result<Self> {
        let mut command = repo::command("perf", ["stat", "-x", ";", "-e", "raw_syscalls:sys_enter", "-p"]);
        command.arg(pid.to_string()).arg("--").arg("sleep").arg(span.as_secs_f64().to_string());
        command.env("LC_ALL", "C").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().map(Self)
    }

    /// The count, once the span is over.
    pub(super) fn finish(self) -> io::Result<f64> {
        let output = self.0.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        parse(&text).ok_or_else(|| io::Error::other(format!("perf counts no system calls here: {text}")))
    }
}

fn parse(text: &str) -> Option<f64> {
    text.lines().find(|line| line.contains("sys_enter"))?.split(';').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_the_first_field() {
        assert_eq!(parse("# note\n1064;;raw_syscalls:sys_enter;2001;100.00;;\n"), Some(1064.0));
        assert_eq!(parse("<not supported>;;raw_syscalls:sys_enter;0;100.00;;\n"), None);
    }
}
