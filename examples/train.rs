//! Section 3.7's main job: trains the three-layer network and says how well it reads.
//!
//! `cargo run --release --example train -- --help` lists the options; their defaults are the book's.

mod support;

use std::process::ExitCode;

use fromzero::data::{Batches, Dataset};
use fromzero::elementary::ln;
use fromzero::io::{Error, Result, grouped, printable};
use fromzero::rng::Rng;
use fromzero::section37::{Init, Params, Recipe, Schedule, Sizes, Step};
use fromzero::section37::{evaluate, prediction, train};
use fromzero::view::{Progress, digit, visualization_loss};
use fromzero::{Engine, Real};
use support::classifier::rounded;
use support::{
    CLASSES, DATA, Digits, LABEL, Options, Program, QUIET, SEED, TEST, THREADS, file_to_write,
    flag, load_digits, option, out, warning,
};

const PROGRAM: Program = Program {
    name: "train",
    about: "Trains section 3.7's network, 784-1024-1024-10 with sigmoid and softmax, on MNIST, or \
            on synthetic digits where there is no MNIST.",
    workloads: &[],
    options: &[
        DATA,
        TEST,
        LABEL,
        CLASSES,
        flag(
            "synthetic",
            "train on synthetic digits; with --data, read MNIST's test digits too",
        ),
        option("epochs", "N", "how often the training set is gone through").or("2"),
        option("lr", "RATE", "the learning rate").or("0.03"),
        option("batch", "N", "samples in a batch").or("64"),
        option("hidden", "N", "neurons in each hidden layer").or("1024"),
        option(
            "init",
            "uniform|xavier",
            "the first weights: in ±0.3, or in Xavier's range",
        )
        .or("uniform"),
        option("gain", "FACTOR", "stretches the range of the first weights").or("1"),
        flag(
            "shuffle",
            "take the samples in a new random order each epoch",
        ),
        option(
            "decay",
            "none|linear",
            "let the learning rate fall to 0 over all epochs, whatever --limit is",
        )
        .or("none"),
        SEED,
        THREADS,
        flag("f64", "compute in f64 instead of f32"),
        option(
            "limit",
            "N",
            "stop after N batches, and evaluate on as many samples at most",
        ),
        option(
            "log",
            "N",
            "print the book's line every N batches; alone 5, as the book has it",
        )
        .or_alone("5"),
        option(
            "plot",
            "FILE.svg",
            "draw the loss of every batch (figure 3-32)",
        ),
        QUIET,
    ],
};

fn main() -> ExitCode {
    support::run(&PROGRAM, |options| {
        if options.flag("f64") {
            section37::<f64>(options)
        } else {
            section37::<f32>(options)
        }
    })
}

fn section37<T: Real>(options: &Options) -> Result<()> {
    let mut settings = Settings::read::<T>(options)?;
    let plot = file_to_write(options, "plot")?;
    let mut say = Progress::stderr(options.flag("quiet"));
    let data = load_digits(options, options.flag("synthetic"), &mut say)?;
    settings.fit(&data.train)?;
    let mut rng = Rng::new(options.seed("seed")?);
    let mut params = settings.new_params::<T>(&data.train, &mut rng, &mut say)?;

    let mut reporter = Reporter::new(&settings, &data.train, &mut say);
    let recipe = &settings.recipe;
    let losses = train(&mut params, &data.train, recipe, &mut rng, |step| {
        reporter.report(step)
    })?;
    let batches = data.train.len().div_ceil(recipe.batch);

    let data = settings.limited(data, &mut say);
    say.clear();
    out!("train accuracy {:.4}", evaluate(&params, &data.train)?);
    out!("test accuracy {:.4}", evaluate(&params, &data.test)?);
    if let Some(real_test) = &data.real_test {
        out!("real test accuracy {:.4}", evaluate(&params, real_test)?);
    }
    out!("weights 0x{:016x}", params.checksum());

    let mut one_by_one = Batches::<T>::new(&data.train, 1)?;
    let first = one_by_one
        .next_batch()
        .expect("a training set has a first image");
    let y_pred = prediction(&params, &first.x)?;
    if data.train.has_images() {
        let picture = digit(data.train.image(0), data.train.cols());
        out!("{}", picture.trim_end());
    }
    let name = |class| printable(data.train.class_name(class));
    let (y_pred, y) = (name(y_pred[0]), name(first.labels[0].into()));
    out!("predicted {y_pred}, true {y}");

    // Last, so that no result is lost with a picture.
    match plot {
        Some(path) => visualization_loss(&losses, batches, path),
        None => Ok(()),
    }
}

/// What the options say.
struct Settings {
    recipe: Recipe,
    /// Whether the learning rate is to fall to 0.
    decays: bool,
    hidden: usize,
    init: Init,
    log: Option<usize>,
}

