//! The matrix product over the shapes that matter.

use fromzero::rng::Rng;
use fromzero::{Engine, Matrix, Real, init, matmul};

use crate::best_rate;
use crate::limit::limit;
use crate::support::out;

/// m, k, n: an m×k by a k×n matrix; `t` marks a factor that is stored transposed. The products of section 3.7 come first,
/// forward, gradients and backward, then one of its evaluation, then squares.
const SHAPES: [(usize, usize, usize, &str); 15] = [
    (64, 784, 1024, "nn"),
    (64, 1024, 1024, "nn"),
    (64, 1024, 10, "nn"),
    (784, 64, 1024, "tn"),
    (1024, 64, 1024, "tn"),
    (1024, 64, 10, "tn"),
    (64, 1024, 1024, "nt"),
    (64, 10, 1024, "nt"),
    (1000, 784, 1024, "nn"),
    (256, 256, 256, "nn"),
    (512, 512, 512, "nn"),
    (1024, 1024, 1024, "nn"),
    (1024, 1024, 1024, "tn"),
    (1024, 1024, 1024, "nt"),
    (2048, 2048, 2048, "nn"),
];

/// A line for each shape: the rate and its share of the limit.
pub fn table<T: Real>(rounds: usize) {
    let engine = Engine::current();
    let limit = limit::<T>(rounds);
    out!(
        "product in {}, {} threads, {}: the limit is {:.1} GFLOP/s",
        T::NAME,
        engine.threads(),
        engine.isa(),
        limit / 1e9
    );
    let mut rng = Rng::new(1);
    let mut random = |rows, cols| {
        let mut matrix = Matrix::<T>::zeros(rows, cols);
        init::uniform(&mut matrix, 1.0, &mut rng);
        matrix
    };
    for (m, k, n, form) in SHAPES {
        let (a_stored_transposed, b_stored_transposed) =
            (form.starts_with('t'), form.ends_with('t'));
        let a = if a_stored_transposed {
            random(k, m)
        } else {
            random(m, k)
        };
        let b = if b_stored_transposed {
            random(n, k)
        } else {
            random(k, n)
        };
        let a = if a_stored_transposed { a.t() } else { a.view() };
        let b = if b_stored_transposed { b.t() } else { b.view() };
        let mut c = Matrix::zeros(m, n);
        let rate = best_rate(rounds, 2.0 * (m * k * n) as f64, || {
            matmul(a, b).into(&mut c)
        });
        let shape = format!("{m}x{k}x{n}");
        out!(
            "{shape:>15} {form} {:8.1} GFLOP/s {:6.1} %",
            rate / 1e9,
            100.0 * rate / limit
        );
    }
}
