//! The matrix product, C = A·B.
//!
//! There is one product. [`matmul`] describes it; epilogues such as a bias or an activation function are chained onto the
//! description and run on each finished tile of C while that is in the L1 cache; [`Product::into`] computes it.
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
//! s = Σ aᵢₖ·bₖⱼ is one chain of fused multiply-adds over k in increasing order, starting from +0. Then the epilogues follow
//! in the order in which they are chained, each operation rounded by itself. No entry depends on the tile, the block, the
//! thread or the instruction set that computed it.
//!
//! # The five loops
//!
//! After Goto and van de Geijn, *Anatomy of High-Performance Matrix Multiplication* (2008), and BLIS (Van Zee and van de
//! Geijn, 2015), with the sizes of `blocksizes.rs`:
//!
//! ```text
//!  loop 5  jc   columns of C, NC = 64 at a time          ┐ for_each_block: blocks of C, shared
//!  loop 4  ic   rows of C, at most MC = 96 at a time     ┘ out to the threads
//!  loop 3  pc     blocks of k, at most KC = 384 steps    block_of_c: MC × KC of A stays in L2,
//!                                                          MC × NC sums in L1
//!  loop 2  jr       micro-panels of B, NR columns        macro_kernel: KC × NR of B, in L1 or L2
//!  loop 1  ir         tiles of MR rows                   tiles: MR × NR sums, in registers
//!                       k, one step after another        micro_kernel: a rank-1 update of the tile
//! ```
//!
//! Three things differ from BLIS, each because of the contract or of what it saves:
//!
//! - BLIS has the loop over blocks of k (pc) outside that over rows (ic), and keeps partial sums in C. Here C is written once,
//!   by the epilogue; partial sums wait in a scratch block that stays in L1, and never restart a chain.
//! - An operand is packed (`pack.rs`) only where that pays (`plan.rs`): the leading dimension of a
//!   [`Matrix`] keeps its rows from colliding in the cache, so it can be read in place. What is packed, is packed as
//!   a whole, before loop 5.
//! - A transposed B lets the operands swap their roles, Cᵀ = Bᵀ·Aᵀ, where that moves less.

mod blocksizes;
mod epilogue;
mod kernels;
mod limit;
mod macro_kernel;
mod micro_kernel;
mod pack;
mod plan;
mod prefetch;
mod simd;
mod threads;
mod update;
mod work;

pub use epilogue::{Epilogue, Plain, Then};
pub use limit::fma_rate;
pub use simd::Isa;
pub use threads::Engine;

use std::array::from_fn;

use crate::matrix::{Matrix, View, ViewMut, check_same, shape_mismatch};
use blocksizes::{MC, NC, kc};
use epilogue::TileEpilogue;
use kernels::Kernels;
use pack::{Operand, transpose};
use plan::Plan;
use threads::{Block, for_each_block};
use update::{Output, Update};
use work::{Operands, Sums, Work};

/// A product that is not computed yet: A·B, and what is done to each of its entries.
#[derive(Debug)]
#[must_use = "a product is computed by `into`"]
pub struct Product<'a, T, E = Plain> {
    a: View<'a, T>,
    b: View<'a, T>,
    alpha: Option<T>,
    update: Update<T>,
    epilogue: E,
}

/// Describes the product of an m×k and a k×n matrix, either of them a view or transposed.
///
/// # Panics
/// If the columns of `a` are not as many as the rows of `b`.
#[track_caller]
pub fn matmul<'a, T: Gemm>(a: impl Into<View<'a, T>>, b: impl Into<View<'a, T>>) -> Product<'a, T> {
    let (a, b) = (a.into(), b.into());
    if a.cols() != b.rows() {
        shape_mismatch("matmul", a.shape(), b.shape());
    }
    Product {
        a,
        b,
        alpha: None,
        update: Update::Replace,
        epilogue: Plain,
    }
}

impl<T: Gemm> Product<'_, T> {
    /// Multiplies by `alpha`.
    pub fn scale(self, alpha: T) -> Self {
        Product {
            alpha: Some(alpha),
            ..self
        }
    }

    /// Adds `beta` times what C held before: beta·C + alpha·A·B. With beta = 0 the old C is not read.
    pub fn beta(self, beta: T) -> Self {
        let update = if beta == T::ZERO {
            Update::Replace
        } else {
            Update::Beta(beta)
        };
        Product { update, ..self }
    }

    /// Subtracts `lr` times the product from what C holds, C − lr·(alpha·A·B): a step of gradient descent, where the product
    /// is the gradient and C the weight.
    pub fn descend(self, lr: T) -> Self {
        let update = Update::Descend(lr);
        Product { update, ..self }
    }
}

