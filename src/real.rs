//! The numbers that networks are generic over: `f32` for training, `f64` for proofs.
//!
//! A matrix needs only arithmetic, [`Scalar`]; a network also needs eˣ and the product, which exist for `f32` and `f64`. One
//! source for both means that what the gradient check proves in `f64` is what trains in `f32`.
//!
//! Guarded by `tests/suite/section37/golden.rs`: `ten_steps_in_f64_agree_to_rounding`, `ten_steps_in_f32_agree_to_rounding`.

use crate::elementary::Elementary;
use crate::matmul::Gemm;
use crate::scalar::Scalar;

/// A floating-point type that a network can be computed in: `f32` or `f64`, and no other.
///
/// It is a [`Scalar`] whose [elementary functions](crate::elementary) and whose [matrix
/// product](mod@crate::matmul) are there. Code that needs only arithmetic asks for `Scalar`, as
/// [`Matrix`](crate::Matrix) does.
pub trait Real: Scalar + Elementary + Gemm {}

impl<T: Scalar + Elementary + Gemm> Real for T {}
