//! Operands as the macro-kernel reads them: in place, or packed into micro-panels.
//!
//! ```text
//!   A, stored by columns        pack_a: micro-panels of MR rows, those of a k side by side
//!   ┌───────────┐               ┌──┬──┬──┬ ─
//!   │  MR rows  │ ───────────▶  │k₀│k₁│k₂│
//!   ├───────────┤               └──┴──┴──┴ ─
//!   │    ⋮      │               pack_b: the same of NR columns of B
//! ```
//!
//! So a tile reads its part from one end to the other, whatever the operand's width: no two of its lines collide in a cache,
//! and they lie in few pages. What the last micro-panel lacks is zero.

use std::array::from_fn;

use super::blocksizes::MC;
use super::simd::{Strided, prefetch_to_l2};
use super::threads::{Pool, for_each_block};
use crate::matrix::{LINE, Matrix, View};
use crate::scalar::Scalar;

/// A or B as the macro-kernel reads it: entry k of each line, a row of A or a column of B.
#[derive(Clone, Copy)]
pub(super) struct Operand<'a, T> {
    /// A row for each line, by rows or by columns; or, packed, a row for each micro-panel of so many lines.
    stored: View<'a, T>,
    panel: Option<usize>,
}

impl<'a, T: Scalar> Operand<'a, T> {
    /// An operand that is read where it is: A, or Bᵀ.
    pub(super) fn in_place(stored: View<'a, T>) -> Self {
        let panel = None;
        Operand { stored, panel }
    }

    pub(super) fn is_packed(&self) -> bool {
        self.panel.is_some()
    }

    /// Whether the entries of one line lie beside each other, and not those of one k.
    pub(super) fn is_by_rows(&self) -> bool {
        !self.is_packed() && !self.stored.is_transposed()
    }

    /// What is stored from entry `k` of this line on. Packed, the lines behind it are those of one micro-panel.
    pub(super) fn at(&self, line: usize, k: usize) -> Strided<'a, T> {
        let (data, ld, first) = self.stored.stored();
        let (offset, line, k) = match self.panel {
            Some(width) => (line / width * ld + k * width + line % width, 1, width),
            None if self.stored.is_transposed() => (k * ld + first + line, 1, ld),
            None => (line * ld + first + k, ld, 1),
        };
        let data = &data[offset.min(data.len())..];
        let panel = self.panel.map(|_| ld);
        Strided {
            data,
            line,
            k,
            panel,
        }
    }
}

/// Steps of k that are a piece of work, so that several threads can share a single micro-panel.
const STEPS: usize = 256;

/// A packed into micro-panels of `MR` rows.
pub(super) fn pack_a<'a, T: Scalar, const MR: usize>(
    a: View<'_, T>,
    buffer: &'a mut Matrix<T>,
    pool: Option<&Pool>,
) -> Operand<'a, T> {
    pack::<T, MR>(a, buffer, pool)
}

/// B packed into micro-panels of `NR` columns.
pub(super) fn pack_b<'a, T: Scalar, const NR: usize>(
    b: View<'_, T>,
    buffer: &'a mut Matrix<T>,
    pool: Option<&Pool>,
) -> Operand<'a, T> {
    pack::<T, NR>(b.t(), buffer, pool)
}

/// The rows of `operand` packed into micro-panels of `W` lines, each of them in a row of `buffer`.
fn pack<'a, T: Scalar, const W: usize>(
    operand: View<'_, T>,
    buffer: &'a mut Matrix<T>,
    pool: Option<&Pool>,
) -> Operand<'a, T> {
    let (rows, depth) = operand.shape();
    buffer.reshape(rows.div_ceil(W), depth * W);
    // Where A is packed, as many micro-panels as a block of C has.
    let piece = (MC.div_ceil(W), STEPS * W);
    for_each_block(pool, &mut buffer.view_mut(), piece, &|mut panels| {
        let k = panels.columns().start / W..panels.columns().end / W;
        for (i, panel) in panels.rows().enumerate() {
            let part = operand.block(panel * W..rows.min((panel + 1) * W), k.clone());
            let (packed, _) = panels.row_mut(i).as_chunks_mut::<W>();
            if part.is_transposed() {
                copy(part.t(), packed);
            } else {
                let rows: [&[T]; W] = from_fn(|i| if i < part.rows() { part.row(i) } else { &[] });
                transpose(&rows[..part.rows()], packed);
            }
            if part.rows() < W {
                for entries in packed {
                    entries[part.rows()..].fill(T::ZERO);
                }
            }
        }
    });
    let (stored, panel) = (buffer.view(), Some(W));
    Operand { stored, panel }
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
        // The next micro-panel's entries lie beside these. They are requested two lines ahead, to come in time.
        prefetch_to_l2(row.as_ptr().wrapping_add(2 * W.max(LINE / size_of::<T>())));
    }
}

/// Rows and columns that are transposed at a time: their lines of 64 bytes stay in the L1 cache until all entries are read.
const SQUARE: usize = 4;

/// Writes rows as columns: `to[i][j]` = `rows[j][i]`.
pub(super) fn transpose<T: Scalar, const W: usize>(rows: &[&[T]], to: &mut [[T; W]]) {
    for (to, i) in to.chunks_mut(SQUARE).zip((0..).step_by(SQUARE)) {
        for (rows, j) in rows.chunks(SQUARE).zip((0..).step_by(SQUARE)) {
            if let (Some(rows), Some(to)) = (rows.first_chunk(), to.first_chunk_mut()) {
                let rows: [&[T; SQUARE]; SQUARE] =
                    rows.map(|row| row[i..].first_chunk().expect("a whole row"));
                let to: &mut [[T; W]; SQUARE] = to;
                for (t, to) in to.iter_mut().enumerate() {
                    to[j..][..SQUARE].copy_from_slice(&rows.map(|row| row[t]));
                }
            } else {
                for (to, i) in to.iter_mut().zip(i..) {
                    for (entry, row) in to[j..].iter_mut().zip(rows) {
                        *entry = row[i];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
