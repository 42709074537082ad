//! How many tests passed, read from what test programs print.

use crate::exec::End;

/// Tests counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// What became of a suite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) tally: Tally,
    /// What failed or was skipped, and why: a line each.
    pub(crate) notes: Vec<String>,
}

impl Verdict {
    /// One more test passed.
    pub(crate) fn pass(&mut self) {
        self.tally.passed += 1;
    }

    /// One more test failed.
    pub(crate) fn fail(&mut self, why: impl Into<String>) {
        self.tally.failed += 1;
        self.notes.push(why.into());
    }

    /// A suite that is one failure.
    pub(crate) fn failure(why: impl Into<String>) -> Self {
        let mut verdict = Self::default();
        verdict.fail(why);
        verdict
    }

    /// A suite that does not apply.
    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self { tally: Tally { skipped: 1, ..Tally::default() }, notes: vec![why.into()] }
    }

    /// Adds what another run of the same suite gave.
    pub(crate) fn add(&mut self, other: Self) {
        self.tally += other.tally;
        self.notes.extend(other.notes);
    }

    /// Judges a test program by its output and its end. None of these passes: a program that ran no test, one that
    /// ended badly although no test failed, one that did not end.
    pub(crate) fn of_tests(end: &End, lines: &[String], runner: Runner) -> Self {
        let mut verdict = Self::default();
        for tally in lines.iter().filter_map(|line| runner.count(line)) {
            verdict.tally += tally;
        }
        for name in lines.iter().filter_map(|line| runner.failing(line)) {
            if !verdict.notes.contains(&name) {
                verdict.notes.push(name);
            }
        }
        if !end.success() && (verdict.tally.failed == 0 || matches!(end, End::TimedOut(_))) {
            // Most often it did not compile: cargo's last error says more than its exit status.
            let said = lines.iter().rev().find(|line| line.starts_with("error"));
            verdict.fail(said.map_or_else(|| end.to_string(), |said| format!("{end}: {said}")));
        } else if verdict.tally.passed + verdict.tally.failed == 0 {
            verdict.fail("ran no test at all");
        }
        verdict
    }
}

/// Whose output it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    /// Rust's own test programs, under `cargo test`.
    Libtest,
    /// `cargo nextest run`; it repeats the libtest output of tests that fail, which must not be counted again.
    Nextest,
    /// The replay of fuzz inputs.
    Replay,
    /// Benchmarks of criterion, run once each.
    Criterion,
}

impl Runner {
    fn count(self, line: &str) -> Option<Tally> {
        match self {
            Self::Libtest => libtest(line),
            Self::Nextest => nextest(line),
            Self::Replay => replay(line),
            Self::Criterion => (line == "Success").then_some(Tally { passed: 1, ..Tally::default() }),
        }
    }

    /// The name of a test that failed.
    fn failing(self, line: &str) -> Option<String> {
        let line = line.trim();
        let name = match self {
            Self::Libtest => line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?,
            Self::Nextest => {
                let known = ["FAIL [", "TIMEOUT [", "SIGABRT [", "SIGSEGV [", "SIGKILL ["];
                let rest = known.iter().find_map(|word| line.strip_prefix(word))?.split_once(']')?.1.trim();
                // "(3/40) " counts the tests that are done.
                rest.strip_prefix('(')
                    .and_then(|rest| rest.split_once(") "))
                    .map_or(rest, |(_, name)| name.trim())
            }
            Self::Replay => line.strip_prefix("input: ")?,
            // One that fails ends its program, whose status says so.
            Self::Criterion => return None,
        };
        Some(name.to_owned())
    }
}

/// The counts in a closing line of libtest: `test result: ok. 3 passed; 0 failed; 2 ignored; ...`.
///
/// An ignored test is another suite's to run, so it is not counted as skipped.
fn libtest(line: &str) -> Option<Tally> {
    let counts = line.trim_start().strip_prefix("test result: ")?.split_once(". ")?.1;
    Some(Tally { passed: number(counts, ';', "passed"), failed: number(counts, ';', "failed"), skipped: 0 })
}

/// The counts in nextest's summary: `Summary [ 0.1s] 5/6 tests run: 4 passed (1 slow), 1 failed, 2 skipped`.
fn nextest(line: &str) -> Option<Tally> {
    let (head, counts) = line.trim_start().strip_prefix("Summary [")?.split_once(" run: ")?;
    let ran = head.split_once(']')?.1.split_whitespace().next()?;
    // "3/6" when it was cut short: those that did not run did not pass.
    let ran: u64 = ran.rsplit('/').next()?.parse().ok()?;
    let passed = number(counts, ',', "passed");
    Some(Tally { passed, failed: ran.saturating_sub(passed), skipped: 0 })
}

