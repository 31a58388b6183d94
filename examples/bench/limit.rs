//! The processor's limit: what it can do when it does nothing but multiply and add.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use fromzero::matmul::exercise_fma;
use fromzero::{Engine, Isa, Real};

use crate::support::out;

/// Floating-point operations a second that `threads` threads reach together at this moment, in 10 ms.
fn limit_now<T: Real>(isa: Isa, threads: usize) -> f64 {
    /// Some 20 µs.
    const ROUNDS: usize = 5000;
    let exercise = |time: Duration| {
        let (mut operations, start) = (0, Instant::now());
        while start.elapsed() < time {
            operations += exercise_fma::<T>(isa, ROUNDS);
        }
        operations as f64 / start.elapsed().as_secs_f64()
    };
    let gate = Barrier::new(threads);
    let one = || {
        gate.wait();
        // Until threads that were busy before have gone to sleep.
        exercise(Duration::from_millis(1));
        exercise(Duration::from_millis(10))
    };
    thread::scope(|scope| {
        // This thread is one of them, as in a pool: one more than there are cores would put two of them on one core.
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(one)).collect();
        let mine = one();
        let theirs = workers
            .into_iter()
            .map(|worker| worker.join().expect("no panic"));
        mine + theirs.sum::<f64>()
    })
}

/// Floating-point operations a second that `threads` threads can reach together: interruptions only ever slow them down.
pub fn limit<T: Real>(isa: Isa, threads: usize) -> f64 {
    (0..30)
        .map(|_| limit_now::<T>(isa, threads))
        .fold(0.0, crate::larger)
}

/// The limit of the engine in use.
pub fn current_limit<T: Real>() -> f64 {
    let engine = Engine::current();
    limit::<T>(engine.isa(), engine.threads())
}

/// The limit of one moment after another, for a share of what the machine can do while other programs slow it down.
#[derive(Default)]
pub struct Moments {
    rates: Vec<f64>,
}

impl Moments {
    /// Measures one more moment, for the engine in use.
    pub fn measure<T: Real>(&mut self) {
        let engine = Engine::current();
        self.rates
            .push(limit_now::<T>(engine.isa(), engine.threads()));
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.rates.iter().sum::<f64>() / self.rates.len() as f64
    }

    /// The highest.
    pub fn best(&self) -> f64 {
        self.rates.iter().copied().fold(0.0, crate::larger)
    }
}

/// Every instruction set, both number types, one thread and all.
pub fn table() {
    let threads = Engine::current().threads();
    out!("GFLOP/s of fused multiply-adds in registers");
    out!(
        "{:10} {:>10} {:>10} {:>10} {:>10}",
        "",
        "f32 × 1",
        format!("f32 × {threads}"),
        "f64 × 1",
        format!("f64 × {threads}")
    );
    for isa in Isa::available() {
        let row = [
            limit::<f32>(isa, 1),
            limit::<f32>(isa, threads),
            limit::<f64>(isa, 1),
            limit::<f64>(isa, threads),
        ]
        .map(|rate| format!("{:>10.1}", rate / 1e9));
        out!("{isa:10} {}", row.join(" "));
    }
}
