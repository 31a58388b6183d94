//! The gradient check: is the derivative that a backward pass computes the derivative of the loss?
//!
//! The numeric derivative is the five-point formula
//!
//! ```text
//!   J'(θ) ≈ (J(θ−2h) − 8·J(θ−h) + 8·J(θ+h) − J(θ+2h)) / 12h,     h = 10⁻³·max(1, |θ|),
//! ```
//!
//! whose error is of order h⁴; in f64 it agrees with a right gradient to 9 digits or so. (Abramowitz and Stegun,
//! *Handbook of Mathematical Functions*, 25.3.6.) The difference of the two is measured against the larger of them, and
//! for entries that are nearly zero against a 10⁻⁴th of the gradient's largest entry:
//!
//! ```text
//!   error = |a − n| / max(|a|, |n|, 10⁻⁴·max|g|)
//! ```
//!
//! Below 10⁻⁷ a gradient is right, above 10⁻² it is wrong, and in between there is a kink or a mistake.

use std::fmt;

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
    /// Relative error; NaN if one of the two is.
    pub error: f64,
}

/// The result of a gradient check.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Number of entries that were compared.
    pub checked: usize,
    /// The entry with the largest relative error.
    pub worst: Entry,
}

impl Report {
    /// Whether every entry is within `tolerance`; never when one is NaN.
    pub fn passes(&self, tolerance: f64) -> bool {
        self.worst.error <= tolerance
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry {
            name,
            index,
            analytic,
            numeric,
            error,
        } = &self.worst;
        write!(
            f,
            "{} entries compared; the worst is {name}[{index}]: analytic {analytic:e}, numeric {numeric:e}, relative \
             error {error:.1e}",
            self.checked
        )
    }
}

/// Compares every entry of a gradient with differences of the loss.
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
    mut loss: impl FnMut(&[f64]) -> f64,
) -> Report {
    let count: usize = parameters.iter().map(|(_, len)| len).sum();
    assert!(
        count > 0 && count == theta.len() && count == analytic.len(),
        "gradient check: {count} entries are named, {} given, {} in the gradient",
        theta.len(),
        analytic.len()
    );
    let floor = 1e-4
        * analytic
            .iter()
            .fold(0.0, |max: f64, g| if g.abs() > max { g.abs() } else { max });
    let mut moved = theta.to_vec();
    let mut worst: Option<Entry> = None;
    let names = parameters
        .iter()
        .flat_map(|&(name, len)| (0..len).map(move |index| (name, index)));
    for (i, (name, index)) in names.enumerate() {
        let numeric = derivative(theta[i].abs(), |step| {
            moved[i] = theta[i] + step;
            loss(&moved)
        });
        moved[i] = theta[i];
        let error = relative_error(analytic[i], numeric, floor);
        // The comparison is turned round so that NaN counts as the worst, and stays it.
        if worst
            .as_ref()
            .is_none_or(|w| !w.error.is_nan() && !(error <= w.error))
        {
            worst = Some(Entry {
                name: name.into(),
                index,
                analytic: analytic[i],
                numeric,
                error,
            });
        }
    }
    Report {
        checked: count,
        worst: worst.expect("at least one entry"),
    }
}

/// Compares the derivative along a direction, g·v, with differences of the loss along it: one number for all entries,
/// for networks that are too large to try them one by one.
///
/// # Panics
/// If the three slices differ in length.
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
    let along = analytic.iter().zip(direction).map(|(g, v)| g * v).sum();
    let mut moved = theta.to_vec();
    let numeric = derivative(1.0, |step| {
        for ((moved, theta), v) in moved.iter_mut().zip(theta).zip(direction) {
            *moved = theta + step * v;
        }
        loss(&moved)
    });
    let error = relative_error(along, numeric, 0.0);
    let worst = Entry {
        name: "direction".into(),
        index: 0,
        analytic: along,
        numeric,
        error,
    };
    Report {
        checked: count,
        worst,
    }
}

/// The five-point formula at 0, for a variable of this magnitude.
fn derivative(magnitude: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let h = 1e-3 * if magnitude > 1.0 { magnitude } else { 1.0 };
    (f(-2.0 * h) - 8.0 * f(-h) + 8.0 * f(h) - f(2.0 * h)) / (12.0 * h)
}

/// |a − n| / max(|a|, |n|, floor); 0 if both are zero.
fn relative_error(a: f64, n: f64, floor: f64) -> f64 {
    if a == 0.0 && n == 0.0 {
        return 0.0;
    }
    let larger = if a.abs() > n.abs() { a.abs() } else { n.abs() };
    (a - n).abs() / if larger > floor { larger } else { floor }
}
