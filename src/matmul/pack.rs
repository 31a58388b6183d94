//! Operands as the macro-kernel reads them: in place, or packed into micro-panels.
//!
//! ```text
//!   A, stored by columns        pack_a: micro-panels of MR rows, the entries of one k side by side
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
use super::simd::{Strides, prefetch_to_l2};
use super::threads::{Pool, for_each_block};
use crate::matrix::{LINE, Matrix, View};
use crate::scalar::Scalar;

/// A or B as the macro-kernel reads it.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a, T> {
    /// The operand itself; or one micro-panel in each row.
    stored: View<'a, T>,
    /// Rows or columns of a micro-panel, if the operand is packed.
    panel: Option<usize>,
}

impl<'a, T: Scalar> Operand<'a, T> {
    /// An operand that is read where it is.
    pub(super) fn in_place(stored: View<'a, T>) -> Self {
        Operand {
            stored,
            panel: None,
        }
    }

    pub(super) fn is_packed(&self) -> bool {
        self.panel.is_some()
    }

    /// Whether the entries of one row lie beside each other, and not those of one k.
    pub(super) fn is_by_rows(&self) -> bool {
        !self.is_packed() && !self.stored.is_transposed()
    }

    /// A, from row `i` and from `k` on, in tiles of `mr` rows. Packed, the row has to be the first of a micro-panel of so many.
    ///
    /// # Panics
    /// If it is not.
    pub(super) fn tiles_of_a(&self, mr: usize, i: usize, k: usize) -> Strides<'a, T> {
        let (data, ld, first) = self.stored.stored();
        let (start, row, next, tile) = if let Some(panel) = self.panel {
            assert!(
                panel == mr && i.is_multiple_of(panel),
                "the first row of a micro-panel"
            );
            (i / panel * ld + k * panel, 1, panel, ld)
        } else if self.is_by_rows() {
            (i * ld + first + k, ld, 1, mr * ld)
        } else {
            (k * ld + first + i, 1, ld, mr)
        };
        Strides {
            data: data.get(start..).unwrap_or_default(),
            row,
            k: next,
            tile,
        }
    }

    /// B, from `k` and column `j` on, and its leading dimension. Packed, `width` columns have to be those of one micro-panel.
    ///
    /// # Panics
    /// If they are not.
    pub(super) fn columns_of_b(&self, k: usize, j: usize, width: usize) -> (&'a [T], usize) {
        let panel = self.panel.unwrap_or(usize::MAX);
        assert!(j % panel + width <= panel, "columns of a micro-panel");
        let (start, ld) = self.offset_in_b(k, j);
        let (data, ..) = self.stored.stored();
        (data.get(start..).unwrap_or_default(), ld)
    }

    fn offset_in_b(&self, k: usize, j: usize) -> (usize, usize) {
        let (_, ld, first) = self.stored.stored();
        match self.panel {
            Some(panel) => (j / panel * ld + k * panel + j % panel, panel),
            None => (k * ld + first + j, ld),
        }
    }

    /// Where entry (k, j) of B is stored, or would be, and its leading dimension: for prefetching.
    pub(super) fn address_in_b(&self, k: usize, j: usize) -> (*const T, usize) {
        let (data, ..) = self.stored.stored();
        let (offset, ld) = self.offset_in_b(k, j);
        (data.as_ptr().wrapping_add(offset), ld)
    }

    /// Where entry (i, k) of an A by rows is stored, or would be, and its leading dimension: for prefetching.
    pub(super) fn address_in_a(&self, i: usize, k: usize) -> (*const T, usize) {
        let (data, ld, first) = self.stored.stored();
        (data.as_ptr().wrapping_add(i * ld + first + k), ld)
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
    pack::<T, MR>(a.t(), buffer, pool)
}

/// B packed into micro-panels of `NR` columns.
pub(super) fn pack_b<'a, T: Scalar, const NR: usize>(
    b: View<'_, T>,
    buffer: &'a mut Matrix<T>,
    pool: Option<&Pool>,
) -> Operand<'a, T> {
    pack::<T, NR>(b, buffer, pool)
}

/// An operand with a row for each k, packed into micro-panels of `W` columns, each of them in a row of `buffer`.
fn pack<'a, T: Scalar, const W: usize>(
    operand: View<'_, T>,
    buffer: &'a mut Matrix<T>,
    pool: Option<&Pool>,
) -> Operand<'a, T> {
    let (depth, columns) = operand.shape();
    buffer.reshape(columns.div_ceil(W), depth * W);
    // Where A is packed, as many micro-panels as a block of C has.
    let piece = (MC.div_ceil(W), STEPS * W);
    for_each_block(pool, &mut buffer.view_mut(), piece, |mut panels| {
        let k = panels.columns().start / W..panels.columns().end / W;
        for (i, panel) in panels.rows().enumerate() {
            let part = operand.block(k.clone(), panel * W..columns.min((panel + 1) * W));
            let (lines, _) = panels.row_mut(i).as_chunks_mut::<W>();
            if operand.is_transposed() {
                let t = part.t();
                let rows: [&[T]; W] = from_fn(|j| {
                    if j < t.rows() {
                        t.row(j)
                    } else {
                        Default::default()
                    }
                });
                transpose(&rows[..t.rows()], lines);
                for line in lines {
                    line[t.rows()..].fill(T::ZERO);
                }
            } else {
                copy_lines(&part, lines);
            }
        }
    });
    Operand {
        stored: buffer.view(),
        panel: Some(W),
    }
}

/// Copies a part of an operand that is stored by rows.
fn copy_lines<T: Scalar, const W: usize>(part: &View<'_, T>, lines: &mut [[T; W]]) {
    for (k, line) in lines.iter_mut().enumerate() {
        let row = part.row(k);
        if let Some(row) = row.first_chunk() {
            *line = *row;
        } else {
            line[..row.len()].copy_from_slice(row);
            line[row.len()..].fill(T::ZERO);
        }
        // The next micro-panel's line lies beside this one. It is requested two lines ahead, to come in time.
        prefetch_to_l2(row.as_ptr().wrapping_add(2 * W.max(LINE / size_of::<T>())));
    }
}

/// Rows that are transposed at a time: their lines of 64 bytes stay in the L1 cache until all entries are read.
const SQUARE: usize = 4;

/// Writes rows as columns: `lines[i][j]` = `rows[j][i]`.
pub(super) fn transpose<T: Scalar, const W: usize>(rows: &[&[T]], lines: &mut [[T; W]]) {
    let (bands, others) = rows.as_chunks::<SQUARE>();
    let (blocks, rest) = lines.as_chunks_mut::<SQUARE>();
    let mut first = 0;
    for lines in blocks {
        for (rows, column) in bands.iter().zip((0..).step_by(SQUARE)) {
            let rows: [&[T; SQUARE]; SQUARE] =
                rows.map(|row| row[first..].first_chunk().expect("a whole row"));
            for (i, line) in lines.iter_mut().enumerate() {
                let entries: &mut [T; SQUARE] =
                    line[column..].first_chunk_mut().expect("so many rows");
                *entries = rows.map(|row| row[i]);
            }
        }
        for (row, column) in others.iter().zip(rows.len() - others.len()..) {
            for (line, entry) in lines.iter_mut().zip(&row[first..]) {
                line[column] = *entry;
            }
        }
        first += SQUARE;
    }
    for (line, i) in rest.iter_mut().zip(first..) {
        for (entry, row) in line.iter_mut().zip(rows) {
            *entry = row[i];
        }
    }
}

#[cfg(test)]
mod tests;
