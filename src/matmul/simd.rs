//! Vector registers: one small trait over AVX-512, AVX2 with FMA, and plain arrays, and the call into code that was
//! compiled for one of them.
//!
//! A type that implements [`Simd`] is a token. Tokens are made in this file only, after the processor was asked; so
//! whoever holds one may use its instructions, and every method can be safe.

#![allow(unsafe_code)]

use std::cell::{Cell, RefCell};

use super::isa::Isa;
use super::kernel::{self, Sums};
use super::plan::SUMS;
use crate::matrix::Matrix;
use crate::real::Real;

impl Isa {
    /// Runs `f` compiled for this instruction set, as far as it is inlined: loops over slices in it are vectorised with
    /// its registers. The bits of the result do not depend on it.
    ///
    /// # Panics
    /// If this processor lacks the instruction set.
    #[inline]
    pub(crate) fn run<R>(self, f: impl FnOnce() -> R) -> R {
        match self {
            Isa::Portable => f(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => x86::Avx2::run(
                #[inline(always)]
                |_| f(),
            ),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => x86::Avx512::run(
                #[inline(always)]
                |_| f(),
            ),
            #[cfg(not(target_arch = "x86_64"))]
            _ => panic!("this processor has no {self}"),
        }
    }
}

/// The vector registers of one instruction set, filled with numbers of type `T`.
pub(crate) trait Simd<T>: Copy {
    /// One register.
    type Vector: Copy;
    /// Numbers in a register.
    const LANES: usize;

