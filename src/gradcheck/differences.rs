//! Differences of a loss for its derivative, and how certain they are.
//!
//! The five-point formula (Abramowitz and Stegun, *Handbook of Mathematical Functions*, 25.3.6) is
//!
//! ```text
//!   J'(θ) ≈ D(h) = (8·(J(θ+h) − J(θ−h)) − (J(θ+2h) − J(θ−2h))) / 12h,
//!          h = 10⁻³·max(1, |θ|) at first.
//! ```
//!
//! Two things make it wrong, and both are estimated:
//!
//! - Truncation. D(h) has an error of order h⁴, and D(2h) 16 times as much. So twice what halving h changes is a safe bound, and
//!   so is what the halving before changed; near kinks both are needed. Where the loss bends within h they are large, and h is
//!   halved until rounding is the larger part. (C. Ridders, *Accurate computation of F′(x) and F′(x)F″(x)*, Advances in
//!   Engineering Software 4, 1982, goes the same way.)
//! - Rounding. If J is off by at most E, then D(h) is by at most (8 + 8 + 1 + 1)·E/12h. E is measured beforehand, at points so
//!   near to each other that the fourth differences of the loss are nothing but rounding. (R. Hamming, *Numerical Methods for
//!   Scientists and Engineers*.)

use crate::rng::Rng;

/// A derivative, and how far it may be off.
pub(super) struct Estimate {
    pub value: f64,
    pub uncertainty: f64,
    /// How much the slopes on the two sides differ: if not 0, there is no derivative.
    pub jump: f64,
}

impl Estimate {
    /// The more certain of two. If they exclude each other, the wider step did not see how the loss bends, and one narrower
    /// step may not see all of it either.
    fn or(self, narrower: Estimate) -> Estimate {
        let apart = (self.value - narrower.value).abs();
        if !narrower.uncertainty.is_finite() {
            self
        } else if apart > self.uncertainty + narrower.uncertainty {
            let uncertainty = larger(narrower.uncertainty, apart);
            Estimate {
                uncertainty,
                ..narrower
            }
        } else if self.uncertainty <= narrower.uncertainty {
            self
        } else {
            narrower
        }
    }
}

/// The loss a step h to either side.
struct Pair {
    h: f64,
    /// J(θ+h) − J(θ−h)
    difference: f64,
    /// J(θ+h) − 2·J(θ) + J(θ−h)
    bend: f64,
    /// How far either loss may be off.
    noise: f64,
}

/// D(h) from the losses J(θ+h), J(θ−h), J(θ+2h), J(θ−2h), the derivative of J at θ but for an error of order h⁴.
///
/// ```
/// use fromzero::gradcheck::five_points;
/// // J(θ) = θ² at θ = 3
/// assert_eq!(five_points([16.0, 4.0, 25.0, 1.0], 1.0), 6.0);
/// ```
pub fn five_points([above, below, far_above, far_below]: [f64; 4], h: f64) -> f64 {
    slope(above - below, far_above - far_below, h)
}

/// D(h) from J(θ+h) − J(θ−h) and J(θ+2h) − J(θ−2h).
fn slope(narrow: f64, wide: f64, h: f64) -> f64 {
    // D(h)  of the differences over 2h and over 4h
    (8.0 * narrow - wide) / (12.0 * h)
}

/// D(h) from the pairs at h and 2h, and how far rounding may take it, that of the loss and that of θ ± h.
fn slope_and_noise(narrow: &Pair, wide: &Pair, theta: f64) -> (f64, f64) {
    let value = slope(narrow.difference, wide.difference, narrow.h);
    let noise = 1.5 * larger(narrow.noise, wide.noise) + f64::EPSILON * theta * value.abs();
    (value, noise / narrow.h)
}

/// By how much the slope changes at θ itself. `bend` is h times that, and h²·J'' if the loss is smooth, which cancels.
fn jump(narrow: &Pair, wide: &Pair) -> f64 {
    (2.0 * narrow.bend - 0.5 * wide.bend) / narrow.h
}

/// So often is h halved at most; then it is less than the last place of θ.
const HALVINGS: usize = 44;

