//! The elementary functions: `f32` against the standard library's `f64`, `f64` against a table of true values, both at
//! their edges, both monotone, both with known bits.

#![allow(
    clippy::disallowed_methods,
    reason = "the standard library's f64 functions are the reference for f32"
)]

use fromzero::Real;
use fromzero::elementary::{cos, exp, ln, sigmoid, sin, tanh};

/// The errors of a function in ulp that are documented.
struct Errors {
    name: &'static str,
    /// The largest of all in `f32`.
    of_f32: f64,
    /// A bound, and the largest that was found, in `f64`.
    bound: f64,
    found: f64,
}

const ERRORS: [Errors; 6] = {
    const fn errors(name: &'static str, of_f32: f64, bound: f64, found: f64) -> Errors {
        Errors {
            name,
            of_f32,
            bound,
            found,
        }
    }
    [
        errors("exp", 0.883, 1.01, 0.876),
        errors("ln", 0.660, 0.77, 0.709),
        errors("sigmoid", 1.480, 1.51, 1.495),
        errors("tanh", 0.928, 1.20, 0.959),
        errors("sin", 0.783, 0.81, 0.787),
        errors("cos", 0.782, 0.81, 0.788),
    ]
};

fn function<T: Real>(name: &str) -> fn(T) -> T {
    match name {
        "exp" => exp,
        "ln" => ln,
        "sigmoid" => sigmoid,
        "tanh" => tanh,
        "sin" => sin,
        "cos" => cos,
        other => panic!("no function {other}"),
    }
}

fn reference(name: &str) -> fn(f64) -> f64 {
    match name {
        "exp" => f64::exp,
        "ln" => f64::ln,
        "sigmoid" => |x| {
            if x < 0.0 {
                x.exp() / (1.0 + x.exp())
            } else {
                1.0 / (1.0 + (-x).exp())
            }
        },
        "tanh" => f64::tanh,
        "sin" => f64::sin,
        "cos" => f64::cos,
        other => panic!("no reference for {other}"),
    }
}

/// The distance from a finite `f32` to the next, at the size of `x`.
fn ulp_f32(x: f64) -> f64 {
    let exponent = (x.abs().to_bits() >> 52) as i32 - 1023;
    2.0_f64.powi(exponent.max(-126) - 23)
}

/// The distance from a finite `f64` to the next, at the size of `x`.
fn ulp_f64(x: f64) -> f64 {
    let x = x.abs();
    if x < f64::MIN_POSITIVE {
        f64::from_bits(1)
    } else {
        x - f64::from_bits(x.to_bits() - 1)
    }
}

/// Every 3001st `f32` of either sign, and those around every power of two; no NaN.
fn sample_f32() -> impl Iterator<Item = f32> {
    let infinity = f32::INFINITY.to_bits();
    let edges = (0..=255_u32).flat_map(|exponent| {
        (0..7).map(move |i| (exponent << 23).saturating_add(i).saturating_sub(3))
    });
    (0..infinity)
        .step_by(3001)
        .chain(edges.filter(move |&bits| bits <= infinity))
        .flat_map(|bits| [f32::from_bits(bits), -f32::from_bits(bits)])
}

#[test]
fn f32_is_as_near_as_documented() {
    for Errors {
        name,
        of_f32: bound,
        ..
    } in ERRORS
    {
        let (f, reference) = (function::<f32>(name), reference(name));
        let angle = name == "sin" || name == "cos";
        for x in sample_f32().filter(|x| !angle || x.abs() <= 131_072.0) {
            let (y, truth) = (f(x), reference(f64::from(x)));
            let nearest = truth as f32;
            let right = if nearest.is_finite() {
                (f64::from(y) - truth).abs() <= bound * ulp_f32(truth)
            } else {
                y == nearest || (y.is_nan() && truth.is_nan())
            };
            assert!(right, "{name}({x:e}) is {y:e}, not {truth:e}");
        }
    }
}

/// Where of all arguments the error is largest.
#[test]
fn f32_is_as_far_as_documented() {
    for (name, x) in [
        ("exp", 59.264_61),
        ("ln", 1.405_719_6),
        ("sigmoid", -4.846_455),
        ("tanh", 0.095_703_85),
        ("sin", 269.369_54),
        ("cos", 3.918_257_7),
    ] {
        let truth = reference(name)(f64::from(x));
        let error = (f64::from(function::<f32>(name)(x)) - truth).abs() / ulp_f32(truth);
        let documented = ERRORS.iter().find(|function| function.name == name);
        let largest = documented.expect("every function").of_f32;
        assert!(
            error > largest - 0.0015 && error <= largest,
            "{name}({x:e}): {error}"
        );
    }
}

