//! What the plan promises.

use super::*;
use crate::Matrix;

/// Checks the plans of an m×k by a k×n product, with A or B stored by columns.
#[track_caller]
fn check(
    (m, k, n): (usize, usize, usize),
    (a_transposed, b_transposed): (bool, bool),
    holds: impl Fn(&Plan) -> bool,
) {
    let stored = |rows, cols, transposed| {
        let (rows, cols) = if transposed {
            (cols, rows)
        } else {
            (rows, cols)
        };
        Matrix::<f32>::zeros(rows, cols)
    };
    let (a, b) = (stored(m, k, a_transposed), stored(k, n, b_transposed));
    let a = if a_transposed { a.t() } else { a.view() };
    let b = if b_transposed { b.t() } else { b.view() };
    assert!(holds(&Plan::new(&a, &b)), "{m}×{k}·{k}×{n}");
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
fn only_what_lies_beyond_the_l2_cache_is_prefetched() {
    check((100, 100, 100), BY_ROWS, |plan| plan.prefetched.is_none());
    check((64, 784, 512), BY_ROWS, |plan| {
        plan.prefetched == Some(Prefetched::B)
    });
    check((1024, 16, 1024), BY_ROWS, |plan| {
        plan.prefetched == Some(Prefetched::C)
    });
}
