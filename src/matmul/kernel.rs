//! The micro-kernel: a tile of C in registers, one rank-1 update for each k.
//!
//! ```text
//!            NV registers of row k of B
//!           ┌───────────┬───────────┐
//!           │ b[k] ...  │           │
//!           └───────────┴───────────┘
//!   ┌────┐  ┌───────────┬───────────┐
//!   │a₀[k]│ │ acc₀₀     │ acc₀₁     │   acc[i][v] += a[i] · b[v]
//!   │a₁[k]│ │ acc₁₀     │ acc₁₁     │
//!   │ ⋮  │  │  ⋮        │  ⋮        │   MR rows
//!   └────┘  └───────────┴───────────┘
//! ```
//!
//! Every entry is one chain of fused multiply-adds over k in increasing order, starting from +0; so the order of
//! additions, and with it every bit of the result, is the same for every tile and every instruction set.

use std::ops::Range;

use super::ahead::{Ahead, Requests};
use super::parallel::{Block, RowsMut};
use super::plan::{BLOCK, TALLEST, steps_of_a_block};
use super::simd::{Operands, Simd, unrolled};
use super::strips::Factor;
use super::{Store, store_row};
use crate::real::Real;

/// Rows of a tile that is only one register wide: enough chains to keep two multiply-add units of 4 cycles' latency busy.
const NARROW: usize = 8;

/// The sums of a block of C, in whole cache lines: a register that crosses two of them takes twice as long to load or store.
#[repr(align(64))]
pub struct Sums<T>(pub(super) [[T; BLOCK]; TALLEST]);

/// A block of sums, s = Σ aᵢₖ·bₖⱼ, to be added up.
pub struct Work<'a, 'b, T> {
    /// The left factor, transposed, read entry by entry, whichever way it is stored, and which of the rows take part.
    pub(super) left: Factor<'a, T>,
    pub(super) rows: Range<usize>,
    /// The right factor, read register by register, and which of its columns take part.
    pub(super) right: Factor<'a, T>,
    pub(super) columns: Range<usize>,
    /// Which factor comes from beyond the second-level cache, so that it pays to ask for it in advance.
    pub(super) left_is_far: bool,
    pub(super) right_is_far: bool,
    /// Receives the sums. Each row is filled in whole registers, so what lies beyond its columns is overwritten, too.
    pub(super) sums: &'a mut Sums<T>,
    /// Where the tiles are stored, with a store that works in registers; otherwise they go to `sums`.
    pub(super) c: Option<&'a mut Block<'b, T>>,
}

/// Loops 2 and 3. Adds up a whole block: k in blocks, and for each of them strip by strip.
pub(super) fn block<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize>(
    simd: S,
    mut work: Work<'_, '_, T>,
    store: &F,
) {
    let (depth, columns) = (work.left.depth(), work.columns.len());
    let steps = steps_of_a_block::<T>(depth, NV * S::LANES, unrolled(NV));
    let first = 0..depth.min(steps);
    let mut k = first.clone();
    loop {
        let next = if k.end < depth {
            k.end..depth.min(k.end + steps)
        } else {
            first.clone()
        };
        let mut column = 0;
        while column < columns {
            let registers = (columns - column).div_ceil(S::LANES);
            let first = work.columns.start + column;
            let fits = work.right.has_room(first, NV * S::LANES);
            // Strips of the left factor are as high as the usual tiles, which then always fit: the plan sees to that.
            column += if work.left.strips.is_some() || registers >= NV && fits {
                strip::<T, S, F, MR, NV>(simd, &mut work, store, column, &k, &next)
            } else {
                strip::<T, S, F, NARROW, 1>(simd, &mut work, store, column, &k, &next)
            };
        }
        if k.end == depth {
            break;
        }
        k = next;
    }
}

