//! exp, ln, sigmoid, tanh, sin and cos, with the same bits on every processor.
//!
//! The standard library leaves these to the platform's C library, so a network trained elsewhere would differ in its last
//! digits. Here they consist of operations that IEEE 754 fixes to the last bit, `+ − · /` and the fused multiply-add, and
//! of integer operations on the bits. Each is one body for both types, which differ in their tables of coefficients only.
//! A body has no branch, no table look-up and no call, so a loop over it becomes vector instructions wherever the caller
//! enables them.
//!
//! | function | `f32` | `f64` | found | method |
//! |---|---|---|---|---|
//! | [`exp`] | 0.883 | 1.01 | 0.876 | x = k·ln 2 + r, polynomial in r |
//! | [`ln`] | 0.660 | 0.77 | 0.709 | x = m·2ᵏ, polynomial in ((m − 1)/(m + 1))² |
//! | [`sigmoid`] | 1.480 | 1.51 | 1.495 | 1/(1 + e) or e/(1 + e) with e = exp(−\|x\|) |
//! | [`tanh`] | 0.928 | 1.20 | 0.959 | −t/(2 + t) with t = exp(−2\|x\|) − 1, from the reduction of exp |
//! | [`sin`], [`cos`] | 0.783 | 0.81 | 0.788 | x = k·π/2 + r, polynomials in r² |
//!
//! The numbers are errors: the largest distances from the true value in units in the last place (ulp). In `f32` it is the
//! largest of all, since all arguments were tried. In `f64` it is a bound, the sum of what the operations can lose
//! (`tests/fixtures/elementary_bounds.py`), and beside it the largest that was found among a few hundred million arguments of
//! each function, most of them where the sum is largest: near √½ and √2, near multiples of ½ ln 2 and of π/4, and where
//! results are just below a power of two. exp, ln, sigmoid and tanh are monotone: in `f32` between all neighbours, in `f64`
//! between all of 50 million pairs of them, those where the method changes pieces included.
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
