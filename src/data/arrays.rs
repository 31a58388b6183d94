//! MNIST as NumPy's arrays: Keras' `mnist.npz`, or a file for each array, `x_train.npy`, `y_train_label.npy` and so on.

use std::path::{Path, PathBuf};

use super::dataset::Dataset;
use crate::io::tensor::{DType, Tensor, find as find_array, npy, npz};
use crate::io::{Error, Result, first_in_zip, peek};

/// Where below a data folder they may lie.
const SUBFOLDERS: [&str; 2] = ["", "mnist"];
/// The file with all arrays.
const ALL: &str = "mnist.npz";
/// The arrays in it.
const NAMES: [&str; 4] = ["x_train", "y_train", "x_test", "y_test"];
/// The files with one array each, in the same order, under the names that people have.
const FILES: [&[&str]; 4] = [
    &["x_train.npy"],
    &["y_train_label.npy", "y_train.npy"],
    &["x_test.npy"],
    &["y_test_label.npy", "y_test.npy"],
];
/// The least number of classes: MNIST's.
const CLASSES: usize = 10;

/// Where the arrays are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Arrays {
    /// All in one npz file.
    One(PathBuf),
    /// Training images and labels, test images and labels, each an npy file.
    Four([PathBuf; 4]),
}

impl Arrays {
    /// The arrays in a folder, or in a file, or beside it: what a file is, its first bytes tell.
    ///
    /// # Errors
    /// If only some of the four files are there, or a file cannot be looked at.
    pub(super) fn in_path(path: &Path) -> Result<Option<Self>> {
        if path.is_file() {
            let start = peek(path)?;
            if is_npz(&start) {
                return Ok(Some(Arrays::One(path.into())));
            }
            if start.starts_with(npy::MAGIC) {
                return Self::four_in(path.parent().unwrap_or(path));
            }
            return Ok(None);
        }
        for subfolder in SUBFOLDERS {
            let folder = path.join(subfolder);
            let all = folder.join(ALL);
            if all.is_file() {
                return Ok(Some(Arrays::One(all)));
            }
            if let Some(four) = Self::four_in(&folder)? {
                return Ok(Some(four));
            }
        }
        Ok(None)
    }

    /// The four files in a folder; if any of them is there, all must be.
    fn four_in(folder: &Path) -> Result<Option<Self>> {
        let called = |names: &&[&str]| {
            let mut paths = names.iter().map(|name| folder.join(name));
            paths.find(|path| path.is_file())
        };
        let (mut present, mut missing) = (Vec::new(), Vec::new());
        for names in &FILES {
            match called(names) {
                Some(path) => present.push(path),
                None => missing.push(names.join(" or ")),
            }
        }
        match <[PathBuf; 4]>::try_from(present) {
            Ok(four) => Ok(Some(Arrays::Four(four))),
            Err(present) if present.is_empty() => Ok(None),
            Err(_) => {
                let missing = missing.join(", ");
                let message = format!("holds only some of MNIST's arrays; missing: {missing}");
                Err(Error::content(message).at(folder))
            }
        }
    }