/// A strip, as wide as a tile: in tiles of full height, and then in smaller ones, which cover what remains below. Returns its
/// width. `next` is the block of k after this one.
fn strip<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize>(
    simd: S,
    work: &mut Work<'_, '_, T>,
    store: &F,
    column: usize,
    k: &Range<usize>,
    next: &Range<usize>,
) -> usize {
    let columns = column..work.columns.len().min(column + NV * S::LANES);
    let tile = Tile {
        rows: MR,
        columns: NV * S::LANES,
        steps: unrolled(NV),
    };
    let mut part = Part::new(work, columns, tile, k, next);
    let row = if part.ahead.is_some() {
        tiles::<T, S, F, MR, NV, true>(simd, work, store, &mut part, 0)
    } else {
        tiles::<T, S, F, MR, NV, false>(simd, work, store, &mut part, 0)
    };
    // These are few. They always ask, if only for what is near, so that they need not be compiled twice.
    let row = tiles::<T, S, F, 4, NV, true>(simd, work, store, &mut part, row);
    let row = tiles::<T, S, F, 2, NV, true>(simd, work, store, &mut part, row);
    tiles::<T, S, F, 1, NV, true>(simd, work, store, &mut part, row);
    NV * S::LANES
}

/// The size of a tile, and how many steps of k it takes at a time.
#[derive(Clone, Copy)]
pub(super) struct Tile {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) steps: usize,
}

/// A strip and a block of k: what all of its tiles have in common.
struct Part<'a, T> {
    operands: Operands<'a, T>,
    /// Columns of the block of sums.
    columns: Range<usize>,
    is_first: bool,
    is_last: bool,
    /// What is asked for meanwhile.
    ahead: Option<Ahead<T>>,
}

impl<'a, T: Real> Part<'a, T> {
    /// For a tile of this height and width, which may be more than the columns at the end of the block.
    fn new(
        work: &Work<'a, '_, T>,
        columns: Range<usize>,
        tile: Tile,
        k: &Range<usize>,
        next: &Range<usize>,
    ) -> Self {
        let first = work.columns.start;
        let right = work.right.strip(first + columns.start..first + columns.end);
        Part {
            operands: Operands::new(
                &work.left,
                work.rows.clone(),
                &right,
                k.clone(),
                tile.columns,
            ),
            is_first: k.start == 0,
            is_last: k.end == work.left.depth(),
            ahead: Ahead::new(work, &columns, tile, k, next),
            columns,
        }
    }
}

/// Loop 4. As many tiles of `MR` rows as there is room for from `row` on. Returns the row below them. `ASKS` says whether there are
/// requests between the steps: without those that ask for nothing new, the gradients of section 3.7 took 2 to 3 % less time.
fn tiles<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize, const ASKS: bool>(
    simd: S,
    work: &mut Work<'_, '_, T>,
    store: &F,
    part: &mut Part<'_, T>,
    row: usize,
) -> usize {
    let end = row + (work.rows.len() - row) / MR * MR;
    if row < end {
        // Compiled for the instruction set, and for tiles of this size alone: so there are registers for all that the innermost
        // loop needs.
        simd.run(
            #[inline(always)]
            || {
                let rows = row..end;
                if part.operands.by_columns() {
                    tile_by_tile::<T, S, F, MR, NV, true, ASKS>(simd, work, store, part, rows);
                } else {
                    tile_by_tile::<T, S, F, MR, NV, false, ASKS>(simd, work, store, part, rows);
                }
            },
        );
    }
    end
}

/// Adds up the tiles of these rows, each continuing from the sums of the earlier blocks of k.
#[inline(always)]
fn tile_by_tile<
    T: Real,
    S: Simd<T>,
    F: Store<T>,
    const MR: usize,
    const NV: usize,
    const BY_COLUMNS: bool,
    const ASKS: bool,
