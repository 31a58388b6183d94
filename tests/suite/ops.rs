//! The functions of the networks: as epilogues of a product, where every bit is prescribed, and by themselves, where large and
//! small numbers and NaN must come through.

use crate::common::engines::{engines, name, triple_loop};
use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::elementary::sigmoid;
use fromzero::matmul::{Epilogue, Product};
use fromzero::ops::{
    argmax, column_moments, column_sums, cross_entropy, descend, for_each_row, log_sum_exp,
    row_max, softmax,
};
use fromzero::{Matrix, Real, matmul};

/// A product, what its steps need, and the old entries of C.
struct Setting<T: Real> {
    a: Matrix<T>,
    b: Matrix<T>,
    /// B again, stored transposed.
    b_t: Matrix<T>,
    bias: Vec<T>,
    factor: Matrix<T>,
    old: Matrix<T>,
    /// A·B.
    sums: Matrix<T>,
}

impl<T: Real> Setting<T> {
    fn new(rng: &mut SplitMix64, (m, n, k): (usize, usize, usize)) -> Self {
        let b = random_matrix(rng, k, n);
        let a = random_matrix(rng, m, k);
        Setting {
            sums: triple_loop(&a, &b),
            a,
            b_t: b.t().to_matrix(),
            b,
            bias: random_matrix(rng, 1, n).row(0).to_vec(),
            factor: uniform_matrix(rng, m, n, 0.0, 1.0),
            old: random_matrix(rng, m, n),
        }
    }

    /// Requires the product with `steps` to have the bits of `entry`, which makes the new entry from the sum, its row and
    /// column, and the old entry.
    fn check<'s, E: Epilogue<T>>(
        &'s self,
        what: &str,
        steps: impl Fn(Product<'s, T>) -> Product<'s, T, E>,
        entry: impl Fn(T, (usize, usize), T) -> T,
    ) {
        let run = |product, c: &mut Matrix<T>| steps(product).into(c);
        self.require(what, &run, &entry);
    }

    /// [`Setting::check`], compiled once for all steps.
    fn require<'s>(
        &'s self,
        what: &str,
        run: &dyn Fn(Product<'s, T>, &mut Matrix<T>),
        entry: &dyn Fn(T, (usize, usize), T) -> T,
    ) {
        let entry = |i, j| entry(self.sums[(i, j)], (i, j), self.old[(i, j)]);
        let expected = Matrix::from_fn(self.sums.rows(), self.sums.cols(), entry);
        for b in [self.b.view(), self.b_t.t()] {
            for engine in engines() {
                let mut c = self.old.clone();
                engine.run(|| run(matmul(&self.a, b), &mut c));
                let (m, k) = self.a.shape();
                let what = format!("{what}, {m}×{k}, {}", name(&engine));
                assert_same_bits(&what, &c, &expected);
            }
        }
    }
}

/// Flat enough that the roles of A and B are swapped where B is transposed, tall enough that they are not, and tiny.
const SHAPES: [(usize, usize, usize); 4] = [(10, 131, 257), (130, 70, 65), (64, 96, 64), (3, 1, 2)];

fn every_step_is_rounded_by_itself_and_in_order<T: Real>() {
    let rng = &mut SplitMix64::new(11);
    let (alpha, beta, lr) = (T::from_f64(0.3), T::from_f64(-1.7), T::from_f64(0.03));
    for shape in SHAPES {
        let x = Setting::<T>::new(rng, shape);
        let prime = |at| x.factor[at] * (T::ONE - x.factor[at]);
        x.check(
            "bias",
            |p| p.add_bias(&x.bias),
            |s, (_, j), _| s + x.bias[j],
        );
        x.check("sigmoid", |p| p.sigmoid(), |s, _, _| sigmoid(s));
        x.check(
            "sigmoid prime",
            |p| p.times_sigmoid_prime(&x.factor),
            |s, at, _| s * prime(at),
        );
        x.check("descend", |p| p.descend(lr), |s, _, c| c - lr * s);
        x.check(
            "gradient step",
            |p| p.scale(alpha).descend(lr),
            |s, _, c| c - lr * (alpha * s),
        );
        x.check(
            "sigmoid before bias",
            |p| p.sigmoid().add_bias(&x.bias),
            |s, (_, j), _| sigmoid(s) + x.bias[j],
        );
        x.check(
            "all",
            |p| {
                let z = p.scale(alpha).beta(beta).add_bias(&x.bias);
                z.sigmoid().times_sigmoid_prime(&x.factor)
            },
            |s, at, c| {
                let z = beta.mul_add(c, alpha * s) + x.bias[at.1];
                sigmoid(z) * prime(at)
            },
        );
        x.check(
            "gradient step and its functions",
            |p| p.scale(alpha).descend(lr).add_bias(&x.bias).sigmoid(),
            |s, (_, j), c| sigmoid(c - lr * (alpha * s) + x.bias[j]),
        );
    }
}

