//! Section 3.7's weights as tensors and in files.
//!
//! ```
//! use fromzero::keep::params;
//! use fromzero::section37::{Init, Params, Sizes};
//! use fromzero::rng::Rng;
//!
//! let sizes = Sizes { inputs: 4, hidden: 3, classes: 2 };
//! let p = Params::<f32>::new(sizes, Init::Xavier(1.0), &mut Rng::new(1))?;
//! let path = std::env::temp_dir().join(format!("fromzero-doc-{}.npz", std::process::id()));
//! params::save(&path, &p)?;
//! assert_eq!(params::load::<f32>(&path)?, p);
//! # std::fs::remove_file(&path).unwrap();
//! # Ok::<(), fromzero::io::Error>(())
//! ```
//!
//! The names are the book's, so that a file explains itself in NumPy. What always holds: a file has the weights and nothing
//! else, no padding and no date.
//!
//! Guarded by `tests/suite/keep/params.rs`: `weights_come_back_bit_for_bit_and_equal_weights_give_equal_files`,
//! `files_have_the_names_and_shapes_of_the_book_without_padding`, `a_failed_write_leaves_the_earlier_file`.

use std::path::Path;

use super::resumable;
use super::weights::{self, check_weights};
use crate::io::tensor::onnx::{Network, Operator};
use crate::io::tensor::{self, DType, Named, Tensor, find};
use crate::io::{Error, Result};
use crate::matrix::{Matrix, two_dimensions};
use crate::real::Real;
use crate::section37::{Params, Sizes};

/// The weights under the names `w1 b1 w2 b2 w3 b3`: matrices \[in, out\], biases \[out\].
pub fn to_tensors<T: Real>(p: &Params<T>) -> Named {
    let bias = |b: &[T]| Tensor::from_floats(&[b.len()], b);
    resumable::named(vec![
        ("w1", p.w1.to_tensor()),
        ("b1", bias(&p.b1)),
        ("w2", p.w2.to_tensor()),
        ("b2", bias(&p.b2)),
        ("w3", p.w3.to_tensor()),
        ("b3", bias(&p.b3)),
    ])
}

/// The weights that these tensors hold, each number the nearest of its type; other tensors may be among them.
///
/// # Errors
/// If one is missing, the shapes are not those of one network, numbers are not finite, or the memory cannot be had.
pub fn from_tensors<T: Real>(tensors: &[(String, Tensor)]) -> Result<Params<T>> {
    check(tensors, DType::of::<T>())?;
    let matrix = |name| Matrix::from_tensor(name, find(tensors, name)?);
    let bias = |name| find(tensors, name).map(Tensor::to_floats);
    Ok(Params {
        w1: matrix("w1")?,
        b1: bias("b1")?,
        w2: matrix("w2")?,
        b2: bias("b2")?,
        w3: matrix("w3")?,
        b3: bias("b3")?,
    })
}

/// Requires the six arrays, of numbers that may be weights of this type, whose shapes fit together.
fn check(tensors: &[(String, Tensor)], dtype: DType) -> Result<()> {
    check_names(tensors)?;
    let weights = |name| -> Result<&Tensor> {
        let tensor = find(tensors, name)?;
        check_weights(name, tensor, dtype)?;
        Ok(tensor)
    };
    let matrix = |name| two_dimensions(name, weights(name)?);
    let (w1, _, w3) = (matrix("w1")?, matrix("w2")?, matrix("w3")?);
    let sizes = Sizes {
        inputs: w1.0,
        hidden: w1.1,
        classes: w3.1,
    };
    let Sizes {
        inputs,
        hidden,
        classes,
    } = sizes;
    if inputs.min(hidden).min(classes) == 0 {
        let message = format!("holds a network {sizes}, which has an empty layer");
        return Err(Error::content(message));
    }
    find(tensors, "w2")?.expect_shape("w2", &[hidden, hidden])?;
    find(tensors, "w3")?.expect_shape("w3", &[hidden, classes])?;
    for (name, size) in [("b1", hidden), ("b2", hidden), ("b3", classes)] {
        weights(name)?.expect_shape(name, &[size])?;
    }
    Ok(())
}

/// Refuses what [`net::save`](super::net::save) has written: it tells the numbers of each layer, and not what is computed with them.
fn check_names(tensors: &[(String, Tensor)]) -> Result<()> {
    let has = |name: &str| tensors.iter().any(|(other, _)| other == name);
    if has("w1") || !has("0.weight") {
        return Ok(());
    }
    let message = "holds the weights of a network of layers (0.weight, …), and does not say which functions lie between \
                   them; expected section 3.7's w1 b1 w2 b2 w3 b3";
    Err(Error::content(message).hint("`train --save` writes these"))
}

/// Reads weights from an npz or a safetensors file; the extension says which.
///
/// # Errors
/// As [`from_tensors`], and if the extension is another, or the file cannot be read or is damaged; with its path.
pub fn load<T: Real>(path: impl AsRef<Path>) -> Result<Params<T>> {
    let path = path.as_ref();
    let tensors = tensor::load(path)?;
    from_tensors(&tensors).map_err(|error| error.at(path))
}

/// Writes the weights as npz or safetensors, or the network as ONNX; the extension says which.
///
/// # Errors
/// If the extension is another, and as [`write_atomic`](crate::io::write_atomic).
pub fn save<T: Real>(path: impl AsRef<Path>, p: &Params<T>) -> Result<()> {
    weights::save(path.as_ref(), &|| to_tensors(p), &|| Ok(to_onnx(p)))
}

/// The network, from a¹ to a⁴, in the operators of ONNX.
pub fn to_onnx<T: Real>(p: &Params<T>) -> Network {
    let gemm = |w: &Matrix<T>, b: &[T]| Operator::Gemm {
        weight: w.to_tensor(),
        bias: Tensor::from_floats(&[b.len()], b),
    };
    Network {
        name: "section37".into(),
        dtype: DType::of::<T>(),
        inputs: p.sizes().inputs,
        operators: vec![
            gemm(&p.w1, &p.b1),
            Operator::Sigmoid,
            gemm(&p.w2, &p.b2),
            Operator::Sigmoid,
            gemm(&p.w3, &p.b3),
            Operator::Softmax,
        ],
    }
}

/// Checks that weights are those of a network of these sizes.
///
/// # Errors
/// If they are not; with both.
pub fn expect_sizes<T: Real>(p: &Params<T>, expected: Sizes) -> Result<()> {
    let found = p.sizes();
    if found == expected {
        return Ok(());
    }
    Err(Error::content(format!(
        "holds a network {found}, expected {expected}"
    )))
}
