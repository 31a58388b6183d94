//! The matrix product, C = A·B.
//!
//! There is one product. [`matmul`] describes it; steps such as a bias or an activation function are chained onto the
//! description and run on each finished block of C while that is still in the nearest caches, or on each tile while that is in
//! registers; [`Product::into`] computes it.
//!
//! ```
//! use fromzero::{Matrix, matmul};
//! let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
//! let b = Matrix::from_rows(&[[5.0, 6.0], [7.0, 8.0]]);
//! let mut c = Matrix::zeros(2, 2);
//! matmul(&a, b.t()).into(&mut c);
//! assert_eq!(c, Matrix::from_rows(&[[17.0, 23.0], [39.0, 53.0]]));
//! ```
//!
//! # What is computed, to the last bit
//!
//! s = Σ aᵢₖ·bₖⱼ is one chain of fused multiply-adds over k in increasing order, starting from +0. Then the steps follow
//! in the order in which they are chained, each rounded by itself. No entry depends on the tile, the block, the thread or
//! the instruction set that computed it.
//!
//! # How
//!
//! After Goto and van de Geijn, *Anatomy of High-Performance Matrix Multiplication* (2008), with one difference: the
//! leading dimension of a [`Matrix`](crate::Matrix) keeps columns of tiles from colliding in the cache, so that a factor is written out
//! first, strip by strip (`strips.rs`), only where that pays (`plan.rs`). The loops, from the outside in:
//!
//! 1. blocks of C, shared out to the threads (`parallel.rs`);
//! 2. blocks of k (`kernel.rs`), so that the part of A that all strips read stays in the second-level cache, and the part of
//!    a strip that all tiles read there or, with narrow tiles, in the first;
//! 3. strips of B, as wide as a tile;
//! 4. tiles of A's rows;
//! 5. k: the micro-kernel, a rank-1 update of a tile in registers. Which tile, says `tiles.rs`.

mod ahead;
mod arrays;
mod engine;
mod gate;
mod isa;
mod kernel;
mod parallel;
mod plan;
mod simd;
mod strips;
mod tiles;

pub use engine::Engine;
pub use isa::Isa;
pub(crate) use tiles::Vectorised;

use std::array::from_fn;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::matrix::{View, ViewMut, check_same, shape_mismatch};
use crate::real::Real;
use kernel::{Sums, Work};
use parallel::{Block, for_each_block};
use plan::{BLOCK, Plan};
use strips::{Factor, Side, turn};

/// A product that is not computed yet: A·B, and what is done to each of its entries.
#[must_use = "a product is computed by `into`"]
pub struct Product<'a, T, S = Plain> {
    a: View<'a, T>,
    b: View<'a, T>,
    store: S,
}

/// Describes the product of an m×k and a k×n matrix, either of them a view or transposed.
///
/// # Panics
/// If the columns of `a` are not as many as the rows of `b`.
#[track_caller]
pub fn matmul<'a, T: Real>(a: impl Into<View<'a, T>>, b: impl Into<View<'a, T>>) -> Product<'a, T> {
    let (a, b) = (a.into(), b.into());
    if a.cols() != b.rows() {
        shape_mismatch("matmul", a.shape(), b.shape());
    }
    Product { a, b, store: Plain }
}

/// What happens to the entries of a product on their way into C.
pub trait Store<T>: Sync {
    /// Whether the step is done on every tile while that is in registers, and not on whole blocks of sums. This pays for steps of
    /// few operations and much memory, and costs a loop nest of their own. Of steps in a chain the last one decides.
    const IN_REGISTERS: bool = false;

    /// The function for row `i`: from lane t of these columns, the value so far, and the old entry of C, to the new value.
    fn row(&self, i: usize, cols: Range<usize>) -> impl Fn(usize, T, T) -> T;

    /// Panics, at the caller's line, if the step does not fit to a product of this shape.
    #[track_caller]
    fn check(&self, _shape: (usize, usize)) {}
}

