//! `--history`: the steps of a training as a table, for any plotting tool.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use fromzero::io::{Error, Result, write_atomic};
use fromzero::section37::{Recipe, Step};

/// The names of the columns. What is counted is counted from 1.
const HEADER: &str = "step,epoch,batch,lr,loss,accuracy\n";

/// A table that grows by a line with each step. It holds every step once, also if the training was stopped and went on: what a
/// checkpoint knows is written anew, in place of what was there.
pub struct History<'a> {
    recipe: &'a Recipe,
    table: Option<(PathBuf, File)>,
    /// What went wrong; from then on nothing is written.
    failed: Option<Error>,
}

impl<'a> History<'a> {
    /// The table in this file, if there is to be one, with the steps that have been taken.
    pub fn begin(
        path: Option<&Path>,
        recipe: &'a Recipe,
        taken: impl Iterator<Item = Step>,
    ) -> Result<Self> {
        let mut history = History {
            recipe,
            table: None,
            failed: None,
        };
        if let Some(path) = path {
            let lines: String = taken.map(|step| history.line(&step)).collect();
            write_atomic(path, |file| {
                file.write_all(HEADER.as_bytes())?;
                file.write_all(lines.as_bytes())
            })?;
            let file = File::options().append(true).open(path);
            let file = file.map_err(|cause| Error::io("cannot be written", cause).at(path))?;
            history.table = Some((path.to_path_buf(), file));
        }
        Ok(history)
    }

    /// Adds a step.
    pub fn add(&mut self, step: &Step) {
        if self.table.is_none() {
            return;
        }
        let line = self.line(step);
        if let Some((path, file)) = &mut self.table
            && let Err(cause) = file.write_all(line.as_bytes())
        {
            self.failed = Some(Error::io("cannot be written", cause).at(path));
            self.table = None;
        }
    }

    /// What went wrong, if anything did.
    pub fn end(self) -> Result<()> {
        self.failed.map_or(Ok(()), Err)
    }

    fn line(&self, step: &Step) -> String {
        let number = step.epoch * step.batches + step.batch;
        let lr = self.recipe.schedule.rate(self.recipe.lr, number);
        let (epoch, batch) = (step.epoch + 1, step.batch + 1);
        let (loss, accuracy) = (step.loss, step.accuracy);
        format!(
            "{},{epoch},{batch},{lr:?},{loss:?},{accuracy:?}\n",
            number + 1
        )
    }
}
