//! How good a network's answers are, on both floors: the most probable class of each sample, the share of them that is right,
//! which classes are taken for which, and how far numbers are from what they should be.
//!
//! Answers are matrices \[m, classes\], one sample a row: probabilities, or anything that grows with them, such as logits
//! and logarithms of probabilities. A row that holds NaN has no most probable class, and says so: a network that has
//! diverged must not pass for one that has learnt to answer 0.
//!
//! ```
//! use fromzero::{Matrix, metrics};
//! let a = Matrix::from_rows(&[[0.2, 0.8], [0.9, 0.1], [0.4, 0.6]]);
//! assert_eq!(metrics::predictions(&a)?, [1, 0, 1]);
//! assert_eq!(metrics::accuracy(&a, &[1, 0, 0])?, 2.0 / 3.0);
//! assert_eq!(metrics::top_k(&a, &[1, 0, 0], 2)?, 1.0);
//! assert!(metrics::accuracy(&Matrix::from_rows(&[[f32::NAN, 1.0]]), &[0]).is_err());
//! # Ok::<(), fromzero::io::Error>(())
//! ```
//!
//! Guarded by `tests/suite/metrics.rs`: `the_confusion_matrix_counts_every_sample_once`, `top_k_grows_from_the_accuracy_to_one`,
//! `log_loss_of_probabilities_is_the_cross_entropy_of_their_logits`; and by `tests/suite/section37/limits.rs`:
//! `a_row_that_holds_nan_has_no_most_probable_class`.

mod confusion;
mod labels;

pub use confusion::Confusion;
pub use labels::Labels;

use crate::elementary::ln;
use crate::io::Error;
use crate::matrix::{Matrix, check_same, check_some};
use crate::ops::{argmax, squared_error};
use crate::real::Real;
use crate::setting::{at_least_one, require};

/// The most probable class of each row.
///
/// # Errors
/// If a row has none, because it holds NaN or nothing.
pub fn predictions<T: Real>(answers: &Matrix<T>) -> Result<Vec<usize>, Error> {
    let mut predictions = Vec::with_capacity(answers.rows());
    for i in 0..answers.rows() {
        predictions.push(most_probable(answers, i)?);
    }
    Ok(predictions)
}

/// The number of rows whose most probable class is their label.
///
/// # Errors
/// If a row has none, because it holds NaN or nothing.
///
/// # Panics
/// If there are not as many labels as rows.
#[track_caller]
pub fn correct<'l, T: Real>(
    answers: &Matrix<T>,
    labels: impl Into<Labels<'l>>,
) -> Result<usize, Error> {
    let labels = labels.into();
    check_same("accuracy", (answers.rows(), 1), (labels.len(), 1));
    let mut correct = 0;
    for i in 0..answers.rows() {
        correct += usize::from(Some(most_probable(answers, i)?) == labels.get(i));
    }
    Ok(correct)
}

/// The share of rows whose most probable class is their label, from 0 to 1.
///
/// # Errors
/// If a row has none, because it holds NaN or nothing, or if there is no row.
///
/// # Panics
/// If there are not as many labels as rows.
#[track_caller]
pub fn accuracy<'l, T: Real>(
    answers: &Matrix<T>,
    labels: impl Into<Labels<'l>>,
) -> Result<f64, Error> {
    share(correct(answers, labels)?, answers.rows())
}

/// The share of rows whose label is among their `k` most probable classes, from 0 to 1. Of equal entries the first counts as the
/// more probable, so that for k = 1 it is the [`accuracy`].
///
/// # Errors
/// If a row has no most probable class, because it holds NaN or nothing, if there is no row, or if a label is not a class.
///
/// # Panics
/// If there are not as many labels as rows.
#[track_caller]
pub fn top_k<'l, T: Real>(
    answers: &Matrix<T>,
    labels: impl Into<Labels<'l>>,
    k: usize,
) -> Result<f64, Error> {
    let labels = labels.into();
    check_labels("top_k", answers.shape(), labels)?;
    let mut among = 0;
    for (i, label) in labels.iter().flatten().enumerate() {
        most_probable(answers, i)?;
        let row = answers.row(i);
        let before = |&(j, &x): &(usize, &T)| x > row[label] || x == row[label] && j < label;
        among += usize::from(row.iter().enumerate().filter(before).count() < k);
    }
    share(among, answers.rows())
}

/// The mean of −ln p over all rows of `probabilities`, where p is the probability of the row's label: (3-58) for answers that are
/// probabilities. It is infinite if a label has probability 0.
///
/// # Errors
/// If there is no row, or a label is not a class.
///
/// # Panics
/// If there are not as many labels as rows.
#[track_caller]
pub fn log_loss<'l, T: Real>(
    probabilities: &Matrix<T>,
    labels: impl Into<Labels<'l>>,
) -> Result<f64, Error> {
    let labels = labels.into();
    check_labels("log_loss", probabilities.shape(), labels)?;
    let classes = labels.iter().flatten().enumerate();
    let total = classes.fold(0.0, |total, at| total - ln(probabilities[at].to_f64()));
    match probabilities.rows() {
        0 => Err(no_samples("log loss")),
        samples => Ok(total / samples as f64),
    }
}

/// The mean of (o − y)² over all entries.
///
/// # Panics
/// If the shapes differ, or there is no entry.
#[track_caller]
pub fn mean_squared_error<T: Real>(o: &Matrix<T>, y: &Matrix<T>) -> f64 {
    check_some("mean_squared_error", o.rows());
    require(at_least_one("mean_squared_error", "column", o.cols()));
    squared_error(o, y) / (o.rows() * o.cols()) as f64
}

/// Requires a class for each row, and one that it has.
#[track_caller]
fn check_labels(
    name: &str,
    (rows, classes): (usize, usize),
    labels: Labels<'_>,
) -> Result<(), Error> {
    check_same(name, (rows, 1), (labels.len(), 1));
    match labels.stray(classes) {
        Some(what) => Err(Error::content(format!("{name}: {what}"))),
        None => Ok(()),
    }
}

/// `part` of `samples`.
fn share(part: usize, samples: usize) -> Result<f64, Error> {
    match samples {
        0 => Err(no_samples("accuracy")),
        samples => Ok(part as f64 / samples as f64),
    }
}

#[cold]
fn no_samples(what: &str) -> Error {
    Error::new(format!("the {what} of 0 samples: there must be at least 1"))
}

fn most_probable<T: Real>(answers: &Matrix<T>, i: usize) -> Result<usize, Error> {
    argmax(answers.row(i)).ok_or_else(|| no_class(i))
}

#[cold]
fn no_class(i: usize) -> Error {
    let message = format!(
        "sample {i} of the batch (counted from 0) has no most probable class: the network's answer is not a number"
    );
    Error::new(message)
        .hint("its weights are too large, or are not numbers themselves: smaller steps may help")
}
