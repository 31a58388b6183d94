//! All 2³² arguments of a function in `f32`.
//!
//! Most results are settled by an [estimate](super::estimate): if everything within its error rounds to one `f32`, that is the correctly
//! rounded result, whatever the function under test says. Some in a hundred thousand are too near to half-way for that, and go
//! to the [reference](super::reference); what is nearer than even its error is looked up among values computed with mpmath.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

use fromzero::io::Result;
use fromzero::{Engine, Matrix};

use super::estimate::{self, Estimate};
use super::functions::Function;
use super::reference;
use super::rounding::{round, ulp};

/// Arguments of which a worker tells at a time, and those that are computed at once.
const PART: u64 = 1 << 20;
const BLOCK: u64 = 1 << 10;
/// How many of the results nearest to half-way are kept.
const NEAREST: usize = 12;

/// What was found among some arguments.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    pub tried: u64,
    pub wrong: u64,
    /// The first of the wrong: argument, result, and what it should be.
    pub first_wrong: Option<(f32, f32, f32)>,
    /// How often a larger argument had a smaller result.
    pub falls: u64,
    /// The largest error in ulp, and where.
    pub worst: (f64, f32),
    /// Those nearest to half-way between two `f32`, by their distance, and arguments.
    pub nearest: Vec<(f64, f32)>,
    /// Too near for the reference, and not among the known values.
    pub unsettled: u64,
}

/// Correctly rounded results that were computed elsewhere.
pub type Known<'a> = dyn Fn(f32) -> Option<f32> + Sync + 'a;

/// The function under test, from the first matrix into the second.
pub type Tested<'a> = dyn Fn(&mut Matrix<f32>, &mut Matrix<f32>) + Sync + 'a;

impl Sweep {
    pub fn passes(&self, increasing: bool) -> bool {
        self.wrong == 0 && self.unsettled == 0 && !(increasing && self.falls > 0)
    }

    fn add(&mut self, other: Sweep) {
        self.tried += other.tried;
        self.wrong += other.wrong;
        self.first_wrong = match (self.first_wrong, other.first_wrong) {
            (Some(a), Some(b)) if b.0.to_bits() < a.0.to_bits() => Some(b),
            (a, b) => a.or(b),
        };
        self.falls += other.falls;
        if other.worst.0 > self.worst.0 {
            self.worst = other.worst;
        }
        self.unsettled += other.unsettled;
        self.nearest.extend(other.nearest);
        self.keep_nearest();
    }

    fn keep_nearest(&mut self) {
        self.nearest
            .sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.to_bits().cmp(&b.1.to_bits())));
        self.nearest.truncate(NEAREST);
    }
}

