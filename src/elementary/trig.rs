//! Sine and cosine.

use super::number::{Elementary, polynomial};

/// The sine of x radians, within 0.79 ulp for |x| up to 2¹⁷ in `f32`, and 0.81 ulp up to 2³⁰ in `f64`.
///
/// Beyond that it is NaN, rather than a number with few correct digits.
///
/// ```
/// use fromzero::elementary::sin;
/// assert_eq!(sin(std::f64::consts::FRAC_PI_2), 1.0);
/// assert!(sin(f64::INFINITY).is_nan());
/// ```
#[inline(always)]
pub fn sin<T: Elementary>(x: T) -> T {
    let (n, r) = reduce(x.abs());
    sin_of_turned(n, r) * x.unit()
}

/// The cosine of x radians, within 0.79 ulp for |x| up to 2¹⁷ in `f32`, and 0.81 ulp up to 2³⁰ in `f64`.
///
/// Beyond that it is NaN, rather than a number with few correct digits.
///
/// ```
/// use fromzero::elementary::cos;
/// assert_eq!(cos(0.0_f32), 1.0);
/// ```
#[inline(always)]
pub fn cos<T: Elementary>(x: T) -> T {
    let (n, r) = reduce(x.abs());
    sin_of_turned(n + T::ONE, r)
}

/// n = `ROUNDER` + k, and r with the part its rounding lost, so that x = k·π/2 + r.
#[inline(always)]
fn reduce<T: Elementary>(x: T) -> (T, (T, T)) {
    let x = if x <= T::LARGEST { x } else { T::NAN };
    let n = x.mul_add(T::TWO_OVER_PI, T::ROUNDER);
    let k = n - T::ROUNDER;
    let (high, middle, low) = T::HALF_PI;
    // Exact: a multiple of the last place of `high`, and less than 1.
    let large = (-k).mul_add(high, x);
    let small = -k * middle;
    let small_tail = (-k).mul_add(middle, -small);
    // Near a multiple of π/2 the sum cancels. What it loses is exact all the same, although `small` may then be the larger:
    // `large` has no bits below the last place of `small`.
    let r = large + small;
    let lost = small - (r - large);
    (n, (r, (-k).mul_add(low, lost + small_tail)))
}

/// sin(k·π/2 + r + r_tail), for n = `ROUNDER` + k: sine or cosine of r, with one sign or the other.
#[inline(always)]
fn sin_of_turned<T: Elementary>(n: T, (r, r_tail): (T, T)) -> T {
    let minus_half = T::from_f64(-0.5);
    let z = r * r;
    // sin(r + r_tail) = r + (r³·p + r_tail·(1 − z/2))
    let turned_tail = (minus_half * z).mul_add(r_tail, r_tail);
    let sin = r + (r * z).mul_add(polynomial(z, T::SIN), turned_tail);
    // cos(r + r_tail) = (1 − z/2) + (z²·p − r·r_tail), the bracket as head + tail
    let head = minus_half.mul_add(z, T::ONE);
    let tail = minus_half.mul_add(z, T::ONE - head);
    let cos = head + (z * z).mul_add(polynomial(z, T::COS), (-r).mul_add(r_tail, tail));
    let y = if n.integer_bit(0) { cos } else { sin };
    if n.integer_bit(1) { -y } else { y }
}
