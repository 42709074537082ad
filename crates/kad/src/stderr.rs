//! Words to standard error that cost nothing when nobody can hear them.
//!
//! `eprintln!` panics there, and a verdict must not be lost with its reasons.

use std::fmt::Display;
use std::io::Write;

/// Says one line.
pub(crate) fn say(line: impl Display) {
    let _heard = writeln!(std::io::stderr(), "{line}");
}
