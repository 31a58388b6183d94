//! A packed operand is the operand, and whatever a tile reads beyond it is zero.

use std::ptr;

use super::*;
use crate::matmul::{Engine, Isa};

/// Views of the same entries (k, j) ↦ 1000k + j + 1: by rows and by columns, whole and as a block of a larger matrix of NaN.
fn each_storage(depth: usize, columns: usize, check: impl Fn(View<'_, f32>)) {
    let entry = |k: usize, j: usize| (1000 * k + j + 1) as f32;
    let matrix = Matrix::from_fn(depth, columns, entry);
    let transposed = matrix.t().to_matrix();
    let surrounded = |rows, columns, entry: &dyn Fn(usize, usize) -> f32| {
        Matrix::from_fn(rows + 3, columns + 9, |i, j| {
            if (2..rows + 2).contains(&i) && (5..columns + 5).contains(&j) {
                entry(i - 2, j - 5)
            } else {
                f32::NAN
            }
        })
    };
    let larger = surrounded(depth, columns, &entry);
    let turned = surrounded(columns, depth, &|j, k| entry(k, j));
    check(matrix.view());
    check(transposed.t());
    check(larger.view().block(2..depth + 2, 5..columns + 5));
    check(turned.t().block(5..depth + 5, 2..columns + 2));
}

const SHAPES: [(usize, usize); 9] = [
    (0, 5),
    (5, 0),
    (1, 1),
    (3, 16),
    (8, 6),
    (9, 17),
    (21, 50),
    (64, 333),
    (2 * STEPS + 7, 70),
];

/// Packs with and without threads, into a buffer that holds NaN from an earlier, larger product.
fn check_packed<const W: usize>(operand: View<'_, f32>) {
    let engine = Engine::new(Isa::best(), 2).unwrap();
    let (depth, columns) = operand.shape();
    for pool in [None, Some(engine.pool())] {
        let mut buffer = Matrix::from_fn(columns + 1, (depth + 1) * W, |_, _| f32::NAN);
        let packed = pack::<_, W>(operand.t(), &mut buffer, pool);
        assert!(packed.is_packed() && !packed.is_by_rows());
        for first in (0..columns).step_by(W) {
            let panel = packed.at(first, 0);
            for k in 0..depth {
                for (t, &found) in panel.data[k * panel.k..][..W].iter().enumerate() {
                    let expected = if first + t < columns {
                        operand.get(k, first + t)
                    } else {
                        0.0
                    };
                    assert_eq!(found, expected, "{W} columns of {:?}", operand.shape());
                }
            }
        }
    }
}

#[test]
fn micro_panels_are_the_columns_of_the_operand_and_zeros() {
    for (depth, columns) in SHAPES {
        each_storage(depth, columns, |operand| {
            check_packed::<4>(operand);
            check_packed::<6>(operand);
            check_packed::<16>(operand);
            check_packed::<64>(operand);
        });
    }
}

/// The entries (line, k) that tiles of `MR` lines read from here on.
fn read<const MR: usize>(
    operand: &Operand<'_, f32>,
    line: usize,
    k: usize,
    lines: usize,
) -> Vec<f32> {
    let mut tile = operand.at(line, k);
    let mut entries = Vec::new();
    for first in (0..lines).step_by(MR) {
        for line in 0..MR.min(lines - first) {
            entries.extend((0..3).map(|k| tile.data[line * tile.line + k * tile.k]));
        }
        tile = tile.next_tile(MR);
    }
    entries
}

#[test]
fn tiles_of_an_operand_are_the_same_lines_in_place_and_packed() {
    each_storage(40, 29, |a_t| {
        let a = a_t.t();
        let mut buffer = Matrix::zeros(0, 0);
        let packed = pack_a::<_, 6>(a, &mut buffer, None);
        let in_place = Operand::in_place(a);
        assert_eq!(in_place.is_by_rows(), !a.is_transposed());
        for (i, k, rows) in [(0, 0, 29), (6, 5, 12), (24, 37, 5)] {
            let expected: Vec<_> = (i..i + rows)
                .flat_map(|i| (k..k + 3).map(move |k| a.get(i, k)))
                .collect();
            assert_eq!(read::<6>(&in_place, i, k, rows), expected);
            assert_eq!(read::<6>(&packed, i, k, rows), expected);
        }
        // In place, a tile may begin in any row and be of any height.
        assert_eq!(read::<8>(&in_place, 21, 9, 1)[2], a.get(21, 11));
    });
}

#[test]
fn columns_of_b_are_the_same_in_place_and_packed() {
    let b = Matrix::from_fn(11, 37, |k, j| (100 * k + j) as f32);
    let mut buffer = Matrix::zeros(0, 0);
    let packed = pack_b::<_, 16>(b.view(), &mut buffer, None);
    let in_place = Operand::in_place(b.t());
    for (k, j, width) in [(0, 0, 16), (3, 32, 5), (10, 20, 12), (5, 16, 1)] {
        for operand in [in_place, packed] {
            let found = operand.at(j, k);
            assert_eq!(found.line, 1);
            for k_more in 0..b.rows() - k {
                let expected = &b.row(k + k_more)[j..j + width];
                assert_eq!(&found.data[k_more * found.k..][..width], expected);
            }
        }
    }
}

#[test]
fn behind_the_last_entry_nothing_is_stored() {
    each_storage(40, 29, |b| {
        let mut buffer = Matrix::zeros(0, 0);
        for operand in [
            Operand::in_place(b.t()),
            pack_b::<_, 16>(b, &mut buffer, None),
        ] {
            for (line, k) in [(29, 1000), (1000, 40), (usize::MAX >> 20, 0)] {
                assert!(operand.at(line, k).data.is_empty());
            }
        }
    });
}

#[test]
fn the_address_for_prefetching_leads_from_row_to_row() {
    let a = Matrix::from_fn(40, 29, |i, k| (100 * i + k) as f32);
    for operand in [Operand::in_place(a.view()), Operand::in_place(a.t())] {
        let (row, column) = if operand.is_by_rows() {
            (11, 13)
        } else {
            (13, 11)
        };
        let (place, ld) = operand.at(row, column).address();
        assert_eq!(place, ptr::from_ref(&a.row(11)[13]));
        assert_eq!(place.wrapping_add(ld), ptr::from_ref(&a.row(12)[13]));
    }
}

#[test]
fn transposing_writes_the_columns_of_these_rows_and_no_others() {
    for n in 0..=9 {
        for length in 0..=9 {
            let rows: Vec<Vec<f64>> = (0..n)
                .map(|j| (0..length).map(|i| (10 * j + i) as f64).collect())
                .collect();
            let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
            let mut lines = vec![[-1.0; 10]; length];
            transpose(&rows, &mut lines);
            for (i, line) in lines.iter().enumerate() {
                for (j, &entry) in line.iter().enumerate() {
                    let expected = if j < n { (10 * j + i) as f64 } else { -1.0 };
                    assert_eq!(entry, expected, "{n} rows of {length}, ({i}, {j})");
                }
            }
        }
    }
}
