//! Advertisement interval, the unit of every VRRP timer.

use core::fmt;
use core::num::NonZeroU16;
use core::time::Duration;

use crate::{Priority, Version};

/// Advertisement interval: centiseconds inside, 0.01 s to 255 s.
///
/// VRRPv3 carries centiseconds in 12 bits (0.01 s to 40.95 s), VRRPv2 whole seconds in 8 bits (1 s to 255 s).
/// The only way in is a named unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval(NonZeroU16);

impl Interval {
    /// One second, the default of both versions.
    pub const DEFAULT: Self = match Self::from_secs(1) {
        Some(interval) => interval,
        None => unreachable!(),
    };
    /// The longest interval VRRPv3 can say: 40.95 s.
    pub const MAX_V3: Self = match Self::from_centis(0x0fff) {
        Some(interval) => interval,
        None => unreachable!(),
    };

    /// From 1 to 25,500 centiseconds.
    pub const fn from_centis(centis: u16) -> Option<Self> {
        if centis > 25_500 {
            return None;
        }
        match NonZeroU16::new(centis) {
            Some(centis) => Some(Self(centis)),
            None => None,
        }
    }

    /// From 1 to 255 whole seconds.
    pub const fn from_secs(secs: u8) -> Option<Self> {
        Self::from_centis(secs as u16 * 100)
    }

    /// Hundredths of a second.
    pub const fn centis(self) -> u16 {
        self.0.get()
    }

    /// Whole seconds, if it is a whole number of them: what VRRPv2 can say.
    pub const fn whole_secs(self) -> Option<u8> {
        let centis = self.0.get();
        if centis.is_multiple_of(100) { Some((centis / 100) as u8) } else { None }
    }

    /// As a span of time.
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.0.get() as u64 * 10)
    }

    /// How much longer than the better ones a backup of priority `own` waits.
    ///
    /// VRRPv2: `(256 - priority) / 256` seconds whatever the interval (RFC 3768 section 6.1). VRRPv3: the same
    /// fraction of the master's interval, `self` (RFC 9568 section 6.1). Microseconds, rounded down as
    /// keepalived rounds.
    pub const fn skew(self, version: Version, own: Priority) -> Duration {
        let rank = 256 - own.get() as u64;
        Duration::from_micros(match version {
            Version::V2 => rank * 1_000_000 / 256,
            Version::V3 => rank * self.0.get() as u64 * 625 / 16,
        })
    }
}

impl fmt::Display for Interval {
    /// Seconds, with as many decimals as needed: `1`, `0.1`, `0.05`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (secs, centis) = (self.0.get() / 100, self.0.get() % 100);
        match centis {
            0 => write!(f, "{secs}"),
            tenths if tenths % 10 == 0 => write!(f, "{secs}.{}", tenths / 10),
            _ => write!(f, "{secs}.{centis:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn skew_keeps_its_fraction() {
        let second = Interval::DEFAULT;
        for (version, interval, priority, micros) in [
            (Version::V2, second, 150, 414_062),
            (Version::V2, second, 100, 609_375),
            (Version::V2, second, 255, 3_906),
            (Version::V3, second, 100, 609_375),
            (Version::V3, Interval::from_centis(10).unwrap(), 100, 60_937),
            (Version::V3, Interval::from_centis(1).unwrap(), 254, 78),
            (Version::V3, Interval::MAX_V3, 1, 40_790_039),
        ] {
            let got = interval.skew(version, Priority::new(priority));
            assert_eq!(got, Duration::from_micros(micros), "{version} {interval} {priority}");
        }
    }

    #[test]
    fn the_only_way_in_is_a_named_unit() {
        assert_eq!(Interval::from_centis(0), None);
        assert_eq!(Interval::from_secs(0), None);
        assert_eq!(Interval::from_centis(25_501), None);
        assert_eq!(Interval::from_secs(255).map(Interval::centis), Some(25_500));
        assert_eq!(Interval::from_centis(150).and_then(Interval::whole_secs), None);
        assert_eq!(Interval::from_secs(3).and_then(Interval::whole_secs), Some(3));
    }

    #[test]
    fn shown_in_seconds() {
        let shown = |centis| Interval::from_centis(centis).unwrap().to_string();
        assert_eq!([shown(100), shown(10), shown(1), shown(125)], ["1", "0.1", "0.01", "1.25"]);
    }
}
