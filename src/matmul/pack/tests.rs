//! A packed operand is the operand, and whatever a tile reads beyond it is zero.

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
        for first in (0..columns).step_by(W) {
            let panel = packed.row(first / W);
            for k in 0..depth {
                for (t, &found) in panel[k * W..][..W].iter().enumerate() {
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

#[test]
fn a_micro_panel_of_a_has_the_same_entries_in_place_and_packed() {
    const MR: usize = 6;
    each_storage(40, 29, |a_t| {
        let a = a_t.t();
        let rows = a.to_matrix();
        let mut buffer = Matrix::zeros(0, 0);
        let panels = pack::<_, MR>(a, &mut buffer, None);
        for (i, k) in [(0, 0..40), (6, 5..12), (24, 37..40), (12, 8..8)] {
            let in_place = rows_of_a::<_, MR>(rows.view(), i, &k);
            let packed = micro_panel_of_a::<_, MR>(panels, i, &k);
            assert_eq!(packed.len(), k.len());
            for (t, row) in in_place.into_iter().enumerate() {
                assert_eq!(row, &rows.row((i + t).min(28))[k.clone()]);
                for (packed, &entry) in packed.iter().zip(row) {
                    assert_eq!(packed[t], if i + t < 29 { entry } else { 0.0 });
                }
            }
        }
    });
}

#[test]
fn micro_panels_of_b_are_the_same_in_place_and_packed() {
    const NR: usize = 16;
    let larger = Matrix::from_fn(15, 44, |k, j| (100 * k + j) as f32);
    let b = larger.view().block(2..13, 5..42);
    let [mut packed, mut rest] = [Matrix::zeros(0, 0), Matrix::zeros(0, 0)];
    let packed = OperandB::Packed(pack::<_, NR>(b.t(), &mut packed, None));
    let rest = pack::<_, NR>(b.block(0..11, 32..37).t(), &mut rest, None);
    for operand in [OperandB::InPlace(b, rest), packed] {
        for (k, j, width) in [(0, 0, 16), (3, 16, 16), (10, 16, 16), (5, 32, 5)] {
            let (steps, next, column) = operand.steps::<NR>(j, k);
            for k_more in 0..b.rows() - k {
                let found = &steps[k_more * next + column..][..NR];
                assert_eq!(found[..width], b.row(k + k_more)[j..j + width]);
                assert!(width == NR || found[width..] == [0.0; NR - 5]);
            }
        }
        assert!(operand.steps::<NR>(0, 1000).0.is_empty());
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
