//! How a product is divided up. Everything here follows from shape and layout, and from the size of a tile, and changes the
//! time only, never a bit.

use super::isa::Isa;
use crate::matrix::{LINE, View};
use crate::real::Real;

/// Columns of the blocks that C is divided into, and rows of those that are not tall, but for the last ones. With blocks of 32
/// columns a training step of section 3.7 took 4 % longer.
pub(super) const BLOCK: usize = 64;

/// Rows of a tall block: whole tiles of 4 and of 6 rows, and a block of sums, 24 KiB in f32, that is stored while it is near. With
/// AVX2, 1024³ took 1 % longer with 64 rows and 2 % longer with 192.
///
/// Blocks of a low C keep to 64 rows: 128 rows took up to 12 % longer as 96 and 32 than as 64 and 64.
pub(super) const HEIGHT: usize = 96;

/// Rows of a tall block where k has few steps, as a gradient's has: its part of A takes 144 KiB at most, as it does in blocks of
/// [`HEIGHT`] rows, and a strip of B comes into the first-level cache only a third as often. With [`HEIGHT`] rows the gradients of
/// section 3.7 took 2 % longer, and with AVX2 and 64 rows 4 % longer again.
pub(super) const TALLEST: usize = 3 * HEIGHT;

/// How many steps are few. In taller blocks than its k of 256 allows, 256³ took 1 % longer.
const FEW: usize = 128;

/// Most steps of k in a block of it. In f32 the part of A for a tall block then takes 144 KiB of the second-level cache; a strip of
/// B takes three quarters of a first-level cache of 32 KiB where it is 16 columns wide, as AVX2 has it. With a third of the steps,
/// AVX2's forward products took 2 % longer.
const STEPS: usize = 384;

/// A k of not more steps than this is a single block for AVX-512. Its strips, four times as wide, are read from the second-level
/// cache in any case, and sums never leave their registers before they are complete: products took 1 to 2 % less time than in
/// blocks of 384. In f32, A and two strips take 768 KiB for 64 rows, 896 for a tall block.
///
/// Where k is longer, blocks are no longer than AVX2's: each row of a B in place is another page of memory, and a processor that
/// has to look them up anew for every tile took 18 % longer for 64×4096×4096 in blocks of 1024.
const WHOLE: usize = 1024;

/// Below this many multiply-adds a product stays on the calling thread. It takes some 5 to 10 µs there; two threads that share a
/// cache would save 2 to 5 of them, but where they share none, what one has written and the other reads takes longer: with a
/// quarter of this, 784-16-16-10 took twice as long on two threads as on one.
const PARALLEL: usize = 1 << 20;

/// Bytes of a factor that surely stay in a second-level cache, half of the smallest one of current server processors.
const NEAR: usize = 256 << 10;

/// Rows and columns of C from which on it pays to write a factor out, because so many tiles read it again; and rows from which on
/// blocks are tall.
///
/// Where it is stored, each step of k leads to another page of memory, in B and, if it is stored by columns, in A. A processor
/// remembers where some 64 to 96 pages are, and C wants its own. With AVX2 the gradients of section 3.7 took 5 % less time with B
/// in strips, and 8 % less again with A in strips; 1024³ tn took 10 % less than with A in strips of several tiles. With AVX-512
/// both together took 13 % off the gradients, 6 % off 1024³ and a third off 2048³. An A that is stored by rows is better read
/// there, six rows side by side: in strips, 256³ and 512³ took 4 % longer, 1024³ as long.
const REUSE: usize = 4 * BLOCK;

/// Columns of C below which a tile of the usual width would be partly empty.
const NARROW: usize = 16;

/// The plan for one product.
pub(super) struct Plan {
    /// Whether Cᵀ = Bᵀ·Aᵀ is computed instead.
    pub(super) swapped: bool,
    /// Whether the left factor, stored by columns, is written out in strips of so many rows as a tile has.
    pub(super) left_in_strips: bool,
    /// Whether the right factor is written out in strips first.
    pub(super) right_in_strips: bool,
    /// Whether B comes from beyond the second-level cache.
    pub(super) b_is_far: bool,
    /// Rows of a block of C, [`TALLEST`], [`HEIGHT`] or [`BLOCK`]. Where C is a single small one, there are two of half the height,
    /// so that a second thread has its share: that takes a third off the time of 64×1024×10. Where the left factor is in strips,
    /// whole tiles.
    pub(super) height: usize,
    /// Whether the blocks are shared out to the threads.
    pub(super) parallel: bool,
}

impl Plan {
    pub(super) fn new<T: Real>(a: &View<'_, T>, b: &View<'_, T>, isa: Isa) -> Self {
        let (m, k, n) = (a.rows(), a.cols(), b.cols());
        // The kernel reads its right factor along stored rows. If B is stored the other way, either B is transposed, or the
        // roles are swapped, which transposes C and, unless it already is, A: whichever moves less. And where C has few columns
        // and both factors suit it, its long side is laid along the registers.
        let swapped_moves = m * n + if a.is_transposed() { 0 } else { m * k };
        let swapped = if b.is_transposed() {
            swapped_moves < n * k
        } else {
            a.is_transposed() && n < NARROW && n < m
        };
        let (left_rows, right) = if swapped { (n, a.t()) } else { (m, *b) };
        let right_in_strips = right.is_transposed() || !has_room(&right) || left_rows >= REUSE;
        // Strips on the left ask for tiles of the usual width, for which only strips on the right surely have room at their end.
        let left_in_strips = !swapped && a.is_transposed() && n >= REUSE && right_in_strips;
        let height = if m.max(n) <= BLOCK {
            BLOCK / 2
        } else if swapped || m < REUSE {
            BLOCK
        } else if k <= FEW {
            TALLEST
        } else {
            HEIGHT
        };
        Plan {
            swapped,
            left_in_strips,
            right_in_strips,
            b_is_far: k * n * size_of::<T>() > NEAR,
            height: if left_in_strips {
                height.next_multiple_of(T::tile_height(isa))
            } else {
                height
            },
            parallel: m * k * n >= PARALLEL,
        }
    }
}

/// Steps in each block of a k of this `depth`, but for the last, for tiles of so many columns that take so many steps at a time.
///
/// k is divided evenly, into whole cache lines, so that none of them is read in two blocks where A is stored by rows, if that
/// leaves nearly as much for the last block. Passing δ back took 1 % less time.
pub(super) fn steps_of_a_block<T>(depth: usize, columns: usize, at_a_time: usize) -> usize {
    let is_wide = columns * size_of::<T>() >= 4 * LINE;
    let most = if is_wide && depth <= WHOLE {
        WHOLE
    } else {
        STEPS
    };
    let even = depth.div_ceil(depth.div_ceil(most).max(1));
    let whole_lines = even.next_multiple_of(LINE / size_of::<T>());
    if whole_lines - even <= even / 16 {
        whole_lines
    } else {
        even.next_multiple_of(at_a_time)
    }
}

/// Whether a register that holds the last columns of a row, and what lies beside them, ends in the same stored row. The rows of a
/// matrix are whole cache lines, but a block of one may end anywhere in them.
fn has_room<T: Real>(factor: &View<'_, T>) -> bool {
    let (_, ld, first) = factor.stored();
    let widest = LINE / size_of::<T>();
    first + factor.cols().next_multiple_of(widest) <= ld
}
