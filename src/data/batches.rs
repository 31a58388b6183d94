//! Batches: the samples of a data set, a few at a time, as the matrices that the network computes with.
//!
//! Gradient descent on a part of the samples at a time takes many steps where that on all takes one. In each epoch sample π(i)
//! is the i-th, with π the order of the files or a seeded permutation (Fisher and Yates), and batch b has the samples b·m to b·m
//! + m − 1 of it.
//!
//! What always holds: all samples once in an epoch, and taking a batch allocates nothing.
//!
//! Guarded by `tests/suite/data/batches.rs`: `shuffled_batches_have_every_sample_once`, `one_hot_rows`; and by
//! `tests/allocations/main.rs`: `steps_after_the_first_allocate_nothing_on_any_thread`.

use super::dataset::{Dataset, Sample};
use crate::io::{Error, Result};
use crate::matrix::Matrix;
use crate::metrics::Labels;
use crate::ops::for_each_row;
use crate::real::Real;
use crate::rng::Rng;

/// m samples of a data set.
#[derive(Clone, Debug)]
pub struct Batch<T: Real> {
    /// The samples, one a row, \[m, inputs\]: images, each pixel its byte / 255, correctly rounded, or rows of a table.
    pub x: Matrix<T>,
    /// The labels, one-hot, \[m, classes\].
    pub y: Matrix<T>,
    /// The labels as numbers, m of them.
    pub labels: Vec<usize>,
}

/// A data set's batches: all samples once, in batches of equal size, the last of which may be shorter.
///
/// Everything is allocated here; taking batches allocates nothing.
///
/// ```
/// use fromzero::{data::{Batches, Dataset}, rng::Rng};
/// let data = Dataset::new(vec![0, 51, 255], vec![2, 0, 1], (1, 1), 3)?;
/// let mut batches = Batches::<f64>::new(&data, 2)?;
///
/// let batch = batches.next_batch().unwrap();
/// assert_eq!((batch.x[(1, 0)], batch.y.row(1)), (0.2, &[1.0, 0.0, 0.0][..]));
/// let short = batches.next_batch().unwrap();
/// assert_eq!((short.x.shape(), &short.labels[..]), ((1, 1), &[1][..]));
/// assert!(batches.next_batch().is_none());
///
/// // The next epoch, in another order.
/// batches.shuffle(&mut Rng::new(1));
/// while let Some(batch) = batches.next_batch() {
///     assert_eq!(batch.x.rows(), batch.labels.len());
/// }
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batches<'a, T: Real> {
    data: &'a Dataset,
    size: usize,
    /// The order in which samples are taken.
    order: Vec<u32>,
    /// How many samples of this epoch have been taken.
    taken: usize,
    batch: Batch<T>,
}

impl<'a, T: Real> Batches<'a, T> {
    /// The batches of `size` samples of `data`, in the order in which they lie there.
    ///
    /// # Errors
    /// If `size` is 0 or more than the data set has, or if a batch does not fit into memory.
    pub fn new(data: &'a Dataset, size: usize) -> Result<Self> {
        Ok(Batches {
            data,
            size,
            order: first_order(data.len(), size)?,
            taken: 0,
            batch: Batch {
                x: Matrix::try_zeros(size, data.inputs())?,
                y: Matrix::try_zeros(size, data.classes())?,
                labels: Vec::with_capacity(size),
            },
        })
    }

