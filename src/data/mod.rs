//! Data: images with labels, and how they reach the network a batch at a time.

pub mod batches;
mod dataset;
pub mod mnist;
pub mod synthetic;
pub mod waves;

pub use batches::{Batch, Batches, one_hot};
pub use dataset::Dataset;
pub use waves::Waves;