/// 400 arguments each, and those with the largest errors that were found.
#[test]
fn f64_is_as_near_as_documented_and_as_far() {
    let table = include_str!("../fixtures/elementary.txt");
    let bits = |field: &str| f64::from_bits(u64::from_str_radix(field, 16).unwrap());
    for Errors {
        name, bound, found, ..
    } in ERRORS
    {
        let f = function::<f64>(name);
        let (mut points, mut largest) = (0, 0.0);
        for line in table.lines() {
            let fields: Vec<&str> = line.split(' ').collect();
            let &[of, x, nearest, offset] = &fields[..] else {
                panic!("not four fields: {line}")
            };
            if of != name {
                continue;
            }
            let (x, nearest, offset) = (bits(x), bits(nearest), offset.parse::<f64>().unwrap());
            // The difference of neighbours is exact, so this is the error to the four digits of `offset`.
            let error = ((f(x) - nearest) / ulp_f64(nearest) - offset).abs();
            assert!(
                error <= bound,
                "{name}({x:e}) is {:e}, {error} ulp off",
                f(x)
            );
            points += 1;
            largest = if error > largest { error } else { largest };
        }
        assert!(points > 400, "{points} points for {name}");
        assert!(
            largest > found - 0.0015 && largest <= found,
            "{name}: {largest} is the largest error, not {found}"
        );
    }
}

fn assert_bits<T: Real>(name: &str, x: T, expected: T) {
    let y = function::<T>(name)(x);
    assert_eq!(
        y.to_bits64(),
        expected.to_bits64(),
        "{}: {name}({x:e}) is {y:e}, not {expected:e}",
        T::NAME
    );
}

/// `smallest` is the smallest positive number; e^`lowest` is half of it or more, e^(`lowest` − 1) less.
fn check_special_values<T: Real>(smallest: T, largest: T, lowest: f64) {
    let number = T::from_f64;
    let (zero, one, infinity) = (T::ZERO, T::ONE, -T::NEG_INFINITY);
    let exact = [
        ("exp", zero, one),
        ("exp", -zero, one),
        ("exp", infinity, infinity),
        ("exp", -infinity, zero),
        ("exp", largest, infinity),
        ("exp", -largest, zero),
        ("exp", smallest, one),
        ("exp", number(lowest), smallest),
        ("exp", number(lowest - 1.0), zero),
        ("ln", one, zero),
        ("ln", zero, -infinity),
        ("ln", -zero, -infinity),
        ("ln", infinity, infinity),
        ("sigmoid", zero, number(0.5)),
        ("sigmoid", -zero, number(0.5)),
        ("sigmoid", infinity, one),
        ("sigmoid", -infinity, zero),
        ("sigmoid", largest, one),
        ("sigmoid", -largest, zero),
        ("sigmoid", number(lowest), smallest),
        ("tanh", zero, zero),
        ("tanh", -zero, -zero),
        ("tanh", infinity, one),
        ("tanh", -infinity, -one),
        ("tanh", smallest, smallest),
        ("tanh", -largest, -one),
        ("sin", zero, zero),
        ("sin", -zero, -zero),
        ("sin", smallest, smallest),
        ("cos", zero, one),
        ("cos", -zero, one),
        ("cos", smallest, one),
    ];
    for (name, x, expected) in exact {
        assert_bits(name, x, expected);
    }
    let undefined = [
        ("ln", -one),
        ("ln", -smallest),
        ("ln", -infinity),
        ("sin", infinity),
        ("cos", -infinity),
        ("sin", largest),
        ("cos", largest),
    ];
    for (name, x) in undefined
        .into_iter()
        .chain(ERRORS.map(|function| (function.name, T::NAN)))
    {
        assert!(
            function::<T>(name)(x).is_nan(),
            "{}: {name}({x:e})",
            T::NAME
        );
    }
    // Up to here x³/3 is less than half the distance from x to its neighbours.
    let small = number(0.8) * T::EPSILON.sqrt();
    for i in 1..2000 {
        let x = small * number(f64::from(i) / 2000.0);
        assert_bits("tanh", x, x);
        assert_bits("sin", -x, -x);
    }
}

