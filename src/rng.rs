//! Random numbers: xoshiro256++, seeded by SplitMix64. The same seed gives the same numbers on every machine.
//!
//! Weights, shuffles and synthetic digits begin with random numbers; a training can only be repeated if these can. The standard
//! library has none.
//!
//! What always holds: a seed is one stream, the same on every platform.
//!
//! Guarded by `tests/suite/rng.rs`: `the_first_numbers_of_seed_1_are_known`, those of a program in Python;
//! `all_orders_of_four_are_equally_likely`; `normal_has_the_moments_and_the_shares_of_its_distribution`.

use crate::elementary::ln;

/// A stream of pseudo-random numbers, not for secrets.
///
/// The generator is xoshiro256++ 1.0 (D. Blackman and S. Vigna, *Scrambled Linear Pseudorandom Number Generators*, ACM
/// Transactions on Mathematical Software 47, 2021): 256 bits of state, period 2²⁵⁶ − 1. As its authors advise, the state
/// is filled by SplitMix64 (G. Steele, D. Lea and C. Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014).
///
/// ```
/// use fromzero::rng::Rng;
/// let mut rng = Rng::new(7);
/// let mut cards = [1, 2, 3, 4, 5];
/// rng.shuffle(&mut cards);
/// assert!((0.0..1.0).contains(&rng.uniform()));
/// assert!(rng.below(6) < 6);
/// assert_eq!(Rng::new(7).next_u64(), Rng::new(7).next_u64());
/// ```
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream that belongs to this seed. Any seed will do, 0 too.
    pub fn new(seed: u64) -> Self {
        let mut counter = seed;
        let state = std::array::from_fn(|_| split_mix_64(&mut counter));
        Rng { state }
    }

    /// What the stream goes on from.
    pub fn state(&self) -> [u64; 4] {
        self.state
    }

    /// The stream that goes on from this state; `None` for all zeros, from which there is no way on.
    pub fn from_state(state: [u64; 4]) -> Option<Self> {
        (state != [0; 4]).then_some(Rng { state })
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        let [s0, s1, s2, s3] = &mut self.state;
        let output = s0.wrapping_add(*s3).rotate_left(23).wrapping_add(*s0);
        let shifted = *s1 << 17;
        *s2 ^= *s0;
        *s3 ^= *s1;
        *s1 ^= *s2;
        *s0 ^= *s3;
        *s2 ^= shifted;
        *s3 = s3.rotate_left(45);
        output
    }

    /// A number from the uniform distribution on [0, 1): one of the 2⁵³ multiples of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.next_u64() >> 11) as f64 * STEP
    }

    /// A number from the uniform distribution between `low` and `high`, which rounding may reach.
    pub fn range(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// An integer from 0 to n − 1, each equally likely.
    ///
    /// D. Lemire, *Fast Random Integer Generation in an Interval*, 2019: of the 128-bit product of n and 64 random bits
    /// the high half is the result. The low half tells the few products that would favour some results; they are drawn
    /// again.
    ///
    /// # Panics
    /// If n is 0.
    #[track_caller]
    pub fn below(&mut self, n: u64) -> u64 {
        assert!(
            n > 0,
            "Rng::below: there is no integer from 0 to n − 1 for n = 0"
        );
        let surplus = n.wrapping_neg() % n; // 2⁶⁴ mod n
        loop {
            let product = u128::from(self.next_u64()) * u128::from(n);
            if product as u64 >= surplus {
                return (product >> 64) as u64;
            }
        }
    }

    /// A number from the standard normal distribution: mean 0, variance 1.
    ///
    /// The polar method (G. Marsaglia and T. Bray, *A Convenient Method for Generating Normal Variables*, SIAM Review 6,
    /// 1964). Of the pair it makes the second is dropped, so that a stream has no memory beside its state.
    pub fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (self.range(-1.0, 1.0), self.range(-1.0, 1.0));
            let s = u * u + v * v;
            if 0.0 < s && s < 1.0 {
                return u * (-2.0 * ln(s) / s).sqrt();
            }
        }
    }

    /// Puts the items into random order, each order equally likely: the algorithm of Fisher and Yates in Durstenfeld's
    /// form (D. Knuth, *The Art of Computer Programming*, volume 2, 3.4.2, algorithm P).
    pub fn shuffle<X>(&mut self, items: &mut [X]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i as u64 + 1) as usize;
            items.swap(i, j);
        }
    }
}

/// The next output of SplitMix64, whose state is a counter.
fn split_mix_64(counter: &mut u64) -> u64 {
    *counter = counter.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = *counter;
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Rng, split_mix_64};

    /// The outputs published for seed 1234567.
    #[test]
    fn split_mix_64_gives_the_reference_outputs() {
        let mut counter = 1_234_567;
        let outputs: [u64; 5] = std::array::from_fn(|_| split_mix_64(&mut counter));
        let reference = [
            6457827717110365317,
            3203168211198807973,
            9817491932198370423,
            4593380528125082431,
            16408922859458223821,
        ];
        assert_eq!(outputs, reference);
    }

    /// The outputs of the authors' C program from the state 1, 2, 3, 4.
    #[test]
    fn xoshiro256_plus_plus_gives_the_reference_outputs() {
        let mut rng = Rng {
            state: [1, 2, 3, 4],
        };
        let outputs: [u64; 10] = std::array::from_fn(|_| rng.next_u64());
        let reference = [
            41943041,
            58720359,
            3588806011781223,
            3591011842654386,
            9228616714210784205,
            9973669472204895162,
            14011001112246962877,
            12406186145184390807,
            15849039046786891736,
            10450023813501588000,
        ];
        assert_eq!(outputs, reference);
    }
}
