//! What both floors' weights have in common: how they are written, and what numbers may be weights.

use std::path::Path;

use crate::io::tensor::onnx::{self, Network};
use crate::io::tensor::{DType, Format, Named, Tensor, npz, safetensors};
use crate::io::{Error, Result};
use crate::scalar::Scalar;

/// Writes weights as npz or safetensors, or the whole network as ONNX; the extension says which.
pub(super) fn save(
    path: &Path,
    tensors: impl FnOnce() -> Named,
    network: impl FnOnce() -> Result<Network>,
) -> Result<()> {
    match Format::to_write(path)? {
        Format::Npz => npz::save(path, &tensors()),
        Format::Safetensors => safetensors::save(path, &tensors()),
        Format::Onnx => onnx::save(path, &network().map_err(|error| error.at(path))?),
    }
}

/// Checks that a tensor, called `name`, holds weights: floating-point numbers, which are finite in the type that is to compute with them.
pub(super) fn check_weights<T: Scalar>(name: &str, tensor: &Tensor) -> Result<()> {
    if !matches!(tensor.dtype(), DType::F32 | DType::F64) {
        let message = format!("{name} is {}, expected f32 or f64", tensor.described());
        return Err(Error::content(message));
    }
    match tensor.to_floats::<T>().iter().find(|x| !x.is_finite()) {
        None => Ok(()),
        Some(x) => Err(Error::content(format!(
            "{name} holds {x}, expected numbers that are finite in {}",
            T::NAME
        ))),
    }
}