    /// `x` in every lane.
    fn splat(self, x: T) -> Self::Vector;
    /// The first `LANES` numbers of `from`; fewer are an error of the caller, and a panic.
    fn load(self, from: &[T]) -> Self::Vector;
    /// All numbers of `from`, at most `LANES`, and zero in the lanes beyond. Nothing beyond `from` is read.
    fn load_partial(self, from: &[T]) -> Self::Vector;
    /// Writes all lanes to the first `LANES` places of `to`; fewer are an error of the caller, and a panic.
    fn store(self, x: Self::Vector, to: &mut [T]);
    /// a·b + c in every lane, rounded once.
    fn fma(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
}

/// Asks the processor for the cache line at `place`, to be written: it is fetched, and taken from the other cores, before
/// it is needed. Only a hint: any address will do.
#[inline(always)]
pub(super) fn prefetch_to_write<T>(place: *const T) {
    // SAFETY: the instruction changes neither memory nor registers, and never faults. Every x86-64 processor takes it, those
    // that cannot do it as a no-op. (The intrinsic is compiled to a prefetch for reading instead.)
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!("prefetchw [{}]", in(reg) place, options(nostack, preserves_flags));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// Asks the processor for the cache line at `place`, to be read. Only a hint: any address will do.
#[inline(always)]
pub(super) fn prefetch_to_read<T>(place: *const T) {
    // SAFETY: a prefetch changes neither memory nor registers, and never faults.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// How the number types reach their kernels: the choice of tile for each instruction set.
pub trait Vectorised: Sized {
    /// Adds up one block of sums with the kernel for `isa`.
    #[doc(hidden)]
    fn add_up(isa: Isa, sums: Sums<'_, Self>);
    /// Does `rounds` rounds of independent fused multiply-adds; returns the number of floating-point operations.
    #[doc(hidden)]
    fn exercise_fma(isa: Isa, rounds: usize) -> usize;
    /// Lends this thread's scratch matrix, which keeps its memory from one product to the next.
    #[doc(hidden)]
    fn with_scratch<R>(f: impl FnOnce(&mut Matrix<Self>) -> R) -> R;
    /// Lends this thread's two places for blocks of sums.
    #[doc(hidden)]
    fn with_sums<R>(f: impl FnOnce(&mut [[Self; SUMS]; 2]) -> R) -> R;
}

/// Plain arrays of `N` numbers.
#[derive(Clone, Copy)]
struct Arrays<const N: usize>;

impl<T: Real, const N: usize> Simd<T> for Arrays<N> {
    type Vector = [T; N];
    const LANES: usize = N;

    #[inline(always)]
    fn splat(self, x: T) -> [T; N] {
        [x; N]
    }
    #[inline(always)]
    fn load(self, from: &[T]) -> [T; N] {
        std::array::from_fn(|lane| from[..N][lane])
    }
    #[inline(always)]
    fn load_partial(self, from: &[T]) -> [T; N] {
        std::array::from_fn(|lane| from.get(lane).copied().unwrap_or(T::ZERO))
    }
    #[inline(always)]
    fn store(self, x: [T; N], to: &mut [T]) {
        to[..N].copy_from_slice(&x);
    }
    #[inline(always)]
    fn fma(self, a: [T; N], b: [T; N], c: [T; N]) -> [T; N] {
        std::array::from_fn(|lane| a[lane].mul_add(b[lane], c[lane]))
    }
}

/// Implements [`Vectorised`] for a number type: for every instruction set the token, the rows of a tile and the
/// registers in each of them.
///
/// * AVX-512, 4 × 4: 16 of the 32 registers hold sums, enough to keep two multiply-add units of 4 cycles' latency busy, and
///   a step of k needs only 4 loads and 4 splats for its 16 multiply-adds. Measured against 8 × 2, 8 × 3 and 6 × 4: up to 7
///   points nearer to the limit, most where B comes from far. With 12 × 2 the addresses of A's rows no longer fit into the
///   general registers, and the rate falls to a quarter.
/// * AVX2, 6 × 2: 12 sums, 2 registers of B and one splat fill 15 of the 16 registers.
/// * Portable, 4 × 2 arrays: what 32 registers of 128 bits hold on other processors.
macro_rules! impl_vectorised {
    ($t:ident, $lanes512:literal, $lanes256:literal) => {
        impl Vectorised for $t {
            fn add_up(isa: Isa, sums: Sums<'_, Self>) {
                match isa {
                    Isa::Portable => kernel::block::<_, _, 4, 2>(Arrays::<$lanes256>, sums),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => x86::Avx2::run(
                        #[inline(always)]
                        |simd| kernel::block::<_, _, 6, 2>(simd, sums),
                    ),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => x86::Avx512::run(
                        #[inline(always)]
                        |simd| kernel::block::<_, _, 4, 4>(simd, sums),
                    ),
                    #[cfg(not(target_arch = "x86_64"))]
                    _ => panic!("this processor has no {isa}"),
                }
            }

            fn exercise_fma(isa: Isa, rounds: usize) -> usize {
                match isa {
                    Isa::Portable => kernel::exercise::<$t, _>(Arrays::<$lanes256>, rounds),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx2 => x86::Avx2::run(
                        #[inline(always)]
                        |simd| kernel::exercise::<$t, _>(simd, rounds),
                    ),
                    #[cfg(target_arch = "x86_64")]
                    Isa::Avx512 => x86::Avx512::run(
                        #[inline(always)]
                        |simd| kernel::exercise::<$t, _>(simd, rounds),
                    ),
                    #[cfg(not(target_arch = "x86_64"))]
                    _ => panic!("this processor has no {isa}"),
                }
            }

            fn with_scratch<R>(f: impl FnOnce(&mut Matrix<$t>) -> R) -> R {
                thread_local! {
                    static SCRATCH: Cell<Option<Matrix<$t>>> = const { Cell::new(None) };
                }
                let mut scratch = SCRATCH.take().unwrap_or_else(|| Matrix::zeros(0, 0));
                let result = f(&mut scratch);
                SCRATCH.set(Some(scratch));
                result
            }

            fn with_sums<R>(f: impl FnOnce(&mut [[$t; SUMS]; 2]) -> R) -> R {
                thread_local! {
                    static PLACES: RefCell<[[$t; SUMS]; 2]> =
                        const { RefCell::new([[0.0; SUMS]; 2]) };
                }
                PLACES.with(|places| match places.try_borrow_mut() {
                    Ok(mut places) => f(&mut places),
                    // A product inside another one's store.
                    Err(_) => f(&mut [[0.0; SUMS]; 2]),
                })
            }
        }
    };
}

impl_vectorised!(f32, 16, 8);
impl_vectorised!(f64, 8, 4);

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Isa, Simd};

    /// Proof that the processor has AVX2 and FMA.
    #[derive(Clone, Copy)]
    pub(super) struct Avx2(());

    /// Proof that the processor has AVX-512 F and DQ.
    #[derive(Clone, Copy)]
    pub(super) struct Avx512(());

    impl Avx2 {
        /// Calls `f`, compiled for AVX2 and FMA as far as it is inlined.
        #[inline]
        pub(super) fn run<R>(f: impl FnOnce(Self) -> R) -> R {
            #[target_feature(enable = "avx2,fma")]
            fn compiled<R>(f: impl FnOnce(Avx2) -> R) -> R {
                f(Avx2(()))
            }
            assert!(Isa::Avx2.is_available(), "this processor has no AVX2");
            // SAFETY: the assertion asked the processor.
            unsafe { compiled(f) }
        }
    }

    impl Avx512 {
        /// Calls `f`, compiled for AVX-512 as far as it is inlined.
        #[inline]
        pub(super) fn run<R>(f: impl FnOnce(Self) -> R) -> R {
            #[target_feature(enable = "avx2,fma,avx512f,avx512dq")]
            fn compiled<R>(f: impl FnOnce(Avx512) -> R) -> R {
                f(Avx512(()))
            }
            assert!(Isa::Avx512.is_available(), "this processor has no AVX-512");
            // SAFETY: the assertion asked the processor.
            unsafe { compiled(f) }
        }
    }

    /// Implements [`Simd`] with one instruction for each method. A mask has one bit, or one word's sign, for each lane.
    macro_rules! impl_simd {
        ($token:ident, $t:ident, $vector:ident, $lanes:literal, $splat:ident, $load:ident,
         $store:ident, $fma:ident, $load_mask:expr) => {
            impl Simd<$t> for $token {
                type Vector = $vector;
                const LANES: usize = $lanes;

                #[inline(always)]
                fn splat(self, x: $t) -> $vector {
                    // SAFETY: the token proves that the instructions exist, here and below.
                    unsafe { $splat(x) }
                }
                #[inline(always)]
                fn load(self, from: &[$t]) -> $vector {
                    let from: &[$t; $lanes] = from.first_chunk().expect("a full register");
                    // SAFETY: the chunk has as many numbers as are read; no alignment is asked for.
                    unsafe { $load(from.as_ptr()) }
                }
                #[inline(always)]
                fn load_partial(self, from: &[$t]) -> $vector {
                    assert!(from.len() <= $lanes, "at most one register");
                    // SAFETY: the mask admits the first `from.len()` lanes; the others are not read.
                    unsafe { $load_mask(from.as_ptr(), from.len()) }
                }
                #[inline(always)]
                fn store(self, x: $vector, to: &mut [$t]) {
                    let to: &mut [$t; $lanes] = to.first_chunk_mut().expect("a full register");
                    // SAFETY: the chunk has as many places as are written; no alignment is asked for.
                    unsafe { $store(to.as_mut_ptr(), x) }
                }
                #[inline(always)]
                fn fma(self, a: $vector, b: $vector, c: $vector) -> $vector {
                    // SAFETY: as for `splat`.
                    unsafe { $fma(a, b, c) }
                }
            }
        };
    }

    impl_simd!(
        Avx512,
        f32,
        __m512,
        16,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_fmadd_ps,
        |from, n| _mm512_maskz_loadu_ps(((1_u32 << n) - 1) as __mmask16, from)
    );
    impl_simd!(
        Avx512,
        f64,
        __m512d,
        8,
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_fmadd_pd,
        |from, n| _mm512_maskz_loadu_pd(((1_u32 << n) - 1) as __mmask8, from)
    );
    impl_simd!(
        Avx2,
        f32,
        __m256,
        8,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_fmadd_ps,
        |from, n| _mm256_maskload_ps(from, _mm256_loadu_si256(MASK32[8 - n..].as_ptr().cast()))
    );
    impl_simd!(
        Avx2,
        f64,
        __m256d,
        4,
        _mm256_set1_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_fmadd_pd,
        |from, n| _mm256_maskload_pd(from, _mm256_loadu_si256(MASK64[4 - n..].as_ptr().cast()))
    );

    /// Read from place `LANES − n` on, the masks that admit the first n lanes.
    static MASK32: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    static MASK64: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];
}
