//! The gradient check: is the derivative that a backward pass computes the derivative of the loss?
//!
//! The analytic derivative a is held against the numeric n, differences of the loss, which come with an uncertainty u (see
//! `differences.rs`). What the two differ beyond that is an error, measured against the larger of them:
//!
//! ```text
//!   error = (|a − n| − u) / max(|a|, |n|),     0 if |a − n| ≤ u
//! ```
//!
//! A right gradient thus has none, however small it is, and a wrong one has, down to the smallest that can be told from
//! rounding. Of entries that are smaller still, and of those where the loss has a kink, differences cannot tell whether they
//! are right or wrong: the report counts them.
//!
//! A right gradient of a wrong forward pass passes every such check; only known values find that.
//!
//! [`check`] says whether all is right, [`compare`] and [`Tally`] what is wrong and in what pattern, which [`find_the_mistake`]
//! teaches to read. [`nn::check`](crate::nn::check()) does a whole layer or network. For section 3.7 at full size there are
//! [`check_direction`], one number for all entries, and [`each_derivative`], all 1,863,690 of them, each by itself.
//!
//! Guarded by `tests/suite/gradcheck.rs`: `small_entries_are_not_hidden_by_large_ones`, `what_is_not_a_number_never_passes`; by
//! `tests/suite/proof/each_derivative.rs`: `an_error_of_a_millionth_is_found_in_every_single_entry`; and by
//! `tests/gradients.rs`, where wrong gradients must be caught.

mod comparison;
mod differences;
mod every;
pub mod find_the_mistake;
mod report;
mod tally;

pub use comparison::Comparison;
pub use differences::five_points;
pub use every::each_derivative;
pub use report::{Entry, Report, Sight};
pub use tally::{Place, RIGHT, Tally};

use differences::{derivative, larger, noise};
use report::report;

/// Compares every entry of a gradient with differences of the loss, which must be computed in `f64` throughout.
///
/// `parameters` gives the names and lengths of the parameters that stand one after another in `theta` and `analytic`;
/// `loss` is the loss as a function of all of them.
///
/// ```
/// use fromzero::gradcheck::check;
/// // J(a, b) = a²·b, so ∂J/∂a = 2ab and ∂J/∂b = a²
/// let loss = |t: &[f64]| t[0] * t[0] * t[1];
/// let report = check(&[("a", 1), ("b", 1)], &[3.0, 5.0], &[30.0, 9.0], loss);
/// assert!(report.passes(1e-9), "{report}");
/// ```
///
/// # Panics
/// If the lengths do not add up, or there is nothing to compare.
#[track_caller]
pub fn check(
    parameters: &[(&str, usize)],
    theta: &[f64],
    analytic: &[f64],
    mut loss: impl FnMut(&[f64]) -> f64,
) -> Report {
    compare_all(&rows(parameters), theta, analytic, &mut loss).report()
}

/// Names and shapes of vectors with these lengths.
fn rows<'n>(parameters: &[(&'n str, usize)]) -> Vec<(&'n str, (usize, usize))> {
    let row = |&(name, len)| (name, (1, len));
    parameters.iter().map(row).collect()
}

/// [`check`] for a look at every entry: `parameters` have names and shapes.
///
/// ```
/// use fromzero::gradcheck::{Tally, compare};
/// // J(w) = w₀·w₁ + w₁·w₂, and somebody forgot the second term.
/// let loss = |w: &[f64]| w[0] * w[1] + w[1] * w[2];
/// let comparison = compare(&[("w", (1, 3))], &[1.0, 2.0, 4.0], &[2.0, 1.0, 0.0], loss);
/// let tally = &Tally::of(&comparison, 1e-8)[0];
/// assert_eq!((tally.right, tally.wrong), (1, 2));
/// assert_eq!(comparison.ratios("w", 1e-8), ["        ·    0.200    0.000"]);
/// ```
///
/// # Panics
/// As [`check`].
#[track_caller]
pub fn compare(
    parameters: &[(&str, (usize, usize))],
    theta: &[f64],
    analytic: &[f64],
    mut loss: impl FnMut(&[f64]) -> f64,
) -> Comparison {
    compare_all(parameters, theta, analytic, &mut loss)
}

