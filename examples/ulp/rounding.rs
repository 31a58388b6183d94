//! The `f32` nearest to a number that is known to twice the precision of `f64`, and how near that lies to where rounding changes.

use super::double_double::DoubleDouble;

/// An `f32`, and the distance of what it was rounded from to the nearest point half-way between two of them, relative to it.
#[derive(Clone, Copy, Debug)]
pub struct Rounded {
    pub nearest: f32,
    pub distance: f64,
}

/// Rounds to nearest. All differences here are exact: of numbers at most a last place of `f32` apart.
pub fn round(value: DoubleDouble) -> Rounded {
    let first = value.high as f32;
    let above = value.high - extended(first) + value.low > 0.0;
    let next = if above {
        first.next_up()
    } else {
        first.next_down()
    };
    let half_way = (extended(first) + extended(next)) / 2.0;
    let beyond = value.high - half_way + value.low;
    // Towards `next`, as `high` alone may be half-way.
    let passed = if above { beyond > 0.0 } else { beyond < 0.0 };
    Rounded {
        nearest: if passed { next } else { first },
        distance: (beyond / value.high).abs(),
    }
}

/// The value, and of an infinity that of the number that would follow the largest.
fn extended(x: f32) -> f64 {
    const BEYOND: f64 = 2.0 * (1_u128 << 127) as f64;
    f64::from(x).clamp(-BEYOND, BEYOND)
}

/// The distance from an `f32` to the next, at the size of x.
pub fn ulp(x: f64) -> f64 {
    let smallest = f64::from(f32::MIN_POSITIVE);
    let size = if x.abs() < smallest {
        smallest
    } else {
        x.abs()
    };
    f64::from_bits((size.to_bits() >> 52 << 52) - (23 << 52))
}
