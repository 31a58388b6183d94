//! The digits that the programs train on: MNIST where there is one, synthetic ones where there is none.

use std::env;

use fromzero::Engine;
use fromzero::data::{Dataset, mnist, synthetic};
use fromzero::io::{Result, printable};
use fromzero::view::Progress;

use super::Options;

/// A training set, a test set, and what else a network may be tried on.
pub struct Digits {
    pub train: Dataset,
    pub test: Dataset,
    /// MNIST's test set, where the training set is synthetic and a folder was named.
    pub real_test: Option<Dataset>,
}

/// Loads MNIST from `--data`, `FROMZERO_DATA`, `./data` or the package's own `data/`; draws synthetic digits if there is
/// none, or if `synthetic` is wanted. Says where the digits came from.
pub fn load_digits(options: &Options, synthetic: bool, say: &mut Progress<'_>) -> Result<Digits> {
    let threads = Engine::current().threads();
    let variable = env::var_os("FROMZERO_DATA");
    if synthetic {
        let real = match options.path("data") {
            Some(folder) => Some(mnist::load(folder, threads)?.test),
            None => None,
        };
        say.line("data: synthetic digits");
        return Ok(Digits {
            real_test: real,
            ..draw(threads)
        });
    }
    let Some(folder) = mnist::find(options.path("data"), variable.as_deref())? else {
        say.line("data: synthetic digits, drawn by this program, since no MNIST was found.");
        say.line("      For MNIST run `sh data/fetch.sh`, or name its folder with --data DIR.");
        return Ok(draw(threads));
    };
    let mnist = mnist::load(&folder, threads)?;
    say.line(format!(
        "data: MNIST in {}",
        printable(mnist.folder.display())
    ));
    Ok(Digits {
        train: mnist.train,
        test: mnist.test,
        real_test: None,
    })
}

/// The same synthetic digits for every run, whatever its seed.
fn draw(threads: usize) -> Digits {
    let (train, test) = synthetic::digits(0, threads);
    Digits {
        train,
        test,
        real_test: None,
    }
}
