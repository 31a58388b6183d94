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

/// Implements [`Simd`] with one instruction for each method.
macro_rules! simd {
    ($token:ident, $t:ident, $lanes:literal, $vector:ident, $load:ident, $store:ident, $($method:ident($($x:ident: $y:ty),+) = $instruction:ident),+) => {
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
            fn store(self, x: $vector, to: &mut [$t]) {
                let to: &mut [$t; $lanes] = to.first_chunk_mut().expect("a full register");
                // SAFETY: the chunk has as many places as are written.
                unsafe { $store(to.as_mut_ptr(), x) }
            }
            $(
                #[inline(always)]
                fn $method(self, $($x: $y),+) -> $vector {
                    // SAFETY: it touches no memory.
                    unsafe { $instruction($($x),+) }
                }
            )+
        }
    };
}

#[rustfmt::skip]
simd!(Avx512, f32, 16, __m512, _mm512_loadu_ps, _mm512_storeu_ps, splat(x: f32) = _mm512_set1_ps, mul(a: __m512, b: __m512) = _mm512_mul_ps,
      sub(a: __m512, b: __m512) = _mm512_sub_ps, fma(a: __m512, b: __m512, c: __m512) = _mm512_fmadd_ps);
#[rustfmt::skip]
simd!(Avx512, f64, 8, __m512d, _mm512_loadu_pd, _mm512_storeu_pd, splat(x: f64) = _mm512_set1_pd, mul(a: __m512d, b: __m512d) = _mm512_mul_pd,
      sub(a: __m512d, b: __m512d) = _mm512_sub_pd, fma(a: __m512d, b: __m512d, c: __m512d) = _mm512_fmadd_pd);
#[rustfmt::skip]
simd!(Avx2, f32, 8, __m256, _mm256_loadu_ps, _mm256_storeu_ps, splat(x: f32) = _mm256_set1_ps, mul(a: __m256, b: __m256) = _mm256_mul_ps,
      sub(a: __m256, b: __m256) = _mm256_sub_ps, fma(a: __m256, b: __m256, c: __m256) = _mm256_fmadd_ps);
#[rustfmt::skip]
simd!(Avx2, f64, 4, __m256d, _mm256_loadu_pd, _mm256_storeu_pd, splat(x: f64) = _mm256_set1_pd, mul(a: __m256d, b: __m256d) = _mm256_mul_pd,
      sub(a: __m256d, b: __m256d) = _mm256_sub_pd, fma(a: __m256d, b: __m256d, c: __m256d) = _mm256_fmadd_pd);
