//! What `train` shows while the network trains.

use fromzero::data::Dataset;
use fromzero::elementary::ln;
use fromzero::section37::{Recipe, Step};
use fromzero::view::Progress;

use crate::support::classifier::rounded;
use crate::support::{out, warning};

/// What is shown while the network trains.
pub struct Reporter<'a, 'b> {
    recipe: &'a Recipe,
    log: Option<usize>,
    images: usize,
    classes: usize,
    say: &'a mut Progress<'b>,
    /// Whether the bar of an epoch is there; one that is gone on with needs its own.
    started: bool,
    /// This epoch's images so far, the sum of their losses, and how many were read right.
    samples: usize,
    loss: f64,
    right: f64,
}

impl<'a, 'b> Reporter<'a, 'b> {
    pub fn new(
        recipe: &'a Recipe,
        log: Option<usize>,
        data: &Dataset,
        say: &'a mut Progress<'b>,
    ) -> Self {
        if cfg!(debug_assertions) {
            warning!("built without --release, this is many times slower than it could be");
        }
        Reporter {
            recipe,
            log,
            images: data.len(),
            classes: data.classes(),
            say,
            started: false,
            samples: 0,
            loss: 0.0,
            right: 0.0,
        }
    }

    pub fn report(&mut self, step: &Step) {
        let Step {
            epoch,
            batch,
            batches,
            loss,
            accuracy,
            ..
        } = *step;
        let epochs = self.recipe.epochs;
        if epoch == 0 && batch == 0 {
            self.first(step);
        }
        if batch == 0 || !self.started {
            self.say.start(batches);
            self.started = true;
        }
        self.recall(step);
        self.say.trace(loss);
        if self.log.is_some_and(|every| batch % every == 0) {
            self.say.clear();
            let of = self.images / self.recipe.batch;
            let (acc, loss) = (rounded(accuracy, 4), rounded(loss, 4));
            out!(
                "Epochs[{}/{epochs}]--batch[{batch}/{of}]--Acc: {acc}--loss: {loss}",
                epoch + 1
            );
        }
        self.say.update(batch + 1, || {
            format!(
                "epoch {}/{epochs}  loss {loss:.4}  acc {accuracy:.4}  batch {}/{batches}",
                epoch + 1,
                batch + 1
            )
        });
        if batch + 1 == batches {
            let images = self.samples as f64;
            let (loss, accuracy) = (self.loss / images, self.right / images);
            self.say.line(format!(
                "epoch {}/{epochs}: mean loss {loss:.4}, mean accuracy {accuracy:.4}",
                epoch + 1
            ));
        }
    }

    /// Counts a step, and shows nothing.
    pub fn recall(&mut self, step: &Step) {
        if step.batch == 0 {
            (self.samples, self.loss, self.right) = (0, 0.0, 0.0);
        }
        self.samples += step.samples;
        self.loss += step.loss * step.samples as f64;
        self.right += step.accuracy * step.samples as f64;
    }

    /// The first loss shows whether something is off before the first step is taken.
    fn first(&mut self, step: &Step) {
        let (n, ln_n) = (self.classes, ln(self.classes as f64));
        let count = if n == 10 {
            "ten".to_string()
        } else {
            n.to_string()
        };
        self.say.line(format!(
            "first loss {:.4}; {count} equally likely classes have ln {n} = {ln_n:.4}, and wide initial weights such as \
             the book's start higher",
            step.loss
        ));
        if step.loss > 25.0 {
            warning!(
                "the first loss is {:.1}: the initial weights are too wide for these inputs",
                step.loss
            );
        }
    }
}
