//! How near the elementary functions come to the true values. In `f32` all 2³² arguments are tried, and every result has to be the
//! correctly rounded one; in `f64` samples, and the neighbours of the places where a method changes pieces.
//!
//! `cargo run --release --example ulp -- --help` lists the options.

mod support;
#[path = "ulp/mod.rs"]
mod ulp;

use std::process::ExitCode;
use std::time::Instant;

use fromzero::Matrix;
use fromzero::io::{Error, ErrorKind, Result};
use fromzero::view::Progress;

use support::{Options, Program, QUIET, SEED, THREADS, flag, option, out};
use ulp::functions::{FUNCTIONS, Function};
use ulp::known;
use ulp::rounding::round;
use ulp::samples::{Samples, samples};
use ulp::sweep::{Sweep, sweep};

const PROGRAM: Program = Program {
    name: "ulp",
    about: "Measures exp, ln, sigmoid, tanh, sin and cos against a reference in twice the precision: in f32 every argument, in f64 samples. \
            Ends with 0 if every f32 result is the correctly rounded one and no f64 error is larger than documented, else with 1.",
    workloads: &[],
    options: &[
        option(
            "only",
            "FUNCTION",
            "measure one: exp, ln, sigmoid, tanh, sin or cos",
        )
        .or("all"),
        option("step", "N", "in f32 try every N-th argument only").or("1"),
        option("samples", "N", "how many random arguments are tried in f64").or("1000000"),
        flag(
            "nearest",
            "list the results that are nearest to half-way between two f32",
        ),
        option(
            "spoil",
            "X",
            "count the f32 result at X as the number next to it",
        ),
        SEED,
        THREADS,
        QUIET,
    ],
};

const CHOICES: [(&str, &[Function]); 7] = {
    let mut choices: [(&str, &[Function]); 7] = [("all", &FUNCTIONS); 7];
    let mut i = 0;
    while i < FUNCTIONS.len() {
        choices[i + 1] = (FUNCTIONS[i].name, std::slice::from_ref(&FUNCTIONS[i]));
        i += 1;
    }
    choices
};

fn main() -> ExitCode {
    support::run(&PROGRAM, measure)
}

fn measure(options: &Options) -> Result<()> {
    let chosen = options.choice("only", &CHOICES)?;
    let step = options.count("step")? as u64;
    let count = options.count("samples")?;
    let seed = options.seed("seed")?;
    let spoilt = spoilt(options)?;
    let mut say = Progress::stderr(options.flag("quiet"));
    out!(
        "{:<46}{:<38}{:<10}{:<9}{:>8}",
        "",
        "largest error",
        "order",
        "special",
        "seconds"
    );
    let mut failures = Vec::new();
    for function in chosen {
        let clock = Instant::now();
        let found = sweep_all(function, step, spoilt, &mut say)?;
        out!("{}", line_of_f32(function, &found, clock));
        if options.flag("nearest") {
            for (distance, x) in &found.nearest {
                out!(
                    "  {} {:08x} 2^{:.1} of it away, at {x:e}",
                    function.name,
                    x.to_bits(),
                    log2(*distance)
                );
            }
        }
        if !found.passes(function.increasing) {
            failures.push(failure_of_f32(function, &found));
        }
        let clock = Instant::now();
        say.start(count);
        let found = samples(function, count, seed, &mut |done| {
            say.update(done, || format!("f64 {}", function.name))
        })?;
        say.clear();
        let special = special_values_are_right(function);
        out!("{}", line_of_f64(function, &found, special, clock));
        if !special || !found.passes(function) {
            failures.push(format!("f64 {} is not as documented", function.name));
        }
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(Error::new(failures.join("; "))),
    }
}

/// The argument of `--spoil`.
fn spoilt(options: &Options) -> Result<Option<f32>> {
    let Some(text) = options.given_text("spoil")? else {
        return Ok(None);
    };
    let refused = |_| {
        let message = format!("expected a number, found '{text}'");
        Error::of_kind(ErrorKind::Usage, message).setting("--spoil")
    };
    text.parse().map(Some).map_err(refused)
}

