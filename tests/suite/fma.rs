//! The fused multiply-add of our own, against integer arithmetic, against the processor's instruction, and in loops that
//! become vector instructions.

use crate::common::*;
use fromzero::Scalar;
use fromzero::scalar::{fma_f32, fma_f64};

/// A floating-point type as integers: sign, and significand · 2^exponent.
trait Format: Scalar {
    const DIGITS: u32;
    /// Exponent of the smallest number.
    const LEAST: i32;
    /// Exponent of the last place of the largest.
    const MOST: i32;
    fn from_bits64(bits: u64) -> Self;
    fn ours(a: Self, b: Self, c: Self) -> Self;

    /// Negative or not, significand, exponent of its last place; of a finite number.
    fn parts(self) -> (bool, u128, i32) {
        let bits = self.to_bits64();
        let fraction = bits & ((1 << (Self::DIGITS - 1)) - 1);
        let biased = (bits & !Self::sign_bit()) >> (Self::DIGITS - 1);
        let (significand, exponent) = match biased {
            0 => (fraction, Self::LEAST),
            _ => (
                fraction + (1 << (Self::DIGITS - 1)),
                Self::LEAST + biased as i32 - 1,
            ),
        };
        (bits & Self::sign_bit() != 0, significand.into(), exponent)
    }

    fn sign_bit() -> u64 {
        (-Self::ZERO).to_bits64()
    }
}

