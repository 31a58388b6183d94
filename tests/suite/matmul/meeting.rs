//! What the tests of engines share: a product that calls back from every thread that takes part.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crate::common::*;
use fromzero::matmul::Epilogue;
use fromzero::{Engine, Matrix, matmul};

/// Far beyond what anything here takes; a wait that reaches it has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// These tests start and count threads, so they run one after another.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Two factors whose product is shared out to the threads: many blocks, large enough.
pub fn factors() -> &'static (Matrix<f32>, Matrix<f32>) {
    static FACTORS: LazyLock<(Matrix<f32>, Matrix<f32>)> = LazyLock::new(|| {
        let rng = &mut SplitMix64::new(1);
        (random_matrix(rng, 257, 300), random_matrix(rng, 300, 200))
    });
    &FACTORS
}

pub fn product(a: &Matrix<f32>, b: &Matrix<f32>) -> Matrix<f32> {
    let mut c = Matrix::zeros(a.rows(), b.cols());
    matmul(a, b).into(&mut c);
    c
}

/// An epilogue that changes nothing, and meanwhile calls a function for every row.
pub struct Calling<'f>(pub &'f (dyn Fn() + Sync));

impl<T> Epilogue<T> for Calling<'_> {
    fn row(&self, _: usize, _: Range<usize>) -> impl Fn(usize, T) -> T {
        (self.0)();
        |_, s| s
    }
}

/// The product of [`factors`], with `f` called from the threads that take part.
pub fn product_calling(f: &(dyn Fn() + Sync)) -> Matrix<f32> {
    let (a, b) = factors();
    let mut c = Matrix::zeros(a.rows(), b.cols());
    matmul(a, b).then(Calling(f)).into(&mut c);
    c
}

/// Threads that have been seen.
#[derive(Default)]
pub struct Seen(Mutex<HashSet<ThreadId>>);

impl Seen {
    pub fn note(&self) {
        self.0.lock().unwrap().insert(thread::current().id());
    }

    /// Waits until `count` threads have been seen.
    pub fn wait_for(&self, count: usize) {
        let start = Instant::now();
        while self.0.lock().unwrap().len() < count {
            assert!(
                start.elapsed() < PATIENCE,
                "fewer than {count} threads came"
            );
            thread::yield_now();
        }
    }
}

/// A product in whose first blocks all threads wait for each other.
pub fn meet(engine: &Engine) {
    let seen = Seen::default();
    engine.run(|| {
        product_calling(&|| {
            seen.note();
            seen.wait_for(engine.threads());
        })
    });
}
