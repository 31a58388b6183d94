//! Standardising the columns of a table, so that a network finds all of them in the same range.

use super::dataset::{Dataset, Sample};
use crate::io::{Error, Result};

/// Moves and scales each column of a table so that, on the table that it was fitted to, its mean is 0 and its standard deviation
/// is 1: x ← (x − mean) / deviation. A column with one value only becomes 0.
///
/// It is fitted to the training set alone, and applied to it and to every other: nothing of what is tested on may reach the
/// training.
///
/// ```
/// use fromzero::data::{Dataset, Sample, Standardizer};
/// let mut train = Dataset::table(vec![10.0, 5.0, 30.0, 5.0], vec![0, 1], 2, 2)?;
/// let mut test = Dataset::table(vec![40.0, 5.0], vec![1], 2, 2)?;
/// let standardizer = Standardizer::fit(&train)?;
/// standardizer.apply(&mut train)?;
/// standardizer.apply(&mut test)?;
/// assert_eq!(train.sample(0), Sample::Row(&[-1.0, 0.0]));
/// assert_eq!(test.sample(0), Sample::Row(&[2.0, 0.0]));
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Standardizer {
    /// The mean of each column.
    pub means: Vec<f64>,
    /// The standard deviation of each column, √(Σ(x − mean)²/n); 1 where it would be 0.
    pub deviations: Vec<f64>,
}

impl Standardizer {
    /// The means and deviations of a table.
    ///
    /// # Errors
    /// If there are images instead, whose pixels are scaled already, or no rows.
    pub fn fit(table: &Dataset) -> Result<Self> {
        if table.is_empty() {
            return Err(Error::content("a table of 0 rows has no means"));
        }
        let rows = table.len() as f64;
        let mean = |of: &dyn Fn(usize, f64) -> f64| {
            let mut sums = vec![0.0; table.inputs()];
            for i in 0..table.len() {
                for (j, (sum, &x)) in sums.iter_mut().zip(row_of(table, i)?).enumerate() {
                    *sum += of(j, f64::from(x));
                }
            }
            Ok(sums.into_iter().map(|sum| sum / rows).collect::<Vec<f64>>())
        };
        // Counted from the first row, so that the mean of one value only is that value, without rounding.
        let first = row_of(table, 0)?;
        let mut means = mean(&|j, x| x - f64::from(first[j]))?;
        for (mean, &x) in means.iter_mut().zip(first) {
            *mean += f64::from(x);
        }
        let variances = mean(&|j, x| (x - means[j]) * (x - means[j]))?;
        let deviation = |variance: f64| if variance > 0.0 { variance.sqrt() } else { 1.0 };
        Ok(Standardizer {
            deviations: variances.into_iter().map(deviation).collect(),
            means,
        })
    }

    /// Standardises a table, the one that was fitted to or another with the same columns.
    ///
    /// # Errors
    /// If there are images instead, or another number of columns, or if a number is so far from the mean that f32 cannot hold
    /// it. After an error, a part of the table may have been standardised.
    pub fn apply(&self, table: &mut Dataset) -> Result<()> {
        let (columns, expected) = (table.inputs(), self.means.len());
        if columns != expected {
            let message = format!("expected a table of {expected} columns, found {columns}");
            return Err(Error::content(message));
        }
        let numbers = table.numbers_mut().ok_or_else(images)?;
        for row in numbers.chunks_mut(columns) {
            for ((x, mean), deviation) in row.iter_mut().zip(&self.means).zip(&self.deviations) {
                let standardised = ((f64::from(*x) - mean) / deviation) as f32;
                if !standardised.is_finite() {
                    return Err(Error::content(format!(
                        "{x} is too far from its column's mean, {mean}, with a standard deviation of {deviation}"
                    )));
                }
                *x = standardised;
            }
        }
        Ok(())
    }
}

fn row_of(table: &Dataset, i: usize) -> Result<&[f32]> {
    match table.sample(i) {
        Sample::Row(row) => Ok(row),
        Sample::Image(_) => Err(images()),
    }
}

fn images() -> Error {
    Error::content("expected a table, found images: their pixels become numbers from 0 to 1")
}
