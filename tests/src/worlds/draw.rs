//! Random choices that stay the same for ever: PCG-XSH-RR 64/32 over a mixed seed, and nothing else.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

/// A stream of choices, fixed by its seed.
pub struct Draw {
    pcg: Pcg32,
}

impl Draw {
    /// The stream of this seed. Neighbouring seeds give unrelated streams.
    pub fn of(seed: u64) -> Self {
        Self {
            pcg: Pcg32::new(mixed(seed), mixed(seed ^ 0x5eed_5eed_5eed_5eed)),
        }
    }

    /// A number below `limit`; 0 if the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((u64::from(self.pcg.next_u32()) * limit as u64) >> 32) as usize
    }

    /// A number from `low` to `high`, both included; `low` if there is none.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(0) as usize) as i64
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// True once in so many cases.
    pub fn one_in(&mut self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    /// One of the items; the list must not be empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of the items, each as often as its weight says.
    pub fn weighted<'a, T>(&mut self, items: &'a [(usize, T)]) -> &'a T {
        let mut left = self.below(items.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in items {
            if left < *weight {
                return item;
            }
            left -= weight;
        }
        &items[items.len() - 1].1
    }

    /// The index of one of `count` things, or nothing if there are none.
    pub fn index(&mut self, count: usize) -> Option<usize> {
        (count > 0).then(|| self.below(count))
    }

    /// Any order of the items.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

/// SplitMix64's finaliser.
fn mixed(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that the PCG paper's demonstration prints for this state and stream.
    #[test]
    fn the_generator_is_the_published_one() {
        let mut draw = Draw {
            pcg: Pcg32::new(42, 54),
        };
        let first: Vec<u32> = (0..6).map(|_| draw.pcg.next_u32()).collect();
        assert_eq!(
            first,
            [
                0xa15c_02b7,
                0x7b47_f409,
                0xba1d_3330,
                0x83d2_f293,
                0xbfa4_784b,
                0xcbed_606e
            ]
        );
    }

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let mut draw = Draw::of(7);
        let first: Vec<usize> = (0..6).map(|_| draw.below(1000)).collect();
        let mut again = Draw::of(7);
        assert_eq!(first, (0..6).map(|_| again.below(1000)).collect::<Vec<_>>());
        let mut next = Draw::of(8);
        assert_ne!(first, (0..6).map(|_| next.below(1000)).collect::<Vec<_>>());
    }

    #[test]
    fn weights_are_kept_and_a_weight_of_nought_never_comes() {
        let mut draw = Draw::of(1);
        let mut counts = [0usize; 3];
        for _ in 0..10_000 {
            counts[*draw.weighted(&[(3, 0usize), (0, 1), (1, 2)])] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((7_300..7_700).contains(&counts[0]), "{counts:?}");
    }
}
