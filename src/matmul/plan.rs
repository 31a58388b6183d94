//! How a product is divided up. Everything here follows from shape, layout and tile, and changes the time only, never a bit.

use super::blocksizes::{MC, NC, even};
use crate::matrix::View;
use crate::scalar::Scalar;

/// Below this many multiply-adds a product stays on the calling thread. It takes some microseconds there; where two cores share
/// no cache, what one has written and the other reads takes as long.
const PARALLEL: usize = 1 << 20;

/// Bytes of an operand that surely stay in an L2 cache, half of the smallest one of current server processors.
const NEAR: usize = 256 << 10;

/// Rows of C from which on it pays to pack B, and columns from which on it pays to pack an A by columns, because so many tiles
/// read them again. In place, each step of k leads to another page
/// of memory, and the L1 TLB knows some 64 to 96 of them, C's among them.
const REUSE: usize = 4 * NC;

/// Columns of C below which most of a tile's width would be empty.
const NARROW: usize = 16;

/// The plan for one product.
pub(super) struct Plan {
    /// Whether Cᵀ = Bᵀ·Aᵀ is computed instead. A fused multiply-add is symmetric in its factors, so the bits are the same.
    pub(super) swapped: bool,
    pub(super) packs_a: bool,
    pub(super) packs_b: bool,
    pub(super) far: Option<Far>,
    /// Rows and columns of the blocks of C.
    pub(super) block: (usize, usize),
    /// Whether the blocks are shared out to the threads.
    pub(super) parallel: bool,
}

/// Which of A, B and C comes from beyond the L2 cache, so that it pays to prefetch it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Far {
    A,
    B,
    C,
}

impl Plan {
    pub(super) fn new<T: Scalar>(a: &View<'_, T>, b: &View<'_, T>, mr: usize, nr: usize) -> Self {
        let (m, k, n) = (a.rows(), a.cols(), b.cols());
        // The micro-kernel reads B along stored rows. If it is stored the other way, either B is packed, or the operands swap
        // their roles, which transposes C and, unless it already is, A: whichever moves less. And where C has few columns and
        // both operands suit it, its long side is laid along the registers.
        let swapped_moves = m * n + if a.is_transposed() { 0 } else { m * k };
        let swapped = if b.is_transposed() {
            swapped_moves < n * k
        } else {
            a.is_transposed() && n < NARROW && n < m
        };
        let (left, right) = if swapped { (b.t(), a.t()) } else { (*a, *b) };
        let (rows, columns) = (left.rows(), right.cols());
        // An A by rows is read in place: MR rows side by side are few pages.
        let packs_a = left.is_transposed() && columns >= REUSE;
        // Packed, columns that fill more than half of a tile are computed as a whole one, fewer one register at a time.
        let rest = columns % nr;
        let packs_b = right.is_transposed()
            || packs_a && rest > 0
            || rows >= REUSE && columns > nr / 2
            || rows >= NC && rest > nr / 2;
        let mc = even(rows, MC, mr);
        let is_far = |rows: usize, columns: usize| rows * columns * size_of::<T>() > NEAR;
        let far = match (is_far(k, n), swapped) {
            (true, false) => Some(Far::B),
            (true, true) => (!left.is_transposed()).then_some(Far::A),
            (false, false) => is_far(m, n).then_some(Far::C),
            (false, true) => None,
        };
        Plan {
            swapped,
            packs_a,
            packs_b,
            far,
            block: if swapped { (NC, NC) } else { (mc, NC) },
            parallel: m * k * n >= PARALLEL,
        }
    }
}
