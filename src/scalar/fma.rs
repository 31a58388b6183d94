//! The fused multiply-add without an instruction for it: a·b + c, rounded once, out of operations that IEEE 754 defines and
//! that every platform gets right. (Libraries of platforms were seen rounding twice.)
//!
//! Both functions bring the exact value into the form of a sum of two numbers, which then has to be rounded as if it were
//! one. What makes that possible is *rounding to odd*: an inexact sum goes to that of its two neighbours whose last bit is 1.
//! On its way no tie and no number of fewer bits is reached or crossed, so that a second rounding gives what a single one
//! would have given. (S. Boldo and G. Melquiond, *Emulation of FMA and Correctly Rounded Sums: Proved Algorithms Using
//! Rounding to Odd*, IEEE Transactions on Computers 57, 2008.)

/// a·b + c in `f32`, rounded once.
///
/// The product of two `f32` is exact in `f64`; the sum is rounded to odd there, and then to `f32`. There is no branch, so
/// that a loop over it becomes vector instructions.
///
/// ```
/// use fromzero::scalar::fma_f32;
/// let x = 1.0 + f32::EPSILON;
/// assert_eq!(fma_f32(x, x, -1.0 - 2.0 * f32::EPSILON), f32::EPSILON * f32::EPSILON);
/// ```
#[inline(always)]
#[must_use]
pub fn fma_f32(a: f32, b: f32, c: f32) -> f32 {
    let (sum, lost) = two_sum(f64::from(a) * f64::from(b), f64::from(c));
    round_to_odd(sum, lost) as f32
}

/// [`fma_f32`] of several numbers at a time, in vector registers.
#[inline(always)]
pub(super) fn fma_f32s<const N: usize>(a: [f32; N], b: [f32; N], mut c: [f32; N]) -> [f32; N] {
    // A loop, since that is inlined without fail, which closures of `from_fn` are not.
    for ((a, b), c) in a.into_iter().zip(b).zip(&mut c) {
        *c = fma_f32(a, b, *c);
    }
    c
}

/// a·b + c in `f64`, rounded once.
///
/// ```
/// use fromzero::scalar::fma_f64;
/// let x = 1.0 + f64::EPSILON;
/// assert_eq!(fma_f64(x, x, -1.0 - 2.0 * f64::EPSILON), f64::EPSILON * f64::EPSILON);
/// ```
#[inline]
#[must_use]
pub fn fma_f64(a: f64, b: f64, c: f64) -> f64 {
    if is_moderate(a, b, c) {
        moderate(a, b, c)
    } else {
        far_out(a, b, c)
    }
}

/// [`fma_f64`] of several numbers at a time, in vector registers unless one of them is near the limits of the type.
#[inline(always)]
pub(super) fn fma_f64s<const N: usize>(a: [f64; N], b: [f64; N], mut c: [f64; N]) -> [f64; N] {
    let mut all_moderate = true;
    for ((a, b), c) in a.iter().zip(&b).zip(&c) {
        all_moderate &= is_moderate(*a, *b, *c);
    }
    for ((a, b), c) in a.into_iter().zip(b).zip(&mut c) {
        *c = if all_moderate {
            moderate(a, b, *c)
        } else {
            far_out(a, b, *c)
        };
    }
    c
}

/// Whether nothing overflows on the way to a·b + c, and no bit of the product is below the smallest number.
#[inline(always)]
fn is_moderate(a: f64, b: f64, c: f64) -> bool {
    let factor = |x: f64| {
        let size = x.abs();
        (x == 0.0) | ((size > power_of_two(-480)) & (size < power_of_two(480)))
    };
    factor(a) & factor(b) & (c.abs() < power_of_two(960))
}

#[inline(always)]
fn moderate(a: f64, b: f64, c: f64) -> f64 {
    let (head, tail) = head_and_tail(a, b, c);
    let sum = head + tail;
    // Of zeros the parts have lost the signs.
    if sum == 0.0 { a * b + c } else { sum }
}

