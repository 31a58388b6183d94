//! Test data from a seed.

use fromzero::{Matrix, Scalar};

/// The generator of test data, apart from the library's own so that neither can hide a mistake of the other.
///
/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. The scripts in
/// `tests/fixtures` draw the same numbers.
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The generator with this seed.
    pub fn new(seed: u64) -> Self {
        SplitMix64(seed)
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next number of 0..n; for a small n its bias is far below what a test could see.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next_u64() % n
    }

    /// The next number of low..high, from 53 random bits.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        let unit = (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        low + (high - low) * unit
    }
}

/// A matrix of numbers of low..high, drawn row by row in `f64` and then rounded to `T`.
pub fn uniform_matrix<T: Scalar>(
    rng: &mut SplitMix64,
    rows: usize,
    cols: usize,
    low: f64,
    high: f64,
) -> Matrix<T> {
    Matrix::from_fn(rows, cols, |_, _| T::from_f64(rng.uniform(low, high)))
}

/// A matrix of numbers of −1..1.
pub fn random_matrix<T: Scalar>(rng: &mut SplitMix64, rows: usize, cols: usize) -> Matrix<T> {
    uniform_matrix(rng, rows, cols, -1.0, 1.0)
}

/// A matrix of the whole numbers −limit..=limit. As long as no sum exceeds 2²⁴ (2⁵³ in `f64`), products of such matrices
/// are exact in any order of summation.
pub fn integer_matrix<T: Scalar>(
    rng: &mut SplitMix64,
    rows: usize,
    cols: usize,
    limit: u32,
) -> Matrix<T> {
    let count = 2 * u64::from(limit) + 1;
    Matrix::from_fn(rows, cols, |_, _| {
        T::from_f64(rng.below(count) as f64 - f64::from(limit))
    })
}

/// Numbers of low..high, drawn in `f64` and then rounded to `T`.
pub fn uniform_vector<T: Scalar>(rng: &mut SplitMix64, len: usize, low: f64, high: f64) -> Vec<T> {
    uniform_matrix(rng, 1, len, low, high).row(0).to_vec()
}
