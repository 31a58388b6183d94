//! The one error type of the library.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::text::printable;

/// A `Result` whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of thing went wrong: what a program needs to know to decide what to do about an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An option or an environment variable has a value that it cannot have, or does not exist: wrong usage.
    Usage,
    /// The system refuses a file or a folder. [`source`](std::error::Error::source) has its reason.
    Io,
    /// What a file or a folder holds is damaged, missing, or not what was expected there.
    Content,
    /// The memory cannot be had.
    Memory,
    /// Anything else: a value that does not suit, a calculation that went wrong.
    Other,
}

/// What went wrong with something that came from outside (a file, an argument, an environment variable): where, what was
/// expected, what was found, and what to do about it.
///
/// Its text is one line that is safe to print, whatever the outside put into it: see [`printable`](super::printable).
///
/// ```
/// use fromzero::io::{Error, ErrorKind};
/// let error = Error::of_kind(ErrorKind::Content, "expected 60000 labels, found 59999")
///     .at("train-labels-idx1-ubyte")
///     .offset(4)
///     .hint("fetch it again");
/// assert_eq!(
///     error.to_string(),
///     "train-labels-idx1-ubyte, byte 4: expected 60000 labels, found 59999; fetch it again"
/// );
/// assert_eq!(error.kind(), ErrorKind::Content);
/// ```
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    place: Option<Place>,
    spot: Option<Spot>,
    message: String,
    hint: Option<String>,
    source: Option<Arc<io::Error>>,
}

/// What an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// A file or a folder.
    Path(PathBuf),
    /// An option or an environment variable.
    Setting(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Path(path) => path.display().fmt(f),
            Place::Setting(name) => name.fmt(f),
        }
    }
}

/// Where in a file something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spot {
    /// Counted from 0.
    Byte(u64),
    /// Of a table; both counted from 1.
    Cell { line: usize, column: usize },
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Spot::Byte(offset) => write!(f, "byte {offset}"),
            Spot::Cell { line, column } => write!(f, "line {line}, column {column}"),
        }
    }
}

impl Error {
    /// An error of the kind [`ErrorKind::Other`] that says what was expected and what was found.
    pub fn new(message: impl Into<String>) -> Self {
        Self::of_kind(ErrorKind::Other, message)
    }

    /// An error of this kind that says what was expected and what was found.
    pub fn of_kind(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            kind,
            place: None,
            spot: None,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// An error of the kind [`ErrorKind::Content`].
    pub(crate) fn content(message: impl Into<String>) -> Self {
        Self::of_kind(ErrorKind::Content, message)
    }

    /// The system's refusal to do something: `message` says what could not be done, `source` why. Its kind is
    /// [`ErrorKind::Io`], or [`ErrorKind::Memory`] if that is why.
    ///
    /// ```
    /// use fromzero::io::{Error, ErrorKind};
    /// use std::error::Error as _;
    /// let cause = std::io::ErrorKind::PermissionDenied.into();
    /// let error = Error::io("cannot be read", cause).at("digits");
    /// assert_eq!(error.to_string(), "digits: cannot be read: permission denied");
    /// assert_eq!(error.kind(), ErrorKind::Io);
    /// assert!(error.source().is_some());
    /// ```
    pub fn io(message: impl fmt::Display, source: io::Error) -> Self {
        let message = format!("{message}: {source}");
        Self::caused(message, source)
    }

    fn caused(message: String, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::OutOfMemory => ErrorKind::Memory,
            _ => ErrorKind::Io,
        };
        Error {
            source: Some(Arc::new(source)),
            ..Self::of_kind(kind, message)
        }
    }

    /// Names the file or folder; a place that is already named stays.
    #[must_use]
    pub fn at(self, path: impl AsRef<Path>) -> Self {
        self.at_path(path.as_ref())
    }

    fn at_path(mut self, path: &Path) -> Self {
        self.place
            .get_or_insert_with(|| Place::Path(path.to_path_buf()));
        self
    }

    /// Names the option or environment variable whose value is the reason, which makes the error one of the kind
    /// [`ErrorKind::Usage`]; a place that is already named stays.
    #[must_use]
    pub fn setting(mut self, name: impl Into<String>) -> Self {
        self.kind = ErrorKind::Usage;
        self.place.get_or_insert(Place::Setting(name.into()));
        self
    }

    /// Names the byte of the file; a spot that is already named stays.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.spot.get_or_insert(Spot::Byte(offset));
        self
    }

    /// Names the line and the column of a table, both counted from 1; a spot that is already named stays.
    #[must_use]
    pub fn cell(mut self, line: usize, column: usize) -> Self {
        self.spot.get_or_insert(Spot::Cell { line, column });
        self
    }

    /// Makes this the error of a file in which the bytes that it counts begin at byte `start`.
    #[must_use]
    pub(crate) fn moved(mut self, start: u64) -> Self {
        if let Some(Spot::Byte(offset)) = &mut self.spot {
            *offset += start;
        }
        self
    }

    /// Makes this the error of a file that contains `part`, in which the spot is counted.
    #[must_use]
    pub(crate) fn of_part(mut self, part: &str) -> Self {
        let spot = self.spot.take().map(|spot| format!(", {spot}"));
        let spot = spot.unwrap_or_default();
        self.message = format!("in {part}{spot}: {}", self.message);
        self
    }

    /// Says what to do; what has already been said stays.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint.get_or_insert(hint.into());
        self
    }

    /// What kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The file or folder that the error is about, if it is about one.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Some(Place::Path(path)) => Some(path),
            _ => None,
        }
    }
}

/// Two errors are equal if they say the same, and are of one kind.
impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.place == other.place
            && self.spot == other.spot
            && self.message == other.message
            && self.hint == other.hint
    }
}

impl Eq for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.as_ref().map(printable);
        match (place, self.spot) {
            (Some(place), Some(spot)) => write!(f, "{place}, {spot}: ")?,
            (Some(place), None) => write!(f, "{place}: ")?,
            (None, Some(spot)) => write!(f, "{spot}: ")?,
            (None, None) => {}
        }
        write!(f, "{}", printable(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, "; {}", printable(hint)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}
