//! How good a network's answers are: the most probable class of each sample, and the share of them that is right.
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
//! assert!(metrics::accuracy(&Matrix::from_rows(&[[f32::NAN, 1.0]]), &[0]).is_err());
//! # Ok::<(), fromzero::io::Error>(())
//! ```

use crate::io::Error;
use crate::matrix::{Matrix, check_same};
use crate::ops::argmax;
use crate::real::Real;

/// The most probable class of each row.
///
/// # Errors
/// If a row has none, because it holds NaN or nothing.
pub fn predictions<T: Real>(answers: &Matrix<T>) -> Result<Vec<usize>, Error> {
    (0..answers.rows())
        .map(|i| most_probable(answers, i))
        .collect()
}

/// The number of rows whose most probable class is their label.
///
/// # Errors
/// If a row has none, because it holds NaN or nothing.
///
/// # Panics
/// If there are not as many labels as rows.
#[track_caller]
pub fn correct<T: Real>(answers: &Matrix<T>, labels: &[u8]) -> Result<usize, Error> {
    check_same("accuracy", (answers.rows(), 1), (labels.len(), 1));
    let mut correct = 0;
    for (i, &label) in labels.iter().enumerate() {
        correct += usize::from(most_probable(answers, i)? == usize::from(label));
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
pub fn accuracy<T: Real>(answers: &Matrix<T>, labels: &[u8]) -> Result<f64, Error> {
    let correct = correct(answers, labels)?;
    match labels.len() {
        0 => Err(Error::new(
            "the accuracy of 0 samples: there must be at least 1",
        )),
        samples => Ok(correct as f64 / samples as f64),
    }
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