/// The sum itself.
pub struct Plain;

impl<T> Store<T> for Plain {
    const IN_REGISTERS: bool = true;

    #[inline(always)]
    fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, T, T) -> T {
        |_, s, _| s
    }
}

/// One step after another.
pub struct Then<P, Q>(P, Q);

impl<T: Copy, P: Store<T>, Q: Store<T>> Store<T> for Then<P, Q> {
    const IN_REGISTERS: bool = Q::IN_REGISTERS;

    #[inline(always)]
    fn row(&self, i: usize, cols: Range<usize>) -> impl Fn(usize, T, T) -> T {
        let (first, second) = (self.0.row(i, cols.clone()), self.1.row(i, cols));
        #[inline(always)]
        move |t, s, c| second(t, first(t, s, c), c)
    }
}

/// alpha·s.
pub struct Scale<T>(T);

impl<T: Real> Store<T> for Scale<T> {
    #[inline(always)]
    fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, T, T) -> T {
        let alpha = self.0;
        move |_, s, _| alpha * s
    }
}

/// beta·C + s, rounded once. With beta = 0 the old C is not read, so it may hold anything.
pub struct PlusOld<T>(T);

impl<T: Real> Store<T> for PlusOld<T> {
    #[inline(always)]
    fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, T, T) -> T {
        let beta = self.0;
        move |_, s, c| {
            if beta == T::ZERO {
                s
            } else {
                beta.mul_add(c, s)
            }
        }
    }
}

impl<'a, T: Real, S: Store<T>> Product<'a, T, S> {
    /// Chains a step.
    ///
    /// # Panics
    /// If the step does not fit to the product's shape.
    #[track_caller]
    pub fn then<Q: Store<T>>(self, step: Q) -> Product<'a, T, Then<S, Q>> {
        step.check((self.a.rows(), self.b.cols()));
        Product {
            a: self.a,
            b: self.b,
            store: Then(self.store, step),
        }
    }

    /// Multiplies by `alpha`.
    pub fn scale(self, alpha: T) -> Product<'a, T, Then<S, Scale<T>>> {
        self.then(Scale(alpha))
    }

    /// Adds `beta` times what C held before.
    pub fn plus_old(self, beta: T) -> Product<'a, T, Then<S, PlusOld<T>>> {
        self.then(PlusOld(beta))
    }

    /// Computes the product and stores it in `c`.
    ///
    /// # Panics
    /// If `c` has another shape than the product.
    #[track_caller]
    pub fn into<'c>(self, c: impl Into<ViewMut<'c, T>>)
    where
        T: 'c,
    {
        let mut c = c.into();
        check_same("matmul into", (self.a.rows(), self.b.cols()), c.shape());
        compute(self.a, self.b, &self.store, &mut c, &Engine::current());
    }
}

/// A [`Store`] behind a pointer, so that the loop nest is compiled once for all of them, but for those that work in registers.
trait Finish<T>: Sync {
    /// Adds up a block, and returns whether it was stored, too.
    fn add_up(&self, isa: Isa, work: Work<'_, '_, T>) -> bool;
    /// Stores a block of sums.
    fn finish(&self, isa: Isa, sums: &Sums<T>, block: &mut Block<'_, T>);
}

impl<T: Real, S: Store<T>> Finish<T> for S {
    fn add_up(&self, isa: Isa, work: Work<'_, '_, T>) -> bool {
        let is_stored = S::IN_REGISTERS && work.c.is_some();
        if is_stored {
            T::add_up(isa, work, self);
        } else {
            T::add_up(isa, Work { c: None, ..work }, &Plain);
        }
        is_stored
    }

