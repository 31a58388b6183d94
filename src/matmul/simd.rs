//! Vector registers: one small trait, with AVX-512 and with AVX2 and FMA behind it, the call into code that was compiled for one
//! of them, and reading a product's operands.
//!
//! A type that implements [`Simd`] is a token. Those of instructions that not every processor has are made in this file only,
//! after the processor was asked; so whoever holds one may use its instructions, and every method can be safe.

#![allow(unsafe_code)]

use std::array::from_fn;
use std::marker::PhantomData;
use std::ops::Range;
use std::slice;

use super::isa::Isa;
use super::strips::Factor;
use crate::matrix::View;
use crate::real::Real;

/// An instruction set that this processor has.
pub(crate) trait Token: Copy {
    /// Calls `f`, compiled for the instruction set as far as it is inlined.
    fn run<R>(self, f: impl FnOnce() -> R) -> R;
}

/// The vector registers of one instruction set, filled with numbers of type `T`.
pub(crate) trait Simd<T>: Token {
    /// One register.
    type Vector: Copy;
    /// Numbers in a register.
    const LANES: usize;

    /// `x` in every lane.
    fn splat(self, x: T) -> Self::Vector;
    /// The first `LANES` numbers of `from`; fewer are an error of the caller, and a panic.
    fn load(self, from: &[T]) -> Self::Vector;
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

/// `place`, of which the compiler knows nothing more: in a loop it then keeps this one pointer and distances from it, where it
/// would otherwise make a pointer for each of the places, and advance them all.
#[inline(always)]
fn opaque<T>(place: *const T) -> *const T {
    #[cfg(target_arch = "x86_64")]
    {
        let mut same = place;
        // SAFETY: there is no instruction in it, so the pointer remains what it was.
        unsafe {
            std::arch::asm!("/* {} */", inout(reg) same, options(pure, readonly, nostack, preserves_flags));
        }
        same
    }
    #[cfg(not(target_arch = "x86_64"))]
    place
}

/// Most rows that a tile may have.
const MOST_ROWS: usize = 8;

/// Steps of k that the innermost loop takes at a time where a tile is so many registers wide, so that they share its instructions
/// of control, and have their operands at constant distances: with AVX2 a step is left with 21 or 22 instructions, 12 of them
/// multiply-adds. Taken one by one it had 27, and forward products of section 3.7 took 2 to 4 % longer; where something else
/// occupies half of the core, a training step took some 5 to 20 % longer.
///
/// The wider a tile, the longer a step: AVX2 and AVX-512 both take 48 multiply-adds at a time, and ask for one cache line
/// meanwhile. With AVX-512 and half as many requests, forward products of 64 rows took 15 % longer: their next strip came late.
pub(super) const fn unrolled(registers: usize) -> usize {
    8 / registers
}

/// What the tiles of a strip multiply: some rows of the left factor and a strip of the right one, from one block of k.
///
/// That all of it is there is seen to at the beginning, once, so that the innermost loop need not ask.
pub(super) struct Operands<'a, T> {
    left: *const T,
    /// From the entries of one k to those of the next, where they lie beside each other; from row to row, where they do not.
    left_ld: usize,
    by_columns: bool,
    rows: usize,
    /// Rows of a strip of the left factor, and how far it is to the next strip, if it was written out.
    strips: Option<(usize, usize)>,
    /// Where it is stored by rows, how far it is to the rows of a tile from its first. Multiples of `left_ld`, but if the compiler
    /// knew that, it would add them up anew for each k, in place of keeping each in a register.
    rows_of_tile: [usize; MOST_ROWS],
    right: *const T,
    right_ld: usize,
    width: usize,
    steps: usize,
    factors: PhantomData<&'a [T]>,
}

impl<'a, T: Real> Operands<'a, T> {
    /// The operands for these rows of the left factor, this block of k, and the first `width` entries of each line of the right
    /// factor, which may be more than its columns where its stored rows are longer.
    ///
    /// # Panics
    /// If they are not inside both factors, `right` is stored by columns, or the rows begin inside a strip.
    pub(super) fn new(
        left: &Factor<'a, T>,
        rows: Range<usize>,
        right: &View<'a, T>,
        k: Range<usize>,
        width: usize,
    ) -> Self {
        assert!(!right.is_transposed(), "a right factor stored by rows");
        let (_, ld, _) = left.stored.stored();
        let (_, right_ld, _) = right.stored();
        let (first, left_ld) = if let Some(height) = left.strips {
            assert!(rows.start.is_multiple_of(height), "strips as a whole");
            let strips = rows.start / height..rows.end.div_ceil(height);
            let entries = k.start.saturating_mul(height)..k.end.saturating_mul(height);
            (place(&left.stored, strips, entries), height)
        } else if left.is_by_lines() {
            (place(&left.stored, k.clone(), rows.clone()), ld)
        } else {
            (place(&left.stored, rows.clone(), k.clone()), ld)
        };
        Operands {
            left: first,
            left_ld,
            by_columns: left.is_by_lines(),
            rows: rows.len(),
            strips: left.strips.map(|height| (height, ld)),
            rows_of_tile: from_fn(|i| i * left_ld),
            steps: k.len(),
            right: place(right, k, 0..width),
            right_ld,
            width,
            factors: PhantomData,
        }
    }

