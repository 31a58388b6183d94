//! The gradient check as a tool: every gradient of this library against differences, and twelve mistakes to be found.
//!
//! `cargo run --release --example gradcheck -- --help` lists the options. The page *Find the mistake* of the documentation,
//! `gradcheck::find_the_mistake`, leads through three of the mistakes.

mod support;

#[path = "gradcheck/full.rs"]
mod full;
#[path = "gradcheck/healthy.rs"]
mod healthy;
#[path = "gradcheck/mistakes.rs"]
mod mistakes;
#[path = "gradcheck/network.rs"]
mod network;
#[path = "gradcheck/patients.rs"]
mod patients;

use std::fmt;
use std::process::ExitCode;
use std::time::Instant;

use fromzero::gradcheck::{Comparison, Entry, Tally};
use fromzero::io::{Error, ErrorKind, Result};
use fromzero::rng::Rng;
use fromzero::section37::Sizes;
use fromzero::view::Progress;

use mistakes::{MISTAKES, Mistake};
use network::Network;
use patients::Finding;
use support::{Options, Program, QUIET, SEED, THREADS, flag, option, out, wrapped};

const PROGRAM: Program = Program {
    name: "gradcheck",
    about: "Holds every gradient of this library against differences of the loss: section 3.7, every layer, every loss, and \
            networks of them. Ends with 0 if all are right, with 1 if one is wrong. With --mistake one is wrong: find it.",
    workloads: &[],
    options: &[
        flag(
            "full",
            "section 3.7 at full size: each of 1,863,690 partial derivatives by itself",
        ),
        option(
            "spoil",
            "ENTRY",
            "with --full: make this entry of the gradient, such as w2[3,7], wrong by a millionth",
        ),
        option(
            "mistake",
            "N",
            "plant mistake N, and show what the check says",
        ),
        option(
            "explain",
            "N",
            "what mistake N was, and how the report gives it away",
        ),
        flag("list", "the mistakes that there are, by number"),
        SEED,
        THREADS,
        QUIET,
    ],
};

/// A right gradient of a small network stays below this: what rounding explains is no error.
const TOLERANCE: f64 = 1e-8;

fn main() -> ExitCode {
    support::run(&PROGRAM, gradcheck)
}

fn gradcheck(options: &Options) -> Result<()> {
    let jobs = ["full", "mistake", "explain", "list"];
    let given: Vec<_> = jobs.into_iter().filter(|job| options.flag(job)).collect();
    if let [first, second, ..] = given[..] {
        let message = format!(
            "expected one of --full, --mistake, --explain and --list, found --{first} and --{second}"
        );
        return Err(Error::of_kind(ErrorKind::Usage, message));
    }
    let spoil = options.path("spoil").map(|entry| entry.to_string_lossy());
    let seed = options.seed("seed")?;
    match given.first() {
        Some(&"full") => {
            let mut say = Progress::stderr(options.flag("quiet"));
            full::check(Sizes::default(), seed, spoil.as_deref(), &mut say)
        }
        _ if spoil.is_some() => {
            let message = "expected --full beside it, found none";
            Err(Error::new(message).setting("--spoil"))
        }
        Some(&"list") => {
            list();
            Ok(())
        }
        Some(&job) => {
            let number = options.count(job)?;
            let found =
                mistakes::find(number).map_err(|error| error.setting(format!("--{job}")))?;
            if job == "explain" {
                explain(number, found)
            } else {
                plant(number, found)
            }
        }
        None => check_all(seed),
    }
}

fn list() {
    for (i, mistake) in MISTAKES.iter().enumerate() {
        out!("{:>2}  {}", i + 1, mistake.patient);
    }
}

