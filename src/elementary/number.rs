//! Numbers by their bits: powers of two, exponents, integers in the last places; and how a type takes up a result in `f64`.

use crate::scalar::Scalar;

/// What the functions need to know about a type: all of them compute in `f64`. It cannot be implemented elsewhere.
pub trait Elementary: Scalar {
    /// Below this eˣ rounds to 0.
    #[doc(hidden)]
    const LOWEST: Self;

    /// Above this eˣ rounds to infinity.
    #[doc(hidden)]
    const HIGHEST: Self;

    /// `head + tail` for a tail below a last place of the head, to be rounded to this type once.
    #[doc(hidden)]
    fn merged(head: f64, tail: f64) -> f64;

    /// `x · 2ᵏ` for `n = ROUNDER + k`, where k may reach twice the type's exponents.
    #[doc(hidden)]
    fn times_two_to(x: f64, n: f64) -> f64;

    /// y and k with `self = y · 2ᵏ`, where y is not subnormal.
    #[doc(hidden)]
    fn lifted(self) -> (f64, f64);

    /// 1 with the sign of `self`.
    #[doc(hidden)]
    fn unit(self) -> Self;
}

/// Added to a number much smaller than itself it rounds that to an integer, which stands in the low bits of the sum: its last
/// place is 1.
pub(super) const ROUNDER: f64 = (3_u64 << (f64::MANTISSA_DIGITS - 2)) as f64;
/// The bits of the fraction, above which are those of the exponent.
const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
const BIAS: u64 = f64::MAX_EXP as u64 - 1;

impl Elementary for f32 {
    const LOWEST: Self = -104.0;
    const HIGHEST: Self = 89.0;

    // Rounded to odd: of the two numbers around the sum that whose last bit is 1. So it is never half-way between two `f32`
    // where the sum is not, and rounding it to `f32` is rounding the sum (S. Boldo and G. Melquiond, *Emulation of FMA and correctly
    // rounded sums: proved algorithms using rounding to odd*, 2008).
    #[inline(always)]
    fn merged(head: f64, tail: f64) -> f64 {
        let opposite_signs = (head.to_bits() ^ tail.to_bits()) >> 63;
        f64::from_bits(head.to_bits().wrapping_sub(opposite_signs) | 1)
    }

    #[inline(always)]
    fn times_two_to(x: f64, n: f64) -> f64 {
        x * f64::from_bits((n.to_bits() << FRACTION).wrapping_add(1.0_f64.to_bits()))
    }

    #[inline(always)]
    fn lifted(self) -> (f64, f64) {
        (self.to_f64(), 0.0)
    }

    #[inline(always)]
    fn unit(self) -> Self {
        1_f32.copysign(self)
    }
}

impl Elementary for f64 {
    const LOWEST: Self = -746.0;
    const HIGHEST: Self = 710.0;

    #[inline(always)]
    fn merged(head: f64, tail: f64) -> f64 {
        head + tail
    }

    // In two steps, since 2ᵏ alone may be out of range. The first is exact.
    #[inline(always)]
    fn times_two_to(x: f64, n: f64) -> f64 {
        let power = |exponent: u64| f64::from_bits(exponent << FRACTION);
        let exponents = n.to_bits().wrapping_sub(ROUNDER.to_bits() - 2 * BIAS);
        let first = exponents >> 1;
        x * power(first) * power(exponents.wrapping_sub(first))
    }

    #[inline(always)]
    fn lifted(self) -> (f64, f64) {
        const DIGITS: u32 = f64::MANTISSA_DIGITS;
        let subnormal = self < f64::MIN_POSITIVE;
        let (scale, k) = if subnormal {
            ((1_u64 << DIGITS) as f64, -f64::from(DIGITS))
        } else {
            (1.0, 0.0)
        };
        (self * scale, k)
    }

    #[inline(always)]
    fn unit(self) -> Self {
        1_f64.copysign(self)
    }
}

/// m and k with `x = m · 2ᵏ` and √½ ≤ m < √2, for x positive, normal and finite.
///
/// With the distance from the bits of √½, the exponent field counts from there, and so does the fraction.
#[inline(always)]
pub(super) fn split(x: f64) -> (f64, f64) {
    const ROOT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
    let bits = (x.to_bits().wrapping_sub(ROOT_HALF)).wrapping_add(1.0_f64.to_bits());
    let m = f64::from_bits((bits & ((1 << FRACTION) - 1)) + ROOT_HALF);
    let k = f64::from_bits((bits >> FRACTION) + ROUNDER.to_bits());
    (m, k - (ROUNDER + BIAS as f64))
}

/// Whether bit `i` of k is set, for `n = ROUNDER + k`.
#[inline(always)]
pub(super) fn integer_bit(n: f64, i: u32) -> bool {
    (n.to_bits() >> i) & 1 == 1
}

/// x·y + z, rounded once.
#[inline(always)]
pub(super) fn fma(x: f64, y: f64, z: f64) -> f64 {
    Scalar::mul_add(x, y, z)
}

/// c₀ + c₁x + c₂x² + …, by Horner's rule.
#[inline(always)]
pub(super) fn polynomial<const N: usize>(x: f64, c: &[f64; N]) -> f64 {
    let mut sum = c[N - 1];
    for i in (0..N - 1).rev() {
        sum = fma(sum, x, c[i]);
    }
    sum
}
