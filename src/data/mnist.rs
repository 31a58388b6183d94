//! MNIST: 60,000 + 10,000 handwritten digits of 28×28 pixels (LeCun, Cortes and Burges), in four IDX files.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use super::dataset::Dataset;
use crate::io::{Error, ErrorKind, Idx, Result, read};

/// The four files, in this order: training images and labels, test images and labels.
const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];
/// Where below a data folder other programs put them.
const SUBFOLDERS: [&str; 4] = ["", "MNIST/raw", "raw", "mnist"];
/// The digits.
const CLASSES: usize = 10;
/// The most bytes that a file may have, packed or unpacked; the largest of MNIST's has 47 million.
const LIMIT: usize = 1 << 28;
/// The forms of a file's name that are looked for.
const FORMS: &str = "or .idx for -idx, each plain or as .gz";
const HINT: &str = "`sh data/fetch.sh` downloads MNIST";
/// Why it is not known whether a file or folder is there.
const UNSEEN: &str = "cannot be looked at";

/// Both sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mnist {
    /// What is learned from: 60,000 images.
    pub train: Dataset,
    /// What has never been seen: 10,000 images.
    pub test: Dataset,
    /// Where the files lie.
    pub folder: PathBuf,
}

/// The folder that holds MNIST's files: `option` (a program's `--data`) if given, else `variable` (`FROMZERO_DATA`; an
/// empty one counts as not set), else `./data` or this package's own `data/`, the first that holds any. `None` if neither does.
///
/// # Errors
/// If a folder that was named is missing or does not hold all four files, or if one that was not named holds only some:
/// then nothing else is looked at.
pub fn find(option: Option<&Path>, variable: Option<&OsStr>) -> Result<Option<PathBuf>> {
    let variable = variable.filter(|folder| !folder.is_empty()).map(Path::new);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    search(option.or(variable), &[Path::new("data"), &own])
}

/// As [`find`], with the folder that was named, if any, and the folders that are tried otherwise.
///
/// # Errors
/// As [`find`].
pub fn search(named: Option<&Path>, otherwise: &[&Path]) -> Result<Option<PathBuf>> {
    if let Some(folder) = named {
        return locate(folder)?
            .map(|found| Some(found.folder))
            .ok_or_else(|| not_here(folder));
    }
    for folder in otherwise {
        if let Some(found) = locate(folder)? {
            return Ok(Some(found.folder));
        }
    }
    Ok(None)
}

/// Reads the four files in `folder`; with more than one thread, the test set beside the training set.
///
/// Each file may be plain or packed by gzip, and called `train-images-idx3-ubyte` or `train-images.idx3-ubyte`, with or
/// without `.gz`. They may also lie in `MNIST/raw/`, `raw/` or `mnist/` below the folder.
///
/// # Errors
/// If a file is missing, unreadable or damaged, or if images and labels do not belong together; with the file's path.
pub fn load(folder: &Path, threads: usize) -> Result<Mnist> {
    let found = locate(folder)?.ok_or_else(|| not_here(folder))?;
    let [train_images, train_labels, test_images, test_labels] = &found.files;
    let read_test = || dataset(test_images, test_labels);
    let (train, test) = thread::scope(|scope| {
        let beside = (threads > 1)
            .then(|| thread::Builder::new().spawn_scoped(scope, read_test).ok())
            .flatten();
        let train = dataset(train_images, train_labels);
        let test = match beside.map(|thread| thread.join()) {
            Some(Ok(test)) => test,
            // A panic of the thread goes on here.
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => read_test(),
        };
        (train, test)
    });
    let (train, test) = (train?, test?);
    if (train.rows(), train.cols()) != (test.rows(), test.cols()) {
        return Err(Error::content(format!(
            "training images of {}×{} pixels, but test images of {}×{}",
            train.rows(),
            train.cols(),
            test.rows(),
            test.cols()
        ))
        .at(&found.folder));
    }
    Ok(Mnist {
        train,
        test,
        folder: found.folder,
    })
}

/// Reads a file of images and the file of their labels.
fn dataset(images: &Path, labels: &Path) -> Result<Dataset> {
    let Idx {
        shape: [_, rows, cols],
        values: pixels,
    } = parse::<3>(images)?;
    let classes = parse::<1>(labels)?.values;
    Dataset::new(pixels, classes, (rows, cols), CLASSES).map_err(|error| error.at(labels))
}

fn parse<const D: usize>(path: &Path) -> Result<Idx<D>> {
    let file = read(path, LIMIT).and_then(Idx::parse);
    file.map_err(|error| match error.kind() {
        // Another copy of the file helps where its content is wrong, and nowhere else.
        ErrorKind::Content => error.at(path).hint(HINT),
        _ => error.at(path),
    })
}

/// The four files and the folder in which they lie.
struct Found {
    folder: PathBuf,
    files: [PathBuf; 4],
}

/// The first of a folder and its known subfolders that holds any of the files must hold all of them.
fn locate(folder: &Path) -> Result<Option<Found>> {
    for subfolder in SUBFOLDERS {
        let folder = match subfolder {
            "" => folder.to_path_buf(),
            below => folder.join(below),
        };
        let mut present = Vec::new();
        let mut missing = Vec::new();
        for file in FILES {
            match file_called(&folder, file)? {
                Some(path) => present.push(path),
                None => missing.push(file),
            }
        }
        match <[PathBuf; 4]>::try_from(present) {
            Ok(files) => return Ok(Some(Found { folder, files })),
            Err(present) if present.is_empty() => {}
            Err(_) => {
                return Err(Error::content(format!(
                    "holds only some of MNIST's files; missing: {} ({FORMS})",
                    missing.join(", ")
                ))
                .at(folder)
                .hint(HINT));
            }
        }
    }
    Ok(None)
}

/// The file of this name in one of the forms that people have.
fn file_called(folder: &Path, name: &str) -> Result<Option<PathBuf>> {
    let dotted = name.replace("-idx", ".idx");
    let mut no_file = None;
    for name in [
        name,
        &dotted,
        &format!("{name}.gz"),
        &format!("{dotted}.gz"),
    ] {
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

/// Why a folder in which nothing was found will not do.
fn not_here(folder: &Path) -> Error {
    let error = match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => Error::content(format!(
            "holds none of MNIST's files; looked for {} ({FORMS}), also in {}",
            FILES.join(", "),
            SUBFOLDERS[1..].join(", ")
        )),
        Ok(_) => {
            Error::content("is not a folder; expected the folder that holds MNIST's four files")
        }
        Err(cause) if is_absent(&cause) => Error::io("no such folder", cause),
        Err(cause) => return Error::io(UNSEEN, cause).at(folder),
    };
    error.at(folder).hint(HINT)
}
