//! Vector registers: one small trait over AVX-512, AVX2 with FMA, and plain arrays, and the call into code that was
//! compiled for one of them.
//!
//! A type that implements [`Simd`] is a token. Tokens are made in this file only, after the processor was asked; so
//! whoever holds one may use its instructions, and every method can be safe.

#![allow(unsafe_code)]

use std::array::from_fn;
use std::marker::PhantomData;
use std::ops::Range;
use std::slice;

use super::isa::Isa;
use crate::matrix::View;
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

/// Asks the processor for the cache line at `place`, to be brought into its second-level cache. Only a hint: any address
/// will do.
#[inline(always)]
pub(super) fn prefetch_near<T>(place: *const T) {
    // SAFETY: a prefetch changes neither memory nor registers, and never faults.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// What a tile multiplies: for one k after another, `MR` entries of the left factor and a line of the right one.
///
/// That all of them are there is seen to at the beginning, once, so that the innermost loop need not ask.
pub(super) struct Operands<'a, T, const MR: usize, const TRANSPOSED: bool> {
    left: *const T,
    left_ld: usize,
    right: *const T,
    right_ld: usize,
    width: usize,
    steps: usize,
    factors: PhantomData<&'a [T]>,
}

impl<'a, T: Real, const MR: usize, const TRANSPOSED: bool> Operands<'a, T, MR, TRANSPOSED> {
    /// The operands for these rows of `left`, `MR` of them, and these columns of `right`.
    ///
    /// # Panics
    /// If they are not inside the stored rows, or `left` is not stored as the type says.
    #[inline(always)]
    pub(super) fn new(
        left: &View<'a, T>,
        rows: Range<usize>,
        right: &View<'a, T>,
        columns: Range<usize>,
        k: Range<usize>,
    ) -> Self {
        assert!(rows.len() == MR && left.is_transposed() == TRANSPOSED);
        let (lines, entries) = if TRANSPOSED {
            (k.clone(), rows)
        } else {
            (rows, k.clone())
        };
        Operands {
            left: place(left, lines, entries),
            left_ld: left.stored().1,
            width: columns.len(),
            steps: k.len(),
            right: place(right, k, columns),
            right_ld: right.stored().1,
            factors: PhantomData,
        }
    }

    /// Calls `f` with the operands of each k. `width`, the number of columns, is asked for again because the caller knows it
    /// as a constant.
    #[inline(always)]
    pub(super) fn each(self, width: usize, mut f: impl FnMut([&'a T; MR], &'a [T])) {
        assert!(width == self.width, "all columns");
        let (apart, next) = if TRANSPOSED {
            (1, self.left_ld)
        } else {
            (self.left_ld, 1)
        };
        let rows: [_; MR] = from_fn(|i| self.left.wrapping_add(i * apart));
        for k in 0..self.steps {
            // SAFETY: `new` found the rows, the columns and all of k inside the stored rows.
            let (a, line) = unsafe {
                (
                    from_fn(|i| &*rows[i].add(k * next)),
                    slice::from_raw_parts(self.right.add(k * self.right_ld), width),
                )
            };
            f(a, line);
        }
    }
}

/// The first of these entries in these stored rows of a factor, all of which are checked to be there.
#[inline(always)]
fn place<T: Real>(factor: &View<'_, T>, lines: Range<usize>, entries: Range<usize>) -> *const T {
    let (data, ld, first) = factor.stored();
    let rows_end = lines.end.checked_mul(ld).filter(|&end| end <= data.len());
    let cols_end = first.checked_add(entries.end).filter(|&end| end <= ld);
    assert!(
        rows_end.is_some() && lines.start <= lines.end,
        "rows inside their matrix"
    );
    assert!(
        cols_end.is_some() && entries.start <= entries.end,
        "columns inside their matrix"
    );
    data.as_ptr()
        .wrapping_add(lines.start * ld + first + entries.start)
}

/// Plain arrays of `N` numbers.
#[derive(Clone, Copy)]
pub(super) struct Arrays<const N: usize>;

impl<T: Real, const N: usize> Simd<T> for Arrays<N> {
    type Vector = [T; N];
    const LANES: usize = N;

    #[inline(always)]
    fn splat(self, x: T) -> [T; N] {
        [x; N]
    }
    #[inline(always)]
    fn load(self, from: &[T]) -> [T; N] {
        from_fn(|lane| from[..N][lane])
    }
    #[inline(always)]
    fn load_partial(self, from: &[T]) -> [T; N] {
        from_fn(|lane| from.get(lane).copied().unwrap_or(T::ZERO))
    }
    #[inline(always)]
    fn store(self, x: [T; N], to: &mut [T]) {
        to[..N].copy_from_slice(&x);
    }
    #[inline(always)]
    fn fma(self, a: [T; N], b: [T; N], c: [T; N]) -> [T; N] {
        from_fn(|lane| a[lane].mul_add(b[lane], c[lane]))
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) mod x86 {
    use std::arch::x86_64::*;

    use super::{Isa, Simd};

    /// Proof that the processor has AVX2 and FMA.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx2(());

    /// Proof that the processor has AVX-512 F and DQ.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx512(());

    impl Avx2 {
        /// Calls `f`, compiled for AVX2 and FMA as far as it is inlined.
        #[inline]
        pub(in super::super) fn run<R>(f: impl FnOnce(Self) -> R) -> R {
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
        pub(in super::super) fn run<R>(f: impl FnOnce(Self) -> R) -> R {
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

#[cfg(test)]
mod tests {
    use std::ops::Range;
    use std::panic::catch_unwind;

    use super::Operands;
    use crate::Matrix;

    /// The operands of two rows of a 4×6 matrix and some columns of a 6×5 one, as sums over all that is handed out.
    fn walk(rows: Range<usize>, columns: Range<usize>, k: Range<usize>) -> (f64, f64) {
        let left = Matrix::from_fn(4, 6, |i, j| (10 * i + j) as f64);
        let right = Matrix::from_fn(6, 5, |i, j| (10 * i + j) as f64);
        let (left, right) = (left.view(), right.view());
        let width = columns.end.saturating_sub(columns.start);
        let (mut a, mut b) = (0.0, 0.0);
        Operands::<_, 2, false>::new(&left, rows, &right, columns, k).each(
            width,
            |[x, y], line| {
                a += x * y;
                b += line.iter().sum::<f64>();
            },
        );
        (a, b)
    }

    #[test]
    fn operands_are_the_entries_asked_for() {
        // k = 4 and 5: 24·34 + 25·35, and 43 + 44 + 53 + 54.
        assert_eq!(walk(2..4, 3..5, 4..6), (1691.0, 194.0));
    }

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "they are to be refused")]
    fn operands_outside_their_matrices_are_refused() {
        for (rows, columns, k) in [
            (3..5, 0..5, 0..6),
            (0..3, 0..5, 0..6),
            (usize::MAX - 2..usize::MAX, 0..5, 0..6),
            (0..2, 0..5, 0..7),
            (0..2, 0..5, 6..usize::MAX),
            (0..2, 0..5, 5..4),
            (0..2, 0..64, 0..6),
            (0..2, 2..usize::MAX, 0..6),
            (0..2, 4..2, 0..6),
        ] {
            let case = format!("{rows:?} {columns:?} {k:?}");
            assert!(catch_unwind(|| walk(rows, columns, k)).is_err(), "{case}");
        }
    }
}
