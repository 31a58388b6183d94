//! Five dense layers with ReLU, trained by Adam on the cross-entropy of a softmax: a framework of `Net`, `Model`, loss and
//! optimizer in use, in the two stages of such a framework: training, and prediction, which is the forward pass alone.
//!
//! It corresponds to the training program at the end of a book's chapter on a framework of one's own, in NumPy:
//! 784-200-100-70-30-10, batches of 128, a learning rate of 2e-4, 20 epochs. The book's loss leaves the softmax out of its
//! gradient, drops the samples that fill no batch and takes the others in the same order each epoch; here it is
//! (softmax(z) − y)/m, on all samples, shuffled unless `--no-shuffle` says otherwise.
//!
//! `cargo run --release --example dense_adam -- --help` lists the options.

mod support;

use std::process::ExitCode;

use fromzero::data::Batches;
use fromzero::io::Result;
use fromzero::io::tensor::DType;
use fromzero::metrics::{accuracy, predictions};
use fromzero::nn::{
    Adam, Dense, Layer, Model, Net, Optimizer, Relu, Schedule, SoftmaxCrossEntropy,
};
use support::classifier::{SYNTHETIC, Training, rounded};
use support::{
    CHECKPOINT, CLASSES, DATA, EVERY, HISTORY, LABEL, LAYOUT, LOAD, Options, Program, QUIET,
    REPORT, RESUME, SAVE, SEED, TEST, THREADS, flag, option,
};

const PROGRAM: Program = Program {
    name: "dense_adam",
    about: "Trains a network of dense layers, 784-200-100-70-30-10 with ReLU, by Adam on MNIST, or on \
            synthetic digits where there is no MNIST.",
    workloads: &[],
    options: &[
        DATA,
        TEST,
        LABEL,
        CLASSES,
        SYNTHETIC,
        option("epochs", "N", "how often the training set is gone through").or("20"),
        option("lr", "RATE", "the learning rate").or("2e-4"),
        option("batch", "N", "images in a batch").or("128"),
        flag(
            "no-shuffle",
            "take the images in the same order each epoch, as the book does",
        ),
        option("decay", "none|linear", "let the learning rate fall to 0").or("none"),
        SEED,
        THREADS,
        option(
            "log",
            "N",
            "print loss and accuracy of every N-th batch; alone 10, as the book has it",
        )
        .or_alone("10"),
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

/// Test images whose predictions are printed.
const SHOWN: usize = 10;

fn main() -> ExitCode {
    support::run(&PROGRAM, dense_adam)
}

fn dense_adam(options: &Options) -> Result<()> {
    let lr = options.positive_in("lr", DType::F32)?;
    let batch_size = options.count("batch")?;
    let mut training = Training::new(options)?;
    let data = training.load_digits(options)?;
    let mut train_loader =
        Batches::<f32>::new(&data.train, batch_size).map_err(|error| error.setting("--batch"))?;
    let linear = Schedule::Linear {
        steps: training.epochs().saturating_mul(train_loader.count()),
    };
    let decays = [("none", Schedule::Constant), ("linear", linear)];
    let schedule = options.choice("decay", &decays)?;

    let net = Net::new(training.seed())
        .then(Dense::new(200))
        .then(Relu::new())
        .then(Dense::new(100))
        .then(Relu::new())
        .then(Dense::new(70))
        .then(Relu::new())
        .then(Dense::new(30))
        .then(Relu::new())
        .then(Dense::new(data.train.classes()));
    let mut model = Model::new(net, SoftmaxCrossEntropy, Adam::new(lr));
    training.begin(
        &mut model.net,
        &mut model.optimizer,
        &mut train_loader,
        &data.test,
    )?;

    for epoch in training.epochs_left() {
        training.start_epoch(epoch, &mut train_loader, !options.flag("no-shuffle"));
        while let Some(batch) = train_loader.next_batch() {
            let rate = schedule.rate(lr, training.steps());
            model.optimizer.set_learning_rate(rate);
            model.forward(&batch.x);
            let loss = model.backward(&batch.labels);
            training.step(loss, model.net.output(), &batch.labels)?;
            model.apply_grad();
            if training.logs(training.done()) {
                let accuracy = accuracy(model.forward(&batch.x), &batch.labels)?;
                let (loss, accuracy) = (rounded(loss, 2), rounded(accuracy, 2));
                training.print(format!("train_loss: {loss} accuracy: {accuracy}"));
            }
            training.keep(&mut model.net, &mut model.optimizer, &mut train_loader);
        }
        training.show_effect(&mut model.net, &data.test)?;
    }

    let mut test_loader = Batches::new(&data.test, SHOWN.min(data.test.len()))?;
    let first = test_loader.next_batch().expect("a test set has images");
    let predicted = predictions(model.predict(&first.x))?;
    training.print(format!("predicted {predicted:?}, true {:?}", first.labels));
    training.finish(&mut model.net, &data)
}
