//! Sine and cosine.

use super::{Elementary, polynomial};

/// Coefficients and limits.
pub trait Table: Sized + 'static {
    const TWO_OVER_PI: Self;
    /// π/2 in three pieces, each the nearest number to what the ones before it leave.
    const HALF_PI: (Self, Self, Self);
    /// Up to here three pieces are enough, and the nearest multiple of π/2 is found.
    const LARGEST: Self;
    /// p in sin r = r + r·z·p(z) with z = r², for |r| ≤ 1.01·π/4.
    const SIN: &'static [Self];
    /// p in cos r = 1 − z/2 + z²·p(z) with z = r², for |r| ≤ 1.01·π/4.
    const COS: &'static [Self];
}

impl Table for f32 {
    const TWO_OVER_PI: Self = std::f32::consts::FRAC_2_PI;
    const HALF_PI: (Self, Self, Self) = (std::f32::consts::FRAC_PI_2, -4.371139e-8, -1.7151245e-15);
    const LARGEST: Self = 131_072.0;
    // Degree 2, error relative to r at most 2^−27.9.
    const SIN: &'static [Self] = &[-0.16666654, 0.008332102, -0.00019506853];
    // Degree 2, error at most 2^−33.1.
    const COS: &'static [Self] = &[0.041666646, -0.0013887301, 2.4430668e-5];
}

impl Table for f64 {
    const TWO_OVER_PI: Self = std::f64::consts::FRAC_2_PI;
    const HALF_PI: (Self, Self, Self) = (
        std::f64::consts::FRAC_PI_2,
        6.123233995736766e-17,
        -1.4973849048591698e-33,
    );
    const LARGEST: Self = 1_073_741_824.0;
    // Degree 5, error relative to r at most 2^−57.7.
    const SIN: &'static [Self] = &[
        -0.16666666666666627,
        0.008333333333321079,
        -0.00019841269828701157,
        2.7557313296473794e-6,
        -2.505069467176562e-8,
        1.5893043695182317e-10,
    ];
    // Degree 5, error at most 2^−63.9.
    const COS: &'static [Self] = &[
        0.04166666666666659,
        -0.0013888888888872056,
        2.4801587288144912e-5,
        -2.755731395444931e-7,
        2.087566780781774e-9,
        -1.1356712698224307e-11,
    ];
}

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
