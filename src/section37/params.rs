//! The parameters of the network: shapes, initial values, checksum.

use std::fmt;

use crate::init::Init;
use crate::io::tensor::Tensor;
use crate::io::{Error, fnv1a};
use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;

/// Neurons in the input layer, in each of the two hidden layers, and in the output layer (figure 3-31).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Features of a sample.
    pub inputs: usize,
    /// Neurons of each hidden layer.
    pub hidden: usize,
    /// Classes to tell apart.
    pub classes: usize,
}

/// The neurons of each layer: `784-1024-1024-10`.
impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sizes {
            inputs,
            hidden,
            classes,
        } = self;
        write!(f, "{inputs}-{hidden}-{hidden}-{classes}")
    }
}

impl Sizes {
    /// Refuses a network with an empty layer.
    fn check(self) -> Result<(), Error> {
        match self.inputs.min(self.hidden).min(self.classes) {
            0 => Err(Error::new(format!("a network {self} has an empty layer"))),
            _ => Ok(()),
        }
    }
}

impl Default for Sizes {
    /// The book's: 784-1024-1024-10.
    fn default() -> Self {
        Sizes {
            inputs: 28 * 28,
            hidden: 1024,
            classes: 10,
        }
    }
}

/// The weights and biases of the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Params<T: Real> {
    /// w¹ `[inputs, hidden]`
    pub w1: Matrix<T>,
    /// b¹ `[hidden]`
    pub b1: Vec<T>,
    /// w² `[hidden, hidden]`
    pub w2: Matrix<T>,
    /// b² `[hidden]`
    pub b2: Vec<T>,
    /// w³ `[hidden, classes]`
    pub w3: Matrix<T>,
    /// b³ `[classes]`
    pub b3: Vec<T>,
}

/// ∂J/∂w and ∂J/∂b of every layer, under the names and in the shapes of what they are the gradients of.
pub type Gradients<T> = Params<T>;

impl<T: Real> Params<T> {
    /// All zeros.
    ///
    /// # Errors
    /// If a size is 0, or the memory cannot be had.
    pub fn zeros(sizes: Sizes) -> Result<Self, Error> {
        sizes.check()?;
        let Sizes {
            inputs,
            hidden,
            classes,
        } = sizes;
        // The largest matrix first, so that sizes that do not fit are refused before anything is allocated.
        let w2 = Matrix::try_zeros(hidden, hidden)?;
        let w1 = Matrix::try_zeros(inputs, hidden)?;
        let w3 = Matrix::try_zeros(hidden, classes)?;
        let zeros = |n| vec![T::ZERO; n];
        Ok(Params {
            w1,
            b1: zeros(hidden),
            w2,
            b2: zeros(hidden),
            w3,
            b3: zeros(classes),
        })
    }

    /// Weights drawn from `rng`, w¹ first, row by row; biases zero. The book has [`Init::Uniform`] with 0.3.
    ///
    /// # Errors
    /// As [`Params::zeros`] and [`Init::check`].
    pub fn new(sizes: Sizes, init: Init, rng: &mut Rng) -> Result<Self, Error> {
        init.check::<T>()?;
        let mut params = Self::zeros(sizes)?;
        for w in [&mut params.w1, &mut params.w2, &mut params.w3] {
            init.fill(w, rng);
        }
        Ok(params)
    }

    /// The sizes of the network.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            inputs: self.w1.rows(),
            hidden: self.w1.cols(),
            classes: self.w3.cols(),
        }
    }

    /// Every number in the book's order, w¹ b¹ w² b² w³ b³, each row by row.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        let first = self.w1.iter().chain(self.b1.iter().copied());
        let second = self.w2.iter().chain(self.b2.iter().copied());
        let third = self.w3.iter().chain(self.b3.iter().copied());
        first.chain(second).chain(third)
    }

    /// Replaces every number, in the order of [`Params::iter`].
    ///
    /// # Panics
    /// If there are not [`Params::count`] of them.
    #[track_caller]
    pub fn assign(&mut self, values: &[T]) {
        assert!(
            values.len() == self.count(),
            "{} values for {} parameters",
            values.len(),
            self.count()
        );
        let mut rest = values;
        let Params {
            w1,
            b1,
            w2,
            b2,
            w3,
            b3,
        } = self;
        for (w, b) in [(w1, b1), (w2, b2), (w3, b3)] {
            for i in 0..w.rows() {
                take(&mut rest, w.row_mut(i));
            }
            take(&mut rest, b);
        }
    }

    /// Whether no number is infinite or NaN.
    pub fn is_finite(&self) -> bool {
        let (w, b) = (
            [&self.w1, &self.w2, &self.w3],
            [&self.b1, &self.b2, &self.b3],
        );
        let are_finite = |row: &[T]| row.iter().all(|x| x.is_finite());
        w.iter().all(|w| w.iter_rows().all(are_finite)) && b.iter().all(|b| are_finite(b))
    }

    /// Number of weights and biases.
    pub fn count(&self) -> usize {
        let Sizes {
            inputs,
            hidden,
            classes,
        } = self.sizes();
        (inputs + 1) * hidden + (hidden + 1) * hidden + (hidden + 1) * classes
    }

    /// A checksum of every bit: FNV-1a over the little-endian bytes of [`Params::iter`]. Equal weights, equal checksums, on
    /// every machine.
    pub fn checksum(&self) -> u64 {
        let mut bytes = Vec::with_capacity(self.count() * size_of::<T>());
        for (w, b) in [
            (&self.w1, &self.b1),
            (&self.w2, &self.b2),
            (&self.w3, &self.b3),
        ] {
            bytes.extend_from_slice(w.to_tensor().bytes());
            bytes.extend_from_slice(Tensor::from_floats(&[b.len()], b).bytes());
        }
        fnv1a(bytes)
    }
}

/// Fills a row with the first of the values that are left.
fn take<T: Real>(values: &mut &[T], row: &mut [T]) {
    let (these, rest) = values.split_at(row.len());
    row.copy_from_slice(these);
    *values = rest;
}
