//! Every way to compute a product, and the plain way that they are compared with.

use fromzero::{Engine, Isa, Matrix, Real};

/// Every instruction set of this processor, with one, two and three threads.
pub fn engines() -> Vec<Engine> {
    let mut engines = Vec::new();
    for isa in Isa::available() {
        for threads in 1..=3 {
            engines.push(Engine::new(isa, threads).expect("an available engine"));
        }
    }
    engines
}

/// What to call an engine in a message.
pub fn name(engine: &Engine) -> String {
    format!("{} on {} threads", engine.isa(), engine.threads())
}

/// sᵢⱼ = Σ aᵢₖ·bₖⱼ: fused multiply-adds over k in increasing order, from +0.
pub fn triple_loop<T: Real>(a: &Matrix<T>, b: &Matrix<T>) -> Matrix<T> {
    let b = b.t().to_matrix();
    Matrix::from_fn(a.rows(), b.rows(), |i, j| {
        (a.row(i).iter().zip(b.row(j))).fold(T::ZERO, |s, (&a, &b)| a.mul_add(b, s))
    })
}
