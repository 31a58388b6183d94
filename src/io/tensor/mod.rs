//! Arrays of numbers with any number of dimensions, as files keep them: NumPy's npy and npz, safetensors, and ONNX, which is
//! only written.

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
