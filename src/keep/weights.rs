//! What both floors' weights have in common: how they are written, and what numbers may be weights.

use std::path::Path;

use crate::io::tensor::onnx::{self, Network};
use crate::io::tensor::{DType, Format, Named, Tensor, npz, safetensors};
use crate::io::{Error, Result};

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

/// The numbers of a tensor that are weights, called `name`: floating-point, and finite.
pub(super) fn check_weights(name: &str, tensor: &Tensor) -> Result<()> {
    if !matches!(tensor.dtype(), DType::F32 | DType::F64) {
        let message = format!("{name} is {}, expected f32 or f64", tensor.described());
        return Err(Error::content(message));
    }
    match tensor.to_floats::<f64>().iter().find(|x| !x.is_finite()) {
        None => Ok(()),
        Some(x) => Err(Error::content(format!(
            "{name} holds {x}, expected finite numbers"
        ))),
    }
}
