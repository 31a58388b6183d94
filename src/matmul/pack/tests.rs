//! A packed operand is the operand, and whatever a tile reads beyond it is zero.

use std::panic::catch_unwind;
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
        let packed = pack::<_, W>(operand, &mut buffer, pool);
        assert!(packed.is_packed() && !packed.is_by_rows());
        for first in (0..columns).step_by(W) {
            let (panel, ld) = packed.columns_of_b(0, first, W);
            for k in 0..depth {
                for (t, &found) in panel[k * ld..][..W].iter().enumerate() {
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

/// The entries (row, k) that tiles of `MR` rows read from here on.
fn read<const MR: usize>(a: &Operand<'_, f32>, i: usize, k: usize, rows: usize) -> Vec<f32> {
    let tiles = a.tiles_of_a(MR, i, k);
    let place = |row: usize| row / MR * tiles.tile + row % MR * tiles.row;
    let steps = 3;
    (0..rows)
        .flat_map(|row| (0..steps).map(move |k| (row, k)))
        .map(|(row, k)| tiles.data[place(row) + k * tiles.k])
        .collect()
}

#[test]
fn tiles_of_a_are_the_same_rows_in_place_and_packed() {
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
        assert!(catch_unwind(|| packed.tiles_of_a(6, 3, 0)).is_err());
        assert!(catch_unwind(|| packed.tiles_of_a(3, 6, 0)).is_err());
        assert!(catch_unwind(|| packed.tiles_of_a(12, 12, 0)).is_err());
    });
}

#[test]
fn columns_of_b_are_the_same_in_place_and_packed() {
    let b = Matrix::from_fn(11, 37, |k, j| (100 * k + j) as f32);
    let mut buffer = Matrix::zeros(0, 0);
    let packed = pack_b::<_, 16>(b.view(), &mut buffer, None);
    let in_place = Operand::in_place(b.view());
    for (k, j, width) in [(0, 0, 16), (3, 32, 5), (10, 20, 12), (5, 16, 1)] {
        for operand in [in_place, packed] {
            let (data, ld) = operand.columns_of_b(k, j, width);
            for k_more in 0..b.rows() - k {
                let expected = &b.row(k + k_more)[j..j + width];
                assert_eq!(&data[k_more * ld..][..width], expected);
            }
        }
    }
    // Between two micro-panels.
    for (j, width) in [(0, 17), (15, 2), (31, 16)] {
        assert!(catch_unwind(|| packed.columns_of_b(0, j, width)).is_err());
        in_place.columns_of_b(0, j, width);
    }
}

#[test]
fn addresses_for_prefetching_are_those_of_the_entries() {
    each_storage(40, 29, |b| {
        let mut buffer = Matrix::zeros(0, 0);
        let packed = pack_b::<_, 16>(b, &mut buffer, None);
        let mut operands = vec![packed];
        if !b.is_transposed() {
            operands.push(Operand::in_place(b));
        }
        for operand in operands {
            for (k, j) in [(0, 0), (7, 15), (39, 28)] {
                let (data, ld) = operand.columns_of_b(k, j, 1);
                assert_eq!(operand.address_in_b(k, j), (ptr::from_ref(&data[0]), ld));
            }
        }
        let a = if b.is_transposed() { b.t() } else { b };
        let operand = Operand::in_place(a);
        assert!(operand.is_by_rows());
        let (place, ld) = operand.address_in_a(11, 13);
        assert_eq!(place, ptr::from_ref(&a.row(11)[13]));
        assert_eq!(place.wrapping_add(ld), ptr::from_ref(&a.row(12)[13]));
    });
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
