//! The one error type of the library.

use std::fmt;
use std::path::{Path, PathBuf};

/// A `Result` whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong with something that came from outside (a file, an argument, an environment variable): where, what was
/// expected, what was found, and what to do about it.
///
/// ```
/// use fromzero::io::Error;
/// let error = Error::new("expected 60000 labels, found 59999")
///     .at("train-labels-idx1-ubyte")
///     .offset(4)
///     .hint("fetch the file again");
/// assert_eq!(
///     error.to_string(),
///     "train-labels-idx1-ubyte, byte 4: expected 60000 labels, found 59999; fetch the file again"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    path: Option<PathBuf>,
    offset: Option<u64>,
    message: String,
    hint: Option<String>,
}

impl Error {
    /// An error that says what was expected and what was found.
    pub fn new(message: impl Into<String>) -> Self {
        Error {
            path: None,
            offset: None,
            message: message.into(),
            hint: None,
        }
    }

    /// Names the file or folder; a path that is already named stays.
    #[must_use]
    pub fn at(mut self, path: impl AsRef<Path>) -> Self {
        self.path.get_or_insert_with(|| path.as_ref().to_path_buf());
        self
    }

    /// Names the byte of the file; an offset that is already named stays.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset.get_or_insert(offset);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// The file or folder that the error is about, if it is about one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.path, self.offset) {
            (Some(path), Some(offset)) => write!(f, "{}, byte {offset}: ", path.display())?,
            (Some(path), None) => write!(f, "{}: ", path.display())?,
            (None, Some(offset)) => write!(f, "byte {offset}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
