//! Section 3.7's network: training and evaluation.

use std::time::{Duration, Instant};

use fromzero::data::Dataset;
use fromzero::io::Result;
use fromzero::rng::Rng;
use fromzero::section37::{Init, Params, Recipe, Sizes, evaluate, train};
use fromzero::{Engine, Real};

use crate::best_rate;
use crate::limit::{Moments, limit};
use crate::support::out;

/// The book's network for these images.
fn sizes(data: &Dataset) -> Sizes {
    Sizes {
        inputs: data.inputs(),
        classes: data.classes(),
        ..Sizes::default()
    }
}

/// Floating-point operations of the products in a training step: each weight takes part in one forward product and in one
/// for its gradient, and those above the first layer in one that passes δ on.
fn operations(sizes: Sizes, batch: usize) -> f64 {
    let Sizes {
        inputs,
        hidden,
        classes,
    } = sizes;
    let (w1, w2, w3) = (inputs * hidden, hidden * hidden, hidden * classes);
    2.0 * batch as f64 * (2 * w1 + 3 * w2 + 3 * w3) as f64
}

/// Steps between two pauses of [`steps_per_second`]: some tens of milliseconds for the book's network.
const BETWEEN_PAUSES: usize = 20;

/// Training steps a second, once the first are done, as `train` takes them. `pause` is called before the clock starts, and
/// every so many steps while it stands still.
fn steps_per_second<T: Real>(
    data: &Dataset,
    hidden: usize,
    batch: usize,
    steps: usize,
    mut pause: impl FnMut(),
) -> Result<f64> {
    const WARM_UP: usize = 3;
    let sizes = Sizes {
        hidden,
        ..sizes(data)
    };
    let mut rng = Rng::new(1);
    let mut params = Params::<T>::new(sizes, Init::Uniform(0.3), &mut rng)?;
    let all_steps = steps + WARM_UP;
    let recipe = Recipe {
        epochs: all_steps,
        batch,
        limit: Some(all_steps),
        ..Recipe::default()
    };
    let (mut taken, mut time, mut start) = (0, Duration::ZERO, Instant::now());
    train(&mut params, data, &recipe, &mut rng, |_| {
        taken += 1;
        if taken >= WARM_UP && (taken - WARM_UP).is_multiple_of(BETWEEN_PAUSES) {
            if taken > WARM_UP {
                time += start.elapsed();
            }
            pause();
            start = Instant::now();
        }
    })?;
    time += start.elapsed();
    Ok(steps as f64 / time.as_secs_f64())
}

/// The book's network and batch, in rounds. The limit is measured in the pauses, so that what slows the machine slows both.
pub fn training<T: Real>(data: &Dataset, steps: usize) -> Result<()> {
    const ROUNDS: usize = 5;
    let engine = Engine::current();
    let sizes = sizes(data);
    let batch = Recipe::default().batch;
    let steps = steps.div_ceil(ROUNDS);
    let (mut rates, mut limits, mut shares, mut best) =
        ([0.0; ROUNDS], [0.0; ROUNDS], [0.0; ROUNDS], 0.0);
    for round in 0..ROUNDS {
        let mut moments = Moments::default();
        let pause = || moments.measure::<T>();
        rates[round] = steps_per_second::<T>(data, sizes.hidden, batch, steps, pause)?;
        limits[round] = moments.mean();
        shares[round] = 100.0 * rates[round] * operations(sizes, batch) / limits[round];
        best = crate::larger(best, moments.best());
    }
    for figures in [&mut rates, &mut limits, &mut shares] {
        figures.sort_by(f64::total_cmp);
    }
    let median = ROUNDS / 2;
    out!(
        "section 3.7 in {}, {} threads, {}: {:.1} % of the limit in the same moments ({:.1} to {:.1} % in {ROUNDS} rounds)",
        T::NAME,
        engine.threads(),
        engine.isa(),
        shares[median],
        shares[0],
        shares[ROUNDS - 1],
    );
    out!(
        "the limit: {:.1} GFLOP/s, at best {:.1}",
        limits[median] / 1e9,
        best / 1e9,
    );
    out!("{:.1} steps/s", rates[median]);
    Ok(())
}

/// The forward pass over a data set.
pub fn evaluation<T: Real>(rounds: usize, data: &Dataset) -> Result<()> {
    let params = Params::<T>::new(sizes(data), Init::Uniform(0.3), &mut Rng::new(1))?;
    evaluate(&params, data)?;
    let rate = best_rate(rounds, data.len() as f64, || {
        std::hint::black_box(evaluate(&params, data)).expect("the memory that it had before");
    });
    out!(
        "evaluation in {}, {} threads: {rate:.0} images/s",
        T::NAME,
        Engine::current().threads()
    );
    Ok(())
}

/// Steps a second over batch sizes, widths and threads, each with its share of the limit.
pub fn scale<T: Real>(rounds: usize, steps: usize) -> Result<()> {
    const IMAGES: usize = 8192;
    let mut rng = Rng::new(1);
    let images = (0..IMAGES * 784).map(|_| rng.below(256) as u8).collect();
    let labels = (0..IMAGES).map(|_| rng.below(10) as u8).collect();
    let data = Dataset::new(images, labels, (28, 28), 10)?;

    let all = Engine::current();
    out!(
        "training steps a second in {}, {}, and share of the limit",
        T::NAME,
        all.isa()
    );
    out!(
        "{:>6} {:>6} {:>8} {:>12} {:>8}",
        "batch",
        "hidden",
        "threads",
        "steps/s",
        "share"
    );
    let mut threads = vec![1, all.threads()];
    threads.dedup();
    for threads in threads {
        let engine = Engine::new(all.isa(), threads)?;
        let limit = engine.run(|| limit::<T>(rounds));
        let widths = [64, 256, 1024, 4096].map(|hidden| (64, hidden));
        let batches = [1, 8, 256, 1024, 4096].map(|batch| (batch, 1024));
        for (batch, hidden) in widths.into_iter().chain(batches) {
            let sizes = Sizes {
                hidden,
                ..Sizes::default()
            };
            let work = operations(sizes, batch);
            // About a third of a second at half the limit.
            let steps = steps.min((limit / work / 6.0).ceil() as usize);
            let rate = engine.run(|| steps_per_second::<T>(&data, hidden, batch, steps, || ()))?;
            let share = 100.0 * rate * work / limit;
            out!("{batch:>6} {hidden:>6} {threads:>8} {rate:>12.1} {share:>6.1} %");
        }
    }
    Ok(())
}
