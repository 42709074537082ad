//! The time of a line, and how keepalived's users see it written.

use std::fmt::{self, Display};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;

/// A point in wall-clock time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Seconds since 1970.
    pub(super) seconds: i64,
    /// Nanoseconds within the second.
    pub(super) nanos: u32,
}

/// Now.
#[expect(
    clippy::disallowed_methods,
    reason = "a log line is stamped with wall-clock time; nothing is decided by it"
)]
pub(super) fn now() -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp { seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX), nanos: since.subsec_nanos() }
}

/// The time zone of the system, UTC where none is set.
pub(super) fn zone() -> TimeZone {
    TimeZone::try_system().unwrap_or(TimeZone::UTC)
}

/// A stamp in local time.
pub(super) fn local(stamp: Stamp, zone: &TimeZone) -> DateTime {
    let nanos = i32::try_from(stamp.nanos).unwrap_or(0);
    zone.to_datetime(Timestamp::new(stamp.seconds, nanos).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// The three writings of a time.
#[derive(Clone, Copy)]
pub(super) enum Style {
    /// `Nov  2 20:30:00`: RFC 3164 section 4.1.2.
    Syslog,
    /// `Mon Nov  2 20:30:00 2026`: ctime(3).
    Console,
    /// `Mon Nov 02 20:30:00.123456789 2026`: keepalived's log files.
    File,
}

/// A time in one of its writings.
pub(super) struct Written(pub(super) DateTime, pub(super) Style);

impl Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(at, style) = self;
        let day = match at.weekday() {
            Weekday::Monday => "Mon",
            Weekday::Tuesday => "Tue",
            Weekday::Wednesday => "Wed",
            Weekday::Thursday => "Thu",
            Weekday::Friday => "Fri",
            Weekday::Saturday => "Sat",
            Weekday::Sunday => "Sun",
        };
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let month = MONTHS[usize::from(at.month().unsigned_abs()).saturating_sub(1) % 12];
        let (hour, minute, second) = (at.hour(), at.minute(), at.second());
        match style {
            Style::Syslog => write!(f, "{month} {:2} {hour:02}:{minute:02}:{second:02}", at.day()),
            Style::Console => {
                write!(f, "{day} {month} {:2} {hour:02}:{minute:02}:{second:02} {}", at.day(), at.year())
            }
            Style::File => write!(
                f,
                "{day} {month} {:02} {hour:02}:{minute:02}:{second:02}.{:09} {}",
                at.day(),
                at.subsec_nanosecond(),
                at.year()
            ),
        }
    }
}

/// Time since 1970 as `Wed Nov 25 01:22:05.612644 2026`, in local time: keepalived's dumps.
pub(crate) fn wall_time(since: std::time::Duration) -> String {
    let stamp =
        Stamp { seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX), nanos: since.subsec_nanos() };
    let at = local(stamp, &zone());
    let text = Written(at, Style::Console).to_string();
    let (before, year) = text.rsplit_once(' ').unwrap_or((&text, ""));
    format!("{before}.{:06} {year}", at.subsec_nanosecond() / 1000)
}
