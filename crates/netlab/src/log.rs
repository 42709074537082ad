//! The log lines of all processes of a lab, and how they are shown when something goes wrong.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::clock;
use crate::feed::Feed;

/// Lines remembered of one process.
const LINES: usize = 20_000;
/// Octets kept of one line.
const LINE_LENGTH: u64 = 4096;
/// Lines of each process in an error.
const TAIL: usize = 12;

/// One line that a process printed, to stdout or stderr.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// When it arrived.
    pub at: Instant,
    /// The line, without its end; octets that are no UTF-8 replaced.
    pub text: String,
}

pub(crate) type Lines = Arc<Feed<Line>>;

/// A feed for the lines of `pipes` pipes.
pub(crate) fn lines(pipes: usize) -> Lines {
    Arc::new(Feed::new(pipes, LINES))
}

/// Reads `pipe` on a thread of its own until it ends, and hands over each line.
pub(crate) fn read(
    pipe: impl Read + Send + 'static,
    mut each: impl FnMut(Line) + Send + 'static,
    end: impl FnOnce() + Send + 'static,
) {
    thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while matches!(pipe.by_ref().take(LINE_LENGTH).read_until(b'\n', &mut line), Ok(1..)) {
            let at = clock::now();
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            each(Line { at, text });
            line.clear();
        }
        end();
    });
}

/// Every process's log, by name.
#[derive(Debug)]
pub(crate) struct Logs {
    start: Instant,
    all: Mutex<Vec<(String, Lines)>>,
}

impl Logs {
    pub(crate) fn new() -> Self {
        Self { start: clock::now(), all: Mutex::default() }
    }

    pub(crate) fn add(&self, name: &str, lines: Lines) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), lines));
    }

    /// The last lines of every process in the order they came, with seconds since the lab's start.
    pub(crate) fn tail(&self) -> String {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<(&str, Line)> = Vec::new();
        for (name, log) in all.iter() {
            lines.extend(log.tail(TAIL).into_iter().map(|line| (name.as_str(), line)));
        }
        lines.sort_by_key(|(_, line)| line.at);
        let mut text = String::new();
        for (name, line) in lines {
            let at = line.at.saturating_duration_since(self.start).as_secs_f64();
            let _ = writeln!(text, "{at:9.4} {name}: {}", line.text);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::feed::Mark;

    #[test]
    fn lines_of_several_processes_are_shown_in_their_order() {
        let logs = Logs::new();
        let (left, right) = (lines(1), lines(1));
        logs.add("left", Arc::clone(&left));
        logs.add("right", Arc::clone(&right));
        let at = |millis| logs.start + Duration::from_millis(millis);
        left.push(Line { at: at(1), text: "first".into() });
        left.push(Line { at: at(1500), text: "third".into() });
        right.push(Line { at: at(20), text: "second".into() });
        assert_eq!(logs.tail(), "   0.0010 left: first\n   0.0200 right: second\n   1.5000 left: third\n");
    }

    #[test]
    fn what_is_no_text_or_no_line_is_kept_all_the_same() {
        let lines = lines(1);
        let (push, close) = (Arc::clone(&lines), Arc::clone(&lines));
        let octets: &[u8] = b"one\r\n\xff\xfe\nlast";
        read(octets, move |line| push.push(line), move || close.close());
        let last =
            lines.wait(Mark::START, Duration::from_secs(20), |line| (line.text == "last").then_some(()));
        assert_eq!(last, Ok(()));
        let texts: Vec<String> = lines.since(Mark::START).into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["one", "\u{fffd}\u{fffd}", "last"]);
    }
}
