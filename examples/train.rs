//! Section 3.7's main job: trains the three-layer network and says how well it reads.
//!
//! `cargo run --release --example train -- --help` lists the options; their defaults are the book's.

#[path = "train/history.rs"]
mod history;
#[path = "train/kept.rs"]
mod kept;
#[path = "train/reporter.rs"]
mod reporter;
mod support;

use std::path::PathBuf;
use std::process::ExitCode;

use fromzero::data::{Batches, Dataset};
use fromzero::io::{Error, Result, grouped, printable};
use fromzero::keep::params;
use fromzero::rng::Rng;
use fromzero::section37::{Init, Params, Recipe, Schedule, Sizes};
use fromzero::section37::{Training, confusion, evaluate, prediction};
use fromzero::view::{Progress, Terminal, confusion_matrix, digit, visualization_loss};
use fromzero::{Engine, Real};
use history::History;
use kept::Kept;
use reporter::Reporter;
use support::{
    CLASSES, DATA, Digits, LABEL, LOAD, Options, Program, QUIET, SAVE, SEED, TEST, THREADS,
    file_to_write, flag, load_digits, option, out, weights_to_load, weights_to_save,
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
        option(
            "as-the-book",
            "FILE.svg",
            "print and draw what the book's listing does: --log 5 and --plot FILE.svg; alone loss.svg",
        )
        .or_alone("loss.svg"),
        option(
            "history",
            "FILE.csv",
            "write a table of learning rate, loss and accuracy, a line for every batch",
        ),
        LOAD,
        SAVE,
        option(
            "checkpoint",
            "DIR",
            "keep in this folder all it takes to go on, should the training be killed",
        ),
        option("every", "N", "take a checkpoint every N batches").or("500"),
        option(
            "resume",
            "DIR",
            "go on from the checkpoint in this folder, with the same options",
        ),
        QUIET,
    ],
};

/// The book prints its line every so many batches.
const BOOKS_LINE: usize = 5;

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
    let plot = match file_to_write(options, "plot")? {
        None => file_to_write(options, "as-the-book")?,
        given => given,
    };
    let save = weights_to_save(options)?;
    let loaded = settings.load_params::<T>(options)?;
    let table = file_to_write(options, "history")?;
    let checkpoints = Kept::read(options)?;
    let mut say = Progress::stderr(options.flag("quiet"));
    let data = load_digits(options, options.flag("synthetic"), &mut say)?;
    settings.fit(&data.train)?;
    let mut rng = Rng::new(options.seed("seed")?);
    let mut params = settings.first_params(loaded, &data.train, &mut rng, &mut say)?;

    let recipe = &settings.recipe;
    let what = settings.described::<T>(options, &data.train, &params);
    let mut training = Training::new(&mut params, &data.train, recipe, &mut rng)?;
    let restored = checkpoints.restore(&mut training, &what, &mut say)?;
    let taken = (0..restored).map(|step| training.report(step));
    let mut history = History::begin(table, recipe, taken.clone())?;
    let mut reporter = Reporter::new(recipe, settings.log, &data.train, &mut say);
    taken.for_each(|step| reporter.recall(&step));
    let mut written = Ok(());
    while let Some(step) = training.step()? {
        reporter.report(&step);
        history.add(&step);
        written = checkpoints.write_if_due(&training, &what).and(written);
    }
    let losses = training.losses().to_vec();
    written = checkpoints.write(&training, &what).and(written);
    let batches = data.train.len().div_ceil(recipe.batch);

    let data = settings.limited(data, &mut say);
    say.clear();
    out!("train accuracy {:.4}", evaluate(&params, &data.train)?);
    let tested = confusion(&params, &data.test)?;
    out!("test accuracy {:.4}", tested.accuracy()?);
    if let Some(real_test) = &data.real_test {
        out!("real test accuracy {:.4}", evaluate(&params, real_test)?);
    }
    out!("weights 0x{:016x}", params.checksum());
    let name = |class| printable(data.train.class_name(class)).to_string();
    let terminal = Terminal::stdout();
    out!("\n{}\n", confusion_matrix(&tested, name, &terminal));

    let mut one_by_one = Batches::<T>::new(&data.train, 1)?;
    let first = one_by_one
        .next_batch()
        .expect("a training set has a first image");
    let y_pred = prediction(&params, &first.x)?;
    if data.train.has_images() {
        let picture = digit(data.train.image(0), data.train.cols(), &terminal);
        out!("{}", picture.trim_end());
    }
    let (y_pred, y) = (name(y_pred[0]), name(first.labels[0]));
    out!("predicted {y_pred}, true {y}");

    // Last, so that no result is lost with a file, and no file with another.
    let saved = save.map(|path| params::save(path, &params));
    let drawn = plot.map(|path| visualization_loss(&losses, batches, path));
    let files = [Some(written), Some(history.end()), saved, drawn];
    files.into_iter().flatten().collect()
}

