//! How fast it is: tables that a person can read, and the lines that a race against other programs reads.
//!
//! `cargo run --release --example bench -- section37 --data DIR`. Every figure stands beside the processor's limit,
//! measured in the same run, because a share of it means more than a number.

#[path = "bench/files.rs"]
mod files;
#[path = "bench/functions.rs"]
mod functions;
#[path = "bench/gemm.rs"]
mod gemm;
#[path = "bench/ladder.rs"]
mod ladder;
#[path = "bench/limit.rs"]
mod limit;
#[path = "bench/network.rs"]
mod network;
#[path = "bench/recurrent.rs"]
mod recurrent;
#[path = "bench/seeds.rs"]
mod seeds;
mod support;

use std::process::ExitCode;
use std::time::Instant;

use fromzero::data::mnist;
use fromzero::io::{Error, Result};
use fromzero::{Engine, Real};
use support::{
    CLASSES, DATA, LABEL, Options, Program, TEST, THREADS, file_to_write, flag, load_digits,
    option, out,
};

const PROGRAM: Program = Program {
    name: "bench",
    about: "Measures one workload; without one, the processor's limit.",
    workloads: &[
        (
            "peak",
            "the limit: fused multiply-adds in registers, for every instruction set",
        ),
        (
            "gemm",
            "the matrix product over the shapes of section 3.7 and some squares",
        ),
        (
            "ladder",
            "one product written six times, from three loops to packed operands",
        ),
        ("section37", "training steps of section 3.7's network"),
        (
            "rnn",
            "training steps of a recurrent network that predicts cos from sin",
        ),
        (
            "relu_adam",
            "training steps of 784-200-100-70-30-10, ReLU, cross-entropy, Adam",
        ),
        (
            "tanh_nll",
            "training steps of 784-1024-10, tanh, softmax, logarithm, NLL, SGD",
        ),
        (
            "small_sq",
            "training steps of 784-16-16-10, ReLU, sigmoid, squared error, SGD",
        ),
        ("evaluate", "the forward pass over the test set"),
        ("functions", "exp, ln, sigmoid, tanh, sin and cos"),
        ("load", "reading MNIST's four files into memory"),
        (
            "files",
            "writing and reading npy, npz and safetensors in the system's folder for temporary files",
        ),
        (
            "scale",
            "training steps over batch sizes, widths and threads",
        ),
    ],
    options: &[
        DATA,
        TEST,
        LABEL,
        CLASSES,
        THREADS,
        option("steps", "N", "training steps to time").or("400"),
        option(
            "rounds",
            "N",
            "how often a rate is measured of which the best counts",
        )
        .or("7"),
        option("svg", "FILE.svg", "draw the rungs of the ladder, too"),
        flag("f64", "compute in f64 instead of f32"),
    ],
};

/// Far more than anybody waits for, and few enough that the list of their losses fits into any memory.
const MOST_STEPS: usize = 10_000_000;

fn main() -> ExitCode {
    support::run(&PROGRAM, |options| {
        if cfg!(debug_assertions) {
            return Err(Error::new(
                "built without --release: figures would mean nothing",
            ));
        }
        if options.flag("f64") {
            bench::<f64>(options)
        } else {
            bench::<f32>(options)
        }
    })
}

fn bench<T: Real>(options: &Options) -> Result<()> {
    let steps = options.count("steps")?;
    if steps > MOST_STEPS {
        let message = format!("expected at most {MOST_STEPS}, found {steps}");
        return Err(Error::new(message).setting("--steps"));
    }
    let rounds = options.count("rounds")?;
    let picture = file_to_write(options, "svg")?;
    match options.workload().unwrap_or("peak") {
        "peak" => limit::table(rounds)?,
        "files" => files::table()?,
        "functions" => functions::table(rounds),
        "gemm" => gemm::table::<T>(rounds),
        "ladder" => ladder::table(rounds, picture)?,
        "load" => load(options)?,
        "rnn" => recurrent::training::<T>(steps),
        "relu_adam" => seeds::relu_adam::<T>(&digits(options)?.train, steps)?,
        "tanh_nll" => seeds::tanh_nll::<T>(&digits(options)?.train, steps)?,
        "small_sq" => seeds::small_sq::<T>(&digits(options)?.train, steps)?,
        "scale" => network::scale::<T>(rounds, steps)?,
        "evaluate" => network::evaluation::<T>(rounds, &digits(options)?.test)?,
        _ => network::training::<T>(&digits(options)?.train, steps)?,
    }
    Ok(())
}

fn digits(options: &Options) -> Result<support::Digits> {
    load_digits(options, false, &mut fromzero::view::Progress::stderr(true))
}

/// Reads MNIST several times and reports the best.
fn load(options: &Options) -> Result<()> {
    let folder = mnist::find(
        options.path("data"),
        std::env::var_os("FROMZERO_DATA").as_deref(),
    )?;
    let folder = folder
        .ok_or_else(|| Error::new("expected a folder with MNIST's files").setting("--data"))?;
    let threads = Engine::current().threads();
    let mut best = 0.0;
    for _ in 0..8 {
        let start = Instant::now();
        std::hint::black_box(mnist::load(&folder, threads)?);
        best = larger(best, 1.0 / start.elapsed().as_secs_f64());
    }
    out!("load, {threads} threads: {best:.2} loads/s");
    Ok(())
}

/// Operations per second, best of several rounds of at least 50 ms: interruptions by other programs only ever slow it down.
fn best_rate(rounds: usize, operations: f64, mut f: impl FnMut()) -> f64 {
    const ROUND: f64 = 0.05;
    f();
    let start = Instant::now();
    f();
    let once = start.elapsed().as_secs_f64();
    let repeats = (ROUND / once).ceil() as usize;
    let mut best = 0.0;
    for _ in 0..rounds {
        let start = Instant::now();
        for _ in 0..repeats {
            f();
        }
        best = larger(
            best,
            operations * repeats as f64 / start.elapsed().as_secs_f64(),
        );
    }
    best
}

fn larger(a: f64, b: f64) -> f64 {
    if b > a { b } else { a }
}
