//! What the programs share that train a network of layers to read digits: the bar, a line for each epoch, the test.

use std::fmt::Display;
use std::ops::Range;

use fromzero::Matrix;
use fromzero::data::{Batches, Dataset};
use fromzero::io::{Error, Result, printable};
use fromzero::metrics::{Confusion, accuracy};
use fromzero::nn::{Layer, Optimizer, Sequential};
use fromzero::view::{Terminal, confusion_matrix};

use super::{Digits, Opt, Options, Run, flag, load_digits, out, warning};

pub const SYNTHETIC: Opt = flag(
    "synthetic",
    "train on synthetic digits; with --data, read MNIST's test digits too",
);

/// Images that are tested at once.
const TEST_BATCH: usize = 1000;

/// A training as its user sees it: the loop is the program's, which says here where it is. A training that goes on from a checkpoint
/// begins its loop where that was written.
pub struct Training {
    run: Run,
    epochs: usize,
    log: Option<usize>,
    epoch: usize,
    /// Batches in an epoch.
    batches: usize,
    /// How many batches of this epoch have been seen, their images, and the sum of the losses of these.
    done: usize,
    images: usize,
    loss: f64,
    /// Loss and accuracy of the last batch.
    last: (f64, f64),
}

impl Training {
    /// Reads `--epochs`, `--log`, and what [`Run::new`] reads.
    pub fn new(options: &Options) -> Result<Self> {
        if cfg!(debug_assertions) {
            warning!("built without --release, this is many times slower than it could be");
        }
        Ok(Training {
            epochs: options.count("epochs")?,
            log: options.given_count("log")?,
            run: Run::new(options)?,
            epoch: 0,
            batches: 0,
            done: 0,
            images: 0,
            loss: 0.0,
            last: (f64::NAN, f64::NAN),
        })
    }

    /// The digits that `--data` and `--synthetic` ask for.
    pub fn load_digits(&mut self, options: &Options) -> Result<Digits> {
        load_digits(options, options.flag("synthetic"), &mut self.run.say)
    }

    /// A seed for the network's first weights.
    pub fn seed(&mut self) -> u64 {
        self.run.rng.next_u64()
    }

    /// All is there, `test` to test on among it, and the training may begin: gives the network the weights of `--load`, or takes it all to
    /// where `--resume` says that it was stopped.
    pub fn begin(
        &mut self,
        net: &mut Sequential<f32>,
        optimizer: &mut dyn Optimizer<f32>,
        batches: &mut Batches<'_, f32>,
        test: &Dataset,
    ) -> Result<()> {
        net.build(batches.data().inputs());
        self.run.report_data(net, batches.data(), test)?;
        self.batches = batches.count();
        let steps = (self.epochs.saturating_mul(self.batches), self.batches);
        let samples = Some(batches);
        self.run.begin(steps, net, optimizer, samples)
    }

    /// Number of epochs in all.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// The epochs that are left, counted from 0. Of the first, batches may be done: perhaps all of them, and only what comes after it
    /// is left.
    pub fn epochs_left(&self) -> Range<usize> {
        self.steps().saturating_sub(1) / self.batches..self.epochs
    }

    /// Number of steps that were taken.
    pub fn steps(&self) -> usize {
        self.run.taken().len()
    }

    /// An epoch begins, in a new random order if samples are to be shuffled; or goes on, if batches of it are done.
    pub fn start_epoch(&mut self, epoch: usize, batches: &mut Batches<'_, f32>, shuffle: bool) {
        (self.epoch, self.images, self.loss) = (epoch, 0, 0.0);
        let taken = self.run.taken();
        let taken = &taken[taken.len().min(epoch * self.batches)..];
        for (batch, step) in taken.iter().enumerate() {
            self.images += batches.samples_in(batch);
            self.loss += step.loss * batches.samples_in(batch) as f64;
            self.last = (step.loss, step.accuracy);
        }
        self.done = taken.len();
        match self.done {
            0 if shuffle => batches.shuffle(&mut self.run.rng),
            0 => batches.rewind(),
            _ => {}
        }
        self.run.say.start(self.batches);
    }

    /// The mean loss of the next batch is known, and what the network puts out for it.
    ///
    /// # Errors
    /// If the loss is not finite: then neither are the parameters. If a sample has no most probable class.
    pub fn step(&mut self, loss: f64, outputs: &Matrix<f32>, labels: &[usize]) -> Result<()> {
        self.done += 1;
        self.images += labels.len();
        self.loss += loss * labels.len() as f64;
        if !loss.is_finite() {
            let at = format!("epoch {}, batch {}", self.epoch + 1, self.done);
            let error = diverged(&format!("the loss became {loss} in {at}"));
            return Err(self.run.failed(error));
        }
        let accuracy = accuracy(outputs, labels).map_err(|error| self.run.failed(error))?;
        self.last = (loss, accuracy);
        let (epoch, epochs, done, batches) = (self.epoch + 1, self.epochs, self.done, self.batches);
        self.run.say.trace(loss);
        self.run.say.update(done, || {
            format!(
                "epoch {epoch}/{epochs}  loss {loss:.4}  acc {accuracy:.4}  batch {done}/{batches}"
            )
        });
        Ok(())
    }

