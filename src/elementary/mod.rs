//! exp, ln, sigmoid, tanh, sin and cos, with the same bits on every processor.
//!
//! The standard library leaves these to the platform's C library, so a network trained elsewhere would differ in its last
//! digits. Here they consist of operations that IEEE 754 fixes to the last bit, `+ − · /` and the fused multiply-add, and
//! of integer operations on the bits. Each is one body for both types, which differ in their tables of coefficients only.
//! A body has no branch, no table look-up and no call, so a loop over it becomes vector instructions wherever the caller
//! enables them.
//!
//! | function | error | method |
//! |---|---|---|
//! | [`exp`] | 0.89 ulp | x = k·ln 2 + r, polynomial in r |
//! | [`ln`] | 0.66 ulp | x = m·2ᵏ, polynomial in ((m − 1)/(m + 1))² |
//! | [`sigmoid`] | 1.48 ulp | 1/(1 + e) or e/(1 + e) with e = exp(−\|x\|) |
//! | [`tanh`] | 0.93 ulp | −t/(2 + t) with t = exp(−2\|x\|) − 1, from the reduction of exp |
//! | [`sin`], [`cos`] | 0.79 ulp | x = k·π/2 + r, polynomials in r² |
//!
//! An error is the distance from the true value in units in the last place (ulp). In `f32` all arguments were tried, in
//! `f64` 1.5 million, and none exceeds its line. exp, ln, sigmoid and tanh are monotone: in `f32` between all neighbours,
//! in `f64` between all of 50 million pairs of them, those where the method changes pieces included.
//!
//! The method throughout is the one in J.-M. Muller, *Elementary Functions: Algorithms and Implementation*: reduce the
//! argument in two or three exact pieces (W. J. Cody and W. Waite, *Software Manual for the Elementary Functions*, 1980),
//! evaluate a minimax polynomial there, and carry what a rounding loses, where it matters, in a second number. The
//! coefficients come from Remez' algorithm; `tests/fixtures/elementary_minimax.py` derives them.

mod exp;
mod ln;
mod number;
mod tables;
mod trig;

pub use exp::{exp, sigmoid, tanh};
pub use ln::ln;
pub use number::Elementary;
pub use trig::{cos, sin};
