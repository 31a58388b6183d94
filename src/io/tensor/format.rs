//! [`Format`]: what a file's extension promises, and files of named tensors.

use std::path::Path;

use super::value::Named;
use super::{npz, safetensors, torch};
use crate::io::{Error, Result};

/// Why PyTorch's files are neither written nor read.
const PICKLES: &str = "PyTorch's own files are pickles, programs that run when they are read";

/// A format of files with tensors or networks, which the file's extension says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// NumPy's, `.npz`.
    Npz,
    /// Hugging Face's, `.safetensors`.
    Safetensors,
    /// `.onnx`, which is only written.
    Onnx,
}

impl Format {
    /// The format in which a file of this name can be written. To be asked before anything is computed.
    ///
    /// ```
    /// use fromzero::io::tensor::Format;
    /// assert_eq!(Format::to_write("digits.npz")?, Format::Npz);
    /// assert!(Format::to_write("digits.pt").is_err());
    /// # Ok::<(), fromzero::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// If its extension is none of the three.
    pub fn to_write(path: impl AsRef<Path>) -> Result<Self> {
        Self::writable(path.as_ref())
    }

    fn writable(path: &Path) -> Result<Self> {
        let of_torch = format!("{PICKLES}: use safetensors");
        Self::of(path, ".npz, .safetensors or .onnx", &of_torch)
    }

    /// The format in which a file of this name can be read.
    ///
    /// # Errors
    /// If its extension is neither `.npz` nor `.safetensors`; if it is PyTorch's, with the lines of Python that convert the file.
    pub fn to_read(path: impl AsRef<Path>) -> Result<Self> {
        Self::readable(path.as_ref())
    }

    fn readable(path: &Path) -> Result<Self> {
        const READ: &str = ".npz or .safetensors";
        let of_torch = format!("{PICKLES}: {}", torch::CONVERT);
        match Self::of(path, READ, &of_torch)? {
            Format::Onnx => Err(Error::new(format!(
                "expected a file called {READ}: ONNX is only written"
            ))
            .at(path)),
            format => Ok(format),
        }
    }

    /// `of_torch` says what to do with a file of PyTorch.
    fn of(path: &Path, expected: &str, of_torch: &str) -> Result<Self> {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("npz") => Ok(Format::Npz),
            Some("safetensors") => Ok(Format::Safetensors),
            Some("onnx") => Ok(Format::Onnx),
            found => {
                let found = match found {
                    Some("") => "no extension".to_string(),
                    _ => format!(".{}", extension.display()),
                };
                let message = format!("expected a file called {expected}, found {found}");
                let error = Error::new(message).at(path);
                Err(error.hint(match &found[..] {
                    ".pt" | ".pth" => of_torch,
                    _ => "the extension says the format",
                }))
            }
        }
    }
}

/// Reads the tensors of a file, whose extension says the format.
///
/// # Errors
/// As [`Format::to_read`], [`npz::load`] and [`safetensors::load`]. All arrays of an npz file together may have 4 GiB at most.
pub fn load(path: impl AsRef<Path>) -> Result<Named> {
    /// As many bytes as an npz file may claim: compressed ones can claim anything.
    const MOST_BYTES: u64 = 1 << 32;
    let path = path.as_ref();
    match Format::to_read(path)? {
        Format::Npz => npz::load(path, usize::try_from(MOST_BYTES).unwrap_or(usize::MAX)),
        _ => safetensors::load(path),
    }
}
