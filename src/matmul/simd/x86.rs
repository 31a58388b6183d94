//! The vector registers of x86-64: AVX2 with FMA, and AVX-512.

use std::arch::x86_64::*;

use super::vector::{Simd, Token};

/// Defines a token: proof that the processor has an instruction set.
macro_rules! token {
    ($token:ident, $features:literal, $($feature:tt),+) => {
        #[doc = concat!("Proof that the processor has ", $features, ".")]
        #[derive(Clone, Copy)]
        pub struct $token(());

        impl $token {
            /// Whether the processor has it.
            #[inline]
            pub(super) fn is_available() -> bool {
                $(is_x86_feature_detected!($feature))&&+
            }

            /// # Panics
            /// If the processor lacks the instruction set.
            #[inline]
            pub fn new() -> Self {
                assert!(Self::is_available(), concat!("this processor has no ", $features));
                $token(())
            }
        }

        impl Token for $token {
            #[inline]
            fn run<R>(self, f: impl FnOnce() -> R) -> R {
                #[target_feature(enable = $features)]
                fn compiled<R>(f: impl FnOnce() -> R) -> R {
                    f()
                }
                // SAFETY: the token proves that the instructions exist.
                unsafe { compiled(f) }
            }
        }
    };
}

token!(Avx2, "avx2,fma", "avx2", "fma");
#[rustfmt::skip]
token!(Avx512, "avx2,fma,avx512f,avx512dq", "avx2", "fma", "avx512f", "avx512dq");

/// Implements [`Simd`] with one instruction for each method. `$mask` makes the mask of the first n lanes.
macro_rules! simd {
    ($token:ident, $t:ident, $lanes:literal, $vector:ident, |$n:ident| $mask:expr, $load_part:ident, $store_part:ident,
     $load:ident, $store:ident, $splat:ident, $mul:ident, $sub:ident, $fma:ident) => {
        impl Simd<$t> for $token {
            type Vector = $vector;
            const LANES: usize = $lanes;

            #[inline(always)]
            fn load(self, from: &[$t]) -> $vector {
                let from: &[$t; $lanes] = from.first_chunk().expect("a full register");
                // SAFETY: the token proves that the instruction exists, here and below; the chunk has as many numbers as it
                // reads, and it asks for no alignment.
                unsafe { $load(from.as_ptr()) }
            }
            #[inline(always)]
            fn load_part(self, from: &[$t]) -> $vector {
                let $n = from.len();
                assert!($n <= $lanes, "at most one register");
                // SAFETY: only lanes in the mask are read, which are those of the slice.
                unsafe { $load_part($mask, from.as_ptr()) }
            }
            #[inline(always)]
            fn store(self, x: $vector, to: &mut [$t]) {
                let to: &mut [$t; $lanes] = to.first_chunk_mut().expect("a full register");
                // SAFETY: the chunk has as many places as are written.
                unsafe { $store(to.as_mut_ptr(), x) }
            }
            #[inline(always)]
            fn store_part(self, x: $vector, to: &mut [$t]) {
                let $n = to.len();
                assert!($n <= $lanes, "at most one register");
                // SAFETY: only lanes in the mask are written, which are those of the slice.
                unsafe { $store_part(to.as_mut_ptr(), $mask, x) }
            }
            arithmetic! {
                splat(x: $t) = $splat;
                mul(a: $vector, b: $vector) = $mul;
                sub(a: $vector, b: $vector) = $sub;
                fma(a: $vector, b: $vector, c: $vector) = $fma;
            }
        }
    };
}

/// Methods that touch no memory.
macro_rules! arithmetic {
    ($($method:ident($($x:ident: $t:ty),+) = $instruction:ident;)+) => {$(
        #[inline(always)]
        fn $method(self, $($x: $t),+) -> Self::Vector {
            // SAFETY: the token proves that the instruction exists.
            unsafe { $instruction($($x),+) }
        }
    )+};
}

/// AVX2's masked loads, with the mask first, as AVX-512 and all stores have it.
macro_rules! maskload {
    ($name:ident, $mask:ident, $t:ident, $vector:ident, $instruction:ident) => {
        #[inline(always)]
        unsafe fn $name(mask: $mask, from: *const $t) -> $vector {
            // SAFETY: the caller's.
            unsafe { $instruction(from, mask) }
        }
    };
}

maskload!(maskload_ps, __m256i, f32, __m256, _mm256_maskload_ps);
maskload!(maskload_pd, __m256i, f64, __m256d, _mm256_maskload_pd);

#[rustfmt::skip]
simd!(Avx512, f32, 16, __m512, |n| (0xffff_u32 >> (16 - n)) as __mmask16, _mm512_maskz_loadu_ps, _mm512_mask_storeu_ps,
      _mm512_loadu_ps, _mm512_storeu_ps, _mm512_set1_ps, _mm512_mul_ps, _mm512_sub_ps, _mm512_fmadd_ps);
#[rustfmt::skip]
simd!(Avx512, f64, 8, __m512d, |n| (0xff_u32 >> (8 - n)) as __mmask8, _mm512_maskz_loadu_pd, _mm512_mask_storeu_pd,
      _mm512_loadu_pd, _mm512_storeu_pd, _mm512_set1_pd, _mm512_mul_pd, _mm512_sub_pd, _mm512_fmadd_pd);
#[rustfmt::skip]
simd!(Avx2, f32, 8, __m256, |n| _mm256_cmpgt_epi32(_mm256_set1_epi32(n as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
      maskload_ps, _mm256_maskstore_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_set1_ps, _mm256_mul_ps, _mm256_sub_ps, _mm256_fmadd_ps);
#[rustfmt::skip]
simd!(Avx2, f64, 4, __m256d, |n| _mm256_cmpgt_epi64(_mm256_set1_epi64x(n as i64), _mm256_setr_epi64x(0, 1, 2, 3)),
      maskload_pd, _mm256_maskstore_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_set1_pd, _mm256_mul_pd, _mm256_sub_pd, _mm256_fmadd_pd);