    /// The data set.
    pub fn data(&self) -> &'a Dataset {
        self.data
    }

    /// Number of batches in an epoch, the short one included.
    pub fn count(&self) -> usize {
        self.data.len().div_ceil(self.size)
    }

    /// Number of samples in a batch of an epoch, counted from 0: the last may have fewer than the others, and there is none after it.
    pub fn samples_in(&self, batch: usize) -> usize {
        let before = batch.saturating_mul(self.size);
        self.size.min(self.data.len().saturating_sub(before))
    }

    /// The next batch of this epoch, or `None` when all samples have been taken.
    pub fn next_batch(&mut self) -> Option<&Batch<T>> {
        let rest = &self.order[self.taken..];
        let samples = &rest[..rest.len().min(self.size)];
        if samples.is_empty() {
            return None;
        }
        self.taken += samples.len();

        let Batch { x, y, labels } = &mut self.batch;
        x.set_rows(samples.len());
        labels.clear();
        labels.extend(samples.iter().map(|&i| self.data.label(i as usize)));
        let white = T::from_f64(255.0);
        for_each_row(
            [x],
            #[inline(always)]
            |i, [x]| match self.data.sample(samples[i] as usize) {
                Sample::Image(image) => {
                    for (x, &pixel) in x.iter_mut().zip(image) {
                        *x = T::from_f64(f64::from(pixel)) / white;
                    }
                }
                Sample::Row(row) => {
                    for (x, &number) in x.iter_mut().zip(row) {
                        *x = T::from_f64(f64::from(number));
                    }
                }
            },
        );
        one_hot(&labels[..], self.data.classes(), y);
        Some(&self.batch)
    }

    /// The order in which samples are taken, each by its number.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Goes on in the order of an epoch that had been begun when `steps` batches had been taken in all epochs. If an epoch had just been
    /// gone through, there is nothing left of it.
    ///
    /// # Errors
    /// If it is no order of all samples.
    pub fn go_on(&mut self, order: Vec<u32>, steps: usize) -> Result<()> {
        let samples = self.data.len();
        check_order(&order, samples)?;
        self.order = order;
        let batches = match steps % self.count() {
            0 if steps > 0 => self.count(),
            batches => batches,
        };
        self.taken = batches.saturating_mul(self.size).min(samples);
        Ok(())
    }

    /// Starts a new epoch in the same order as the last.
    pub fn rewind(&mut self) {
        self.taken = 0;
    }

    /// Starts a new epoch in a new random order, in which every permutation of the samples is equally likely.
    pub fn shuffle(&mut self, rng: &mut Rng) {
        rng.shuffle(&mut self.order);
        self.rewind();
    }
}

/// The samples in the order of their files, of which a batch takes `size`.
fn first_order(samples: usize, size: usize) -> Result<Vec<u32>> {
    if size == 0 {
        return Err(Error::new("a batch of 0 samples: it must have at least 1"));
    }
    if size > samples {
        return Err(Error::new(format!(
            "a batch of {size} samples: the data set has only {samples}"
        )));
    }
    match u32::try_from(samples) {
        Ok(samples) => Ok((0..samples).collect()),
        Err(_) => Err(Error::new(format!("{samples} samples are too many"))),
    }
}

/// Requires every sample once.
fn check_order(order: &[u32], samples: usize) -> Result<()> {
    let mut seen = vec![false; samples];
    let is_new = |&i: &u32| {
        let seen = seen.get_mut(i as usize);
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    };
    if order.len() == samples && order.iter().all(is_new) {
        return Ok(());
    }
    let message = format!("expected an order of the data set's {samples} samples, found another");
    Err(Error::content(message))
}

/// Makes `y` the matrix [m, classes] whose row i is 1 in column `labels[i]` and 0 elsewhere.
///
/// ```
/// use fromzero::{Matrix, data::one_hot};
/// let mut y = Matrix::zeros(0, 3);
/// one_hot(&[2, 0], 3, &mut y);
/// assert_eq!(y, Matrix::from_rows(&[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]));
/// ```
///
/// # Panics
/// If `y` has not `classes` columns, or a label is not a class.
#[track_caller]
pub fn one_hot<'l, T: Real>(labels: impl Into<Labels<'l>>, classes: usize, y: &mut Matrix<T>) {
    let labels = labels.into();
    assert!(
        y.cols() == classes,
        "one_hot: {classes} classes in a {}×{} matrix",
        y.rows(),
        y.cols()
    );
    if let Some(what) = labels.stray(classes) {
        panic!("one_hot: {what}");
    }
    y.set_rows(labels.len());
    for (i, label) in labels.iter().flatten().enumerate() {
        let row = y.row_mut(i);
        row.fill(T::ZERO);
        row[label] = T::ONE;
    }
}
