//! exp, ln, sigmoid, tanh, sin and cos, with the same bits on every processor.
//!
//! The standard library leaves these to the platform's C library, so a network trained elsewhere would differ in its last
//! digits. Here they consist of operations that IEEE 754 fixes to the last bit, `+ − · /` and the fused multiply-add, and
//! of integer operations on the bits. Each is one body for both types, which differ in their tables of coefficients only.
//! A body has no branch, no table look-up and no call, so a loop over it becomes vector instructions wherever the caller
//! enables them.
//!
//! | function | `f32` | `f64` | found | method |
//! |---|---|---|---|---|
//! | [`exp`] | 0.883 | 1.01 | 0.876 | x = k·ln 2 + r, polynomial in r |
//! | [`ln`] | 0.660 | 0.77 | 0.709 | x = m·2ᵏ, polynomial in ((m − 1)/(m + 1))² |
//! | [`sigmoid`] | 1.480 | 1.51 | 1.495 | 1/(1 + e) or e/(1 + e) with e = exp(−\|x\|) |
//! | [`tanh`] | 0.928 | 1.20 | 0.959 | −t/(2 + t) with t = exp(−2\|x\|) − 1, from the reduction of exp |
//! | [`sin`], [`cos`] | 0.783 | 0.81 | 0.788 | x = k·π/2 + r, polynomials in r² |
//!
//! The numbers are errors: the largest distances from the true value in units in the last place (ulp). In `f32` it is the
//! largest of all, since all arguments were tried. In `f64` it is a bound, the sum of what the operations can lose
//! (`tests/fixtures/elementary_bounds.py`), and beside it the largest that was found among a few hundred million arguments of each function,
//! most of them where the sum is largest: near √½ and √2, near multiples of ½ ln 2 and of π/4, and where results are just below a power of two.
//! exp, ln, sigmoid and tanh are monotone: in `f32` between all neighbours, in `f64` between all of 50 million pairs of them,
//! those where the method changes pieces included.
//!
//! The method throughout is the one in J.-M. Muller, *Elementary Functions: Algorithms and Implementation*: reduce the
//! argument in two or three exact pieces (W. J. Cody and W. Waite, *Software Manual for the Elementary Functions*, 1980),
//! evaluate a minimax polynomial there, and carry what a rounding loses, where it matters, in a second number. The
//! coefficients come from Remez' algorithm; `tests/fixtures/elementary_minimax.py` derives them.

mod exp;
mod ln;
mod trig;

pub use exp::{exp, sigmoid, tanh};
pub use ln::ln;
pub use trig::{cos, sin};

use crate::scalar::Scalar;

/// What the functions need to know about a type apart from its arithmetic. It cannot be implemented elsewhere.
pub trait Elementary: Scalar + exp::Table + ln::Table + trig::Table {
    /// Added to a number much smaller than itself it rounds that to an integer, which stands in the low bits of the sum:
    /// 3·2ⁿ, whose last place is 1.
    #[doc(hidden)]
    const ROUNDER: Self;

    /// ln 2 in two pieces. The first ends in so many zero bits that its product with any exponent is exact.
    #[doc(hidden)]
    const LN_2: (Self, Self);

    /// `self · 2ᵏ`, rounded once, for `n = ROUNDER + k`, where k may reach twice the type's exponents.
    #[doc(hidden)]
    fn times_two_to(self, n: Self) -> Self;

    /// m and k with `self = m · 2ᵏ` and √½ ≤ m < √2, for `self` positive and finite.
    #[doc(hidden)]
    fn split(self) -> (Self, Self);

    /// Whether bit `i` of k is set, for `self = ROUNDER + k`.
    #[doc(hidden)]
    fn integer_bit(self, i: u32) -> bool;

    /// 1 with the sign of `self`.
    #[doc(hidden)]
    fn unit(self) -> Self;
}

macro_rules! impl_elementary {
    ($t:ident, $bits:ident, $ln_2:expr) => {
        impl Elementary for $t {
            const ROUNDER: Self = (3_u64 << ($t::MANTISSA_DIGITS - 2)) as $t;
            const LN_2: (Self, Self) = $ln_2;

            // In two steps, since 2ᵏ alone may be out of range. The first is exact.
            #[inline(always)]
            fn times_two_to(self, n: Self) -> Self {
                const BIAS: $bits = $t::MAX_EXP as $bits - 1;
                let power = |exponent: $bits| $t::from_bits(exponent << ($t::MANTISSA_DIGITS - 1));
                let exponents = n.to_bits().wrapping_sub(Self::ROUNDER.to_bits() - 2 * BIAS);
                let first = exponents >> 1;
                self * power(first) * power(exponents.wrapping_sub(first))
            }

            // With the distance from the bits of √½, the exponent field counts from there, and so does the fraction.
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                const DIGITS: u32 = $t::MANTISSA_DIGITS;
                const ROOT_HALF: $bits = std::$t::consts::FRAC_1_SQRT_2.to_bits();
                const ONE: $bits = (1.0 as $t).to_bits();
                let subnormal = self < $t::MIN_POSITIVE;
                let (scale, lift) = if subnormal {
                    ((1_u64 << DIGITS) as $t, DIGITS as $t)
                } else {
                    (1.0, 0.0)
                };
                let x = self * scale;
                let bits = x.to_bits().wrapping_sub(ROOT_HALF).wrapping_add(ONE);
                let m = $t::from_bits((bits & ((1 << (DIGITS - 1)) - 1)) + ROOT_HALF);
                let k = $t::from_bits((bits >> (DIGITS - 1)) + Self::ROUNDER.to_bits());
                (m, k - (Self::ROUNDER + ($t::MAX_EXP - 1) as $t) - lift)
            }

            #[inline(always)]
            fn integer_bit(self, i: u32) -> bool {
                (self.to_bits() >> i) & 1 == 1
            }

            #[inline(always)]
            fn unit(self) -> Self {
                (1.0 as $t).copysign(self)
            }
        }
    };
}

impl_elementary!(f32, u32, (0.69314575, 1.4286068e-6));
impl_elementary!(f64, u64, (0.693147180559663, 2.8235290563031577e-13));

/// c₀ + c₁x + c₂x² + …, by Horner's rule.
#[inline(always)]
fn polynomial<T: Scalar>(x: T, c: &[T]) -> T {
    match c {
        [lower @ .., last] => lower.iter().rev().fold(*last, |sum, &c| sum.mul_add(x, c)),
        [] => T::ZERO,
    }
}
