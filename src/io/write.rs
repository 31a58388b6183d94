//! Writing a file so that it is never half there: the new contents go into a file beside it, reach the disk, and then take
//! its name in one step. Whatever fails on the way, the earlier file stays whole.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Error, Result};

/// Writes the file at `path` whole or not at all, with the contents that `fill` writes.
///
/// An earlier file keeps its permissions, and a symbolic link stays a link: its target is replaced.
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
/// If `path` names no file (a folder, a device, nothing), if the earlier file is read-only, if the folder cannot be written
/// to, or if `fill` or the disk fails. The error names `path`.
pub fn write_atomic(
    path: impl AsRef<Path>,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    let path = path.as_ref();
    let draft = Draft::beside(path)?;
    draft
        .fill(fill)
        .and_then(|()| draft.take_name())
        .map_err(|cause| Error::new(format!("cannot be written: {cause}")).at(path))
}

/// Whether [`write_atomic`] could begin to write `path` now: for a program that computes for minutes before it writes.
///
/// # Errors
/// As [`write_atomic`], but for what only the contents can cause.
pub fn check_writable(path: impl AsRef<Path>) -> Result<()> {
    Draft::beside(path.as_ref()).map(drop)
}

/// An empty file beside the one to be written. Dropping it removes it, unless it has taken that one's name.
struct Draft {
    file: File,
    path: PathBuf,
    target: PathBuf,
}

impl Draft {
    fn beside(path: &Path) -> Result<Self> {
        let target = replaceable(path)?;
        let folder = folder_of(&target);
        let draft = folder.join(draft_name());
        match OpenOptions::new().write(true).create_new(true).open(&draft) {
            Ok(file) => Ok(Draft {
                file,
                path: draft,
                target,
            }),
            Err(cause) => Err(Error::new(format!(
                "cannot be written, since no file can be made in the folder {}: {cause}",
                folder.display()
            ))
            .at(path)),
        }
    }

    fn fill(
        &self,
        fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let mut writer = BufWriter::new(&self.file);
        fill(&mut writer)?;
        writer.flush()?;
        self.file.sync_all()
    }

    fn take_name(&self) -> std::io::Result<()> {
        if let Ok(earlier) = fs::metadata(&self.target) {
            fs::set_permissions(&self.path, earlier.permissions())?;
        }
        fs::rename(&self.path, &self.target)?;
        // The new name is an entry of the folder. Where folders cannot be synced, the system does it in its own time.
        if let Ok(folder) = File::open(folder_of(&self.target)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The file that may be replaced: `path`, or what it links to. Renaming onto a device would destroy the device.
fn replaceable(path: &Path) -> Result<PathBuf> {
    if path.file_name().is_none() {
        return Err(Error::new("expected the name of a file to write").at(path));
    }
    let earlier = match fs::metadata(path) {
        Ok(earlier) => earlier,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(path.to_path_buf()),
        Err(cause) => return Err(Error::new(format!("cannot be written: {cause}")).at(path)),
    };
    if !earlier.is_file() {
        let found = if earlier.is_dir() {
            "a folder"
        } else {
            "a device"
        };
        return Err(Error::new(format!(
            "expected the name of a file to write, found {found}"
        ))
        .at(path));
    }
    if earlier.permissions().readonly() {
        return Err(Error::new("is read-only")
            .at(path)
            .hint("choose another name"));
    }
    fs::canonicalize(path)
        .map_err(|cause| Error::new(format!("cannot be written: {cause}")).at(path))
}

/// The folder that holds `path`; a bare name lies in the current one.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A name that no other process and no other thread chooses, short enough for every file system.
fn draft_name() -> String {
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    format!(".fromzero-{}-{number}.tmp", process::id())
}
