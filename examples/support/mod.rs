//! What the example programs share: their options, what they print, and how they end.

// Each program uses its own part of this.
#![allow(dead_code, unused_imports, unused_macros)]

pub mod classifier;
mod digits;
mod help;
mod history;
mod kept;
mod nearest;
mod opt;
mod options;
pub mod reader;
pub mod report;
mod report_of_net;
mod run;

use std::fmt::Arguments;
use std::io::{self, Write};
use std::path::Path;
use std::process::{self, ExitCode};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use fromzero::io::tensor::Format;
use fromzero::io::{Error, ErrorKind, Result, check_writable};
use fromzero::keep::Layout;
use fromzero::rng::Rng;
use fromzero::section37::{Init, Params, Sizes};
use fromzero::{Engine, Real};

pub use digits::{CLASSES, Digits, LABEL, TEST, load_digits};
pub use help::{help, wrapped};
pub use history::{HISTORY, History};
pub use kept::{CHECKPOINT, EVERY, Kept, RESUME};
pub use opt::{Opt, flag, option};
pub use options::{Options, Program, Request};
pub use report::REPORT;
pub use run::Run;

/// The exit code of a program that could not do what it was asked to.
pub const FAILURE: u8 = 1;
/// The exit code of a program that was asked for something it does not have.
pub const MISUSE: u8 = 2;

/// The options that several programs have.
pub const DATA: Opt = option(
    "data",
    "PATH",
    "the folder of MNIST or a relative, or a table (CSV)",
);
pub const SEED: Opt = option("seed", "N", "where the random numbers begin").or("1");
pub const THREADS: Opt = option("threads", "N", "how many threads compute").or("all there are");
pub const SAVE: Opt = option(
    "save",
    "FILE",
    "keep the weights: .npz, .safetensors, or .onnx for the whole network",
);
pub const LOAD: Opt = option(
    "load",
    "FILE",
    "begin with the weights in this file: .npz or .safetensors",
);
pub const LAYOUT: Opt = option(
    "layout",
    "in-out|out-in",
    "how matrices lie in the files of --load and --save: as here, or as in PyTorch",
)
.or("in-out");
pub const QUIET: Opt = flag("quiet", "no progress, only results");

/// Whether a file is still to be written, so that the program goes on without its standard output.
static FILE_TO_COME: AtomicBool = AtomicBool::new(false);
/// The exit code that a failure of standard output leaves, if it has failed.
static STDOUT_FAILED: OnceLock<u8> = OnceLock::new();

/// Prints a line on standard output. A reader who has seen enough (`| head`) ends the program, quietly, unless it has a file
/// to write.
macro_rules! out {
    ($($words:tt)*) => { $crate::support::print_line(format_args!($($words)*)) };
}
pub(crate) use out;

/// Prints a warning on standard error.
macro_rules! warning {
    ($($words:tt)*) => { $crate::support::print_warning(format_args!($($words)*)) };
}
pub(crate) use warning;

/// The whole life of `program`: reads the command line, prints the help or runs `main` on the engine that is asked for, says
/// what went wrong.
pub fn run(program: &'static Program, main: impl FnOnce(&Options) -> Result<()>) -> ExitCode {
    match program.parse(std::env::args_os().skip(1)) {
        Ok(Request::Help) => {
            out!("{}", help(program).trim_end());
            ExitCode::SUCCESS
        }
        Ok(Request::Run(options)) => {
            match engine(&options).and_then(|e| e.run(|| main(&options))) {
                Ok(()) => ExitCode::from(STDOUT_FAILED.get().copied().unwrap_or(0)),
                Err(error) => end(program, error),
            }
        }
        Err(error) => end(program, error),
    }
}

/// The engine that `--threads` and the environment ask for.
fn engine(options: &Options) -> Result<Engine> {
    let threads = options.given_count("threads")?;
    let named = |error: Error| {
        if threads.is_some() {
            error.setting("--threads")
        } else {
            error
        }
    };
    Engine::from_env(threads).map_err(named)
}

/// The file that an option names to be written, if it is given. All that can be known of it beforehand is checked here, and
/// from here on the program does not end before its time because standard output has.
pub fn file_to_write<'a>(options: &'a Options, name: &str) -> Result<Option<&'a Path>> {
    let path = options.path(name);
    if let Some(path) = path {
        check_writable(path)?;
        expect_file();
    }
    Ok(path)
}

/// From here on the program does not end before its time because standard output has.
pub fn expect_file() {
    FILE_TO_COME.store(true, Ordering::Relaxed);
}

/// The file of `--save`, if it is given, which [`file_to_write`] checks as well as its name.
pub fn weights_to_save(options: &Options) -> Result<Option<&Path>> {
    if let Some(path) = options.path("save") {
        Format::to_write(path).map_err(|error| error.setting("--save"))?;
    }
    file_to_write(options, "save")
}

/// The file of `--load`, if it is given.
pub fn weights_to_load(options: &Options) -> Result<Option<&Path>> {
    let path = options.path("load");
    if let Some(path) = path {
        Format::to_read(path).map_err(|error| error.setting("--load"))?;
    }
    Ok(path)
}

/// What `--layout` says.
pub fn layout(options: &Options) -> Result<Layout> {
    options.choice(
        "layout",
        &[("in-out", Layout::InOut), ("out-in", Layout::OutIn)],
    )
}

/// New weights of section 3.7's network. Where they do not fit into memory, that is due to `--hidden` if no layer is wider than the
/// hidden ones.
pub fn new_params<T: Real>(sizes: Sizes, init: Init, rng: &mut Rng) -> Result<Params<T>> {
    let is_widest = sizes.hidden >= sizes.inputs.max(sizes.classes);
    Params::new(sizes, init, rng).map_err(|error| match is_widest {
        true => error.setting("--hidden"),
        false => error,
    })
}

/// The exit code for an error.
pub fn exit_code(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Usage => MISUSE,
        _ => FAILURE,
    }
}

/// Says what went wrong.
fn end(program: &Program, error: Error) -> ExitCode {
    let code = exit_code(&error);
    let error = if code == MISUSE {
        error.hint("see --help")
    } else {
        error
    };
    print_error(format_args!("{}: {error}", program.name));
    ExitCode::from(code)
}

/// What [`out!`] does.
pub fn print_line(line: Arguments<'_>) {
    if STDOUT_FAILED.get().is_some() {
        return;
    }
    if let Err(error) = write_line(&mut io::stdout().lock(), line) {
        let code = *STDOUT_FAILED.get_or_init(|| code_after(&error));
        if code != 0 {
            print_error(format_args!("standard output: {error}"));
        }
        if !FILE_TO_COME.load(Ordering::Relaxed) {
            process::exit(code.into());
        }
    }
}

/// What [`warning!`] does.
pub fn print_warning(line: Arguments<'_>) {
    print_error(format_args!("warning: {line}"));
}

/// Where standard error is closed, there is nobody left to tell.
fn print_error(line: Arguments<'_>) {
    let _ = write_line(&mut io::stderr().lock(), line);
}

/// One line, handed over at once, so that the lines of two streams keep their order on a terminal.
pub fn write_line(out: &mut impl Write, line: Arguments<'_>) -> io::Result<()> {
    out.write_fmt(format_args!("{line}\n"))?;
    out.flush()
}

/// The exit code after standard output has failed: a closed pipe is no failure.
pub fn code_after(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::BrokenPipe => 0,
        _ => FAILURE,
    }
}
