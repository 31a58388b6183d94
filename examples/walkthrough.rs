//! One training step of a tiny network, with every number: in the terminal, or as a page in which each number unfolds into the
//! sum that it is.
//!
//! `cargo run --release --example walkthrough -- --html step.html` writes the page. The network and the samples are those of
//! `examples/walkthrough/numbers.txt`; a file of the same form with others is taken by `--numbers FILE`:
//!
//! ```text
//! lr 0.5              # a name, then its numbers; what follows a # is a remark
//! x                   # a sample a row
//!   0.5  0.8  1
//! y                   # its label, one-hot
//!   1    0
//! w1                  # [inputs, hidden]; then b1 [hidden], w2 [hidden, hidden], b2, w3 [hidden, classes], b3
//!   …
//! ```

mod support;

#[path = "walkthrough/account.rs"]
mod account;
#[path = "walkthrough/figure.rs"]
mod figure;
#[path = "walkthrough/formula.rs"]
mod formula;
#[path = "walkthrough/forward.rs"]
mod forward;
#[path = "walkthrough/ledger.rs"]
mod ledger;
#[path = "walkthrough/numbers.rs"]
mod numbers;
#[path = "walkthrough/page.rs"]
mod page;
#[path = "walkthrough/source.rs"]
mod source;
#[path = "walkthrough/stages.rs"]
mod stages;
#[path = "walkthrough/step.rs"]
mod step;
#[path = "walkthrough/terminal.rs"]
mod terminal;
#[path = "walkthrough/wording.rs"]
mod wording;
#[path = "walkthrough/words.rs"]
mod words;

use std::process::ExitCode;

use fromzero::io::{Error, ErrorKind, Result, write_atomic};

use numbers::Numbers;
use step::Step;
use support::{Options, Program, THREADS, flag, option, out};
use terminal::Terminal;
use words::Lang;

const PROGRAM: Program = Program {
    name: "walkthrough",
    about: "One training step of section 3.7's network, so small that every number can be shown: with the formula, the line of \
            Rust that computed it, and the sum that it is.",
    workloads: &[],
    options: &[
        option(
            "html",
            "FILE",
            "write a page instead, in which every number unfolds",
        ),
        option("lang", "LANG", "en or zh: English or Chinese").or("en"),
        option(
            "numbers",
            "FILE",
            "a network and samples of your own, in the form of examples/walkthrough/numbers.txt: lr, x, y, w1, b1, w2, b2, \
             w3, b3, each name followed by the rows of its matrix, # before remarks; at most 8 samples and 16 neurons a layer",
        ),
        flag(
            "every",
            "in the terminal, write out the sum of every number, not only of the first of each matrix",
        ),
        THREADS,
    ],
};

/// So large a page may be: what is sent by mail, and opened on a phone.
const MOST_BYTES: usize = 300_000;

/// Columns of a terminal that does not say how many it has.
const COLUMNS: usize = 80;

fn main() -> ExitCode {
    support::run(&PROGRAM, walkthrough)
}

fn walkthrough(options: &Options) -> Result<()> {
    let lang = options.choice("lang", &[("en", Lang::En), ("zh", Lang::Zh)])?;
    let file = support::file_to_write(options, "html")?;
    let numbers = Numbers::load(options.path("numbers"))?;
    let ledger = account::ledger(&Step::of(&numbers)?);
    let Some(file) = file else {
        let terminal = Terminal {
            columns: columns(),
            lang,
            every: options.flag("every"),
        };
        for line in terminal.lines(&ledger) {
            out!("{line}");
        }
        return Ok(());
    };
    let page = page::page(&ledger, lang);
    if page.len() > MOST_BYTES {
        let message = format!(
            "expected a network whose page has at most {} kB, found one of {} kB",
            MOST_BYTES / 1000,
            page.len().div_ceil(1000)
        );
        return Err(Error::of_kind(ErrorKind::Content, message)
            .hint("take fewer neurons or samples, or leave out --html"));
    }
    write_atomic(file, |out| out.write_all(page.as_bytes()))
}

/// The width of the terminal, where `COLUMNS` says it.
fn columns() -> usize {
    let columns = std::env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.parse().ok());
    columns.filter(|&columns| columns >= 20).unwrap_or(COLUMNS)
}
