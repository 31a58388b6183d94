//! What the kernels know of vector registers.

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
    /// Writes all lanes to the first `LANES` places of `to`; fewer are an error of the caller, and a panic.
    fn store(self, x: Self::Vector, to: &mut [T]);
    /// a·b in every lane.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a − b in every lane.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a·b + c in every lane, rounded once.
    fn fma(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
}
