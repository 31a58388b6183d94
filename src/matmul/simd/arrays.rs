//! Registers for every processor: plain arrays, which the compiler puts into what vector registers there are.

use std::array::from_fn;

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
    fn load_part(self, from: &[T]) -> [T; N] {
        from_fn(|lane| from.get(lane).copied().unwrap_or(T::ZERO))
    }
    #[inline(always)]
    fn store(self, x: [T; N], to: &mut [T]) {
        to[..N].copy_from_slice(&x);
    }
    #[inline(always)]
    fn store_part(self, x: [T; N], to: &mut [T]) {
        to.copy_from_slice(&x[..to.len()]);
    }
    #[inline(always)]
    fn mul(self, a: [T; N], b: [T; N]) -> [T; N] {
        from_fn(|lane| a[lane] * b[lane])
    }
    #[inline(always)]
    fn sub(self, a: [T; N], b: [T; N]) -> [T; N] {
        from_fn(|lane| a[lane] - b[lane])
    }
    #[inline(always)]
    fn fma(self, a: [T; N], b: [T; N], c: [T; N]) -> [T; N] {
        T::mul_adds(a, b, c)
    }
}
