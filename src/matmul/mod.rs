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
//!  loop 5  ic   rows of C, MC ≤ 96 at a time       ┐ gemm, for_each_block: blocks of C,
//!  loop 4  jc   columns of C, NC = 64 at a time    ┘ for all threads; MC × k of A in L2
//!  loop 3  pc     blocks of k, KC ≤ 384 steps      block_of_c: MC × NC sums in L1
//!  loop 2  jr       micro-panels of B, NR columns  MacroKernel::run: KC × NR of B in L1 or L2
//!  loop 1  ir         tiles of MR rows             MacroKernel::tiles: MR × NR registers
//!                       k, one step after another  micro_kernel: a rank-1 update of the tile
//! ```
//!
//! Four things differ from BLIS, each because of the contract or of what it saves:
//!
//! - BLIS goes through columns (jc), then through k (pc), then through rows (ic), and keeps partial sums in C. Here C is written
//!   once, by the epilogue; so k is inside both, and partial sums wait in a scratch block that stays in L1, and never restart a
//!   chain. Blocks of C follow one beside the other, since they read the same rows of A.
//! - An operand is packed (`pack.rs`) only where that pays (`plan.rs`): the leading dimension of a
//!   [`Matrix`] keeps its rows from colliding in the cache, so it can be read in place. What is packed, is packed as
//!   one, before loop 5.
//! - The operands swap their roles, Cᵀ = Bᵀ·Aᵀ, where that moves less, of a transposed B for instance.
//! - All tiles are full, narrow ones for a C of few columns. Rows that A has not are computed like its last one, columns that B
//!   has not with zeros, and what comes of them is let go.
//!
//! [How the product reaches the limit](crate::guide::limit) leads from three loops to these five.
//!
//! Guarded by `tests/suite/matmul/product.rs`: `every_shape_storage_and_update_has_the_bits_of_the_triple_loop_in_f32`, with
//! every kernel; by `tests/suite/matmul/values.rs`: `sums_run_over_k_in_increasing_order_from_plus_zero`,
//! `multiplication_and_addition_are_fused`; and by `tests/suite/proof/exact_sums.rs`: sums that are hard, against exact
//! arithmetic.

mod blocksizes;
mod epilogue;
mod limit;
mod macro_kernel;
mod micro_kernel;
mod pack;
mod plan;
mod product;
mod simd;
mod threads;
mod update;

pub use epilogue::{Epilogue, Plain, Then};
pub use limit::fma_rate;
pub use product::{Product, matmul};
pub use simd::Isa;
pub use threads::Engine;

use std::array::from_fn;
use std::cell::RefCell;

use crate::matrix::{Matrix, View, ViewMut};
use crate::scalar::Scalar;
#[cfg(target_arch = "x86_64")]
use blocksizes::{AVX2, AVX512};
use blocksizes::{MC, NARROW_MR, NC, PORTABLE, even, kc};
use macro_kernel::MacroKernel;
use micro_kernel::fma_chains;
use pack::{OperandA, OperandB, pack, transpose};
use plan::Plan;
use simd::{Arrays, Simd};
#[cfg(target_arch = "x86_64")]
use simd::{Avx2, Avx512};
use threads::for_each_block;
use update::Output;

/// A number type whose matrix product is compiled in this library: `f32` or `f64`, and no other.
pub trait Gemm: Scalar {
    /// C = A·B with its epilogue. The name is that of BLAS: general matrix-matrix multiplication.
    #[doc(hidden)]
    fn gemm(a: View<'_, Self>, b: View<'_, Self>, output: Output<'_, Self>, c: ViewMut<'_, Self>);
    /// Does `rounds` rounds of independent fused multiply-adds; returns the number of floating-point operations.
    #[doc(hidden)]
    fn fma_chains(isa: Isa, rounds: usize) -> usize;
    /// Two of the matrices that this thread keeps, and their memory, from one product to the next.
    #[doc(hidden)]
    fn take_scratch() -> [Matrix<Self>; 2];
    /// Gives them back: last taken, first returned, so that each place in the loops gets its own again, and has its size.
    #[doc(hidden)]
    fn return_scratch(scratch: [Matrix<Self>; 2]);
}

