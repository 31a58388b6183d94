//! A recurrent network learns to tell cos from sin: the program that its author could not get to train.
//!
//! It corresponds to `RNN_sin_to_cos` of a small framework in NumPy, and its loop to that framework's: an Elman network sees
//! a sine wave point by point and puts out the cosine. The author's version used, at every time step of the backward pass,
//! the input and the activation of the last one.
//!
//! `cargo run --release --example sin_to_cos -- --help` lists the options.

mod support;

use std::process::ExitCode;

use fromzero::Matrix;
use fromzero::data::Waves;
use fromzero::io::{Error, Result};
use fromzero::keep::Taken;
use fromzero::nn::{
    Adam, Criterion, Dense, Layer, Mse, Optimizer, Rnn, Schedule, Sequential, clip_by_norm,
};
use fromzero::view::Plot;
use support::{
    CHECKPOINT, EVERY, HISTORY, LAYOUT, LOAD, Options, Program, QUIET, REPORT, RESUME, Run, SAVE,
    SEED, THREADS, file_to_write, flag, option, out,
};

const PROGRAM: Program = Program {
    name: "sin_to_cos",
    about: "Trains a recurrent network, 1-32-1 with tanh, to predict the cosine from the sine.",
    workloads: &[],
    options: &[
        option(
            "data",
            "DIR",
            "taken as by the other programs, and not used: the waves are drawn here",
        ),
        option("epochs", "N", "how many times 100 batches are trained on").or("200"),
        flag(
            "vary",
            "let the frequencies of the waves differ by up to 20 %",
        ),
        SEED,
        THREADS,
        option(
            "log",
            "N",
            "print the training loss every N epochs; alone 10",
        )
        .or_alone("10"),
        option(
            "plot",
            "FILE.svg",
            "draw sin, cos and the prediction of one test sequence",
        ),
        HISTORY,
        REPORT,
        LOAD,
        SAVE,
        LAYOUT,
        CHECKPOINT,
        EVERY,
        RESUME,
        QUIET,
    ],
};

/// Time steps in a sequence, over two periods.
const STEPS: usize = 50;
/// At the first step sin does not determine cos: whatever is predicted there, about 0.5 / 50 = 0.01 of the training loss is left.
/// So the test begins with the tenth step.
const FIRST_TESTED: usize = 9;
const BATCH: usize = 16;
const BATCHES: usize = 100;
const TEST_SEQUENCES: usize = 500;
const HIDDEN: usize = 32;
/// The share by which frequencies differ from 1 with `--vary`.
const VARY: f64 = 0.2;
const LEARNING_RATE: f64 = 0.005;
const LONGEST_GRADIENT: f64 = 1.0;

fn main() -> ExitCode {
    support::run(&PROGRAM, sin_to_cos)
}

fn sin_to_cos(options: &Options) -> Result<()> {
    let epochs = options.count("epochs")?;
    let log = options.given_count("log")?;
    let vary = if options.flag("vary") { VARY } else { 0.0 };
    let picture = file_to_write(options, "plot")?;
    let mut run = Run::new(options)?;

    let mut module = Sequential::<f32>::new(run.rng.next_u64())
        .then(Rnn::new(HIDDEN, STEPS))
        .then(Dense::linear(HIDDEN, 1));
    module.build(1);
    let mut loss_func = Criterion::new(Mse);
    let mut optimizer = Adam::new(LEARNING_RATE);
    let steps = epochs.saturating_mul(BATCHES);
    let schedule = Schedule::Linear { steps };

    let mut waves = Waves::new(STEPS, BATCH);
    let mut test = Waves::new(STEPS, TEST_SEQUENCES);
    test.draw(vary, &mut run.rng);
    run.begin((steps, BATCHES), &mut module, &mut optimizer, None)?;

    run.say.start(epochs);
    for i in run.taken().len() / BATCHES..epochs {
        for step in run.taken().len()..(i + 1) * BATCHES {
            waves.draw(vary, &mut run.rng);
            let outputs = module.forward(&waves.sin);
            let loss = loss_func.of(outputs, &waves.cos);
            loss.backward(&mut module);
            let seen = (loss.value, f64::NAN);
            clip_by_norm(&mut module, LONGEST_GRADIENT);
            optimizer.set_learning_rate(schedule.rate(LEARNING_RATE, step));
            optimizer.step(&mut module);
            run.keep(seen, &mut module, &mut optimizer, None);
        }
        let training_loss = sum_of_losses(&run.taken()[i * BATCHES..]);
        if !(training_loss.is_finite() && module.is_finite()) {
            let message = format!("the network is not finite after epoch {}", i + 1);
            return Err(run.failed(Error::new(message)));
        }
        if log.is_some_and(|every| i.is_multiple_of(every)) {
            run.say.clear();
            out!("{i} turn finished, loss of train set = {training_loss}");
        }
        let mean = training_loss / BATCHES as f64;
        let text = || format!("epoch {}/{epochs}  loss {mean:.2e}", i + 1);
        run.say.trace(mean);
        run.say.update(i + 1, text);
        if (i + 1).is_multiple_of(epochs.div_ceil(10)) {
            let mse = mean_squared_error(module.forward(&test.sin), &test.cos);
            run.say.line(format!("{},  test mse {mse:.2e}", text()));
        }
    }
    run.say.clear();

    let predicted = module.forward(&test.sin);
    out!("test mse {:.2e}", mean_squared_error(predicted, &test.cos));
    let drawn = picture.map_or(Ok(()), |path| plot(&test, predicted).write(path));
    run.end(&mut module, None).and(drawn)
}

fn sum_of_losses(steps: &[Taken]) -> f64 {
    steps.iter().map(|step| step.loss).sum()
}

/// From the tenth time step on.
fn mean_squared_error(predicted: &Matrix<f32>, cos: &Matrix<f32>) -> f64 {
    let errors = predicted
        .iter()
        .zip(cos.iter())
        .map(|(p, c)| f64::from(p - c));
    let squares: Vec<f64> = errors
        .skip(FIRST_TESTED * TEST_SEQUENCES)
        .map(|e| e * e)
        .collect();
    squares.iter().sum::<f64>() / squares.len() as f64
}

/// The first of the test sequences.
fn plot(test: &Waves<f32>, predicted: &Matrix<f32>) -> Plot {
    let of_first = |values: &Matrix<f32>| -> Vec<(f64, f64)> {
        let value = |t| f64::from(values[(t * TEST_SEQUENCES, 0)]);
        (0..STEPS).map(|t| (t as f64, value(t))).collect()
    };
    Plot::new("cos predicted from sin")
        .x_label("time step")
        .y_label("value")
        .thin_line("sin, the input", of_first(&test.sin), "#8a8a8a")
        .line("cos", of_first(&test.cos), "#8ab6dc")
        .thin_line("predicted", of_first(predicted), "#b3430f")
        .mark(FIRST_TESTED as f64, "tested from here on")
}
