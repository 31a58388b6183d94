//! The choice of tile for each instruction set and number type, and the places that each thread computes in.

use std::array::from_fn;
use std::cell::{Cell, RefCell};

use super::Store;
use super::arrays::Arrays;
use super::isa::Isa;
use super::kernel::{self, Sums, Work};
use super::parallel::Pool;
use super::plan::{BLOCK, TALLEST};
#[cfg(target_arch = "x86_64")]
use super::simd::x86;
use super::strips::{Factor, SQUARE, Side, in_strips};
use crate::matrix::{Matrix, View};
use crate::scalar::Scalar;

/// How the number types reach their kernels: the choice of tile for each instruction set.
pub trait Vectorised: Scalar {
    /// Adds up one block of sums with the kernel for `isa`, and stores each tile if `store` works in registers.
    #[doc(hidden)]
    fn add_up<F: Store<Self>>(isa: Isa, work: Work<'_, '_, Self>, store: &F);
    /// Rows of a tile of the kernel for `isa`.
    #[doc(hidden)]
    fn tile_height(isa: Isa) -> usize;
    /// Writes a factor out in strips for the kernel for `isa`.
    #[doc(hidden)]
    fn in_strips<'a>(
        isa: Isa,
        side: Side,
        factor: View<'a, Self>,
        place: &'a mut Matrix<Self>,
        pool: Option<&Pool>,
    ) -> Factor<'a, Self>;
    /// The columns of a square.
    #[doc(hidden)]
    #[inline(always)]
    fn turn_square(rows: [&[Self; SQUARE]; SQUARE]) -> [[Self; SQUARE]; SQUARE] {
        from_fn(|i| rows.map(|row| row[i]))
    }
    /// Does `rounds` rounds of independent fused multiply-adds; returns the number of floating-point operations.
    #[doc(hidden)]
    fn exercise_fma(isa: Isa, rounds: usize) -> usize;
    /// Lends this thread's two scratch matrices, which keep their memory from one product to the next.
    #[doc(hidden)]
    fn with_scratch<R>(f: impl FnOnce(&mut [Matrix<Self>; 2]) -> R) -> R;
    /// Lends this thread's two places for blocks of sums.
    #[doc(hidden)]
    fn with_sums<R>(f: impl FnOnce(&mut [Sums<Self>; 2]) -> R) -> R;
}

/// Rows of a tile, and registers in each of them. 12 of the 16 registers hold sums, 2 hold B and one an entry of A.
const AVX2: (usize, usize) = (6, 2);

/// 24 of the 32 registers hold sums, and a step of k has 10 loads for its 24 multiply-adds. With 4 × 4 a training step of section
/// 3.7 took 4 % longer, 1024³ 10 %; with 8 × 2, as long in f32 and 8 % longer in f64.
const AVX512: (usize, usize) = (6, 4);

/// In arrays: what 32 registers of 128 bits hold on other processors.
const PORTABLE: (usize, usize) = (4, 2);

/// Implements [`Vectorised`] for a number type with so many lanes in 512 and in 256 bits, and what it has of its own.
macro_rules! impl_vectorised {
    ($t:ident, $lanes512:literal, $lanes256:literal $($own:tt)*) => {
        impl Vectorised for $t {
            $($own)*

            fn add_up<F: Store<Self>>(isa: Isa, work: Work<'_, '_, Self>, store: &F) {
                match isa {
                    Isa::Portable => kernel::block::<_, _, _, { PORTABLE.0 }, { PORTABLE.1 }>(
                        Arrays::<$lanes256>,
                        work,
                        store,
                    ),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => kernel::block::<_, _, _, { AVX2.0 }, { AVX2.1 }>(
                        x86::Avx2::new(),
                        work,
                        store,
                    ),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => kernel::block::<_, _, _, { AVX512.0 }, { AVX512.1 }>(
                        x86::Avx512::new(),
                        work,
                        store,
                    ),
                    #[cfg(not(target_arch = "x86_64"))]
                    _ => panic!("this processor has no {isa}"),
                }
            }

            fn tile_height(isa: Isa) -> usize {
                match isa {
                    Isa::Portable => PORTABLE.0,
                    Isa::Avx2 => AVX2.0,
                    Isa::Avx512 => AVX512.0,
                }
            }

            fn in_strips<'a>(
                isa: Isa,
                side: Side,
                factor: View<'a, Self>,
                place: &'a mut Matrix<Self>,
                pool: Option<&Pool>,
            ) -> Factor<'a, Self> {
                let write_out = match (isa, side) {
                    (Isa::Portable, Side::Left) => in_strips::<_, { PORTABLE.0 }>,
                    (Isa::Portable, Side::Right) => in_strips::<_, { PORTABLE.1 * $lanes256 }>,
                    (Isa::Avx2, Side::Left) => in_strips::<_, { AVX2.0 }>,
                    (Isa::Avx2, Side::Right) => in_strips::<_, { AVX2.1 * $lanes256 }>,
                    (Isa::Avx512, Side::Left) => in_strips::<_, { AVX512.0 }>,
                    (Isa::Avx512, Side::Right) => in_strips::<_, { AVX512.1 * $lanes512 }>,
                };
                write_out(factor, place, pool)
            }

            fn exercise_fma(isa: Isa, rounds: usize) -> usize {
                match isa {
                    Isa::Portable => kernel::exercise::<$t, _>(Arrays::<$lanes256>, rounds),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => kernel::exercise::<$t, _>(x86::Avx2::new(), rounds),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => kernel::exercise::<$t, _>(x86::Avx512::new(), rounds),
                    #[cfg(not(target_arch = "x86_64"))]
                    _ => panic!("this processor has no {isa}"),
                }
            }

            fn with_scratch<R>(f: impl FnOnce(&mut [Matrix<$t>; 2]) -> R) -> R {
                thread_local! {
                    static SCRATCH: Cell<Option<[Matrix<$t>; 2]>> = const { Cell::new(None) };
                }
                let mut scratch = SCRATCH
                    .take()
                    .unwrap_or_else(|| [(); 2].map(|()| Matrix::zeros(0, 0)));
                let result = f(&mut scratch);
                SCRATCH.set(Some(scratch));
                result
            }

            fn with_sums<R>(f: impl FnOnce(&mut [Sums<$t>; 2]) -> R) -> R {
                const ZEROS: Sums<$t> = Sums([[0.0; BLOCK]; TALLEST]);
                thread_local! {
                    static PLACES: RefCell<[Sums<$t>; 2]> = const { RefCell::new([ZEROS; 2]) };
                }
                PLACES.with(|places| match places.try_borrow_mut() {
                    Ok(mut places) => f(&mut places),
                    // A product inside another one's store.
                    Err(_) => f(&mut [ZEROS; 2]),
                })
            }
        }
    };
}

impl_vectorised! {
    f32, 16, 8
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn turn_square(rows: [&[Self; SQUARE]; SQUARE]) -> [[Self; SQUARE]; SQUARE] {
        x86::turn_square(rows)
    }
}
impl_vectorised!(f64, 8, 4);
