//! Writing a file so that it is never half there: the new contents go into a file beside it, reach the disk, and then take
//! its name in one step. Whatever fails on the way, the earlier file stays whole.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::{Error, Result};
use super::limited::Limited;

/// Names that are tried for a draft before the folder is given up.
const ATTEMPTS: usize = 1000;
/// How the name of a draft begins and ends.
const DRAFT_START: &str = ".fromzero-";
const DRAFT_END: &str = ".tmp";
/// Symbolic links that are followed one after another, as Linux has it.
const MOST_LINKS: usize = 40;

/// Writes the file at `path` whole or not at all, with the contents that `fill` writes.
///
/// An earlier file keeps its permissions, and a symbolic link stays a link: what it leads to is replaced, or made if it is
/// not there. What is no regular file (a pipe, a device), and a file that is open already (`/dev/stdout`), is never replaced:
/// the contents are appended to it as they come.
///
/// ```
/// use fromzero::io::write_atomic;
/// use std::io::Write;
/// let path = std::env::temp_dir().join(format!("fromzero-doc-{}.txt", std::process::id()));
/// write_atomic(&path, |file| file.write_all(b"0.9115"))?;
/// assert_eq!(std::fs::read(&path).unwrap(), b"0.9115");
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), fromzero::io::Error>(())
/// ```
///
/// # Errors
/// If `path` names no file (a folder, nothing), if the earlier file is read-only, if the folder cannot be written to, if
/// `fill` or the disk fails, or if the file grows beyond what the process may write (`ulimit -f`, where `/proc` tells). The
/// error names `path`.
pub fn write_atomic(
    path: impl AsRef<Path>,
    mut fill: impl FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    write(path.as_ref(), &mut fill)
}

/// What puts the contents into a file.
type Fill<'a> = dyn FnMut(&mut dyn Write) -> io::Result<()> + 'a;

fn write(path: &Path, fill: &mut Fill<'_>) -> Result<()> {
    let written = match destination(path)? {
        Destination::Stream => append(path, fill),
        Destination::File(target) => {
            let draft = Draft::beside(target).map_err(|error| error.at(path))?;
            draft.fill(fill).and_then(|()| draft.take_name())
        }
    };
    written.map_err(|cause| Error::io("cannot be written", cause).at(path))
}

/// Whether [`write_atomic`] could begin to write `path` now: for a program that computes for minutes before it writes.
///
/// # Errors
/// As [`write_atomic`], but for what only the contents can cause. What is no regular file is not opened for this.
pub fn check_writable(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    match destination(path)? {
        Destination::Stream => Ok(()),
        Destination::File(target) => match Draft::beside(target) {
            Ok(_) => Ok(()),
            Err(error) => Err(error.at(path)),
        },
    }
}

