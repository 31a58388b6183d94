//! Section 3.7: a classifier of three layers, from scratch.
//!
//! ```text
//!   a¹ [m,784] ─w¹,b¹→ z² ─f→ a² [m,1024]
//!              ─w²,b²→ z³ ─f→ a³ [m,1024]
//!              ─w³,b³→ z⁴ ─softmax→ a⁴ [m,10]
//! ```
//!
//! m is the number of samples, f the sigmoid function. Names are the book's: aˡ is the output of layer l, zˡ its weighted
//! input, δˡ = ∂J/∂zˡ, and J the loss. Sizes are run-time values; the book's are 784, 1024 and 10.
//!
//! [`forward`], [`loss`], [`backward`] and [`gradient_descent`] are one step of training; [`train`] repeats it.
//!
//! ```
//! use fromzero::section37::*;
//! use fromzero::{Matrix, rng::Rng};
//!
//! let sizes = Sizes { inputs: 2, hidden: 4, classes: 2 };
//! let mut params = Params::<f32>::new(sizes, Init::Xavier(1.0), &mut Rng::new(1))?;
//! let (mut act, mut deltas) = (Activations::new(sizes, 3)?, Deltas::new(sizes, 3)?);
//! let mut gradients = Gradients::zeros(sizes)?;
//!
//! let x = Matrix::from_rows(&[[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
//! let y = Matrix::from_rows(&[[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]);
//! let mut losses = Vec::new();
//! for _ in 0..50 {
//!     forward(&params, &x, &mut act);
//!     losses.push(loss(&act, &y));
//!     backward(&params, &x, &y, &act, &mut deltas, &mut gradients);
//!     gradient_descent(&mut params, &gradients, 0.5);
//! }
//! assert!(losses[49] < 0.9 * losses[0]);
//! # Ok::<(), fromzero::io::Error>(())
//! ```
//!
//! What always holds: no weight changes before every δ that reads it is there; every gradient is that of the mean over the
//! batch; and the two forms of a step, [`backward`] with [`gradient_descent`] or [`backward_and_descend`], leave the same bits.
//!
//! Guarded by `tests/suite/section37/golden.rs`: ten steps have the numbers of a program in NumPy, and the derivation (3-59) to
//! (3-62) holds as numbers; by `tests/gradients.rs`: `every_parameter_of_a_small_network_has_the_right_gradient`; and by
//! `tests/suite/section37/steps.rs`: both forms of a step, on every engine.

mod buffers;
mod params;
mod saliency;
mod training;

pub use crate::init::Init;
pub use crate::metrics::accuracy;
pub use crate::schedule::Schedule;
pub use buffers::{Activations, Deltas};
pub use params::{Gradients, Params, Sizes};
pub use saliency::logit_gradient;
pub use training::{Recipe, Step, Training, confusion, evaluate, prediction, train};

use crate::matmul::matmul;
use crate::matrix::{Matrix, check_same, check_some};
use crate::ops::{column_sums, cross_entropy, descend, one_over, softmax};
use crate::real::Real;

/// The forward pass, (3-54) to (3-57), for samples `a1` `[m, inputs]`.
///
/// [`matmul`] only describes a product, and what is chained onto it, such as the bias, is part of the description; `into`
/// computes all of it and stores it in the place it is given. `track_caller` lets a panic point to the line of whoever called
/// with shapes that do not fit.
///
/// # Panics
/// If there are no samples, or they have another number of features than the network has inputs.
#[track_caller]
pub fn forward<T: Real>(p: &Params<T>, a1: &Matrix<T>, act: &mut Activations<T>) {
    check_some("forward", a1.rows());
    act.set_samples(a1.rows());
    // (3-54)  z² = a¹w¹ + b¹,  a² = f(z²)            [m,784]·[784,1024] + [1024]
    matmul(a1, &p.w1)
        .add_bias(&p.b1)
        .sigmoid()
        .into(&mut act.a2);
    // (3-55)  z³ = a²w² + b²,  a³ = f(z³)            [m,1024]·[1024,1024] + [1024]
    matmul(&act.a2, &p.w2)
        .add_bias(&p.b2)
        .sigmoid()
        .into(&mut act.a3);
    // (3-56)  z⁴ = a³w³ + b³,  a⁴ = softmax(z⁴)      [m,1024]·[1024,10] + [10]
    matmul(&act.a3, &p.w3).add_bias(&p.b3).into(&mut act.z4);
    // (3-57)  a⁴ₖ = e^z⁴ₖ / Σᵢ e^z⁴ᵢ                 [m,10]
    softmax(&act.z4, &mut act.a4);
}

