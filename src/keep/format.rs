//! [`FileFormat`]: what a file's extension promises.

use std::path::Path;

use crate::io::tensor::{CONVERT_FROM_TORCH, DType, Named, Tensor, npz, safetensors};
use crate::io::{Error, Result};

/// Why PyTorch's files are neither written nor read.
const PICKLES: &str = "PyTorch's own files are pickles, programs that run when they are read";

/// A format of files with weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// NumPy's, `.npz`.
    Npz,
    /// `.safetensors`.
    Safetensors,
    /// `.onnx`, which is only written.
    Onnx,
}

impl FileFormat {
    /// The format in which a file of this name can be written.
    ///
    /// ```
    /// use fromzero::keep::FileFormat;
    /// assert_eq!(FileFormat::to_write("digits.npz")?, FileFormat::Npz);
    /// assert!(FileFormat::to_write("digits.pt").is_err());
    /// # Ok::<(), fromzero::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// If its extension is none of the three.
    pub fn to_write(path: impl AsRef<Path>) -> Result<Self> {
        let of_torch = format!("{PICKLES}: use safetensors");
        Self::of(path.as_ref(), ".npz, .safetensors or .onnx", &of_torch)
    }

    /// The format in which a file of this name can be read.
    ///
    /// # Errors
    /// If its extension is neither `.npz` nor `.safetensors`; if it is PyTorch's, with the lines of Python that convert the file.
    pub fn to_read(path: impl AsRef<Path>) -> Result<Self> {
        const READ: &str = ".npz or .safetensors";
        let of_torch = format!("{PICKLES}: {CONVERT_FROM_TORCH}");
        match Self::of(path.as_ref(), READ, &of_torch)? {
            FileFormat::Onnx => Err(Error::new(format!(
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
            Some("npz") => Ok(FileFormat::Npz),
            Some("safetensors") => Ok(FileFormat::Safetensors),
            Some("onnx") => Ok(FileFormat::Onnx),
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
pub(super) fn load(path: &Path) -> Result<Named> {
    /// As many bytes of weights as an npz file may claim: compressed ones can claim anything.
    const MOST_BYTES: usize = 1 << 32;
    match FileFormat::to_read(path)? {
        FileFormat::Npz => npz::load(path, MOST_BYTES),
        _ => safetensors::load(path),
    }
}

/// The numbers of a tensor that are weights, called `name`: floating-point, and finite.
pub(super) fn check_weights(name: &str, tensor: &Tensor) -> Result<()> {
    if !matches!(tensor.dtype(), DType::F32 | DType::F64) {
        let message = format!("{name} is {}, expected f32 or f64", tensor.described());
        return Err(Error::content(message));
    }
    match tensor.to_floats::<f64>().iter().find(|x| !x.is_finite()) {
        None => Ok(()),
        Some(x) => Err(Error::content(format!(
            "{name} holds {x}, expected finite numbers"
        ))),
    }
}