/// Removes what processes that were killed while they wrote left half written in a folder. Nothing else may be writing there.
///
/// # Errors
/// If the folder cannot be read.
pub fn remove_drafts(folder: &Path) -> Result<()> {
    let entries = fs::read_dir(folder);
    let entries = entries.map_err(|cause| Error::io("cannot be read", cause).at(folder))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if name.starts_with(DRAFT_START.as_bytes()) && name.ends_with(DRAFT_END.as_bytes()) {
            // What cannot be removed only takes room.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

/// Where contents go that are written to a path.
enum Destination {
    /// To a file that takes this name, and the place of an earlier one.
    File(PathBuf),
    /// To something that takes what it is given: replacing it would cut it off from whoever else has it open.
    Stream,
}

fn destination(path: &Path) -> Result<Destination> {
    let nameless = || Err(Error::new("expected the name of a file to write").at(path));
    if !names_a_file(path) {
        return nameless();
    }
    let refused = |cause| Error::io("cannot be written", cause).at(path);
    let earlier = match fs::metadata(path) {
        Ok(earlier) => Some(earlier),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
        Err(cause) => return Err(refused(cause)),
    };
    if let Some(earlier) = &earlier {
        check_earlier(earlier).map_err(|error| error.at(path))?;
        if !earlier.is_file() {
            return Ok(Destination::Stream);
        }
    }
    match end_of_links(path).map_err(|error| error.at(path))? {
        Some(target) if names_a_file(&target) => Ok(Destination::File(target)),
        Some(_) => nameless(),
        None if earlier.is_some() => Ok(Destination::Stream),
        None => Err(refused(io::ErrorKind::NotFound.into())),
    }
}

/// Whether a path ends with a name: neither with a separator nor with `.` or `..`.
fn names_a_file(path: &Path) -> bool {
    let whole = path.as_os_str().as_encoded_bytes();
    let ends_with = |name: &OsStr| whole.ends_with(name.as_encoded_bytes());
    path.file_name().is_some_and(ends_with)
}

fn check_earlier(earlier: &Metadata) -> Result<()> {
    if earlier.is_dir() {
        return Err(Error::new(
            "expected the name of a file to write, found a folder",
        ));
    }
    if earlier.permissions().readonly() {
        return Err(Error::new("is read-only").hint("choose another name"));
    }
    Ok(())
}

/// The place that `path` leads to, itself or over symbolic links, whether or not anything is there; `None` if it leads through
/// the names that stand for files which are open already.
fn end_of_links(path: &Path) -> Result<Option<PathBuf>> {
    let mut end = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let folder = folder_of(&end);
        if holds_open_files(folder) {
            return Ok(None);
        }
        match fs::read_link(&end) {
            Ok(next) => end = folder.join(next),
            // No link.
            Err(_) => return Ok(Some(end)),
        }
    }
    Err(Error::new("leads over too many symbolic links"))
}

/// Of `/dev/stdout`, `/dev/fd/1` and `/proc/self/fd/1`.
fn holds_open_files(folder: &Path) -> bool {
    fs::canonicalize(folder).is_ok_and(|folder| {
        folder == Path::new("/dev") || folder.starts_with("/dev/fd") || folder.starts_with("/proc")
    })
}

/// Why nothing can be written where `file` lies.
fn no_way(file: &Path, cause: io::Error) -> Error {
    let folder = folder_of(file).display();
    Error::io(
        format!("cannot be written, since no file can be made in the folder {folder}"),
        cause,
    )
}

/// Writes behind what is there, as it comes.
fn append(path: &Path, fill: &mut Fill<'_>) -> io::Result<()> {
    let file = File::options().append(true).open(path)?;
    write_limited(&file, fill)
}

/// An empty file beside the one to be written. Dropping it removes it, unless it has taken that one's name.
struct Draft {
    file: File,
    path: PathBuf,
    target: PathBuf,
    is_draft: bool,
}

impl Draft {
    fn beside(target: PathBuf) -> Result<Self> {
        let mut taken = io::ErrorKind::AlreadyExists.into();
        for _ in 0..ATTEMPTS {
            let path = folder_of(&target).join(draft_name());
            match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    return Ok(Draft {
                        file,
                        path,
                        target,
                        is_draft: true,
                    });
                }
                // Left behind by another process of this number, as they have in containers, or another machine's.
                Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => taken = cause,
                Err(cause) => return Err(no_way(&target, cause)),
            }
        }
        Err(no_way(&target, taken))
    }

    fn fill(&self, fill: &mut Fill<'_>) -> io::Result<()> {
        write_limited(&self.file, fill)?;
        self.file.sync_all()
    }

    fn take_name(mut self) -> io::Result<()> {
        if let Ok(earlier) = fs::metadata(&self.target) {
            fs::set_permissions(&self.path, earlier.permissions())?;
        }
        fs::rename(&self.path, &self.target)?;
        self.is_draft = false;
        // The new name is an entry of the folder. Where folders cannot be synced, the system does it in its own time.
        if let Ok(folder) = File::open(folder_of(&self.target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.is_draft {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The folder that holds `path`; a bare name lies in the current one.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A name that no other thread chooses, nor another process of this machine, short enough for every file system.
fn draft_name() -> String {
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    format!("{DRAFT_START}{}-{number}{DRAFT_END}", process::id())
}

/// Writes what `fill` writes behind what `file` has, through a buffer.
fn write_limited(file: &File, fill: &mut Fill<'_>) -> io::Result<()> {
    let mut writer = BufWriter::new(Limited::new(file)?);
    fill(&mut writer)?;
    writer.flush()
}