#[test]
fn every_step_is_rounded_by_itself_and_in_order_in_f32() {
    every_step_is_rounded_by_itself_and_in_order::<f32>();
}

#[test]
fn every_step_is_rounded_by_itself_and_in_order_in_f64() {
    every_step_is_rounded_by_itself_and_in_order::<f64>();
}

/// 1 − (1 + e)(1 − e) is 0 when the product is rounded first, and e² when it is not.
#[test]
fn a_step_of_gradient_descent_is_not_fused() {
    let e = 1.0_f32 / 8192.0;
    assert_eq!(descend(1.0, 1.0 + e, 1.0 - e), 0.0);
    let (one, gradient) = (Matrix::from_rows(&[[1.0]]), Matrix::from_rows(&[[1.0 - e]]));
    for engine in engines() {
        let mut fused = one.clone();
        let mut plain = one.clone();
        engine.run(|| {
            matmul(&gradient, &one).descend(1.0 + e).into(&mut fused);
            plain.descend(1.0 + e, &gradient);
        });
        assert_eq!((fused[(0, 0)], plain[(0, 0)]), (0.0, 0.0));
    }
}

#[test]
fn steps_that_do_not_fit_are_refused_at_the_callers_line() {
    let (a, b) = (Matrix::<f64>::zeros(2, 3), Matrix::<f64>::zeros(3, 5));
    assert_blames_caller("add_bias: shapes 2×5 and 1×2", || {
        matmul(&a, &b)
            .add_bias(&[1.0, 2.0])
            .into(&mut Matrix::zeros(2, 5));
    });
    assert_blames_caller("times_sigmoid_prime: shapes 2×5 and 5×2", || {
        let factor = Matrix::zeros(5, 2);
        matmul(&a, &b)
            .times_sigmoid_prime(&factor)
            .into(&mut Matrix::zeros(2, 5));
    });
    assert_blames_caller("softmax: shapes 2×3 and 3×5", || {
        softmax(&a, &mut b.clone())
    });
    assert_blames_caller("cross_entropy: shapes 2×3 and 3×5", || {
        cross_entropy(&a, &b)
    });
}

#[test]
fn a_gradient_of_another_shape_is_refused_at_the_callers_line() {
    let (mut weight, gradient) = (Matrix::<f32>::zeros(2, 3), Matrix::zeros(3, 5));
    assert_blames_caller("descend: shapes 2×3 and 3×5", || {
        weight.descend(0.1, &gradient)
    });
}

fn softmax_of<T: Real>(z: &[impl AsRef<[f64]>]) -> Matrix<T> {
    let z = rounded(&Matrix::from_rows(z));
    let mut a = Matrix::from_fn(z.rows(), z.cols(), |_, _| T::NAN);
    softmax(&z, &mut a);
    a
}

fn softmax_stands_large_numbers<T: Real>() {
    // 1 / (1 + e⁻¹) and e⁻¹ / (1 + e⁻¹)
    let (more, less) = (0.731_058_578_630_004_9, 0.268_941_421_369_995_1);
    let a = softmax_of::<T>(&[
        [1e4, 1e4 - 1.0, -1e4],
        [-1e4, -1e4 - 1.0, -2e4],
        [-1.0, -2.0, -900.0],
        [0.0, 1.0, -1e4],
    ]);
    let expected = [
        [more, less, 0.0],
        [more, less, 0.0],
        [more, less, 0.0],
        [less, more, 0.0],
    ];
    assert_close(
        "softmax",
        &a,
        &Matrix::from_rows(&expected),
        2.0 * T::EPSILON.to_f64(),
    );
}

