//! The one clock of the VRRP process.

use rustix::time::{ClockId, Timespec, clock_gettime};
use vrrp_fsm::Instant;
use vrrp_wire::Stamp;

/// Monotonic time. It does not jump when the wall clock is set, and stands still while the host is suspended.
pub(super) fn now() -> Instant {
    nanos(clock_gettime(ClockId::Monotonic))
}

/// Time since the host started, suspension included: what `vrrp_delay_after_boot` counts from.
pub(super) fn since_boot() -> Instant {
    nanos(clock_gettime(ClockId::Boottime))
}

/// Seconds since 1970, for people: never for a timer.
pub(super) fn wall_seconds() -> f64 {
    let wall = clock_gettime(ClockId::Realtime);
    wall.tv_sec as f64 + wall.tv_nsec as f64 / 1e9
}

/// The wall clock, for adverts that are signed: never for a timer.
pub(super) fn wall_stamp() -> Stamp {
    let wall = clock_gettime(ClockId::Realtime);
    Stamp::at(wall.tv_sec.cast_unsigned(), wall.tv_nsec as u32)
}

fn nanos(time: Timespec) -> Instant {
    let secs = u64::try_from(time.tv_sec).unwrap_or(0);
    Instant::from_nanos(secs.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec.unsigned_abs()))
}
