//! Section 3.7: a classifier of three layers, from scratch.
//!
//! ```text
//!   a¹ [m,784] ─w¹,b¹→ z² ─f→ a² [m,1024] ─w²,b²→ z³ ─f→ a³ [m,1024] ─w³,b³→ z⁴ ─softmax→ a⁴ [m,10]
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

mod params;
mod training;

pub use crate::init::Init;
pub use crate::metrics::accuracy;
pub use crate::schedule::Schedule;
pub use params::{Gradients, Params, Sizes};
pub use training::{Recipe, Step, evaluate, prediction, train};

use crate::io::Error;
use crate::matmul::{Product, Store, matmul};
use crate::matrix::{Matrix, check_same, check_some};
use crate::ops::{column_sums, cross_entropy, descend, softmax};
use crate::real::Real;

/// What the forward pass leaves for the backward pass: aˡ of every layer, and the logits z⁴. Rows are samples.
#[derive(Clone, Debug)]
pub struct Activations<T: Real> {
    /// a² `[m, hidden]`
    pub a2: Matrix<T>,
    /// a³ `[m, hidden]`
    pub a3: Matrix<T>,
    /// z⁴, the logits `[m, classes]`
    pub z4: Matrix<T>,
    /// a⁴, the probabilities `[m, classes]`
    pub a4: Matrix<T>,
}

impl<T: Real> Activations<T> {
    /// Room for batches of at most `m` samples.
    ///
    /// # Errors
    /// If the memory cannot be had.
    pub fn new(sizes: Sizes, m: usize) -> Result<Self, Error> {
        let hidden = || Matrix::try_zeros(m, sizes.hidden);
        let output = || Matrix::try_zeros(m, sizes.classes);
        Ok(Activations {
            a2: hidden()?,
            a3: hidden()?,
            z4: output()?,
            a4: output()?,
        })
    }

    fn set_samples(&mut self, m: usize) {
        for a in [&mut self.a2, &mut self.a3, &mut self.z4, &mut self.a4] {
            a.set_rows(m);
        }
    }
}

/// δˡ = ∂J/∂zˡ of every layer, for each sample by itself: the mean over the batch is taken with the gradients.
#[derive(Clone, Debug)]
pub struct Deltas<T: Real> {
    /// δ² `[m, hidden]`
    pub delta2: Matrix<T>,
    /// δ³ `[m, hidden]`
    pub delta3: Matrix<T>,
    /// δ⁴ `[m, classes]`
    pub delta4: Matrix<T>,
}

impl<T: Real> Deltas<T> {
    /// Room for batches of at most `m` samples.
    ///
    /// # Errors
    /// If the memory cannot be had.
    pub fn new(sizes: Sizes, m: usize) -> Result<Self, Error> {
        let hidden = || Matrix::try_zeros(m, sizes.hidden);
        let output = Matrix::try_zeros(m, sizes.classes)?;
        Ok(Deltas {
            delta2: hidden()?,
            delta3: hidden()?,
            delta4: output,
        })
    }

    fn set_samples(&mut self, m: usize) {
        for delta in [&mut self.delta2, &mut self.delta3, &mut self.delta4] {
            delta.set_rows(m);
        }
    }
}

/// The forward pass, (3-54) to (3-57), for samples `a1` `[m, inputs]`.
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
    // (3-57)  a⁴ₖ = e^z⁴ₖ / Σᵢ e^z⁴ᵢ
    softmax(&act.z4, &mut act.a4);
}

/// The loss of the last forward pass against the one-hot labels `y` `[m, classes]`: the mean over the batch of (3-58),
/// J = −Σₖ yₖ·ln a⁴ₖ.
///
/// # Panics
/// If there are no samples, or `y` has another shape than a⁴.
#[track_caller]
pub fn loss<T: Real>(act: &Activations<T>, y: &Matrix<T>) -> f64 {
    check_some("loss", y.rows());
    cross_entropy(&act.z4, y)
}

/// The backward pass, (3-63) to (3-67): the gradients of the mean loss of the batch, from the activations of its forward
/// pass. What `gradients` held before is overwritten.
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
    propagate_back(a1, y, act, deltas, &mut Keep { p, gradients });
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
    propagate_back(a1, y, act, deltas, &mut Apply { p, lr });
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