/// Neither the largest number of the batch nor 0 will do in place of a row's own maximum: the rows here are 10⁴ apart, and
/// in one of them all are far below 0.
#[test]
fn softmax_stands_large_numbers_of_either_sign_in_one_batch() {
    softmax_stands_large_numbers::<f32>();
    softmax_stands_large_numbers::<f64>();
}

#[test]
fn softmax_gives_rows_that_sum_to_one() {
    let rng = &mut SplitMix64::new(12);
    let z = uniform_matrix::<f64>(rng, 200, 37, -30.0, 30.0);
    let mut a = z.clone();
    softmax(&z, &mut a);
    assert!(a.iter().all(|a| (0.0..=1.0).contains(&a)));
    let sums: Vec<f64> = a.iter_rows().map(|row| row.iter().sum()).collect();
    assert_close("sums", &sums, &vec![1.0; 200], 1e-15);
}

/// Whole numbers are shifted exactly, so that even the bits stay.
#[test]
fn softmax_does_not_change_when_a_row_is_shifted() {
    let rows = [[3.0, -2.0, 0.0, 7.0], [-1.0, -1.0, -5.0, 2.0]];
    let shifted = rows.map(|row| row.map(|z| z - 4096.0));
    assert_same_bits("f32", &softmax_of::<f32>(&shifted), &softmax_of(&rows));
    assert_same_bits("f64", &softmax_of::<f64>(&shifted), &softmax_of(&rows));
}

#[test]
fn softmax_keeps_not_a_number_in_its_row() {
    for j in 0..3 {
        let mut rows = [[1.0, 2.0, 3.0]; 3];
        rows[1][j] = f64::NAN;
        let a = softmax_of::<f32>(&rows);
        assert!(a.row(1).iter().all(|a| a.is_nan()), "{a:?}");
        assert!(
            a.row(0).iter().chain(a.row(2)).all(|a| a.is_finite()),
            "{a:?}"
        );
    }
}

fn cross_entropy_of<T: Real>(z: &[impl AsRef<[f64]>], y: &[impl AsRef<[f64]>]) -> f64 {
    let (z, y) = (Matrix::from_rows(z), Matrix::from_rows(y));
    cross_entropy::<T>(&rounded(&z), &rounded(&y))
}

/// The probability of the label is e⁻²⁰⁰⁰, which is 0 in either type; its logarithm is not.
#[test]
fn cross_entropy_is_exact_where_the_probability_is_zero() {
    let (z, y) = ([[0.0, 2000.0]], [[1.0, 0.0]]);
    assert_eq!(softmax_of::<f64>(&z)[(0, 0)], 0.0);
    assert_eq!(cross_entropy_of::<f64>(&z, &y), 2000.0);
    assert_eq!(cross_entropy_of::<f32>(&z, &y), 2000.0);
    assert_eq!(cross_entropy_of::<f32>(&[[-2000.0, -4000.0]], &y), 0.0);
}

#[test]
fn cross_entropy_is_the_mean_over_the_rows() {
    let ln10 = std::f64::consts::LN_10;
    let y = [[0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]; 3];
    let loss = cross_entropy_of::<f64>(&[[0.7; 10]; 3], &y);
    assert_close("ln 10", &[loss], &[ln10], 1e-15);
    let loss = cross_entropy_of::<f64>(&[[0.0, 0.0], [0.0, 2000.0]], &[[0.0, 1.0], [1.0, 0.0]]);
    assert_close(
        "mean",
        &[loss],
        &[(std::f64::consts::LN_2 + 2000.0) / 2.0],
        1e-15,
    );
    assert!(cross_entropy_of::<f64>(&[[f64::NAN, 1.0]], &[[0.0, 1.0]]).is_nan());
}

