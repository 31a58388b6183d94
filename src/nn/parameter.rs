//! Parameters: what a layer learns, or keeps from its training, under a name.

use crate::init::Init;
use crate::io::tensor::Tensor;
use crate::matrix::Matrix;
use crate::real::Real;
use crate::rng::Rng;
use crate::setting::require;

/// A named matrix of a layer with its gradient.
///
/// A layer makes its parameters when it is made, and [`init`](Parameter::init)ialises them when it learns its input size. A
/// vector, such as a bias, is a matrix of one row.
#[derive(Clone, Debug)]
pub struct Parameter<T: Real> {
    /// Name within the layer, for example `w`.
    pub name: &'static str,
    /// The numbers.
    pub value: Matrix<T>,
    /// ∂J/∂value from the last backward pass, in the shape of `value`, all zeros before the first; empty if the parameter is not
    /// trainable.
    pub grad: Matrix<T>,
    /// How the first numbers are drawn.
    pub initial: Init,
    is_vector: bool,
    is_trainable: bool,
}

impl<T: Real> Parameter<T> {
    /// A trainable matrix, without a shape as yet.
    ///
    /// # Panics
    /// If [`Init::check`] refuses its first numbers.
    #[track_caller]
    pub fn matrix(name: &'static str, initial: Init) -> Self {
        require(initial.check::<T>());
        Parameter {
            name,
            value: Matrix::zeros(0, 0),
            grad: Matrix::zeros(0, 0),
            initial,
            is_vector: false,
            is_trainable: true,
        }
    }

    /// A trainable vector, without a length as yet.
    ///
    /// # Panics
    /// As [`Parameter::matrix`].
    #[track_caller]
    pub fn vector(name: &'static str, initial: Init) -> Self {
        Parameter {
            is_vector: true,
            ..Self::matrix(name, initial)
        }
    }

    /// Makes it one that optimizers leave alone and that has no gradient, such as a running mean.
    #[must_use]
    pub fn untrained(mut self) -> Self {
        self.is_trainable = false;
        self
    }

    /// Gives the parameter its shape and its first numbers.
    ///
    /// # Panics
    /// As [`Parameter::allocate`].
    #[track_caller]
    pub fn init(&mut self, rows: usize, cols: usize, rng: &mut Rng) {
        self.allocate(rows, cols);
        self.initial.fill(&mut self.value, rng);
    }

    /// Gives the parameter its shape, or with 0 as much of it as is known, for a layer that says its shapes before it has them.
    /// All its entries are zero; [`init`](Parameter::init) draws them.
    ///
    /// # Panics
    /// If the memory for it cannot be had.
    #[track_caller]
    pub fn allocate(&mut self, rows: usize, cols: usize) {
        self.value = Matrix::zeros(rows, cols);
        if self.is_trainable {
            self.grad = Matrix::zeros(rows, cols);
        }
    }

    /// Whether optimizers change it.
    pub fn is_trainable(&self) -> bool {
        self.is_trainable
    }

    /// Whether it is a vector, which a matrix of one row holds.
    pub fn is_vector(&self) -> bool {
        self.is_vector
    }

    /// What PyTorch calls it.
    pub(super) fn name_in_files(&self) -> &'static str {
        match self.name {
            "w" | "gamma" => "weight",
            "b" | "beta" => "bias",
            other => other,
        }
    }

    /// The numbers without padding: \[rows, columns\], of a vector \[length\].
    pub fn to_tensor(&self) -> Tensor {
        match self.is_vector {
            true => Tensor::from_floats(&[self.count()], self.value.row(0)),
            false => self.value.to_tensor(),
        }
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
