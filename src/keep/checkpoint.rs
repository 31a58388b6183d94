//! Checkpoints: all it takes to go on with a training that was stopped, so that it ends with the bits that it would have had.
//!
//! A checkpoint is one npz file, `checkpoint.npz` in a folder: the weights `w1 b1 w2 b2 w3 b3`; `rng`, the state of the random numbers;
//! `order`, the order of the samples; `losses` and `accuracies`, a number each for every step taken, so that their number says where
//! the training is; and `settings`, a text. It is written beside the last one, reaches the disk, and only then takes its name.

use std::fs;
use std::path::{Path, PathBuf};

use super::params;
use crate::io::tensor::{DType, Named, Tensor, find, npz};
use crate::io::{Error, Result, remove_drafts};
use crate::real::Real;
use crate::section37::{Params, Training};

/// The file in the folder.
const FILE: &str = "checkpoint.npz";

/// What a training is: names and values, each in one line. Only a training of the same settings can be gone on with.
pub type Settings = [(&'static str, String)];

/// A folder for the checkpoints of one training.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// The folder, which is made if it is not there; what a killed process has left half written is removed.
    ///
    /// # Errors
    /// If it cannot be made or written to.
    pub fn in_folder(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder)
            .map_err(|cause| Error::io("cannot be made a folder", cause).at(folder))?;
        remove_drafts(folder)?;
        let checkpoints = Checkpoints {
            folder: folder.to_path_buf(),
        };
        crate::io::check_writable(checkpoints.file())?;
        Ok(checkpoints)
    }

    /// The file of the last checkpoint.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Writes a checkpoint in place of the last.
    ///
    /// # Errors
    /// As [`write_atomic`](crate::io::write_atomic); then the last one is still there.
    pub fn write<T: Real>(&self, training: &Training<'_, T>, settings: &Settings) -> Result<()> {
        npz::save(self.file(), &to_tensors(training, settings))
    }

    /// Takes a training, which has taken no step yet, to where the last checkpoint was; `false` if there is none.
    ///
    /// # Errors
    /// If the checkpoint cannot be read or is damaged, or is one of other settings: the error names the first that differs.
    pub fn restore<T: Real>(
        &self,
        training: &mut Training<'_, T>,
        settings: &Settings,
    ) -> Result<bool> {
        /// As many bytes as a checkpoint may have.
        const MOST_BYTES: usize = 1 << 36;
        let file = self.file();
        if !fs::exists(&file).map_err(|cause| Error::io("cannot be looked at", cause).at(&file))? {
            return Ok(false);
        }
        let tensors = npz::load(&file, MOST_BYTES)?;
        restore(training, &tensors, settings).map_err(|error| error.at(&file))?;
        Ok(true)
    }
}

fn to_tensors<T: Real>(training: &Training<'_, T>, settings: &Settings) -> Named {
    let floats = |values: &[f64]| Tensor::from_floats(&[values.len()], values);
    let rng = training.rng().state();
    let order = training.order();
    let rng_bytes = rng.iter().flat_map(|word| word.to_le_bytes()).collect();
    let order_bytes = order.iter().flat_map(|i| i.to_le_bytes()).collect();
    let text = text_of(settings).into_bytes();
    let mut tensors = params::to_tensors(training.params());
    let more = [
        (
            "rng",
            Tensor::from_bytes(DType::U64, vec![rng.len()], rng_bytes),
        ),
        (
            "order",
            Tensor::from_bytes(DType::U32, vec![order.len()], order_bytes),
        ),
        ("losses", floats(training.losses())),
        ("accuracies", floats(training.accuracies())),
        (
            "settings",
            Tensor::from_bytes(DType::U8, vec![text.len()], text),
        ),
    ];
    tensors.extend(more.map(|(name, tensor)| (name.to_string(), tensor)));
    tensors
}

fn restore<T: Real>(
    training: &mut Training<'_, T>,
    tensors: &[(String, Tensor)],
    settings: &Settings,
) -> Result<()> {
    let text = find(tensors, "settings")?.clone().into_u8()?;
    check_settings(&String::from_utf8_lossy(&text), settings)?;
    let weights: Params<T> = params::from_tensors(tensors)?;
    params::expect_sizes(&weights, training.params().sizes())?;
    let numbers = |name| find(tensors, name).map(Tensor::to_floats::<f64>);
    let (losses, accuracies) = (numbers("losses")?, numbers("accuracies")?);
    training.restore(
        weights,
        words(tensors)?,
        order(tensors)?,
        losses,
        accuracies,
    )
}

/// The state of the random numbers.
fn words(tensors: &[(String, Tensor)]) -> Result<[u64; 4]> {
    let rng = find(tensors, "rng")?;
    rng.expect_shape("rng", &[4])?;
    match (rng.dtype(), rng.bytes().as_chunks().0) {
        (DType::U64, &[a, b, c, d]) => Ok([a, b, c, d].map(u64::from_le_bytes)),
        _ => Err(Error::content(format!(
            "rng is {}, expected u64 [4]",
            rng.described()
        ))),
    }
}

fn order(tensors: &[(String, Tensor)]) -> Result<Vec<u32>> {
    let numbers = find(tensors, "order")?.to_integers()?;
    let order: std::result::Result<Vec<u32>, _> = numbers.into_iter().map(u32::try_from).collect();
    order.map_err(|_| Error::content("order holds numbers that are no samples"))
}

fn text_of(settings: &Settings) -> String {
    let lines = settings
        .iter()
        .map(|(name, value)| format!("{name} {value}\n"));
    lines.collect()
}

/// Checks that a checkpoint's settings are these.
fn check_settings(text: &str, settings: &Settings) -> Result<()> {
    let mut found = text.lines();
    for (name, value) in settings {
        let line = found.next().unwrap_or_default();
        if line != format!("{name} {value}") {
            let error = Error::content(format!(
                "is a checkpoint of another training: it has {line:?}, expected \"{name} {value}\""
            ));
            return Err(error.hint("give the same options and data, or another folder"));
        }
    }
    match found.next() {
        None => Ok(()),
        Some(more) => Err(Error::content(format!(
            "is a checkpoint of another training: it has {more:?} too"
        ))),
    }
}
