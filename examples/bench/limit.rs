//! The processor's limit: what it can do when it does nothing but multiply and add.

use std::time::Duration;

use fromzero::io::Result;
use fromzero::matmul::fma_rate;
use fromzero::{Engine, Isa, Real};

use crate::support::out;

/// What the engine in use reaches at this moment, in 10 ms, after threads that slept have woken up.
fn rate_now<T: Real>() -> f64 {
    fma_rate::<T>(Duration::from_millis(1));
    fma_rate::<T>(Duration::from_millis(10))
}

/// Floating-point operations a second that the engine in use can reach: interruptions only ever slow it down. A round takes as long as
/// one of [`crate::best_rate`].
pub fn limit<T: Real>(rounds: usize) -> f64 {
    const MOMENTS: usize = 4;
    let rates = (0..rounds.saturating_mul(MOMENTS)).map(|_| rate_now::<T>());
    rates.fold(0.0, crate::larger)
}

/// The limit of one moment after another, for a share of what the machine can do while other programs slow it down.
#[derive(Default)]
pub struct Moments {
    rates: Vec<f64>,
}

impl Moments {
    /// Measures one more moment, for the engine in use.
    pub fn measure<T: Real>(&mut self) {
        self.rates.push(rate_now::<T>());
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
pub fn table(rounds: usize) -> Result<()> {
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
        let (one, all) = (Engine::new(isa, 1)?, Engine::new(isa, threads)?);
        let row = [
            one.run(|| limit::<f32>(rounds)),
            all.run(|| limit::<f32>(rounds)),
            one.run(|| limit::<f64>(rounds)),
            all.run(|| limit::<f64>(rounds)),
        ]
        .map(|rate| format!("{:>10.1}", rate / 1e9));
        out!("{isa:10} {}", row.join(" "));
    }
    Ok(())
}
