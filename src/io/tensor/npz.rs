//! npz, NumPy's file of several arrays: a zip file with an npy file for each.
//!
//! Reading takes as much memory as the arrays, and as much again as the largest of them if it is deflated.

use std::io::{self, Write};
use std::path::Path;

use super::npy;
use super::torch;
use super::value::{Named, Tensor};
use crate::io::zip::{Archive, ZipWriter};
use crate::io::{Error, Result, read, write_atomic};

/// What a name has in the zip file behind it.
const SUFFIX: &str = ".npy";

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
    if torch::is_pickle(file) || torch::is_zip(file) {
        return Err(torch::refused());
    }
    if !file.starts_with(b"PK") {
        let error = Error::content("is not an npz file: it does not start as a zip file").offset(0);
        return Err(match file.starts_with(npy::MAGIC) {
            true => error.hint("it is an npy file, with one array that has no name"),
            false => error,
        });
    }
    let mut archive = Archive::parse(file)?;
    let entries = (0..archive.len()).map(|index| archive.entry(index));
    let claimed = entries.fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
    if claimed > limit as u64 {
        return Err(Error::content(format!(
            "the entries claim {claimed} bytes, more than the {limit} that are allowed"
        )));
    }
    (0..archive.len())
        .map(|index| array(&mut archive, index, limit))
        .collect()
}

/// Reads an npz file; neither it nor its arrays together may have more than `limit` bytes.
///
/// # Errors
/// As [`parse`], and if the file cannot be read; with its path.
pub fn load(path: impl AsRef<Path>, limit: usize) -> Result<Named> {
    let path = path.as_ref();
    let file = read(path, limit)?;
    parse(&file, limit).map_err(|error| error.at(path))
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
pub fn write(tensors: &[(String, Tensor)], file: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let mut zip = ZipWriter::new(file);
    for (name, tensor) in tensors {
        let content = [&npy::head(tensor)[..], tensor.bytes()];
        zip.entry(&format!("{name}{SUFFIX}"), &content)?;
    }
    zip.finish()
}

fn array(archive: &mut Archive, index: usize, limit: usize) -> Result<(String, Tensor)> {
    let entry = archive.entry(index);
    let Some(name) = entry.name.strip_suffix(SUFFIX) else {
        return Err(Error::content(format!(
            "holds {:?}, which is not an array (.npy)",
            entry.name
        )));
    };
    let content = archive.unpack(index, limit)?;
    let tensor = npy::parse(&content).map_err(|error| error.of_part(entry.name))?;
    Ok((name.to_string(), tensor))
}
