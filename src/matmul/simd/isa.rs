//! The instruction sets: what they are called, which of them this processor has, and code that is compiled for one of them.

use std::fmt;

#[cfg(target_arch = "x86_64")]
use super::vector::Token;
#[cfg(target_arch = "x86_64")]
use super::x86::{Avx2, Avx512};
use crate::io::Error;

/// An instruction set that the library has code for.
///
/// All of them give the same bits; they differ in speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isa {
    /// Plain arrays and scalar fused multiply-adds: every processor, and the reference for the others.
    Portable,
    /// 256-bit registers with fused multiply-add (x86-64).
    Avx2,
    /// 512-bit registers (x86-64).
    Avx512,
}

impl Isa {
    /// Every instruction set, slowest first.
    pub const ALL: [Isa; 3] = [Isa::Portable, Isa::Avx2, Isa::Avx512];

    /// The name by which `FROMZERO_ISA` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Portable => "portable",
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
        }
    }

    /// Whether this processor has it.
    pub fn is_available(self) -> bool {
        match self {
            Isa::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => Avx2::is_available(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => Avx512::is_available(),
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }

    /// The instruction sets of this processor, slowest first.
    pub fn available() -> impl Iterator<Item = Isa> {
        Isa::ALL.into_iter().filter(|isa| isa.is_available())
    }

    /// The fastest instruction set of this processor.
    pub fn best() -> Isa {
        Isa::available().last().unwrap_or(Isa::Portable)
    }

    /// Runs `f` compiled for this instruction set, as far as it is inlined: loops over slices in it are vectorised with
    /// its registers. The bits of the result do not depend on it.
    ///
    /// ```
    /// use fromzero::{Isa, Scalar};
    /// let (x, mut y) = ([1.0, 2.0, 3.0], [0.5; 3]);
    /// Isa::best().run(
    ///     #[inline(always)]
    ///     || y.iter_mut().zip(&x).for_each(|(y, &x)| *y = Scalar::mul_add(2.0_f32, x, *y)),
    /// );
    /// assert_eq!(y, [2.5, 4.5, 6.5]);
    /// ```
    ///
    /// # Panics
    /// If this processor lacks the instruction set.
    #[inline]
    pub fn run<R>(self, f: impl FnOnce() -> R) -> R {
        match self {
            Isa::Portable => f(),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => Avx2::new().run(f),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => Avx512::new().run(f),
            #[cfg(not(target_arch = "x86_64"))]
            _ => panic!("this processor has no {self}"),
        }
    }

    /// The instruction set of this name.
    ///
    /// # Errors
    /// If there is none, or this processor lacks it; the error lists those it has.
    pub fn from_name(name: &str) -> Result<Isa, Error> {
        let available: Vec<_> = Isa::available().map(Isa::name).collect();
        let refuse = |why| {
            Error::new(format!("instruction set '{name}' {why}"))
                .hint(format!("available here: {}", available.join(", ")))
        };
        let isa = Isa::ALL.into_iter().find(|isa| isa.name() == name);
        let isa = isa.ok_or_else(|| refuse("is unknown"))?;
        if isa.is_available() {
            Ok(isa)
        } else {
            Err(refuse("is not supported by this processor"))
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
