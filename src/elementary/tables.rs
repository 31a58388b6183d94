//! The coefficients of the polynomials, and constants of argument reduction.

/// ln 2 in two pieces. The first ends in so many zero bits that its product with any exponent is exact.
pub const LN_2: (f64, f64) = (0.693147180559663, 2.8235290563031577e-13);

/// q in eʳ = 1 + r + r²·q(r), for |r| ≤ ½ ln 2. Degree 10, error relative to eʳ − 1 at most 2^−59.0.
pub const EXP: [f64; 11] = [
    0.5,
    0.16666666666666677,
    0.041666666666666574,
    0.008333333333322078,
    0.0013888888888942982,
    0.00019841269885181493,
    2.480158719781344e-5,
    2.755724502476245e-6,
    2.755738715864371e-7,
    2.5108789477799357e-8,
    2.0878955670580764e-9,
];

/// l in ln((1 + s)/(1 − s)) = 2s + s·z·l(z) with z = s², for |s| ≤ (√2 − 1)/(√2 + 1). Degree 6, error relative to 2s at most
/// 2^−59.5.
pub const LN: [f64; 7] = [
    0.6666666666666735,
    0.3999999999940933,
    0.2857142874369377,
    0.22222198428124762,
    0.18183572400936232,
    0.1531383098854536,
    0.14798270458427315,
];

/// π/2 in three pieces, each the nearest number to what the ones before it leave.
pub const HALF_PI: (f64, f64, f64) = (
    std::f64::consts::FRAC_PI_2,
    6.123233995736766e-17,
    -1.4973849048591698e-33,
);

/// p in sin r = r + r·z·p(z) with z = r², for |r| ≤ 1.01·π/4. Degree 5, error relative to r at most 2^−57.7.
pub const SIN: [f64; 6] = [
    -0.16666666666666627,
    0.008333333333321079,
    -0.00019841269828701157,
    2.7557313296473794e-6,
    -2.505069467176562e-8,
    1.5893043695182317e-10,
];

/// p in cos r = 1 − z/2 + z²·p(z) with z = r², for |r| ≤ 1.01·π/4. Degree 5, error at most 2^−63.9.
pub const COS: [f64; 6] = [
    0.04166666666666659,
    -0.0013888888888872056,
    2.4801587288144912e-5,
    -2.755731395444931e-7,
    2.087566780781774e-9,
    -1.1356712698224307e-11,
];
