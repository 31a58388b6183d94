//! Data: samples with labels, where they come from, and how they reach the network a batch at a time.

mod arrays;
pub mod batches;
mod columns;
mod dataset;
mod family;
mod fields;
mod files;
pub mod mnist;
mod normalize;
mod split;
mod standardizer;
pub mod synthetic;
pub mod table;
pub mod waves;

pub use batches::{Batch, Batches, one_hot};
pub use dataset::{Dataset, Sample};
pub use normalize::{SIDE, normalized};
pub use standardizer::Standardizer;
pub use waves::Waves;
