//! Operands as the macro-kernel reads them: in place, or packed into micro-panels.
//!
//! ```text
//!   A, stored by columns        micro-panels of MR rows, those of a k side by side
//!   ┌───────────┐               ┌──┬──┬──┬ ─
//!   │  MR rows  │ ───────────▶  │k₀│k₁│k₂│
//!   ├───────────┤               └──┴──┴──┴ ─
//!   │    ⋮      │               the same of NR columns of B
//! ```
//!
//! So a tile reads its part from one end to the other, whatever the operand's width: no two of its lines collide in a cache,
//! and they lie in few pages. What the last micro-panel lacks is zero.

use std::ops::Range;

use super::blocksizes::MC;
use super::simd::prefetch_to_l2;
use super::threads::{Pool, for_each_block};
use crate::matrix::{LINE, Matrix, View};
use crate::scalar::Scalar;

/// A as the macro-kernel reads it: in place, row by row, or its micro-panels, each in a row.
#[derive(Clone, Copy)]
pub(super) enum OperandA<'a, T> {
    InPlace(View<'a, T>),
    Packed(View<'a, T>),
}

/// The rows of an A in place from row `i` on, over these steps of k. The last row stands for those that are missing.
#[expect(
    clippy::needless_range_loop,
    reason = "loops over indices are inlined without fail"
)]
#[inline(always)]
pub(super) fn rows_of_a<'a, T, const MR: usize>(
    a: View<'a, T>,
    i: usize,
    k: &Range<usize>,
) -> [&'a [T]; MR] {
    let mut rows = [&a.row(i)[k.clone()]; MR];
    for t in 1..MR {
        rows[t] = &a.row((i + t).min(a.rows() - 1))[k.clone()];
    }
    rows
}

/// The micro-panel of a packed A that begins with row `i`, over these steps of k.
#[inline(always)]
pub(super) fn micro_panel_of_a<'a, T, const MR: usize>(
    panels: View<'a, T>,
    i: usize,
    k: &Range<usize>,
) -> &'a [[T; MR]] {
    let (panel, _) = panels.row(i / MR).as_chunks();
    &panel[k.clone()]
}

/// B as the macro-kernel reads it: in place, but for the columns that fill no micro-panel, which are one packed; or all of its
/// micro-panels, each in a row.
#[derive(Clone, Copy)]
pub(super) enum OperandB<'a, T> {
    InPlace(View<'a, T>, View<'a, T>),
    Packed(View<'a, T>),
}

impl<'a, T: Scalar> OperandB<'a, T> {
    /// What is stored from step `k` on of the micro-panel that begins with column `j`, how far it is from one step to the next,
    /// and where in each the micro-panel is.
    #[inline(always)]
    pub(super) fn steps<const NR: usize>(&self, j: usize, k: usize) -> (&'a [T], usize, usize) {
        let (panels, panel) = match self {
            OperandB::InPlace(b, _) if j + NR <= b.cols() => {
                let (data, ld, first) = b.stored();
                return (data.get(k * ld..).unwrap_or_default(), ld, first + j);
            }
            OperandB::InPlace(_, rest) => (rest, 0),
            OperandB::Packed(panels) => (panels, j / NR),
        };
        let (data, ld, _) = panels.stored();
        let data = data.get(panel * ld + k * NR..).unwrap_or_default();
        (data, NR, 0)
    }
}

/// Steps of k that are a piece of work, so that several threads can share a single micro-panel.
const STEPS: usize = 256;

/// The rows of A, or of Bᵀ, in micro-panels of `W`, each of them in a row of `buffer`.
pub(super) fn pack<'a, T: Scalar, const W: usize>(
    operand: View<'_, T>,
    buffer: &'a mut Matrix<T>,
    pool: Option<&Pool>,
) -> View<'a, T> {
    let (rows, depth) = operand.shape();
    buffer.reshape(rows.div_ceil(W), depth * W);
    // Where A is packed, as many micro-panels as a block of C has.
    let piece = (MC.div_ceil(W), STEPS * W);
    for_each_block(pool, &mut buffer.view_mut(), piece, &|mut panels| {
        let k = panels.columns().start / W..panels.columns().end / W;
        for (i, panel) in panels.rows().enumerate() {
            let part = operand.block(panel * W..rows.min((panel + 1) * W), k.clone());
            let packed = panels.row_mut(i);
            if part.rows() != W {
                packed.fill(T::ZERO);
            }
            let (packed, _) = packed.as_chunks_mut::<W>();
            if part.is_transposed() {
                copy(part.t(), packed);
            } else {
                let mut rows: [&[T]; W] = [&[]; W];
                for (i, row) in rows[..part.rows()].iter_mut().enumerate() {
                    *row = part.row(i);
                }
                transpose(&rows[..part.rows()], packed);
            }
        }
    });
    buffer.view()
}

/// Copies rows to the beginnings of others.
fn copy<T: Scalar, const W: usize>(rows: View<'_, T>, to: &mut [[T; W]]) {
    for (k, to) in to.iter_mut().enumerate() {
        let row = rows.row(k);
        if let Some(row) = row.first_chunk() {
            *to = *row;
        } else {
            to[..row.len()].copy_from_slice(row);
        }
        // The next micro-panel's entries lie beside these. They are prefetched two cache lines ahead, to come in time.
        prefetch_to_l2(row.as_ptr().wrapping_add(2 * W.max(LINE / size_of::<T>())));
    }
}

/// Rows and columns that are transposed at a time: their cache lines stay in L1 until all entries are read.
const SQUARE: usize = 4;

/// Writes rows as columns: `to[i][j]` = `rows[j][i]`.
pub(super) fn transpose<T: Scalar, const W: usize>(rows: &[&[T]], to: &mut [[T; W]]) {
    for (to, i) in to.chunks_mut(SQUARE).zip((0..).step_by(SQUARE)) {
        for (rows, j) in rows.chunks(SQUARE).zip((0..).step_by(SQUARE)) {
            match (rows.first_chunk(), to.first_chunk_mut()) {
                (Some(rows), Some(to)) => transpose_square(rows, to, (i, j)),
                _ => {
                    for (to, i) in to.iter_mut().zip(i..) {
                        for (entry, row) in to[j..].iter_mut().zip(rows) {
                            *entry = row[i];
                        }
                    }
                }
            }
        }
    }
}

/// The same for the square whose columns begin at `i` and whose rows at `j`: in registers.
#[inline(always)]
fn transpose_square<T: Scalar, const W: usize>(
    rows: &[&[T]; SQUARE],
    to: &mut [[T; W]; SQUARE],
    (i, j): (usize, usize),
) {
    let mut square = [[T::ZERO; SQUARE]; SQUARE];
    for s in 0..SQUARE {
        let row = &rows[s][i..][..SQUARE];
        for t in 0..SQUARE {
            square[t][s] = row[t];
        }
    }
    for t in 0..SQUARE {
        *to[t][j..].first_chunk_mut().expect("a whole column") = square[t];
    }
}

#[cfg(test)]
mod tests;
