//! Data: samples with labels, where they come from, and how they reach the network a batch at a time.
//!
//! Images stay bytes in memory, a quarter of the size, and become numbers from 0 to 1 a batch at a time; a table's rows stay as
//! they are. Labels are checked once, where they come in, so that nothing behind has to doubt them.
//!
//! What always holds: an epoch has every sample once, the last short batch included; images and labels keep together whatever is
//! shuffled or split.
//!
//! Guarded by `tests/suite/data/batches.rs`: `batches_in_order_have_every_sample_once`,
//! `shuffled_batches_have_every_sample_once`; and by `tests/suite/data/dataset.rs`:
//! `what_does_not_belong_together_is_refused`.

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
