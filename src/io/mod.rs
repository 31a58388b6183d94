//! Doors to the outside: files come in and go out here, and every failure is an [`Error`] that a person can act on.

mod archive;
mod bits;
mod codes;
mod crc32;
mod csv;
mod deflate;
mod error;
mod fields;
mod fnv;
mod gzip;
mod huffman;
mod idx;
mod inflate;
mod limited;
mod scanner;
mod source;
mod text;
mod write;
mod zip;
mod zlib;

pub mod image;
pub mod tensor;

pub use archive::Archive;
pub use crc32::crc32;
pub use csv::Records;
pub use error::{Error, ErrorKind, Result};
pub use fnv::fnv1a;
pub use gzip::{gunzip, peek, read};
pub use idx::Idx;
pub use inflate::inflate;
pub use limited::Appender;
pub use text::{grouped, printable};
pub use write::{check_writable, remove_drafts, write_atomic};
