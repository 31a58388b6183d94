//! How near the elementary functions come to the true values: all of `f32`, and samples of `f64`.

pub mod double_double;
pub mod estimate;
pub mod functions;
pub mod known;
pub mod reference;
pub mod rounding;
pub mod samples;
pub mod sweep;
