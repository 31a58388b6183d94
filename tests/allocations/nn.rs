//! Steps of every layer, loss and optimizer of the second floor.

use crate::counting::allocations_of;
use fromzero::nn::*;
use fromzero::rng::Rng;
use fromzero::{Engine, Isa, Matrix, matmul};

/// Steps of every layer, loss and optimizer, on whole batches and a short one, and what evaluation needs.
fn steps_allocate_nothing<O: Optimizer<f32>>(optimizer: O) {
    let rng = &mut Rng::new(1);
    let net = Sequential::new(1)
        .then(Dense::new(300))
        .then(Relu::new())
        .then(BatchNorm::new())
        .then(Dense::linear(300, 100).without_bias())
        .then(Tanh::new())
        .then(Dropout::new(0.2))
        .then(Dense::new(50))
        .then(Sigmoid::new())
        .then(Dense::new(10))
        .then(Softmax::new())
        .then(Log::new());
    let mut model = Model::new(net, Nll, optimizer);
    let mut mse = Criterion::new(Mse);
    let mut batch = |rows| {
        let x = Matrix::from_fn(rows, 784, |_, _| rng.uniform() as f32);
        let labels: Vec<u8> = (0..rows).map(|_| rng.below(10) as u8).collect();
        (x, labels)
    };
    let (whole, short) = (batch(128), batch(37));
    let mut step = |(x, labels): &(Matrix<f32>, Vec<u8>), number| {
        model.forward(x);
        let loss = model.backward(labels);
        clip_by_norm(&mut model.net, 1.0);
        let schedule = Schedule::Linear { steps: 10 };
        model
            .optimizer
            .set_learning_rate(schedule.rate(0.01, number));
        model.apply_grad();
        model.net.set_training(false);
        let output = model.forward(x);
        let value = mse.of(output, labels);
        value.backward(&mut model.net);
        model.net.set_training(true);
        assert!(loss.is_finite());
    };
    step(&whole, 0);
    let count = allocations_of(|| {
        step(&whole, 1);
        step(&short, 2);
        step(&whole, 3);
    });
    assert_eq!(count, 0);
}

/// Steps through time, forward and back, from given first states and from zeros.
fn recurrent_steps_allocate_nothing() {
    let rng = &mut Rng::new(2);
    let (steps, samples) = (20, 16);
    let mut random = |rows, cols| Matrix::from_fn(rows, cols, |_, _| rng.uniform() as f32);
    let (x, h0, grad) = (
        random(steps * samples, 3),
        random(samples, 32),
        random(steps * samples, 32),
    );
    let mut rnn = Rnn::new(32, steps);
    let mut optimizer = Adam::new(0.01);
    let mut step = || {
        rnn.forward_from(&h0, &x);
        rnn.backward(&grad);
        rnn.forward(&x);
        rnn.backward(&grad);
        optimizer.step(&mut rnn);
    };
    step();
    assert_eq!(allocations_of(|| (0..3).for_each(|_| step())), 0);
}

pub fn steps_after_the_first_allocate_nothing() {
    for threads in [1, 2] {
        Engine::new(Isa::best(), threads).unwrap().run(|| {
            // Threads that have just started allocate for themselves.
            let a = Matrix::<f32>::zeros(512, 512);
            for _ in 0..20 {
                matmul(&a, a.t()).into(&mut Matrix::zeros(512, 512));
            }
            steps_allocate_nothing(Adam::new(0.01).weight_decay(WeightDecay::L2(1e-4)));
            steps_allocate_nothing(Sgd::new(0.01).momentum(0.9));
            recurrent_steps_allocate_nothing();
        });
    }
}
