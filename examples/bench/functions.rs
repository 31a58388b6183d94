//! The elementary functions, over an array that fits into the first-level cache.

use fromzero::elementary::{cos, exp, ln, sigmoid, sin, tanh};
use fromzero::ops::for_each_row;
use fromzero::rng::Rng;
use fromzero::{Engine, Matrix, Real, init};

use crate::best_rate;
use crate::support::out;

/// Nanoseconds an element on one thread, for every function and both types.
pub fn table(rounds: usize) {
    out!("ns an element, one thread, {}", Engine::current().isa());
    out!("{:8} {:>8} {:>8}", "", "f32", "f64");
    let rows = [
        ("exp", time(rounds, exp::<f32>), time(rounds, exp::<f64>)),
        ("ln", time(rounds, ln::<f32>), time(rounds, ln::<f64>)),
        (
            "sigmoid",
            time(rounds, sigmoid::<f32>),
            time(rounds, sigmoid::<f64>),
        ),
        ("tanh", time(rounds, tanh::<f32>), time(rounds, tanh::<f64>)),
        ("sin", time(rounds, sin::<f32>), time(rounds, sin::<f64>)),
        ("cos", time(rounds, cos::<f32>), time(rounds, cos::<f64>)),
    ];
    for (name, single, double) in rows {
        out!("{name:8} {single:>8.3} {double:>8.3}");
    }
}

fn time<T: Real>(rounds: usize, f: impl Fn(T) -> T + Sync) -> f64 {
    const ENTRIES: usize = 1024;
    let mut x = Matrix::<T>::zeros(1, ENTRIES);
    init::uniform(&mut x, 4.0, &mut Rng::new(1));
    for_each_row([&mut x], |_, [x]| x.iter_mut().for_each(|x| *x = x.abs()));
    let mut y = Matrix::zeros(1, ENTRIES);
    let rate = best_rate(rounds, ENTRIES as f64, || {
        for_each_row(
            [&mut x, &mut y],
            #[inline(always)]
            |_, [x, y]| {
                for (y, &x) in y.iter_mut().zip(x.iter()) {
                    *y = f(x);
                }
            },
        );
    });
    1e9 / rate
}
