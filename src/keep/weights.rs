//! What both floors' weights have in common: how they are written, and what numbers may be weights.

use std::path::Path;

use crate::io::tensor::onnx::{self, Network};
use crate::io::tensor::{DType, Format, Named, Tensor, npz, safetensors};
use crate::io::{Error, Result};

/// Writes weights as npz or safetensors, or the whole network as ONNX; the extension says which.
pub(super) fn save(
    path: &Path,
    tensors: &dyn Fn() -> Named,
    network: &dyn Fn() -> Result<Network>,
) -> Result<()> {
    match Format::to_write(path)? {
        Format::Npz => npz::save(path, &tensors()),
        Format::Safetensors => safetensors::save(path, &tensors()),
        Format::Onnx => onnx::save(path, &network().map_err(|error| error.at(path))?),
    }
}

/// Checks that a tensor, called `name`, holds weights: floating-point numbers, which are finite in the type that is to compute with them.
pub(super) fn check_weights(name: &str, tensor: &Tensor, dtype: DType) -> Result<()> {
    if !matches!(tensor.dtype(), DType::F32 | DType::F64) {
        let message = format!("{name} is {}, expected f32 or f64", tensor.described());
        return Err(Error::content(message));
    }
    for x in tensor.to_floats::<f64>() {
        let x = match dtype {
            DType::F32 => f64::from(x as f32),
            _ => x,
        };
        if !x.is_finite() {
            let expected = format!("numbers that are finite in {}", dtype.name());
            return Err(Error::content(format!(
                "{name} holds {x}, expected {expected}"
            )));
        }
    }
    Ok(())
}
