//! How the entries of one parameter fared: how many are right, the worst, the median, and how errors are distributed.

use std::fmt;

use super::comparison::{Comparison, is_seen};
use super::differences::larger;
use crate::matrix::{Matrix, check_same};
use crate::section37::Gradients;

/// A relative error from here on is a mistake, where both numbers are as good as `f64` allows.
pub const RIGHT: f64 = 1e-7;

/// The powers of ten below which errors are counted, the first apart from those that are 0.
const DECADES: [f64; 18] = [
    1e-17, 1e-16, 1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4,
    1e-3, 1e-2, 1e-1, 1.0,
];

/// An entry of a gradient, by its place in the parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Index into the parameter's entries, row by row.
    pub index: usize,
    /// What the backward pass says.
    pub analytic: f64,
    /// What differences of the loss say.
    pub numeric: f64,
    /// |analytic − numeric| / max(|analytic|, |numeric|); 0 where both are equal, and NaN where one of them is.
    pub error: f64,
}

/// What was found of one parameter.
///
/// Its text is a line and, in the alternate form `{:#}`, a histogram: how many errors are below each power of ten.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Name of the parameter.
    pub name: String,
    /// Rows and columns. A vector is one row.
    pub shape: (usize, usize),
    /// Entries that are right.
    pub right: usize,
    /// Entries that are wrong.
    pub wrong: usize,
    /// Entries of which differences cannot tell: those below rounding, unless both numbers are the same, and those at a kink of
    /// the loss.
    pub unseen: usize,
    /// The median of the relative errors of those that are right or wrong; NaN if there are none.
    pub median: f64,
    /// The one with the largest relative error, NaN being larger than any number.
    pub worst: Option<Place>,
    /// How many relative errors are 0, below 10⁻¹⁷, from there below 10⁻¹⁶, …, and at last from 1.
    histogram: [usize; DECADES.len() + 2],
}

impl Tally {
    /// The tallies of all six parameters of section 3.7, whose gradient was computed in two ways: an entry is right if its
    /// relative error is at most [`RIGHT`].
    ///
    /// # Panics
    /// If the gradients are not of one network.
    #[track_caller]
    pub fn of_gradients(analytic: &Gradients<f64>, numeric: &Gradients<f64>) -> Vec<Tally> {
        let (a, n) = (analytic, numeric);
        let weights = |name: &str, a: &Matrix<f64>, n: &Matrix<f64>| {
            check_same("Tally", a.shape(), n.shape());
            of_pairs(name, a.shape(), a.iter().zip(n.iter()))
        };
        let biases = |name: &str, a: &[f64], n: &[f64]| {
            check_same("Tally", (1, a.len()), (1, n.len()));
            of_pairs(name, (1, a.len()), a.iter().copied().zip(n.iter().copied()))
        };
        vec![
            weights("w1", &a.w1, &n.w1),
            biases("b1", &a.b1, &n.b1),
            weights("w2", &a.w2, &n.w2),
            biases("b2", &a.b2, &n.b2),
            weights("w3", &a.w3, &n.w3),
            biases("b3", &a.b3, &n.b3),
        ]
    }

    /// The tallies of a comparison's parameters: an entry is wrong if its error beyond what differences leave uncertain is more
    /// than `tolerance`.
    pub fn of(comparison: &Comparison, tolerance: f64) -> Vec<Tally> {
        let parameters = comparison.parameters();
        let tallies = parameters.map(|(name, shape, entries)| {
            let mut tally = Tally::empty(name, shape);
            let mut errors = Vec::new();
            for entry in entries {
                if is_seen(entry) {
                    let is_right = entry.error <= tolerance;
                    let pair = (entry.analytic, entry.numeric);
                    errors.push(tally.count_in(entry.index, pair, is_right));
                } else {
                    tally.unseen += 1;
                }
            }
            tally.with_median(errors)
        });
        tallies.collect()
    }

    fn empty(name: &str, shape: (usize, usize)) -> Tally {
        Tally {
            name: name.into(),
            shape,
            right: 0,
            wrong: 0,
            unseen: 0,
            median: f64::NAN,
            worst: None,
            histogram: [0; DECADES.len() + 2],
        }
    }

