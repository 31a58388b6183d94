//! Registers for every processor: plain arrays, which the compiler puts into what vector registers there are.

use std::array::from_fn;

use super::simd::{Simd, Token};
use crate::real::Real;

/// Plain arrays of `N` numbers.
#[derive(Clone, Copy)]
pub(super) struct Arrays<const N: usize>;

impl<const N: usize> Token for Arrays<N> {
    fn run<R>(self, f: impl FnOnce() -> R) -> R {
        f()
    }
}

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
    fn store(self, x: [T; N], to: &mut [T]) {
        to[..N].copy_from_slice(&x);
    }
    #[inline(always)]
    fn fma(self, a: [T; N], b: [T; N], c: [T; N]) -> [T; N] {
        T::mul_adds(a, b, c)
    }
}