/// Calls a function with the vector registers of an instruction set, and with MR, NV and NR of its tile: of the narrow one, if
/// `$is_narrow` says so of NR.
macro_rules! dispatch {
    ($isa:expr, $t:ident, $is_narrow:expr, $function:ident $arguments:tt) => {
        match $isa {
            Isa::Portable => {
                let simd = Arrays::<{ PORTABLE.lanes::<$t>() }>;
                with_tile!(PORTABLE, simd, $t, $is_narrow, $function $arguments)
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => with_tile!(AVX2, Avx2::new(), $t, $is_narrow, $function $arguments),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => with_tile!(AVX512, Avx512::new(), $t, $is_narrow, $function $arguments),
            #[cfg(not(target_arch = "x86_64"))]
            isa => panic!("this processor has no {isa}"),
        }
    };
}

macro_rules! with_tile {
    ($tile:ident, $simd:expr, $t:ident, $is_narrow:expr, $function:ident($($argument:expr),*)) => {
        if $is_narrow($tile.nr::<$t>()) {
            $function::<$t, _, NARROW_MR, 1, { $tile.lanes::<$t>() }>($simd, $($argument),*)
        } else {
            $function::<$t, _, { $tile.mr }, { $tile.nv }, { $tile.nr::<$t>() }>($simd, $($argument),*)
        }
    };
}

// Functions without type parameters, so that nothing below is compiled again where it is used.
macro_rules! impl_gemm {
    ($t:ident) => {
        impl Gemm for $t {
            fn gemm(a: View<'_, $t>, b: View<'_, $t>, output: Output<'_, $t>, c: ViewMut<'_, $t>) {
                let plan = Plan::new(&a, &b);
                let (a, b) = if plan.swapped { (b.t(), a.t()) } else { (a, b) };
                // In the other tile, most columns would be empty.
                let is_narrow = |nr| b.cols() <= nr / 2;
                dispatch!(
                    output.engine.isa(),
                    $t,
                    is_narrow,
                    gemm(&plan, a, b, output, c)
                )
            }

            fn fma_chains(isa: Isa, rounds: usize) -> usize {
                dispatch!(isa, $t, |_| false, fma_chains(rounds))
            }

            fn take_scratch() -> [Matrix<$t>; 2] {
                let kept = SCRATCH.with_borrow_mut(|scratch| scratch.$t.pop());
                kept.unwrap_or_else(|| [Matrix::zeros(0, 0), Matrix::zeros(0, 0)])
            }

            fn return_scratch(returned: [Matrix<$t>; 2]) {
                SCRATCH.with_borrow_mut(|scratch| scratch.$t.push(returned));
            }
        }
    };
}

/// The matrices that a thread keeps, in pairs.
struct Scratch {
    f32: Vec<[Matrix<f32>; 2]>,
    f64: Vec<[Matrix<f64>; 2]>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = const {
        RefCell::new(Scratch { f32: Vec::new(), f64: Vec::new() })
    };
}

impl_gemm!(f32);
impl_gemm!(f64);

/// Packs what is to be packed, and goes through loops 5 and 4, over blocks of C that are shared out to the threads.
fn gemm<T: Gemm, S: Simd<T>, const MR: usize, const NV: usize, const NR: usize>(
    simd: S,
    plan: &Plan,
    a: View<'_, T>,
    b: View<'_, T>,
    output: Output<'_, T>,
    mut c: ViewMut<'_, T>,
) {
    let pool = plan.parallel.then(|| output.engine.pool());
    let block = if plan.swapped {
        (NC, even(a.rows(), NC, MR))
    } else {
        (even(a.rows(), MC, MR), NC)
    };
    let mut buffers = T::take_scratch();
    let [buffer_a, buffer_b] = &mut buffers;
    let a = if plan.packs_a {
        OperandA::Packed(pack::<T, MR>(a, buffer_a, pool))
    } else {
        OperandA::InPlace(a)
    };
    let depth = b.rows();
    let b = if plan.packs_b {
        OperandB::Packed(pack::<T, NR>(b.t(), buffer_b, pool))
    } else {
        let rest = b.block(0..depth, b.cols() / NR * NR..b.cols());
        OperandB::InPlace(b, pack::<T, NR>(rest.t(), buffer_b, pool))
    };
    for_each_block(pool, &mut c, block, &|c| {
        let mut scratch = T::take_scratch();
        let [sums, transposed] = &mut scratch;
        // Both, so that a thread allocates nothing after its first block.
        sums.reshape(MC, NC);
        transposed.reshape(NC, MC);
        let kernel = MacroKernel::new(plan, (a, b), depth, sums.stored_mut(), output, c);
        block_of_c::<T, S, MR, NV, NR>(simd, kernel, transposed.stored_mut());
        T::return_scratch(scratch);
    });
    T::return_scratch(buffers);
}

/// Loop 3: one block of k after another. If the sums are of Cᵀ, they are transposed in the end.
fn block_of_c<T: Gemm, S: Simd<T>, const MR: usize, const NV: usize, const NR: usize>(
    simd: S,
    mut kernel: MacroKernel<'_, T>,
    transposed: &mut [T],
) {
    let depth = kernel.depth;
    let kc = kc::<T>(depth);
    let block_of_k = |pc: usize| pc..depth.min(pc + kc);
    for pc in (0..depth.max(1)).step_by(kc) {
        kernel.k = block_of_k(pc);
        let is_last = kernel.k.end == depth;
        kernel.next = block_of_k(if is_last { 0 } else { kernel.k.end });
        kernel.run::<S, MR, NV, NR>(simd);
    }
    if kernel.plan.swapped {
        let (rows, columns) = (kernel.rows.len(), kernel.columns.len());
        let sums: [&[T]; MC] = from_fn(|i| &kernel.sums[i * NC..][..columns]);
        let (lines, _) = transposed.as_chunks_mut::<MC>();
        transpose(&sums[..rows], &mut lines[..columns]);
        kernel.output.store(simd, transposed, MC, &mut kernel.c);
    }
}
