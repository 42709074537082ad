//! The monotonic clock of the drivers. Everything else is told the time.

use std::time::Instant;

/// Now.
#[expect(clippy::disallowed_methods, reason = "the one place where the driver reads its clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
