//! `--history`: the steps of a training as a table, for any plotting tool.

use std::path::Path;

use fromzero::io::{Appender, Error, Result, write_atomic};
use fromzero::keep::Taken;

use super::{Opt, option};

pub const HISTORY: Opt = option(
    "history",
    "FILE.csv",
    "write a table of learning rate, loss and accuracy, a line for every batch",
);

/// The names of the columns. What is counted is counted from 1.
const HEADER: &str = "step,epoch,batch,lr,loss,accuracy\n";

/// A table that grows by a line with each step. It holds every step once, also if the training was stopped and went on: what a
/// checkpoint knows is written anew, in place of what was there.
#[derive(Default)]
pub struct History {
    table: Option<Appender>,
    /// Batches in an epoch.
    batches: usize,
    /// Lines so far.
    steps: usize,
    /// What went wrong; from then on nothing is written.
    failed: Option<Error>,
}

impl History {
    /// The table in this file, if there is to be one, with the steps that have been taken, of an epoch so many `batches`.
    pub fn begin(path: Option<&Path>, batches: usize, taken: &[Taken]) -> Result<Self> {
        let mut history = History {
            batches,
            ..History::default()
        };
        if let Some(path) = path {
            let mut lines = HEADER.to_string();
            for step in taken {
                lines.push_str(&history.line(step));
            }
            write_atomic(path, |file| file.write_all(lines.as_bytes()))?;
            history.table = Some(Appender::open(path)?);
        }
        Ok(history)
    }

    /// Adds a step.
    pub fn add(&mut self, step: &Taken) {
        let line = self.line(step);
        if let Some(table) = &mut self.table
            && let Err(error) = table.append(line)
        {
            self.failed = Some(error);
            self.table = None;
        }
    }

    /// What went wrong, if anything did.
    pub fn end(self) -> Result<()> {
        self.failed.map_or(Ok(()), Err)
    }

    /// The next line.
    fn line(&mut self, step: &Taken) -> String {
        let (epoch, batch) = (self.steps / self.batches + 1, self.steps % self.batches + 1);
        self.steps += 1;
        let Taken { lr, loss, accuracy } = step;
        let accuracy = match accuracy.is_nan() {
            true => String::new(),
            false => format!("{accuracy:?}"),
        };
        let step = self.steps;
        format!("{step},{epoch},{batch},{lr:?},{loss:?},{accuracy}\n")
    }
}
