//! The one place of this program that reads the clock.

use std::time::Instant;

/// Now.
#[expect(clippy::disallowed_methods, reason = "suites are timed and bounded by the real clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
