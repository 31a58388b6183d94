//! Sine and cosine.

use super::number::{Elementary, ROUNDER, fma, integer_bit, polynomial};
use super::tables::{COS, HALF_PI, SIN};

/// Up to here three pieces of π/2 are enough, and its nearest multiple is found.
const LARGEST: f64 = 1_073_741_824.0;

/// The sine of x radians, for |x| up to 2³⁰: correctly rounded in `f32`, within 0.81 ulp in `f64`.
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
    let (n, r) = reduce(x.abs().to_f64());
    sin_of_turned::<T>(n, r) * x.unit()
}

/// The cosine of x radians, for |x| up to 2³⁰: correctly rounded in `f32`, within 0.81 ulp in `f64`.
///
/// Beyond that it is NaN, rather than a number with few correct digits.
///
/// ```
/// use fromzero::elementary::cos;
/// assert_eq!(cos(0.0_f32), 1.0);
/// ```
#[inline(always)]
pub fn cos<T: Elementary>(x: T) -> T {
    let (n, r) = reduce(x.abs().to_f64());
    sin_of_turned(n + 1.0, r)
}

/// n = `ROUNDER` + k, and r with the part its rounding lost, so that x = k·π/2 + r.
#[inline(always)]
fn reduce(x: f64) -> (f64, (f64, f64)) {
    let x = if x <= LARGEST { x } else { f64::NAN };
    let n = fma(x, std::f64::consts::FRAC_2_PI, ROUNDER);
    let k = n - ROUNDER;
    let (high, middle, low) = HALF_PI;
    // Exact: a multiple of the last place of `high`, and less than 1.
    let large = fma(-k, high, x);
    let small = -k * middle;
    let small_tail = fma(-k, middle, -small);
    // Near a multiple of π/2 the sum cancels. What it loses is exact all the same, although `small` may then be the larger:
    // `large` has no bits below the last place of `small`.
    let r = large + small;
    let lost = small - (r - large);
    (n, (r, fma(-k, low, lost + small_tail)))
}

/// sin(k·π/2 + r + r_tail), for n = `ROUNDER` + k: sine or cosine of r, with one sign or the other.
#[inline(always)]
fn sin_of_turned<T: Elementary>(n: f64, (r, r_tail): (f64, f64)) -> T {
    let z = r * r;
    // sin(r + r_tail) = r + (r³·p + r_tail·(1 − z/2))
    let turned_tail = fma(-0.5 * z, r_tail, r_tail);
    let sin = (r, fma(r * z, polynomial(z, &SIN), turned_tail));
    // cos(r + r_tail) = (1 − z/2) + (z²·p − r·r_tail), the bracket as large + lost
    let large = fma(-0.5, z, 1.0);
    let lost = fma(-0.5, z, 1.0 - large);
    let cos = (
        large,
        fma(z * z, polynomial(z, &COS), fma(-r, r_tail, lost)),
    );
    let (large, small) = if integer_bit(n, 0) { cos } else { sin };
    let head = large + small;
    let tail = small - (head - large);
    let y = T::from_f64(T::merged(head, tail));
    if integer_bit(n, 1) { -y } else { y }
}
