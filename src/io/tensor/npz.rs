//! npz, NumPy's file of several arrays: a zip file with an npy file for each.
//!
//! Reading takes as much memory as the arrays and the directory; for deflated ones, as much again as the largest of them, and
//! what that is packed into.
//!
//! What always holds: arrays of equal bits give files of equal bytes, since no date is written; and what unpacks is bounded by
//! what is there.
//!
//! Guarded by `tests/suite/io/npz.rs`: `written_files_are_those_of_numpy`, `no_changed_byte_changes_the_numbers`,
//! `bombs_are_refused_at_once`.

use std::io::{self, Cursor, Write};
use std::path::Path;

use super::npy;
use super::torch;
use super::value::{Named, Tensor};
use crate::io::source::{Parts, open};
use crate::io::zip::{ZipReader, ZipWriter};
use crate::io::{Error, Result, write_atomic};

/// What a name has in the zip file behind it.
const SUFFIX: &str = ".npy";

/// As many bytes at a file's beginning show what it is.
const START: u64 = 1 << 10;

/// Takes an npz file apart: stored or deflated, as `numpy.savez`, `numpy.savez_compressed` and other programs write it. The
/// arrays together have at most `limit` bytes.
///
/// ```
/// use fromzero::io::tensor::{Tensor, npz};
/// let tensors = vec![("b1".to_string(), Tensor::from_floats(&[2], &[0.5_f32, -1.0]))];
/// let mut file = Vec::new();
/// npz::write(&tensors, &mut file)?;
/// assert_eq!(npz::parse(&file, 1 << 20).unwrap(), tensors);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// If the file is damaged, ambiguous (entries that overlap, two of a name, headers that disagree with the directory) or larger
/// than it may be, if an entry is not an array, or if it is PyTorch's; with the byte.
pub fn parse(file: &[u8], limit: usize) -> Result<Named> {
    let length = file.len() as u64;
    read(&mut Parts::new(&mut Cursor::new(file), length), limit)
}

/// Reads an npz file; its arrays together may have at most `limit` bytes. Nothing of the file is unpacked before its directory
/// has been found consistent and within the limit.
///
/// # Errors
/// As [`parse`], and if the file cannot be read; with its path.
pub fn load(path: impl AsRef<Path>, limit: usize) -> Result<Named> {
    load_path(path.as_ref(), limit)
}

fn load_path(path: &Path, limit: usize) -> Result<Named> {
    open(path)
        .and_then(|(mut file, length)| read(&mut Parts::new(&mut file, length), limit))
        .map_err(|error| error.at(path))
}

/// Writes an npz file, byte for byte as `numpy.savez` writes the same arrays in the same order: equal arrays make equal files. (The
/// zip file is that of Python 3.11.4 and later; before, the headers of its entries said another version.)
///
/// # Errors
/// As [`write_atomic`].
pub fn save(path: impl AsRef<Path>, tensors: &[(String, Tensor)]) -> Result<()> {
    write_atomic(path, |file| write(tensors, file))
}

/// Writes what an npz file holds.
///
/// # Errors
/// Those of `file`, and for a name that is too long for a zip file.
pub fn write(tensors: &[(String, Tensor)], file: &mut dyn Write) -> io::Result<()> {
    let mut zip = ZipWriter::new(file);
    for (name, tensor) in tensors {
        let content = [&npy::head(tensor)[..], tensor.bytes()];
        zip.entry(&format!("{name}{SUFFIX}"), &content)?;
    }
    zip.finish()
}

fn read(file: &mut Parts, limit: usize) -> Result<Named> {
    let start = file.bytes(0..file.length().min(START), "the start of an npz file")?;
    check_start(&start)?;
    let mut archive = ZipReader::open(file)?;
    let claimed = (archive.entries()).fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
    if claimed > limit as u64 {
        return Err(Error::content(format!(
            "the entries claim {claimed} bytes, more than the {limit} that are allowed"
        )));
    }
    let names: Result<Vec<_>> = archive
        .entries()
        .map(|entry| array_name(&entry.name))
        .collect();
    let arrays = names?.into_iter().enumerate();
    arrays
        .map(|(index, name)| Ok((name, archive.read(index, limit, npy::read)?)))
        .collect()
}

/// Checks that a file begins as an npz file does.
fn check_start(start: &[u8]) -> Result<()> {
    if torch::is_pickle(start) || torch::is_zip(start) {
        return Err(torch::refused());
    }
    if start.starts_with(b"PK") {
        return Ok(());
    }
    let error = Error::content("is not an npz file: it does not start as a zip file").offset(0);
    Err(if start.starts_with(npy::MAGIC) {
        error.hint("it is an npy file, with one array that has no name")
    } else if start.starts_with(b"\x1f\x8b") {
        error.hint("it is packed with gzip: unpack it first")
    } else {
        error
    })
}

/// The name of the array in an entry of this name.
fn array_name(entry: &str) -> Result<String> {
    match entry.strip_suffix(SUFFIX) {
        Some(name) => Ok(name.to_string()),
        None => Err(Error::content(format!(
            "holds {entry:?}, which is not an array (.npy)"
        ))),
    }
}
