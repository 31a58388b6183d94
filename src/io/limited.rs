//! Files that grow, within what the system lets a process write.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::{Error, Result};

/// A file that refuses to grow beyond a limit. Unix would kill the process, drafts and all, with the signal SIGXFSZ.
pub(super) struct Limited<'a> {
    file: &'a File,
    limit: u64,
    size: u64,
}

impl<'a> Limited<'a> {
    pub(super) fn new(file: &'a File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let limit = match metadata.is_file() {
            true => largest_file(),
            false => u64::MAX,
        };
        let size = metadata.len();
        Ok(Limited { file, limit, size })
    }
}

impl Write for Limited<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let limit = self.limit;
        if bytes.len() as u64 > limit.saturating_sub(self.size) {
            let message = format!("no file may have more than {limit} bytes here (`ulimit -f`)");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let written = self.file.write(bytes)?;
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The most bytes that the system lets this process write to a file, as far as it tells.
fn largest_file() -> u64 {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let figures = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max file size"));
    figures
        .and_then(|figures| figures.split_whitespace().next()?.parse().ok())
        .unwrap_or(u64::MAX)
}

/// A file that grows by a piece at a time, each of which is there whole or not at all: a table that is written while something runs.
///
/// ```
/// use fromzero::io::Appender;
/// let path = std::env::temp_dir().join(format!("fromzero-doc-{}.csv", std::process::id()));
/// std::fs::write(&path, "step,loss\n").unwrap();
/// let mut table = Appender::open(&path)?;
/// table.append("1,2.3026\n")?;
/// assert_eq!(std::fs::read(&path).unwrap(), b"step,loss\n1,2.3026\n");
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fromzero::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Appender {
    path: PathBuf,
    file: File,
    /// A pipe or a device is none.
    is_file: bool,
    limit: u64,
    size: u64,
}

impl Appender {
    /// Opens a file that is there, to write behind what it holds.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_path(path.as_ref().to_path_buf())
    }

    fn open_path(path: PathBuf) -> Result<Self> {
        let refused = |cause| Error::io("cannot be written", cause).at(&path);
        let file = File::options().append(true).open(&path).map_err(refused)?;
        let Limited { limit, size, .. } = Limited::new(&file).map_err(refused)?;
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        Ok(Appender {
            path,
            file,
            is_file,
            limit,
            size,
        })
    }

    /// Writes a piece behind what is there.
    ///
    /// # Errors
    /// If the disk fails or is full, or the file would grow beyond what the process may write (`ulimit -f`, where `/proc` tells);
    /// then it is as long as it was. The error names the file.
    pub fn append(&mut self, piece: impl AsRef<[u8]>) -> Result<()> {
        self.append_bytes(piece.as_ref())
    }

    fn append_bytes(&mut self, piece: &[u8]) -> Result<()> {
        let file = &self.file;
        let (limit, size) = (self.limit, self.size);
        let written = Limited { file, limit, size }.write_all(piece);
        written.map_err(|cause| {
            if self.is_file {
                // Of a piece that did not fit, the beginning may be there.
                let _ = self.file.set_len(size);
            }
            Error::io("cannot be written", cause).at(&self.path)
        })?;
        self.size += piece.len() as u64;
        Ok(())
    }
}
