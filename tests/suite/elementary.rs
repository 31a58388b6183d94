//! The elementary functions: in `f32` correctly rounded, in `f64` against a table of true values, both at their edges, both
//! monotone, both with known bits. `--example ulp` tries all of `f32`, with the reference that is used here.

#[allow(dead_code)]
#[path = "../../examples/ulp/mod.rs"]
mod ulp;

use fromzero::elementary::{cos, exp, ln, sigmoid, sin, tanh};
use fromzero::{Matrix, Real};
use ulp::functions::{FUNCTIONS, Function};
use ulp::rounding::round;
use ulp::samples::samples;
use ulp::sweep::{Sweep, sweep};
use ulp::{known, reference};

/// The errors of a function in `f64`, in ulp, that are documented: a bound, and the largest that was found.
struct Errors {
    name: &'static str,
    bound: f64,
    found: f64,
}

const ERRORS: [Errors; 6] = {
    const fn errors(name: &'static str, bound: f64, found: f64) -> Errors {
        Errors { name, bound, found }
    }
    [
        errors("exp", 0.69, 0.657),
        errors("ln", 0.58, 0.558),
        errors("sigmoid", 0.71, 0.708),
        errors("tanh", 0.88, 0.814),
        errors("sin", 0.81, 0.787),
        errors("cos", 0.81, 0.788),
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
fn sample_f32() -> Vec<f32> {
    let infinity = f32::INFINITY.to_bits();
    let mut samples: Vec<u32> = (0..infinity).step_by(3001).collect();
    for exponent in 0..=255_u32 {
        for i in 0..7 {
            samples.push((exponent << 23).saturating_add(i).saturating_sub(3));
        }
    }
    let mut signed = Vec::new();
    for bits in samples.into_iter().filter(|&bits| bits <= infinity) {
        signed.push(f32::from_bits(bits));
        signed.push(-f32::from_bits(bits));
    }
    signed
}

fn sweep_some(function: &Function, step: u64, spoilt: Option<f32>) -> Sweep {
    let tested = |x: &mut Matrix<f32>, y: &mut Matrix<f32>| {
        (function.of_f32)(x, y);
        for (x, y) in x.row(0).iter().zip(y.row_mut(0)) {
            if spoilt.is_some_and(|spoilt| spoilt.to_bits() == x.to_bits()) {
                *y = y.next_up();
            }
        }
    };
    let look_up = |x| known::look_up(function.name, x);
    sweep(function, &tested, step, &look_up, &mut |_| {}).expect("engines")
}

#[test]
fn f32_is_correctly_rounded_wherever_it_is_tried() {
    const STEP: u64 = 10_007;
    for function in &FUNCTIONS {
        let found = sweep_some(function, STEP, None);
        assert!(found.passes(function.increasing), "{found:?}");
        assert_eq!(found.tried, (1_u64 << 32).div_ceil(STEP));
        assert!(found.worst.0 > 0.499 && found.worst.0 <= 0.5, "{found:?}");
    }
}

#[test]
fn a_single_wrong_rounding_is_found() {
    const STEP: u64 = 1_000_003;
    let x = f32::from_bits(1062 * STEP as u32);
    assert!(x > 0.5 && x < 1.0, "{x}");
    for function in &FUNCTIONS {
        let found = sweep_some(function, STEP, Some(x));
        assert_eq!(found.wrong, 1, "{found:?}");
        assert!(!found.passes(function.increasing));
        let (at, y, right) = found.first_wrong.expect("where it is");
        assert_eq!((at, y), (x, right.next_up()));
    }
}

/// What mpmath says of the results that are nearest to half-way between two `f32`.
#[test]
fn the_hardest_results_are_right_and_so_is_the_reference() {
    let mut count = 0;
    for function in &FUNCTIONS {
        for (x, right) in known::known(function.name) {
            let f = self::function::<f32>(function.name);
            let truth = round((function.reference)(f64::from(x)));
            assert_eq!(f(x), right, "{}({x:e})", function.name);
            assert_eq!(truth.nearest, right, "{}({x:e})", function.name);
            assert!(truth.distance > reference::ERROR, "{truth:?}");
            count += 1;
        }
    }
    assert_eq!(count, 72);
}

#[test]
fn f64_is_as_near_as_documented_on_samples_and_at_seams() {
    for function in &FUNCTIONS {
        let found = samples(function, 4000, 1, &mut |_| {}).expect("engines");
        assert!(found.passes(function), "{}: {found:?}", function.name);
        assert!(found.worst.0 > 0.5 && found.tried > 5000, "{found:?}");
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
            // A subnormal number is rounded twice.
            let subnormal = nearest.abs() < f64::MIN_POSITIVE;
            let bound = if subnormal { bound + 0.25 } else { bound };
            assert!(
                error <= bound,
                "{name}({x:e}) is {:e}, {error} ulp off",
                f(x)
            );
            points += 1;
            largest = if error > largest && !subnormal {
                error
            } else {
                largest
            };
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
        assert!(f(1_073_741_824.0).abs() <= 1.0 && f(-1_073_741_824.0).abs() <= 1.0);
        assert!(f(1_073_741_952.0).is_nan() && f(-1_073_741_952.0).is_nan());
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
        for x in sample_f32() {
            if x.is_finite() && (name != "ln" || x >= 0.0) {
                let (y, next) = (f(x), f(x.next_up()));
                assert!(y <= next, "{name}: {y:e} at {x:e}, then {next:e}");
            }
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
        ("exp", 0xe43b_13be_6e1a_fc04, 0x0fb4_d227_8db4_610a),
        ("ln", 0x3e18_3c95_9fa9_b1b4, 0x57fa_6326_f513_d73c),
        ("sigmoid", 0xf267_8bae_6448_4393, 0x314b_a256_7a24_f8ae),
        ("tanh", 0xd8fc_4203_0465_4e22, 0xeb7a_da28_10e0_29aa),
        ("sin", 0xd4bd_c7db_da53_d8dc, 0x8212_77c4_d395_4877),
        ("cos", 0xe566_9213_b56b_b0df, 0xd645_f392_6915_cdfd),
    ];
    for (name, f32_bits, f64_bits) in known {
        let found = (checksum::<f32>(name), checksum::<f64>(name));
        assert_eq!(found, (f32_bits, f64_bits), "{name}: {found:#018x?}");
    }
}
