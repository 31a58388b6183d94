//! Section 3.7 on the second floor: the network of `train`, put together from layers.
//!
//! From the same seed both programs come to the same weights, to the last bit, if the number of samples in every batch is a
//! power of two: here δ⁴ is divided by it, there each gradient, and only division by a power of two rounds nothing.
//!
//! `cargo run --release --example section37_net -- --help` lists the options; their defaults are the book's.

mod support;

use std::process::ExitCode;

use fromzero::Matrix;
use fromzero::data::Batches;
use fromzero::io::tensor::DType;
use fromzero::io::{Error, Result};
use fromzero::metrics::accuracy;
use fromzero::nn::{Dense, Layer, Model, Sequential, Sgd, Sigmoid, SoftmaxCrossEntropy};
use fromzero::section37::{Init, Params, Sizes, evaluate};
use support::{
    CHECKPOINT, CLASSES, DATA, EVERY, HISTORY, LABEL, LAYOUT, LOAD, Options, Program, QUIET,
    REPORT, RESUME, Run, SAVE, SEED, TEST, THREADS, load_digits, option, out,
};

const PROGRAM: Program = Program {
    name: "section37_net",
    about: "Trains the three-layer network of section 3.7, built from the layers of the second floor, and \
            comes to the weights of `train`. Reads MNIST, or draws synthetic digits where there is no MNIST.",
    workloads: &[],
    options: &[
        DATA,
        TEST,
        LABEL,
        CLASSES,
        option("epochs", "N", "how often the training set is gone through").or("2"),
        option("lr", "RATE", "the learning rate").or("0.03"),
        option("batch", "N", "images in a batch").or("64"),
        option("hidden", "N", "neurons in each hidden layer").or("1024"),
        SEED,
        THREADS,
        option(
            "limit",
            "N",
            "stop after N batches, and evaluate on as many images at most",
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

fn main() -> ExitCode {
    support::run(&PROGRAM, section37_net)
}

fn section37_net(options: &Options) -> Result<()> {
    let epochs = options.count("epochs")?;
    let lr = options.positive_in("lr", DType::F32)?;
    let size = options.count("batch")?;
    let limit = options.given_count("limit")?.unwrap_or(usize::MAX);
    let hidden = options.count("hidden")?;
    let mut run = Run::new(options)?;
    let mut digits = load_digits(options, false, &mut run.say)?;

    let sizes = Sizes {
        inputs: digits.train.inputs(),
        hidden,
        classes: digits.train.classes(),
    };
    let mut params: Params<f32> = support::new_params(sizes, Init::Uniform(0.3), &mut run.rng)?;
    let mut batches =
        Batches::new(&digits.train, size).map_err(|error| error.setting("--batch"))?;
    let mut model = Model::new(network(&params)?, SoftmaxCrossEntropy, Sgd::new(lr));
    let count = batches.count();
    let steps = limit.min(epochs.saturating_mul(count));
    run.report_data(&model.net, &digits.train, &digits.test)?;
    let (net, sgd, samples) = (&mut model.net, &mut model.optimizer, Some(&mut batches));
    run.begin((steps, count), net, sgd, samples)?;
    run.say.line(&model.net);

    run.say.start(steps);
    for step in run.taken().len()..steps {
        if step % count == 0 {
            batches.rewind();
        }
        let batch = batches.next_batch().expect("as many batches as counted");
        model.forward(&batch.x);
        let loss = model.backward(&batch.labels);
        if !loss.is_finite() {
            return Err(run.failed(diverged(&format!("the loss is {loss}"), step, lr)));
        }
        let accuracy = accuracy(model.net.output(), &batch.labels)?;
        model.apply_grad();
        let (net, sgd, samples) = (&mut model.net, &mut model.optimizer, Some(&mut batches));
        run.keep((loss, accuracy), net, sgd, samples);
        let done = step + 1;
        if done % count == 0 {
            run.report_epoch(&mut model.net)?;
        }
        let text = || format!("loss {loss:.4}  acc {accuracy:.4}  batch {done}/{steps}");
        run.say.trace(loss);
        run.say.update(done, text);
    }
    run.say.clear();
    if !model.net.is_finite() {
        return Err(run.failed(diverged("a weight is not finite", steps, lr)));
    }

    let values = (model.net.parameters().into_iter()).flat_map(|p| p.value.iter());
    params.assign(&values.collect::<Vec<f32>>());
    for set in [&mut digits.train, &mut digits.test] {
        set.truncate(limit.saturating_mul(size));
    }
    out!("train accuracy {:.4}", evaluate(&params, &digits.train)?);
    out!("test accuracy {:.4}", evaluate(&params, &digits.test)?);
    out!("weights 0x{:016x}", params.checksum());
    run.end(&mut model.net, Some((&digits.train, &digits.test)))
}

/// The network of section 3.7 with these weights.
fn network(params: &Params<f32>) -> Result<Sequential<f32>> {
    let sizes = params.sizes();
    let mut net = Sequential::new(0)
        .then(Dense::new(sizes.hidden))
        .then(Sigmoid::new())
        .then(Dense::new(sizes.hidden))
        .then(Sigmoid::new())
        .then(Dense::new(sizes.classes));
    net.build(sizes.inputs);
    net.set_parameters(&matrices(params))?;
    Ok(net)
}

/// Why the training ends early, after so many steps.
fn diverged(what: &str, steps: usize, lr: f64) -> Error {
    let message = format!("{what} after step {steps}, with learning rate {lr:?}");
    Error::new(message).hint("try a learning rate ten times smaller")
}

/// The parameters in the order in which a network has them; a bias is a matrix of one row.
fn matrices(params: &Params<f32>) -> [Matrix<f32>; 6] {
    let p = params.clone();
    let row = |b: Vec<f32>| Matrix::from_rows(&[b]);
    [p.w1, row(p.b1), p.w2, row(p.b2), p.w3, row(p.b3)]
}
