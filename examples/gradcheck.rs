//! The gradient check.
#[path = "gradcheck/full.rs"]
mod full;
mod support;
use fromzero::io::Result;
use fromzero::section37::Sizes;
use fromzero::view::Progress;
use std::process::ExitCode;
use support::{Options, Program, QUIET, SEED, THREADS, flag, option};

const PROGRAM: Program = Program {
    name: "gradcheck",
    about: "Checks.",
    workloads: &[],
    options: &[
        flag("full", "full"),
        option("spoil", "ENTRY", "wrong"),
        SEED,
        THREADS,
        QUIET,
    ],
};

fn main() -> ExitCode {
    support::run(&PROGRAM, gradcheck)
}

fn gradcheck(options: &Options) -> Result<()> {
    let mut say = Progress::stderr(options.flag("quiet"));
    let spoil = options.path("spoil").map(|p| p.display().to_string());
    full::check(
        Sizes::default(),
        options.seed("seed")?,
        spoil.as_deref(),
        &mut say,
    )
}
