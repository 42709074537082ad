//! When an advert was signed, as a number that only grows.

use super::Freshness;

/// Wall-clock seconds, a 65,536th of them, and a counter, as one serial number (RFC 1982): it wraps with the
/// seconds, in 2106, and who is after whom is still told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp(u64);

impl Stamp {
    /// From the fields of a trailer.
    pub const fn new(seconds: u32, fraction: u16, counter: u16) -> Self {
        Self((seconds as u64) << 32 | (fraction as u64) << 16 | counter as u64)
    }

    /// From a reading of the wall clock: seconds since 1970, and nanoseconds of the second.
    pub const fn at(unix_seconds: u64, nanos: u32) -> Self {
        let fraction = ((nanos as u64) << 16) / 1_000_000_000;
        Self::new(unix_seconds as u32, fraction as u16, 0)
    }

    /// Seconds since 1970, modulo 2^32.
    pub const fn seconds(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The 65,536ths of a second.
    pub const fn fraction(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// Tells apart what was signed within one of these.
    pub const fn counter(self) -> u16 {
        self.0 as u16
    }

    /// Whether this one is later.
    pub const fn is_after(self, other: Self) -> bool {
        self.0.wrapping_sub(other.0).cast_signed() > 0
    }

    /// Whole seconds from the other to this one; the rest is not looked at.
    pub const fn seconds_since(self, other: Self) -> i32 {
        self.seconds().wrapping_sub(other.seconds()).cast_signed()
    }

    const fn successor(self) -> Self {
        Self(self.0.wrapping_add(1))
    }
}

/// Gives the stamps of one sender: the clock, or one more than the last when the clock has not gone on.
///
/// Nothing is kept over a restart: the clock has gone on by then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamper(Option<Stamp>);

impl Stamper {
    /// One that has given none.
    pub const fn new() -> Self {
        Self(None)
    }

    /// The stamp of the next advert; `now` is the wall clock.
    ///
    /// A clock that was set back leaves the stamps ahead of what receivers take: under [`Freshness::Window`] they
    /// start from the clock again once they are ahead by more than the window, otherwise they grow.
    pub const fn next(&mut self, now: Stamp, freshness: Freshness) -> Stamp {
        let stamp = match self.0 {
            Some(last) if !now.is_after(last) => match freshness {
                Freshness::Window(window) if last.seconds_since(now) > window.get() as i32 => now,
                Freshness::Window(_) | Freshness::Growth => last.successor(),
            },
            Some(_) | None => now,
        };
        self.0 = Some(stamp);
        stamp
    }
}
