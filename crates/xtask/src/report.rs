//! What people read: the headings, the table at the end, the closing line.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use crate::interrupt;
use crate::suites::Suite;
use crate::tally::{Tally, Verdict};

/// No more reasons than this are printed for a suite.
const NOTES: usize = 20;

/// One suite that ran.
pub(crate) struct Row {
    pub(crate) suite: &'static Suite,
    pub(crate) verdict: Verdict,
    pub(crate) took: Duration,
}

/// Prints to standard output; one that is closed is no reason to stop.
fn say(line: &str) {
    let _closed = writeln!(io::stdout(), "{line}");
}

/// The suites and what each is for.
pub(crate) fn list(suites: &[Suite]) {
    for suite in suites {
        say(&format!("{:<12} {}", suite.name, suite.why));
    }
}

/// Opens a suite.
pub(crate) fn heading(suite: &Suite) {
    say(&format!("\n==== {}: {}", suite.name, suite.why));
}

/// The table, what failed, and the closing line.
pub(crate) fn summary(rows: &[Row]) -> ExitCode {
    let mut total = Tally::default();
    say("\nsuite          passed  failed  skipped    time");
    for Row { suite, verdict: Verdict { tally, .. }, took } in rows {
        total += *tally;
        let word = if tally.failed > 0 { "  FAILED" } else { "" };
        say(&format!(
            "{:<12} {:>8} {:>7} {:>8} {:>6.1}s{word}",
            suite.name,
            tally.passed,
            tally.failed,
            tally.skipped,
            took.as_secs_f64()
        ));
    }
    let time: Duration = rows.iter().map(|row| row.took).sum();
    say(&format!(
        "{:<12} {:>8} {:>7} {:>8} {:>6.1}s",
        "all",
        total.passed,
        total.failed,
        total.skipped,
        time.as_secs_f64()
    ));
    for Row { suite, verdict, .. } in rows {
        for note in verdict.notes.iter().take(NOTES) {
            say(&format!("{}: {note}", suite.name));
        }
        if verdict.notes.len() > NOTES {
            say(&format!("{}: and {} more", suite.name, verdict.notes.len() - NOTES));
        }
    }
    if interrupt::seen() {
        total.failed += 1;
        say("interrupted: not every suite ran to its end");
    }
    say(&closing(total));
    ExitCode::from(u8::from(total.failed > 0 || total.passed == 0))
}

fn closing(total: Tally) -> String {
    format!("{} passed, {} failed", total.passed, total.failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_is_plain() {
        assert_eq!(closing(Tally { passed: 12, failed: 1, skipped: 3 }), "12 passed, 1 failed");
    }
}
