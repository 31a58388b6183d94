//! What a tile reads is what it was given, and nothing outside of it.

use std::ops::Range;
use std::panic::catch_unwind;

use super::{Operands, unrolled};
use crate::Matrix;
use crate::matmul::strips::{Factor, in_strips};

/// The operands of tiles of two rows, from a 4×6 matrix and some columns of a 6×5 one, as sums over all that is
/// handed out. `read` and `width` are how much of a line there shall be, and is asked for.
fn walk(
    rows: Range<usize>,
    columns: Range<usize>,
    k: Range<usize>,
    (read, width): (usize, usize),
) -> (f64, f64) {
    let left = Matrix::from_fn(4, 6, |i, j| (10 * i + j) as f64);
    let right = Matrix::from_fn(6, 5, |i, j| (10 * i + j) as f64);
    let transposed = left.t().to_matrix();
    let right = right.view().block(0..6, columns);
    let mut place = Matrix::zeros(0, 0);
    let ways = [
        Factor::in_place(left.t()),
        Factor::in_place(transposed.view()),
        in_strips::<_, 2>(left.t(), &mut place, None),
    ];
    let [by_rows, by_columns, in_strips] = ways.map(|left| {
        let operands = Operands::new(&left, 0..4, &right, k.clone(), read);
        let [mut upper, mut lower] = [0.0; 2];
        let mut lines = 0.0;
        let mut add = |[x, y]: [&f64; 2], line: &[f64]| {
            (upper, lower) = (upper + x, lower + y);
            lines += line.iter().sum::<f64>();
        };
        if operands.by_columns() {
            for tile in operands.tiles::<2, true>(rows.clone(), width) {
                tile.each(unrolled(2), || (), &mut add);
            }
        } else {
            for tile in operands.tiles::<2, false>(rows.clone(), width) {
                tile.each(unrolled(2), || (), &mut add);
            }
        }
        (upper * lower, lines)
    });
    assert_eq!(by_rows, by_columns);
    assert_eq!(by_rows, in_strips);
    by_rows
}

#[test]
fn operands_are_the_entries_asked_for() {
    // Rows 2 and 3, k = 4 and 5: (24 + 25)·(34 + 35), and 43 + 44 + 53 + 54.
    assert_eq!(walk(2..4, 3..5, 4..6, (2, 2)), (3381.0, 194.0));
    // Two tiles: (4 + 5 + 24 + 25)·(14 + 15 + 34 + 35), and twice the same lines.
    assert_eq!(walk(0..4, 3..5, 4..6, (2, 2)), (5684.0, 388.0));
    // All of k, more than are taken at a time: (0 + 1 + … + 5)·(10 + 11 + … + 15), and 0 + 10 + … + 50.
    assert_eq!(walk(0..2, 0..1, 0..6, (1, 1)), (1125.0, 150.0));
}

#[test]
fn a_line_may_be_read_to_the_end_of_its_stored_row() {
    assert_eq!(walk(2..4, 3..5, 4..6, (5, 5)), (3381.0, 194.0));
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "they are to be refused")]
fn operands_outside_their_matrices_are_refused() {
    for (rows, k, widths) in [
        (2..6, 0..6, (5, 5)),
        (3..2, 0..6, (5, 5)),
        (usize::MAX - 1..usize::MAX, 0..6, (5, 5)),
        (0..4, 0..7, (5, 5)),
        (0..4, 6..usize::MAX, (5, 5)),
        (0..4, 5..4, (5, 5)),
        (0..4, 0..6, (9, 9)),
        (0..4, 0..6, (5, 6)),
    ] {
        let case = format!("{rows:?} {k:?} {widths:?}");
        assert!(
            catch_unwind(|| walk(rows, 0..5, k, widths)).is_err(),
            "{case}"
        );
    }
}

#[test]
fn tiles_stay_inside_their_strips() {
    let left = Matrix::from_fn(7, 3, |i, j| (10 * i + j) as f64);
    let right = Matrix::from_fn(3, 1, |_, _| 1.0);
    let mut place = Matrix::zeros(0, 0);
    let factor = in_strips::<_, 4>(left.t(), &mut place, None);
    let operands = |rows| Operands::new(&factor, rows, &right.view(), 0..3, 1);
    fn firsts<const MR: usize>(operands: &Operands<'_, f64>, rows: Range<usize>) -> Vec<f64> {
        let mut firsts = Vec::new();
        for tile in operands.tiles::<MR, true>(rows, 1) {
            tile.each(unrolled(2), || (), |a, _| firsts.push(*a[0]));
        }
        firsts
    }
    assert_eq!(firsts::<4>(&operands(0..7), 0..4), [0.0, 1.0, 2.0]);
    assert_eq!(firsts::<2>(&operands(0..7), 4..6), [40.0, 41.0, 42.0]);
    assert_eq!(firsts::<1>(&operands(0..7), 6..7), [60.0, 61.0, 62.0]);
    assert_eq!(firsts::<2>(&operands(4..7), 0..2), [40.0, 41.0, 42.0]);

    assert!(catch_unwind(|| operands(2..7)).is_err(), "half a strip");
    let all = || operands(0..7);
    assert!(catch_unwind(|| firsts::<4>(&all(), 2..6)).is_err());
    assert!(catch_unwind(|| firsts::<2>(&all(), 3..5)).is_err());
    assert!(catch_unwind(|| firsts::<2>(&all(), 0..4)).is_err());
    assert!(catch_unwind(|| firsts::<8>(&all(), 0..8)).is_err());
}
