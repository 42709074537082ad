//! What is said before the play: who takes part, and the two files.

use std::fmt::Write as _;
use std::process::Command;

use super::cast::{CLIENT, SHARED, Side};
use crate::paint::Paint;

/// Width of the left file.
const COLUMN: usize = 38;

/// Who takes part.
pub(super) fn cast(paint: Paint) -> String {
    let [alpha, beta] = Side::BOTH.map(|side| {
        let priority = format!("priority {}", side.priority().get());
        [side.name().to_owned(), side.address().to_string(), priority]
    });
    let client = ["client".to_owned(), CLIENT.to_owned(), format!("pings {SHARED}")];
    let mut text = paint.strong("Two hosts keep one address alive") + "\n\n";
    for ((alpha, beta), client) in alpha.iter().zip(&beta).zip(&client) {
        let _ = writeln!(text, "      {alpha:<20}{beta:<20}{client}");
    }
    for line in [
        "      |                   |                   |",
        "  ----+-------------------+-------------------+----  a LAN of this run's own",
    ] {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// The two files beside each other, and the command that runs on both.
pub(super) fn files(command: &Command, paint: Paint) -> String {
    let [alpha, beta] = Side::BOTH.map(|side| format!("{}: keepalived.conf", side.name()));
    let mut text = format!("\n  {}{}\n", paint.strong(&format!("{alpha:<COLUMN$}")), paint.strong(&beta));
    for (left, right) in Side::Alpha.conf().lines().zip(Side::Beta.conf().lines()) {
        let line = format!("  {left:<COLUMN$}{right}");
        let line = if left == right { line } else { paint.good(&line) };
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(text, "\n  On both hosts runs\n    {}\n", shown(command));
    text
}

/// The command with the last part of every path.
fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let last = |word: &std::ffi::OsStr| {
        let word = word.to_string_lossy();
        word.rsplit('/').next().unwrap_or_default().to_owned()
    };
    words.map(last).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::lan;

    #[test]
    fn both_files_are_shown_whole_within_80_columns() {
        let command = lan::command("/usr/sbin/kad".as_ref(), "/tmp/alpha".as_ref());
        let text = cast(Paint::PLAIN) + &files(&command, Paint::PLAIN);
        assert!(text.lines().all(|line| line.len() <= 80 && line.is_ascii()), "{text}");
        assert!(text.contains("\n    kad -n -l -D -G -f keepalived.conf -p kad.pid"), "{text}");
        assert_eq!(Side::Alpha.conf().lines().count(), Side::Beta.conf().lines().count());
        for side in Side::BOTH {
            assert!(side.conf().lines().all(|line| text.contains(line)), "{text}");
        }
    }
}
