//! eˣ, and the two functions that are quotients of it.

use super::number::{Elementary, ROUNDER, fma, polynomial};
use super::tables::{EXP, LN_2};

/// eˣ = 2ᵏ·(1 + s + s_tail), where s_tail is what rounding took from s, and n = `ROUNDER` + k.
struct Reduced {
    n: f64,
    s: f64,
    s_tail: f64,
}

#[inline(always)]
fn reduce(x: f64) -> Reduced {
    let n = fma(x, std::f64::consts::LOG2_E, ROUNDER);
    let k = n - ROUNDER;
    // r = x − k·ln 2 = large + small, where large is exact. s is put together from the pieces, free of the rounding of r.
    let large = fma(-k, LN_2.0, x);
    let small = -k * LN_2.1;
    let r = large + small;
    let rest = fma(r * r, polynomial(r, &EXP), small);
    let s = large + rest;
    let s_tail = rest - (s - large);
    Reduced { n, s, s_tail }
}

/// eˣ: correctly rounded in `f32`, within 0.75 ulp in `f64`; monotone.
///
/// exp(0) = 1, exp(−∞) = 0; results too large for the type are infinite, small ones subnormal, then 0.
///
/// ```
/// use fromzero::elementary::exp;
/// assert_eq!(exp(1.0_f64), std::f64::consts::E);
/// assert_eq!(exp(f32::NEG_INFINITY), 0.0);
/// ```
#[inline(always)]
pub fn exp<T: Elementary>(x: T) -> T {
    let x = if x < T::LOWEST { T::LOWEST } else { x };
    let x = if x > T::HIGHEST { T::HIGHEST } else { x };
    let Reduced { n, s, s_tail } = reduce(x.to_f64());
    let head = 1.0 + s;
    let tail = s - (head - 1.0) + s_tail;
    T::from_f64(T::times_two_to(T::merged(head, tail), n))
}

/// The logistic function σ(x) = 1/(1 + e⁻ˣ): correctly rounded in `f32`, within 0.75 ulp in `f64`; monotone.
///
/// Its derivative is σ·(1 − σ).
///
/// ```
/// use fromzero::elementary::sigmoid;
/// assert_eq!(sigmoid(0.0_f32), 0.5);
/// assert_eq!(sigmoid(f32::NEG_INFINITY), 0.0);
/// ```
#[inline(always)]
pub fn sigmoid<T: Elementary>(x: T) -> T {
    // From here on the result is 1 in either type.
    let one = T::from_f64(40.0);
    let x = if x < T::LOWEST { T::LOWEST } else { x };
    let x = if x > one { one } else { x };
    // With e⁻ˣ = 2ᵏ·(1 + s):  σ(x) = 2⁻ᵏ/(2⁻ᵏ + 1 + s), where nothing overflows and nothing cancels.
    let Reduced { n, s, s_tail } = reduce(-x.to_f64());
    let minus_n = 2.0 * ROUNDER - n;
    let power = T::times_two_to(1.0, minus_n);
    let sum = 1.0 + power;
    let lost = (1.0 - sum) + power;
    let d = sum + s;
    let d_tail = (sum - d) + s + (s_tail + lost);
    let (q, q_tail) = quotient((1.0, 0.0), (d, d_tail));
    T::from_f64(T::times_two_to(T::merged(q, q_tail), minus_n))
}

/// The hyperbolic tangent: correctly rounded in `f32`, within 1.20 ulp in `f64`; monotone.
///
/// Its derivative is 1 − tanh². Where x³/3 is below half an ulp of x the result is x itself, with its sign.
///
/// ```
/// use fromzero::elementary::tanh;
/// assert_eq!(tanh(1e-5_f32), 1e-5);
/// assert_eq!(tanh(f64::INFINITY), 1.0);
/// ```
#[inline(always)]
pub fn tanh<T: Elementary>(x: T) -> T {
    // From here on the result is 1 in either type.
    let one = T::from_f64(20.0);
    let size = if x.abs() > one { one } else { x.abs() };
    // With e^(−2|x|) = 2ᵏ·(1 + s):  tanh |x| = (2⁻ᵏ − 1 − s)/(2⁻ᵏ + 1 + s). For small x the power is 1, so nothing cancels.
    let Reduced { n, s, s_tail } = reduce(-2.0 * size.to_f64());
    let power = T::times_two_to(1.0, 2.0 * ROUNDER - n);
    let (difference, sum) = (power - 1.0, power + 1.0);
    let (less, lost) = (power - difference - 1.0, power - sum + 1.0);
    let p = difference - s;
    let p_tail = (difference - p) - s + (less - s_tail);
    let d = sum + s;
    let d_tail = (sum - d) + s + (s_tail + lost);
    let (q, q_tail) = quotient((p, p_tail), (d, d_tail));
    T::from_f64(T::merged(q, q_tail)) * x.unit()
}

/// p/d for two numbers that each come with the part their rounding lost: one division, then one step of Newton's method
/// with the exact residual p − q·d.
#[inline(always)]
fn quotient((p, p_tail): (f64, f64), (d, d_tail): (f64, f64)) -> (f64, f64) {
    let inverse = 1.0 / d;
    let q = p * inverse;
    let residual = fma(-q, d, p) + fma(-q, d_tail, p_tail);
    (q, residual * inverse)
}