>(
    simd: S,
    work: &mut Work<'_, '_, T>,
    store: &F,
    part: &mut Part<'_, T>,
    rows: Range<usize>,
) {
    let column = part.columns.start;
    let c = work.c.as_deref_mut().filter(|_| part.is_last);
    let mut c = c.map(|c| c.part(rows.clone(), part.columns.clone()));
    let operands = part
        .operands
        .tiles::<MR, BY_COLUMNS>(rows.clone(), NV * S::LANES);
    let (sums, _) = work.sums.0[rows.clone()].as_chunks_mut::<MR>();
    for (operands, sums) in operands.zip(sums) {
        let c = c.as_mut().map(Block::next_rows::<MR>);
        if let Some(c) = &c {
            c.prefetch_below(NV * S::LANES);
        }
        let mut acc = [[simd.splat(T::ZERO); NV]; MR];
        if !part.is_first {
            for i in 0..MR {
                acc[i] = load_all(simd, &sums[i][column..]);
            }
        }
        let mut requests = ASKS.then(|| match &mut part.ahead {
            Some(ahead) => ahead.next_tile(),
            None => Requests::again(&sums[0][column]),
        });
        operands.each(
            const { unrolled(NV) },
            #[inline(always)]
            || {
                if let Some(requests) = &mut requests {
                    requests.ask();
                }
            },
            #[inline(always)]
            |a, line| rank_one_update(simd, a, line, &mut acc),
        );
        if let Some(c) = c {
            store_tile(simd, acc, store, c);
        } else {
            for i in 0..MR {
                store_all(simd, &acc[i], &mut sums[i][column..]);
            }
        }
    }
}

/// Stores a finished tile.
#[inline(always)]
fn store_tile<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize>(
    simd: S,
    acc: [[S::Vector; NV]; MR],
    store: &F,
    c: RowsMut<'_, T, MR>,
) {
    // Where it knows the number of columns, the compiler keeps the rows in registers.
    let (full, columns) = (NV * S::LANES, c.cols().len());
    if columns == full {
        store_rows(simd, acc, store, c, full);
    } else {
        store_rows(simd, acc, store, c, columns);
    }
}

/// Stores `n` columns of a tile.
#[inline(always)]
fn store_rows<T: Real, S: Simd<T>, F: Store<T>, const MR: usize, const NV: usize>(
    simd: S,
    acc: [[S::Vector; NV]; MR],
    store: &F,
    mut c: RowsMut<'_, T, MR>,
    n: usize,
) {
    let (row, column) = (c.row(), c.cols().start);
    for (i, acc) in acc.iter().enumerate() {
        let mut sums = [T::ZERO; BLOCK];
        store_all(simd, acc, &mut sums);
        store_row(store, row + i, column, n, &sums, c.row_mut(i));
    }
}

/// The first NV registers of a line.
#[inline(always)]
fn load_all<T: Real, S: Simd<T>, const NV: usize>(simd: S, line: &[T]) -> [S::Vector; NV] {
    let mut registers = [simd.splat(T::ZERO); NV];
    for v in 0..NV {
        registers[v] = simd.load(&line[v * S::LANES..]);
    }
    registers
}

/// Writes NV registers to the beginning of a line.
#[inline(always)]
fn store_all<T: Real, S: Simd<T>, const NV: usize>(
    simd: S,
    registers: &[S::Vector; NV],
    line: &mut [T],
) {
    for v in 0..NV {
        simd.store(registers[v], &mut line[v * S::LANES..]);
    }
}

/// Loop 5's body: acc += a·bᵀ.
#[inline(always)]
fn rank_one_update<T: Real, S: Simd<T>, const MR: usize, const NV: usize>(
    simd: S,
    a: [&T; MR],
    line: &[T],
    acc: &mut [[S::Vector; NV]; MR],
) {
    let b: [S::Vector; NV] = load_all(simd, line);
    for i in 0..MR {
        let a = simd.splat(*a[i]);
        for v in 0..NV {
            acc[i][v] = simd.fma(a, b[v], acc[i][v]);
        }
    }
}

/// Independent chains of fused multiply-adds: more than two units of 4 cycles' latency can have in flight.
const CHAINS: usize = 12;

/// Keeps the multiply-add units busy and touches no memory. Returns the floating-point operations done.
pub(super) fn exercise<T: Real, S: Simd<T>>(simd: S, rounds: usize) -> usize {
    simd.run(
        #[inline(always)]
        || {
            let half = simd.splat(std::hint::black_box(T::from_f64(0.5)));
            let mut chains = [simd.splat(T::ONE); CHAINS];
            for _ in 0..rounds {
                for chain in &mut chains {
                    *chain = simd.fma(*chain, half, half);
                }
            }
            std::hint::black_box(chains);
        },
    );
    2 * rounds * CHAINS * S::LANES
}
