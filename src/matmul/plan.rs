//! How a product is divided up. Everything here follows from shape and layout alone, and changes the time only, never a bit.

use crate::matrix::View;
use crate::real::Real;

/// Entries of the largest block of sums that a thread keeps at a time: 16 KiB in f32, half of a first-level cache.
pub(super) const SUMS: usize = 4096;

/// Below this many multiply-adds a product stays on the calling thread: it takes some 5 µs there, too little to share with
/// threads that may have to wake up first.
const PARALLEL: usize = 1 << 18;

/// Bytes of B that surely stay in a second-level cache, half of the smallest one of current server processors.
const NEAR: usize = 512 << 10;

/// The plan for one product.
pub(super) struct Plan {
    /// Whether Cᵀ = Bᵀ·Aᵀ is computed instead.
    pub(super) swapped: bool,
    /// Whether the right factor comes from beyond the second-level cache.
    pub(super) right_is_far: bool,
    /// Rows and columns of the blocks that C is divided into, at most [`SUMS`] entries.
    pub(super) block: (usize, usize),
    /// Whether the blocks are shared out to the threads.
    pub(super) parallel: bool,
}

impl Plan {
    pub(super) fn new<T: Real>(a: &View<'_, T>, b: &View<'_, T>) -> Self {
        let (m, k, n) = (a.rows(), a.cols(), b.cols());
        // The kernel reads its right factor along stored rows. If B is stored the other way, either B is transposed, or the
        // roles are swapped, which transposes C and, unless it already is, A: whichever moves less.
        let swapped_moves = m * n + if a.is_transposed() { 0 } else { m * k };
        let swapped = b.is_transposed() && swapped_moves < n * k;
        // With few steps of k, C is most of the traffic: blocks whose rows are long pieces of memory bring it in and out
        // fastest: with 16 × 256 instead of 64 × 64 a backward pass of section 3.7, whose gradients have k = 64, was measured
        // 14 % faster. With many, square blocks read the least of A and B.
        let block = if k > 64 || swapped {
            (64, 64)
        } else {
            (16, 256)
        };
        Plan {
            swapped,
            right_is_far: !swapped && k * n * size_of::<T>() > NEAR,
            block,
            parallel: m * k * n >= PARALLEL,
        }
    }
}
