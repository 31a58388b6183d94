//! What the plan promises, for each tile.

use super::*;
use crate::Matrix;
use crate::matmul::blocksizes::{AVX2, AVX512, PORTABLE};

/// Checks the plans of an m×k by a k×n product, with A or B stored by columns.
#[track_caller]
fn check(
    (m, k, n): (usize, usize, usize),
    (a_turned, b_turned): (bool, bool),
    holds: impl Fn(&Plan) -> bool,
) {
    let stored = |rows, cols, turned| {
        let (rows, cols) = if turned { (cols, rows) } else { (rows, cols) };
        Matrix::<f32>::zeros(rows, cols)
    };
    let (a, b) = (stored(m, k, a_turned), stored(k, n, b_turned));
    let a = if a_turned { a.t() } else { a.view() };
    let b = if b_turned { b.t() } else { b.view() };
    for tile in [PORTABLE, AVX2, AVX512] {
        let plan = Plan::new(&a, &b, tile.mr);
        assert!(holds(&plan), "{m}×{k}·{k}×{n}, tiles of {} rows", tile.mr);
    }
}

const BY_ROWS: (bool, bool) = (false, false);

#[test]
fn a_small_product_stays_on_the_calling_thread_and_a_large_one_does_not() {
    check((1, 784, 128), BY_ROWS, |plan| !plan.parallel);
    check((32, 128, 10), BY_ROWS, |plan| !plan.parallel);
    check((64, 784, 128), BY_ROWS, |plan| plan.parallel);
    check((1024, 1024, 1024), BY_ROWS, |plan| plan.parallel);
}

#[test]
fn operands_stored_by_rows_stay_where_they_are_unless_many_rows_of_c_read_b() {
    let in_place = |plan: &Plan| !plan.swapped && !plan.packs_a && !plan.packs_b;
    check((64, 1024, 1024), BY_ROWS, in_place);
    check((192, 1024, 1024), BY_ROWS, in_place);
    check((1024, 1024, 1024), BY_ROWS, |plan| {
        !plan.swapped && !plan.packs_a && plan.packs_b
    });
}

/// Forward, a layer multiplies by its transposed weights, which are larger than a batch and what becomes of it.
#[test]
fn a_transposed_b_is_not_moved_where_a_and_c_are_smaller() {
    check((64, 1024, 1024), (false, true), |plan| {
        plan.swapped && !plan.packs_a && plan.packs_b
    });
    check((1024, 1024, 64), (false, true), |plan| {
        !plan.swapped && !plan.packs_a && plan.packs_b
    });
}

/// The gradient of the weights.
#[test]
fn a_transposed_a_is_packed_where_c_is_larger() {
    check((1024, 64, 1024), (true, false), |plan| {
        !plan.swapped && plan.packs_a
    });
}

#[test]
fn blocks_of_c_are_whole_tiles_and_no_larger_than_the_block_of_sums() {
    for tile in [PORTABLE, AVX2, AVX512] {
        let (mr, nr) = (tile.mr, tile.nr::<f32>());
        for m in 1..300 {
            let (a, b) = (Matrix::<f32>::zeros(m, 70), Matrix::zeros(200, 70));
            for b in [b.t(), b.view().block(0..70, 0..70)] {
                let plan = Plan::new(&a.view(), &b, mr);
                let (mut high, mut wide) = plan.block;
                // Where the operands swap their roles, a tile lies on its side.
                if plan.swapped {
                    (high, wide) = (wide, high);
                }
                let case = format!("{m} rows in tiles of {mr}×{nr}: blocks of {high}×{wide}");
                assert!((mr..=MC).contains(&high) && high % mr == 0, "{case}");
                assert!((nr..=NC).contains(&wide) && wide % nr == 0, "{case}");
            }
        }
    }
}

#[test]
fn only_what_lies_beyond_the_l2_cache_is_prefetched() {
    check((100, 100, 100), BY_ROWS, |plan| plan.far.is_none());
    check((64, 784, 512), BY_ROWS, |plan| plan.far == Some(Far::B));
    check((1024, 16, 1024), BY_ROWS, |plan| plan.far == Some(Far::C));
}