    /// The step for this batch was taken: what is kept of it is written.
    pub fn keep(
        &mut self,
        net: &mut Sequential<f32>,
        optimizer: &mut dyn Optimizer<f32>,
        batches: &mut Batches<'_, f32>,
    ) {
        self.run.keep(self.last, net, optimizer, Some(batches));
    }

    /// Loss and accuracy of the last batch, before its step.
    pub fn last(&self) -> (f64, f64) {
        self.last
    }

    /// Batches of this epoch that have been seen.
    pub fn done(&self) -> usize {
        self.done
    }

    /// The mean loss of this epoch's images so far.
    pub fn loss(&self) -> f64 {
        self.loss / self.images as f64
    }

    /// Whether `--log` asks for a line at this number.
    pub fn logs(&self, number: usize) -> bool {
        self.log.is_some_and(|every| number.is_multiple_of(every))
    }

    /// Prints a line of results.
    pub fn print(&mut self, line: impl Display) {
        self.run.say.clear();
        out!("{line}");
    }

    /// Says a line that is no result.
    pub fn say(&mut self, line: impl Display) {
        self.run.say.line(line);
    }

    /// Tests the network and says how the epoch went: its mean loss, and the accuracy on the test set.
    pub fn show_effect(&mut self, net: &mut dyn Layer<f32>, test: &Dataset) -> Result<()> {
        let (epoch, epochs) = (self.epoch + 1, self.epochs);
        let mean = self.loss();
        let accuracy = self.test(net, test)?.accuracy()?;
        self.run.say.line(format!(
            "epoch {epoch}/{epochs}: mean loss {mean:.4}, test accuracy {accuracy:.4}"
        ));
        Ok(())
    }

    /// The share of a data set that the network reads right.
    fn accuracy(&mut self, net: &mut dyn Layer<f32>, data: &Dataset) -> Result<f64> {
        self.confusion(net, data)?.accuracy()
    }

    /// Which classes of the test set the network takes for which, in evaluation mode. Has a bar of its own.
    ///
    /// # Errors
    /// If the network's parameters, or its answers, are not finite.
    pub fn test(&mut self, net: &mut dyn Layer<f32>, test: &Dataset) -> Result<Confusion> {
        let tested = self.confusion(net, test)?;
        self.run.report_test(tested.accuracy()?, test.len());
        Ok(tested)
    }

    fn confusion(&mut self, net: &mut dyn Layer<f32>, data: &Dataset) -> Result<Confusion> {
        if !net.is_finite() {
            let at = format!("epoch {}, batch {}", self.epoch + 1, self.done);
            let error = diverged(&format!("a weight is not finite after {at}"));
            return Err(self.run.failed(error));
        }
        let mut loader = Batches::<f32>::new(data, TEST_BATCH.min(data.len()))?;
        self.run.say.start(loader.count());
        net.set_training(false);
        let (mut done, mut confusion) = (0, Confusion::new(data.classes()));
        while let Some(batch) = loader.next_batch() {
            let added = confusion.add(net.forward(&batch.x), &batch.labels);
            added.map_err(|error| self.run.failed(error))?;
            done += 1;
            self.run.say.update(done, || {
                format!("test accuracy {:.4}", confusion.accuracy().unwrap_or(0.0))
            });
        }
        net.set_training(true);
        self.run.say.clear();
        Ok(confusion)
    }

    /// Prints the trained network's results, the last line of which is `test accuracy 0.dddd`, and then writes what is to be kept.
    pub fn finish(mut self, network: &mut Sequential<f32>, data: &Digits) -> Result<()> {
        if let Some(real_test) = &data.real_test {
            let accuracy = self.accuracy(network, real_test)?;
            out!("real test accuracy {accuracy:.4}");
        }
        let tested = self.confusion(network, &data.test)?;
        let name = |class| printable(data.train.class_name(class)).to_string();
        out!("{}\n", confusion_matrix(&tested, name, &Terminal::stdout()));
        out!("test accuracy {:.4}", tested.accuracy()?);
        self.run.end(network, Some((&data.train, &data.test)))
    }
}

/// Why a training ends early.
fn diverged(what: &str) -> Error {
    Error::new(what).hint("a smaller learning rate may help")
}

/// At most so many decimals and no trailing zeros, but one decimal at least, as Python prints `round(x, decimals)`.
pub fn rounded(x: f64, decimals: usize) -> String {
    let text = format!("{x:.decimals$}");
    let short = text.trim_end_matches('0');
    if short.ends_with('.') {
        format!("{short}0")
    } else {
        short.to_string()
    }
}
