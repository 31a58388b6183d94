//! Arrays of numbers with any number of dimensions, as files keep them: NumPy's npy and npz, safetensors, and ONNX, which is
//! only written.
//!
//! They are how weights leave for other programs and how data comes from them, without these programs being there. What always
//! holds: what is read was all there, and what is written is what the format's own library writes, byte for byte.
//!
//! Guarded by `tests/suite/io/npy.rs`, `tests/suite/io/npz.rs`, `tests/suite/io/safetensors.rs` and `tests/suite/io/onnx.rs`,
//! each with files of the format's own library.

mod float;
mod format;
mod json;
mod npy_header;
mod protobuf;
mod torch;
mod value;

pub mod npy;
pub mod npz;
pub mod onnx;
pub mod safetensors;

pub use format::{Format, load};
pub use value::{DType, MOST_DIMENSIONS, Named, Tensor, find};
