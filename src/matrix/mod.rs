//! [`Matrix`]: row-major storage with aligned rows, and the views through which everything else reads and writes it.
//!
//! A batch of samples, the weights of a layer and a gradient are all of them numbers in rows and columns. A transpose or a block is
//! a [`View`] that moves nothing, so that (a³)ᵀδ⁴ is written as it stands in the book.
//!
//! Entry (i, j) is stored at `i · ld + j`. The *leading dimension* `ld` is at least the number of columns: rows start on 64-byte
//! boundaries, so that a vector register is filled from one cache line, and a long row has an odd number of lines. With an even
//! number, up to a power of two such as 4096 bytes, the entries of one column would all fall into the same few sets of the
//! first-level cache and evict each other; an odd number visits every set. The lanes between `cols` and `ld` are padding and
//! belong to no value: not to ==, not to a sum or a checksum, not to a file.
//!
//! Guarded by `tests/suite/matrix.rs`: `rows_lie_on_cache_lines_and_long_ones_have_an_odd_number_of_them`,
//! `equality_compares_shape_and_entries_and_nothing_else`, `views_show_blocks_and_transposes_without_moving_anything`.

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
pub(crate) use tensor::two_dimensions;
pub use view::{View, ViewMut};