#[test]
fn special_values_are_exact() {
    check_special_values(f32::from_bits(1), f32::MAX, -103.9);
    check_special_values(f64::from_bits(1), f64::MAX, -745.1);
}

#[test]
fn logarithms_of_powers_of_two_are_right_down_to_the_smallest_number() {
    let mut power = f32::from_bits(1);
    for k in -149..128 {
        let expected = f64::from(k) * std::f64::consts::LN_2;
        assert_eq!(ln(power), expected as f32, "2^{k}");
        power *= 2.0;
    }
    let mut power = f64::from_bits(1);
    for k in -1074..1024 {
        let expected = f64::from(k) * std::f64::consts::LN_2;
        let error = (ln(power) - expected).abs();
        assert!(error <= 1.5 * ulp_f64(expected), "2^{k}: {error:e}");
        power *= 2.0;
    }
}

#[test]
fn beyond_their_range_sine_and_cosine_are_nan() {
    for f in [sin::<f32>, cos::<f32>] {
        assert!(f(131_072.0).abs() <= 1.0 && f(-131_072.0).abs() <= 1.0);
        assert!(f(131_073.0).is_nan() && f(-131_073.0).is_nan());
    }
    for f in [sin::<f64>, cos::<f64>] {
        assert!(f(1_073_741_824.0).abs() <= 1.0 && f(-1_073_741_824.0).abs() <= 1.0);
        assert!(f(1_073_741_825.0).is_nan() && f(-1_073_741_825.0).is_nan());
    }
}

#[test]
fn neighbours_keep_their_order_in_f32() {
    for name in ["exp", "ln", "sigmoid", "tanh"] {
        let f = function::<f32>(name);
        for x in sample_f32().filter(|&x| x.is_finite() && (name != "ln" || x >= 0.0)) {
            let (y, next) = (f(x), f(x.next_up()));
            assert!(y <= next, "{name}: {y:e} at {x:e}, then {next:e}");
        }
    }
}

/// Around the places where the nearest multiple of ln 2 changes, and where the method thus changes pieces.
#[test]
fn neighbours_keep_their_order_in_f64() {
    for name in ["exp", "sigmoid", "tanh"] {
        let f = function::<f64>(name);
        for k in -2150..2150 {
            let mut x = f64::from(k) * std::f64::consts::LN_2 / 4.0;
            for _ in 0..100 {
                x = x.next_down();
            }
            let mut y = f(x);
            for _ in 0..200 {
                let next = f(x.next_up());
                assert!(y <= next, "{name}: {y:e} at {x:e}, then {next:e}");
                (x, y) = (x.next_up(), next);
            }
        }
    }
}

/// FNV-1a, 64 bits, over the bytes of all results, for 6,000 arguments from −30 to 30 (for ln, without the signs).
fn checksum<T: Real>(name: &str) -> u64 {
    let f = function::<T>(name);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for i in -3000..3000 {
        let x = T::from_f64(f64::from(i) * 0.01 + 0.001);
        let bits = f(if name == "ln" { x.abs() } else { x }).to_bits64();
        for byte in &bits.to_le_bytes()[..size_of::<T>()] {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

/// These hold on every platform; a change of any last digit shows here.
#[test]
fn the_bits_are_known() {
    let known = [
        ("exp", 0x5656_379f_6bcc_15cd, 0x5b6d_d3a9_09fd_d85d),
        ("ln", 0xcf63_1599_bc29_4c55, 0x4a59_6384_7cc2_5c5f),
        ("sigmoid", 0x5626_567e_ea77_fac7, 0x1093_7272_21da_5eff),
        ("tanh", 0xa1ba_5c0f_bd59_2f5e, 0x5873_c3f6_7e3b_8cc2),
        ("sin", 0x099f_c20c_797a_cd11, 0x8212_77c4_d395_4877),
        ("cos", 0x2224_91b0_76e0_0028, 0xd645_f392_6915_cdfd),
    ];
    for (name, f32_bits, f64_bits) in known {
        let found = (checksum::<f32>(name), checksum::<f64>(name));
        assert_eq!(found, (f32_bits, f64_bits), "{name}: {found:#018x?}");
    }
}
