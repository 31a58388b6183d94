//! The natural logarithm.

use super::number::{Elementary, polynomial};

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
