//! The functions to about 40 bits, fast: what decides how all but a few results in a hundred thousand have to be rounded.
//!
//! Tables of values that the [reference](super::reference) gives, and short Taylor series between them: again nothing that
//! `fromzero::elementary` has.
//!
//! Why every estimate is within [`ERROR`]: less than 40 operations lead to it, each of which loses 2⁻⁵³ of its own result at most. The terms
//! that a series leaves out are below 2⁻⁵⁵. An argument is reduced with an error of less than 2⁻⁵⁰ of what is left of it. And where
//! two numbers cancel, each is at most 2⁸ times as large as their difference, since an entry of a table is exactly 1 or 0, or that far from it.
//! So the error is below 40·2⁸·2⁻⁵³ < 2⁻³⁹.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, LN_2, LOG2_E};

use fromzero::Scalar;

use super::reference;

/// Bound on the relative error of an estimate, for arguments that are `f32`.
pub const ERROR: f64 = 1.0 / (1_u64 << 39) as f64;

/// e^(i·ln 2/64) for i < 64.
const POWERS: usize = 64;
/// ln(j/128) for j/128 up to √2.
const LOGARITHMS: usize = 182;
/// Added to a number it rounds that to an integer, which stands in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The tables.
#[derive(Debug)]
pub struct Estimate {
    powers: [f64; POWERS],
    logarithms: [f64; LOGARITHMS],
}

/// c₀ + c₁x + c₂x² + …
#[inline(always)]
fn polynomial(x: f64, c: &[f64]) -> f64 {
    c.iter()
        .rev()
        .fold(0.0, |sum, &c| Scalar::mul_add(sum, x, c))
}

/// x − k·c for c = `high` + `low`.
#[inline(always)]
fn reduced(x: f64, k: f64, high: f64, low: f64) -> f64 {
    Scalar::mul_add(-k, low, Scalar::mul_add(-k, high, x))
}

impl Estimate {
    pub fn new() -> Self {
        let step = LN_2 / POWERS as f64;
        Estimate {
            powers: std::array::from_fn(|i| reference::exp(i as f64 * step).high),
            logarithms: std::array::from_fn(|j| match j {
                0 => f64::NAN,
                _ => reference::ln(j as f64 / 128.0).high,
            }),
        }
    }

    /// 2^(i/64)·2ᵏ and eʳ − 1, whose product with it is to be added to it to give eˣ.
    #[inline(always)]
    fn exp_parts(&self, x: f64) -> (f64, f64) {
        const STEP: f64 = LN_2 / POWERS as f64;
        const STEP_TAIL: f64 = 2.3190468138462996e-17 / POWERS as f64;
        let n = Scalar::mul_add(x, LOG2_E * POWERS as f64, ROUNDER);
        let r = reduced(x, n - ROUNDER, STEP, STEP_TAIL);
        // |r| < 2^−7.5, and the first term left out is r⁷/7!.
        let series = [
            1.0,
            1.0 / 2.0,
            1.0 / 6.0,
            1.0 / 24.0,
            1.0 / 120.0,
            1.0 / 720.0,
        ];
        let n = n.to_bits().wrapping_sub(ROUNDER.to_bits());
        let k = (n.cast_signed() >> 6).cast_unsigned();
        let power = f64::from_bits(
            self.powers[n as usize % POWERS]
                .to_bits()
                .wrapping_add(k << 52),
        );
        (power, r * polynomial(r, &series))
    }

    #[inline(always)]
    pub fn exp(&self, x: f64) -> f64 {
        let (power, rest) = self.exp_parts(x.clamp(-700.0, 700.0));
        Scalar::mul_add(power, rest, power)
    }

    #[inline(always)]
    pub fn sigmoid(&self, x: f64) -> f64 {
        let e = self.exp(-x.abs());
        let numerator = if x < 0.0 { e } else { 1.0 };
        numerator / (1.0 + e)
    }

    /// (e²ˣ − 1)/(e²ˣ + 1).
    #[inline(always)]
    pub fn tanh(&self, x: f64) -> f64 {
        let (power, rest) = self.exp_parts((2.0 * x.abs()).clamp(0.0, 80.0));
        let less_one = Scalar::mul_add(power, rest, power - 1.0);
        (less_one / (less_one + 2.0)).copysign(x)
    }

    /// k·ln 2 + ln(j/128) + ln(1 + r) for a normal positive x = 2ᵏ·(j/128)·(1 + r) and √½ ≤ 2⁻ᵏ·x < √2.
    #[inline(always)]
    pub fn ln(&self, x: f64) -> f64 {
        let k = (x
            .to_bits()
            .wrapping_sub(std::f64::consts::FRAC_1_SQRT_2.to_bits()))
        .cast_signed()
            >> 52;
        let m = f64::from_bits(x.to_bits().wrapping_sub(k.cast_unsigned() << 52));
        let n = Scalar::mul_add(m, 128.0, ROUNDER);
        let point = (n - ROUNDER) / 128.0;
        let r = (m - point) / point;
        // |r| < 2^−7.4, and the first term left out is r⁸/8.
        let series = [
            1.0,
            -1.0 / 2.0,
            1.0 / 3.0,
            -1.0 / 4.0,
            1.0 / 5.0,
            -1.0 / 6.0,
            1.0 / 7.0,
        ];
        let j = n.to_bits() as usize % 256;
        let logarithm = self.logarithms.get(j).copied().unwrap_or(f64::NAN);
        Scalar::mul_add(k as f64, LN_2, logarithm + r * polynomial(r, &series))
    }

    #[inline(always)]
    pub fn sin(&self, x: f64) -> f64 {
        turned(x, 0)
    }

    #[inline(always)]
    pub fn cos(&self, x: f64) -> f64 {
        turned(x, 1)
    }
}

/// sin(x + quarters·π/2), for |x| up to 2³⁰.
#[inline(always)]
fn turned(x: f64, quarters: u64) -> f64 {
    const HALF_PI_TAIL: f64 = 6.123233995736766e-17;
    let n = Scalar::mul_add(x, FRAC_2_PI, ROUNDER);
    let r = reduced(x, n - ROUNDER, FRAC_PI_2, HALF_PI_TAIL);
    let z = r * r;
    // (−1)ⁿ/(2n + 1)! and (−1)ⁿ/(2n)!. With z < 0.63 the first terms left out are below 2⁻⁵⁶.
    let of_sin = polynomial(z, &SERIES.0);
    let of_cos = polynomial(z, &SERIES.1);
    let k = n.to_bits().wrapping_add(quarters);
    let y = if k & 1 == 0 { r * of_sin } else { of_cos };
    if k & 2 == 0 { y } else { -y }
}

const SERIES: ([f64; 9], [f64; 10]) = {
    let (mut of_sin, mut of_cos) = ([1.0; 9], [1.0; 10]);
    let mut n = 1;
    while n < 10 {
        let two_n = (2 * n) as f64;
        of_cos[n] = -of_cos[n - 1] / (two_n * (two_n - 1.0));
        if n < 9 {
            of_sin[n] = -of_sin[n - 1] / (two_n * (two_n + 1.0));
        }
        n += 1;
    }
    (of_sin, of_cos)
};
