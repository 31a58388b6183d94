//! What the programs share that train a network of layers to read digits: the bar, a line for each epoch, the test.

use std::fmt::Display;
use std::path::PathBuf;

use fromzero::data::{Batches, Dataset};
use fromzero::io::{Error, Result, printable};
use fromzero::keep::{Layout, net};
use fromzero::metrics::Confusion;
use fromzero::nn::{Layer, Sequential};
use fromzero::view::{Progress, Terminal, confusion_matrix};

use super::{Digits, Opt, Options, flag, layout, load_digits, out, warning};
use super::{weights_to_load, weights_to_save};

pub const SYNTHETIC: Opt = flag(
    "synthetic",
    "train on synthetic digits; with --data, read MNIST's test digits too",
);

/// Images that are tested at once.
const TEST_BATCH: usize = 1000;

/// A training as its user sees it: the loop is the program's, which says here where it is.
pub struct Training {
    epochs: usize,
    log: Option<usize>,
    load: Option<PathBuf>,
    save: Option<PathBuf>,
    layout: Layout,
    say: Progress<'static>,
    epoch: usize,
    batches: usize,
    /// How many batches of this epoch are done, their images, and the sum of the losses of these.
    done: usize,
    images: usize,
    loss: f64,
}

impl Training {
    /// Reads `--epochs`, `--log`, `--load`, `--save`, `--layout` and `--quiet`.
    pub fn new(options: &Options) -> Result<Self> {
        if cfg!(debug_assertions) {
            warning!("built without --release, this is many times slower than it could be");
        }
        Ok(Training {
            epochs: options.count("epochs")?,
            log: options.given_count("log")?,
            load: weights_to_load(options)?.map(PathBuf::from),
            save: weights_to_save(options)?.map(PathBuf::from),
            layout: layout(options)?,
            say: Progress::stderr(options.flag("quiet")),
            epoch: 0,
            batches: 0,
            done: 0,
            images: 0,
            loss: 0.0,
        })
    }

    /// The digits that `--data` and `--synthetic` ask for.
    pub fn load_digits(&mut self, options: &Options) -> Result<Digits> {
        load_digits(options, options.flag("synthetic"), &mut self.say)
    }

    /// Gives the network, which is to have so many inputs, the weights in the file of `--load`, if there is one.
    pub fn load_weights(&self, network: &mut Sequential<f32>, inputs: usize) -> Result<()> {
        network.build(inputs);
        match &self.load {
            Some(path) => net::load(path, network, self.layout),
            None => Ok(()),
        }
    }

    /// The number of epochs.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// An epoch of so many batches begins. Epochs are counted from 0.
    pub fn start_epoch(&mut self, epoch: usize, batches: usize) {
        (self.epoch, self.batches) = (epoch, batches);
        (self.done, self.images, self.loss) = (0, 0, 0.0);
        self.say.start(batches);
    }

    /// The mean loss of the next batch, of so many images, is known, and the share of them that was read right, if the program
    /// asks for it.
    ///
    /// # Errors
    /// If it is not finite: then neither are the parameters.
    pub fn step(&mut self, loss: f64, images: usize, accuracy: Option<f64>) -> Result<()> {
        self.done += 1;
        self.images += images;
        self.loss += loss * images as f64;
        if !loss.is_finite() {
            let at = format!("epoch {}, batch {}", self.epoch + 1, self.done);
            return Err(diverged(&format!("the loss became {loss} in {at}")));
        }
        let (epoch, epochs, done, batches) = (self.epoch + 1, self.epochs, self.done, self.batches);
        self.say.trace(loss);
        self.say.update(done, || {
            let accuracy = accuracy.map_or(String::new(), |share| format!("  acc {share:.4}"));
            format!("epoch {epoch}/{epochs}  loss {loss:.4}{accuracy}  batch {done}/{batches}")
        });
        Ok(())
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
        self.say.clear();
        out!("{line}");
    }

    /// Says a line that is no result.
    pub fn say(&mut self, line: impl Display) {
        self.say.line(line);
    }

    /// Tests the network and says how the epoch went: its mean loss, and the accuracy on the test set.
    pub fn show_effect(&mut self, net: &mut dyn Layer<f32>, test: &Dataset) -> Result<()> {
        let (epoch, epochs) = (self.epoch + 1, self.epochs);
        let mean = self.loss();
        let accuracy = self.accuracy(net, test)?;
        self.say.line(format!(
            "epoch {epoch}/{epochs}: mean loss {mean:.4}, test accuracy {accuracy:.4}"
        ));
        Ok(())
    }

    /// The share of a data set that the network reads right.
    fn accuracy(&mut self, net: &mut dyn Layer<f32>, data: &Dataset) -> Result<f64> {
        self.test(net, data)?.accuracy()
    }

    /// Which classes of a data set the network takes for which, in evaluation mode. Has a bar of its own.
    ///
    /// # Errors
    /// If the network's parameters, or its answers, are not finite.
    pub fn test(&mut self, net: &mut dyn Layer<f32>, data: &Dataset) -> Result<Confusion> {
        if !net.is_finite() {
            let at = format!("epoch {}, batch {}", self.epoch + 1, self.done);
            return Err(diverged(&format!("a weight is not finite after {at}")));
        }
        let mut loader = Batches::<f32>::new(data, TEST_BATCH.min(data.len()))?;
        self.say.start(loader.count());
        net.set_training(false);
        let (mut done, mut confusion) = (0, Confusion::new(data.classes()));
        while let Some(batch) = loader.next_batch() {
            confusion.add(net.forward(&batch.x), &batch.labels)?;
            done += 1;
            self.say.update(done, || {
                format!("test accuracy {:.4}", confusion.accuracy().unwrap_or(0.0))
            });
        }
        net.set_training(true);
        self.say.clear();
        Ok(confusion)
    }

    /// Prints the trained network's results, the last line of which is `test accuracy 0.dddd`, and then keeps its weights, if
    /// `--save` asks for it.
    pub fn finish(mut self, network: &mut dyn Layer<f32>, data: &Digits) -> Result<()> {
        if let Some(real_test) = &data.real_test {
            let accuracy = self.accuracy(network, real_test)?;
            out!("real test accuracy {accuracy:.4}");
        }
        let tested = self.test(network, &data.test)?;
        let name = |class| printable(data.train.class_name(class)).to_string();
        out!("{}\n", confusion_matrix(&tested, name, &Terminal::stdout()));
        out!("test accuracy {:.4}", tested.accuracy()?);
        match self.save.take() {
            Some(path) => net::save(path, network, self.layout),
            None => Ok(()),
        }
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
