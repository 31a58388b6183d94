//! The natural logarithm.

use super::number::{Elementary, fma, polynomial, split};
use super::tables::{LN, LN_2};

/// The natural logarithm: correctly rounded in `f32`, within 0.58 ulp in `f64`; monotone.
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
    let (lifted, lift) = x.lifted();
    let (m, k) = split(lifted);
    let k = k + lift;
    // With s = (m − 1)/(m + 1):  ln m = 2s + s·z·l(z), z = s². What the division loses is in s_tail.
    let f = m - 1.0;
    let d = m + 1.0;
    let d_tail = m - (d - 1.0);
    let inverse = 1.0 / d;
    let s = f * inverse;
    let s_tail = fma(-s, d_tail, fma(-s, d, f)) * inverse;
    let z = s * s;
    let small = fma(s * z, polynomial(z, &LN), 2.0 * s_tail);
    // ln x = k·ln 2 + ln m, and k·ln 2 is 0 or larger than ln m, so what the sum loses can be computed.
    let large = k * LN_2.0;
    let sum = large + 2.0 * s;
    let lost = 2.0 * s - (sum - large);
    let rest = lost + fma(k, LN_2.1, small);
    let head = sum + rest;
    let tail = rest - (head - sum);
    let y = T::from_f64(T::merged(head, tail));
    // Infinity and NaN are their own logarithms.
    let y = if x < -T::NEG_INFINITY { y } else { x };
    let y = if x < T::ZERO { T::NAN } else { y };
    if x == T::ZERO { T::NEG_INFINITY } else { y }
}
