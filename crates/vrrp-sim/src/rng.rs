//! The one source of chance: small, seeded, the same on every machine and in every version.

use core::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014). Good enough to choose which packet is lost, and nothing else.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// Any seed is as good as any other.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any of the 2^64 numbers.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `bound` - 1; 0 if `bound` is 0.
    pub const fn below(&mut self, bound: u64) -> u64 {
        ((self.number() as u128 * bound as u128) >> 64) as u64
    }

    /// From nothing to `longest`, in whole nanoseconds.
    pub fn up_to(&mut self, longest: Duration) -> Duration {
        let nanos = u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.below(nanos.saturating_add(1)))
    }

    /// One of these; `None` of an empty list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len() as u64) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_published_sequence() {
        let mut rng = Rng::new(1_234_567);
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([rng.number(), rng.number(), rng.number()], expected);
    }

    #[test]
    fn stays_within_its_bounds() {
        let mut rng = Rng::new(1);
        let mut seen = [0u32; 6];
        for _ in 0..6_000 {
            seen[rng.below(6) as usize] += 1;
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
        assert_eq!((rng.below(0), rng.below(1)), (0, 0));
        assert_eq!(rng.pick::<u8>(&[]), None);
    }
}
