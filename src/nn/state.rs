//! What optimizers keep for each parameter from step to step.

use super::{Layer, Parameter};
use crate::io::tensor::{Named, Tensor, find};
use crate::io::{Error, Result};
use crate::matrix::Matrix;
use crate::real::Real;

/// What an optimizer keeps for each trainable parameter, in the order in which the parameters are visited: `N` matrices of its
/// shape, which are zero at first, and an `S`.
#[derive(Clone, Debug)]
pub(super) struct State<T: Real, const N: usize, S = ()>(Vec<([Matrix<T>; N], S)>);

impl<T: Real, const N: usize, S: Default> State<T, N, S> {
    pub(super) fn new() -> Self {
        State(Vec::new())
    }

    /// The `S` of every parameter; none before the first step.
    pub(super) fn rest(&self) -> impl Iterator<Item = &S> {
        self.0.iter().map(|(_, rest)| rest)
    }

    /// The matrices of every parameter, each under its name with the parameter's number: `m.0`.
    pub(super) fn to_tensors(&self, names: [&str; N]) -> Named {
        let mut tensors = Vec::new();
        for (i, (matrices, _)) in self.0.iter().enumerate() {
            for (name, matrix) in names.iter().zip(matrices) {
                tensors.push((numbered(name, i), matrix.to_tensor()));
            }
        }
        tensors
    }

    /// What [`State::to_tensors`] made of the state for this network, with the `S` of every parameter beside it.
    ///
    /// # Errors
    /// If tensors are missing, or the network's trainable parameters are more, fewer, or of other shapes.
    pub(super) fn from_tensors(
        net: &dyn Layer<T>,
        names: [&str; N],
        rest: Vec<S>,
        tensors: &[(String, Tensor)],
    ) -> Result<Self> {
        let mut trainable = net.parameters();
        trainable.retain(|parameter| parameter.is_trainable());
        check_count(rest.len(), trainable.len())?;
        let mut state = Vec::with_capacity(rest.len());
        for (i, (parameter, rest)) in trainable.iter().zip(rest).enumerate() {
            let (rows, cols) = parameter.value.shape();
            let mut matrices = std::array::from_fn(|_| Matrix::zeros(0, 0));
            for (name, matrix) in names.iter().zip(&mut matrices) {
                let name = numbered(name, i);
                let tensor = find(tensors, &name)?;
                tensor.expect_shape(&name, &[rows, cols])?;
                *matrix = Matrix::from_tensor(&name, tensor)?;
            }
            state.push((matrices, rest));
        }
        Ok(State(state))
    }

    /// Calls `f` for every trainable parameter with its state, if all parameters have their shapes.
    #[track_caller]
    pub(super) fn for_each(
        &mut self,
        net: &mut dyn Layer<T>,
        mut f: impl FnMut(&mut Parameter<T>, &mut [Matrix<T>; N], &mut S),
    ) {
        let mut have_shapes = true;
        net.visit(&mut |parameter| have_shapes &= parameter.count() > 0);
        if !have_shapes {
            return;
        }
        let mut i = 0;
        let mut misfit = None;
        net.visit(&mut |parameter| {
            if !parameter.is_trainable() {
                return;
            }
            let shape = parameter.value.shape();
            if i == self.0.len() {
                let zeros = std::array::from_fn(|_| Matrix::zeros(shape.0, shape.1));
                self.0.push((zeros, S::default()));
            }
            let (matrices, rest) = &mut self.0[i];
            match matrices.iter().find(|matrix| matrix.shape() != shape) {
                Some(state) => misfit = misfit.or(Some((i, parameter.name, state.shape(), shape))),
                None => f(parameter, matrices, rest),
            }
            i += 1;
        });
        if let Some((i, name, expected, found)) = misfit {
            panic!(
                "optimizer: expected parameter {i} of shape {}×{} as in the step before, found {name} of {}×{}",
                expected.0, expected.1, found.0, found.1
            );
        }
    }
}

/// What a matrix of parameter number `i` is called.
/// Requires as many parameters as the network has, or, before the first step, none.
fn check_count(found: usize, expected: usize) -> Result<()> {
    if found == 0 || found == expected {
        return Ok(());
    }
    let message = format!("holds an optimizer's state of {found} parameters, expected {expected}");
    Err(Error::content(message))
}

fn numbered(name: &str, i: usize) -> String {
    format!("{name}.{i}")
}
