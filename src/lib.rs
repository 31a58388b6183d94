//! A neural network from scratch, on nothing but the standard library: to be read beside the textbook, and to be run.
//!
//! A complete training of section 3.7's network, equation by equation:
//!
//! ```
//! use fromzero::data::{Batch, Batches, Dataset, synthetic};
//! use fromzero::rng::Rng;
//! use fromzero::section37::*;
//!
//! // 2,000 digits of 28×28 pixels, which the library draws itself.
//! let (images, labels) = synthetic::draw(0..2000, 1, 2)?;
//! let digits = Dataset::new(images, labels, (28, 28), 10)?;
//! let mut batches = Batches::new(&digits, 50)?;
//!
//! // The book has 1024 neurons in each hidden layer, and these initial weights in ±0.3.
//! let sizes = Sizes { inputs: 784, hidden: 64, classes: 10 };
//! let mut rng = Rng::new(1);
//! let mut params = Params::<f32>::new(sizes, Init::Xavier(4.0), &mut rng)?;
//! let mut gradients = Gradients::zeros(sizes)?;
//! let (mut act, mut deltas) = (Activations::new(sizes, 50)?, Deltas::new(sizes, 50)?);
//!
//! for _epoch in 0..5 {
//!     batches.shuffle(&mut rng);
//!     while let Some(Batch { x, y, .. }) = batches.next_batch() {
//!         forward(&params, x, &mut act);                                  // (3-54) … (3-57)
//!         assert!(loss(&act, y).is_finite());                             // (3-53), (3-58)
//!         backward(&params, x, y, &act, &mut deltas, &mut gradients);     // (3-63) … (3-67)
//!         gradient_descent(&mut params, &gradients, 0.5);
//!     }
//! }
//! assert!(evaluate(&params, &digits)? > 0.9);
//! # Ok::<(), fromzero::io::Error>(())
//! ```
//!
//! Three promises:
//!
//! 1. **The code is the mathematics.** Each equation of section 3.7 that is computed is a line of [`section37`], with its number
//!    and under the book's names.
//! 2. **The numbers can be trusted.** Gradients are proven against differences of the loss; results are the same, bit for bit,
//!    with any number of threads and on any instruction set; wrong input is refused with a sentence that says what is wrong
//!    and where.
//! 3. **The readable path is the fast path.** There is one matrix product, one loop nest, one network, and they run near the
//!    limit of the processor.
//!
//! README's table "How do we know?" has the command that shows each claim.
//!
//! # Where to begin
//!
//! | you would like to | begin with |
//! |---|---|
//! | see one training step with every number | `cargo run --release --example walkthrough -- --html step.html` |
//! | read the code beside the book | [`section37`], then [the equations](#equations) |
//! | find your NumPy again | [From the book's NumPy to this Rust](guide::numpy) |
//! | know why it is fast | [How the product reaches the limit](guide::limit) |
//! | learn what a gradient check tells | [Find the mistake](gradcheck::find_the_mistake) |
//! | build a network of your own | [Building on it](#building-on-it), then [`nn`] |
//! | change or add something | [Carrying on](guide::carrying_on) |
//! | find a certain thing | [Where is …?](guide#where-is-) |
//!
//! # The flow
//!
//! ```text
//!  bytes on disk ─io─▶ Dataset ─batches─▶ x, y ─forward─▶ z², a², z³, a³, z⁴, a⁴ ─loss─▶ J
//!                       data                │                  │
//!                                           ▼                  ▼
//!  weights on disk ◀─keep─ w, b ◀─descent─ ∂J/∂w, ∂J/∂b ◀─backward─ δ⁴, δ³, δ²
//! ```
//!
//! # The rooms, in reading order
//!
//! Each opens with why it is there, what it computes, what always holds, and the tests that guard it.
//!
//! 1. [`section37`]: the network, forward and backward. This is the heart; read it beside the book.
//! 2. [`scalar`], [`matrix`] and [`real`]: the arithmetic; rows, leading dimension, views; what networks are generic over.
//! 3. [`ops`]: bias, sigmoid, softmax, cross-entropy, each beside its derivative.
//! 4. [`matmul`](mod@matmul): the product: its contract, a figure of its five loops, what can be chained onto it. Its files, from the
//!    plan down to the registers: `blocksizes.rs`, `plan.rs`, `pack.rs`, `macro_kernel.rs`, `micro_kernel.rs`, `update.rs` and
//!    `epilogue.rs`; `simd/` and `threads/` have the `unsafe` code.
//! 5. [`elementary`], [`rng`] and [`init`](mod@init): why exp is not the standard library's, and where the initial weights come from.
//! 6. [`data`], [`metrics`] and [`schedule`]: images and batches, accuracy, learning rates.
//! 7. [`gradcheck`] and `tests/gradients.rs`: how all of it is proven.
//! 8. [`nn`]: the second floor, a small framework of layers, losses and optimizers on the same functions.
//! 9. [`keep`]: weights in files, for other programs too, and trainings that go on where they were stopped.
//! 10. [`io`] and [`view`]: the doors, through which files come and go, and the windows, which show what happens.
//!
//! # Building on it
//!
//! The names that most programs need are in the [`prelude`], with a program in a few lines. From there:
//!
//! | for | there is |
//! |---|---|
//! | numbers in rows and columns | [`Matrix`], [`matmul`](matmul()), `&a + &b`, `&a - &b`, `&a * s` |
//! | data of one's own | [`Matrix::from`], [`data::table::Table`], [`data::Dataset`] with its splits and [`data::Batches`] |
//! | a network | [`nn::Sequential`], whose layers [`nn`] lists; clones may go to other threads |
//! | training | [`nn::Model`] with [`fit`](nn::Model::fit), [`predict`](nn::Model::predict) and [`evaluate`](nn::Model::evaluate), or a loop of [`nn::Criterion`] and [`nn::Optimizer`] |
//! | how good it is | [`metrics`]: accuracy, confusion matrix, top-k, log loss, mean squared error |
//! | a layer of one's own | [how to write one](nn#a-layer-of-your-own), and [`nn::check()`], which proves its gradients in one call |
//!
//! # Equations
//!
//! Over a batch J is the mean over its samples, and so is every gradient.
//!
//! | equation | computed by | proven by |
//! |---|---|---|
//! | y, one-hot | [`data::one_hot`] | `tests/suite/data/batches.rs` |
//! | (3-53) J = (1/m) Σᵢ Jᵢ | [`section37::loss`] | `tests/suite/section37/golden.rs` |
//! | (3-54) z² = a¹w¹ + b¹, a² = f(z²) | [`section37::forward`] | `tests/suite/section37/golden.rs` |
//! | (3-55) z³ = a²w² + b², a³ = f(z³) | [`section37::forward`] | `tests/suite/section37/golden.rs` |
//! | (3-56) z⁴ = a³w³ + b³, a⁴ = softmax(z⁴) | [`section37::forward`] | `tests/suite/section37/golden.rs` |
//! | (3-57) aₖ = e^zₖ / Σᵢ e^zᵢ | [`ops::softmax`] | `tests/suite/ops.rs` |
//! | (3-58) Jᵢ = −Σₖ yₖ ln aₖ | [`section37::loss`], [`ops::cross_entropy`] | `tests/suite/section37/golden.rs` |
//! | (3-59) … (3-62), the derivation | as numbers | `tests/suite/section37/golden.rs` |
//! | (3-63), (3-64) δ⁴ = a⁴ − y | [`section37::backward`] | `tests/suite/section37/golden.rs` |
//! | (3-65) ∂J/∂w³ = (a³)ᵀδ⁴, ∂J/∂b³ = δ⁴ | [`section37::backward`] | `tests/gradients.rs` |
//! | (3-66) δ³ = δ⁴(w³)ᵀ ⊙ f′(z³), ∂J/∂w² = (a²)ᵀδ³, ∂J/∂b² = δ³ | [`section37::backward`] | `tests/gradients.rs` |
//! | (3-67) δ² = δ³(w²)ᵀ ⊙ f′(z²), ∂J/∂w¹ = (a¹)ᵀδ², ∂J/∂b¹ = δ² | [`section37::backward`] | `tests/gradients.rs` |

