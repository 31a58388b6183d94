//! What the programs train on: MNIST, a relative or a table where there is one, synthetic digits where there is none.

use std::env;
use std::path::Path;

use fromzero::Engine;
use fromzero::data::table::Table;
use fromzero::data::{Dataset, Standardizer, mnist, synthetic};
use fromzero::io::{Error, ErrorKind, Result, grouped, printable};
use fromzero::rng::Rng;
use fromzero::view::Progress;

use super::{Opt, Options, option, warning};

pub const TEST: Opt = option(
    "test",
    "FILE",
    "the table to test on, instead of a tenth of the one in --data",
);
pub const LABEL: Opt = option(
    "label",
    "COLUMN",
    "the table's column with the classes: its name, first or last",
);
pub const CLASSES: Opt = option(
    "classes",
    "N",
    "how many classes there are, where the labels do not say it",
);

/// A training set, a test set, and what else a network may be tried on.
pub struct Digits {
    pub train: Dataset,
    pub test: Dataset,
    /// MNIST's test set, where the training set is synthetic and a folder was named.
    pub real_test: Option<Dataset>,
}

/// Loads the table or the images that `--data` or `FROMZERO_DATA` names, or MNIST from `./data` or the package's own `data/`;
/// draws synthetic digits if there is none, or if `synthetic` is wanted. Says where the samples came from, in one line.
///
/// # Errors
/// If they cannot be had, or if they could be trained on, but not tested afterwards.
pub fn load_digits(options: &Options, synthetic: bool, say: &mut Progress<'_>) -> Result<Digits> {
    let threads = Engine::current().threads();
    let variable = env::var_os("FROMZERO_DATA").filter(|path| !path.is_empty());
    let named = options.path("data").or(variable.as_deref().map(Path::new));
    match named {
        Some(path) if path.is_file() && !mnist::is_file_of(path) && !synthetic => {
            return load_table(path, options, say);
        }
        _ => {}
    }
    if synthetic {
        refuse_options_of_tables(options)?;
        let folder = options.path("data");
        let real_test = folder
            .map(|folder| real_test(folder, threads))
            .transpose()?;
        let drawn = draw(options, threads)?;
        say.line("data: synthetic digits");
        return Ok(Digits { real_test, ..drawn });
    }
    let found = mnist::find(options.path("data"), variable.as_deref())?;
    refuse_options_of_tables(options)?;
    match found {
        Some(path) => load_images(&path, options, say),
        None => {
            let drawn = draw(options, threads)?;
            say.line("data: synthetic digits, drawn by this program, since no MNIST was found.");
            say.line(
                "      For MNIST run `sh data/fetch.sh`, or name its folder with --data PATH.",
            );
            Ok(drawn)
        }
    }
}

/// Refuses the options that only a table can have.
fn refuse_options_of_tables(options: &Options) -> Result<()> {
    for name in ["test", "label"] {
        if options.flag(name) {
            let message = "goes with a table, and --data names none";
            return Err(Error::new(message).setting(format!("--{name}")));
        }
    }
    Ok(())
}

/// MNIST or a relative.
fn load_images(path: &Path, options: &Options, say: &mut Progress<'_>) -> Result<Digits> {
    let mut mnist = mnist::load(path, Engine::current().threads())?;
    match options.given_count("classes")? {
        Some(classes) => {
            for set in [&mut mnist.train, &mut mnist.test] {
                set_classes(set, classes)?;
            }
        }
        None => check_classes(&mnist.train, &mnist.folder)?,
    }
    say.line(format!(
        "data: {} in {}: {}, {} classes",
        mnist.name,
        printable(mnist.folder.display()),
        described(&mnist.train, &mnist.test),
        mnist.train.classes()
    ));
    check_set("training", &mnist.train, &mnist.folder)?;
    check_set("test", &mnist.test, &mnist.folder)?;
    Ok(Digits {
        train: mnist.train,
        test: mnist.test,
        real_test: None,
    })
}