/// [`compare`], compiled once for all losses.
#[track_caller]
fn compare_all(
    parameters: &[(&str, (usize, usize))],
    theta: &[f64],
    analytic: &[f64],
    loss: &mut dyn FnMut(&[f64]) -> f64,
) -> Comparison {
    let len = |&(_, (rows, cols)): &(_, (usize, usize))| rows * cols;
    let count: usize = parameters.iter().map(len).sum();
    assert!(
        count == theta.len() && count == analytic.len(),
        "gradient check: {count} entries are named, {} given, {} in the gradient",
        theta.len(),
        analytic.len()
    );
    assert_some(count);
    let step = |x: f64| STEP * larger(x.abs(), 1.0);
    let root = (count as f64).sqrt();
    let aside: Vec<f64> = theta.iter().map(|&x| x + step(x) / root).collect();
    let noise = noise(theta, &aside, loss);
    let mut moved = theta.to_vec();
    let mut entries = Vec::with_capacity(count);
    for parameter in parameters {
        for index in 0..len(parameter) {
            let i = entries.len();
            let mut at = |step| {
                moved[i] = theta[i] + step;
                loss(&moved)
            };
            let size = theta[i].abs();
            let numeric = derivative(analytic[i], size, step(theta[i]), noise, &mut at);
            moved[i] = theta[i];
            entries.push(Entry::new(parameter.0, index, analytic[i], &numeric));
        }
    }
    Comparison::new(parameters, entries)
}

/// Compares the derivative along a direction, g·v, with differences of the loss along it: one number for all entries,
/// for networks that are too large to try them one by one.
///
/// # Panics
/// If the three slices differ in length, or there is nothing to compare: no entries, or a direction of zeros.
#[track_caller]
pub fn check_direction(
    theta: &[f64],
    direction: &[f64],
    analytic: &[f64],
    mut loss: impl FnMut(&[f64]) -> f64,
) -> Report {
    check_along(theta, direction, analytic, &mut loss)
}

/// [`check_direction`], compiled once for all losses.
#[track_caller]
fn check_along(
    theta: &[f64],
    direction: &[f64],
    analytic: &[f64],
    loss: &mut dyn FnMut(&[f64]) -> f64,
) -> Report {
    let count = theta.len();
    assert!(
        direction.len() == count && analytic.len() == count,
        "gradient check: {count} entries, a direction of {} and a gradient of {}",
        direction.len(),
        analytic.len()
    );
    assert_some(count);
    let length = norm(direction);
    assert!(
        length != 0.0,
        "gradient check: the direction is 0 in all {count} entries, so the loss would not move"
    );
    // Of length 1, whatever the direction's own length: so h is as long as for a single entry.
    let unit: Vec<f64> = direction.iter().map(|v| v / length).collect();
    let along = analytic.iter().zip(&unit).map(|(g, v)| g * v).sum();
    let mut moved = theta.to_vec();
    let mut move_by = |step: f64| {
        for ((moved, theta), v) in moved.iter_mut().zip(theta).zip(&unit) {
            *moved = theta + step * v;
        }
        moved.clone()
    };
    let noise = noise(theta, &move_by(STEP), loss);
    let mut at = |step| loss(&move_by(step));
    let mut numeric = derivative(along, norm(theta), STEP, noise, &mut at);
    numeric.value *= length;
    numeric.uncertainty *= length;
    let entry = Entry::new("direction", 0, along * length, &numeric);
    Report {
        checked: count,
        ..report([entry].into_iter())
    }
}

#[track_caller]
fn assert_some(count: usize) {
    assert!(count > 0, "gradient check: there are no entries to compare");
}

/// The length of a vector, √Σx², scaled so that no square is out of range.
fn norm(x: &[f64]) -> f64 {
    let largest = x.iter().fold(0.0, |max, x| larger(max, x.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let squares: f64 = x.iter().map(|x| (x / largest) * (x / largest)).sum();
    largest * squares.sqrt()
}

/// h for a parameter of magnitude 1 or less.
const STEP: f64 = 1e-3;