#[test]
fn log_sum_exp_neither_overflows_nor_underflows() {
    let ln2 = std::f64::consts::LN_2;
    for shift in [0.0, 1e4, -1e4] {
        let sum = log_sum_exp(&[shift, shift]);
        assert_close("ln 2", &[sum], &[shift + ln2], 1e-15);
    }
}

#[test]
fn the_maximum_is_that_of_the_row_and_not_a_number_wins() {
    let nan = f32::NAN;
    assert_eq!(row_max(&[-5.0, -2.0, -9.0]), -2.0);
    assert_eq!(row_max(&[1.0, 7.0, 7.0]), 7.0);
    assert_eq!(row_max::<f32>(&[]), f32::NEG_INFINITY);
    for row in [[nan, 1.0, 2.0], [1.0, nan, 2.0], [1.0, 2.0, nan]] {
        assert!(row_max(&row).is_nan(), "{row:?}");
    }
}

#[test]
fn argmax_is_the_first_of_equals_and_a_row_that_holds_nan_has_none() {
    let nan = f64::NAN;
    assert_eq!(argmax(&[-5.0, -2.0, -9.0]), Some(1));
    assert_eq!(argmax(&[1.0, 7.0, 7.0]), Some(1));
    assert_eq!(argmax(&[f64::NEG_INFINITY; 2]), Some(0));
    assert_eq!(argmax(&[9.0, nan, 2.0, nan]), None);
    assert_eq!(argmax(&[nan, 9.0]), None);
    assert_eq!(argmax::<f64>(&[]), None);
}

/// Down the first column 1 is lost beside 2²⁴, in the second it comes last: any other order gives other sums.
#[test]
fn columns_are_summed_down_the_rows() {
    let big = 16_777_216.0_f32;
    let matrix = Matrix::from_rows(&[[1.0, big], [big, -big], [-big, 1.0]]);
    let rng = &mut SplitMix64::new(13);
    let random = random_matrix::<f32>(rng, 37, 150);
    let chain = |j| (0..37).fold(0.0, |s, i| s + random[(i, j)]);
    for engine in engines() {
        engine.run(|| {
            let mut sums = Vec::new();
            column_sums(&matrix, |j, sum| sums.push((j, sum)));
            assert_eq!(sums, [(0, 0.0), (1, 1.0)]);
            let mut sums = [f32::NAN; 150];
            column_sums(&random, |j, sum| sums[j] = sum);
            assert_same_bits(
                "150 columns",
                &sums,
                &std::array::from_fn::<_, 150, _>(chain),
            );
        });
    }
}

/// The variance is of the differences from the mean: that of squares would be lost beside a large mean.
#[test]
fn a_large_mean_does_not_hide_the_variance() {
    let large = 8_388_608.0;
    let x = Matrix::<f32>::from_rows(&[[large + 1.0], [large - 1.0]]);
    let (mut mean, mut variance) = ([0.0], [0.0]);
    column_moments(&x, &mut mean, &mut variance);
    assert_eq!((mean, variance), ([large], [1.0]));
}

/// Of more than one matrix; with few numbers, or many in fewer rows than threads share pieces, or in more.
#[test]
fn every_row_is_visited_once_under_its_number() {
    for (rows, cols) in [(1, 1), (3, 50_000), (67, 2000), (2001, 67)] {
        let matrix =
            |one: f32, step: f32| Matrix::from_fn(rows, cols, |i, _| one + step * i as f32);
        for engine in engines() {
            let (mut a, mut b) = (matrix(1.0, 0.0), matrix(2.0, 0.0));
            engine.run(|| {
                for_each_row([&mut a, &mut b], |i, [a, b]| {
                    for (a, b) in a.iter_mut().zip(b) {
                        (*a, *b) = (*a + i as f32, *b - i as f32);
                    }
                });
            });
            let what = format!("{rows} × {cols}, {}", name(&engine));
            assert_same_bits(&what, &a, &matrix(1.0, 1.0));
            assert_same_bits(&what, &b, &matrix(2.0, -1.0));
        }
    }
}
