//! [`Matrix`]: row-major storage with aligned rows, and the views through which everything else reads and writes it.
//!
//! Entry (i, j) is stored at `i · ld + j`. The *leading dimension* `ld` is at least the number of columns: rows start on
//! 64-byte boundaries, so that a vector register is filled from one cache line, and a long row has an odd number of
//! lines. With an even number, up to a power of two such as 4096 bytes, the entries of one column would all fall into the
//! same few sets of the first-level cache and evict each other; an odd number visits every set. The lanes between
//! `cols` and `ld` are padding and belong to no value.

mod iter;
mod operators;
mod print;
mod shape;
mod storage;
mod tensor;
mod view;

pub use iter::{Entries, Rows};
pub(crate) use shape::{check_same, check_some, shape_mismatch};
pub(crate) use storage::LINE;
pub use storage::Matrix;
pub use view::{View, ViewMut};
