//! The factors of a product as the kernel reads them: where they are, or written out in strips.

use std::array::from_fn;
use std::ops::Range;

use super::parallel::{Pool, for_each_block};
use super::plan::HEIGHT;
use super::simd::prefetch_near;
use crate::matrix::{LINE, Matrix, View};
use crate::real::Real;

/// Which factor: the strips of the left one are as wide as a tile is high, those of the right one as wide as it is.
#[derive(Clone, Copy)]
pub enum Side {
    Left,
    Right,
}

/// A factor as the kernel reads it, with a row for each k; so the left one is transposed. It is read where it is, or was written
/// out in strips of columns. A right factor has room for whole registers at the ends of its rows; the plan sees to that.
#[derive(Clone, Copy)]
pub struct Factor<'a, T> {
    /// Written out, each stored row holds a strip, its lines one after another.
    pub(super) stored: View<'a, T>,
    depth: usize,
    /// Columns of a strip, if it was written out.
    pub(super) strips: Option<usize>,
}

impl<'a, T: Real> Factor<'a, T> {
    /// A factor that is read where it is.
    pub(super) fn in_place(stored: View<'a, T>) -> Self {
        Factor {
            stored,
            depth: stored.rows(),
            strips: None,
        }
    }

    /// Its rows, as many as there are k.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Whether the entries of one k lie beside each other.
    pub(super) fn is_by_lines(&self) -> bool {
        self.strips.is_some() || !self.stored.is_transposed()
    }

    /// These columns, all of one strip.
    pub(super) fn strip(&self, columns: Range<usize>) -> View<'a, T> {
        let Some(width) = self.strips else {
            return self.stored.block(0..self.depth, columns);
        };
        let (strip, first) = (columns.start / width, columns.start % width);
        let strip = View::of_lines(self.stored.row(strip), width);
        strip.block(0..self.depth, first..first + columns.len())
    }

    /// How far it is from one stored row, or from one line of a strip, to the next.
    pub(super) fn leading_dimension(&self) -> usize {
        self.strips.unwrap_or(self.stored.stored().1)
    }

    /// Where entry (k, column) is stored.
    pub(super) fn place(&self, k: usize, column: usize) -> *const T {
        let (data, ld, first) = self.stored.stored();
        let (row, column) = match self.strips {
            Some(width) => (column / width, k * width + column % width),
            None if self.stored.is_transposed() => (column, k),
            None => (k, column),
        };
        data.as_ptr().wrapping_add(row * ld + first + column)
    }

    /// Whether there are so many entries in the stored row from this column on: those of the factor, and then what only fills its
    /// memory up, which a register may hold as well.
    pub(super) fn has_room(&self, column: usize, width: usize) -> bool {
        let (_, ld, first) = self.stored.stored();
        self.strips.is_some() || first + column + width <= ld
    }
}

/// Lines of a strip that are a piece of work, so that several threads can share a single strip.
const LINES: usize = 256;

/// A factor, written out to `place` in strips of `W` columns. So a tile reads its part of it from one end to the other, whatever
/// the factor's width.
pub(super) fn in_strips<'a, T: Real, const W: usize>(
    factor: View<'a, T>,
    place: &'a mut Matrix<T>,
    pool: Option<&Pool>,
) -> Factor<'a, T> {
    let (depth, columns) = factor.shape();
    place.reshape(columns.div_ceil(W), depth * W);
    // Several strips are a thread's piece of work: as many as a tall block has rows, if it is the left factor.
    let at_a_time = (HEIGHT.div_ceil(W), LINES * W);
    for_each_block(pool, &mut place.view_mut(), at_a_time, |mut strips| {
        let k = strips.cols().start / W..strips.cols().end / W;
        for strip in strips.rows() {
            let part = factor.block(k.clone(), strip * W..columns.min((strip + 1) * W));
            let (lines, _) = strips.row_mut(strip).as_chunks_mut::<W>();
            if factor.is_transposed() {
                turn_columns(&part, lines);
            } else {
                copy_lines(&part, lines);
            }
        }
    });
    Factor {
        stored: place.view(),
        depth,
        strips: Some(W),
    }
}

/// Copies a part of a factor that is stored by rows.
fn copy_lines<T: Real, const W: usize>(part: &View<'_, T>, lines: &mut [[T; W]]) {
    let (data, ld, first) = part.stored();
    let rows = &data[first..];
    // The last strip may have fewer columns. It takes what lies beside them, too, as far as there is anything.
    let whole = rows.len().saturating_sub(W - 1).div_ceil(ld);
    let (whole, rest) = lines.split_at_mut(whole.min(lines.len()));
    for (k, line) in whole.iter_mut().enumerate() {
        let row = &rows[k * ld..];
        *line = *row.first_chunk().expect("a whole line");
        // What the next strips read of the row lies beside this one. Asked for one line ahead, it came too late: copying took a
        // third longer.
        prefetch_near(row.as_ptr().wrapping_add(2 * W.max(LINE / size_of::<T>())));
    }
    for (line, row) in rest.iter_mut().zip(rows.chunks(ld).skip(whole.len())) {
        line[..part.cols()].copy_from_slice(&row[..part.cols()]);
    }
}

/// Writes a part of a factor that is stored by columns.
fn turn_columns<T: Real, const W: usize>(part: &View<'_, T>, lines: &mut [[T; W]]) {
    let (data, ld, first) = part.stored();
    let columns: [&[T]; W] = from_fn(|j| data.get(j * ld + first..).unwrap_or_default());
    turn(&columns[..part.cols()], lines);
}

/// Rows, and entries of each, that are turned at a time, in registers.
pub(super) const SQUARE: usize = 4;

/// Writes rows as columns: `lines[i][j]` = `rows[j][i]`.
pub(super) fn turn<T: Real, const W: usize>(rows: &[&[T]], lines: &mut [[T; W]]) {
    let (bands, others) = rows.as_chunks::<SQUARE>();
    let (blocks, rest) = lines.as_chunks_mut::<SQUARE>();
    let mut first = 0;
    for lines in blocks {
        for (rows, column) in bands.iter().zip((0..).step_by(SQUARE)) {
            let rows = rows.map(|row| row[first..].first_chunk().expect("a whole row"));
            for (line, entries) in lines.iter_mut().zip(T::turn_square(rows)) {
                *line[column..].first_chunk_mut().expect("so many rows") = entries;
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
