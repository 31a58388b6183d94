//! Arrays of numbers with any number of dimensions, as files keep them: NumPy's npy and npz, safetensors, and ONNX, which is
//! only written.

mod file;
mod float;
mod json;
mod npy_header;
mod protobuf;
mod torch;
mod value;

pub mod npy;
pub mod npz;
pub mod onnx;
pub mod safetensors;

pub use file::{Format, load};
pub(crate) use torch::CONVERT as CONVERT_FROM_TORCH;
pub use value::{DType, MOST_DIMENSIONS, Named, Tensor, find};
