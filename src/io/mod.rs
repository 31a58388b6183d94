//! Doors to the outside: files come in and go out here, and every failure is an [`Error`] that a person can act on.
//!
//! Nobody knows what a file from outside holds. Every reader here takes it apart byte by byte and believes none of its claims
//! before they are backed by bytes that are there.
//!
//! What always holds: bad input never panics, never takes memory that the file's own bytes do not justify, and never destroys an
//! earlier result; an error says which file, where in it, what was expected and what was found.
//!
//! Guarded by `tests/suite/io/fuzz.rs`: `no_damaged_file_panics_or_is_misread`, `every_attack_is_refused_by_every_reader`; by
//! `tests/suite/io/write.rs`: `an_earlier_file_survives_every_failure`; and by `tests/suite/io/inflate.rs` and
//! `tests/suite/io/gzip.rs`: what other programs packed.

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
pub(crate) use archive::first_in_zip;
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
