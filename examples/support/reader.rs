//! The network that reads digits: one of the reader's own, or the one that comes with this package.

use std::path::{Path, PathBuf};

use fromzero::Matrix;
use fromzero::data::SIDE;
use fromzero::io::{Error, ErrorKind, Result};
use fromzero::keep::params;
use fromzero::section37::Params;

use super::{Options, weights_to_load};

/// The file of `--load`, or of the network that comes with this package, and the network in it.
///
/// # Errors
/// If the file cannot be read, or its network does not take images as MNIST has them.
pub fn network(options: &Options) -> Result<(PathBuf, Params<f32>)> {
    let file = match weights_to_load(options)? {
        Some(path) => path.to_path_buf(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("data/digits.safetensors"),
    };
    let params = params::load::<f32>(&file)?;
    let inputs = params.sizes().inputs;
    if inputs != SIDE * SIDE {
        let message = format!("holds a network with {inputs} inputs, expected 784");
        return Err(Error::of_kind(ErrorKind::Content, message).at(file));
    }
    Ok((file, params))
}

/// A normalized digit as a sample, `[1, 784]`.
pub fn sample(digit: &[u8; SIDE * SIDE]) -> Matrix<f32> {
    Matrix::from_fn(1, digit.len(), |_, j| f32::from(digit[j]) / 255.0)
}