impl Format for f32 {
    const DIGITS: u32 = 24;
    const LEAST: i32 = -149;
    const MOST: i32 = 104;
    fn from_bits64(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
    fn ours(a: f32, b: f32, c: f32) -> f32 {
        fma_f32(a, b, c)
    }
}

impl Format for f64 {
    const DIGITS: u32 = 53;
    const LEAST: i32 = -1074;
    const MOST: i32 = 971;
    fn from_bits64(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
    fn ours(a: f64, b: f64, c: f64) -> f64 {
        fma_f64(a, b, c)
    }
}

/// x·2^by, where bits that fall off on the right leave a 1 in the last place.
fn shift(x: u128, by: i32) -> u128 {
    match by {
        0.. => x << by,
        -127..0 => x >> -by | u128::from(x << (128 + by) != 0),
        _ => u128::from(x != 0),
    }
}

/// a·b + c in integers.
fn reference<F: Format>(a: F, b: F, c: F) -> F {
    if !(a.is_finite() && b.is_finite() && c.is_finite()) {
        let product_is_finite = a.is_finite() && b.is_finite();
        return if product_is_finite { c } else { a * b + c };
    }
    let ((a_sign, a, a_exponent), (b_sign, b, b_exponent)) = (a.parts(), b.parts());
    let product = (a_sign != b_sign, a * b, a_exponent + b_exponent);
    let c = c.parts();
    if product.1 == 0 || c.1 == 0 {
        if product.1 == 0 && c.1 == 0 {
            let negative = product.0 && c.0;
            return F::from_bits64(if negative { F::sign_bit() } else { 0 });
        }
        let (negative, significand, exponent) = if c.1 == 0 { product } else { c };
        return round(negative, significand, exponent);
    }
    // The one with the higher first bit is moved to bit 125, the other to the same exponent.
    let top = |x: &(bool, u128, i32)| x.1.ilog2() as i32 + x.2;
    let (large, small) = if top(&product) >= top(&c) {
        (product, c)
    } else {
        (c, product)
    };
    let exponent = top(&large) - 125;
    let (x, y) = (
        shift(large.1, large.2 - exponent),
        shift(small.1, small.2 - exponent),
    );
    if large.0 == small.0 {
        round(large.0, x + y, exponent)
    } else if x == y {
        F::ZERO
    } else {
        round(large.0 == (x > y), x.abs_diff(y), exponent)
    }
}

/// The nearest number, the even one of two.
fn round<F: Format>(negative: bool, significand: u128, exponent: i32) -> F {
    let last = (significand.ilog2() as i32 + exponent - F::DIGITS as i32 + 1).max(F::LEAST);
    // With two more bits, the last of which stands for all others.
    let jammed = shift(significand, exponent - last + 2) as u64;
    let up = jammed & 3 == 3 || jammed & 7 == 6;
    let rounded = (jammed >> 2) + u64::from(up);
    let hidden = 1 << (F::DIGITS - 1);
    let bits = if last > F::MOST || (last == F::MOST && rounded == 2 * hidden) {
        (-F::NEG_INFINITY).to_bits64()
    } else {
        // A carry goes from the fraction into the exponent by itself.
        rounded + (last - F::LEAST) as u64 * hidden
    };
    F::from_bits64(bits | if negative { F::sign_bit() } else { 0 })
}

#[track_caller]
fn assert_right<F: Format>(expected: F, a: F, b: F, c: F) {
    let ours = F::ours(a, b, c);
    assert!(
        ours.to_bits64() == expected.to_bits64() || (ours.is_nan() && expected.is_nan()),
        "{}: {a:e}·{b:e} + {c:e} is {ours:e} and not {expected:e} (bits {:#x}, {:#x}, {:#x})",
        F::NAME,
        a.to_bits64(),
        b.to_bits64(),
        c.to_bits64()
    );
}

/// Triples that are hard on a fused multiply-add, and some of any bits.
fn triple<F: Format>(rng: &mut SplitMix64) -> (F, F, F) {
    let width = if F::DIGITS == 24 { 8 } else { 11 };
    let kind = rng.below(8);
    let mut number = |spread: u64| {
        let bits = rng.next_u64();
        // Random fractions, or such as are mostly ones or zeros, as ties need.
        let fraction = match bits >> 62 {
            0 | 1 => bits,
            2 => 1 << (bits % 53),
            _ => u64::MAX << (bits % 53),
        };
        let middle = (1 << (width - 1)) - 1;
        let exponent = match spread {
            0 => rng.below(1 << width),
            _ => middle + rng.below(spread) - spread / 2,
        };
        let fraction = fraction & ((1 << (F::DIGITS - 1)) - 1);
        let sign = if rng.below(2) == 0 { F::sign_bit() } else { 0 };
        F::from_bits64(sign | exponent << (F::DIGITS - 1) | fraction)
    };
    match kind {
        0 | 1 => (number(0), number(0), number(0)),
        2 => (number(8), number(8), number(60)),
        _ => {
            // c is near to −a·b, to the neighbours of that, to its rounding error, to the limits of the type.
            let (a, b) = if kind < 5 {
                (number(8), number(8))
            } else {
                (number(0), number(0))
            };
            let (scale, extra) = (number(120), number(4));
            let product = a * b;
            let c = match kind {
                3 => -product,
                4 => -product + product * F::EPSILON * extra,
                5 => product * scale,
                6 => F::from_bits64(F::sign_bit() | rng.below(1 << F::DIGITS)),
                _ => reference(a, b, -product) * scale,
            };
            (a, b, c)
        }
    }
}

fn check_random<F: Format>(count: u32, seed: u64, expected: fn(F, F, F) -> F) {
    let rng = &mut SplitMix64::new(seed);
    for _ in 0..count {
        let (a, b, c) = triple(rng);
        assert_right(expected(a, b, c), a, b, c);
    }
}

#[test]
fn random_and_adversarial_triples() {
    check_random::<f32>(700_000, 1, reference);
    check_random::<f64>(700_000, 2, reference);
}

/// All triples of the numbers at which something changes.
fn check_special<F: Format>() {
    let bits = |x: F| x.to_bits64();
    let infinity = bits(-F::NEG_INFINITY);
    let least_normal = 1 << (F::DIGITS - 1);
    let one = bits(F::ONE);
    let half = F::ONE / (F::ONE + F::ONE);
    let mut numbers = vec![F::NAN];
    for positive in [
        0,
        1,
        2,
        3,
        least_normal - 1,
        least_normal,
        least_normal + 1,
        bits(F::EPSILON),
        bits(half),
        one - 1,
        one,
        one + 1,
        one + 2,
        infinity - 1,
        infinity - least_normal,
        infinity,
        // √ of the smallest normal number and of the largest number, about.
        (one + least_normal) / 2,
        (one + infinity) / 2,
    ] {
        numbers.extend([F::from_bits64(positive), -F::from_bits64(positive)]);
    }
    for &a in &numbers {
        for &b in &numbers {
            for &c in &numbers {
                assert_right(reference(a, b, c), a, b, c);
            }
        }
    }
}

#[test]
fn zeros_limits_infinities_and_what_is_not_a_number() {
    check_special::<f32>();
    check_special::<f64>();
}

/// Triples that libraries of platforms have rounded wrongly.
#[test]
fn triples_that_others_got_wrong() {
    let [a, b, c] = [0x9700_0800, 0x1cff_f001, 0x0001_0002].map(f32::from_bits);
    assert_eq!(fma_f32(a, b, c).to_bits(), 0x0001_0001);
    assert_eq!(a.mul_add(b, c).to_bits(), fma_f32(a, b, c).to_bits());
    // x·y + (−0) is the product, rounded once, and keeps the sign of a product that vanishes.
    let tiny = f64::from_bits(1);
    assert_eq!(fma_f64(tiny, 0.5, -0.0).to_bits(), 0.0_f64.to_bits());
    assert_eq!(fma_f64(-tiny, 0.5, 0.0).to_bits(), (-0.0_f64).to_bits());
    let x = 1.0 + f64::EPSILON;
    assert_eq!(fma_f64(x, x, -0.0), 1.0 + 2.0 * f64::EPSILON);
    assert_eq!(fma_f64(1e200, 1e200, f64::NEG_INFINITY), f64::NEG_INFINITY);
    assert_eq!(fma_f64(f64::MAX, 2.0, -f64::MAX), f64::MAX);
}

/// A loop over slices has the bits of single calls.
#[test]
fn a_loop_has_the_bits_of_single_calls() {
    let rng = &mut SplitMix64::new(3);
    let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..10_007 {
        let triple = triple::<f32>(rng);
        a.push(triple.0);
        b.push(triple.1);
        c.push(triple.2);
    }
    let mut sums = c.clone();
    for ((sum, &a), &b) in sums.iter_mut().zip(&a).zip(&b) {
        *sum = fma_f32(a, b, *sum);
    }
    for (i, ours) in sums.into_iter().enumerate() {
        let expected = reference(a[i], b[i], c[i]);
        assert!(ours.to_bits() == expected.to_bits() || (ours.is_nan() && expected.is_nan()));
    }
}

/// Several at a time, for the registers of the portable product: those of moderate size alone, and mixed with others.
#[test]
fn arrays_have_the_bits_of_single_calls() {
    fn check<F: Format>(seed: u64) {
        let rng = &mut SplitMix64::new(seed);
        for _ in 0..50_000 {
            let [mut a, mut b, mut c] = [[F::ZERO; 4]; 3];
            for i in 0..4 {
                (a[i], b[i], c[i]) = triple(rng);
            }
            let sums = F::mul_adds(a, b, c);
            for i in 0..4 {
                let expected = reference(a[i], b[i], c[i]);
                let same = sums[i].to_bits64() == expected.to_bits64();
                assert!(
                    same || (sums[i].is_nan() && expected.is_nan()),
                    "{:e}·{:e} + {:e}",
                    a[i],
                    b[i],
                    c[i]
                );
            }
        }
    }
    check::<f32>(8);
    check::<f64>(9);
}

/// What the library itself uses is exact on this target, be it an instruction or ours.
#[test]
fn what_is_in_use_is_exact() {
    fn check<F: Format>(seed: u64) {
        let rng = &mut SplitMix64::new(seed);
        for _ in 0..200_000 {
            let (a, b, c) = triple::<F>(rng);
            let (used, expected) = (Scalar::mul_add(a, b, c), reference(a, b, c));
            let same = used.to_bits64() == expected.to_bits64();
            assert!(
                same || (used.is_nan() && expected.is_nan()),
                "{a:e}·{b:e} + {c:e}"
            );
        }
    }
    check::<f32>(4);
    check::<f64>(5);
}

/// Half a minute for each type where the instruction is there.
#[test]
#[ignore = "takes minutes"]
fn a_hundred_million_triples_have_the_bits_of_the_instruction() {
    check_random::<f32>(100_000_000, 6, |a, b, c| a.mul_add(b, c));
    check_random::<f64>(100_000_000, 7, |a, b, c| a.mul_add(b, c));
}
