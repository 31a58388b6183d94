//! Reads damaged and hostile files: good ones with a few changes, as many as are asked for. A reader that panics, takes longer
//! than a second or takes more memory than its format states ends the program, which then says which file it was.
//!
//! `cargo run --release --example fuzz -- --help` lists the options.

#[path = "fuzz/formats.rs"]
mod formats;
#[path = "fuzz/heap.rs"]
mod heap;
#[path = "fuzz/mutation.rs"]
mod mutation;
#[path = "fuzz/repair.rs"]
mod repair;
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use formats::{FORMATS, Format};
use fromzero::io::{Error, Result, write_atomic};
use fromzero::view::Progress;
use mutation::Mutator;
use support::{Options, Program, QUIET, SEED, THREADS, option, out};

const PROGRAM: Program = Program {
    name: "fuzz",
    about: "Reads damaged and hostile files of one format, or of all, and says what the readers made of them.",
    workloads: &WORKLOADS,
    options: &[
        option(
            "inputs",
            "N",
            "how many files of each format are read; N may also stand behind the format",
        )
        .or("200000")
        .behind_workload(),
        SEED,
        option(
            "keep",
            "FILE",
            "where a file that breaks a reader is written",
        ),
        THREADS,
        QUIET,
    ],
};

const WORKLOADS: [(&str, &str); FORMATS.len()] = {
    let mut workloads = [("", ""); FORMATS.len()];
    let mut i = 0;
    while i < FORMATS.len() {
        workloads[i] = (FORMATS[i].name, FORMATS[i].help);
        i += 1;
    }
    workloads
};

/// The most memory that a reader may take to refuse an attack.
const FOR_ATTACKS: usize = 64 << 10;
/// The longest that a reader may take.
const MOST_TIME: Duration = Duration::from_secs(1);
/// How often a file is read whose reader has taken longer.
const ATTEMPTS: usize = 5;

fn main() -> ExitCode {
    support::run(&PROGRAM, fuzz)
}

fn fuzz(options: &Options) -> Result<()> {
    let inputs = options.count("inputs")?;
    let seed = options.seed("seed")?;
    let chosen = options.workload();
    let mut say = Progress::stderr(options.flag("quiet"));
    out!("{}", read_attacks()?);
    for format in &FORMATS {
        if chosen.is_none_or(|name| name == format.name) {
            let report = match read_all(format, inputs, seed, &mut say) {
                Ok(report) => report,
                Err(broken) => return Err(broken.kept(options.path("keep"))),
            };
            say.clear();
            out!("{report}");
        }
    }
    Ok(())
}

/// Reads the attacks that are known from elsewhere, each by all readers: none may take more than [`FOR_ATTACKS`].
fn read_attacks() -> Result<String> {
    let attacks = formats::attacks();
    let mut memory = 0;
    for (name, file) in &attacks {
        for format in &FORMATS {
            let (result, most) = heap::most_while(|| (format.read)(file));
            let reader = format.name;
            if result.is_ok() {
                return Err(Error::new(format!("{reader}: {name} has been accepted")));
            }
            if most > FOR_ATTACKS {
                return Err(Error::new(format!(
                    "{reader}: {name} took {most} bytes of memory"
                )));
            }
            memory = memory.max(most);
        }
    }
    let count = attacks.len();
    Ok(format!(
        "attacks     {count} files refused, with at most {} kB",
        memory >> 10
    ))
}

/// A file that breaks a reader.
struct Broken {
    file: Vec<u8>,
    reason: String,
}

impl Broken {
    /// Writes the file, if it is to be kept, and says what it does.
    fn kept(self, path: Option<&Path>) -> Error {
        let error = Error::new(self.reason);
        match path.map(|path| write_atomic(path, |file| file.write_all(&self.file))) {
            None => error.hint("--keep FILE writes the file that does it"),
            Some(Ok(())) => error.hint("the file that does it has been written"),
            Some(Err(unwritten)) => error.hint(unwritten.to_string()),
        }
    }
}

/// Reads so many files, and says in a line what became of them.
fn read_all(
    format: &Format,
    inputs: usize,
    seed: u64,
    say: &mut Progress,
) -> std::result::Result<String, Broken> {
    let mut mutator = Mutator::new(format.seeds(), format.words, seed);
    let (mut accepted, mut slowest, mut memory, mut share) = (0, Duration::ZERO, 0, 0.0);
    say.start(inputs);
    for i in 0..inputs {
        let (mut file, repaired) = mutator.next();
        if repaired {
            (format.repair)(&mut file);
        }
        let read_once = || {
            let start = Instant::now();
            let read = || catch_unwind(AssertUnwindSafe(|| (format.read)(&file)));
            let (result, most) = heap::most_while(read);
            (result, most, start.elapsed())
        };
        let (result, most, mut time) = read_once();
        // Again, since other programs may have had the processor.
        for _ in 1..ATTEMPTS {
            if time > MOST_TIME {
                time = time.min(read_once().2);
            }
        }
        let allowed = format.most_memory(file.len());
        let broken = match &result {
            Err(_) => Some("a panic".to_string()),
            Ok(Err(error)) if error.to_string().contains('\n') => {
                Some("an error of several lines".to_string())
            }
            _ if time > MOST_TIME => Some(format!("{time:?} for {} bytes", file.len())),
            _ if most > allowed => Some(format!("{most} bytes of memory, {allowed} are allowed")),
            _ => None,
        };
        if let Some(reason) = broken {
            let reason = format!("{}, input {} of seed {seed}: {reason}", format.name, i + 1);
            return Err(Broken { file, reason });
        }
        accepted += usize::from(matches!(result, Ok(Ok(()))));
        slowest = slowest.max(time);
        memory = memory.max(most);
        let of_allowed = most as f64 / allowed as f64;
        share = if of_allowed > share {
            of_allowed
        } else {
            share
        };
        say.update(i + 1, || format!("{}: {accepted} accepted", format.name));
    }
    Ok(format!(
        "{:11} {inputs} inputs, {accepted} accepted, slowest {:.1} ms, at most {} kB, {:.0} % of what is allowed",
        format.name,
        slowest.as_secs_f64() * 1e3,
        memory >> 10,
        100.0 * share,
    ))
}
