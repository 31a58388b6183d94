//! The kernels that are compiled: one set for each number type and instruction set, in this library and nowhere else.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use super::blocksizes::{AVX2, AVX512, PORTABLE};
use super::macro_kernel::macro_kernel;
use super::micro_kernel::fma_chains;
use super::pack::{Operand, pack_a, pack_b};
use super::simd::{Arrays, Isa};
#[cfg(target_arch = "x86_64")]
use super::simd::{Avx2, Avx512};
use super::threads::{Block, Pool};
use super::update::{Output, store_block};
use super::work::{SUMS, Sums, Work};
use crate::matrix::{Matrix, View};
use crate::scalar::Scalar;

/// How a number type reaches its kernels, and the places that each thread computes in.
pub trait Kernels: Scalar {
    /// Loops 2 and 1, over the block `k`; `next` is the one after it.
    #[doc(hidden)]
    fn macro_kernel(isa: Isa, work: &mut Work<'_, Self>, k: Range<usize>, next: Range<usize>);
    /// Stores a block of C from its sums, whose rows are `ld` apart.
    #[doc(hidden)]
    fn store_block(output: Output<'_, Self>, sums: &mut [Self], ld: usize, c: &mut Block<'_, Self>);
    /// A packed into micro-panels for this instruction set.
    #[doc(hidden)]
    fn pack_a<'a>(
        isa: Isa,
        a: View<'_, Self>,
        buffer: &'a mut Matrix<Self>,
        pool: Option<&Pool>,
    ) -> Operand<'a, Self>;
    /// B packed into micro-panels for this instruction set.
    #[doc(hidden)]
    fn pack_b<'a>(
        isa: Isa,
        b: View<'_, Self>,
        buffer: &'a mut Matrix<Self>,
        pool: Option<&Pool>,
    ) -> Operand<'a, Self>;
    /// Does `rounds` rounds of independent fused multiply-adds; returns the number of floating-point operations.
    #[doc(hidden)]
    fn fma_chains(isa: Isa, rounds: usize) -> usize;
    /// Lends this thread's buffers for packed operands, which keep their memory from one product to the next.
    #[doc(hidden)]
    fn with_buffers<R>(f: impl FnOnce(&mut [Matrix<Self>; 2]) -> R) -> R;
    /// Lends this thread's two places for the sums of a block.
    #[doc(hidden)]
    fn with_sums<R>(f: impl FnOnce(&mut [Sums<Self>; 2]) -> R) -> R;
}

/// Implements [`Kernels`] for a number type with so many lanes in 256 bits.
macro_rules! kernels {
    ($t:ident, $lanes:literal) => {
        impl Kernels for $t {
            fn macro_kernel(
                isa: Isa,
                work: &mut Work<'_, Self>,
                k: Range<usize>,
                next: Range<usize>,
            ) {
                match isa {
                    Isa::Portable => {
                        macro_kernel::<_, _, { PORTABLE.mr }, { PORTABLE.registers }>(
                            Arrays::<$lanes>,
                            work,
                            k,
                            next,
                        );
                    }
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => macro_kernel::<_, _, { AVX2.mr }, { AVX2.registers }>(
                        Avx2::new(),
                        work,
                        k,
                        next,
                    ),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => macro_kernel::<_, _, { AVX512.mr }, { AVX512.registers }>(
                        Avx512::new(),
                        work,
                        k,
                        next,
                    ),
                    #[cfg(not(target_arch = "x86_64"))]
                    isa => panic!("this processor has no {isa}"),
                }
            }

            fn store_block(
                output: Output<'_, Self>,
                sums: &mut [Self],
                ld: usize,
                c: &mut Block<'_, Self>,
            ) {
                match output.isa {
                    Isa::Portable => store_block(Arrays::<$lanes>, output, sums, ld, c),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => store_block(Avx2::new(), output, sums, ld, c),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => store_block(Avx512::new(), output, sums, ld, c),
                    #[cfg(not(target_arch = "x86_64"))]
                    isa => panic!("this processor has no {isa}"),
                }
            }

            fn pack_a<'a>(
                isa: Isa,
                a: View<'_, Self>,
                buffer: &'a mut Matrix<Self>,
                pool: Option<&Pool>,
            ) -> Operand<'a, Self> {
                match isa {
                    Isa::Portable => pack_a::<_, { PORTABLE.mr }>(a, buffer, pool),
                    Isa::Avx2 => pack_a::<_, { AVX2.mr }>(a, buffer, pool),
                    Isa::Avx512 => pack_a::<_, { AVX512.mr }>(a, buffer, pool),
                }
            }

            fn pack_b<'a>(
                isa: Isa,
                b: View<'_, Self>,
                buffer: &'a mut Matrix<Self>,
                pool: Option<&Pool>,
            ) -> Operand<'a, Self> {
                match isa {
                    Isa::Portable => pack_b::<_, { PORTABLE.nr::<$t>() }>(b, buffer, pool),
                    Isa::Avx2 => pack_b::<_, { AVX2.nr::<$t>() }>(b, buffer, pool),
                    Isa::Avx512 => pack_b::<_, { AVX512.nr::<$t>() }>(b, buffer, pool),
                }
            }

            fn fma_chains(isa: Isa, rounds: usize) -> usize {
                match isa {
                    Isa::Portable => fma_chains::<$t, _>(Arrays::<$lanes>, rounds),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => fma_chains::<$t, _>(Avx2::new(), rounds),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => fma_chains::<$t, _>(Avx512::new(), rounds),
                    #[cfg(not(target_arch = "x86_64"))]
                    isa => panic!("this processor has no {isa}"),
                }
            }

            fn with_buffers<R>(f: impl FnOnce(&mut [Matrix<$t>; 2]) -> R) -> R {
                thread_local! {
                    static BUFFERS: Cell<Option<[Matrix<$t>; 2]>> = const { Cell::new(None) };
                }
                // Taken out, so that a product inside another one's epilogue has its own.
                let mut buffers = BUFFERS
                    .take()
                    .unwrap_or_else(|| [(); 2].map(|()| Matrix::zeros(0, 0)));
                let result = f(&mut buffers);
                BUFFERS.set(Some(buffers));
                result
            }

            fn with_sums<R>(f: impl FnOnce(&mut [Sums<$t>; 2]) -> R) -> R {
                const ZEROS: Sums<$t> = Sums([0.0; SUMS]);
                thread_local! {
                    static PLACES: RefCell<[Sums<$t>; 2]> = const { RefCell::new([ZEROS; 2]) };
                }
                PLACES.with(|places| match places.try_borrow_mut() {
                    Ok(mut places) => f(&mut places),
                    // A product inside another one's epilogue.
                    Err(_) => f(&mut [ZEROS; 2]),
                })
            }
        }
    };
}

kernels!(f32, 8);
kernels!(f64, 4);