pub mod data;
pub mod elementary;
pub mod gradcheck;
pub mod guide;
pub mod init;
pub mod io;
pub mod keep;
pub mod matmul;
pub mod matrix;
pub mod metrics;
pub mod nn;
pub mod ops;
mod ranking;
pub mod real;
pub mod rng;
pub mod scalar;
pub mod schedule;
pub mod section37;
mod setting;
pub mod view;

pub use matmul::{Engine, Isa, matmul};
pub use matrix::Matrix;
pub use real::Real;
pub use scalar::Scalar;

/// What most programs need, in one line.
///
/// Section 3.7's functions come by `use fromzero::section37::*`. They are left out here because `forward` and `backward` are
/// the names of a layer's methods, too.
///
/// Guarded by `tests/suite/user/xor.rs`: `exclusive_or`, a program of these names alone.
///
/// ```
/// use fromzero::prelude::*;
///
/// // Sixty images of three pixels: the class is where the ink is.
/// let ink = |i: usize| [[250, 9, 0], [8, 240, 30], [20, 0, 230]][i % 3];
/// let labels = (0..60).map(|i| i % 3).collect();
/// let data = Dataset::new((0..60).flat_map(ink).collect(), labels, (1, 3), 3)?;
/// let mut batches = Batches::<f32>::new(&data, 20)?;
///
/// let net = Sequential::new(1).then(Dense::new(8)).then(Relu::new()).then(Dense::new(3));
/// let mut model = Model::new(net, SoftmaxCrossEntropy, Adam::new(0.05));
/// let (mut rng, mut losses) = (Rng::new(2), Vec::new());
/// for _epoch in 0..20 {
///     batches.shuffle(&mut rng);
///     while let Some(batch) = batches.next_batch() {
///         model.forward(&batch.x);
///         losses.push(model.backward(&batch.labels));
///         model.apply_grad();
///     }
/// }
/// assert!(losses[59] < 0.1 * losses[0]);
/// # Ok::<(), Error>(())
/// ```
pub mod prelude {
    pub use crate::data::{Batches, Dataset};
    pub use crate::init::Init;
    pub use crate::io::Error;
    pub use crate::matmul::{Engine, matmul};
    pub use crate::matrix::Matrix;
    pub use crate::metrics;
    pub use crate::nn::{
        Adam, Criterion, Dense, Layer, Model, Mse, Optimizer, Relu, Sequential, Sgd, Sigmoid,
        SoftmaxCrossEntropy, Tanh,
    };
    pub use crate::real::Real;
    pub use crate::rng::Rng;
    pub use crate::schedule::Schedule;
}

/// So that README's program is compiled with the examples here.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