/// Tries every `step`-th argument on all threads of the engine in use. `say` hears how many are done.
///
/// # Errors
/// If an engine cannot be had for a thread.
pub fn sweep(
    function: &Function,
    tested: &Tested<'_>,
    step: u64,
    known: &Known<'_>,
    say: &mut dyn FnMut(u64),
) -> Result<Sweep> {
    let engine = Engine::current();
    let estimate = Estimate::new();
    let count = (1_u64 << 32).div_ceil(step);
    let next = AtomicU64::new(0);
    let all = Mutex::new(Sweep::default());
    // Workers only say that there is more; the main thread looks, and tells.
    let (more, receive) = mpsc::channel();
    let engines: Result<Vec<Engine>> = (0..engine.threads())
        .map(|_| Engine::new(engine.isa(), 1))
        .collect();
    let engines = engines?;
    thread::scope(|scope| {
        for engine in engines {
            let (more, next, all, estimate) = (more.clone(), &next, &all, &estimate);
            scope.spawn(move || {
                let mut buffers = Buffers::new();
                loop {
                    let start = next.fetch_add(PART, Ordering::Relaxed);
                    if start >= count {
                        break;
                    }
                    let part = start..count.min(start + PART);
                    let found = engine.run(|| {
                        let test = Test {
                            function,
                            tested,
                            estimate,
                            known,
                        };
                        test.part(part, step, &mut buffers)
                    });
                    all.lock().expect("no worker panicked").add(found);
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
    Ok(all.into_inner().expect("no worker panicked"))
}

/// Arguments, results and estimates of a block.
struct Buffers {
    x: Matrix<f32>,
    y: Matrix<f32>,
    estimates: Matrix<f64>,
}

impl Buffers {
    fn new() -> Self {
        let n = BLOCK as usize;
        Buffers {
            x: Matrix::zeros(1, n),
            y: Matrix::zeros(1, n),
            estimates: Matrix::zeros(1, n),
        }
    }
}

struct Test<'a> {
    function: &'a Function,
    tested: &'a Tested<'a>,
    estimate: &'a Estimate,
    known: &'a Known<'a>,
}

impl Test<'_> {
    /// The arguments whose bits are these multiples of `step`.
    fn part(&self, part: std::ops::Range<u64>, step: u64, buffers: &mut Buffers) -> Sweep {
        let mut found = Sweep::default();
        let mut before: Option<(f32, f32)> = None;
        // From the last argument of the part before, which only the first of this one is compared with.
        let mut start = part.start.saturating_sub(1);
        while start < part.end {
            for (i, x) in buffers.x.row_mut(0).iter_mut().enumerate() {
                *x = f32::from_bits(((start + i as u64).min(part.end - 1) * step) as u32);
            }
            (self.tested)(&mut buffers.x, &mut buffers.y);
            let x = buffers.x.row(0);
            (self.function.estimate)(self.estimate, &mut buffers.estimates, x);
            let results = x.iter().zip(buffers.y.row(0)).zip(buffers.estimates.row(0));
            for (index, ((&x, &y), &estimate)) in (start..part.end).zip(results) {
                if index >= part.start {
                    self.hold(x, y, estimate, &mut found);
                    found.falls += u64::from(before.is_some_and(|before| falls(before, (x, y))));
                }
                before = Some((x, y));
            }
            start += BLOCK;
        }
        found
    }

    /// Holds one result against the right one.
    #[inline(always)]
    fn hold(&self, x: f32, y: f32, estimate: f64, found: &mut Sweep) {
        found.tried += 1;
        let exact = (self.function.exact)(f64::from(x));
        let right = match exact {
            Some(right) => right as f32,
            None => {
                let error = (f64::from(y) - estimate).abs() / ulp(estimate);
                // Not where both are infinite, nor where the sum is beyond what an `f32` holds.
                if error > found.worst.0 && estimate.abs() <= f64::from(f32::MAX) {
                    found.worst = (error, x);
                }
                self.right(x, estimate, found)
            }
        };
        if y.to_bits() != right.to_bits() && !(y.is_nan() && right.is_nan()) {
            found.wrong += 1;
            found.first_wrong = found.first_wrong.or(Some((x, y, right)));
        }
    }

    /// The correctly rounded result.
    #[inline(always)]
    fn right(&self, x: f32, estimate: f64, found: &mut Sweep) -> f32 {
        let low = (estimate * (1.0 - estimate::ERROR)) as f32;
        let high = (estimate * (1.0 + estimate::ERROR)) as f32;
        if low == high {
            return low;
        }
        let rounded = round((self.function.reference)(f64::from(x)));
        found.nearest.push((rounded.distance, x));
        if found.nearest.len() > 4 * NEAREST {
            found.keep_nearest();
        }
        if rounded.distance > reference::ERROR {
            return rounded.nearest;
        }
        (self.known)(x).unwrap_or_else(|| {
            found.unsettled += 1;
            rounded.nearest
        })
    }
}

/// Whether the larger of two neighbours of one sign has the smaller result.
fn falls((x, y): (f32, f32), (next, result): (f32, f32)) -> bool {
    match x.is_sign_negative() {
        _ if x.is_sign_negative() != next.is_sign_negative() => false,
        false => result < y,
        true => result > y,
    }
}
