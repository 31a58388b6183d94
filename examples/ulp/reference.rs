//! The functions to about 100 bits, by Taylor series in [`DoubleDouble`]: the truth that the library's are measured with.
//!
//! Nothing here shares a line, a coefficient or a method with `fromzero::elementary`, and nothing here is fast.
//!
//! Why every result is within [`ERROR`]: an operation loses less than 16u² = 2⁻¹⁰² of its result. A series is evaluated as
//! 1 + x/d₁·(1 + x/d₂·(1 + …)), where the factor before each bracket is below ½, so that what brackets lose adds up to less than
//! twice what one step does, two divisions' worth: 2⁻¹⁰⁰ in all. The terms left out are below 2⁻¹¹⁰. What each function adds to that is said
//! beside it.

use super::double_double::DoubleDouble;

/// Bound on the relative error of a result. (ln of an `f64` and sine and cosine within 2⁻⁵⁰ of a zero excepted, which no `f32` has.)
pub const ERROR: f64 = 1.0 / (1_u128 << 90) as f64;

const ONE: DoubleDouble = DoubleDouble::new(1.0, 0.0);
/// ln 2 and π/2 in pieces, each the nearest number to what the ones before it leave.
const LN_2: [f64; 3] = [
    std::f64::consts::LN_2,
    2.3190468138462996e-17,
    5.707708438416212e-34,
];
const HALF_PI: [f64; 3] = [
    std::f64::consts::FRAC_PI_2,
    6.123233995736766e-17,
    -1.4973849048591833e-33,
];

/// 1 + x/d₁·(1 + x/d₂·(1 + …)).
fn nested(x: DoubleDouble, divisors: impl DoubleEndedIterator<Item = i32>) -> DoubleDouble {
    divisors.rev().fold(ONE, |sum, d| {
        ONE + x / DoubleDouble::from(f64::from(d)) * sum
    })
}

/// k and x − k·c for the integer k that makes that smallest. The products with the pieces of c are exact, so 3u² of each
/// difference is lost, and what k·c has beyond three pieces.
fn reduce(x: DoubleDouble, c: [f64; 3]) -> (f64, DoubleDouble) {
    let k = (x.high / c[0]).round();
    let rest = c
        .iter()
        .fold(x, |rest, &piece| rest - DoubleDouble::product(k, piece));
    (k, rest)
}

/// (eʳ − 1)/r for |r| < 0.36.
fn exp_minus_one_over(r: DoubleDouble) -> DoubleDouble {
    nested(r, 2..28)
}

/// eˣ = 2ᵏ·eʳ for r = x − k·ln 2; for |x| < 700, beyond which it stays what it is there.
fn exp_of(x: DoubleDouble) -> DoubleDouble {
    let power_of_two = |k: f64| f64::from_bits((1023 + k as i64).cast_unsigned() << 52);
    let (k, r) = reduce(x, LN_2);
    (ONE + r * exp_minus_one_over(r)).scaled(power_of_two(k))
}

/// The argument, but not beyond ±`limit`.
fn limited(x: f64, limit: f64) -> DoubleDouble {
    DoubleDouble::from(x.clamp(-limit, limit))
}

/// Of eˣ, for |x| < 700, where it is 700 beyond.
pub fn exp(x: f64) -> DoubleDouble {
    exp_of(limited(x, 700.0))
}

/// e⁻|ˣ| is at most 1, so neither the sum nor the quotient adds more than what it loses itself.
pub fn sigmoid(x: f64) -> DoubleDouble {
    let e = exp(-x.abs());
    let numerator = if x < 0.0 { e } else { ONE };
    numerator / (ONE + e)
}

/// (e²ˣ − 1)/(e²ˣ + 1), of which the difference makes the error of e²ˣ four times as large at most, or none at all
/// where it comes from the series itself. From 40 on it rounds to 1 in any type.
pub fn tanh(x: f64) -> DoubleDouble {
    let two_x = limited(x, 40.0).scaled(2.0);
    let less_one = if two_x.high.abs() < 0.35 {
        two_x * exp_minus_one_over(two_x)
    } else {
        exp_of(two_x) - ONE
    };
    less_one / (less_one + DoubleDouble::from(2.0))
}

/// For positive x. Near 1 by ln(1 + f) = 2·(s + s³/3 + s⁵/5 + …), s = f/(2 + f); elsewhere by Halley's method for eʸ = x, which makes
/// an error δ of y one of δ³/12, and ends with that of eʸ, at most 2⁷ times as large relative to the result.
pub fn ln(x: f64) -> DoubleDouble {
    let x = DoubleDouble::from(x);
    let f = x - ONE;
    if f.high.abs() < 1.0 / 64.0 {
        let s = f / (x + ONE);
        let z = s * s;
        let terms = (0..12)
            .rev()
            .map(|n| DoubleDouble::from(f64::from(2 * n + 1)));
        let sum = terms.fold(DoubleDouble::from(0.0), |sum, n| ONE / n + z * sum);
        return s.scaled(2.0) * sum;
    }
    let (exponent, fraction) = exponent_and_fraction(x.high);
    let mut y = DoubleDouble::from(exponent * LN_2[0] + (fraction - 1.0));
    for _ in 0..4 {
        let e = exp_of(y);
        y = y + ((x - e) / (x + e)).scaled(2.0);
    }
    y
}

/// k and m with x = 2ᵏ·m and 1 ≤ m < 2.
fn exponent_and_fraction(x: f64) -> (f64, f64) {
    const FIELD: u64 = 0x7ff << 52;
    let exponent = ((x.to_bits() & FIELD) >> 52) as i32 - 1023;
    let fraction = f64::from_bits(x.to_bits() & !FIELD | 1023 << 52);
    (f64::from(exponent), fraction)
}

/// For |x| up to 2³⁰.
pub fn sin(x: f64) -> DoubleDouble {
    let (k, r) = reduce(x.into(), HALF_PI);
    turned(k as i64, r)
}

/// For |x| up to 2³⁰.
pub fn cos(x: f64) -> DoubleDouble {
    let (k, r) = reduce(x.into(), HALF_PI);
    turned(k as i64 + 1, r)
}

/// sin(k·π/2 + r), for |r| < 0.8.
fn turned(k: i64, r: DoubleDouble) -> DoubleDouble {
    let minus_square = -(r * r);
    let y = if k & 1 == 0 {
        r * nested(minus_square, (1..15).map(|n| 2 * n * (2 * n + 1)))
    } else {
        nested(minus_square, (1..15).map(|n| 2 * n * (2 * n - 1)))
    };
    if k & 2 == 0 { y } else { -y }
}
