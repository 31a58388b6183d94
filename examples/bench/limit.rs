//! The processor's limit: what it can do when it does nothing but multiply and add.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use fromzero::matmul::exercise_fma;
use fromzero::{Engine, Isa, Real};

use crate::support::out;

/// Floating-point operations a second that `threads` threads reach together.
pub fn limit<T: Real>(isa: Isa, threads: usize) -> f64 {
    const ROUNDS: usize = 5;
    let one = |gate: &Barrier| {
        let count = calibrate::<T>(isa);
        (0..ROUNDS)
            .map(|_| {
                gate.wait();
                let start = Instant::now();
                let operations = exercise_fma::<T>(isa, count);
                operations as f64 / start.elapsed().as_secs_f64()
            })
            .fold(0.0, crate::larger)
    };
    let gate = Barrier::new(threads);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| one(&gate))).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("no panic"))
            .sum()
    })
}

/// The limit of the engine in use.
pub fn current_limit<T: Real>() -> f64 {
    let engine = Engine::current();
    limit::<T>(engine.isa(), engine.threads())
}

/// How many rounds take about 30 ms.
fn calibrate<T: Real>(isa: Isa) -> usize {
    const TRIAL: usize = 10_000;
    let start = Instant::now();
    exercise_fma::<T>(isa, TRIAL);
    (TRIAL as f64 * 0.03 / start.elapsed().as_secs_f64()).ceil() as usize
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
