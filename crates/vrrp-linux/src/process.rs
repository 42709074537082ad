//! How a process behaves among others: woken in time without asking for real time, keeping nothing of its starter's.

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
    sys::sched_setattr(sys::Turns::Ordinary { nice, slice_nanos: nanos(slice) })
}

/// Runs the calling thread before all ordinary ones of the host: `SCHED_RR` with this priority, 1 to 99. Threads and
/// processes that it starts are ordinary ones.
///
/// # Errors
/// Without `CAP_SYS_NICE` or an `RLIMIT_RTPRIO` that allows it; nothing has changed.
#[doc(alias = "sched_setscheduler")]
pub fn be_realtime(priority: u8) -> io::Result<()> {
    sys::sched_setattr(sys::Turns::Realtime { priority: priority.into() })
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Schedules the calling thread as any other, not in real time. Its nice value becomes 0.
///
/// # Errors
/// The kernel refused; nothing has changed.
#[doc(alias = "sched_setscheduler")]
pub fn be_ordinary() -> io::Result<()> {
    sys::sched_setattr(sys::Turns::Ordinary { nice: 0, slice_nanos: 0 })
}

/// Marks what this process inherited, beyond its three standard descriptors, to be closed when it executes another
/// program.
///
/// # Errors
/// Before Linux 5.11; nothing has changed.
#[doc(alias = "close_range")]
pub fn close_inherited_on_exec() -> io::Result<()> {
    sys::close_range_cloexec()
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