/// a·b + c as a head and a tail that is rounded to odd: the sum of the two rounds as the exact value does.
#[inline(always)]
fn head_and_tail(a: f64, b: f64, c: f64) -> (f64, f64) {
    let (product, product_tail) = two_product(a, b);
    let (low, lowest) = two_sum(c, product_tail);
    let (head, middle) = two_sum(product, low);
    let (tail, lost) = two_sum(middle, lowest);
    (head, round_to_odd(tail, lost))
}

/// a·b + c near the limits of the type, and with what is no number: the significands are added as if their exponents were
/// moderate.
#[cold]
fn far_out(a: f64, b: f64, c: f64) -> f64 {
    // If product and c are so far apart or further, all that the smaller does is to decide ties.
    const APART: i32 = 120;
    if a == 0.0 || b == 0.0 || !(a.is_finite() && b.is_finite()) {
        return a * b + c;
    }
    // Now the product is finite, and overflow must not turn c into NaN.
    if !c.is_finite() {
        return c;
    }
    let ((a, a_exponent), (b, b_exponent), (c, c_exponent)) = (split(a), split(b), split(c));
    let of_product = a_exponent + b_exponent;
    let c = c * power_of_two((c_exponent - of_product).clamp(-APART, APART));
    // Below 2⁻¹²⁰⁰ all are 0.
    let exponent = of_product.max(c_exponent - APART).max(-1200);
    let (head, tail) = head_and_tail(a, b, c);

    // Numbers below the smallest normal one have the grid of that one's last place: added to it, they are rounded to it.
    let sum = head + tail;
    let smallest = power_of_two(-1022 - exponent.min(0)).copysign(sum);
    let sum = if sum.abs() < smallest.abs() {
        let (above, middle) = two_sum(smallest, head);
        let (rest, lost) = two_sum(middle, tail);
        (above + round_to_odd(rest, lost) - smallest).copysign(sum)
    } else {
        sum
    };
    sum * power_of_two(exponent / 2) * power_of_two(exponent - exponent / 2)
}

/// m and e with x = m·2ᵉ and 1 ≤ |m| < 2 for a number that is finite; 0 stays 0, with the least exponent.
fn split(x: f64) -> (f64, i32) {
    let subnormal = x.abs() < f64::MIN_POSITIVE;
    let (x, lift) = if subnormal {
        (x * power_of_two(64), 64)
    } else {
        (x, 0)
    };
    if x == 0.0 {
        return (x, -1138);
    }
    let exponent = (x.to_bits() >> 52 & 0x7ff) as i32 - 1023;
    let fraction = x.to_bits() & ((1 << 52) - 1);
    (
        f64::from_bits(fraction | 1_f64.to_bits()).copysign(x),
        exponent - lift,
    )
}

/// 2ᵉ for the exponents of normal numbers.
const fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// a + b as a sum and what its rounding lost, exactly. (D. Knuth, *The Art of Computer Programming* 2, 4.2.2.)
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_in_sum = sum - a;
    (sum, (a - (sum - b_in_sum)) + (b - b_in_sum))
}

/// a·b as a product and what its rounding lost, exactly. (T. Dekker, *A Floating-Point Technique for Extending the Available
/// Precision*, Numerische Mathematik 18, 1971.)
#[inline(always)]
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let halves = |x: f64| {
        let shifted = x * ((1 << 27) + 1) as f64;
        let high = shifted - (shifted - x);
        (high, x - high)
    };
    let ((a_high, a_low), (b_high, b_low)) = (halves(a), halves(b));
    let product = a * b;
    let rest = a_high * b_high - product + a_high * b_low + a_low * b_high;
    (product, rest + a_low * b_low)
}

/// The sum that was rounded to nearest and lost so much, as rounding to odd would have it: cut off, with a 1 in the last place
/// if it is inexact. Infinity and NaN, of which the loss is NaN, stay.
#[inline(always)]
fn round_to_odd(sum: f64, lost: f64) -> f64 {
    let bits = sum.to_bits();
    // All ones or none.
    let inexact = if lost.abs() > 0.0 { u64::MAX } else { 0 };
    let rounded_up = ((bits ^ lost.to_bits()) as i64 >> 63) as u64;
    f64::from_bits(bits.wrapping_add(inexact & rounded_up) | (inexact & 1))
}
