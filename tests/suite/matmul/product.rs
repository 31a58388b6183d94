//! The product against the plain triple loop, to the last bit: every instruction set, number of threads, shape around the
//! edges of tiles and blocks, storage and update.

use std::ops::Range;

use crate::common::engines::{engines, name, triple_loop};
use crate::common::*;
use fromzero::matmul::{Epilogue, Product};
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

/// (m, n, k), and whether with an epilogue, without, or both.
type Shape = ((usize, usize, usize), &'static [bool]);

/// Every pair of edges, each with another depth; and long, flat and thin products, with
/// and without, of which the larger are shared out to the threads.
fn shapes() -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (i, m) in EDGES.into_iter().enumerate() {
        for (j, n) in EDGES.into_iter().enumerate() {
            let k = DEPTHS[(i + 2 * j) % DEPTHS.len()];
            let epilogues: &[bool] = if (i / 2 + j / 2) % 2 == 0 {
                &[true]
            } else {
                &[false]
            };
            shapes.push(((m, n, k), epilogues));
        }
    }
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
    shapes.extend(long.map(|shape| (shape, &[false, true][..])));
    shapes
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

    fn chain<T: Real>(self, mut product: Product<'_, T>) -> Product<'_, T> {
        if let Some(alpha) = self.alpha {
            product = product.scale(T::from_f64(alpha));
        }
        if let Some(beta) = self.beta {
            product = product.beta(T::from_f64(beta));
        }
        if let Some(lr) = self.lr {
            product = product.descend(T::from_f64(lr));
        }
        product
    }
}

/// An epilogue by which every entry gets a number of its own.
struct AddPlace;

fn place<T: Real>(i: usize, j: usize) -> T {
    T::from_f64(3.0 * i as f64 - 0.5 * j as f64)
}

impl<T: Real> Epilogue<T> for AddPlace {
    fn row(&self, i: usize, columns: Range<usize>) -> impl Fn(usize, T) -> T {
        move |t, s| s + place(i, columns.clone().nth(t).expect("a lane of these columns"))
    }
}

/// Four products of each shape and epilogue, nn, nt, tn and tt, with factors whole and in blocks, in turn. C is a block between
/// canaries; where the old C must not be read, it is NaN.
fn agrees_with_the_triple_loop<T: Real>() {
    let rng = &mut SplitMix64::new(1);
    let engines = engines();
    for (case, ((m, n, k), epilogues)) in shapes().into_iter().enumerate() {
        let (a, b) = (random_matrix(rng, m, k), random_matrix(rng, k, n));
        let sums = triple_loop::<T>(&a, &b);
        let ways = 4 * epilogues.len();
        for turn in 0..ways {
            let (way, form, has_epilogue) = (4 * case + turn, turn % 4, epilogues[turn / 4]);
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
            let entry = |i, j| {
                let value = update.entry(sums[(i, j)], old[(i, j)]);
                if has_epilogue {
                    value + place(i, j)
                } else {
                    value
                }
            };
            write_block(&mut expected, at, &Matrix::from_fn(m, n, entry));

            // Portable code is slow on x86, so its forms, epilogues and numbers of threads take turns there.
            let in_turn = |e: &&Engine| {
                e.isa() != Isa::Portable
                    || e.isa() == Isa::best()
                    || (turn == 5 * case / 3 % ways && e.threads() == 1 + case % 3)
            };
            for engine in engines.iter().filter(in_turn) {
                let mut c = before.clone();
                let product = update.chain(matmul(a.view(), b.view()));
                let to = block_at(&mut c, at, (m, n));
                engine.run(|| {
                    if has_epilogue {
                        product.then(AddPlace).into(to);
                    } else {
                        product.into(to);
                    }
                });
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