    /// Whether the left factor's entries of one k lie beside each other.
    pub(super) fn by_columns(&self) -> bool {
        self.by_columns
    }

    /// The operands of the tiles of these rows, one below the other. How the left factor is stored, and `width`, the number of
    /// columns, are asked for because the caller knows them as constants.
    ///
    /// # Panics
    /// If there are not so many rows, another number of columns, the left factor is stored the other way, or a tile is not inside
    /// a strip.
    #[inline(always)]
    pub(super) fn tiles<const MR: usize, const BY_COLUMNS: bool>(
        &self,
        rows: Range<usize>,
        width: usize,
    ) -> Tiles<'a, T, MR, BY_COLUMNS> {
        assert!(
            rows.start <= rows.end && rows.end <= self.rows,
            "rows of the left factor"
        );
        assert!(width == self.width, "columns of the right factor");
        assert!(
            BY_COLUMNS == self.by_columns,
            "how the left factor is stored"
        );
        let row = if BY_COLUMNS { 1 } else { self.left_ld };
        let (first, tile) = match self.strips {
            None => (rows.start * row, MR * row),
            Some((height, strip)) => {
                let (above, row) = (rows.start / height, rows.start % height);
                assert!(
                    rows.len() < MR || row + MR <= height && (MR == height || rows.len() == MR),
                    "tiles inside a strip"
                );
                (above * strip + row, strip)
            }
        };
        Tiles {
            first: TileOperands {
                left: self.left.wrapping_add(first),
                left_ld: self.left_ld,
                rows: from_fn(|i| if BY_COLUMNS { i } else { self.rows_of_tile[i] }),
                right: self.right,
                right_ld: self.right_ld,
                width,
                steps: self.steps,
                factors: PhantomData,
            },
            rows: rows.len(),
            tile,
        }
    }
}

/// The operands of one tile after another, each `MR` rows below the last.
pub(super) struct Tiles<'a, T, const MR: usize, const BY_COLUMNS: bool> {
    first: TileOperands<'a, T, MR, BY_COLUMNS>,
    rows: usize,
    /// How far it is from one to the next.
    tile: usize,
}

impl<'a, T: Real, const MR: usize, const BY_COLUMNS: bool> Iterator
    for Tiles<'a, T, MR, BY_COLUMNS>
{
    type Item = TileOperands<'a, T, MR, BY_COLUMNS>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        self.rows = self.rows.checked_sub(MR)?;
        let tile = self.first;
        self.first.left = tile.left.wrapping_add(self.tile);
        Some(tile)
    }
}

/// What one tile multiplies: for one k after another, `MR` entries of the left factor and a line of the right one.
#[derive(Clone, Copy)]
pub(super) struct TileOperands<'a, T, const MR: usize, const BY_COLUMNS: bool> {
    /// The entry of this k in the first row, and how far the other rows are.
    left: *const T,
    rows: [usize; MR],
    left_ld: usize,
    /// The line of this k, and how far it is to the next.
    right: *const T,
    right_ld: usize,
    width: usize,
    steps: usize,
    factors: PhantomData<&'a [T]>,
}

