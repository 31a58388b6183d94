//! The weights of a network of layers, as tensors and in files: all parameters, those that are not trained among them, such as a
//! [`BatchNorm`](crate::nn::BatchNorm)'s running mean and variance.
//!
//! ```
//! use fromzero::keep::{Layout, net};
//! use fromzero::nn::{Dense, Sequential, Sigmoid};
//!
//! let build = |seed| {
//!     let net = Sequential::<f32>::new(seed);
//!     let mut net = net.then(Dense::new(3)).then(Sigmoid::new()).then(Dense::new(2));
//!     net.build(4);
//!     net
//! };
//! let (trained, mut fresh) = (build(1), build(2));
//! let tensors = net::to_tensors(&trained, Layout::OutIn);
//! assert_eq!((&tensors[0].0[..], tensors[0].1.shape()), ("0.weight", &[3, 4][..]));
//! net::assign(&mut fresh, &tensors, Layout::OutIn)?;
//! assert_eq!(net::to_tensors(&fresh, Layout::OutIn), tensors);
//! # Ok::<(), fromzero::io::Error>(())
//! ```
//!
//! Layers are named by their places, as PyTorch's `Sequential` names them, so that a file goes from one to the other without a
//! table. What always holds: a file that does not fit changes nothing in the network that it was to go into.
//!
//! Guarded by `tests/suite/keep/net.rs`: `names_and_shapes_are_pytorch_s`, `a_network_comes_back_with_its_running_statistics`,
//! `what_does_not_fit_is_refused_and_changes_nothing`.

use std::path::Path;

use super::weights::{self, check_weights};
use crate::io::tensor::onnx::Network;
use crate::io::tensor::{self, DType, Named, Tensor, find};
use crate::io::{Error, Result};
use crate::matrix::Matrix;
use crate::nn::{Layer, Parameter};
use crate::real::Real;

/// Which way the matrices lie in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// \[in, out\], as they are here.
    #[default]
    InOut,
    /// \[out, in\], as PyTorch has them.
    OutIn,
}

/// The parameters under PyTorch's names: in a [`Sequential`](crate::nn::Sequential) `0.weight`, `0.bias` and so on, where the number is
/// that of the layer.
pub fn to_tensors<T: Real>(net: &dyn Layer<T>, layout: Layout) -> Named {
    let mut tensors = Vec::new();
    for (name, parameter) in net.names_in_files().into_iter().zip(net.parameters()) {
        let tensor = match is_turned(parameter, layout) {
            true => parameter.value.t().to_matrix().to_tensor(),
            false => parameter.to_tensor(),
        };
        tensors.push((name, tensor));
    }
    tensors
}

/// Gives the network the parameters that these tensors hold, each number the nearest of its type. Other tensors may be among them,
/// such as the `num_batches_tracked` that PyTorch counts.
///
/// # Errors
/// If one is missing or has another shape (the error names both), numbers are not finite, or the network does not know its number of
/// inputs yet. Then nothing is changed.
pub fn assign<T: Real>(
    net: &mut dyn Layer<T>,
    tensors: &[(String, Tensor)],
    layout: Layout,
) -> Result<()> {
    let mut values = Vec::new();
    for (name, parameter) in net.names_in_files().iter().zip(net.parameters()) {
        let tensor = find(tensors, name)?;
        check_weights(name, tensor, DType::of::<T>())?;
        values.push(value(name, tensor, parameter, layout)?);
    }
    net.set_parameters(&values)
}

/// Writes the parameters as npz or safetensors, or the network, as it is in evaluation, as ONNX; the extension says which, and for
/// ONNX the layout does not matter.
///
/// # Errors
/// If the extension is another, if a layer has no operators in ONNX, and as [`write_atomic`](crate::io::write_atomic).
pub fn save<T: Real>(path: impl AsRef<Path>, net: &dyn Layer<T>, layout: Layout) -> Result<()> {
    weights::save(path.as_ref(), &|| to_tensors(net, layout), &|| to_onnx(net))
}

/// Gives the network the parameters in an npz or a safetensors file; the extension says which.
///
/// # Errors
/// As [`assign`], and if the extension is another, or the file cannot be read or is damaged; with its path.
pub fn load<T: Real>(path: impl AsRef<Path>, net: &mut dyn Layer<T>, layout: Layout) -> Result<()> {
    let path = path.as_ref();
    let tensors = tensor::load(path)?;
    assign(net, &tensors, layout).map_err(|error| error.at(path))
}

/// The network in evaluation, in the operators of ONNX.
///
/// # Errors
/// If it has no layers, does not know its number of inputs, or ONNX has no operators for one of its layers.
pub fn to_onnx<T: Real>(net: &dyn Layer<T>) -> Result<Network> {
    let operators = net.operators()?;
    let first = net
        .parameters()
        .first()
        .map_or(0, |parameter| match parameter.is_vector() {
            true => parameter.value.cols(),
            false => parameter.value.rows(),
        });
    if first == 0 {
        let error = Error::new("the network does not know its number of inputs");
        return Err(error.hint("tell it with `init` or `build`"));
    }
    Ok(Network {
        name: net.name().into(),
        dtype: DType::of::<T>(),
        inputs: first,
        operators,
    })
}

/// Whether a parameter lies the other way in a file.
fn is_turned<T: Real>(parameter: &Parameter<T>, layout: Layout) -> bool {
    layout == Layout::OutIn && !parameter.is_vector()
}

/// What a parameter becomes by a tensor.
fn value<T: Real>(
    name: &str,
    tensor: &Tensor,
    parameter: &Parameter<T>,
    layout: Layout,
) -> Result<Matrix<T>> {
    let (rows, cols) = parameter.value.shape();
    if parameter.count() == 0 {
        let error = Error::new(format!("the shape of {name} is not known yet"));
        return Err(
            error.hint("tell the network its number of inputs first, with `init` or `build`")
        );
    }
    if parameter.is_vector() {
        tensor.expect_shape(name, &[cols])?;
        return Ok(Matrix::from_vec(1, cols, tensor.to_floats()));
    }
    if is_turned(parameter, layout) {
        tensor.expect_shape(name, &[cols, rows])?;
        return Ok(Matrix::from_tensor(name, tensor)?.t().to_matrix());
    }
    tensor.expect_shape(name, &[rows, cols])?;
    Matrix::from_tensor(name, tensor)
}
