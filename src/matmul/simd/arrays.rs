//! Registers for every processor: plain arrays, which the compiler puts into what vector registers there are.

use super::vector::{Simd, Token};
use crate::scalar::Scalar;

/// Plain arrays of `N` numbers.
#[derive(Clone, Copy)]
pub struct Arrays<const N: usize>;

impl<const N: usize> Token for Arrays<N> {
    fn run<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }
}

impl<T: Scalar, const N: usize> Simd<T> for Arrays<N> {
    type Vector = [T; N];
    const LANES: usize = N;

    #[inline(always)]
    fn splat(self, x: T) -> [T; N] {
        [x; N]
    }
    #[inline(always)]
    fn load(self, from: &[T]) -> [T; N] {
        *from.first_chunk().expect("a full register")
    }
    #[inline(always)]
    fn store(self, x: [T; N], to: &mut [T]) {
        *to.first_chunk_mut().expect("a full register") = x;
    }
    #[inline(always)]
    fn mul(self, mut a: [T; N], b: [T; N]) -> [T; N] {
        for (a, b) in a.iter_mut().zip(b) {
            *a *= b;
        }
        a
    }
    #[inline(always)]
    fn sub(self, mut a: [T; N], b: [T; N]) -> [T; N] {
        for (a, b) in a.iter_mut().zip(b) {
            *a -= b;
        }
        a
    }
    #[inline(always)]
    fn fma(self, a: [T; N], b: [T; N], c: [T; N]) -> [T; N] {
        T::mul_adds(a, b, c)
    }
}