    /// The folder in which they lie.
    pub(super) fn folder(&self) -> &Path {
        let (Arrays::One(file) | Arrays::Four([file, ..])) = self;
        match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// The files with the labels for training and those for the test.
    pub(super) fn labels(&self) -> [&Path; 2] {
        match self {
            Arrays::One(file) => [file, file],
            Arrays::Four([_, train, _, test]) => [train, test],
        }
    }

    /// Reads the training set and the test set. There are as many classes as the labels say, but at least 10.
    ///
    /// # Errors
    /// If a file is damaged, an array is missing or no array of images or labels, or images and labels do not belong together;
    /// with the file's path.
    pub(super) fn read(&self) -> Result<[Dataset; 2]> {
        /// As many bytes of arrays as an npz file may claim: deflated ones can claim anything.
        const MOST_BYTES: usize = 1 << 31;
        match self {
            Arrays::One(file) => {
                let arrays = npz::load(file, MOST_BYTES)?;
                let set = |[images, labels]: [&str; 2]| {
                    let images = (images, find_array(&arrays, images)?.clone());
                    dataset(images, (labels, find_array(&arrays, labels)?.clone()))
                };
                let [x_train, y_train, x_test, y_test] = NAMES;
                let sets = [set([x_train, y_train]), set([x_test, y_test])];
                let [train, test] = sets.map(|set| set.map_err(|error| error.at(file)));
                Ok([train?, test?])
            }
            Arrays::Four([x_train, y_train, x_test, y_test]) => {
                let set = |images: &Path, labels: &Path| {
                    let arrays = (npy::load(images)?, npy::load(labels)?);
                    let pixels = pixels(arrays.0).map_err(|error| error.at(images))?;
                    with_labels(pixels, arrays.1).map_err(|error| error.at(labels))
                };
                Ok([set(x_train, y_train)?, set(x_test, y_test)?])
            }
        }
    }
}

/// Whether a file that starts so is a zip file whose first entry is an array.
fn is_npz(start: &[u8]) -> bool {
    first_in_zip(start).is_some_and(|name| name.ends_with(b".npy"))
}

/// Images, one behind the other, and the rows and columns of each.
type Pixels = (Vec<u8>, (usize, usize));

/// The data set of two arrays, each with its name.
fn dataset(images: (&str, Tensor), labels: (&str, Tensor)) -> Result<Dataset> {
    let pixels = pixels(images.1).map_err(|error| error.of_part(images.0))?;
    with_labels(pixels, labels.1).map_err(|error| error.of_part(labels.0))
}

/// The pixels of an array of images: [n, rows, columns], one channel behind them or none, or [n, pixels] of square images.
fn pixels(images: Tensor) -> Result<Pixels> {
    let size = match *images.shape() {
        [_, rows, cols] | [_, rows, cols, 1] => (rows, cols),
        [_, pixels] if pixels.isqrt().pow(2) == pixels => (pixels.isqrt(), pixels.isqrt()),
        _ => {
            let message = format!(
                "is {}, expected images, [n, rows, columns] or [n, pixels]",
                images.described()
            );
            return Err(Error::content(message));
        }
    };
    let values = match images.dtype() {
        DType::U8 => images.into_u8()?,
        DType::F32 | DType::F64 => bytes_of_floats(&images.to_floats())?,
        _ => {
            let bytes = images.to_integers()?.into_iter().map(u8::try_from);
            let bytes: std::result::Result<Vec<u8>, _> = bytes.collect();
            bytes.map_err(|_| Error::content("holds pixels outside of 0 to 255"))?
        }
    };
    Ok((values, size))
}

/// Pixels from 0 to 1, or from 0 to 255, as bytes.
fn bytes_of_floats(values: &[f32]) -> Result<Vec<u8>> {
    /// What a pixel may be off a byte: the rounding of a division by 255 and more.
    const TOLERANCE: f32 = 0.01;
    let scale = match values.iter().all(|&x| x <= 1.0) {
        true => 255.0,
        false => 1.0,
    };
    let mut bytes = Vec::with_capacity(values.len());
    for x in values {
        let byte = (x * scale).round();
        let is_byte = (0.0..=255.0).contains(&byte) && (x * scale - byte).abs() <= TOLERANCE;
        if !is_byte {
            return Err(Error::content(
                "holds numbers that are no pixels, which are k or k/255 with k from 0 to 255",
            ));
        }
        bytes.push(byte as u8);
    }
    Ok(bytes)
}

/// The data set of these images and an array of their labels.
fn with_labels((pixels, size): Pixels, labels: Tensor) -> Result<Dataset> {
    if !matches!(labels.shape(), [_] | [_, 1]) {
        let message = format!("is {}, expected labels, [n]", labels.described());
        return Err(Error::content(message));
    }
    let labels = labels.to_integers()?.into_iter().enumerate();
    let labels: Vec<u8> = labels
        .map(|(i, label)| {
            u8::try_from(label).map_err(|_| {
                let message = format!("label {i} (counted from 0) is {label}, which is no class");
                Error::content(message)
            })
        })
        .collect::<Result<_>>()?;
    let classes = labels.iter().max().map_or(0, |&most| usize::from(most) + 1);
    Dataset::new(pixels, labels, size, classes.max(CLASSES))
}