/// The loss of the last forward pass against the one-hot labels `y` `[m, classes]`: the mean over the batch, (3-53), of
/// (3-58), J = −Σₖ yₖ·ln a⁴ₖ.
///
/// # Panics
/// If there are no samples, or `y` has another shape than a⁴.
#[track_caller]
pub fn loss<T: Real>(act: &Activations<T>, y: &Matrix<T>) -> f64 {
    check_some("loss", y.rows());
    // (3-53)  J = (1/m)Σ −Σₖ yₖ·ln a⁴ₖ               each sample's term (3-58), from its logits z⁴
    cross_entropy(&act.z4, y)
}

/// The backward pass, (3-63) to (3-67): the gradients of the mean loss of the batch, from the activations of its forward
/// pass. What `gradients` held before is overwritten.
///
/// ```text
///   δ⁴ = a⁴ − y                  ∂J/∂w³ = (1/m)(a³)ᵀδ⁴     ∂J/∂b³ = (1/m)Σδ⁴
///   δ³ = δ⁴(w³)ᵀ ⊙ f'(z³)        ∂J/∂w² = (1/m)(a²)ᵀδ³     ∂J/∂b² = (1/m)Σδ³
///   δ² = δ³(w²)ᵀ ⊙ f'(z²)        ∂J/∂w¹ = (1/m)(a¹)ᵀδ²     ∂J/∂b¹ = (1/m)Σδ²
/// ```
///
/// # Panics
/// If there are no samples, or `a1`, `y` and the activations are not of one batch.
#[track_caller]
pub fn backward<T: Real>(
    p: &Params<T>,
    a1: &Matrix<T>,
    y: &Matrix<T>,
    act: &Activations<T>,
    deltas: &mut Deltas<T>,
    gradients: &mut Gradients<T>,
) {
    output_delta(y, act, deltas);
    propagate_back(p, act, deltas);
    collect_gradients(a1, act, deltas, gradients, None);
}

/// The backward pass and a step of gradient descent in one: each gradient is applied where it arises, and never written to
/// memory. The weights get the same bits as from [`backward`] and [`gradient_descent`].
///
/// # Panics
/// As [`backward`].
#[track_caller]
pub fn backward_and_descend<T: Real>(
    p: &mut Params<T>,
    a1: &Matrix<T>,
    y: &Matrix<T>,
    act: &Activations<T>,
    deltas: &mut Deltas<T>,
    lr: T,
) {
    // No weight changes before every δ that is passed back through it is there.
    output_delta(y, act, deltas);
    propagate_back(p, act, deltas);
    collect_gradients(a1, act, deltas, p, Some(lr));
}

/// δ of the last layer: (3-63), (3-64).
#[track_caller]
fn output_delta<T: Real>(y: &Matrix<T>, act: &Activations<T>, d: &mut Deltas<T>) {
    check_some("backward", y.rows());
    d.set_samples(y.rows());
    // (3-63)  δ⁴ₖ = a⁴ₖ − yₖ,  (3-64)  δ⁴ = a⁴ − y   [m,10]
    d.delta4.copy_from(&act.a4);
    d.delta4.zip(y, |a4, y| a4 - y);
}

