//! Shapes that do not fit: the one place where they are refused.

use std::ops::Range;

/// Panics, at the caller's line, unless both shapes are equal.
#[track_caller]
pub(crate) fn check_same(operation: &str, left: (usize, usize), right: (usize, usize)) {
    if left != right {
        shape_mismatch(operation, left, right);
    }
}

/// Panics, at the caller's line, if there are no samples: a mean over none is no number.
#[track_caller]
pub(crate) fn check_some(called: &str, samples: usize) {
    assert!(
        samples > 0,
        "{called}: expected at least 1 sample, found an empty batch"
    );
}

/// The one panic for shapes that do not fit.
#[cold]
#[track_caller]
pub(crate) fn shape_mismatch(operation: &str, left: (usize, usize), right: (usize, usize)) -> ! {
    panic!(
        "{operation}: shapes {}×{} and {}×{} do not fit",
        left.0, left.1, right.0, right.1
    );
}

/// Panics, at the caller's line, unless these rows and columns are there.
#[track_caller]
pub(super) fn check_block(shape: (usize, usize), rows: &Range<usize>, cols: &Range<usize>) {
    let inside = |range: &Range<usize>, n| range.start <= range.end && range.end <= n;
    assert!(
        inside(rows, shape.0) && inside(cols, shape.1),
        "block of rows {rows:?} and columns {cols:?} of a {}×{} matrix",
        shape.0,
        shape.1
    );
}