    /// Counts an entry in and returns its relative error.
    fn count_in(&mut self, index: usize, (analytic, numeric): (f64, f64), right: bool) -> f64 {
        let error = relative_error(analytic, numeric);
        if right {
            self.right += 1;
        } else {
            self.wrong += 1;
        }
        // NaN is below no power of ten.
        let above = DECADES.iter().filter(|&&decade| !(error < decade)).count();
        self.histogram[if error == 0.0 { 0 } else { above + 1 }] += 1;
        let is_worse = |worst: Place| error.total_cmp(&worst.error).is_gt();
        if self.worst.is_none_or(is_worse) {
            self.worst = Some(Place {
                index,
                analytic,
                numeric,
                error,
            });
        }
        error
    }

    fn with_median(mut self, mut errors: Vec<f64>) -> Tally {
        if !errors.is_empty() {
            let middle = errors.len() / 2;
            errors.sort_by(f64::total_cmp);
            self.median = errors[middle];
        }
        self
    }

    /// All entries.
    pub fn count(&self) -> usize {
        self.right + self.wrong + self.unseen
    }

    /// How an entry is called: `w2[3, 7]`, or `b2[3]` in a vector.
    pub fn name_of(&self, index: usize) -> String {
        let (rows, cols) = self.shape;
        match rows {
            1 => format!("{}[{index}]", self.name),
            _ => format!("{}[{}, {}]", self.name, index / cols, index % cols),
        }
    }

    /// A line for each power of ten, from the smallest error to the largest, with a bar and a number.
    fn draw_histogram(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CELLS: usize = 40;
        let counts = &self.histogram;
        let seen = |&i: &usize| counts[i] > 0;
        let (Some(first), Some(last)) =
            ((0..counts.len()).find(seen), (0..counts.len()).rfind(seen))
        else {
            return Ok(());
        };
        let most = counts.iter().max().copied().unwrap_or(1);
        for (i, &count) in counts.iter().enumerate().take(last + 1).skip(first) {
            let label = match i {
                0 => "exactly 0".to_string(),
                i if i <= DECADES.len() => format!("below {:e}", DECADES[i - 1]),
                _ => "1 or more".to_string(),
            };
            let bar = bar(count, most, CELLS);
            write!(f, "\n    {label:>11} {bar} {count}")?;
        }
        Ok(())
    }
}

/// A bar of at most so many cells, to the nearest eighth of one, but not without any if something is there.
fn bar(count: usize, most: usize, cells: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let exact = count as f64 / most as f64 * (8 * cells) as f64;
    let eighths = (exact.round() as usize).max(usize::from(count > 0));
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

fn of_pairs(name: &str, shape: (usize, usize), pairs: impl Iterator<Item = (f64, f64)>) -> Tally {
    let mut tally = Tally::empty(name, shape);
    let errors = pairs.enumerate().map(|(index, (analytic, numeric))| {
        let right = relative_error(analytic, numeric) <= RIGHT;
        tally.count_in(index, (analytic, numeric), right)
    });
    let errors = errors.collect();
    tally.with_median(errors)
}

/// |a − n| / max(|a|, |n|).
fn relative_error(analytic: f64, numeric: f64) -> f64 {
    if analytic == numeric && analytic.is_finite() {
        return 0.0;
    }
    let error = (analytic - numeric).abs() / larger(analytic.abs(), numeric.abs());
    // ∞/∞ is a NaN whose sign processors choose; without one it is ordered above all numbers.
    error.abs()
}

/// The shape as `[784, 1024]`, or `[1024]` of a vector.
fn shape_text(&(rows, cols): &(usize, usize)) -> String {
    match rows {
        1 => format!("[{cols}]"),
        _ => format!("[{rows}, {cols}]"),
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{} {}", self.name, shape_text(&self.shape));
        write!(f, "{name:<16}{} of {} right", self.right, self.count())?;
        if self.unseen > 0 {
            write!(f, ", {} beyond what differences can tell", self.unseen)?;
        }
        if let Some(worst) = &self.worst {
            let (at, error) = (self.name_of(worst.index), worst.error);
            write!(f, ", median {:.1e}, worst {error:.1e} at {at}", self.median)?;
            if self.wrong > 0 {
                let (analytic, numeric) = (worst.analytic, worst.numeric);
                write!(f, ": analytic {analytic:.6e}, numeric {numeric:.6e}")?;
            }
        }
        if f.alternate() {
            self.draw_histogram(f)?;
        }
        Ok(())
    }
}