impl<'a, T: Real, const MR: usize, const BY_COLUMNS: bool> TileOperands<'a, T, MR, BY_COLUMNS> {
    /// Calls `f` with the operands of each k, and before every `n` of them, which are taken at a time, `between`.
    #[inline(always)]
    pub(super) fn each(
        mut self,
        n: usize,
        mut between: impl FnMut(),
        mut f: impl FnMut([&'a T; MR], &'a [T]),
    ) {
        for _ in 0..self.steps / n {
            between();
            (self.left, self.right) = (opaque(self.left), opaque(self.right));
            for k in 0..n {
                // SAFETY: not more than `steps` in all.
                let (a, line) = unsafe { self.step(k) };
                f(a, line);
            }
            self.skip(n);
        }
        for _ in 0..self.steps % n {
            // SAFETY: as above.
            let (a, line) = unsafe { self.step(0) };
            f(a, line);
            self.skip(1);
        }
    }

    /// The operands of the `k`th step from here.
    ///
    /// # Safety
    /// There has to be one: of `steps`, more than `k` are left.
    #[inline(always)]
    unsafe fn step(&self, k: usize) -> ([&'a T; MR], &'a [T]) {
        let next = if BY_COLUMNS { self.left_ld } else { 1 };
        let right = self.right.wrapping_add(k * self.right_ld);
        // SAFETY: `Operands` found the columns and all of k inside the stored rows, and `Tiles` the rows.
        unsafe {
            (
                self.rows
                    .map(|row| &*self.left.wrapping_add(k * next + row)),
                slice::from_raw_parts(right, self.width),
            )
        }
    }

    /// Goes on by `n` steps.
    #[inline(always)]
    fn skip(&mut self, n: usize) {
        let next = if BY_COLUMNS { self.left_ld } else { 1 };
        self.left = self.left.wrapping_add(n * next);
        self.right = self.right.wrapping_add(n * self.right_ld);
    }
}

/// The first of these entries in these stored rows of a factor, all of which are checked to be there.
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

#[cfg(target_arch = "x86_64")]
pub(super) mod x86 {
    use std::arch::x86_64::*;

    use super::{Isa, Simd, Token};

    /// Proof that the processor has AVX2 and FMA.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx2(());

    /// Proof that the processor has AVX-512 F and DQ.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx512(());

    impl Avx2 {
        /// # Panics
        /// If the processor has no AVX2.
        #[inline]
        pub(in super::super) fn new() -> Self {
            assert!(Isa::Avx2.is_available(), "this processor has no AVX2");
            Avx2(())
        }
    }

    impl Token for Avx2 {
        #[inline]
        fn run<R>(self, f: impl FnOnce() -> R) -> R {
            #[target_feature(enable = "avx2,fma")]
            fn compiled<R>(f: impl FnOnce() -> R) -> R {
                f()
            }
            // SAFETY: the token proves that the instructions exist.
            unsafe { compiled(f) }
        }
    }

    impl Avx512 {
        /// # Panics
        /// If the processor has no AVX-512.
        #[inline]
        pub(in super::super) fn new() -> Self {
            assert!(Isa::Avx512.is_available(), "this processor has no AVX-512");
            Avx512(())
        }
    }

    impl Token for Avx512 {
        #[inline]
        fn run<R>(self, f: impl FnOnce() -> R) -> R {
            #[target_feature(enable = "avx2,fma,avx512f,avx512dq")]
            fn compiled<R>(f: impl FnOnce() -> R) -> R {
                f()
            }
            // SAFETY: the token proves that the instructions exist.
            unsafe { compiled(f) }
        }
    }

    /// The columns of a square. Left to itself, the compiler moves one entry at a time, which takes more than twice as long.
    #[inline(always)]
    pub(in super::super) fn turn_square(rows: [&[f32; 4]; 4]) -> [[f32; 4]; 4] {
        // SAFETY: every x86-64 processor has these instructions; rows and columns are as long as a register, and no
        // alignment is asked for.
        unsafe {
            let [mut a, mut b, mut c, mut d] = rows.map(|row| _mm_loadu_ps(row.as_ptr()));
            _MM_TRANSPOSE4_PS(&mut a, &mut b, &mut c, &mut d);
            [a, b, c, d].map(|register| {
                let mut column = [0.0; 4];
                _mm_storeu_ps(column.as_mut_ptr(), register);
                column
            })
        }
    }

    /// Implements [`Simd`] with one instruction for each method.
    macro_rules! impl_simd {
        ($token:ident, $t:ident, $vector:ident, $lanes:literal, $splat:ident, $load:ident,
         $store:ident, $fma:ident) => {
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
        _mm512_fmadd_ps
    );
    impl_simd!(
        Avx512,
        f64,
        __m512d,
        8,
        _mm512_set1_pd,
        _mm512_loadu_pd,
        _mm512_storeu_pd,
        _mm512_fmadd_pd
    );
    impl_simd!(
        Avx2,
        f32,
        __m256,
        8,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_fmadd_ps
    );
    impl_simd!(
        Avx2,
        f64,
        __m256d,
        4,
        _mm256_set1_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_fmadd_pd
    );
}

#[cfg(test)]
mod tests;