/// The derivative of f at 0 by differences of at most ±4h, for f(s) = J(θ + s) and a J that is off by `noise` at most; NaN if
/// there are no numbers around 0.
///
/// It is as certain as can be if it agrees with what is expected. If not, smaller steps are tried, for as long as they might.
pub(super) fn derivative(
    expected: f64,
    theta: f64,
    h: f64,
    noise: f64,
    f: &mut dyn FnMut(f64) -> f64,
) -> Estimate {
    let centre = f(0.0);
    let mut pair = |h: f64| {
        let (above, below) = (f(h), f(-h));
        Pair {
            h,
            difference: above - below,
            bend: (above - centre) - (centre - below),
            noise: larger(noise, rounding(larger(above.abs(), below.abs()))),
        }
    };
    let (mut wide, mut narrow) = (pair(4.0 * h), pair(2.0 * h));
    let (mut value_before, _) = slope_and_noise(&narrow, &wide, theta);
    let mut change_before = 0.0;
    let mut jump_before = jump(&narrow, &wide);
    let mut best = Estimate {
        value: f64::NAN,
        uncertainty: f64::NAN,
        jump: 0.0,
    };
    for _ in 0..HALVINGS {
        let h = 0.5 * narrow.h;
        (wide, narrow) = (narrow, pair(h));
        let (value, rounding) = slope_and_noise(&narrow, &wide, theta);
        let change = (value - value_before).abs();
        let truncation = larger(2.0 * change, change_before);
        let slopes = jump(&narrow, &wide);
        // At a kink it stays as it is; that of a smooth loss falls with h³.
        let stays = (slopes - jump_before).abs() < 0.25 * slopes.abs();
        let jump = if stays && slopes.abs() > 2.0 * rounding {
            slopes.abs()
        } else {
            0.0
        };
        (value_before, change_before, jump_before) = (value, change, slopes);
        best = best.or(Estimate {
            value,
            uncertainty: truncation + rounding,
            jump,
        });
        let apart = (best.value - expected).abs();
        let agrees = apart <= best.uncertainty;
        let done = truncation <= rounding || rounding >= best.uncertainty;
        if (agrees && done) || (!agrees && rounding >= apart) {
            break;
        }
    }
    best
}

/// By how much rounding moves the loss: fourth differences of its values at points that are 10⁻⁷ apart, relatively, in a random
/// direction. They lie around `aside`, a step away from θ, since at a minimum itself a loss may be smoother than beside it.
pub(super) fn noise(theta: &[f64], aside: &[f64], loss: &mut dyn FnMut(&[f64]) -> f64) -> f64 {
    const POINTS: u8 = 12;
    const APART: f64 = 1.0 / (1 << 23) as f64;
    let rng = &mut Rng::new(0);
    let path = theta.iter().map(|&x| {
        let size = if x == 0.0 { 1.0 } else { x };
        let sign = if rng.below(2) == 0 { 1.0 } else { -1.0 };
        APART * size * sign * rng.range(0.5, 1.0)
    });
    let path: Vec<f64> = path.collect();
    let mut around = |start: &[f64]| {
        let mut point = start.to_vec();
        let mut values = Vec::new();
        for k in 0..POINTS {
            for (i, x) in point.iter_mut().enumerate() {
                *x = start[i] + f64::from(k) * path[i];
            }
            values.push(loss(&point));
        }
        noise_of(&values)
    };
    let noise = around(aside);
    if noise.is_finite() {
        noise
    } else {
        around(theta)
    }
}

/// The noise in values of a smooth function at equal distances.
fn noise_of(values: &[f64]) -> f64 {
    let differences = |x: &[f64]| x.windows(2).map(|x| x[1] - x[0]).collect::<Vec<_>>();
    let first = differences(values);
    let fourth = (1..4).fold(first.clone(), |x, _| differences(&x));
    let [first, fourth] = [first, fourth].map(median_size);
    // The fourth differences of numbers with standard deviation σ have √(1 + 16 + 36 + 16 + 1)·σ, and half of those, if they
    // are normally distributed, are below 0.67 times that. Five σ are hardly ever exceeded.
    let measured = 5.0 / (0.6745 * 70_f64.sqrt()) * fourth;
    let largest = values.iter().fold(0.0, |max, x| larger(max, x.abs()));
    let noise = larger(measured, rounding(largest));
    // A loss that hardly moves may have been absorbed on its way, as e⁻⁴⁰ is in ln(1 + e⁻⁴⁰).
    let absorbed = 2.0 * f64::EPSILON;
    if first > 16.0 * noise {
        noise
    } else {
        larger(noise, absorbed)
    }
}

/// By how much a loss of this size is off if only its last few operations round.
fn rounding(size: f64) -> f64 {
    4.0 * f64::EPSILON * (size + f64::MIN_POSITIVE)
}

fn median_size(mut x: Vec<f64>) -> f64 {
    x.iter_mut().for_each(|x| *x = x.abs());
    x.sort_by(f64::total_cmp);
    x[x.len() / 2]
}

/// The larger of two numbers; NaN if one is.
pub(super) fn larger(a: f64, b: f64) -> f64 {
    if a >= b || a.is_nan() { a } else { b }
}