impl<'a, T: Gemm, E: Epilogue<T>> Product<'a, T, E> {
    /// Chains an epilogue.
    ///
    /// # Panics
    /// If the epilogue does not fit to the product's shape.
    #[track_caller]
    pub fn then<F: Epilogue<T>>(self, epilogue: F) -> Product<'a, T, Then<E, F>> {
        epilogue.check((self.a.rows(), self.b.cols()));
        Product {
            a: self.a,
            b: self.b,
            alpha: self.alpha,
            update: self.update,
            epilogue: Then(self.epilogue, epilogue),
        }
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
        let engine = Engine::current();
        let output = Output {
            isa: engine.isa(),
            alpha: self.alpha,
            update: self.update,
            epilogue: (!E::IS_PLAIN).then_some(&self.epilogue as &dyn TileEpilogue<T>),
        };
        T::gemm(self.a, self.b, output, &mut c, &engine);
    }

    /// Computes the product as a new matrix, whose entries were 0 before. [`Product::into`] writes into one that is there.
    ///
    /// ```
    /// use fromzero::{Matrix, matmul};
    /// let a = Matrix::from_rows(&[[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(matmul(&a, a.t()).to_matrix(), Matrix::from_rows(&[[5.0, 11.0], [11.0, 25.0]]));
    /// ```
    #[must_use]
    pub fn to_matrix(self) -> Matrix<T> {
        let mut c = Matrix::zeros(self.a.rows(), self.b.cols());
        self.into(&mut c);
        c
    }
}

/// A number type whose matrix product is compiled in this library: `f32` or `f64`, and no other.
pub trait Gemm: Kernels {
    /// C = A·B with its epilogue, on this engine. The name is that of BLAS: general matrix-matrix multiplication.
    #[doc(hidden)]
    fn gemm(
        a: View<'_, Self>,
        b: View<'_, Self>,
        output: Output<'_, Self>,
        c: &mut ViewMut<'_, Self>,
        engine: &Engine,
    );
}

// Functions without type parameters, so that nothing below is compiled again where it is used.
macro_rules! impl_gemm {
    ($t:ident) => {
        impl Gemm for $t {
            fn gemm(
                a: View<'_, $t>,
                b: View<'_, $t>,
                output: Output<'_, $t>,
                c: &mut ViewMut<'_, $t>,
                engine: &Engine,
            ) {
                blocks_of_c(a, b, output, c, engine);
            }
        }
    };
}

impl_gemm!(f32);
impl_gemm!(f64);

/// Loops 5 and 4: packs what is to be packed, and divides C into blocks.
fn blocks_of_c<T: Kernels>(
    a: View<'_, T>,
    b: View<'_, T>,
    output: Output<'_, T>,
    c: &mut ViewMut<'_, T>,
    engine: &Engine,
) {
    let isa = engine.isa();
    let plan = Plan::new(&a, &b, isa);
    let depth = a.cols();
    let (a, b) = if plan.swapped { (b.t(), a.t()) } else { (a, b) };
    let pool = plan.parallel.then(|| engine.pool());
    T::with_buffers(|[buffer_a, buffer_b]| {
        let a = if plan.packs_a {
            T::pack_a(isa, a, buffer_a, pool)
        } else {
            Operand::in_place(a)
        };
        let b = if plan.packs_b {
            T::pack_b(isa, b, buffer_b, pool)
        } else {
            Operand::in_place(b)
        };
        let operands = Operands {
            a,
            b,
            depth,
            far: plan.far,
        };
        for_each_block(pool, c, plan.block, |block| {
            T::with_sums(|[sums, transposed]| {
                if plan.swapped {
                    let work = Work {
                        operands,
                        rows: block.columns(),
                        columns: block.rows(),
                        sums,
                        c: None,
                    };
                    block_of_c(isa, work);
                    store_transposed(output, sums, transposed, block);
                } else {
                    let work = Work {
                        operands,
                        rows: block.rows(),
                        columns: block.columns(),
                        sums,
                        c: Some((output, block)),
                    };
                    block_of_c(isa, work);
                }
            });
        });
    });
}

/// Loop 3: a block of C is added up over one block of k after another.
fn block_of_c<T: Kernels>(isa: Isa, mut work: Work<'_, T>) {
    let (depth, kc) = (work.operands.depth, kc::<T>(work.operands.depth));
    let first = 0..depth.min(kc);
    let mut k = first.clone();
    loop {
        let is_last = k.end == depth;
        let next = if is_last {
            first.clone()
        } else {
            k.end..depth.min(k.end + kc)
        };
        T::macro_kernel(isa, &mut work, k, next.clone());
        if is_last {
            return;
        }
        k = next;
    }
}

/// Stores a block of C from the sums of Cᵀ.
fn store_transposed<T: Kernels>(
    output: Output<'_, T>,
    sums: &Sums<T>,
    transposed: &mut Sums<T>,
    mut block: Block<'_, T>,
) {
    let (rows, columns) = (block.rows().len(), block.columns().len());
    let from: [&[T]; MC] = from_fn(|j| &sums.0[j * NC..][..NC]);
    let (to, _) = transposed.0.as_chunks_mut::<MC>();
    transpose(&from[..columns], &mut to[..rows]);
    T::store_block(output, &mut transposed.0, MC, &mut block);
}
