//! A neural network from scratch, on nothing but the standard library: to be read beside the textbook, and to be run.
//!
//! Three promises:
//!
//! 1. **The code is the mathematics.** Each equation of section 3.7 that is computed is a line of [`section37`], with its
//!    number beside it and under the book's names. Shapes are asserted, not only commented.
//! 2. **The numbers can be trusted.** Gradients are proven against differences of the loss ([`gradcheck`]). Results are the
//!    same, bit for bit, with any number of threads and on any instruction set. Wrong input is refused with a sentence
//!    that says what is wrong and where.
//! 3. **The readable path is the fast path.** There is one matrix product, one loop nest, one network, and they run near the
//!    limit of the processor.
//!
//! # The flow
//!
//! ```text
//!  bytes on disk ──io──▶ Dataset ──batches──▶ x, y ──forward──▶ z², a², z³, a³, z⁴, a⁴ ──loss──▶ J
//!                         data                 │                       │
//!                                              ▼                       ▼
//!                     weights ◀──descend── ∂J/∂w, ∂J/∂b ◀──backward── δ⁴, δ³, δ²
//! ```
//!
//! # Reading order
//!
//! 1. [`section37`]: the network, forward and backward. This is the heart; read it beside the book.
//! 2. [`matrix`]: rows, leading dimension, views.
//! 3. [`ops`]: bias, sigmoid, softmax, cross-entropy, each beside its derivative.
//! 4. [`matmul`](mod@matmul): the product: its contract, its loops, the micro-kernel, the threads.
//! 5. [`elementary`] and [`rng`]: why exp is not the standard library's, and where the initial weights come from.
//! 6. [`gradcheck`]: how all of it is proven.
//! 7. [`nn`]: the second floor, a small framework of layers, losses and optimizers on the same functions.
//!
//! # Equations
//!
//! | equation | computed by | proven by |
//! |---|---|---|
//! | (3-54) z² = a¹w¹ + b¹, a² = f(z²) | [`section37::forward`] | `tests/golden.rs` |
//! | (3-55) z³ = a²w² + b², a³ = f(z³) | [`section37::forward`] | `tests/golden.rs` |
//! | (3-56) z⁴ = a³w³ + b³, a⁴ = softmax(z⁴) | [`section37::forward`] | `tests/golden.rs` |
//! | (3-57) aₖ = e^zₖ / Σ e^zᵢ | [`ops::softmax`] | `tests/ops.rs` |
//! | (3-58) J = −Σ yₖ ln aₖ | [`section37::loss`], [`ops::cross_entropy`] | `tests/golden.rs` |
//! | (3-59) … (3-62), the derivation | as numbers | `tests/golden.rs` |
//! | (3-63), (3-64) δ⁴ = a⁴ − y | [`section37::backward`] | `tests/golden.rs` |
//! | (3-65) ∂J/∂w³, ∂J/∂b³ | [`section37::backward`] | `tests/gradients.rs` |
//! | (3-66) δ³, ∂J/∂w², ∂J/∂b² | [`section37::backward`] | `tests/gradients.rs` |
//! | (3-67) δ², ∂J/∂w¹, ∂J/∂b¹ | [`section37::backward`] | `tests/gradients.rs` |

pub mod data;
pub mod elementary;
pub mod gradcheck;
pub mod init;
pub mod io;
pub mod matmul;
pub mod matrix;
pub mod nn;
pub mod ops;
pub mod real;
pub mod rng;
pub mod scalar;
pub mod section37;
pub mod view;

pub use matmul::{Engine, Isa, matmul};
pub use matrix::Matrix;
pub use real::Real;
pub use scalar::Scalar;
