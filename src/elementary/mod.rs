//! exp, ln, sigmoid, tanh, sin and cos, with the same bits on every processor.
//!
//! The standard library leaves these to the platform's C library, so a network trained elsewhere would differ in its last
//! digits. Here they consist of operations that IEEE 754 fixes to the last bit, `+ − · /` and the fused multiply-add, and
//! of integer operations on the bits. Each is one body for both types, which computes in `f64`, with a second number for
//! what rounding loses where that matters. A body has no branch, no table look-up and no call, so a loop over it becomes
//! vector instructions wherever the caller enables them.
//!
//! **In `f32` all of them are correctly rounded**: the result is the `f32` nearest to the true value, for every argument (sine and cosine up to
//! ±2³⁰). So the bits are not this library's own but those of any other that is correct. `cargo run --release --example ulp` tries
//! all 2³² arguments of each function against a reference in twice the precision, in a few minutes each.
//!
//! **In `f64`** errors are at most these, in units in the last place (ulp):
//!
//! | function | bound | found | method |
//! |---|---|---|---|
//! | [`exp`] | 0.75 | 0.683 | x = k·ln 2 + r, polynomial in r |
//! | [`ln`] | 0.58 | 0.554 | x = m·2ᵏ, polynomial in ((m − 1)/(m + 1))² |
//! | [`sigmoid`] | 0.75 | 0.708 | 1/(1 + e⁻ˣ), from the reduction of exp |
//! | [`tanh`] | 1.20 | 0.899 | (1 − e^(−2\|x\|))/(1 + e^(−2\|x\|)), from the reduction of exp |
//! | [`sin`], [`cos`] | 0.81 | 0.788 | x = k·π/2 + r, polynomials in r² |
//!
//! The bound is the sum of what the operations can lose (`tests/fixtures/elementary_bounds.py`), and beside it stands the largest
//! error that was found among millions of arguments of each function, most of them where the sum is largest: near √½ and √2, near multiples
//! of ⅛ ln 2 and of π/8, and where results are just below a power of two. Subnormal results of exp and sigmoid may be a quarter of an ulp
//! further off. exp, ln, sigmoid and tanh are monotone: in `f32` between all neighbours, in `f64` between all pairs of them that were tried,
//! where the method changes pieces.
//!
//! The method throughout is the one in J.-M. Muller, *Elementary Functions: Algorithms and Implementation*: reduce the
//! argument in two or three exact pieces (W. J. Cody and W. Waite, *Software Manual for the Elementary Functions*, 1980),
//! evaluate a minimax polynomial there, and carry what a rounding loses, where it matters, in a second number. The
//! coefficients come from Remez' algorithm; `tests/fixtures/elementary_minimax.py` derives them.
//!
//! What always holds: the bits are those of one formula, on every processor, and special values (0, ±∞, NaN, the ends of the
//! range) are exact.
//!
//! Guarded by `tests/suite/elementary.rs`: the errors of the table are not exceeded, neighbours keep their order, and
//! `the_bits_are_known`.

mod exp;
mod ln;
mod number;
mod tables;
mod trig;

pub use exp::{exp, sigmoid, tanh};
pub use ln::ln;
pub use number::Elementary;
pub use trig::{cos, sin};
