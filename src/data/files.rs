//! The search for the four files of MNIST, or of a relative.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::arrays::Arrays;
use super::family::{FAMILIES, Family};
use crate::io::{Archive, Error, Result};

/// Where below a data folder other programs put them.
const SUBFOLDERS: [&str; 9] = [
    "",
    "MNIST/raw",
    "raw",
    "mnist",
    "gzip",
    "FashionMNIST/raw",
    "KMNIST/raw",
    "EMNIST/raw",
    "QMNIST/raw",
];
/// The forms of a file's name that are looked for.
const FORMS: &str = "or .idx for -idx, each plain or as .gz";
pub(super) const HINT: &str = "`sh data/fetch.sh` downloads MNIST";
/// Why it is not known whether a file or folder is there.
const UNSEEN: &str = "cannot be looked at";

/// The four files, the folder in which they lie, and whose they are.
pub(super) struct Found {
    pub family: &'static Family,
    pub folder: PathBuf,
    pub files: [PathBuf; 4],
}

/// The folder that holds MNIST's files, or a relative's: `option` (a program's `--data`) if given, else `variable`
/// (`FROMZERO_DATA`; an empty one counts as not set), else `./data` or this package's own `data/`, the first that holds any.
/// `None` if neither does. Where one of the files was named in place of its folder, that file.
///
/// # Errors
/// If a folder that was named is missing or does not hold all four files, or if one that was not named holds only some:
/// then nothing else is looked at.
pub fn find(option: Option<&Path>, variable: Option<&OsStr>) -> Result<Option<PathBuf>> {
    let variable = variable.filter(|folder| !folder.is_empty()).map(Path::new);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    search(option.or(variable), &[Path::new("data"), &own])
}

/// As [`find`], with the folder or file that was named, if any, and the folders that are tried otherwise.
///
/// # Errors
/// As [`find`].
pub fn search(named: Option<&Path>, otherwise: &[&Path]) -> Result<Option<PathBuf>> {
    if let Some(path) = named {
        return match locate(path)? {
            Some(_) if is_file_of(path) => Ok(Some(path.to_path_buf())),
            Some(found) => Ok(Some(found.folder)),
            None => match Arrays::in_path(path)? {
                Some(_) => Ok(Some(path.to_path_buf())),
                None => Err(not_here(path)),
            },
        };
    }
    for folder in otherwise {
        if let Some(found) = locate(folder)? {
            return Ok(Some(found.folder));
        }
        if Arrays::in_path(folder)?.is_some() {
            return Ok(Some(folder.to_path_buf()));
        }
    }
    Ok(None)
}

/// Whether a path is that of a file with one of the names that MNIST or a relative has, or with NumPy's arrays.
pub fn is_file_of(path: &Path) -> bool {
    let has_arrays = || matches!(Arrays::in_path(path), Ok(Some(_)) | Err(_));
    path.is_file() && (family_of(path).is_some() || has_arrays())
}

/// The family to which a file belongs by its name.
fn family_of(path: &Path) -> Option<&'static Family> {
    let name = path.file_name()?.to_str()?;
    let bears = |family: &&Family| {
        let files = family.files();
        files
            .iter()
            .any(|file| forms(file).iter().any(|form| form == name))
    };
    FAMILIES.iter().find(bears)
}

/// What [`find`] can find.
pub(super) enum Source {
    /// Four IDX files.
    Files(Found),
    /// NumPy's arrays.
    Arrays(Arrays),
}

/// As [`find`] finds it; what is not found is an error.
pub(super) fn source_in(path: &Path) -> Result<Source> {
    if let Some(found) = locate(path)? {
        return Ok(Source::Files(found));
    }
    let arrays = Arrays::in_path(path)?;
    arrays.map(Source::Arrays).ok_or_else(|| not_here(path))
}

