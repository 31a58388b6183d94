//! A function in `f64`, on random arguments and where its method changes pieces.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use fromzero::io::Result;
use fromzero::rng::Rng;
use fromzero::{Engine, Matrix};

use super::functions::{Function, Tested};

/// Arguments that are computed at once.
const BLOCK: usize = 1 << 9;
/// Neighbours that are tried on both sides of a seam.
const NEIGHBOURS: usize = BLOCK / 2;
/// Rounds of a search around the largest error.
const SEARCHES: usize = 40;

/// What was found among some arguments.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    pub tried: usize,
    /// Results that are not the nearest.
    pub not_nearest: usize,
    /// How often a larger neighbour had a smaller result.
    pub falls: usize,
    /// The largest error in ulp, and where.
    pub worst: (f64, f64),
}

impl Samples {
    pub fn passes(&self, function: &Function) -> bool {
        self.worst.0 <= function.bound && !(function.increasing && self.falls > 0)
    }

    fn add(&mut self, other: &Samples) {
        self.tried += other.tried;
        self.not_nearest += other.not_nearest;
        self.falls += other.falls;
        if !(other.worst.0 <= self.worst.0) {
            self.worst = other.worst;
        }
    }
}

/// Tries about `count` random arguments, the neighbours of as many seams as have half of that, and those around the largest error that
/// was found. `say` hears how many are done.
///
/// # Errors
/// If an engine cannot be had for a thread.
pub fn samples(
    function: &Function,
    count: usize,
    seed: u64,
    say: &mut dyn FnMut(usize),
) -> Result<Samples> {
    let engine = Engine::current();
    let seams = seams(function, count / (2 * BLOCK));
    let blocks = count.div_ceil(BLOCK);
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Samples::default());
    // Workers only say that there is more; the main thread looks, and tells.
    let (more, receive) = mpsc::channel();
    let engines: Result<Vec<Engine>> = (0..engine.threads())
        .map(|_| Engine::new(engine.isa(), 1))
        .collect();
    let engines = engines?;
    thread::scope(|scope| {
        for engine in engines {
            let (more, next, all, seams) = (more.clone(), &next, &all, &seams);
            scope.spawn(move || {
                let mut buffers = Buffers::new(function.of_f64);
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= seams.len() + blocks {
                        break;
                    }
                    match seams.get(i) {
                        Some(&seam) => fill_neighbours(buffers.arguments(), seam),
                        None => {
                            let mut rng = Rng::new(seed.wrapping_add(i as u64));
                            let (low, high) = function.ranges[i % function.ranges.len()];
                            fill_random(buffers.arguments(), low, high, &mut rng);
                        }
                    }
                    let found = engine.run(|| buffers.hold(function, i < seams.len()));
                    all.lock().expect("no worker panicked").add(&found);
                    if more.send(()).is_err() {
                        break;
                    }
                }
            });
        }
        drop(more);
        for () in receive {
            say(all.lock().expect("no worker panicked").tried);
        }
    });
    let mut all = all.into_inner().expect("no worker panicked");
    search(function, &mut all, &mut Rng::new(seed));
    Ok(all)
}

/// At most so many of the points where the method changes pieces.
fn seams(function: &Function, most: usize) -> Vec<f64> {
    let (distance, limit) = function.seams;
    let last = (limit / distance) as i64;
    let step = (2 * last as usize).div_ceil(most.max(1)).max(1);
    let first = if (function.exact)(-1.0).is_some() {
        1
    } else {
        -last
    };
    (first..=last)
        .step_by(step)
        .map(|k| k as f64 * distance)
        .collect()
}

fn fill_neighbours(row: &mut [f64], seam: f64) {
    let mut x = seam;
    for _ in 0..NEIGHBOURS {
        x = x.next_down();
    }
    for entry in row {
        *entry = x;
        x = x.next_up();
    }
}

/// Uniform numbers; of a range that ends beyond 10⁹ or below 10⁻⁹ every exponent as often.
fn fill_random(row: &mut [f64], low: f64, high: f64, rng: &mut Rng) {
    for entry in row {
        *entry = if low == 0.0 && !(1e-9..1e9).contains(&high) {
            let bits = f64::MIN_POSITIVE.to_bits()..high.to_bits();
            f64::from_bits(bits.start + rng.below(bits.end - bits.start))
        } else {
            rng.range(low, high)
        };
    }
}

/// Goes from the largest error so far to larger ones near it, from far to near.
fn search(function: &Function, all: &mut Samples, rng: &mut Rng) {
    let mut buffers = Buffers::new(function.of_f64);
    for round in 0..SEARCHES {
        let spread = 1.0 / (1_u64 << (4 + round)) as f64;
        let x = all.worst.1;
        for entry in buffers.arguments() {
            *entry = x * (1.0 + rng.range(-spread, spread));
        }
        let found = buffers.hold(function, false);
        all.add(&found);
    }
}

struct Buffers {
    x: Matrix<f64>,
    y: Matrix<f64>,
    tested: Tested<f64>,
}

impl Buffers {
    fn new(tested: Tested<f64>) -> Self {
        Buffers {
            x: Matrix::zeros(1, BLOCK),
            y: Matrix::zeros(1, BLOCK),
            tested,
        }
    }

    fn arguments(&mut self) -> &mut [f64] {
        self.x.row_mut(0)
    }

    /// Holds the results against the reference; of `neighbours` it looks whether they keep their order, too.
    fn hold(&mut self, function: &Function, neighbours: bool) -> Samples {
        (self.tested)(&mut self.x, &mut self.y);
        let mut found = Samples::default();
        for (&x, &y) in self.x.row(0).iter().zip(self.y.row(0)) {
            if (function.exact)(x).is_some() {
                continue;
            }
            let truth = (function.reference)(x);
            let error = (y - truth.high - truth.low).abs() / ulp(truth.high);
            found.tried += 1;
            found.not_nearest += usize::from(!(error <= 0.5));
            if !(error <= found.worst.0) {
                found.worst = (error, x);
            }
        }
        if neighbours {
            let pairs = self.y.row(0).windows(2);
            found.falls = pairs.filter(|pair| pair[1] < pair[0]).count();
        }
        found
    }
}

/// The distance from an `f64` to the next, at the size of x, which is not subnormal.
fn ulp(x: f64) -> f64 {
    let power = f64::from_bits(x.abs().to_bits() >> 52 << 52);
    power * f64::EPSILON
}
