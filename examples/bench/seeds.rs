//! The networks of the other texts, in training on real digits, each with the parts that its own program has.

use std::time::Instant;

use fromzero::data::{Batches, Dataset};
use fromzero::io::Result;
use fromzero::nn::{
    Adam, Criterion, Dense, Layer, Log, Loss, Nll, Optimizer, Relu, Sequential, Sgd, Sigmoid,
    Softmax, SoftmaxCrossEntropy, Squared, Tanh,
};
use fromzero::{Engine, Real};

use crate::support::out;

/// 784-200-100-70-30-10 with ReLU, softmax cross-entropy on logits, Adam, batches of 128.
pub fn relu_adam<T: Real>(data: &Dataset, steps: usize) -> Result<()> {
    let net = [200, 100, 70, 30]
        .into_iter()
        .fold(Sequential::<T>::new(1), |net, outputs| {
            net.then(Dense::new(outputs)).then(Relu::new())
        })
        .then(Dense::new(data.classes()));
    training(
        "relu_adam",
        net,
        SoftmaxCrossEntropy,
        Adam::new(2e-4),
        Batches::new(data, 128)?,
        steps,
    )
}

/// 784-1024-10 with tanh; softmax, logarithm and negative log-likelihood one behind the other; SGD, batches of 64.
pub fn tanh_nll<T: Real>(data: &Dataset, steps: usize) -> Result<()> {
    let net = Sequential::<T>::new(1)
        .then(Dense::new(1024))
        .then(Tanh::new())
        .then(Dense::new(data.classes()))
        .then(Softmax::new())
        .then(Log::new());
    training(
        "tanh_nll",
        net,
        Nll,
        Sgd::new(0.03),
        Batches::new(data, 64)?,
        steps,
    )
}

/// 784-16-16-10 with ReLU and a sigmoid at the end, squared error, SGD, batches of 64.
pub fn small_sq<T: Real>(data: &Dataset, steps: usize) -> Result<()> {
    let net = Sequential::<T>::new(1)
        .then(Dense::new(16))
        .then(Relu::new())
        .then(Dense::new(16))
        .then(Relu::new())
        .then(Dense::new(data.classes()))
        .then(Sigmoid::new());
    training(
        "small_sq",
        net,
        Squared,
        Sgd::new(0.05),
        Batches::new(data, 64)?,
        steps,
    )
}

/// `steps` training steps, batches made on the way, and how many of them a second.
fn training<T: Real>(
    name: &str,
    mut net: Sequential<T>,
    loss: impl Loss<T>,
    mut optimizer: impl Optimizer<T>,
    mut batches: Batches<'_, T>,
    steps: usize,
) -> Result<()> {
    const WARM_UP: usize = 20;
    let mut criterion = Criterion::new(loss);
    let (mut start, mut last) = (Instant::now(), f64::NAN);
    for step in 0..WARM_UP + steps {
        if step == WARM_UP {
            start = Instant::now();
        }
        if step % batches.count() == 0 {
            batches.rewind();
        }
        let batch = batches.next_batch().expect("as many batches as counted");
        let loss = criterion.of(net.forward(&batch.x), &batch.labels);
        last = loss.value;
        loss.backward(&mut net);
        optimizer.step(&mut net);
    }
    let rate = steps as f64 / start.elapsed().as_secs_f64();
    let threads = Engine::current().threads();
    out!(
        "{name} in {}, {threads} threads: last loss {last:.4}",
        T::NAME
    );
    out!("{rate:.1} steps/s");
    Ok(())
}
