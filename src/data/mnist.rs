//! MNIST, 60,000 + 10,000 handwritten digits of 28×28 pixels (LeCun, Cortes and Burges), in four IDX files or as NumPy's
//! arrays, and its relatives, which come in the same way: Fashion-MNIST, KMNIST, QMNIST and the six data sets of EMNIST.
//!
//! People have these files under many names, packed or not, whole or in part. What is found must be exactly what was meant, or
//! else an error that names the file.
//!
//! What always holds: labels are classes, images are as many as labels, and no folder that is named is passed over for another
//! one.
//!
//! Guarded by `tests/suite/data/dataset.rs`: `files_are_found_under_the_names_that_people_have`, `wrong_files_are_named`; by
//! `tests/suite/data/relatives.rs`: each relative; and by `tests/suite/data/arrays.rs`: NumPy's arrays.

use std::path::{Path, PathBuf};
use std::thread;

use super::dataset::Dataset;
use super::family::{Classes, Family, UNKNOWN, with_mnist_s_names};
use super::files::{Found, HINT, Source, source_in};
use crate::io::{Error, ErrorKind, Idx, Result};

pub use super::files::{find, is_file_of, search};

/// The least number of classes of images of which nothing is known: MNIST's.
const CLASSES: usize = 10;

/// Both sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Mnist {
    /// What is learned from: 60,000 images in MNIST.
    pub train: Dataset,
    /// What has never been seen: 10,000 images in MNIST.
    pub test: Dataset,
    /// Which data set this is, such as "EMNIST Letters"; "images in MNIST's format" if nothing tells.
    pub name: &'static str,
    /// Where the files lie.
    pub folder: PathBuf,
}

/// Reads the four files of MNIST or a relative in `path`, a folder or one of the files; with more than one thread, the test set
/// beside the training set. Where there are none, the arrays of NumPy in their place: Keras' `mnist.npz`, or the files
/// `x_train.npy`, `y_train_label.npy` (or `y_train.npy`), `x_test.npy` and `y_test_label.npy` (or `y_test.npy`).
///
/// Each file may be plain or packed by gzip, and called `train-images-idx3-ubyte` or `train-images.idx3-ubyte`, with or
/// without `.gz`. They may also lie below the folder, in `raw/`, `MNIST/raw/` and the like.
///
/// Files with `emnist-letters-` in front are EMNIST's Letters, and so on; their images, which are stored transposed, are turned
/// upright, and Letters' labels, 1 to 26, become the classes 0 to 25. QMNIST's labels are rows of integers, the first of which
/// is the class. Fashion-MNIST and KMNIST have MNIST's names, and are told from it by their first labels or the folder's name.
/// Of images of which nothing is known, there are as many classes as the greatest label says, but at least 10.
///
/// # Errors
/// If a file is missing, unreadable or damaged, or if images and labels do not belong together; with the file's path.
pub fn load(path: &Path, threads: usize) -> Result<Mnist> {
    match source_in(path)? {
        Source::Files(found) => {
            let family = found.family;
            let sets = datasets(&found, threads)?;
            let [_, train_labels, _, test_labels] = &found.files;
            let known = family.classes.map(|classes| (family.name, classes));
            named(sets, known, &found.folder, [train_labels, test_labels])
        }
        Source::Arrays(arrays) => named(arrays.read()?, None, arrays.folder(), arrays.labels()),
    }
}

/// Reads the training set and the test set, with more than one thread one beside the other.
fn datasets(found: &Found, threads: usize) -> Result<[Dataset; 2]> {
    let [train_images, train_labels, test_images, test_labels] = &found.files;
    let family = found.family;
    let read_test = || dataset(family, test_images, test_labels);
    thread::scope(|scope| {
        let beside = (threads > 1)
            .then(|| thread::Builder::new().spawn_scoped(scope, read_test).ok())
            .flatten();
        let train = dataset(family, train_images, train_labels);
        let test = match beside.map(|thread| thread.join()) {
            Some(Ok(test)) => test,
            // A panic of the thread goes on here.
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => read_test(),
        };
        Ok([train?, test?])
    })
}

/// Both sets, whose images must be of one size, with the classes that are known of them; of `labels`, errors name the file.
fn named(
    [mut train, mut test]: [Dataset; 2],
    known: Option<(&'static str, Classes)>,
    folder: &Path,
    labels: [&Path; 2],
) -> Result<Mnist> {
    if (train.rows(), train.cols()) != (test.rows(), test.cols()) {
        return Err(Error::content(format!(
            "training images of {}×{} pixels, but test images of {}×{}",
            train.rows(),
            train.cols(),
            test.rows(),
            test.cols()
        ))
        .at(folder));
    }
    let known = known.or_else(|| with_mnist_s_names(train.labels(), folder));
    let counted = train.classes().max(test.classes());
    for (data, labels) in [(&mut train, labels[0]), (&mut test, labels[1])] {
        match known {
            Some((_, classes)) => data.set_names(classes.names()),
            None => data.set_classes(counted),
        }
        .map_err(|error| error.at(labels))?;
    }
    Ok(Mnist {
        train,
        test,
        name: known.map_or(UNKNOWN, |(name, _)| name),
        folder: folder.to_path_buf(),
    })
}

/// Reads a file of images and the file of their labels. There are as many classes as the labels say.
fn dataset(family: &Family, images: &Path, labels: &Path) -> Result<Dataset> {
    let Idx {
        shape: [_, rows, cols],
        values: pixels,
    } = Idx::<3>::read(images).map_err(with_hint)?;
    let labels_of = if family.has_integer_labels() {
        first_of_each_row(labels)
    } else {
        Idx::<1>::read(labels).map(|idx| idx.values)
    };
    let mut classes = labels_of.map_err(with_hint)?;
    count_from_zero(&mut classes, family).map_err(|error| error.at(labels))?;
    let count = classes
        .iter()
        .max()
        .map_or(0, |&class| usize::from(class) + 1);
    let mut data = Dataset::new(pixels, classes, (rows, cols), count.max(CLASSES))
        .map_err(|error| error.at(labels))?;
    if family.is_transposed {
        data.transpose();
    }
    Ok(data)
}

/// Where the content of a file is wrong, and nowhere else, another copy of it helps.
fn with_hint(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Content => error.hint(HINT),
        _ => error,
    }
}

/// QMNIST's labels.
fn first_of_each_row(path: &Path) -> Result<Vec<u8>> {
    let Idx {
        shape: [rows, columns],
        values,
    } = Idx::<2, i32>::read_ints(path)?;
    if columns == 0 {
        let message = format!("{rows} labels of 0 columns, the first of which would be the class");
        return Err(Error::content(message).at(path));
    }
    let classes = values.iter().step_by(columns).enumerate();
    let labels = classes.map(|(i, &class)| {
        u8::try_from(class).map_err(|_| {
            let message = format!("label {i} (counted from 0) is {class}, which is no class");
            Error::content(message).at(path)
        })
    });
    labels.collect()
}

/// Turns labels into classes, where the first label is not 0.
fn count_from_zero(labels: &mut [u8], family: &Family) -> Result<()> {
    let first = family.first_label;
    for (i, label) in labels.iter_mut().enumerate() {
        *label = label.checked_sub(first).ok_or_else(|| {
            let name = family.name;
            Error::content(format!(
                "label {i} (counted from 0) is {label}, but those of {name} begin with {first}"
            ))
        })?;
    }
    Ok(())
}
