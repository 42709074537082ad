//! Waiting: a measurement lasts a span of time, and what is polled here tells of its change in no other way.

use std::io;
use std::thread;
use std::time::Duration;

use crate::clock;

/// How often is looked.
const STEP: Duration = Duration::from_millis(5);

/// Lets time pass.
#[expect(clippy::disallowed_methods, reason = "a measurement lasts a span of time, whatever happens in it")]
pub(super) fn pass(span: Duration) {
    thread::sleep(span);
}

/// Polls until `look` finds something.
///
/// # Errors
/// [`io::ErrorKind::TimedOut`], saying `what` was waited for; or that of `look`.
pub(super) fn until<R>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> io::Result<Option<R>>,
) -> io::Result<R> {
    let end = clock::now() + limit;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if clock::now() >= end {
            let text = format!("{what}: not within {} s", limit.as_secs());
            return Err(io::Error::new(io::ErrorKind::TimedOut, text));
        }
        pass(STEP);
    }
}