/// The one body of the backward pass, for every place where a gradient may go.
#[track_caller]
fn propagate_back<T: Real>(
    a1: &Matrix<T>,
    y: &Matrix<T>,
    act: &Activations<T>,
    deltas: &mut Deltas<T>,
    to: &mut impl Destination<T>,
) {
    check_some("backward", a1.rows());
    let m = T::from_f64(a1.rows() as f64);
    let mean = T::ONE / m;
    deltas.set_samples(a1.rows());
    let Deltas {
        delta2,
        delta3,
        delta4,
    } = deltas;
    // From the top down. A weight's gradient, with which it may change, comes after the δ that was passed back through it, and
    // a bias's beside the δ that it sums up, while that is near.
    //
    // (3-64)  δ⁴ = a⁴ − y                            [m,10]
    delta4.copy_from(&act.a4);
    delta4.zip(y, |a4, y| a4 - y);
    // (3-65)  ∂J/∂b³ = (1/m)Σδ⁴                      [10]
    to.bias(|p| &mut p.b3, delta4, mean);
    // (3-66)  δ³ = δ⁴(w³)ᵀ ⊙ f'(z³)                  [m,10]·[10,1024] ⊙ [m,1024]
    matmul(&*delta4, to.params().w3.t())
        .times_sigmoid_prime(&act.a3)
        .into(&mut *delta3);
    // (3-66)  ∂J/∂b² = (1/m)Σδ³                      [1024]
    to.bias(|p| &mut p.b2, delta3, mean);
    // (3-65)  ∂J/∂w³ = (1/m)(a³)ᵀδ⁴                  [1024,m]·[m,10]
    to.weight(|p| &mut p.w3, matmul(act.a3.t(), &*delta4).scale(mean));
    // (3-67)  δ² = δ³(w²)ᵀ ⊙ f'(z²)                  [m,1024]·[1024,1024] ⊙ [m,1024]
    matmul(&*delta3, to.params().w2.t())
        .times_sigmoid_prime(&act.a2)
        .into(&mut *delta2);
    // (3-67)  ∂J/∂b¹ = (1/m)Σδ²                      [1024]
    to.bias(|p| &mut p.b1, delta2, mean);
    // (3-66)  ∂J/∂w² = (1/m)(a²)ᵀδ³                  [1024,m]·[m,1024]
    to.weight(|p| &mut p.w2, matmul(act.a2.t(), &*delta3).scale(mean));
    // (3-67)  ∂J/∂w¹ = (1/m)(a¹)ᵀδ²                  [784,m]·[m,1024]
    to.weight(|p| &mut p.w1, matmul(a1.t(), &*delta2).scale(mean));
}

/// Where the backward pass puts its gradients.
trait Destination<T: Real> {
    /// The parameters as they are now: those whose gradients have not come yet are the forward pass's.
    fn params(&self) -> &Params<T>;
    /// Takes the gradient of a weight.
    #[track_caller]
    fn weight(
        &mut self,
        weight: fn(&mut Params<T>) -> &mut Matrix<T>,
        gradient: Product<'_, T, impl Store<T>>,
    );
    /// Takes the gradient of a bias, `mean` times the sum of δ over the samples.
    #[track_caller]
    fn bias(&mut self, bias: fn(&mut Params<T>) -> &mut Vec<T>, delta: &Matrix<T>, mean: T);
}

/// Gradients are kept.
struct Keep<'a, T: Real> {
    p: &'a Params<T>,
    gradients: &'a mut Gradients<T>,
}

impl<T: Real> Destination<T> for Keep<'_, T> {
    fn params(&self) -> &Params<T> {
        self.p
    }

    fn weight(
        &mut self,
        weight: fn(&mut Params<T>) -> &mut Matrix<T>,
        gradient: Product<'_, T, impl Store<T>>,
    ) {
        gradient.into(weight(self.gradients));
    }

    fn bias(&mut self, bias: fn(&mut Params<T>) -> &mut Vec<T>, delta: &Matrix<T>, mean: T) {
        let b = bias(self.gradients);
        check_same("bias", (1, delta.cols()), (1, b.len()));
        column_sums(delta, |j, sum| b[j] = mean * sum);
    }
}

/// Gradients are applied at once.
struct Apply<'a, T: Real> {
    p: &'a mut Params<T>,
    lr: T,
}

impl<T: Real> Destination<T> for Apply<'_, T> {
    fn params(&self) -> &Params<T> {
        self.p
    }

    fn weight(
        &mut self,
        weight: fn(&mut Params<T>) -> &mut Matrix<T>,
        gradient: Product<'_, T, impl Store<T>>,
    ) {
        gradient.descend(self.lr).into(weight(self.p));
    }

    fn bias(&mut self, bias: fn(&mut Params<T>) -> &mut Vec<T>, delta: &Matrix<T>, mean: T) {
        let b = bias(self.p);
        check_same("bias", (1, delta.cols()), (1, b.len()));
        column_sums(delta, |j, sum| b[j] = descend(b[j], self.lr, mean * sum));
    }
}
