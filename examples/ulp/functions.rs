//! The six functions: the library's, and what theirs are held against.

use fromzero::Matrix;
use fromzero::elementary::{cos, exp, ln, sigmoid, sin, tanh};
use fromzero::ops::for_each_row;

use super::double_double::DoubleDouble;
use super::estimate::Estimate;
use super::reference;

/// What of a function is the library's: it reads its arguments from the first matrix and writes into the second.
pub type Tested<T> = fn(&mut Matrix<T>, &mut Matrix<T>);

/// A function and what it is to be.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    pub of_f32: Tested<f32>,
    pub of_f64: Tested<f64>,
    /// Estimates of the results for arguments that are `f32`, of the second matrix in the first.
    pub estimate: fn(&Estimate, &mut Matrix<f64>, &[f32]),
    pub reference: fn(f64) -> DoubleDouble,
    /// The result where it is no rounded number: NaN, an infinity, or a zero with its sign.
    pub exact: fn(f64) -> Option<f64>,
    pub increasing: bool,
    /// The largest error in `f64` that may be found, in ulp.
    pub bound: f64,
    /// Where random `f64` are drawn from.
    pub ranges: &'static [(f64, f64)],
    /// Near the multiples of this the method changes pieces, for |multiple| up to the second number.
    pub seams: (f64, f64),
}

/// The library's function over a row, in the vector instructions in use.
macro_rules! over_row {
    ($f:ident) => {
        |x, y| {
            for_each_row(
                [x, y],
                #[inline(always)]
                |_, [x, y]| {
                    for (y, &x) in y.iter_mut().zip(x.iter()) {
                        *y = $f(x);
                    }
                },
            )
        }
    };
}

macro_rules! function {
    ($f:ident, $($rest:tt)*) => {
        Function {
            name: stringify!($f),
            of_f32: over_row!($f),
            of_f64: over_row!($f),
            estimate: |estimate, y, x| {
                for_each_row(
                    [y],
                    #[inline(always)]
                    |_, [y]| {
                        for (y, &x) in y.iter_mut().zip(x) {
                            *y = estimate.$f(f64::from(x));
                        }
                    },
                )
            },
            reference: reference::$f,
            $($rest)*
        }
    };
}

const EIGHTH_LN_2: f64 = std::f64::consts::LN_2 / 8.0;
const EIGHTH_PI: f64 = std::f64::consts::PI / 8.0;
/// Up to here sine and cosine are defined.
const LARGEST_ANGLE: f64 = 1_073_741_824.0;

fn nan_of_nan(x: f64) -> Option<f64> {
    x.is_nan().then_some(x)
}

/// Of an odd function.
fn zero_of_zero(x: f64) -> Option<f64> {
    (x.is_nan() || x == 0.0).then_some(x)
}

fn of_angle(x: f64) -> Option<f64> {
    let defined = x.abs() <= LARGEST_ANGLE;
    (!defined).then_some(f64::NAN)
}

pub const FUNCTIONS: [Function; 6] = [
    function! {
        exp,
        exact: nan_of_nan,
        increasing: true,
        bound: 0.7,
        ranges: &[(-1.0, 1.0), (-699.0, 699.0), (-1e-3, 1e-3)],
        seams: (EIGHTH_LN_2, 690.0),
    },
    function! {
        ln,
        exact: |x| match x {
            0.0 => Some(f64::NEG_INFINITY),
            _ if x.is_nan() || x < 0.0 => Some(f64::NAN),
            f64::INFINITY => Some(x),
            _ => None,
        },
        increasing: true,
        bound: 0.7,
        ranges: &[(0.5, 2.0), (0.99, 1.01), (0.0, 1e300), (0.0, 1e-300), (1.0, 100.0)],
        seams: (std::f64::consts::SQRT_2 / 16.0, 60.0),
    },
    function! {
        sigmoid,
        exact: nan_of_nan,
        increasing: true,
        bound: 1.2,
        ranges: &[(-2.0, 2.0), (-40.0, 40.0), (-699.0, -30.0), (35.0, 39.0), (-1e-3, 1e-3)],
        seams: (EIGHTH_LN_2, 690.0),
    },
    function! {
        tanh,
        exact: zero_of_zero,
        increasing: true,
        bound: 0.95,
        ranges: &[(-1.0, 1.0), (-20.0, 20.0), (0.0, 0.02), (0.0, 2e-8), (17.0, 20.0)],
        seams: (EIGHTH_LN_2, 21.0),
    },
    function! {
        sin,
        exact: |x| of_angle(x).or(zero_of_zero(x)),
        increasing: false,
        bound: 0.81,
        ranges: &[(-4.0, 4.0), (-1e5, 1e5), (-LARGEST_ANGLE, LARGEST_ANGLE)],
        seams: (EIGHTH_PI, 1e3),
    },
    function! {
        cos,
        exact: of_angle,
        increasing: false,
        bound: 0.81,
        ranges: &[(-4.0, 4.0), (-1e5, 1e5), (-LARGEST_ANGLE, LARGEST_ANGLE)],
        seams: (EIGHTH_PI, 1e3),
    },
];
