//! Runs commands: no input, bounded in time, ended with all they started.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::clock;
use crate::interrupt::Running;

/// How long a command that was told to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// How long output may still arrive after the command itself has ended.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The longest a short command may take.
const PROBE: Duration = Duration::from_secs(60);

/// How a command ended.
#[derive(Debug)]
pub(crate) enum End {
    /// By itself.
    Exited(ExitStatus),
    /// It was still running when its time was over.
    TimedOut(Duration),
    /// It never ran.
    NotStarted(io::Error),
}

impl End {
    pub(crate) fn success(&self) -> bool {
        matches!(self, Self::Exited(status) if status.success())
    }
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => write!(out, "{status}"),
            Self::TimedOut(limit) => write!(out, "still running after {} s, ended", limit.as_secs()),
            Self::NotStarted(error) => write!(out, "not started: {error}"),
        }
    }
}

/// Runs `command` on the terminal.
pub(crate) fn run(mut command: Command, limit: Duration) -> End {
    announce(&command);
    let child = command.stdin(Stdio::null()).process_group(0).spawn();
    child.map_or_else(End::NotStarted, |child| wait(child, limit))
}

/// Runs `command`, shows its output line by line, and returns the lines of both streams in order of arrival.
pub(crate) fn run_and_read(mut command: Command, limit: Duration) -> (End, Vec<String>) {
    announce(&command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return (End::NotStarted(error), Vec::new()),
    };
    let (sender, lines) = channel();
    for pipe in [child.stdout.take().map(boxed), child.stderr.take().map(boxed)].into_iter().flatten() {
        let sender = sender.clone();
        thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).into_owned();
                // A closed standard output is no reason to stop the tests.
                let _closed = writeln!(io::stdout(), "{line}");
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    drop(sender);
    let end = wait(child, limit);
    (end, collect(&lines))
}

/// Runs a short `command` in silence: its standard output, of a few lines, if it succeeded.
pub(crate) fn probe(mut command: Command) -> Option<String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().ok()?;
    let mut pipe = child.stdout.take()?;
    let end = wait(child, PROBE);
    let mut output = String::new();
    // What it says fits into the pipe, so it could end before anybody read.
    pipe.read_to_string(&mut output).ok().filter(|_| end.success()).map(|_| output)
}

fn boxed(pipe: impl Read + Send + 'static) -> Box<dyn Read + Send> {
    Box::new(pipe)
}

/// What has come by the end; a process that outlives the command and holds its output is not waited for long.
fn collect(lines: &Receiver<String>) -> Vec<String> {
    let last = clock::now() + LAST_WORDS;
    let mut all = Vec::new();
    while let Ok(line) = lines.recv_timeout(last.saturating_duration_since(clock::now())) {
        all.push(line);
    }
    all
}

fn announce(command: &Command) {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    let _closed = writeln!(io::stdout(), "$ {}", words.join(" "));
}

fn wait(mut child: Child, limit: Duration) -> End {
    let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) else {
        return child.wait().map_or_else(End::NotStarted, End::Exited);
    };
    let running = Running::new(pid);
    let in_time = ends_within(pid, limit);
    if !in_time {
        let _gone = kill_process_group(pid, Signal::TERM);
        ends_within(pid, GRACE);
    }
    // What it left behind in its group goes in any case; the group is still ours while the child is not reaped.
    let _gone = kill_process_group(pid, Signal::KILL);
    drop(running);
    match child.wait() {
        Ok(status) if in_time => End::Exited(status),
        Ok(_) => End::TimedOut(limit),
        Err(error) => End::NotStarted(error),
    }
}

fn ends_within(pid: Pid, limit: Duration) -> bool {
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else { return false };
    let end = clock::now() + limit;
    loop {
        let left = end.saturating_duration_since(clock::now());
        let left = Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 3600, tv_nsec: 0 });
        match poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&left)) {
            Ok(ready) => return ready > 0,
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn lines_of_both_streams_come_back() {
        let (end, mut lines) = run_and_read(sh("echo out; echo err >&2; exit 3"), Duration::from_secs(20));
        lines.sort();
        assert!(matches!(&end, End::Exited(status) if status.code() == Some(3)), "{end}");
        assert_eq!(lines, ["err", "out"]);
    }

    #[test]
    fn what_takes_too_long_is_ended_with_its_children() {
        let (end, lines) =
            run_and_read(sh("sleep 600 & echo $!; wait; echo late"), Duration::from_millis(500));
        assert!(matches!(end, End::TimedOut(_)), "{end}");
        let child: i32 = lines[0].parse().unwrap();
        assert_eq!(lines.len(), 1);
        // It has been killed and may be on its way out: it is gone, or it ends at once.
        let pid = Pid::from_raw(child).unwrap();
        let gone = pidfd_open(pid, PidfdFlags::empty()).is_err_and(|error| error == rustix::io::Errno::SRCH);
        assert!(gone || ends_within(pid, GRACE), "{child} is still running");
    }

    #[test]
    fn a_program_that_is_not_there_is_told_from_one_that_failed() {
        assert!(matches!(run(Command::new("/nowhere/prog"), Duration::from_secs(1)), End::NotStarted(_)));
    }
}
