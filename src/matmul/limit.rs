//! The limit of the processor: what no product can exceed.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use super::Gemm;
use super::threads::Engine;

/// Floating-point operations a second that the threads of the engine in use do together when, for about so long, they do
/// nothing but independent fused multiply-adds in registers. No product is faster.
pub fn fma_rate<T: Gemm>(time: Duration) -> f64 {
    /// So many that looking at the clock costs nothing, and so few that the time is kept.
    const ROUNDS: usize = 15_000;
    let engine = Engine::current();
    let (operations, start) = (AtomicUsize::new(0), Instant::now());
    engine.pool().share(&|_| 1, &|_, _| {
        let (mut mine, start) = (0, Instant::now());
        while start.elapsed() < time {
            mine += T::fma_chains(engine.isa(), ROUNDS);
        }
        operations.fetch_add(mine, Relaxed);
    });
    operations.into_inner() as f64 / start.elapsed().as_secs_f64()
}
