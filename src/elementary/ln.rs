//! The natural logarithm.

use super::{Elementary, polynomial};

/// Coefficients.
pub trait Table: Sized + 'static {
    /// l in ln((1 + s)/(1 − s)) = 2s + s·z·l(z) with z = s², for |s| ≤ (√2 − 1)/(√2 + 1).
    const LN: &'static [Self];
}

impl Table for f32 {
    // Degree 2, error relative to 2s at most 2^−30.2.
    const LN: &'static [Self] = &[0.66666776, 0.39977568, 0.2987146];
}

impl Table for f64 {
    // Degree 6, error relative to 2s at most 2^−59.5.
    const LN: &'static [Self] = &[
        0.6666666666666735,
        0.3999999999940933,
        0.2857142874369377,
        0.22222198428124762,
        0.18183572400936232,
        0.1531383098854536,
        0.14798270458427315,
    ];
}

/// The natural logarithm, within 0.66 ulp in `f32` and 0.77 ulp in `f64`; monotone.
///
/// ln(1) = 0, ln(0) = −∞, ln(∞) = ∞; of a negative number it is NaN.
///
/// ```
/// use fromzero::elementary::ln;
/// assert_eq!(ln(std::f64::consts::E), 1.0);
/// assert_eq!(ln(0.0_f32), f32::NEG_INFINITY);
/// assert!(ln(-1.0_f32).is_nan());
/// ```
#[inline(always)]
pub fn ln<T: Elementary>(x: T) -> T {
    let (m, k) = x.split();
    // With f = m − 1 and s = f/(m + 1):  ln m = f − f²/2 + s·(f²/2 + z·l(z)).
    // The first two terms are kept as head + tail, the third is small.
    let f = m - T::ONE;
    let s = f / (m + T::ONE);
    let z = s * s;
    let half_f = f * T::from_f64(0.5);
    let third = s * (half_f * f + z * polynomial(z, T::LN));
    let head = (-half_f).mul_add(f, f);
    let tail = (-half_f).mul_add(f, f - head);
    // ln x = k·ln 2 + ln m, and k·ln 2 is 0 or larger than ln m, so what the sum loses can be computed.
    let (ln_2, ln_2_tail) = T::LN_2;
    let whole = k * ln_2;
    let sum = whole + head;
    let lost = head - (sum - whole);
    let y = sum + (lost + (tail + k.mul_add(ln_2_tail, third)));
    // Infinity and NaN are their own logarithms.
    let y = if x < -T::NEG_INFINITY { y } else { x };
    let y = if x < T::ZERO { T::NAN } else { y };
    if x == T::ZERO { T::NEG_INFINITY } else { y }
}
