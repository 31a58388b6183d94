//! The product against the plain triple loop, to the last bit: every instruction set, number of threads, shape around the
//! edges of tiles and blocks, storage and update.

use crate::common::engines::{engines, name, triple_loop};
use crate::common::panics::assert_blames_caller;
use crate::common::*;
use fromzero::matmul::Product;
use fromzero::matrix::{View, ViewMut};
use fromzero::{Engine, Isa, Matrix, Real, matmul};

/// Lengths at which tiles, registers and blocks begin and end, and some between.
const EDGES: [usize; 23] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 96, 97,
];

/// Lengths of k; blocks of k are longer than tiles.
const DEPTHS: [usize; 19] = [
    0, 1, 2, 3, 7, 8, 9, 16, 17, 31, 64, 65, 96, 97, 128, 129, 383, 384, 385,
];

/// (m, n, k): every pair of edges, each with another depth; and long, flat and thin products of which the larger are
/// shared out to the threads.
fn shapes() -> impl Iterator<Item = (usize, usize, usize)> {
    let pairs = EDGES.into_iter().enumerate().flat_map(|(i, m)| {
        (EDGES.into_iter().enumerate())
            .map(move |(j, n)| (m, n, DEPTHS[(i + 2 * j) % DEPTHS.len()]))
    });
    let long = [
        (5, 3, 2049),
        (1, 1000, 300),
        (1000, 1, 300),
        (301, 299, 1),
        (70, 515, 130),
        (515, 70, 130),
        (129, 131, 513),
        (255, 256, 129),
        (256, 255, 128),
        (601, 257, 40),
        // More than a single block of k for every instruction set.
        (70, 66, 1030),
        (257, 65, 1025),
        (65, 257, 1025),
    ];
    pairs.chain(long)
}

/// A factor in one of the ways that a product may find it: as it is or transposed, whole or a block of a larger matrix.
struct Stored<T: Real> {
    matrix: Matrix<T>,
    origin: (usize, usize),
    shape: (usize, usize),
    transposed: bool,
}

impl<T: Real> Stored<T> {
    /// What surrounds a block is NaN: a sum that includes any of it shows it.
    fn new(values: &Matrix<T>, transposed: bool, is_block: bool) -> Self {
        let values = if transposed {
            values.t().to_matrix()
        } else {
            values.clone()
        };
        let (origin, shape) = (if is_block { (2, 5) } else { (0, 0) }, values.shape());
        let (rows, cols) = (shape.0 + 2 * origin.0, shape.1 + 4 * origin.1);
        let mut matrix = Matrix::from_fn(rows, cols, |_, _| T::NAN);
        write_block(&mut matrix, origin, &values);
        Stored {
            matrix,
            origin,
            shape,
            transposed,
        }
    }

    fn view(&self) -> View<'_, T> {
        let ((top, left), (rows, cols)) = (self.origin, self.shape);
        let (rows, cols) = (top..top + rows, left..left + cols);
        if self.transposed {
            self.matrix.t().block(cols, rows)
        } else {
            self.matrix.view().block(rows, cols)
        }
    }
}

fn block_at<'a, T: Real>(
    matrix: &'a mut Matrix<T>,
    (top, left): (usize, usize),
    (rows, cols): (usize, usize),
) -> ViewMut<'a, T> {
    matrix.block_mut(top..top + rows, left..left + cols)
}

fn write_block<T: Real>(matrix: &mut Matrix<T>, origin: (usize, usize), values: &Matrix<T>) {
    let mut block = block_at(matrix, origin, values.shape());
    for i in 0..values.rows() {
        block.row_mut(i).copy_from_slice(values.row(i));
    }
}

/// alpha·A·B + beta·C, or C − lr·alpha·A·B; `None` where the step is not chained at all.
#[derive(Clone, Copy, Debug)]
struct Update {
    alpha: Option<f64>,
    beta: Option<f64>,
    lr: Option<f64>,
}