/// Everything, small, as it is.
fn check_all(seed: u64) -> Result<()> {
    let clock = Instant::now();
    let mut network = Network::new(patients::SMALL, &mut Rng::new(seed))?;
    let gradients = network.gradients()?;
    let section37 = network.compare(&gradients);
    out!("section 3.7, 4-5-5-3, {} samples", network::SAMPLES);
    show(&section37);
    let mut all = Tally::of(&section37, TOLERANCE);
    for (heading, checks) in [
        ("layers, inputs and parameters", healthy::layers()),
        ("losses", healthy::losses()),
        ("networks", healthy::chains()),
    ] {
        out!("{heading}");
        for (name, comparison) in checks {
            let tallies = Tally::of(&comparison, TOLERANCE);
            out!("  {name:<24}{}", line(&tallies));
            if Counts::of(&tallies).wrong > 0 {
                show(&comparison);
            }
            all.extend(tallies);
        }
    }
    let counts = Counts::of(&all);
    out!("{counts}, {:.1} s", clock.elapsed().as_secs_f64());
    counts.conclude()
}

/// The lines of a comparison's parameters, and, of those that are wrong, every entry's factor; of vectors the numbers, too.
fn show(comparison: &Comparison) {
    let parameters = comparison
        .parameters()
        .map(|(_, shape, entries)| (shape, entries));
    for (tally, (shape, entries)) in Tally::of(comparison, TOLERANCE).iter().zip(parameters) {
        out!("  {tally}");
        if tally.wrong > 0 {
            if shape.0 == 1 {
                out!("    analytic {}", numbers(entries, |entry| entry.analytic));
                out!("    numeric  {}", numbers(entries, |entry| entry.numeric));
            }
            out!("    analytic ÷ numeric, · where they agree:");
            for line in comparison.ratios(&tally.name, TOLERANCE) {
                out!("    {line}");
            }
        }
    }
}

fn numbers(entries: &[Entry], of: fn(&Entry) -> f64) -> String {
    let numbers = entries.iter().map(|entry| format!("{:>9.5}", of(entry)));
    numbers.collect()
}

/// How many entries are right, how many wrong, and of how many; differences cannot tell of the rest.
#[derive(Clone, Copy, Default)]
struct Counts {
    right: usize,
    wrong: usize,
    all: usize,
}

impl Counts {
    fn of(tallies: &[Tally]) -> Self {
        let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum();
        Counts {
            right: sum(|tally| tally.right),
            wrong: sum(|tally| tally.wrong),
            all: sum(Tally::count),
        }
    }

    fn conclude(self) -> Result<()> {
        let Counts { wrong, all, .. } = self;
        match wrong {
            0 => Ok(()),
            _ => Err(Error::new(format!(
                "{wrong} of {all} derivatives are wrong"
            ))),
        }
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { right, wrong, all } = self;
        write!(f, "{right} of {all} right")?;
        match all - right - wrong {
            0 => Ok(()),
            unseen => write!(f, ", {unseen} beyond what differences can tell"),
        }
    }
}

/// A network in one line.
fn line(tallies: &[Tally]) -> String {
    let worst = tallies
        .iter()
        .filter_map(|tally| Some((tally, tally.worst?)))
        .max_by(|(_, a), (_, b)| a.error.total_cmp(&b.error));
    let worst = worst.map_or_else(String::new, |(tally, worst)| {
        format!(
            ", worst {:.1e} at {}",
            worst.error,
            tally.name_of(worst.index)
        )
    });
    format!("{}{worst}", Counts::of(tallies))
}

/// Shows the report of a mistake, and leaves it to the reader.
fn plant(number: usize, mistake: &Mistake) -> Result<()> {
    out!("mistake {number}: {}", mistake.patient);
    let Finding { loss, comparison } = patients::check(mistake.kind)?;
    out!("loss {loss:.4}");
    show(&comparison);
    let counts = Counts::of(&Tally::of(&comparison, TOLERANCE));
    out!("{counts}. What is wrong? The answer: --explain {number}");
    counts.conclude()
}

fn explain(number: usize, mistake: &Mistake) -> Result<()> {
    let (place, line) = mistake.right_line();
    out!("mistake {number}: {}", mistake.patient);
    out!("");
    out!("{}", wrapped(mistake.planted));
    out!("");
    out!("{place}");
    out!("  before  {line}");
    out!("  after   {}", mistake.wrong);
    out!("");
    let clue = format!("How the report gives it away: {}", mistake.clue);
    out!("{}", wrapped(&clue));
    Ok(())
}