/// Weights, and the file that they come from.
type Loaded<T> = (PathBuf, Params<T>);

/// What the options say.
struct Settings {
    recipe: Recipe,
    /// Whether the learning rate is to fall to 0.
    decays: bool,
    /// What `--hidden` says, or the file of `--load` where that says nothing.
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
            log: match options.given_count("log")? {
                None if options.flag("as-the-book") => Some(BOOKS_LINE),
                given => given,
            },
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

    /// The weights in the file of `--load`, if there is one.
    fn load_params<T: Real>(&mut self, options: &Options) -> Result<Option<Loaded<T>>> {
        let Some(path) = weights_to_load(options)? else {
            return Ok(None);
        };
        for name in ["init", "gain"] {
            if options.flag(name) {
                let error = Error::new("goes with new weights, and --load brings old ones");
                return Err(error.setting(format!("--{name}")));
            }
        }
        let params = params::load(path)?;
        if !options.flag("hidden") {
            self.hidden = params.sizes().hidden;
        }
        Ok(Some((path.into(), params)))
    }

    /// The weights to begin with: those from a file, which must fit, or new ones.
    fn first_params<T: Real>(
        &self,
        loaded: Option<Loaded<T>>,
        data: &Dataset,
        rng: &mut Rng,
        say: &mut Progress<'_>,
    ) -> Result<Params<T>> {
        let sizes = Sizes {
            inputs: data.inputs(),
            hidden: self.hidden,
            classes: data.classes(),
        };
        let params = match loaded {
            Some((path, params)) => {
                params::expect_sizes(&params, sizes).map_err(|error| error.at(path))?;
                params
            }
            None => {
                Params::new(sizes, self.init, rng).map_err(|error| error.setting("--hidden"))?
            }
        };
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

    /// All that the bits of the training depend on: its checkpoints can be gone on with only if nothing of it differs. (`--limit` and
    /// `--threads` change no bit.)
    fn described<T: Real>(
        &self,
        options: &Options,
        data: &Dataset,
        first: &Params<T>,
    ) -> Vec<(&'static str, String)> {
        let Recipe {
            epochs,
            batch,
            lr,
            shuffle,
            ..
        } = self.recipe;
        let Sizes {
            inputs,
            hidden,
            classes,
        } = first.sizes();
        vec![
            ("type", T::NAME.to_string()),
            ("inputs", inputs.to_string()),
            ("classes", classes.to_string()),
            ("training set", format!("0x{:016x}", data.checksum())),
            ("--hidden", hidden.to_string()),
            ("--epochs", epochs.to_string()),
            ("--batch", batch.to_string()),
            ("--lr", format!("{lr:?}")),
            (
                "--decay",
                if self.decays { "linear" } else { "none" }.to_string(),
            ),
            (
                "--shuffle",
                if shuffle { "given" } else { "not given" }.to_string(),
            ),
            (
                "--seed",
                options
                    .seed("seed")
                    .map_or(String::new(), |seed| seed.to_string()),
            ),
            ("--init", format!("{:?}", self.init)),
            ("first weights", format!("0x{:016x}", first.checksum())),
        ]
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
