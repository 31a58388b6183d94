//! The checkpoints that `train` writes and goes on from.

use std::path::Path;

use fromzero::Real;
use fromzero::io::{Error, Result, printable};
use fromzero::keep::{Checkpoints, Settings};
use fromzero::section37::Training;
use fromzero::view::Progress;

use crate::support::{Options, warning};

/// The checkpoints of a training.
pub struct Kept {
    /// Where they are written to.
    to: Option<Checkpoints>,
    every: usize,
    /// Where the training was stopped.
    from: Option<Checkpoints>,
}

impl Kept {
    pub fn read(options: &Options) -> Result<Self> {
        let every = options.count("every")?;
        let from = options.path("resume");
        if let Some(folder) = from.filter(|folder| !folder.is_dir()) {
            let error = Error::new("expected the folder of a checkpoint, found none");
            return Err(error.at(folder));
        }
        let to = options.path("checkpoint").or(from);
        if options.flag("every") && to.is_none() {
            let error = Error::new("goes with --checkpoint, or --resume");
            return Err(error.setting("--every"));
        }
        let in_folder = |folder: Option<&Path>| folder.map(Checkpoints::in_folder).transpose();
        Ok(Kept {
            to: in_folder(to)?,
            every,
            from: in_folder(from)?,
        })
    }

    /// Takes the training to where it was stopped, and says so. Returns the number of steps that it has taken.
    pub fn restore<T: Real>(
        &self,
        training: &mut Training<'_, T>,
        what: &Settings,
        say: &mut Progress<'_>,
    ) -> Result<usize> {
        let Some(from) = &self.from else { return Ok(0) };
        let file = from.file();
        let file = printable(file.display());
        say.line(match from.restore(training, what)? {
            true => format!(
                "resumed {file}: {} batches are done",
                training.losses().len()
            ),
            false => format!("{file} is not there yet: beginning at the beginning"),
        });
        Ok(training.losses().len())
    }

    pub fn write_if_due<T: Real>(&self, training: &Training<'_, T>, what: &Settings) -> Result<()> {
        match training.losses().len().is_multiple_of(self.every) {
            true => self.write(training, what),
            false => Ok(()),
        }
    }

    /// What fails is said at once, and does not end the training.
    pub fn write<T: Real>(&self, training: &Training<'_, T>, what: &Settings) -> Result<()> {
        let Some(to) = &self.to else { return Ok(()) };
        let written = to.write(training, what);
        if let Err(error) = &written {
            warning!("{error}");
        }
        written
    }
}
