//! A network 784-1024-10 with tanh, in which softmax, logarithm and loss are layers one behind the other.
//!
//! It corresponds to the training program of *Building a neural network with NumPy* (用NumPy搭建神经网络): the same chain, the
//! same batches of 64, SGD with a constant learning rate, and in each epoch a bar for training and a bar for the test. What
//! was wrong there is right here:
//!
//! - The learning rate is 0.3. The text's 0.0003 was for another scale: its gradient is a sum over the batch, 64 times the
//!   mean, and then multiplied by the loss; and its weights, from N(0, 1), held every tanh at ±1. With the mean, and Xavier's
//!   weights, its steps are a thousand times too short: `--lr 3e-4` does not get in 30 epochs to where 0.3 is after one.
//! - Weights and biases take the same step. There, biases moved without any learning rate.
//! - Every epoch has an order of its own, and all samples.
//!
//! `cargo run --release --example tanh_nll -- --help` lists the options.

mod support;

use std::process::ExitCode;

use fromzero::data::Batches;
use fromzero::io::Result;
use fromzero::io::tensor::DType;
use fromzero::nn::{Criterion, Dense, Layer, Log, Nll, Optimizer, Sequential, Sgd, Softmax, Tanh};
use support::classifier::{SYNTHETIC, Training};
use support::{
    CHECKPOINT, CLASSES, DATA, EVERY, HISTORY, LABEL, LAYOUT, LOAD, Options, Program, QUIET,
    REPORT, RESUME, SAVE, SEED, TEST, THREADS, flag, option,
};

const PROGRAM: Program = Program {
    name: "tanh_nll",
    about: "Trains a network 784-1024-10 of tanh, softmax, logarithm and negative log-likelihood on MNIST, or on \
            synthetic digits where there is no MNIST.",
    workloads: &[],
    options: &[
        DATA,
        TEST,
        LABEL,
        CLASSES,
        SYNTHETIC,
        option("epochs", "N", "how often the training set is gone through").or("30"),
        option("lr", "RATE", "the learning rate").or("0.3"),
        option("batch", "N", "images in a batch").or("64"),
        flag(
            "no-bias",
            "leave the biases away, which the text's layers do unless they are told to have them",
        ),
        SEED,
        THREADS,
        option(
            "log",
            "N",
            "print what the bars ended with in every N-th epoch; alone 1, as the text has it",
        )
        .or_alone("1"),
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

fn main() -> ExitCode {
    support::run(&PROGRAM, tanh_nll)
}

fn tanh_nll(options: &Options) -> Result<()> {
    let lr = options.positive_in("lr", DType::F32)?;
    let batch_size = options.count("batch")?;
    let linear = |inputs, outputs| {
        let layer = Dense::linear(inputs, outputs);
        if options.flag("no-bias") {
            layer.without_bias()
        } else {
            layer
        }
    };
    let mut training = Training::new(options)?;
    let data = training.load_digits(options)?;
    let mut batches =
        Batches::<f32>::new(&data.train, batch_size).map_err(|error| error.setting("--batch"))?;

    // In place of the last two, `LogSoftmax` would be exact for the smallest probabilities too.
    let mut net = Sequential::new(training.seed())
        .then(linear(data.train.inputs(), 1024))
        .then(Tanh::new())
        .then(linear(1024, data.train.classes()))
        .then(Softmax::new())
        .then(Log::new());
    let mut nllloss = Criterion::new(Nll);
    let mut optimizer = Sgd::new(lr);
    training.begin(&mut net, &mut optimizer, &mut batches, &data.test)?;

    for epoch in training.epochs_left() {
        training.start_epoch(epoch, &mut batches, true);
        while let Some(batch) = batches.next_batch() {
            let tmp = net.forward(&batch.x);
            let y = nllloss.of(tmp, &batch.labels);
            training.step(y.value, tmp, &batch.labels)?;
            y.backward(&mut net);
            optimizer.step(&mut net);
            training.keep(&mut net, &mut optimizer, &mut batches);
        }
        let (loss, accuracy) = training.last();
        let acc = 100.0 * accuracy;
        let (number, total) = (epoch + 1, data.test.len());
        let right = training.test(&mut net, &data.test)?.right();
        let percent = 100.0 * right as f64 / total as f64;
        for line in [
            format!("Train epoch:{number} loss: {loss:.4}  Acc:{acc:.2}%"),
            format!("Test epoch:{number} Acc [{right}/{total} ({percent:.2}%)]"),
        ] {
            if training.logs(epoch) {
                training.print(line);
            } else {
                training.say(line);
            }
        }
    }
    training.finish(&mut net, &data)
}
