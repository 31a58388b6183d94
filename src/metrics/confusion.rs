//! [`Confusion`]: which classes are taken for which.

use std::fmt;

use super::{Labels, check_labels};
use crate::io::{Error, ErrorKind};
use crate::matrix::Matrix;
use crate::real::Real;

/// The confusion matrix: how many samples of each class were taken for each class. It is filled batch by batch.
///
/// ```
/// use fromzero::{Matrix, metrics::Confusion};
/// let mut confusion = Confusion::new(3);
/// let answers = [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.1, 0.6, 0.3], [0.0, 0.2, 0.8]];
/// let answers = Matrix::from_rows(&answers);
/// confusion.add(&answers, &[0, 1, 2, 2])?;
/// assert_eq!((confusion.count(2, 1), confusion.count(2, 2)), (1, 1));
/// assert_eq!((confusion.accuracy()?, confusion.recall(2)), (0.75, Some(0.5)));
/// println!("{confusion}");
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion {
    /// A row for each true class, a column for each prediction.
    counts: Vec<usize>,
    classes: usize,
}

impl Confusion {
    /// No samples yet, of so many classes.
    ///
    /// # Panics
    /// If the memory for it cannot be had; [`Confusion::try_new`] returns an error instead.
    #[track_caller]
    pub fn new(classes: usize) -> Self {
        match Self::try_new(classes) {
            Ok(confusion) => confusion,
            Err(error) => panic!("Confusion::new: {error}"),
        }
    }

    /// No samples yet, of a number of classes that comes from outside.
    ///
    /// # Errors
    /// If the memory for it cannot be had.
    pub fn try_new(classes: usize) -> Result<Self, Error> {
        let refused = || {
            let message =
                format!("a count for each two of {classes} classes does not fit into memory");
            Error::of_kind(ErrorKind::Memory, message)
        };
        let pairs = classes.checked_mul(classes).ok_or_else(refused)?;
        let mut counts = Vec::new();
        counts.try_reserve_exact(pairs).map_err(|_| refused())?;
        counts.resize(pairs, 0);
        Ok(Confusion { counts, classes })
    }

    /// Counts the samples of a batch.
    ///
    /// # Errors
    /// If a row has no most probable class, because it holds NaN, or a label is not a class; then nothing is counted.
    ///
    /// # Panics
    /// If there are not as many labels as rows, or the rows have not an entry for each class.
    #[track_caller]
    pub fn add<'l, T: Real>(
        &mut self,
        answers: &Matrix<T>,
        labels: impl Into<Labels<'l>>,
    ) -> Result<(), Error> {
        let labels = labels.into();
        self.check(answers.shape(), labels)?;
        self.count_answers(&super::predictions(answers)?, labels);
        Ok(())
    }

    #[track_caller]
    fn check(&self, answers: (usize, usize), labels: Labels<'_>) -> Result<(), Error> {
        assert!(
            answers.1 == self.classes,
            "Confusion: expected answers of {} classes, found {}",
            self.classes,
            answers.1
        );
        check_labels("Confusion", answers, labels)
    }

    fn count_answers(&mut self, predicted: &[usize], labels: Labels<'_>) {
        for (class, predicted) in labels.iter().flatten().zip(predicted) {
            self.counts[class * self.classes + predicted] += 1;
        }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How many samples of class `class` were taken for `predicted`.
    ///
    /// # Panics
    /// If there are not as many classes.
    #[track_caller]
    pub fn count(&self, class: usize, predicted: usize) -> usize {
        self.row(class)[predicted]
    }

    /// The share of all samples that is right, from 0 to 1.
    ///
    /// # Errors
    /// If there is no sample.
    pub fn accuracy(&self) -> Result<f64, Error> {
        super::share(self.right(), self.counts.iter().sum())
    }

    /// How many samples are right.
    pub fn right(&self) -> usize {
        (0..self.classes).map(|i| self.count(i, i)).sum()
    }

    /// The share of the samples of one class that is right, from 0 to 1; none if there is no such sample.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn recall(&self, class: usize) -> Option<f64> {
        self.share(class, class)
    }

    /// The share of the samples of one class that was taken for `predicted`, from 0 to 1; none if there is no such sample.
    ///
    /// # Panics
    /// If there are not as many classes.
    #[track_caller]
    pub fn share(&self, class: usize, predicted: usize) -> Option<f64> {
        let row = self.row(class);
        super::share(row[predicted], row.iter().sum()).ok()
    }

    /// The counts as a table: a line for each true class, a column for each prediction, and the share that is right. Classes
    /// have these names, which are as wide as they are, and `paint` may change a count, which has been padded, by colouring it.
    pub fn table(
        &self,
        name: impl Fn(usize) -> String,
        paint: impl Fn(usize, usize, String) -> String,
    ) -> String {
        self.painted(&name, &paint)
    }

    fn painted(
        &self,
        name: &dyn Fn(usize) -> String,
        paint: &dyn Fn(usize, usize, String) -> String,
    ) -> String {
        let names: Vec<String> = (0..self.classes).map(name).collect();
        let wide = |text: &String| text.chars().count();
        let count = self.counts.iter().max().map_or(0, |n| n.to_string().len());
        let first = names.iter().map(wide).max().unwrap_or(0).max(4) + 1;
        let width = names.iter().map(wide).max().unwrap_or(0).max(count) + 2;
        let mut table = format!("{:>first$}", "true");
        names
            .iter()
            .for_each(|name| table += &format!("{name:>width$}"));
        table += "  right";
        for (class, name) in names.iter().enumerate() {
            table += &format!("\n{name:>first$}");
            for (predicted, count) in self.row(class).iter().enumerate() {
                table += &paint(class, predicted, format!("{count:>width$}"));
            }
            table += &match self.recall(class) {
                Some(share) => format!("{:>6.1}%", 100.0 * share),
                None => format!("{:>7}", "-"),
            };
        }
        table
    }

    #[track_caller]
    fn row(&self, class: usize) -> &[usize] {
        &self.counts[class * self.classes..][..self.classes]
    }
}

/// [`Confusion::table`], with the numbers of the classes as their names.
impl fmt::Display for Confusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.table(|class| class.to_string(), |_, _, count| count))
    }
}
