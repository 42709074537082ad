//! Being woken in time among busy neighbours, without asking for real time.

use std::io;
use std::num::NonZeroU64;
use std::time::Duration;

use crate::sys;

/// Asks the kernel to run the calling thread soon after it wakes, for short turns.
///
/// Who takes short turns is let in early (EEVDF, since Linux 6.12; earlier kernels ignore the length of the turn):
/// that is what a thread needs that has little to do at exact moments. Its share of the processor and its nice
/// value stay. Timers of the thread end when they should, not within the usual 50 microseconds.
///
/// # Errors
/// The kernel refused; nothing has changed, and nothing but punctuality under load is lost.
pub fn be_punctual(slice: Duration) -> io::Result<()> {
    rustix::thread::set_current_timer_slack(NonZeroU64::new(1))?;
    let nice = rustix::process::getpriority_process(None)?;
    sys::sched_setattr(nice, u64::try_from(slice.as_nanos()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nice_value_stays() {
        let nice = rustix::process::getpriority_process(None).unwrap();
        be_punctual(Duration::from_micros(100)).unwrap();
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), nice);
    }
}