const UPDATES: [Update; 11] = {
    const fn update(alpha: Option<f64>, beta: Option<f64>) -> Update {
        let lr = None;
        Update { alpha, beta, lr }
    }
    const fn descent(alpha: Option<f64>, lr: f64) -> Update {
        let (beta, lr) = (None, Some(lr));
        Update { alpha, beta, lr }
    }
    [
        update(None, None),
        update(None, Some(1.0)),
        update(Some(0.3), None),
        update(Some(-0.7), Some(1.7)),
        update(None, Some(0.0)),
        update(Some(1.0), Some(-0.4)),
        update(Some(0.0), Some(1.0)),
        update(Some(0.3), Some(0.0)),
        update(Some(0.0), None),
        descent(Some(0.3), 0.7),
        descent(None, -0.1),
    ]
};

impl Update {
    fn reads_old(self) -> bool {
        self.beta.is_some_and(|beta| beta != 0.0) || self.lr.is_some()
    }

    /// What becomes of the sum `s` and the old entry `c`, in the contract's order.
    fn entry<T: Real>(self, s: T, c: T) -> T {
        let s = self.alpha.map_or(s, |alpha| T::from_f64(alpha) * s);
        if let Some(lr) = self.lr {
            return c - T::from_f64(lr) * s;
        }
        match self.beta {
            Some(beta) if beta != 0.0 => T::from_f64(beta).mul_add(c, s),
            _ => s,
        }
    }

    fn compute<T: Real>(self, product: Product<'_, T>, c: ViewMut<'_, T>) {
        if let Some(lr) = self.lr.map(T::from_f64) {
            return match self.alpha.map(T::from_f64) {
                Some(alpha) => product.scale(alpha).descend(lr).into(c),
                None => product.descend(lr).into(c),
            };
        }
        match (self.alpha.map(T::from_f64), self.beta.map(T::from_f64)) {
            (None, None) => product.into(c),
            (Some(alpha), None) => product.scale(alpha).into(c),
            (None, Some(beta)) => product.beta(beta).into(c),
            (Some(alpha), Some(beta)) => product.scale(alpha).beta(beta).into(c),
        }
    }
}

/// Four products of each shape, nn, nt, tn and tt, with factors whole and in blocks in turn. C is a block between
/// canaries; where the old C must not be read, it is NaN.
fn agrees_with_the_triple_loop<T: Real>() {
    let rng = &mut SplitMix64::new(1);
    let engines: Vec<_> = engines().collect();
    for (case, (m, n, k)) in shapes().enumerate() {
        let (a, b) = (random_matrix(rng, m, k), random_matrix(rng, k, n));
        let sums = triple_loop::<T>(&a, &b);
        for form in 0..4 {
            let way = 4 * case + form;
            let (left, right) = (form & 2 != 0, form & 1 != 0);
            let a = Stored::new(&a, left, (way / 4) % 2 == 0);
            let b = Stored::new(&b, right, (way / 8) % 2 == 0);
            let update = UPDATES[way % UPDATES.len()];

            let mut before = random_matrix(rng, m + 3, n + 40);
            let at = (1, way % 33);
            let mut expected = before.clone();
            let old = Matrix::from_fn(m, n, |i, j| before[(at.0 + i, at.1 + j)]);
            if !update.reads_old() {
                write_block(&mut before, at, &Matrix::from_fn(m, n, |_, _| T::NAN));
            }
            let entry = |i, j| update.entry(sums[(i, j)], old[(i, j)]);
            write_block(&mut expected, at, &Matrix::from_fn(m, n, entry));

            // Portable code is slow on x86, so its forms and numbers of threads take turns there.
            let in_turn = |e: &&Engine| {
                e.isa() != Isa::Portable
                    || e.isa() == Isa::best()
                    || (form == case / 3 % 4 && e.threads() == 1 + case % 3)
            };
            for engine in engines.iter().filter(in_turn) {
                let mut c = before.clone();
                let product = matmul(a.view(), b.view());
                engine.run(|| update.compute(product, block_at(&mut c, at, (m, n))));
                let what = format!("{m}×{k}·{k}×{n} form {form} {update:?} {}", name(engine));
                assert_same_bits(&what, &c, &expected);
            }
        }
    }
}

#[test]
fn every_shape_storage_and_update_has_the_bits_of_the_triple_loop_in_f32() {
    agrees_with_the_triple_loop::<f32>();
}

#[test]
fn every_shape_storage_and_update_has_the_bits_of_the_triple_loop_in_f64() {
    agrees_with_the_triple_loop::<f64>();
}

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