/// Every `step`-th `f32`, of which one may be spoilt.
fn sweep_all(
    function: &Function,
    step: u64,
    spoilt: Option<f32>,
    say: &mut Progress,
) -> Result<Sweep> {
    let count = (1_u64 << 32).div_ceil(step) as usize;
    let tested = |x: &mut Matrix<f32>, y: &mut Matrix<f32>| {
        (function.of_f32)(x, y);
        if let Some(spoilt) = spoilt {
            let results = x.row(0).iter().zip(y.row_mut(0));
            for (_, y) in results.filter(|(x, _)| x.to_bits() == spoilt.to_bits()) {
                *y = y.next_up();
            }
        }
    };
    say.start(count);
    let look_up = |x| known::look_up(function.name, x);
    let found = sweep(function, &tested, step, &look_up, &mut |done| {
        say.update(done as usize, || format!("f32 {}", function.name));
    });
    say.clear();
    found
}

fn log2(x: f64) -> f64 {
    fromzero::elementary::ln(x) / std::f64::consts::LN_2
}

/// The values at 0, infinity and NaN, of either sign, are those of `f32`, which are all among its arguments.
fn special_values_are_right(function: &Function) -> bool {
    let arguments = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let mut x = Matrix::from_rows(&[arguments]);
    let mut y = Matrix::zeros(1, arguments.len());
    (function.of_f64)(&mut x, &mut y);
    arguments.iter().zip(y.row(0)).all(|(&x, &y)| {
        let rounded = || f64::from(round((function.reference)(x)).nearest);
        let right = (function.exact)(x).unwrap_or_else(rounded);
        y.to_bits() == right.to_bits() || (y.is_nan() && right.is_nan())
    })
}

fn line_of_f32(function: &Function, found: &Sweep, clock: Instant) -> String {
    let heading = format!(
        "f32 {}: {} of {} wrong",
        function.name, found.wrong, found.tried
    );
    let error = format!("{:.4} ulp at {:e}", found.worst.0, found.worst.1);
    let order = order(function, found.falls as usize);
    // Zeros, infinities and NaN are among the arguments of a whole sweep.
    let special = if found.wrong == 0 { "right" } else { "" };
    line(&heading, &error, &order, special, clock)
}

fn line_of_f64(function: &Function, found: &Samples, special: bool, clock: Instant) -> String {
    let heading = format!(
        "f64 {}: {} of {} not nearest",
        function.name, found.not_nearest, found.tried
    );
    let error = format!("{:.4} ulp at {:e}", found.worst.0, found.worst.1);
    let order = order(function, found.falls);
    line(
        &heading,
        &error,
        &order,
        if special { "right" } else { "wrong" },
        clock,
    )
}

fn order(function: &Function, falls: usize) -> String {
    match falls {
        _ if !function.increasing => "-".to_string(),
        0 => "kept".to_string(),
        falls => format!("{falls} falls"),
    }
}

fn line(heading: &str, error: &str, order: &str, special: &str, clock: Instant) -> String {
    let seconds = clock.elapsed().as_secs_f64();
    format!("{heading:<46}{error:<38}{order:<10}{special:<9}{seconds:>8.1}")
}

/// What is wrong, and where first.
fn failure_of_f32(function: &Function, found: &Sweep) -> String {
    let name = function.name;
    match found.first_wrong {
        Some((x, y, right)) => format!(
            "f32 {name}: {} wrong, first {name}({x:e}), bits {:08x}: expected {right:e}, found {y:e}",
            found.wrong,
            x.to_bits()
        ),
        None if found.unsettled > 0 => format!(
            "f32 {name}: {} results are too near to half-way for the reference; --nearest lists them, \
             tests/fixtures/elementary_nearest.py settles them",
            found.unsettled
        ),
        None => format!("f32 {name}: not monotone in {} places", found.falls),
    }
}
