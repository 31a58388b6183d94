//! Files of named tensors in either format: written as the name says, read as the content says.

use std::path::Path;

use super::value::{Named, Tensor};
use super::{npz, safetensors};
use crate::io::{Error, Result, read};

/// A format that keeps several tensors with their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// NumPy's.
    Npz,
    /// Hugging Face's.
    Safetensors,
}

impl Format {
    /// The format in which a file of this name is written, by its extension. To be asked before anything is computed.
    ///
    /// ```
    /// use fromzero::io::tensor::Format;
    /// assert_eq!(Format::of("net.npz").unwrap(), Format::Npz);
    /// let error = Format::of("net.pt").unwrap_err().to_string();
    /// assert_eq!(error, "net.pt: expected a name that ends with .npz or .safetensors");
    /// ```
    ///
    /// # Errors
    /// If it is neither `.npz` nor `.safetensors`.
    pub fn of(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("npz") => Ok(Format::Npz),
            Some("safetensors") => Ok(Format::Safetensors),
            _ => Err(Error::new("expected a name that ends with .npz or .safetensors").at(path)),
        }
    }

    /// Writes a file of this format.
    ///
    /// # Errors
    /// As [`write_atomic`](crate::io::write_atomic).
    ///
    /// # Panics
    /// As [`safetensors::save`].
    #[track_caller]
    pub fn save(self, path: impl AsRef<Path>, tensors: &[(String, Tensor)]) -> Result<()> {
        match self {
            Format::Npz => npz::save(path, tensors),
            Format::Safetensors => safetensors::save(path, tensors),
        }
    }
}

/// Reads a file of named tensors, npz or safetensors as its first bytes say. Neither it nor the tensors together may have more
/// than `limit` bytes.
///
/// # Errors
/// As [`npz::parse`] and [`safetensors::parse`], and if the file cannot be read; with its path.
pub fn load(path: impl AsRef<Path>, limit: usize) -> Result<Named> {
    let path = path.as_ref();
    let file = read(path, limit)?;
    let tensors = match file.starts_with(b"PK") {
        true => npz::parse(&file, limit),
        false => safetensors::parse(&file),
    };
    tensors.map_err(|error| error.at(path))
}
