//! Parameters: what a layer learns, or keeps from its training, under a name.

use crate::init;
use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;

/// A named matrix of a layer with its initializer and its gradient.
///
/// A layer makes its parameters when it is made, and [`init`](Parameter::init)ialises them when it learns its input size. A
/// vector, such as a bias, is a matrix of one row.
#[derive(Clone, Debug)]
pub struct Parameter<T: Real> {
    /// Name within the layer, for example `w`.
    pub name: &'static str,
    /// The numbers.
    pub value: Matrix<T>,
    /// ∂J/∂value from the last backward pass, in the shape of `value`; empty if the parameter is not trainable.
    pub grad: Matrix<T>,
    /// How the first numbers are drawn.
    pub initializer: Initializer,
    is_vector: bool,
    is_trainable: bool,
}

impl<T: Real> Parameter<T> {
    /// A trainable matrix, without a shape as yet.
    pub fn matrix(name: &'static str, initializer: Initializer) -> Self {
        Parameter {
            name,
            value: Matrix::zeros(0, 0),
            grad: Matrix::zeros(0, 0),
            initializer,
            is_vector: false,
            is_trainable: true,
        }
    }

    /// A trainable vector, without a length as yet.
    pub fn vector(name: &'static str, initializer: Initializer) -> Self {
        Parameter {
            is_vector: true,
            ..Self::matrix(name, initializer)
        }
    }

    /// Makes it one that optimizers leave alone and that has no gradient, such as a running mean.
    #[must_use]
    pub fn untrained(mut self) -> Self {
        self.is_trainable = false;
        self
    }

    /// Gives the parameter its shape and its first numbers.
    pub fn init(&mut self, rows: usize, cols: usize, rng: &mut Rng) {
        self.allocate(rows, cols);
        self.initializer.fill(&mut self.value, rng);
    }

    /// Gives the parameter its shape, or as much of it as is known. All its entries are zero.
    pub(super) fn allocate(&mut self, rows: usize, cols: usize) {
        self.value = Matrix::zeros(rows, cols);
        if self.is_trainable {
            self.grad = Matrix::zeros(rows, cols);
        }
    }

    /// Whether optimizers change it.
    pub fn is_trainable(&self) -> bool {
        self.is_trainable
    }

    /// How many numbers it holds.
    pub fn count(&self) -> usize {
        self.value.rows() * self.value.cols()
    }

    /// The shape as text, `[784, 200]` or `[200]`, with `?` for what is not known before the first samples.
    pub fn shape(&self) -> String {
        let size = |n: usize| match n {
            0 => "?".to_string(),
            n => n.to_string(),
        };
        let (rows, cols) = self.value.shape();
        if self.is_vector {
            format!("[{}]", size(cols))
        } else {
            format!("[{}, {}]", size(rows), size(cols))
        }
    }
}

/// How a parameter gets its first values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initializer {
    /// Uniform within Glorot and Bengio's bound, times this gain; see [`init::xavier_uniform`].
    Xavier(f64),
    /// Uniform between −bound and bound.
    Uniform(f64),
    /// Normal with mean 0 and this standard deviation.
    Normal(f64),
    /// All zeros.
    Zeros,
    /// All ones.
    Ones,
}

impl Initializer {
    /// Fills `values`, row by row.
    pub fn fill<T: Real>(self, values: &mut Matrix<T>, rng: &mut Rng) {
        match self {
            Initializer::Xavier(gain) => init::xavier_uniform(values, gain, rng),
            Initializer::Uniform(bound) => init::uniform(values, bound, rng),
            Initializer::Normal(sigma) => init::normal(values, sigma, rng),
            Initializer::Zeros => init::zeros(values),
            Initializer::Ones => values.map(|_| T::ONE),
        }
    }
}
