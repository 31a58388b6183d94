//! Steps of section 3.7's network, and its training loop.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Barrier;

use crate::counting::{allocations, allocations_of};
use fromzero::data::{Batches, Dataset};
use fromzero::matmul::Epilogue;
use fromzero::rng::Rng;
use fromzero::section37::*;
use fromzero::{Engine, Isa, Matrix, Real, matmul};

/// Lets all threads of an engine take part in a product of this type, because a thread's start allocates, and so does its scratch.
fn start_threads<T: Real>(engine: &Engine) {
    thread_local! {
        /// The bytes of the type of which this thread has last met the others.
        static MET: Cell<usize> = const { Cell::new(0) };
    }
    struct Meet(Barrier);
    impl<T> Epilogue<T> for Meet {
        fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, T) -> T {
            if MET.replace(size_of::<T>()) != size_of::<T>() {
                self.0.wait();
            }
            |_, s| s
        }
    }
    MET.set(0);
    let a = Matrix::<T>::zeros(256, 256);
    let meet = Meet(Barrier::new(engine.threads()));
    matmul(&a, &a).then(meet).into(&mut Matrix::zeros(256, 256));
}

/// 784-300-300-10 and batches of 64: every product but the last layer's is large enough for several threads, and for a copy
/// of its left factor on AVX2.
const SIZES: Sizes = Sizes {
    inputs: 784,
    hidden: 300,
    classes: 10,
};

/// 300 images: four full batches and one of 44.
fn images() -> Dataset {
    let rng = &mut Rng::new(1);
    let pixels = (0..300 * 784).map(|_| rng.next_u64() as u8).collect();
    let labels = (0..300).map(|i| (i % 10) as u8).collect();
    Dataset::new(pixels, labels, (28, 28), 10).unwrap()
}

fn steps_allocate_nothing<T: Real>(engine: &Engine, data: &Dataset) {
    let (isa, threads) = (engine.isa(), engine.threads());
    let what = format!("{} with {isa} on {threads} threads", T::NAME);
    let mut p = Params::<T>::new(SIZES, Init::Uniform(0.3), &mut Rng::new(2)).unwrap();
    let mut act = Activations::new(SIZES, 64).unwrap();
    let mut deltas = Deltas::new(SIZES, 64).unwrap();
    let mut gradients = Params::zeros(SIZES).unwrap();
    let mut batches = Batches::<T>::new(data, 64).unwrap();
    let lr = T::from_f64(0.03);
    let rng = &mut Rng::new(3);

    let mut total = 0.0;
    let mut step = |batches: &mut Batches<'_, T>| {
        let batch = batches.next_batch().unwrap();
        forward(&p, &batch.x, &mut act);
        total += loss(&act, &batch.y) + accuracy(&act.a4, &batch.labels).unwrap();
        backward(&p, &batch.x, &batch.y, &act, &mut deltas, &mut gradients);
        gradient_descent(&mut p, &gradients, lr);
        forward(&p, &batch.x, &mut act);
        total += loss(&act, &batch.y);
        backward_and_descend(&mut p, &batch.x, &batch.y, &act, &mut deltas, lr);
    };
    step(&mut batches);
    let count = allocations_of(|| {
        for _ in 1..5 {
            step(&mut batches);
        }
        for _ in 0..3 {
            batches.shuffle(rng);
            for _ in 0..5 {
                step(&mut batches);
            }
        }
    });
    assert_eq!(count, 0, "{what}: steps of training");
    assert!(total.is_finite(), "{what}: {total}");

    let mut counts = Vec::with_capacity(10);
    let recipe = Recipe::default();
    train(&mut p, data, &recipe, rng, |_| counts.push(allocations())).unwrap();
    assert_eq!(
        (counts.len(), counts[0]),
        (10, counts[9]),
        "{what}: the training loop"
    );
}

pub fn steps_after_the_first_allocate_nothing() {
    let data = images();
    // Portable code is slow where there is another choice, and does nothing of its own.
    let worth_it = |isa: &Isa| *isa != Isa::Portable || *isa == Isa::best();
    for isa in Isa::available().filter(worth_it) {
        for threads in [1, 2] {
            let engine = Engine::new(isa, threads).unwrap();
            engine.run(|| {
                start_threads::<f32>(&engine);
                start_threads::<f64>(&engine);
                steps_allocate_nothing::<f32>(&engine, &data);
                steps_allocate_nothing::<f64>(&engine, &data);
            });
        }
    }
}