    fn finish(&self, isa: Isa, sums: &Sums<T>, block: &mut Block<'_, T>) {
        isa.run(
            #[inline(always)]
            || {
                let cols = block.cols();
                // From below, because the rows that were added up last are the nearest.
                for (i, sums) in block.rows().zip(&sums.0).rev() {
                    // Where it knows the length, the compiler makes vector instructions and no remainder.
                    if cols.len() == BLOCK {
                        store_row(self, i, cols.start, BLOCK, sums, block.row_mut(i));
                    } else {
                        store_row(self, i, cols.start, cols.len(), sums, block.row_mut(i));
                    }
                }
            },
        )
    }
}

/// Stores the n entries of row `i` that begin with column `first`.
#[inline(always)]
fn store_row<T: Real>(
    store: &impl Store<T>,
    i: usize,
    first: usize,
    n: usize,
    sums: &[T],
    row: &mut [T],
) {
    // All slices have the same length n, so that the loop needs no checks.
    let f = store.row(i, first..first + n);
    let (s, c) = (&sums[..n], &mut row[..n]);
    for t in 0..n {
        c[t] = f(t, s[t], c[t]);
    }
}

/// Floating-point operations a second that the threads of the engine in use do together when, for about so long, they do
/// nothing but independent fused multiply-adds in registers. No product is faster.
pub fn fma_rate<T: Real>(time: Duration) -> f64 {
    /// Some 20 µs with the widest registers.
    const ROUNDS: usize = 15_000;
    let engine = Engine::current();
    let (operations, start) = (AtomicUsize::new(0), Instant::now());
    engine.pool().share(
        |_| 1,
        |_, _| {
            let (mut mine, start) = (0, Instant::now());
            while start.elapsed() < time {
                mine += T::exercise_fma(engine.isa(), ROUNDS);
            }
            operations.fetch_add(mine, Relaxed);
        },
    );
    operations.into_inner() as f64 / start.elapsed().as_secs_f64()
}

/// Loop 1. C is divided into blocks; for each of them the sums are added up and then stored.
fn compute<T: Real>(
    a: View<'_, T>,
    b: View<'_, T>,
    store: &dyn Finish<T>,
    c: &mut ViewMut<'_, T>,
    engine: &Engine,
) {
    let plan = Plan::new(&a, &b, engine.isa());
    let (left, right) = if plan.swapped { (b.t(), a.t()) } else { (a, b) };
    let isa = engine.isa();
    let pool = plan.parallel.then(|| engine.pool());
    T::with_scratch(|[scratch_a, scratch_b]| {
        let left = if plan.left_in_strips {
            T::in_strips(isa, Side::Left, left.t(), scratch_a, pool)
        } else {
            Factor::in_place(left.t())
        };
        let right = if plan.right_in_strips {
            T::in_strips(isa, Side::Right, right, scratch_b, pool)
        } else {
            Factor::in_place(right)
        };
        for_each_block(pool, c, (plan.height, BLOCK), |mut block| {
            T::with_sums(|[sums, turned]| {
                let (down, across) = if plan.swapped {
                    (block.cols(), block.rows())
                } else {
                    (block.rows(), block.cols())
                };
                let work = Work {
                    left,
                    rows: down,
                    right,
                    columns: across,
                    left_is_far: plan.b_is_far && plan.swapped,
                    right_is_far: plan.b_is_far && !plan.swapped,
                    sums,
                    c: (!plan.swapped).then_some(&mut block),
                };
                if store.add_up(isa, work) {
                    return;
                }
                if plan.swapped {
                    turn_sums(sums, turned, (block.rows().len(), block.cols().len()));
                    store.finish(isa, turned, &mut block);
                } else {
                    store.finish(isa, sums, &mut block);
                }
            });
        });
    });
}

/// Transposes the sums of a block of `rows` × `cols`.
fn turn_sums<T: Real>(from: &Sums<T>, to: &mut Sums<T>, (rows, cols): (usize, usize)) {
    let columns: [&[T]; BLOCK] = from_fn(|j| &from.0[j][..]);
    turn(&columns[..cols], &mut to.0[..rows]);
}
