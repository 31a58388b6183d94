//! The digits that the programs train on: MNIST where there is one, synthetic ones where there is none.

use std::env;
use std::path::Path;

use fromzero::Engine;
use fromzero::data::{Dataset, mnist, synthetic};
use fromzero::io::{Error, ErrorKind, Result, printable};
use fromzero::view::Progress;

use super::{Options, warning};

/// A training set, a test set, and what else a network may be tried on.
pub struct Digits {
    pub train: Dataset,
    pub test: Dataset,
    /// MNIST's test set, where the training set is synthetic and a folder was named.
    pub real_test: Option<Dataset>,
}

/// Loads MNIST from `--data`, `FROMZERO_DATA`, `./data` or the package's own `data/`; draws synthetic digits if there is
/// none, or if `synthetic` is wanted. Says where the digits came from.
///
/// # Errors
/// If they cannot be had, or if they could be trained on, but not tested afterwards.
pub fn load_digits(options: &Options, synthetic: bool, say: &mut Progress<'_>) -> Result<Digits> {
    let threads = Engine::current().threads();
    let variable = env::var_os("FROMZERO_DATA");
    if synthetic {
        let drawn = draw(threads)?;
        let real_test = match options.path("data") {
            Some(folder) => Some(real_test(folder, threads, &drawn.train)?),
            None => None,
        };
        say.line("data: synthetic digits");
        return Ok(Digits { real_test, ..drawn });
    }
    let Some(folder) = mnist::find(options.path("data"), variable.as_deref())? else {
        say.line("data: synthetic digits, drawn by this program, since no MNIST was found.");
        say.line("      For MNIST run `sh data/fetch.sh`, or name its folder with --data DIR.");
        return draw(threads);
    };
    let mnist = mnist::load(&folder, threads)?;
    say.line(format!(
        "data: MNIST in {}",
        printable(mnist.folder.display())
    ));
    check_set("training", &mnist.train, &mnist.folder)?;
    check_set("test", &mnist.test, &mnist.folder)?;
    Ok(Digits {
        train: mnist.train,
        test: mnist.test,
        real_test: None,
    })
}

/// MNIST's test set, for a network that is trained on the images of `train`.
fn real_test(folder: &Path, threads: usize, train: &Dataset) -> Result<Dataset> {
    let mnist = mnist::load(folder, threads)?;
    check_set("test", &mnist.test, &mnist.folder)?;
    let size = |data: &Dataset| format!("{}×{}", data.rows(), data.cols());
    let (expected, found) = (size(train), size(&mnist.test));
    if expected != found {
        let message = format!(
            "expected test images of {expected} pixels, as the synthetic digits have, found {found}"
        );
        return Err(Error::of_kind(ErrorKind::Content, message).at(mnist.folder));
    }
    Ok(mnist.test)
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

/// The same synthetic digits for every run, whatever its seed.
fn draw(threads: usize) -> Result<Digits> {
    let (train, test) = synthetic::digits(0, threads)?;
    Ok(Digits {
        train,
        test,
        real_test: None,
    })
}