/// The first of a folder and its known subfolders that holds any of the files must hold all of them. If `path` is one of
/// the files, the others must lie beside it.
fn locate(path: &Path) -> Result<Option<Found>> {
    if let Some(family) = family_of(path).filter(|_| path.is_file()) {
        return all_or_none(path.parent().unwrap_or(path), family);
    }
    for subfolder in SUBFOLDERS {
        let folder = match subfolder {
            "" => path.to_path_buf(),
            below => path.join(below),
        };
        if let Some(found) = only_one(&folder)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The files in a folder: MNIST's own, or those of the only relative.
fn only_one(folder: &Path) -> Result<Option<Found>> {
    let mut all: Vec<Found> = Vec::new();
    for family in &FAMILIES {
        let Some(found) = all_or_none(folder, family)? else {
            continue;
        };
        if family.has_mnist_s_names() {
            return Ok(Some(found));
        }
        all.push(found);
    }
    let [first, _, ..] = &all[..] else {
        return Ok(all.pop());
    };
    let names: Vec<&str> = all.iter().map(|found| found.family.name).collect();
    let example = first.files[0].display();
    let error = Error::content(format!("holds {}", names.join(", "))).at(folder);
    Err(error.hint(format!(
        "name a file of the one that is meant, such as {example}"
    )))
}

/// The files of a family, if any of them is in the folder; then all must be.
fn all_or_none(folder: &Path, family: &'static Family) -> Result<Option<Found>> {
    let mut present = Vec::new();
    let mut missing = Vec::new();
    for file in family.files() {
        match file_called(folder, &file)? {
            Some(path) => present.push(path),
            None => missing.push(file),
        }
    }
    match <[PathBuf; 4]>::try_from(present) {
        Ok(files) => Ok(Some(Found {
            family,
            folder: folder.to_path_buf(),
            files,
        })),
        Err(present) if present.is_empty() => Ok(None),
        Err(_) => {
            let missing = missing.join(", ");
            let (whose, hint) = if family.has_mnist_s_names() {
                ("MNIST", HINT)
            } else {
                (family.name, "all four belong together: add what is missing")
            };
            let message =
                format!("holds only some of {whose}'s files; missing: {missing} ({FORMS})");
            let error = Error::content(message).at(folder);
            Err(error.hint(other_in(folder).map_or(hint.into(), |(_, hint)| hint)))
        }
    }
}

/// The forms of a file's name that people have.
fn forms(name: &str) -> [String; 4] {
    let dotted = name.replace("-idx", ".idx");
    let packed = format!("{name}.gz");
    let dotted_and_packed = format!("{dotted}.gz");
    [name.into(), dotted, packed, dotted_and_packed]
}

/// The file of this name in one of its forms.
fn file_called(folder: &Path, name: &str) -> Result<Option<PathBuf>> {
    let mut no_file = None;
    for name in forms(name) {
        let path = folder.join(name);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => return Ok(Some(path)),
            Ok(metadata) if metadata.is_dir() => {
                let error = Error::content("is a folder, where a file of this name is expected");
                let hint = "if the file lies inside it, move it out and the folder away";
                no_file.get_or_insert(error.at(path).hint(hint));
            }
            Ok(_) => {
                no_file.get_or_insert(Error::content("is not a file").at(path));
            }
            Err(cause) if is_absent(&cause) => {}
            Err(cause) => return Err(Error::io(UNSEEN, cause).at(path)),
        }
    }
    no_file.map_or(Ok(None), Err)
}

fn is_absent(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Why a path where nothing was found will not do.
fn not_here(path: &Path) -> Error {
    let error = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => match other_in(path) {
            Some((what, hint)) => {
                let message = format!("holds none of the files of MNIST or a relative, but {what}");
                Error::content(message).hint(hint)
            }
            None => Error::content(format!(
                "holds none of MNIST's files; looked for {} ({FORMS}), also in {}, and for those of EMNIST and QMNIST",
                FAMILIES[0].files().join(", "),
                SUBFOLDERS[1..].join(", ")
            )),
        },
        Ok(_) => match Archive::called(path) {
            Some(archive) => {
                Error::content(format!("is {}", archive.name())).hint(archive.how_to_unpack(path))
            }
            None => Error::content(
                "is not a folder; expected the folder that holds MNIST's four files, or a relative's",
            ),
        },
        Err(cause) if is_absent(&cause) => Error::io("no such file or folder", cause),
        Err(cause) => return Error::io(UNSEEN, cause).at(path),
    };
    error.at(path).hint(HINT)
}

/// What to do with an archive that lies in a folder, or else with a table: of several, with the first by name.
fn other_in(folder: &Path) -> Option<(&'static str, String)> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    let archives = paths.iter().filter(|path| Archive::called(path).is_some());
    let archive = archives.min().and_then(|path| {
        Archive::called(path).map(|archive| ("an archive", archive.how_to_unpack(path)))
    });
    let is_table = |path: &&PathBuf| {
        let name = path.to_string_lossy().to_lowercase();
        name.ends_with(".csv") || name.ends_with(".csv.gz")
    };
    let table = paths.iter().filter(is_table).min();
    archive.or_else(|| {
        table.map(|path| {
            let hint = format!("to train on a table, name it itself: {}", path.display());
            ("a table", hint)
        })
    })
}
