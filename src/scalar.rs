//! The arithmetic that everything stands on: what IEEE 754 defines to the last bit, and nothing else.
//!
//! Two networks can be compared bit for bit only if each operation has one right result. IEEE 754 gives that to + − · / √ and to
//! the fused multiply-add, a·b + c rounded once, which the matrix product is made of; to eˣ it does not. What it leaves open is
//! therefore not here.
//!
//! What always holds: [`Scalar::mul_add`] rounds once, by an instruction or a library only where these are exact, and else by
//! [`fma_f32`] and [`fma_f64`], which have its bits.
//!
//! Guarded by `tests/suite/fma.rs`: triples at random and triples that libraries got wrong have the exactly rounded result.

mod fma;

pub use fma::{fma_f32, fma_f64};
use fma::{fma_f32s, fma_f64s};

use std::fmt::{Debug, Display, LowerExp};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// A floating-point type, `f32` or `f64`, and no other: the trait cannot be implemented elsewhere.
///
/// It offers only operations whose results IEEE 754 defines to the last bit, so that they are the same on every machine.
/// Functions that it leaves open, such as eˣ, are in [`elementary`](crate::elementary).
///
/// ```
/// use fromzero::Scalar;
/// fn hypotenuse<T: Scalar>(a: T, b: T) -> T {
///     a.mul_add(a, b * b).sqrt()
/// }
/// assert_eq!(hypotenuse(3.0_f32, 4.0), 5.0);
/// assert_eq!(hypotenuse(3.0_f64, 4.0), 5.0);
/// ```
pub trait Scalar:
    sealed::Sealed
    + Copy
    + Default
    + PartialEq
    + PartialOrd
    + Debug
    + Display
    + LowerExp
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + Sum
{
    /// Zero, with a positive sign.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Distance from 1 to the next larger number.
    const EPSILON: Self;
    /// Negative infinity.
    const NEG_INFINITY: Self;
    /// Not a number.
    const NAN: Self;
    /// The type's name, `"f32"` or `"f64"`.
    const NAME: &'static str;

    /// `self · a + b`, rounded once.
    #[must_use]
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// `a · b + c` of several numbers, without calling a library: for loops in vector registers that are not compiled for
    /// the instruction.
    #[doc(hidden)]
    #[must_use]
    fn mul_adds<const N: usize>(a: [Self; N], b: [Self; N], c: [Self; N]) -> [Self; N];
    /// The square root, correctly rounded.
    #[must_use]
    fn sqrt(self) -> Self;
    /// The absolute value.
    #[must_use]
    fn abs(self) -> Self;
    /// Whether the value is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Whether the value is NaN.
    fn is_nan(self) -> bool;
    /// The nearest value of this type.
    fn from_f64(x: f64) -> Self;
    /// The same value in `f64`.
    fn to_f64(self) -> f64;
    /// The bits, in the low end of a `u64`.
    fn to_bits64(self) -> u64;
}

/// Whether every processor of the target has an instruction for the fused multiply-add, which `mul_add` of the standard
/// library then is.
const INSTRUCTION: bool = cfg!(any(
    target_feature = "fma",
    target_arch = "aarch64",
    target_arch = "arm64ec",
    target_arch = "powerpc64",
    target_arch = "s390x",
    all(
        any(
            target_arch = "riscv32",
            target_arch = "riscv64",
            target_arch = "loongarch64"
        ),
        target_feature = "d"
    ),
));

/// Whether `mul_add` of the standard library is the instruction in functions that are compiled for it, and elsewhere a call of a
/// library that is exact. Others were seen rounding twice: those of musl, of mingw and of WebAssembly.
const EXACT_LIBRARY: bool = cfg!(all(
    target_arch = "x86_64",
    target_os = "linux",
    target_env = "gnu"
));

mod sealed {
    pub trait Sealed {}
}

macro_rules! impl_scalar {
    ($t:ident, $fma:ident, $fmas:ident) => {
        impl sealed::Sealed for $t {}

        #[allow(
            clippy::disallowed_methods,
            reason = "only here it is known where the standard library's is exact"
        )]
        impl Scalar for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const EPSILON: Self = $t::EPSILON;
            const NEG_INFINITY: Self = $t::NEG_INFINITY;
            const NAN: Self = $t::NAN;
            const NAME: &'static str = stringify!($t);

            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                if INSTRUCTION || EXACT_LIBRARY {
                    $t::mul_add(self, a, b)
                } else {
                    $fma(self, a, b)
                }
            }
            #[inline(always)]
            fn mul_adds<const N: usize>(a: [Self; N], b: [Self; N], mut c: [Self; N]) -> [Self; N] {
                if !INSTRUCTION {
                    return $fmas(a, b, c);
                }
                for ((a, b), c) in a.into_iter().zip(b).zip(&mut c) {
                    *c = $t::mul_add(a, b, *c);
                }
                c
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $t::sqrt(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $t::abs(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $t::is_finite(self)
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $t::is_nan(self)
            }
            #[inline(always)]
            fn from_f64(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn to_bits64(self) -> u64 {
                u64::from(self.to_bits())
            }
        }
    };
}

impl_scalar!(f32, fma_f32, fma_f32s);
impl_scalar!(f64, fma_f64, fma_f64s);
