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

mod comparison;
mod differences;
mod every;
pub mod find_the_mistake;
mod tally;

pub use comparison::Comparison;
pub use every::each_derivative;
pub use tally::{Place, RIGHT, Tally};

use std::cmp::Ordering;
use std::fmt;

use differences::{Estimate, derivative, larger, noise};

/// One entry of a gradient, computed both ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Name of the parameter.
    pub name: String,
    /// Index into the parameter's entries, row by row.
    pub index: usize,
    /// What the backward pass says.
    pub analytic: f64,
    /// What differences of the loss say.
    pub numeric: f64,
    /// How far `numeric` may be from the derivative.
    pub uncertainty: f64,
    /// Relative error beyond the uncertainty; NaN if one of the numbers is.
    pub error: f64,
    /// Whether the two could be compared.
    pub sight: Sight,
}

/// What differences can say of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Sight {
    /// Nothing, since the loss has a kink there: the slopes on its two sides differ, so that there is no derivative. `numeric`
    /// is their mean.
    Kink,
    /// Too little, since the entry is too small: it agrees, but the uncertainty is more than a hundredth of it.
    Below,
    /// Whether it is right.
    Clear,
}

/// The result of a gradient check.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Number of entries that were compared.
    pub checked: usize,
    /// How many of them are below what differences can show. They may be right or wrong.
    pub below: usize,
    /// The largest uncertainty of those: so large a mistake may hide in one of them.
    pub bound: f64,
    /// How many are at a kink of the loss. They may be right or wrong: move the point.
    pub kinks: usize,
    /// The entry with the largest relative error. If none has any, the one in clear sight for which the largest cannot be
    /// excluded.
    pub worst: Entry,
}

impl Report {
    /// Whether every entry is within `tolerance`, as far as differences can show; never when one is NaN.
    pub fn passes(&self, tolerance: f64) -> bool {
        self.worst.error <= tolerance
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Report {
            checked,
            below,
            bound,
            kinks,
            ref worst,
        } = self;
        let entries = if checked == 1 { "entry" } else { "entries" };
        write!(f, "{checked} {entries} compared")?;
        if worst.sight == Sight::Clear {
            let (name, index) = (&worst.name, worst.index);
            let (analytic, numeric) = (worst.analytic, worst.numeric);
            write!(
                f,
                "; the worst is {name}[{index}]: analytic {analytic:e}, numeric {numeric:e}, relative error "
            )?;
            if worst.error == 0.0 {
                write!(f, "at most {:.1e}", worst.possible_error())?;
            } else {
                write!(f, "{:.1e}", worst.error)?;
            }
        }
        if below > 0 {
            write!(f, "; {below} below what differences can show, {bound:.1e}")?;
        }
        if kinks > 0 {
            write!(f, "; {kinks} at a kink, where there is no derivative")?;
        }
        Ok(())
    }
}

impl Entry {
    fn new(name: &str, index: usize, analytic: f64, numeric: &Estimate) -> Entry {
        let mut entry = Entry {
            name: name.into(),
            index,
            analytic,
            numeric: numeric.value,
            uncertainty: numeric.uncertainty,
            error: 0.0,
            sight: Sight::Clear,
        };
        let (difference, size) = (entry.difference(), entry.size());
        // What is not a number agrees with nothing.
        if difference <= entry.uncertainty {
            if !(entry.uncertainty <= 0.01 * size) {
                entry.sight = Sight::Below;
            }
        } else if difference <= 8.0 * numeric.jump {
            // The mean of the slopes is half a jump from either, and further if there are several kinks that partly cancel.
            entry.sight = Sight::Kink;
        } else {
            entry.error = (difference - entry.uncertainty) / size;
        }
        entry
    }

    fn difference(&self) -> f64 {
        (self.analytic - self.numeric).abs()
    }

    fn size(&self) -> f64 {
        larger(self.analytic.abs(), self.numeric.abs())
    }

    /// The largest relative error that the differences do not exclude.
    fn possible_error(&self) -> f64 {
        (self.difference() + self.uncertainty) / self.size()
    }

    /// Which of two entries is to be reported: by its error, NaN being worse than any number, and else by what cannot be
    /// excluded.
    fn severity(&self, other: &Entry) -> Ordering {
        let error = self.error.abs().total_cmp(&other.error.abs());
        let sight = self.sight.cmp(&other.sight);
        let possible = self.possible_error().total_cmp(&other.possible_error());
        error.then(sight).then(possible)
    }
}

/// Compares every entry of a gradient with differences of the loss, which must be computed in `f64` throughout.
///
/// `parameters` gives the names and lengths of the parameters that stand one after another in `theta` and `analytic`;
/// `loss` is the loss as a function of all of them.
///
/// ```
/// use fromzero::gradcheck::check;
/// // J(a, b) = a²·b, so ∂J/∂a = 2ab and ∂J/∂b = a²
/// let report = check(&[("a", 1), ("b", 1)], &[3.0, 5.0], &[30.0, 9.0], |t| t[0] * t[0] * t[1]);
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
    loss: impl FnMut(&[f64]) -> f64,
) -> Report {
    let vectors = parameters.iter().map(|&(name, len)| (name, (1, len)));
    let vectors: Vec<_> = vectors.collect();
    compare(&vectors, theta, analytic, loss).report()
}

/// [`check`] for a look at every entry: `parameters` have names and shapes.
///
/// ```
/// use fromzero::gradcheck::{Tally, compare};
/// // J(w) = w₀·w₁ + w₁·w₂, and somebody forgot the second term.
/// let comparison = compare(&[("w", (1, 3))], &[1.0, 2.0, 4.0], &[2.0, 1.0, 0.0], |w| w[0] * w[1] + w[1] * w[2]);
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
    let noise = noise(theta, &aside, &mut loss);
    let mut moved = theta.to_vec();
    let names = parameters
        .iter()
        .flat_map(|parameter| (0..len(parameter)).map(move |index| (parameter.0, index)));
    let entries = names.enumerate().map(|(i, (name, index))| {
        let numeric = derivative(analytic[i], theta[i].abs(), step(theta[i]), noise, |step| {
            moved[i] = theta[i] + step;
            loss(&moved)
        });
        moved[i] = theta[i];
        Entry::new(name, index, analytic[i], &numeric)
    });
    let entries = entries.collect();
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
    let noise = noise(theta, &move_by(STEP), &mut loss);
    let mut numeric = derivative(along, norm(theta), STEP, noise, |step| loss(&move_by(step)));
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

fn report(entries: impl Iterator<Item = Entry>) -> Report {
    let (mut checked, mut below, mut bound, mut kinks) = (0, 0, 0.0, 0);
    let counted = entries.inspect(|entry| {
        checked += 1;
        match entry.sight {
            Sight::Clear => {}
            Sight::Kink => kinks += 1,
            Sight::Below => {
                below += 1;
                bound = larger(bound, entry.uncertainty);
            }
        }
    });
    let worst = counted.reduce(|worst, entry| match entry.severity(&worst) {
        Ordering::Greater => entry,
        _ => worst,
    });
    Report {
        worst: worst.expect("at least one entry"),
        checked,
        below,
        bound,
        kinks,
    }
}

/// h for a parameter of magnitude 1 or less.
const STEP: f64 = 1e-3;
