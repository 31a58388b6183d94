//! eˣ, and the two functions that are quotients of it.

use super::number::{Elementary, polynomial};

/// eˣ = 2ᵏ·(1 + s + s_tail), where s_tail is what rounding took from s, and n = `ROUNDER` + k.
struct Reduced<T> {
    n: T,
    s: T,
    s_tail: T,
}

/// Reduces an argument not above `HIGHEST`.
#[inline(always)]
fn reduce<T: Elementary>(x: T) -> Reduced<T> {
    let x = if x < T::LOWEST { T::LOWEST } else { x };
    let n = x.mul_add(T::LOG2_E, T::ROUNDER);
    let k = n - T::ROUNDER;
    // r = x − k·ln 2 = large + small, where large is exact. s is put together from the pieces, free of the rounding of r.
    let (ln_2, ln_2_tail) = T::LN_2;
    let large = (-k).mul_add(ln_2, x);
    let small = -k * ln_2_tail;
    let r = large + small;
    let rest = (r * r).mul_add(polynomial(r, T::EXP), small);
    let s = large + rest;
    let s_tail = rest - (s - large);
    Reduced { n, s, s_tail }
}

/// eˣ, within 0.89 ulp in `f32` and 1.01 ulp in `f64`.
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
    let x = if x > T::HIGHEST { T::HIGHEST } else { x };
    let Reduced { n, s, .. } = reduce(x);
    (T::ONE + s).times_two_to(n)
}

/// The logistic function σ(x) = 1/(1 + e⁻ˣ), within 1.48 ulp in `f32` and 1.51 ulp in `f64`; monotone.
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
    // e ≤ 1 can neither overflow nor, for negative x, cancel.
    let e = exp(-x.abs());
    let d = T::ONE + e;
    let d_tail = e - (d - T::ONE);
    let p = if x < T::ZERO { e } else { T::ONE };
    quotient((p, T::ZERO), (d, d_tail))
}

/// The hyperbolic tangent, within 0.93 ulp in `f32` and 1.20 ulp in `f64`; monotone.
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
    let two = T::ONE + T::ONE;
    let Reduced { n, s, s_tail } = reduce(-two * x.abs());
    // t = exp(−2|x|) − 1 = 2ᵏ·s + (2ᵏ − 1). The bracket is 0 for small x, so nothing cancels.
    let power = T::ONE.times_two_to(n);
    let bracket = power - T::ONE;
    let bracket_tail = power - (bracket + T::ONE);
    let t = power.mul_add(s, bracket);
    let t_tail = power.mul_add(s, bracket - t) + power.mul_add(s_tail, bracket_tail);
    let d = two + t;
    let d_tail = t - (d - two) + t_tail;
    quotient((-t, -t_tail), (d, d_tail)) * x.unit()
}

/// p/d for two numbers that each come with the part their rounding lost: one division, then one step of Newton's method
/// with the exact residual p − q·d.
#[inline(always)]
fn quotient<T: Elementary>((p, p_tail): (T, T), (d, d_tail): (T, T)) -> T {
    let inverse = T::ONE / d;
    let q = p * inverse;
    let residual = (-q).mul_add(d, p) + (-q).mul_add(d_tail, p_tail);
    residual.mul_add(inverse, q)
}