/// The counts of the fuzz replay: `advert_v2: 9 inputs`.
fn replay(line: &str) -> Option<Tally> {
    let passed = line.split_once(": ")?.1.strip_suffix(" inputs")?.parse().ok()?;
    Some(Tally { passed, ..Tally::default() })
}

/// The number before `word` in a list such as `4 passed (1 slow), 1 failed`.
fn number(list: &str, separator: char, word: &str) -> u64 {
    let mut items = list.split(separator).map(|item| item.split_whitespace());
    items
        .find_map(|mut item| {
            let number = item.next()?.parse().ok()?;
            (item.next()? == word).then_some(number)
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;
    use std::time::Duration;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed, skipped: 0 }
    }

    #[test]
    fn closing_lines_are_understood() {
        for (line, expected) in [
            (
                "test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s",
                tally(3, 0),
            ),
            ("test result: FAILED. 3 passed; 12 failed; 0 ignored; 0 measured; 0 filtered out", tally(3, 12)),
        ] {
            assert_eq!(libtest(line), Some(expected), "{line}");
        }
        for (line, expected) in [
            ("     Summary [   0.010s] 5 tests run: 5 passed, 0 skipped", tally(5, 0)),
            ("     Summary [   0.010s] 1 test run: 1 passed, 0 skipped", tally(1, 0)),
            (
                "     Summary [  10.010s] 8 tests run: 6 passed (1 slow), 1 failed, 1 timed out, 2 skipped",
                tally(6, 2),
            ),
            ("     Summary [   0.010s] 3/6 tests run: 2 passed, 1 failed, 0 skipped", tally(2, 4)),
            ("     Summary [   0.000s] 0 tests run: 0 passed, 4 skipped", tally(0, 0)),
        ] {
            assert_eq!(nextest(line), Some(expected), "{line}");
        }
        assert_eq!(replay("advert_v2: 9 inputs"), Some(tally(9, 0)));
        for line in ["running 3 tests", "test result of yesterday", "warning: 9 inputs"] {
            assert_eq!((libtest(line), nextest(line)), (None, None), "{line}");
        }
    }

    fn judged(end: &End, lines: &[&str]) -> Verdict {
        let lines: Vec<_> = lines.iter().map(|&line| line.to_owned()).collect();
        Verdict::of_tests(end, &lines, Runner::Libtest)
    }

    const GOOD: &str = "test result: ok. 3 passed; 0 failed; 0 ignored";
    const EMPTY: &str = "test result: ok. 0 passed; 0 failed; 3 ignored";
    const BAD: &str = "test result: FAILED. 1 passed; 1 failed; 0 ignored";

    #[test]
    fn only_tests_that_ran_and_passed_pass() {
        let exited = |code: i32| End::Exited(ExitStatus::from_raw(code << 8));
        for (end, lines, expected, notes) in [
            (exited(0), &[GOOD, EMPTY, GOOD][..], tally(6, 0), &[][..]),
            (exited(0), &[EMPTY], tally(0, 1), &["ran no test at all"]),
            (exited(0), &[], tally(0, 1), &["ran no test at all"]),
            (exited(101), &[GOOD], tally(3, 1), &["exit status: 101"]),
            (
                exited(101),
                &["error: no such thing", "help"],
                tally(0, 1),
                &["exit status: 101: error: no such thing"],
            ),
            (exited(101), &["test a::b ... FAILED", BAD], tally(1, 1), &["a::b"]),
            (End::TimedOut(Duration::from_secs(7)), &[BAD], tally(1, 2), &["still running after 7 s, ended"]),
        ] {
            let verdict = judged(&end, lines);
            assert_eq!((verdict.tally, &verdict.notes[..]), (expected, &*owned(notes)), "{lines:?}");
        }
    }

    fn owned(notes: &[&str]) -> Vec<String> {
        notes.iter().map(|&note| note.to_owned()).collect()
    }

    #[test]
    fn failing_tests_are_named() {
        use Runner::{Libtest, Nextest, Replay};
        for (runner, line, name) in [
            (Libtest, "test machine::tests::skew ... FAILED", Some("machine::tests::skew")),
            (Libtest, "test machine::tests::skew ... ok", None),
            (
                Nextest,
                "        FAIL [   0.005s] vrrp-fsm machine::tests::skew",
                Some("vrrp-fsm machine::tests::skew"),
            ),
            (Nextest, "     SIGABRT [   0.005s] ( 1/30) vrrp-fsm x", Some("vrrp-fsm x")),
            (Nextest, "        PASS [   0.005s] vrrp-fsm machine", None),
            (Nextest, "    test machine::tests::skew ... FAILED", None),
            (Replay, "input: corpus/advert_v2/x", Some("corpus/advert_v2/x")),
        ] {
            assert_eq!(runner.failing(line).as_deref(), name, "{line}");
        }
    }
}