/// A table, and the test set that belongs to it.
fn load_table(path: &Path, options: &Options, say: &mut Progress<'_>) -> Result<Digits> {
    let table = Table::read(path, options.given_text("label")?)?;
    let (tested_on, [mut train, mut test]) = match options.path("test") {
        Some(path) => {
            let test = table.read_alike(path)?.data;
            let place = format!("tested on {}", printable(path.display()));
            (place, [table.data, test])
        }
        None => {
            let parts = hold_back_a_tenth(&table.data).map_err(|error| error.at(path))?;
            let place = "tested on a tenth that is held back, the same in every run";
            (place.to_string(), parts)
        }
    };
    if let Some(expected) = options.given_count("classes")?
        && expected != train.classes()
    {
        let (found, column) = (train.classes(), &table.class_column);
        let message = format!("expected {expected} classes, found {found} in {column}");
        return Err(Error::of_kind(ErrorKind::Content, message).at(path));
    }
    let mut how = described(&train, &test);
    if !train.has_images() {
        let standardizer = Standardizer::fit(&train).map_err(|error| error.at(path))?;
        for set in [&mut train, &mut test] {
            standardizer.apply(set).map_err(|error| error.at(path))?;
        }
        how.push_str(", standardised");
    }
    if !table.left_out.is_empty() {
        how.push_str(&format!(", without {}", table.left_out.join(", ")));
    }
    say.line(format!(
        "data: table {}: {how}; {} classes in {}{}; {tested_on}",
        printable(path.display()),
        train.classes(),
        printable(&table.class_column),
        printable(class_list(&train))
    ));
    if train.has_images() {
        check_set("training", &train, path)?;
        check_set("test", &test, path)?;
    }
    Ok(Digits {
        train,
        test,
        real_test: None,
    })
}

/// The training and the test set of a table that has no other.
fn hold_back_a_tenth(data: &Dataset) -> Result<[Dataset; 2]> {
    const SEED: u64 = 0;
    data.split([0.9, 0.1], &mut Rng::new(SEED))
}

/// "60,000 + 10,000 images of 28×28"
fn described(train: &Dataset, test: &Dataset) -> String {
    let (n, m) = (grouped(train.len()), grouped(test.len()));
    if train.has_images() {
        format!("{n} + {m} images of {}×{}", train.rows(), train.cols())
    } else {
        format!("{n} + {m} rows of {} numbers", train.inputs())
    }
}

/// The names of the classes, if they are few and not only numbers.
fn class_list(data: &Dataset) -> String {
    const MOST: usize = 10;
    let names = data.names();
    if names.len() > MOST || names.iter().all(|name| name.parse::<f64>().is_ok()) {
        String::new()
    } else {
        format!(" ({})", names.join(", "))
    }
}

/// MNIST's test set, for a network that is trained on synthetic digits.
fn real_test(folder: &Path, threads: usize) -> Result<Dataset> {
    let mnist = mnist::load(folder, threads)?;
    check_set("test", &mnist.test, &mnist.folder)?;
    let kind = |rows, cols, classes| format!("{rows}×{cols} pixels in {classes} classes");
    let (test, expected) = (&mnist.test, kind(28, 28, 10));
    let found = kind(test.rows(), test.cols(), test.classes());
    if expected != found {
        let message = format!(
            "expected test images of {expected}, as the synthetic digits have, found {found}"
        );
        return Err(Error::of_kind(ErrorKind::Content, message).at(mnist.folder));
    }
    Ok(mnist.test)
}

/// Sets the number of classes to what the command line gives.
fn set_classes(data: &mut Dataset, classes: usize) -> Result<()> {
    if classes == data.classes() {
        return Ok(());
    }
    data.set_classes(classes)
        .map_err(|error| error.setting("--classes"))
}

/// Refuses a number of classes that was counted from the labels, if it seems to come from a wrong one.
fn check_classes(train: &Dataset, folder: &Path) -> Result<()> {
    const EXPECTED: usize = 10;
    let occurs = |class: &usize| {
        train
            .labels()
            .iter()
            .any(|&label| usize::from(label) == *class)
    };
    let classes = train.classes();
    let counted = if train.names().is_empty() { classes } else { 0 };
    match (EXPECTED..counted).find(|class| !occurs(class)) {
        None => Ok(()),
        Some(missing) => {
            let most = classes - 1;
            let message =
                format!("the labels go up to {most}, but no training image is of class {missing}");
            let hint = "a label is wrong, or --classes says how many classes there are";
            Err(Error::of_kind(ErrorKind::Content, message)
                .at(folder)
                .hint(hint))
        }
    }
}

/// Refuses a set without images, and warns of one without ink.
fn check_set(name: &str, data: &Dataset, folder: &Path) -> Result<()> {
    const PALE: u8 = 127;
    if data.is_empty() {
        let message = format!("expected at least 1 {name} image, found 0");
        return Err(Error::of_kind(ErrorKind::Content, message).at(folder));
    }
    let darkest = data.darkest();
    if darkest <= PALE {
        warning!(
            "no pixel of the {name} images is above {darkest}, where full ink is 255: a network learns little from \
             pixels of 0 and 1, or from others so pale; multiply them up to 255"
        );
    }
    Ok(())
}

/// The same synthetic digits for every run, whatever its seed. How many classes they have is not to be chosen.
fn draw(options: &Options, threads: usize) -> Result<Digits> {
    if options.flag("classes") {
        let message = "goes with data that --data names: synthetic digits are of 10 classes";
        return Err(Error::new(message).setting("--classes"));
    }
    let (train, test) = synthetic::digits(0, threads)?;
    Ok(Digits {
        train,
        test,
        real_test: None,
    })
}
