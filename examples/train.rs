//! Section 3.7's main job: trains the three-layer network and says how well it reads.
//!
//! `cargo run --release --example train -- --help` lists the options; their defaults are the book's.

#[path = "train/page.rs"]
mod page;
#[path = "train/reporter.rs"]
mod reporter;
#[path = "train/settings.rs"]
mod settings;
mod support;

use std::path::Path;
use std::process::ExitCode;

use fromzero::Real;
use fromzero::data::{Batches, Dataset};
use fromzero::io::tensor::DType;
use fromzero::io::{Result, printable};
use fromzero::keep::params;
use fromzero::rng::Rng;
use fromzero::section37::{Params, Training, confusion, evaluate, prediction};
use fromzero::view::{Progress, Terminal, confusion_matrix, digit, visualization_loss};
use reporter::Reporter;
use settings::Settings;
use support::report::Report;
use support::{
    CHECKPOINT, CLASSES, DATA, Digits, EVERY, HISTORY, History, Kept, LABEL, LOAD, Options,
    Program, QUIET, REPORT, RESUME, SAVE, SEED, TEST, THREADS, file_to_write, flag, load_digits,
    option, out, weights_to_save,
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
        HISTORY,
        REPORT,
        LOAD,
        SAVE,
        CHECKPOINT,
        EVERY,
        RESUME,
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
    let mut settings = Settings::read(options, DType::of::<T>())?;
    let plot = match file_to_write(options, "plot")? {
        None => file_to_write(options, "as-the-book")?,
        given => given,
    };
    let save = weights_to_save(options)?;
    let loaded = settings.load_params::<T>(options)?;
    let mut records = Records::read(options)?;
    let mut say = Progress::stderr(options.flag("quiet"));
    let data = load_digits(options, options.flag("synthetic"), &mut say)?;
    settings.fit(&data.train)?;
    let mut rng = Rng::new(options.seed("seed")?);
    let mut params = settings.first_params(loaded, &data.train, &mut rng, &mut say)?;

    let mut training = Training::new(&mut params, &data.train, &settings.recipe, &mut rng)?;
    take_all_steps(&mut training, &settings, &data, &mut records, &mut say)?;
    let losses = training.losses().to_vec();

    let batches = data.train.len().div_ceil(settings.recipe.batch);
    let data = settings.limited(data, &mut say);
    say.clear();
    let right = print_results(&params, &data)?;

    // Last, so that no result is lost with a file, and no file with another.
    let sets = (&data.train, &data.test);
    let saved = save.map(|path| params::save(path, &params));
    let drawn = plot.map(|path| visualization_loss(&losses, batches, path));
    let reported = page::write(records.report, &settings.recipe, &params, right, sets);
    let files = [
        Some(records.kept.end()),
        Some(records.history.end()),
        saved,
        drawn,
        Some(reported),
    ];
    files.into_iter().flatten().collect()
}

/// What is kept of a training while it goes on.
struct Records<'o> {
    table: Option<&'o Path>,
    history: History,
    kept: Kept,
    report: Report,
}

impl<'o> Records<'o> {
    fn read(options: &'o Options) -> Result<Self> {
        Ok(Records {
            table: file_to_write(options, "history")?,
            history: History::default(),
            kept: Kept::read(options)?,
            report: Report::read(options)?,
        })
    }
}

/// Trains, from where a checkpoint was if there is one, and keeps and shows how it goes.
fn take_all_steps<T: Real>(
    training: &mut Training<'_, T>,
    settings: &Settings,
    data: &Digits,
    records: &mut Records<'_>,
    say: &mut Progress<'_>,
) -> Result<()> {
    let Records {
        table,
        history,
        kept,
        report,
    } = records;
    let (recipe, sets) = (&settings.recipe, (&data.train, &data.test));
    let params = training.params();
    let what = Settings::described(sets.0, params.sizes(), T::NAME);
    kept.describe(what, params.checksum());
    kept.restore(training, say)?;
    let mut reporter = Reporter::new(recipe, settings.log, sets.0, say);
    let mut taken = Vec::new();
    for step in 0..training.losses().len() {
        let step = training.report(step);
        reporter.recall(&step);
        taken.push(settings.taken(&step));
    }
    *history = History::begin(*table, sets.0.len().div_ceil(recipe.batch), &taken)?;
    page::begin(report, recipe, training, &taken, sets)?;
    while let Some(step) = training.step().map_err(|error| report.failed(error))? {
        reporter.report(&step);
        history.add(&settings.taken(&step));
        page::step(report, &step, settings.taken(&step), training)?;
        kept.write_if_due(training, false);
    }
    kept.write_if_due(training, true);
    Ok(())
}

/// Prints how well the network reads; returns the share of the training set that is right.
fn print_results<T: Real>(params: &Params<T>, data: &Digits) -> Result<f64> {
    let right = evaluate(params, &data.train)?;
    out!("train accuracy {right:.4}");
    let tested = confusion(params, &data.test)?;
    out!("test accuracy {:.4}", tested.accuracy()?);
    if let Some(real_test) = &data.real_test {
        out!("real test accuracy {:.4}", evaluate(params, real_test)?);
    }
    out!("weights 0x{:016x}", params.checksum());
    let name = |class| printable(data.train.class_name(class)).to_string();
    let table = confusion_matrix(&tested, name, &Terminal::stdout());
    out!("\n{table}\n");
    show_first(params, &data.train)?;
    Ok(right)
}

/// Prints the first image and what the network takes it for.
fn show_first<T: Real>(params: &Params<T>, data: &Dataset) -> Result<()> {
    let mut one_by_one = Batches::<T>::new(data, 1)?;
    let first = one_by_one
        .next_batch()
        .expect("a training set has a first image");
    let y_pred = prediction(params, &first.x)?;
    if data.has_images() {
        let picture = digit(data.image(0), data.cols(), &Terminal::stdout());
        out!("{}", picture.trim_end());
    }
    let name = |class| printable(data.class_name(class));
    let (y_pred, y) = (name(y_pred[0]), name(first.labels[0]));
    out!("predicted {y_pred}, true {y}");
    Ok(())
}
