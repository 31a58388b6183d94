//! What the kernels know of vector registers.

use std::array::from_fn;

/// An instruction set that this processor has.
pub trait Token: Copy + Send + Sync {
    /// Calls `f`, compiled for the instruction set as far as it is inlined.
    fn run<R>(self, f: impl FnOnce() -> R) -> R;
}

/// The vector registers of one instruction set, filled with numbers of type `T`.
pub trait Simd<T>: Token {
    /// One register.
    type Vector: Copy;
    /// Numbers in a register.
    const LANES: usize;

    /// `x` in every lane.
    fn splat(self, x: T) -> Self::Vector;
    /// The first `LANES` numbers of `from`; fewer are an error of the caller, and a panic.
    fn load(self, from: &[T]) -> Self::Vector;
    /// All of `from`, at most `LANES` numbers, and zeros in the lanes beyond: what lies there in memory is not read.
    fn load_part(self, from: &[T]) -> Self::Vector;
    /// Writes all lanes to the first `LANES` places of `to`; fewer are an error of the caller, and a panic.
    fn store(self, x: Self::Vector, to: &mut [T]);
    /// Writes the first lanes to all of `to`, which has at most `LANES` places: what lies beyond in memory is not written.
    fn store_part(self, x: Self::Vector, to: &mut [T]);
    /// a·b in every lane.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a − b in every lane.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a·b + c in every lane, rounded once.
    fn fma(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// `NV` registers from the beginning of a line; a single one, which is the edge kernel's, from a line that may be shorter.
    #[inline(always)]
    fn load_line<const NV: usize>(self, line: &[T]) -> [Self::Vector; NV] {
        if NV == 1 {
            return [self.load_part(line); NV];
        }
        from_fn(
            #[inline(always)]
            |v| self.load(&line[v * Self::LANES..]),
        )
    }
    /// Writes `NV` registers to the beginning of a line.
    #[inline(always)]
    fn store_line<const NV: usize>(self, registers: &[Self::Vector; NV], line: &mut [T]) {
        for v in 0..NV {
            self.store(registers[v], &mut line[v * Self::LANES..]);
        }
    }
}
