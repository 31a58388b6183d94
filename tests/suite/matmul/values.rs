//! Products whose results are known without a reference: whole numbers, sums in order, NaN and infinity, empty sums, and shapes that do
//! not fit.

use crate::common::engines::{engines, name};
use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::{Matrix, Real, matmul};

/// A·B by the default engine, into a matrix of NaN.
fn product<T: Real>(a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    let mut c = Matrix::from_fn(a.rows(), b.cols(), |_, _| T::NAN);
    matmul(a, b).into(&mut c);
    c
}

/// No reference is needed here: sums of small whole numbers are exact, whatever the order.
#[test]
fn small_whole_numbers_are_multiplied_exactly() {
    let rng = &mut SplitMix64::new(2);
    let (a, b) = (
        integer_matrix(rng, 67, 300, 9),
        integer_matrix(rng, 300, 45, 9),
    );
    let whole = |x: f32| x as i64;
    let exact = Matrix::from_fn(67, 45, |i, j| {
        (0..300)
            .map(|p| whole(a[(i, p)]) * whole(b[(p, j)]))
            .sum::<i64>() as f32
    });
    for engine in engines() {
        let c = engine.run(|| product(&a, &b));
        assert_same_bits(&name(&engine), &c, &exact);
    }
}

/// The last bits of these sums are known by hand: any other order, and any sum in parts, gives something else.
#[test]
fn sums_run_over_k_in_increasing_order_from_plus_zero() {
    let sum = |a: &[f32]| {
        let ones = Matrix::from_fn(a.len(), 1, |_, _| 1.0);
        product(&Matrix::from_rows(&[a]), &ones)[(0, 0)]
    };
    let big = 16_777_216.0; // 2²⁴
    for engine in engines() {
        engine.run(|| {
            assert_eq!(sum(&[1.0, big, -big]), 0.0, "{}", name(&engine));
            assert_eq!(sum(&[big, -big, 1.0]), 1.0, "{}", name(&engine));
            // One at the front is lost beside the big number, ones at the back stay, and k has several blocks.
            let mut long = vec![0.0; 3000];
            (long[0], long[1], long[2998], long[2999]) = (1.0, big, -big, 1.0);
            assert_eq!(sum(&long), 1.0, "{}", name(&engine));
            assert_eq!(sum(&[-0.0]).to_bits(), 0.0_f32.to_bits());
        });
    }
}

/// (1 + e)(1 − e) − 1 = −e², which an unfused product rounds away.
#[test]
fn multiplication_and_addition_are_fused() {
    let e = 1.0_f32 / 8192.0;
    let a = Matrix::from_rows(&[[-1.0, 1.0 + e]]);
    let b = Matrix::from_rows(&[[1.0], [1.0 - e]]);
    for engine in engines() {
        let c = engine.run(|| product(&a, &b));
        assert_eq!(c[(0, 0)], -e * e, "{}", name(&engine));
    }
}

#[test]
fn not_a_number_and_infinity_reach_what_they_are_multiplied_into() {
    let rng = &mut SplitMix64::new(3);
    let (m, n, k) = (21, 35, 70);
    let (a, mut b) = (random_matrix::<f32>(rng, m, k), random_matrix(rng, k, n));
    b.row_mut(69).fill(0.0);
    for engine in engines() {
        let clean = engine.run(|| product(&a, &b));
        for (i, p) in [(0, 0), (20, 69), (7, 33), (8, 64)] {
            let mut spoiled = a.clone();
            spoiled[(i, p)] = f32::NAN;
            let mut expected = clean.clone();
            expected.row_mut(i).fill(f32::NAN);
            let c = engine.run(|| product(&spoiled, &b));
            assert_same_bits(&name(&engine), &c, &expected);

            spoiled[(i, p)] = f32::INFINITY;
            for (j, c) in expected.row_mut(i).iter_mut().enumerate() {
                *c = f32::INFINITY * b[(p, j)];
            }
            let c = engine.run(|| product(&spoiled, &b));
            assert_same_bits(&name(&engine), &c, &expected);
        }
    }
}

#[test]
fn a_factor_of_zero_does_not_hide_what_is_not_finite() {
    let b = Matrix::from_rows(&[[1.0_f32, 2.0, 3.0]]);
    for x in [f32::NAN, f32::INFINITY] {
        let a = Matrix::from_rows(&[[x], [1.0]]);
        let mut c = Matrix::zeros(2, 3);
        matmul(&a, &b).scale(0.0).into(&mut c);
        assert!(c.row(0).iter().all(|c| c.is_nan()), "{c:?}");
        assert_eq!(c.row(1), [0.0; 3]);
    }
}

/// With k = 0 every sum is empty, which is +0; the steps still run.
#[test]
fn empty_sums_are_zero_and_empty_products_touch_nothing() {
    let (a, b) = (Matrix::<f64>::zeros(3, 0), Matrix::zeros(0, 4));
    let sevens = || Matrix::from_fn(3, 4, |_, _| 7.0);
    for engine in engines() {
        engine.run(|| {
            assert_same_bits("0", &product(&a, &b), &Matrix::zeros(3, 4));
            let mut c = sevens();
            let (a_t, b_t) = (Matrix::zeros(0, 3), Matrix::zeros(4, 0));
            matmul(a_t.t(), b_t.t()).beta(1.0).into(&mut c);
            assert_same_bits("7", &c, &sevens());
            let bias = [1.0, 2.0, 3.0, 4.0];
            matmul(&a, &b).scale(5.0).add_bias(&bias).into(&mut c);
            assert_same_bits("bias", &c, &Matrix::from_rows(&[bias; 3]));

            let mut c = sevens();
            matmul(&Matrix::zeros(0, 2), &Matrix::zeros(2, 4)).into(c.block_mut(1..1, 0..4));
            matmul(&Matrix::zeros(3, 2), &Matrix::zeros(2, 0)).into(c.block_mut(0..3, 4..4));
            assert_same_bits("untouched", &c, &sevens());
        });
    }
}

#[test]
fn shapes_that_do_not_fit_are_refused_at_the_callers_line() {
    let (a, b) = (Matrix::<f32>::zeros(2, 3), Matrix::<f32>::zeros(3, 5));
    assert_blames_caller("matmul: shapes 3×5 and 2×3", || matmul(&b, &a));
    assert_blames_caller("matmul: shapes 2×3 and 5×3", || matmul(&a, b.t()));
    assert_blames_caller("matmul into: shapes 2×5 and 5×2", || {
        matmul(&a, &b).into(&mut Matrix::zeros(5, 2))
    });
    assert_blames_caller("matmul into: shapes 2×5 and 2×4", || {
        matmul(&a, &b).into(Matrix::zeros(2, 5).block_mut(0..2, 1..5))
    });
}

#[test]
fn a_second_update_of_c_is_refused_at_the_callers_line() {
    let a = Matrix::<f32>::zeros(2, 2);
    let message = "a product updates C once: by beta or by descend";
    assert_blames_caller(message, || {
        matmul(&a, &a).beta(0.9).descend(0.1).to_matrix()
    });
    assert_blames_caller(message, || {
        matmul(&a, &a).descend(0.1).beta(1.0).to_matrix()
    });
    let _ = matmul(&a, &a).beta(0.0).descend(0.1).to_matrix();
}
