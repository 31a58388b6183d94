//! Written out, a factor is still the same.

use super::*;
use crate::matmul::engine::Engine;
use crate::matmul::isa::Isa;

fn check<const W: usize>(factor: View<'_, f32>) {
    let engine = Engine::new(Isa::best(), 2).unwrap();
    for pool in [None, Some(engine.pool())] {
        let mut place = Matrix::zeros(0, 0);
        let written = in_strips::<_, W>(factor, &mut place, pool);
        let (depth, columns) = factor.shape();
        for first in (0..columns).step_by(W) {
            let columns = first..columns.min(first + W);
            let expected = factor.block(0..depth, columns.clone()).to_matrix();
            let strip = written.strip(columns.clone());
            assert_eq!(strip.to_matrix(), expected, "{W} of {:?}", factor.shape());
            for k in [0, depth - 1] {
                let place = written.place(k, columns.end - 1);
                assert_eq!(place, strip.row(k).last().unwrap());
            }
        }
    }
}

#[test]
fn strips_are_the_columns_of_the_factor() {
    for (depth, columns) in [
        (1, 1),
        (3, 16),
        (8, 6),
        (9, 17),
        (21, 50),
        (64, 333),
        (2 * LINES + 7, 70),
    ] {
        let matrix = Matrix::from_fn(depth, columns, |k, j| (1000 * k + j) as f32);
        let turned = matrix.t().to_matrix();
        // Factors that end where their memory does, and one that is a block of a larger one.
        let larger = Matrix::from_fn(depth + 2, columns + 5, |k, j| (1000 * k + j) as f32);
        let block = larger.view().block(2..depth + 2, 5..columns + 5);
        for factor in [matrix.view(), turned.t(), block] {
            check::<4>(factor);
            check::<6>(factor);
            check::<16>(factor);
            check::<64>(factor);
        }
    }
}
