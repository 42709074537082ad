//! What stands in a `reload_time_file`: a time of the day, or a day too.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// When to reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    /// The day was named: it does not come again.
    pub(super) dated: bool,
}

/// Why a line names no moment, in keepalived's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum MomentError {
    /// Neither of the lengths there are.
    #[error("Reload time {0} format is incorrect - ignoring")]
    Format(String),
    /// Letters where digits stand, or the reverse.
    #[error("Reload date/time {0} invalid - ignoring")]
    Unreadable(String),
    /// No such hour or day, or one that the clock leaves out in spring.
    #[error("Reload time {0} is not valid - ignoring")]
    NoSuchTime(String),
    /// It named its day.
    #[error("Reload time {0} is in the past - ignoring")]
    Past(String),
}

impl Moment {
    /// The moment that a line names: `HH:MM:SS` (today, or tomorrow if it is past), `YY-MM-DD HH:MM:SS` or
    /// `YYYY-MM-DD HH:MM:SS`, in local time, with `Z` behind it in UTC.
    ///
    /// # Errors
    /// See [`MomentError`].
    pub(super) fn read(line: &str, now: Timestamp, local: &TimeZone) -> Result<Self, MomentError> {
        let (text, zone) = match line.strip_suffix('Z') {
            Some(text) => (text, &TimeZone::UTC),
            None => (line, local),
        };
        let (day, time) = match text.len() {
            8 => (None, text),
            17 | 19 if text.is_ascii() => {
                let (day, time) = text.split_at(text.len() - 9);
                (Some(day), &time[1..])
            }
            _ => return Err(MomentError::Format(line.into())),
        };
        let unreadable = || MomentError::Unreadable(line.into());
        if text.len() > 8 && text.as_bytes().get(text.len() - 9) != Some(&b' ') {
            return Err(unreadable());
        }
        let [hour, minute, second] = numbers(time, ':').ok_or_else(unreadable)?;
        let today = zone.to_datetime(now).date();
        let invalid = || MomentError::NoSuchTime(line.into());
        let date = match day {
            None => today,
            Some(day) => {
                let [year, month, day] = numbers(day, '-').ok_or_else(unreadable)?;
                // As strptime(3) reads two digits.
                let century = match (text.len(), year) {
                    (17, 69..) => 1900,
                    (17, _) => 2000,
                    _ => 0,
                };
                date(century + year, month, day).ok_or_else(invalid)?
            }
        };
        let time = clock(hour, minute, second).ok_or_else(invalid)?;
        let at = |date: Date| moment(date.to_datetime(time), zone);
        let first = at(date).ok_or_else(invalid)?;
        match (first > now, day) {
            (true, day) => Ok(Self { at: first, dated: day.is_some() }),
            (false, Some(_)) => Err(MomentError::Past(line.into())),
            (false, None) => {
                let tomorrow = date.tomorrow().ok().and_then(at).ok_or_else(invalid)?;
                Ok(Self { at: tomorrow, dated: false })
            }
        }
    }
}

/// Three numbers of digits only, `separator` between them.
fn numbers(text: &str, separator: char) -> Option<[i16; 3]> {
    let mut parts = text.split(separator).map(|part| {
        let digits = part.bytes().all(|octet| octet.is_ascii_digit());
        part.parse::<i16>().ok().filter(|_| digits)
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

fn clock(hour: i16, minute: i16, second: i16) -> Option<Time> {
    Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, 0).ok()
}

/// `None` for what the clock leaves out; of what it shows twice, the first.
fn moment(at: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(at);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => None,
        _ => ambiguous.compatible().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_form_in_utc() {
        let now = at("2026-03-10T12:00:00Z");
        for (line, want, dated) in [
            ("12:00:01", "2026-03-10T12:00:01Z", false),
            ("12:00:00", "2026-03-11T12:00:00Z", false),
            ("11:59:59Z", "2026-03-11T11:59:59Z", false),
            ("26-03-10 12:00:01", "2026-03-10T12:00:01Z", true),
            ("2026-12-31 23:59:59Z", "2026-12-31T23:59:59Z", true),
        ] {
            let moment = Moment::read(line, now, &TimeZone::UTC);
            assert_eq!(moment, Ok(Moment { at: at(want), dated }), "{line}");
        }
    }

    #[test]
    fn what_names_no_moment() {
        let now = at("2026-03-10T12:00:00Z");
        let of = |line: &str| Moment::read(line, now, &TimeZone::UTC).unwrap_err();
        for line in ["", "Z", "9:00:00", "12:00:00 ", "2026-3-10 12:00:00", "tomorrow at noon"] {
            assert_eq!(of(line), MomentError::Format(line.into()));
        }
        for line in
            ["ab:cd:ef", "12-00-00", "12:00:0x", "2026-03-10T12:00:01", "2026:03:11 12:00:00", "1:2:+3:4"]
        {
            assert_eq!(of(line), MomentError::Unreadable(line.into()));
        }
        for line in
            ["24:00:00", "12:60:00", "2026-02-29 12:00:00", "2026-13-01 12:00:00", "26-00-10 12:00:00"]
        {
            assert_eq!(of(line), MomentError::NoSuchTime(line.into()));
        }
        for line in ["26-03-10 12:00:00", "2026-03-09 23:00:00", "99-01-01 00:00:00"] {
            assert_eq!(of(line), MomentError::Past(line.into()));
        }
    }

    #[test]
    fn clocks_that_are_put_forward_and_back() {
        // The rules of central Europe, as POSIX writes them.
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        let now = at("2026-03-01T00:00:00Z");
        let read = |line: &str| Moment::read(line, now, &zone);
        assert_eq!(read("2026-03-29 01:30:00").unwrap().at, at("2026-03-29T00:30:00Z"));
        assert_eq!(read("2026-03-29 02:30:00"), Err(MomentError::NoSuchTime("2026-03-29 02:30:00".into())));
        assert_eq!(read("2026-10-25 02:30:00").unwrap().at, at("2026-10-25T00:30:00Z"), "the first of two");
        assert_eq!(read("2026-07-01 12:00:00Z").unwrap().at, at("2026-07-01T12:00:00Z"));
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "\\PC{0,24}") {
            let _read = Moment::read(&line, Timestamp::UNIX_EPOCH, &TimeZone::UTC);
        }
    }
}
