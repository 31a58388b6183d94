//! How a product is divided up. Everything here follows from shape, layout and tile, and changes the time only, never a bit.

use super::blocksizes::NC;
use crate::matrix::View;
use crate::scalar::Scalar;

/// Below this many multiply-adds a product stays on the calling thread: where two cores share no cache, it is done there before
/// what one has written could reach the other.
const PARALLEL_FMAS: usize = 1 << 20;

/// Bytes of an operand that surely stay in an L2 cache: half of 512 KiB.
const L2_SHARE: usize = 256 << 10;

/// Rows of C from which on it pays to pack B, because so many tiles read it again. In place, each step of k leads to another page
/// of memory, and the L1 TLB knows some 64 to 96 of them, C's among them.
const REUSE: usize = 4 * NC;

/// The plan for one product.
pub(super) struct Plan {
    /// Whether Cᵀ = Bᵀ·Aᵀ is computed instead. A fused multiply-add is symmetric in its factors, so the bits are the same.
    pub(super) swapped: bool,
    pub(super) packs_a: bool,
    pub(super) packs_b: bool,
    pub(super) prefetched: Option<Prefetched>,
    /// Whether the blocks are shared out to the threads.
    pub(super) parallel: bool,
}

/// Which of B and C comes from beyond the L2 cache, so that it pays to prefetch it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefetched {
    B,
    C,
}

impl Plan {
    pub(super) fn new<T: Scalar>(a: &View<'_, T>, b: &View<'_, T>) -> Self {
        let (m, k, n) = (a.rows(), a.cols(), b.cols());
        // The micro-kernel reads A and B along stored rows; what is stored the other way is packed. If the operands swap their
        // roles, those are the others, and C is transposed: whichever moves less.
        let count = |is_moved, entries| if is_moved { entries } else { 0 };
        let moved = |swapped| {
            count(a.is_transposed() != swapped, m * k)
                + count(b.is_transposed() != swapped, k * n)
                + count(swapped, m * n)
        };
        let swapped = moved(true) < moved(false);
        let (left, right) = if swapped { (b.t(), a.t()) } else { (*a, *b) };
        let rows = left.rows();
        let packs_b = right.is_transposed() || rows >= REUSE;
        let exceeds_l2 = |rows: usize, columns: usize| rows * columns * size_of::<T>() > L2_SHARE;
        let prefetched = if exceeds_l2(k, n) {
            Some(Prefetched::B)
        } else {
            exceeds_l2(m, n).then_some(Prefetched::C)
        };
        Plan {
            swapped,
            packs_a: left.is_transposed(),
            packs_b,
            prefetched: prefetched.filter(|_| !swapped),
            parallel: m * k * n >= PARALLEL_FMAS,
        }
    }
}

#[cfg(test)]
mod tests;
