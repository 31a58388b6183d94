//! The blocks of an output, and their parts.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::for_each_block;
use crate::Matrix;

#[test]
fn a_part_of_a_block_hands_out_its_rows_from_the_top_and_no_more() {
    let mut output = Matrix::<f64>::zeros(7, 9);
    for_each_block(None, &mut output.view_mut(), (5, 6), |mut block| {
        if block.rows().start == 0 && block.cols().start == 0 {
            let mut part = block.part(1..4, 2..6);
            for first in [1, 2] {
                let mut rows = part.next_rows::<1>();
                assert_eq!((rows.row(), rows.cols()), (first, 2..6));
                rows.row_mut(0).fill(first as f64);
            }
            assert!(catch_unwind(AssertUnwindSafe(|| part.next_rows::<2>().row())).is_err());
            for (rows, columns) in [(0..6, 0..6), (0..5, 0..7)] {
                let refused = || block.part(rows, columns).rows();
                assert!(catch_unwind(AssertUnwindSafe(refused)).is_err());
            }
        }
    });
    let expected = Matrix::from_fn(7, 9, |i, j| match (i, j) {
        (1 | 2, 2..6) => i as f64,
        _ => 0.0,
    });
    assert_eq!(output, expected);
}
