//! The checkpoints that a program writes and goes on from.

use std::path::Path;

use fromzero::io::{Error, Result, printable};
use fromzero::keep::{Checkpoints, Resumable};
use fromzero::view::Progress;

use super::{Opt, Options, expect_file, option, warning};

pub const CHECKPOINT: Opt = option(
    "checkpoint",
    "DIR",
    "keep in this folder all it takes to go on, should the training be killed",
);
pub const EVERY: Opt = option("every", "N", "take a checkpoint every N batches").or("500");
pub const RESUME: Opt = option(
    "resume",
    "DIR",
    "go on from the checkpoint in this folder, with the same options",
);

/// Options that change no bit of a training, and those that say what is compared by itself: the samples, the network, its type.
const NOT_COMPARED: [&str; 21] = [
    "data",
    "synthetic",
    "test",
    "label",
    "classes",
    "hidden",
    "f64",
    "threads",
    "limit",
    "log",
    "plot",
    "as-the-book",
    "history",
    "report",
    "load",
    "save",
    "layout",
    "checkpoint",
    "every",
    "resume",
    "quiet",
];

/// The checkpoints of a training.
pub struct Kept {
    /// Where they are written to.
    to: Option<Checkpoints>,
    every: usize,
    /// Where the training was stopped.
    from: Option<Checkpoints>,
    /// What must be the same in the training that goes on.
    settings: Vec<(String, String)>,
    /// How the last one was written.
    written: Result<()>,
}

impl Kept {
    /// Reads `--checkpoint`, `--every` and `--resume`.
    pub fn read(options: &Options) -> Result<Self> {
        let every = options.count("every")?;
        let from = options.path("resume");
        let begins_there = from == options.path("checkpoint");
        if let Some(folder) = from.filter(|folder| !folder.is_dir() && !begins_there) {
            let error = Error::new("expected the folder of a checkpoint, found none");
            return Err(error.at(folder));
        }
        let to = options.path("checkpoint").or(from);
        if options.flag("every") && to.is_none() {
            let error = Error::new("goes with --checkpoint, or --resume");
            return Err(error.setting("--every"));
        }
        if to.is_some() {
            expect_file();
        }
        let in_folder = |folder: Option<&Path>| folder.map(Checkpoints::in_folder).transpose();
        Ok(Kept {
            to: in_folder(to)?,
            every,
            from: in_folder(from)?,
            settings: options.settings(&NOT_COMPARED),
            written: Ok(()),
        })
    }

    /// Says what is trained, beside the options: if something of this differs, or the checksum of the first weights, it is another
    /// training.
    pub fn describe(&mut self, mut what: Vec<(String, String)>, first_weights: u64) {
        let first = ("first weights".into(), format!("0x{first_weights:016x}"));
        what.append(&mut self.settings);
        what.push(first);
        self.settings = what;
    }

    /// Takes the training to where it was stopped, and says so.
    pub fn restore(&self, training: &mut dyn Resumable, say: &mut Progress<'_>) -> Result<()> {
        let Some(from) = &self.from else {
            return Ok(());
        };
        let file = from.file();
        let file = printable(file.display());
        say.line(match from.restore(training, &self.settings)? {
            true => format!("resumed {file}: {} batches are done", training.steps()),
            false => format!("{file} is not there yet: beginning at the beginning"),
        });
        Ok(())
    }

    /// Writes a checkpoint, if one is due after this step. What fails is said at once, and does not end the training.
    pub fn write_if_due(&mut self, training: &dyn Resumable, is_last: bool) {
        let Some(to) = &self.to else { return };
        if !is_last && !training.steps().is_multiple_of(self.every) {
            return;
        }
        self.written = to.write(training, &self.settings);
        if let Err(error) = &self.written {
            warning!("{error}");
        }
    }

    /// What went wrong with the last one, if anything did.
    pub fn end(self) -> Result<()> {
        self.written
    }
}
