//! Checkpoints: all it takes to go on with a training that was stopped, so that it ends with the bits that it would have had.
//!
//! A checkpoint is one npz file, `checkpoint.npz` in a folder: all that the steps of a training have changed, which it names itself as a
//! [`Resumable`] one, and `settings`, a text. It is written beside the last one, reaches the disk, and only then takes its name.

use std::fs;
use std::path::{Path, PathBuf};

use super::resumable::Resumable;
use crate::io::tensor::{DType, Tensor, find, npz};
use crate::io::{Error, Result, check_writable, remove_drafts};

/// What the settings are called in the file.
const SETTINGS: &str = "settings";

/// The file in the folder.
const FILE: &str = "checkpoint.npz";

/// What a training is: names and values, each in one line. Only a training of the same settings can be gone on with.
pub type Settings = [(String, String)];

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
        Self::in_path(folder.as_ref())
    }

    fn in_path(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)
            .map_err(|cause| Error::io("cannot be made a folder", cause).at(folder))?;
        remove_drafts(folder)?;
        let checkpoints = Checkpoints {
            folder: folder.to_path_buf(),
        };
        check_writable(checkpoints.file())?;
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
    pub fn write(&self, training: &dyn Resumable, settings: &Settings) -> Result<()> {
        let text = text_of(settings).into_bytes();
        let text = Tensor::from_bytes(DType::U8, vec![text.len()], text);
        let mut tensors = training.to_tensors();
        tensors.push((SETTINGS.into(), text));
        npz::save(self.file(), &tensors)
    }

    /// Takes a training, which has taken no step yet, to where the last checkpoint was; `false` if there is none.
    ///
    /// # Errors
    /// If the checkpoint cannot be read or is damaged, or is one of other settings: the error names the first that differs.
    pub fn restore(&self, training: &mut dyn Resumable, settings: &Settings) -> Result<bool> {
        /// As many bytes as a checkpoint may have.
        const MOST_BYTES: u64 = 1 << 36;
        let file = self.file();
        if !fs::exists(&file).map_err(|cause| Error::io("cannot be looked at", cause).at(&file))? {
            return Ok(false);
        }
        let tensors = npz::load(&file, usize::try_from(MOST_BYTES).unwrap_or(usize::MAX))?;
        check_settings(&tensors, settings)
            .and_then(|()| training.restore(&tensors))
            .map_err(|error| error.at(&file))?;
        Ok(true)
    }
}

fn text_of(settings: &Settings) -> String {
    let lines = settings
        .iter()
        .map(|(name, value)| format!("{name} {value}\n"));
    lines.collect()
}

/// Checks that a checkpoint's settings are these.
fn check_settings(tensors: &[(String, Tensor)], settings: &Settings) -> Result<()> {
    let text = find(tensors, SETTINGS)?.clone().into_u8()?;
    let text = String::from_utf8_lossy(&text);
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