impl Settings {
    fn read<T: Real>(options: &Options) -> Result<Self> {
        let gain = options.positive_in::<T>("gain")?;
        let inits = [
            ("uniform", Init::Uniform(0.3 * gain)),
            ("xavier", Init::Xavier(gain)),
        ];
        let recipe = Recipe {
            epochs: options.count("epochs")?,
            batch: options.count("batch")?,
            lr: options.positive_in::<T>("lr")?,
            shuffle: options.flag("shuffle"),
            limit: options.given_count("limit")?,
            ..Recipe::default()
        };
        options.seed("seed")?;
        Ok(Settings {
            recipe,
            decays: options.choice("decay", &[("none", false), ("linear", true)])?,
            hidden: options.count("hidden")?,
            init: options.choice("init", &inits)?,
            log: options.given_count("log")?,
        })
    }

    /// Fits the settings to the training set, if they suit it.
    fn fit(&mut self, data: &Dataset) -> Result<()> {
        let (batch, images) = (self.recipe.batch, data.len());
        if batch > images {
            let message =
                format!("expected at most the training set's {images} samples, found {batch}");
            return Err(Error::new(message).setting("--batch"));
        }
        if self.decays {
            let batches = images.div_ceil(batch);
            let steps = self.recipe.epochs.saturating_mul(batches);
            self.recipe.schedule = Schedule::Linear { steps };
        }
        Ok(())
    }

    fn new_params<T: Real>(
        &self,
        data: &Dataset,
        rng: &mut Rng,
        say: &mut Progress<'_>,
    ) -> Result<Params<T>> {
        let sizes = Sizes {
            inputs: data.inputs(),
            hidden: self.hidden,
            classes: data.classes(),
        };
        let params =
            Params::<T>::new(sizes, self.init, rng).map_err(|error| error.setting("--hidden"))?;
        let Sizes {
            inputs,
            hidden,
            classes,
        } = sizes;
        let engine = Engine::current();
        say.line(format!(
            "network: {inputs}-{hidden}-{hidden}-{classes}, {} parameters, {} on {} threads with {}",
            grouped(params.count()),
            T::NAME,
            engine.threads(),
            engine.isa(),
        ));
        Ok(params)
    }

    /// With `--limit N`, of each set as many images as N batches have.
    fn limited(&self, mut data: Digits, say: &mut Progress<'_>) -> Digits {
        if let Some(limit) = self.recipe.limit {
            let images = limit.saturating_mul(self.recipe.batch);
            say.line(format!(
                "--limit {limit}: evaluating on the first {images} samples of each set at most"
            ));
            for set in [&mut data.train, &mut data.test]
                .into_iter()
                .chain(&mut data.real_test)
            {
                set.truncate(images);
            }
        }
        data
    }
}

/// What is shown while the network trains.
struct Reporter<'a, 'b> {
    settings: &'a Settings,
    images: usize,
    classes: usize,
    say: &'a mut Progress<'b>,
    /// This epoch's images so far, the sum of their losses, and how many were read right.
    samples: usize,
    loss: f64,
    right: f64,
}

impl<'a, 'b> Reporter<'a, 'b> {
    fn new(settings: &'a Settings, data: &Dataset, say: &'a mut Progress<'b>) -> Self {
        if cfg!(debug_assertions) {
            warning!("built without --release, this is many times slower than it could be");
        }
        Reporter {
            settings,
            images: data.len(),
            classes: data.classes(),
            say,
            samples: 0,
            loss: 0.0,
            right: 0.0,
        }
    }

    fn report(&mut self, step: &Step) {
        let Step {
            epoch,
            batch,
            batches,
            samples,
            loss,
            accuracy,
            ..
        } = *step;
        let epochs = self.settings.recipe.epochs;
        if epoch == 0 && batch == 0 {
            self.first(step);
        }
        if batch == 0 {
            self.say.start(batches, "batches");
            (self.samples, self.loss, self.right) = (0, 0.0, 0.0);
        }
        self.samples += samples;
        self.loss += loss * samples as f64;
        self.right += accuracy * samples as f64;
        if self.settings.log.is_some_and(|every| batch % every == 0) {
            self.say.clear();
            let of = self.images / self.settings.recipe.batch;
            let (acc, loss) = (rounded(accuracy, 4), rounded(loss, 4));
            out!(
                "Epochs[{}/{epochs}]--batch[{batch}/{of}]--Acc: {acc}--loss: {loss}",
                epoch + 1
            );
        }
        self.say.update(batch + 1, || {
            format!(
                "epoch {}/{epochs} batch {}/{batches} loss {loss:.4} acc {accuracy:.4}",
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
