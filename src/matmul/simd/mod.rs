//! Vector registers: one small trait, behind it AVX-512, AVX2 with FMA, and plain arrays; run-time detection; and prefetching.
//!
//! A type that implements [`Simd`] is a token. Those of instructions that not every processor has are made in `x86.rs` only,
//! after the processor was asked; so whoever holds one may use its instructions, and every method can be safe.

#![allow(unsafe_code)]

mod arrays;
mod isa;
mod prefetch;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(super) use arrays::Arrays;
pub use isa::Isa;
pub(super) use prefetch::{Prefetch, prefetch_to_l2};
pub(super) use vector::Simd;
#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512};
