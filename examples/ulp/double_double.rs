//! Numbers of about 106 bits: the unevaluated sum of two `f64`, of which the second is at most half a last place of the first.
//!
//! The operations and the bounds on their errors, in units of u² = 2⁻¹⁰⁶, are those of M. Joldes, J.-M. Muller and V. Popescu,
//! *Tight and Rigorous Error Bounds for Basic Building Blocks of Double-Word Arithmetic*, ACM TOMS 44 (2017).

use std::ops::{Add, Div, Mul, Neg, Sub};

use fromzero::Scalar;

#[derive(Clone, Copy, Debug)]
pub struct DoubleDouble {
    pub high: f64,
    pub low: f64,
}

/// a + b and what its rounding lost.
fn two_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    let of_b = high - a;
    let low = (a - (high - of_b)) + (b - of_b);
    DoubleDouble { high, low }
}

/// a + b and what its rounding lost, where a is the larger or 0.
fn fast_two_sum(a: f64, b: f64) -> DoubleDouble {
    let high = a + b;
    let low = b - (high - a);
    DoubleDouble { high, low }
}

impl DoubleDouble {
    /// A sum whose second part may be as large as a few last places of the first.
    pub const fn new(high: f64, low: f64) -> Self {
        DoubleDouble { high, low }
    }

    /// a·b, exact unless it underflows.
    pub fn product(a: f64, b: f64) -> Self {
        let high = a * b;
        let low = Scalar::mul_add(a, b, -high);
        DoubleDouble { high, low }
    }

    /// Times a power of two, exact unless it underflows.
    pub fn scaled(self, power: f64) -> Self {
        DoubleDouble {
            high: self.high * power,
            low: self.low * power,
        }
    }
}

impl From<f64> for DoubleDouble {
    fn from(x: f64) -> Self {
        DoubleDouble { high: x, low: 0.0 }
    }
}

impl Neg for DoubleDouble {
    type Output = Self;

    fn neg(self) -> Self {
        self.scaled(-1.0)
    }
}

/// Within 3u² (Algorithm 6), cancellation included.
impl Add for DoubleDouble {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let s = two_sum(self.high, other.high);
        let t = two_sum(self.low, other.low);
        let v = fast_two_sum(s.high, s.low + t.high);
        fast_two_sum(v.high, t.low + v.low)
    }
}

impl Sub for DoubleDouble {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

/// Within 5u² (Algorithm 11).
impl Mul for DoubleDouble {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let c = DoubleDouble::product(self.high, other.high);
        let cross = Scalar::mul_add(self.high, other.low, self.low * other.high);
        fast_two_sum(c.high, c.low + cross)
    }
}

/// Within 16u²: a quotient, and that of the remainder, of which the product and the difference lose 8u² relative to the
/// dividend.
impl Div for DoubleDouble {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let q = self.high / other.high;
        let remainder = self - other * DoubleDouble::from(q);
        fast_two_sum(q, remainder.high / other.high)
    }
}
