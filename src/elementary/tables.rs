//! The coefficients of the polynomials, and the limits between which they serve.

/// What the functions know of a type by heart.
pub trait Tables: Sized + 'static {
    const LOG2_E: Self;
    /// ln 2 in two pieces. The first ends in so many zero bits that its product with any exponent is exact.
    const LN_2: (Self, Self);

    /// Below this eˣ rounds to 0.
    const LOWEST: Self;
    /// Above this eˣ rounds to infinity.
    const HIGHEST: Self;
    /// q in eʳ = 1 + r + r²·q(r), for |r| ≤ ½ ln 2.
    const EXP: &'static [Self];

    /// l in ln((1 + s)/(1 − s)) = 2s + s·z·l(z) with z = s², for |s| ≤ (√2 − 1)/(√2 + 1).
    const LN: &'static [Self];

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

impl Tables for f32 {
    const LOG2_E: Self = std::f32::consts::LOG2_E;
    const LN_2: (Self, Self) = (0.69314575, 1.4286068e-6);

    const LOWEST: Self = -104.0;
    const HIGHEST: Self = 89.0;
    // Degree 3 + 3, relative error of eʳ at most 2^−27.9.
    const EXP: &'static [Self] = &[0.5, 0.16666533, 0.041667238, 0.008367543, 0.0013863753];

    // Degree 2, error relative to 2s at most 2^−30.2.
    const LN: &'static [Self] = &[0.66666776, 0.39977568, 0.2987146];

    const TWO_OVER_PI: Self = std::f32::consts::FRAC_2_PI;
    const HALF_PI: (Self, Self, Self) = (std::f32::consts::FRAC_PI_2, -4.371139e-8, -1.7151245e-15);
    const LARGEST: Self = 131_072.0;
    // Degree 2, error relative to r at most 2^−27.9.
    const SIN: &'static [Self] = &[-0.16666654, 0.008332102, -0.00019506853];
    // Degree 2, error at most 2^−33.1.
    const COS: &'static [Self] = &[0.041666646, -0.0013887301, 2.4430668e-5];
}

impl Tables for f64 {
    const LOG2_E: Self = std::f64::consts::LOG2_E;
    const LN_2: (Self, Self) = (0.693147180559663, 2.8235290563031577e-13);

    const LOWEST: Self = -746.0;
    const HIGHEST: Self = 710.0;
    // Degree 3 + 8, relative error of eʳ at most 2^−57.2.
    const EXP: &'static [Self] = &[
        0.5,
        0.16666666666666433,
        0.0416666666666035,
        0.008333333333501194,
        0.0013888888927004815,
        0.00019841269464320743,
        2.4801508393890444e-5,
        2.7557641882403584e-6,
        2.7625311552502085e-7,
        2.4978300290801727e-8,
    ];

    // Degree 6, error relative to 2s at most 2^−59.5.
    const LN: &'static [Self] = &[
        0.6666666666666735,
        0.3999999999940933,
        0.2857142874369377,
        0.22222198428124762,
        0.18183572400936232,
        0.1531383098854536,
        0.14798270458427315,
    ];

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
