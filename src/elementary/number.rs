//! Numbers by their bits: powers of two, exponents, integers in the last places.

use super::tables::Tables;
use crate::scalar::Scalar;

/// What the functions need to know about a type apart from its arithmetic. It cannot be implemented elsewhere.
pub trait Elementary: Scalar + Tables {
    /// Added to a number much smaller than itself it rounds that to an integer, which stands in the low bits of the sum:
    /// 3·2ⁿ, whose last place is 1.
    #[doc(hidden)]
    const ROUNDER: Self;

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
    ($t:ident, $bits:ident) => {
        impl Elementary for $t {
            const ROUNDER: Self = (3_u64 << ($t::MANTISSA_DIGITS - 2)) as $t;

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

impl_elementary!(f32, u32);
impl_elementary!(f64, u64);

/// c₀ + c₁x + c₂x² + …, by Horner's rule.
#[inline(always)]
pub(super) fn polynomial<T: Scalar>(x: T, c: &[T]) -> T {
    match c {
        [lower @ .., last] => lower.iter().rev().fold(*last, |sum, &c| sum.mul_add(x, c)),
        [] => T::ZERO,
    }
}
