//! Worker threads, and the disjoint blocks of one output that they write.

#![allow(unsafe_code)]

mod blocks;
mod engine;
mod gate;
mod pool;

pub(super) use blocks::{Block, for_each_block};
pub use engine::Engine;
pub(crate) use pool::Pool;