/// From it δ of the layers before, one after the other: the left halves of (3-66) and (3-67).
#[track_caller]
fn propagate_back<T: Real>(p: &Params<T>, act: &Activations<T>, d: &mut Deltas<T>) {
    // (3-66)  δ³ = δ⁴(w³)ᵀ ⊙ f'(z³)                  [m,10]·[10,1024] ⊙ [m,1024]
    matmul(&d.delta4, p.w3.t())
        .times_sigmoid_prime(&act.a3)
        .into(&mut d.delta3);
    // (3-67)  δ² = δ³(w²)ᵀ ⊙ f'(z²)                  [m,1024]·[1024,1024] ⊙ [m,1024]
    matmul(&d.delta3, p.w2.t())
        .times_sigmoid_prime(&act.a2)
        .into(&mut d.delta2);
}

/// The gradients, (3-65) and the right halves of (3-66) and (3-67): stored in `target`, or, with a learning rate, subtracted
/// from the parameters that it holds.
#[track_caller]
fn collect_gradients<T: Real>(
    a1: &Matrix<T>,
    act: &Activations<T>,
    d: &Deltas<T>,
    target: &mut Params<T>,
    lr: Option<T>,
) {
    // (3-65)  ∂J/∂w³ = (1/m)(a³)ᵀδ⁴                  [1024,m]·[m,10]
    weight_gradient(&act.a3, &d.delta4, &mut target.w3, lr);
    // (3-65)  ∂J/∂b³ = (1/m)Σδ⁴                      [10]
    bias_gradient(&d.delta4, &mut target.b3, lr);
    // (3-66)  ∂J/∂w² = (1/m)(a²)ᵀδ³                  [1024,m]·[m,1024]
    weight_gradient(&act.a2, &d.delta3, &mut target.w2, lr);
    // (3-66)  ∂J/∂b² = (1/m)Σδ³                      [1024]
    bias_gradient(&d.delta3, &mut target.b2, lr);
    // (3-67)  ∂J/∂w¹ = (1/m)(a¹)ᵀδ²                  [784,m]·[m,1024]
    weight_gradient(a1, &d.delta2, &mut target.w1, lr);
    // (3-67)  ∂J/∂b¹ = (1/m)Σδ²                      [1024]
    bias_gradient(&d.delta2, &mut target.b1, lr);
}

/// (1/m)aᵀδ into `w`, or as a step from it.
#[track_caller]
fn weight_gradient<T: Real>(a: &Matrix<T>, delta: &Matrix<T>, w: &mut Matrix<T>, lr: Option<T>) {
    // (1/m)·aᵀδ
    let gradient = matmul(a.t(), delta).scale(one_over(delta.rows()));
    match lr {
        None => gradient.into(w),
        Some(lr) => gradient.descend(lr).into(w),
    }
}

/// (1/m)Σδ over the samples into `b`, or as a step from it.
#[track_caller]
fn bias_gradient<T: Real>(delta: &Matrix<T>, b: &mut [T], lr: Option<T>) {
    check_same("bias", (1, delta.cols()), (1, b.len()));
    let mean: T = one_over(delta.rows());
    // (1/m)·Σδ
    column_sums(delta, |j, sum| {
        b[j] = lr.map_or(mean * sum, |lr| descend(b[j], lr, mean * sum));
    });
}

/// Gradient descent: w ← w − lr·∂J/∂w, b ← b − lr·∂J/∂b.
///
/// # Panics
/// If parameters and gradients differ in shape.
#[track_caller]
pub fn gradient_descent<T: Real>(p: &mut Params<T>, gradients: &Gradients<T>, lr: T) {
    let g = gradients;
    for (w, g) in [(&mut p.w1, &g.w1), (&mut p.w2, &g.w2), (&mut p.w3, &g.w3)] {
        w.descend(lr, g);
    }
    for (b, g) in [(&mut p.b1, &g.b1), (&mut p.b2, &g.b2), (&mut p.b3, &g.b3)] {
        check_same("gradient_descent", (1, b.len()), (1, g.len()));
        for (b, &g) in b.iter_mut().zip(g) {
            *b = descend(*b, lr, g);
        }
    }
}
