//! Guide
//!
//! # Where is …?

pub mod carrying_on;
pub mod limit;
pub mod numpy;
