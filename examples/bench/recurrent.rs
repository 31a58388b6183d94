//! A recurrent network that predicts cos from sin: 1-32-1, sequences of 50 time steps, batches of 16.

use std::time::Instant;

use fromzero::data::Waves;
use fromzero::nn::{Adam, Criterion, Dense, Layer, Mse, Optimizer, Rnn, Sequential};
use fromzero::rng::Rng;
use fromzero::{Engine, Real};

use crate::support::out;

const STEPS: usize = 50;
const BATCH: usize = 16;
const HIDDEN: usize = 32;

/// `steps` training steps with Adam and the mean squared error, and how many of them a second.
pub fn training<T: Real>(steps: usize) {
    const WARM_UP: usize = 3;
    let mut rng = Rng::new(1);
    let mut drawn = || {
        let mut waves = Waves::<T>::new(STEPS, BATCH);
        waves.draw(0.0, &mut rng);
        waves
    };
    let batches: Vec<_> = (0..steps.min(200)).map(|_| drawn()).collect();
    let mut net = Sequential::new(1)
        .then(Rnn::new(HIDDEN, STEPS))
        .then(Dense::linear(HIDDEN, 1));
    let (mut mse, mut adam) = (Criterion::new(Mse), Adam::new(0.005));
    let (mut start, mut last) = (Instant::now(), f64::NAN);
    for (step, waves) in batches.iter().cycle().take(WARM_UP + steps).enumerate() {
        if step == WARM_UP {
            start = Instant::now();
        }
        let loss = mse.of(net.forward(&waves.sin), &waves.cos);
        last = loss.value;
        loss.backward(&mut net);
        adam.step(&mut net);
    }
    let rate = steps as f64 / start.elapsed().as_secs_f64();
    let threads = Engine::current().threads();
    out!(
        "rnn in {}, {threads} threads: last loss {last:.2e}",
        T::NAME
    );
    out!("{rate:.1} steps/s");
}
