//! What the options of `train` say.

use std::path::PathBuf;

use fromzero::data::Dataset;
use fromzero::io::tensor::DType;
use fromzero::io::{Error, Result, grouped};
use fromzero::keep::{Taken, params};
use fromzero::rng::Rng;
use fromzero::section37::{Init, Params, Recipe, Schedule, Sizes, Step};
use fromzero::view::Progress;
use fromzero::{Engine, Real};

use crate::support::{Digits, Options, new_params, weights_to_load};

/// The book prints its line every so many batches.
const BOOKS_LINE: usize = 5;

/// Weights, and the file that they come from.
pub type Loaded<T> = (PathBuf, Params<T>);

/// What the options say.
pub struct Settings {
    pub recipe: Recipe,
    /// Whether the learning rate is to fall to 0.
    decays: bool,
    /// What `--hidden` says, or the file of `--load` where that says nothing.
    hidden: usize,
    init: Init,
    /// Every so many batches, the book's line is printed.
    pub log: Option<usize>,
}

impl Settings {
    pub fn read(options: &Options, dtype: DType) -> Result<Self> {
        let gain = options.positive_in("gain", dtype)?;
        let inits = [
            ("uniform", Init::Uniform(0.3 * gain)),
            ("xavier", Init::Xavier(gain)),
        ];
        let recipe = Recipe {
            epochs: options.count("epochs")?,
            batch: options.count("batch")?,
            lr: options.positive_in("lr", dtype)?,
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
    pub fn fit(&mut self, data: &Dataset) -> Result<()> {
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
    pub fn load_params<T: Real>(&mut self, options: &Options) -> Result<Option<Loaded<T>>> {
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
    pub fn first_params<T: Real>(
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
            None => new_params(sizes, self.init, rng)?,
        };
        let engine = Engine::current();
        say.line(format!(
            "network: {sizes}, {} parameters, {} on {} threads with {}",
            grouped(params.count()),
            T::NAME,
            engine.threads(),
            engine.isa(),
        ));
        Ok(params)
    }

    /// What the bits of the training depend on, beside the options.
    pub fn described(data: &Dataset, sizes: Sizes, dtype: &str) -> Vec<(String, String)> {
        vec![
            ("type".into(), dtype.into()),
            ("network".into(), sizes.to_string()),
            ("training set".into(), format!("0x{:016x}", data.checksum())),
        ]
    }

    /// What is kept of a step.
    pub fn taken(&self, step: &Step) -> Taken {
        let number = step.epoch * step.batches + step.batch;
        Taken {
            lr: self.recipe.schedule.rate(self.recipe.lr, number),
            loss: step.loss,
            accuracy: step.accuracy,
        }
    }

    /// With `--limit N`, of each set as many images as N batches have.
    pub fn limited(&self, mut data: Digits, say: &mut Progress<'_>) -> Digits {
        if let Some(limit) = self.recipe.limit {
            let images = limit.saturating_mul(self.recipe.batch);
            say.line(format!(
                "--limit {limit}: evaluating on the first {images} samples of each set at most"
            ));
            data.train.truncate(images);
            data.test.truncate(images);
            if let Some(real_test) = &mut data.real_test {
                real_test.truncate(images);
            }
        }
        data
    }
}
